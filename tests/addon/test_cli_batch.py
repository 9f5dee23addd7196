"""Lists of materials and of worlds: one report, and what is done is saved, whatever becomes of the rest."""

from __future__ import annotations

import importlib
import json
import os
import signal
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import pytest

from tests.addon.test_scene_world import result_of, write_maps


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    def of(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    return SimpleNamespace(batch=of("cli.batch"), outputs=of("cli.outputs"), asset=of("scene.asset"),
                           errors=of("protocol.errors"), world=of("protocol.world"),
                           command=of("cli.world"), wanted=of("jobs.world"), arguments=of("cli.arguments"))


def run(parts: SimpleNamespace, folder: Path, catalogue: str, make_one) -> tuple[int, dict]:
    outputs = parts.outputs.Outputs(save=folder / "library.blend", export=None, report=folder / "report.json")
    batch = parts.batch.Batch(catalogue.lower(), outputs, parts.asset.Catalogue[catalogue])
    made = [parts.batch.Made(name, parts.world.WorldRequest(prompt=name)) for name in ("noon", "dusk", "night")]
    batch.make(made, make_one)
    return batch.conclude(made), json.loads(outputs.report.read_text("utf-8"))


@pytest.mark.parametrize("catalogue", ["MATERIALS", "WORLDS"])
def test_a_list_that_is_stopped_saves_what_is_done(parts, tmp_path, catalogue) -> None:
    def make_one(made) -> None:
        if made.name == "dusk":
            os.kill(os.getpid(), signal.SIGTERM)
            raise parts.errors.Cancelled("The job was cancelled.")
        bpy.data.worlds.new(made.name).use_fake_user = True

    code, body = run(parts, tmp_path, catalogue, make_one)
    assert code == 1
    assert body["status"] == "cancelled"
    assert [item["status"] for item in body[catalogue.lower()]] == ["done", "cancelled", "cancelled"]
    assert body["files"] == {"scene": str(tmp_path / "library.blend"), "catalogue": str(tmp_path)}
    assert catalogue.title() in (tmp_path / parts.asset.CATALOGUE_FILE).read_text()
    with bpy.data.libraries.load(str(tmp_path / "library.blend")) as (found, _):
        assert found.worlds == ["noon"]


def test_an_error_is_of_one_and_of_a_file_too(parts, tmp_path) -> None:
    """Whatever becomes of them, each is told by the same keys."""
    (tmp_path / parts.asset.CATALOGUE_FILE).mkdir()

    def make_one(made) -> None:
        if made.name == "dusk":
            raise parts.errors.BadInput("It is {why}.", "Try another.", why="wrong")

    code, body = run(parts, tmp_path, "WORLDS", make_one)
    assert code == 1
    assert body["status"] == "partly done"
    assert [item["status"] for item in body["worlds"]] == ["done", "failed", "done"]
    assert body["worlds"][1]["error"]["sentence"] == "It is wrong."
    assert len({tuple(item) for item in body["worlds"]}) == 1
    (error,) = body["errors"]
    assert error["file"] == str(tmp_path)


@pytest.mark.parametrize("how", ["is gone", "cannot be rendered"])
def test_a_world_that_cannot_be_put_into_the_scene_says_so_and_the_one_before_lights_it(
        parts, tmp_path, monkeypatch, capsys, how: str) -> None:
    """A signal meanwhile ends nothing."""
    write_maps(tmp_path / "skies")
    result, made = result_of(parts.world), []
    for name in ("noon", "dusk", "night"):
        request = parts.world.WorldRequest(prompt=name)
        folder = "nowhere" if (name, how) == ("night", "is gone") else "skies"
        made.append(parts.command.MadeWorld(name=name, request=request, wanted=None, result=result,
                                            files={"preview": None}, target=tmp_path / folder / f"{name}.exr"))
    really_add = parts.command.add_world

    def add_world(scene, folder, request, *rest, **options):
        os.kill(os.getpid(), signal.SIGTERM)
        if (request.prompt, how) == ("night", "cannot be rendered"):
            raise RuntimeError("Error: out of memory")
        return really_add(scene, folder, request, *rest, **options)

    monkeypatch.setattr(parts.command, "add_world", add_world)
    options = parts.arguments.parse(["world", "--prompt", "noon", "--out", "noon.exr"])
    outputs = parts.outputs.Outputs(save=tmp_path / "library.blend", export=None, report=tmp_path / "report.json")
    batch = parts.batch.Batch("worlds", outputs, parts.asset.Catalogue.WORLDS)
    parts.command._add(made, options, batch)
    assert batch.conclude(made) == 1
    assert [item.status for item in made] == ["done", "done", "failed"]
    assert bpy.context.scene.world["prompt"] == "dusk"
    assert "night: " in capsys.readouterr().err
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), assets_only=True) as (found, _):
        assert len(found.worlds) == 2


def sky_of(parts: SimpleNamespace, folder: Path, name: str, *, kept: bool, seed: int = 1):
    request = parts.world.WorldRequest(prompt=name, seed=seed)
    return parts.command.MadeWorld(name=name, request=request, wanted=None, result=result_of(parts.world), is_kept=kept,
                               files={"preview": None}, target=folder / f"{name}.exr")


def test_worlds_that_the_file_has_are_used_again_or_replaced_and_the_artist_s_left(parts, tmp_path) -> None:
    write_maps(tmp_path)
    options = parts.arguments.parse(["world", "--prompt", "noon", "--out", "noon.exr", "--shadow-catcher"])
    batch = parts.batch.Batch("worlds", parts.outputs.Outputs(None, None, None), parts.asset.Catalogue.WORLDS)

    def put(**seeds: int) -> list[int]:
        """And save, and open."""
        made = [sky_of(parts, tmp_path, name, kept=seed == 1, seed=seed) for name, seed in seeds.items()]
        parts.command._add(made, options, batch)
        assert [item.error for item in made] == [None] * len(made)
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "library.blend"))
        assert bpy.context.scene.world.name == made[-1].asset
        assert len(bpy.context.scene.objects) == 1
        return [item.asset for item in made]

    def there() -> dict[str, int]:
        return {world.name: json.loads(world["report"])["request"]["seed"] for world in bpy.data.worlds
                if "report" in world}

    noon, dusk = put(noon=1, dusk=1)
    bpy.data.worlds[noon]["tuned"] = True
    assert put(noon=1, dusk=1) == [noon, dusk]
    assert put(dusk=1, noon=1) == [dusk, noon]
    assert bpy.data.worlds[noon]["tuned"]
    assert put(noon=2, dusk=1) == [noon, dusk]
    assert there() == {noon: 2, dusk: 1}
    bpy.data.worlds[noon].copy().use_fake_user = True
    bpy.data.worlds[dusk].name = "mine"
    put(noon=3, dusk=3)
    assert there() == {noon: 3, f"{noon}.001": 2, dusk: 3, "mine": 1}


def test_a_run_that_is_not_finished_leaves_a_library_what_it_had(parts, tmp_path, capsys) -> None:
    write_maps(tmp_path)
    options = parts.arguments.parse(["world", "--prompt", "noon", "--out", "noon.exr"])
    library = tmp_path / "library.blend"

    def run_of(**seeds: int) -> dict[str, int]:
        """In a new file; a seed of 0 fails. What the library has then."""
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        bpy.data.worlds.new("World - dusk").use_fake_user = True  # no asset
        batch = parts.batch.Batch("worlds", parts.outputs.Outputs(library, None, None), parts.asset.Catalogue.WORLDS)
        made = [sky_of(parts, tmp_path, name, kept=False, seed=seed) for name, seed in seeds.items()]
        for item in made:
            item.error = None if item.request.seed else parts.errors.Cancelled("The job was cancelled.")
        parts.command._add(made, options, batch)
        batch.conclude(made)
        bpy.ops.wm.open_mainfile(filepath=str(library))
        assert all(node.image.packed_file for world in bpy.data.worlds if world.asset_data
                   for node in world.node_tree.nodes if node.bl_idname == "ShaderNodeTexEnvironment")
        return {world["prompt"]: json.loads(world["report"])["request"]["seed"] for world in bpy.data.worlds
                if world.asset_data}

    assert run_of(noon=1, dusk=1, night=1) == {"noon": 1, "dusk": 1, "night": 1}
    assert run_of(noon=2, dusk=0, night=0) == {"noon": 2, "dusk": 1, "night": 1}
    assert run_of(noon=0, dusk=3, night=0) == {"noon": 2, "dusk": 3, "night": 1}
    library.write_bytes(b"not read")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    batch = parts.batch.Batch("worlds", parts.outputs.Outputs(library, None, None), parts.asset.Catalogue.WORLDS)
    batch.conclude([sky_of(parts, tmp_path, "noon", kept=False),
                    parts.batch.Made("dusk", None, error=parts.errors.Cancelled("The job was cancelled."))])
    assert "library.blend could not be read" in capsys.readouterr().err
    assert library.read_bytes() == b"not read"
