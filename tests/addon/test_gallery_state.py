"""What an artist changes is seen, whatever it is, and stays; what nobody has changed counts as such."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import pytest

from tests.addon import gallery_of_versions
from tests.addon.two_rooms import changed, gallery_parts, two_rooms
from tools import environments


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


def _node(each: bpy.types.Object, kind: str) -> bpy.types.Node:
    return next(node for node in each.data.materials[0].node_tree.nodes if node.type == kind)


def _links_less(each: bpy.types.Object) -> None:
    links = each.data.materials[0].node_tree.links
    links.remove(next(link for link in links if link.to_node.type == "BSDF_PRINCIPLED"))


def _put(path: str, value: object) -> Callable[[bpy.types.Object], None]:
    """A change of what an object's path leads to."""
    *owners, name = path.split(".")

    def change(each: bpy.types.Object) -> None:
        thing = each
        for owner in owners:
            thing = getattr(thing, owner)
        new = (name, value) if hasattr(thing, name) else ("diffuse_factor", 0.5)  # as lamps of Blender 4.2
        setattr(thing, *new)
    return change


def _light_nodes(each: bpy.types.Object) -> None:
    each.data.use_nodes = True
    each.data.node_tree.nodes["Emission"].inputs["Strength"].default_value = 2


def _light_pattern(each: bpy.types.Object) -> None:
    each.data.use_nodes = True
    each.data.node_tree.nodes.new("ShaderNodeTexIES")


CHANGES = [
    ("work-0", lambda each: setattr(_node(each, "BSDF_PRINCIPLED").inputs["Coat Weight"], "default_value", 0.5)),
    ("work-1", lambda each: setattr(_node(each, "TEX_IMAGE"), "interpolation", "Closest")),
    ("work-2", _links_less), ("work-0 frame", _put("visible_camera", False)),
    ("work-1 frame", lambda each: setattr(each.modifiers.new("Bevel", "BEVEL"), "width", 0.002)),
    ("work-0 spot 1", _put("data.use_temperature", True)), ("work-0 spot 2", _put("data.spot_blend", 0.9)),
    ("work-1 spot 1", _put("data.exposure", 1.0)), ("work-2 spot 1", _light_nodes),
    ("work-1 spot 2", _put("data.use_soft_falloff", False)), ("block spot 1", _light_pattern),
    ("work-0 label text 1", _put("data.offset_y", 0.1)), ("tour path", _put("data.bevel_depth", 0.01))]
NOTHING = [("work-0", lambda each: setattr(_node(each, "TEX_IMAGE"), "location", (5, 5))),
           ("tour camera", _put("data.show_limits", True)), ("work-0 spot 1", _put("data.show_cone", True))]


def test_whatever_is_changed_is_seen_and_stays(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    show = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    found = parts.parts.find_parts(show.collection)
    for name, change in NOTHING:
        change(found[name])
    assert not [name for name, each in found.items() if parts.parts.is_touched(each)]
    for name, change in CHANGES:
        change(found[name])
        assert parts.parts.is_touched(found[name]), name
    lens, focus = found["tour camera"].data, found["tour camera"].data.dof
    lens.shift_x, lens.sensor_width, lens.clip_end, focus.use_dof, focus.aperture_fstop = 0.1, 30.0, 50.0, True, 1.4
    edited = changed(changed(changed(changed(plan, 0, along_m=2.3), 1, along_m=3.3), 2, along_m=3.2), 3, x_m=10.0)
    again = parts.build.build_exhibition(parts.scene, edited, tmp_path)
    there = {*again.built.kept, *again.built.same}
    assert {name for name, _ in CHANGES} <= there
    assert "tour camera" in again.built.replaced
    camera = parts.parts.find_parts(show.collection)["tour camera"]
    assert camera.data == lens and camera.data.dof.aperture_fstop == pytest.approx(1.4)
    assert again.last_frame > 0 and parts.state.curves_of(camera)


def test_a_work_that_was_moved_shows_what_the_plan_has_for_it_by_now(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    found = parts.parts.find_parts(parts.build.build_exhibition(parts.scene, plan, tmp_path).collection)
    found["work-1"].location.z += 0.2
    found["work-2"].location.z += 0.2
    _node(found["work-2"], "BSDF_PRINCIPLED").inputs["Roughness"].default_value = 0.1
    works = list(plan.works)
    works[1] = dataclasses.replace(works[1], width_m=0.9, file="0.png")
    works[2] = dataclasses.replace(works[2], file="0.png")
    again = parts.build.build_exhibition(parts.scene, dataclasses.replace(plan, works=tuple(works)), tmp_path)
    moved, by_hand = found["work-1"], found["work-2"]
    assert moved.location.z == pytest.approx(1.7) and moved.dimensions.x == pytest.approx(0.9)
    assert _node(moved, "TEX_IMAGE").image.name == "0.png" and _node(by_hand, "TEX_IMAGE").image.name == "2.png"
    assert {"work-1", "work-1 frame"} <= set(again.built.replaced) and "work-2" in again.built.kept
    assert {(each.values["name"]) for each in again.remarks if "name" in each.values} == {"Two", "海"}
    stood = next(work for work in again.stands.works if work.id == "work-1")
    assert (stood.place.centre_m, stood.width_m) == (pytest.approx(1.7), pytest.approx(0.9))
    assert parts.parts.is_touched(moved)
    once_more = parts.build.build_exhibition(parts.scene, dataclasses.replace(plan, works=tuple(works)), tmp_path).built
    assert not (once_more.made or once_more.replaced or once_more.removed)
    parts.build.build_exhibition(parts.scene, changed(again.plan, 1, along_m=3.2), tmp_path)
    assert moved.location.x == pytest.approx(3.5)  # its place is the artist's


def test_a_folder_that_was_moved_changes_nothing(parts, tmp_path) -> None:
    (tmp_path / "one").mkdir()
    plan = two_rooms(parts, tmp_path / "one")
    parts.build.build_exhibition(parts.scene, plan, tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two", copy_function=shutil.copyfile)  # as now
    shutil.rmtree(tmp_path / "one")
    again = parts.build.build_exhibition(parts.scene, plan, tmp_path / "two")
    assert not (again.built.replaced or again.built.made or again.built.kept)
    shown = _node(parts.parts.find_parts(again.collection)["work-1"], "TEX_IMAGE").image
    assert Path(bpy.path.abspath(shown.filepath)) == tmp_path / "two" / "1.png" and shown.size[0] == 16


def test_what_an_older_blender_built_is_nobodys_change(parts, tmp_path) -> None:
    body = parts.plan.plan_to_json(two_rooms(parts, tmp_path))
    (tmp_path / "plan.json").write_text(body, encoding="utf-8")
    python, blend = environments.blender_module(environments.BPY_TESTED[0]), tmp_path / "old.blend"
    answer = subprocess.run([python, gallery_of_versions.__file__, tmp_path / "plan.json", blend], check=False,
                            capture_output=True, text=True)
    assert blend.exists(), answer.stdout + answer.stderr
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.context.scene
    top = parts.parts.exhibition_collection(scene)
    assert [name for name, each in parts.parts.find_parts(top).items() if parts.parts.is_touched(each)] == []
    again = parts.build.build_exhibition(scene, parts.plan.plan_from_json(body), tmp_path).built
    assert not (again.made or again.replaced or again.removed or again.kept)
