"""Text on walls: right-to-left writing, and labels where there is little room."""

from __future__ import annotations

import dataclasses
import importlib
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.two_rooms import gallery_parts, two_rooms


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


def test_right_to_left_labels_begin_at_the_right(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    titles = ("لوحة الغروب على البحر", "שקיעה מעל הים")
    named = [dataclasses.replace(work, title=title) for work, title in zip(plan.works, titles, strict=False)]
    plan = dataclasses.replace(plan, title=titles[0], works=(*named, *plan.works[2:]))
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    bpy.context.view_layer.update()
    found = parts.parts.find_parts(built.collection)
    for work in ("work-0", "work-1"):
        card = found[f"{work} label"]
        right = [max((card.matrix_world.inverted() @ found[f"{work} label text {number}"].matrix_world
                      @ type(card.location)(corner)).x for corner in found[f"{work} label text {number}"].bound_box)
                 for number in (1, 2)]
        assert right[1] == pytest.approx(card.dimensions.x / 2 - 0.012, abs=0.0015)  # its title
        assert right[0] < 0.03  # its artist is written from left to right
    for work, title in (("work-0", titles[0]), ("work-1", titles[1])):
        assert found[f"{work} label text 2"]["vernissage_letters"].split() == title.split()
    assert np.array(found["poster title"].bound_box)[:, 0].max() < 0.001


@pytest.mark.parametrize(("letters", "most"), [("אדצתףץ", 0.07), ("енфхцъэюя", 0.09), ("κπψ", 0.07), ("ﺏﺔﻬﻠ", 0.07),
                                               ("ab8海", 0.001)])
def test_letters_whose_outlines_overlap_are_filled(parts, letters: str, most: float) -> None:
    """As large as their outlines but for where those overlap; what Blender fills of the first is half, or thrice that.
    """
    filled_letters = importlib.import_module(parts.labels.__name__.replace("labels", "filled_letters")).filled_letters
    for letter in letters:
        curve = bpy.data.curves.new(letter, "FONT")
        curve.body, curve.size = letter, 0.01
        each = bpy.data.objects.new(letter, curve)
        mesh = filled_letters(each)
        filled = sum(face.area for face in mesh.polygons)
        assert min(face.normal.z for face in mesh.polygons) > 0.99
        curve.dimensions, curve.fill_mode = "3D", "HALF"
        lines = bpy.data.meshes.new_from_object(each)
        ends = [[lines.vertices[end].co for end in edge.vertices] for edge in lines.edges]
        outlined = abs(sum(a.x * b.y - a.y * b.x for a, b in ends)) / 2
        assert (1 - most) * outlined < filled < 1.001 * outlined, letter
        curve.dimensions, curve.fill_mode, curve.extrude = "2D", "BOTH", 0.001
        deep = filled_letters(each)
        assert deep.validate() is False
        assert max(point.co.z for point in deep.vertices) == pytest.approx(0.001)
        assert min(point.co.z for point in deep.vertices) == pytest.approx(-0.001)
        assert sum(face.area for face in deep.polygons) > 2.1 * filled  # its sides too


def test_texts_of_rooms_are_on_their_walls_clear_of_works(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    plan = dataclasses.replace(plan, text="What the show is about. " * 6, rooms=tuple(
        dataclasses.replace(room, text="Of this room.\n" + "More of it. " * 5) for room in plan.rooms))
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    bpy.context.view_layer.update()
    found = parts.parts.find_parts(built.collection)
    written = [name for name in found if name.startswith("room-") and " text " in name]
    assert {name.split(" ")[0] for name in written} == {"room-1", "room-2"}
    assert found["room-1 text 1"].data.body == "Show"
    for name in written:
        text = found[name]
        corners = [text.matrix_world @ type(text.location)(corner) for corner in text.bound_box]
        low, high = (np.array([pick(each) for each in zip(*corners, strict=True)]) for pick in (min, max))
        assert low[2] > 0.6
        for each in found.values():
            if each.type == "MESH" and each.name.split(" ")[0] in ("work-0", "work-1", "work-2"):
                its_low, its_high = parts.measure.box_of(each)
                assert (np.minimum(high, its_high) < np.maximum(low, its_low)).any(), (name, each.name)
    glazed = tuple(dataclasses.replace(room, glazed=tuple(parts.plan.Wall)) for room in plan.rooms)
    bare = parts.build.build_exhibition(parts.scene, dataclasses.replace(plan, rooms=glazed), tmp_path)
    assert {remark.values.get("room") for remark in bare.remarks} >= {"One", "二"}


def test_where_there_is_little_room_labels_are_smaller_and_where_there_is_none_it_is_told(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    long = dataclasses.replace(plan.works[3], text="Word " * 40, place=dataclasses.replace(plan.works[3].place,
                                                                                          plinth_m=0.25))
    wide = dataclasses.replace(plan.works[2], width_m=5.9, height_m=2.2, place=dataclasses.replace(
        plan.works[2].place, along_m=3.0, centre_m=1.5))
    plan = dataclasses.replace(plan, works=(*plan.works[:2], wide, long))
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    found = parts.parts.find_parts(built.collection)
    assert found["block label"].dimensions.z < 0.15
    assert "work-2 label" not in found
    told = [remark for remark in built.remarks if "labels" in remark.sentence]
    assert [remark.values for remark in told] == [{"count": 1, "name": "海"}]
    roomy = parts.build.build_exhibition(parts.scene, two_rooms(parts, tmp_path), tmp_path)
    assert not any("labels" in remark.sentence for remark in roomy.remarks)
    assert "block" in roomy.built.replaced  # a sculpture is made again while what it was is there
