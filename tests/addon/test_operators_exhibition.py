"""An exhibition planned and built through the operators, the job and the real backend."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_operators_style import blotches


@pytest.fixture
def show(addon: ModuleType, empty_scene: bpy.types.Scene, tmp_path: Path):
    """A saved empty scene, a folder with two pictures and one that is none, and the parts of the add-on."""
    works = tmp_path / "works"
    works.mkdir()
    for number in range(2):
        _write_png(works / f"{number}.png", blotches(60, 90, number))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    chosen = bpy.context.scene.vernissage.exhibition
    chosen.works, chosen.title = "//works", "Two"
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    yield SimpleNamespace(chosen=chosen, works=works, plan=tmp_path / "exhibition" / "exhibition.json", current=current)
    current.forget_scene()


def test_one_press_plans_and_builds_in_one_step(show) -> None:
    (show.works / "broken.png").write_bytes(b"none")
    show.plan.parent.mkdir()
    show.plan.with_name("plan.png").write_bytes(b"theirs")
    bpy.ops.ed.undo_push(message="first")
    bpy.ops.ed.undo_push(message="second")
    assert bpy.ops.vernissage.build_exhibition() == {"FINISHED"}
    (job,) = show.current.exhibition.done
    assert [Path(each.file).name for each in job.result.left_out] == ["broken.png"]
    top = bpy.data.collections[job.collection_name]
    assert len(top.all_objects) > 10
    assert "//works/0.png" in [image.filepath for image in bpy.data.images]  # the folder can be moved
    assert bpy.context.scene.camera is not None  # the scene had nothing else: it is the tour's
    assert show.plan.is_file() and show.plan.with_name("plan.png").stat().st_size > 1000
    assert show.plan.with_name("plan-1.png").read_bytes() == b"theirs"
    assert bpy.ops.vernissage.build_exhibition() == {"FINISHED"}
    assert not any("exposure" in remark.sentence for remark in show.current.exhibition.job.remarks)
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    assert job.collection_name not in bpy.data.collections
    bpy.ops.ed.redo()
    assert job.collection_name in bpy.data.collections


def test_an_edited_plan_is_what_is_built_and_a_new_one_leaves_it(show) -> None:
    bpy.ops.mesh.primitive_cube_add()
    exposure = bpy.context.scene.view_settings.exposure
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
    (job,) = show.current.exhibition.done
    assert bpy.data.images[job.image_name].size[0] == 2400
    assert not any(collection.name.startswith("Exhibition") for collection in bpy.data.collections)
    body = json.loads(show.plan.read_text("utf-8"))
    body["works"][0]["title"] = "Edited"
    show.plan.write_text(json.dumps(body), encoding="utf-8")
    assert bpy.ops.vernissage.build_exhibition() == {"FINISHED"}
    (job,) = show.current.exhibition.done
    assert any(curve.body.startswith("Edited") for curve in bpy.data.curves if hasattr(curve, "body"))
    assert bpy.context.scene.view_settings.exposure == exposure
    assert any("made for an exposure" in remark.sentence for remark in job.remarks)
    assert not any("says otherwise" in remark.sentence for remark in job.remarks)
    show.chosen.text, show.chosen.architecture = "What it is about.", "black-box"
    assert bpy.ops.vernissage.build_exhibition() == {"FINISHED"}
    assert any("says otherwise" in remark.sentence for remark in show.current.exhibition.job.remarks)
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
    (job,) = show.current.exhibition.done
    assert sum(image.name.startswith("plan") for image in bpy.data.images) == 1
    assert {"name": "exhibition-1.json"} in [remark.values for remark in job.remarks]
    assert json.loads((show.plan.parent / "exhibition-1.json").read_text("utf-8"))["works"][0]["title"] == "Edited"
    assert json.loads(show.plan.read_text("utf-8"))["works"][0]["title"] != "Edited"
    assert json.loads(show.plan.read_text("utf-8"))["text"] == "What it is about."


def test_what_cannot_be_built_says_so_and_leaves_the_scene(show, snapshot) -> None:
    before = snapshot()
    show.plan.parent.mkdir()
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
    bpy.data.batch_remove(list(bpy.data.images))
    body = json.loads(show.plan.read_text("utf-8"))
    body["works"][0]["place"]["along_m"] = 900.0
    show.plan.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"Edit exhibition\.json, or plan anew"):
        bpy.ops.vernissage.build_exhibition()
    show.plan.write_text("{", encoding="utf-8")
    with pytest.raises(RuntimeError, match="The plan cannot be read"):
        bpy.ops.vernissage.build_exhibition()
    show.plan.unlink()
    show.chosen.folder = "//works/plan"
    with pytest.raises(RuntimeError, match="is within the works"):
        bpy.ops.vernissage.build_exhibition()
    show.chosen.works = ""
    with pytest.raises(RuntimeError, match="There are no works to exhibit"):
        bpy.ops.vernissage.build_exhibition()
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_a_plan_has_no_place_beside_a_file_that_was_never_saved(addon, empty_scene) -> None:
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    with pytest.raises(RuntimeError, match="has never been saved"):
        bpy.ops.vernissage.build_exhibition()
    current.forget_scene()


def test_images_and_objects_of_the_file_are_shown_in_their_real_size(show, addon, tmp_path) -> None:
    _write_png(tmp_path / "styled.png", blotches(60, 90, 5))
    for name, kind in (("Styled", "style"), ("Texture", "texture")):
        image = bpy.data.images.load(str(tmp_path / "styled.png"), check_existing=False)
        image.name = name
        image["report"] = json.dumps({"request": {"type": kind}})
        image.pack()
    bpy.ops.mesh.primitive_cube_add(size=2, scale=(4.1, 1, 1))
    bpy.context.object.name = "Beam"
    texture, material = bpy.data.images["Texture"], bpy.data.materials.new("Oak")
    strip = {"kind": "sources", "file": "sources.png", "captions": ["depth"]}
    texture["report"] = json.dumps({"request": {"type": "texture"}, "result": {"strips": [strip]}})
    texture["prompt"], texture["model"], texture["seed"] = "oak", "/home/me/models/sd", 7
    texture["vernissage_sources"] = (tmp_path / "styled.png").read_bytes()
    if material.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
        material.use_nodes = True
    material.node_tree.nodes.new("ShaderNodeTexImage").image = texture
    bpy.context.object.data.materials.append(material)
    bpy.ops.object.light_add()
    bpy.data.objects["Beam"].select_set(True)
    show.chosen.works, show.chosen.images, show.chosen.objects = "", True, True
    collections, objects = len(bpy.data.collections), len(bpy.data.objects)
    for _ in range(2):  # again: the same files
        assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
        works = show.plan.parent / "works"
        assert sorted(path.name for path in works.iterdir()) == ["Beam.glb", "Beam.made", "Styled.png"]
    assert (works / "Beam.made" / "sources.png").read_bytes() == (tmp_path / "styled.png").read_bytes()
    assert (works / "Styled.png").read_bytes() == (tmp_path / "styled.png").read_bytes()
    assert (len(bpy.data.collections), len(bpy.data.objects)) == (collections, objects)
    hung = {work["title"]: work for work in json.loads(show.plan.read_text(encoding="utf-8"))["works"]}
    assert set(hung) == {"Beam", "Styled"}
    assert hung["Beam"]["made"] == {"prompt": "oak", "model": "sd", "seed": "7"}
    strips = importlib.import_module(f"{addon.__name__}.scene.gallery.strips")
    exhibition_plan = importlib.import_module(f"{addon.__name__}.protocol.exhibition_plan")
    told = strips.write_strips(exhibition_plan.plan_from_json(show.plan.read_text("utf-8")), show.plan.parent, tmp_path)
    assert [image["captions"] for image in told[hung["Beam"]["id"]]] == [["depth"]]
    assert [hung["Beam"][f"{name}_m"] for name in ("width", "depth", "height")] == pytest.approx([8.2, 2, 2])
    (works / "Beam.glb").unlink()
    (works / "Beam.png").write_bytes((works / "Styled.png").read_bytes())  # a painted picture, with what tells of it
    card = works / "Beam.made" / "picture.json"
    card.write_text("{}")
    show.chosen.images = False
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
    assert card.read_text() == "{}"
    assert sorted(path.name for path in works.iterdir() if path.stem == "Beam-2") == ["Beam-2.glb", "Beam-2.made"]


def test_what_an_artist_tells_in_the_list_is_built_and_planned(show, addon) -> None:
    (show.works / "works.csv").write_text("file,artist,width_cm,height_cm\n0.png,Sidecar,60,90\n", encoding="utf-8")
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
    items = {item.file.rpartition("/")[2]: item for item in show.chosen.listed}
    assert (items["0.png"].artist, items["0.png"].width_cm) == ("Sidecar", pytest.approx(60))
    items["0.png"].artist, items["0.png"].rights = "Known <by> hand", "CC0"
    items["1.png"].title, items["1.png"].width_cm = "Larger", 30.0
    height_m = 0.3 * items["1.png"].ratio
    assert bpy.ops.vernissage.build_exhibition() == {"FINISHED"}
    written = {work["title"]: work for work in json.loads(show.plan.read_text("utf-8"))["works"]}
    assert (written["0"]["artist"], written["0"]["rights"]) == ("Known <by> hand", "CC0")
    assert (written["Larger"]["width_m"], written["Larger"]["height_m"]) == pytest.approx((0.3, height_m), abs=1e-4)
    assert any(curve.body == "Known <by> hand" for curve in bpy.data.curves if hasattr(curve, "body"))
    listed = {item.title: item for item in show.chosen.listed}
    listed["Larger"].width_cm = 9000.0  # wider than its wall
    with pytest.raises(RuntimeError, match=r"Edit exhibition\.json, or plan anew"):
        bpy.ops.vernissage.build_exhibition()
    listed["Larger"].width_cm = 40.0
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}  # what was told stays, before what the sidecar says
    planned = {work["title"]: work for work in json.loads(show.plan.read_text("utf-8"))["works"]}
    assert planned["Larger"]["width_m"] == pytest.approx(0.4)
    assert planned["0"]["artist"] == "Known <by> hand"
    other = show.plan.parent.with_name("other")
    other.mkdir()
    theirs = show.plan.read_bytes()
    (other / show.plan.name).write_bytes(theirs)
    show.chosen.folder, show.chosen.listed[0].year = "//other", "1999"
    with pytest.raises(RuntimeError, match="is of the plan in"):  # and not of this one
        bpy.ops.vernissage.build_exhibition()
    assert (other / show.plan.name).read_bytes() == theirs
    show.chosen.folder = "//exhibition"
    show.plan.write_text(show.plan.read_text("utf-8").replace("Larger", "By another program"), encoding="utf-8")
    assert bpy.ops.vernissage.list_exhibited_works() == {"FINISHED"}
    assert {item.title for item in show.chosen.listed} == {"0", "By another program"}
    show.chosen.folder = "//nowhere"
    with pytest.raises(RuntimeError, match="Choose the Plan Folder"):
        bpy.ops.vernissage.list_exhibited_works()


def test_a_page_comes_in_place_of_nobody_elses(show) -> None:
    assert bpy.ops.vernissage.build_exhibition() == {"FINISHED"}
    theirs = show.plan.parent / "web" / "index.html"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    with pytest.raises(RuntimeError, match="of no page that Vernissage wrote"):
        bpy.ops.vernissage.write_page()
    assert [path.name for path in theirs.parent.iterdir()] == ["index.html"] and theirs.read_text() == "theirs"
