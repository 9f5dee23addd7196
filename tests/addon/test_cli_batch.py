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


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    def of(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    return SimpleNamespace(batch=of("cli.batch"), outputs=of("cli.outputs"), asset=of("scene.asset"),
                           errors=of("protocol.errors"), world=of("protocol.world"))


def run(parts: SimpleNamespace, folder: Path, catalogue: str, make_one) -> tuple[int, dict]:
    outputs = parts.outputs.Outputs(save=folder / "library.blend", export=None, report=folder / "report.json")
    batch = parts.batch.Batch(parts.asset.Catalogue[catalogue], outputs)
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
