"""What an artist moves, turns, scales or adds in an exhibition is so on the page, in the tour, and in the light."""

from __future__ import annotations

import base64
import dataclasses
import importlib
import json
import math
import struct
import tracemalloc
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.two_rooms import gallery_parts, two_rooms


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    parts = gallery_parts(addon, empty_scene)
    for name in ("standing", "footprints"):
        setattr(parts, name, importlib.import_module(f"{addon.__name__}.scene.gallery.{name}"))
    return parts


@pytest.fixture
def show(parts: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """An exhibition, its objects, and what is told of it as it stands."""
    plan = two_rooms(parts, tmp_path)
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)

    def house() -> dict:
        stands = parts.standing.as_it_stands(built.collection, plan)
        tour = importlib.import_module(f"{parts.build.__name__.removesuffix('build')}tour")
        return parts.web.house_of(plan, stands, tour.stops_of(stands),
                                  parts.room_files.write_rooms(built.collection, stands, tmp_path / "web"))

    return SimpleNamespace(plan=plan, built=built, top=built.collection, house=house,
                           found=parts.parts.find_parts(built.collection))


def is_free(house: dict, x: float, y: float) -> bool:
    walk = house["walk"]
    bits = np.unpackbits(np.frombuffer(base64.b64decode(walk["bits"]), np.uint8))
    free = bits[:walk["rows"] * walk["columns"]].reshape(walk["rows"], walk["columns"])
    return bool(free[int((-y - walk["origin"][1]) / walk["cell_m"]), int((x - walk["origin"][0]) / walk["cell_m"])])


def works_in(glb: Path) -> set[str]:
    content = glb.read_bytes()
    body = json.loads(content[20:20 + struct.unpack("<I", content[12:16])[0]])
    return {node["extras"]["vernissage_work"] for node in body["nodes"] if "vernissage_work" in node.get("extras", {})}


def added(show: SimpleNamespace, room: str, at: tuple[float, float, float], size: tuple[float, float, float],
          faces: tuple[tuple[int, ...], ...] = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6),
                                                (3, 0, 4, 7))) -> bpy.types.Object:
    """A box in a room's collection, from its lowest middle."""
    x, y = size[0] / 2, size[1] / 2
    mesh = bpy.data.meshes.new("Added")
    mesh.from_pydata([(sx * x, sy * y, z) for z in (0, size[2]) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))],
                     [], faces)
    each = bpy.data.objects.new("Added", mesh)
    each.location = at
    show.top.children[room].objects.link(each)
    return each


def test_works_that_were_moved_are_told_of_where_they_are(parts, show, tmp_path) -> None:
    show.found["work-0"].location.x += 0.0005  # no move
    assert parts.standing.as_it_stands(show.top, show.plan) == show.plan == show.built.stands
    assert is_free(show.house(), 5.5, 4.5)
    hung, turned, block = (show.found[name] for name in ("work-0", "work-1", "block"))
    hung.location, hung.rotation_euler, hung.scale = (9.0, 0.0, 1.6), (0, 0, math.pi), (1.5, 1, 1.5)
    turned.location, turned.rotation_euler = (2.0, 3.5, 1.4), (0, 0, math.radians(-135))
    block.location = (5.5, 4.5, 0.9)
    house = show.house()
    told = {work["id"]: work for work in house["works"]}
    assert (told["work-0"]["room"], told["work-0"]["normal"]) == ("room-2", [0, 0, -1])
    assert told["work-0"]["at"] == pytest.approx([9.0, 1.6, -0.03], abs=1e-3)
    assert told["work-0"]["size_m"] == pytest.approx([1.2, 0.9], abs=1e-3)
    assert told["work-0"]["size_cm"] == [80, 60]  # as its label says
    assert told["work-0"]["stand"] == pytest.approx([9.0, 0, -2.25], abs=0.3)
    ahead = -math.sqrt(0.5), math.sqrt(0.5)  # x, y
    assert told["work-1"]["normal"] == pytest.approx([ahead[0], 0, -ahead[1]], abs=1e-4)
    assert told["work-1"]["at"] == pytest.approx([2 + 0.03 * ahead[0], 1.4, -3.5 - 0.03 * ahead[1]], abs=1e-3)
    assert told["work-1"]["size_m"] == pytest.approx([1.2, 0.9], abs=1e-3)
    away = np.array(told["work-1"]["stand"])[[0, 2]] * (1, -1) - (2, 3.5)
    assert away @ ahead > 0.9
    assert (told["block"]["room"], told["block"]["at"]) == ("room-1", pytest.approx([5.5, 1.15, -4.5], abs=1e-3))
    assert told["work-2"]["at"] == pytest.approx([13.77, 1.5, -3], abs=1e-3)
    assert [stop["work"] for stop in house["tour"]] == ["work-1", "block", "work-0", "work-2"]  # room by room
    stops = {stop["work"]: stop for stop in house["tour"]}
    assert all(stops[name]["stand"] == work["stand"] for name, work in told.items())
    assert stops["block"]["look"] == told["block"]["at"]
    assert all(is_free(house, stop["stand"][0], -stop["stand"][2]) for stop in house["tour"])
    assert not is_free(house, 5.5, 4.5)
    assert not is_free(house, 10.5, 3.0)  # its plinth stayed
    assert not is_free(house, 2.0, 3.5)  # in the way
    assert works_in(tmp_path / "web" / "rooms" / "room-1.glb") == {"work-1", "block"}
    assert works_in(tmp_path / "web" / "rooms" / "room-2.glb") == {"work-0", "work-2"}
    show.found["block plinth"].location = (5.5, 4.5, 0)
    show.found["room-1 bench 1"].location.y = 1.5
    house = show.house()
    assert is_free(house, 10.5, 3.0) and is_free(house, 3.5, 3.0) and not is_free(house, 3.5, 1.5)
    bpy.data.objects.remove(show.found["room-1 bench 1"])
    assert is_free(show.house(), 3.5, 1.5)


@pytest.mark.parametrize(("at", "turned"), [
    ((9.0, -0.02, 1.6), math.pi), ((20.0, 3.0, 1.6), math.pi / 2), ((7.15, 3.0, 1.6), math.pi / 2),
    ((10.0, 6.32, 1.5), math.pi)])
def test_a_work_is_in_the_file_of_the_room_that_the_house_has_it_in(parts, show, tmp_path, at, turned: float) -> None:
    """Also where it is within a wall, in a passage, or outside."""
    picture, frame = show.found["work-0"], show.found["work-0 frame"]
    picture.location, picture.rotation_euler = at, (0, 0, turned)
    stands = parts.standing.as_it_stands(show.top, show.plan)
    (told,) = (work for work in stands.works if work.id == "work-0")
    for room in show.plan.rooms:
        shown = parts.standing.objects_in(show.top, stands, room)
        assert (picture in shown) == (frame in shown) == (room.id == told.room)


def test_a_rebuilt_exhibition_lights_works_where_they_are_and_its_tour_goes_there(parts, show, tmp_path) -> None:
    show.found["work-0"].location, show.found["work-0"].rotation_euler = (9.0, 0.0, 1.6), (0, 0, math.pi)
    show.found["work-1"].location.z += 0.2
    by_hand = show.found["work-1 spot 1"]
    by_hand.data.energy *= 2
    stays = by_hand.matrix_world.copy()
    again = parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
    assert "work-0 spot 1" in again.built.replaced and "tour camera" in again.built.replaced
    assert "work-0" in again.built.same and "work-1 spot 1" in {*again.built.kept, *again.built.same}
    assert by_hand.matrix_world == stays
    bpy.context.view_layer.update()
    spots = [each for name, each in parts.parts.find_parts(show.top).items()
             if name.startswith("work-0 spot") and each.type == "LIGHT"]
    for spot in spots:
        aim = np.array(spot.matrix_world.to_3x3() @ type(spot.location)((0, 0, -1)))
        at = np.array(spot.matrix_world.translation)
        assert 7.3 < at[0] < 13.8  # in the room where it hangs now
        hit = at + aim * (0.03 - at[1]) / aim[1]
        assert np.abs(hit - (9.0, 0.03, 1.6)).max() < 0.7
    lit = {each.work: each for room in again.lit.values() for each in room.works}
    assert all(lit[name].deviation <= 0.15 for name in ("work-0", "work-1", "work-2"))
    assert {stop.work: stop for stop in again.stops}["work-0"].at == pytest.approx((9.0, 1.5), abs=0.3)
    once_more = parts.build.build_exhibition(parts.scene, show.plan, tmp_path).built
    assert not (once_more.made or once_more.replaced or once_more.removed)
    show.found["work-0"].location, show.found["work-0"].rotation_euler = (10.5, 1.5, 1.6), (0, 0, 0)  # before no wall
    apart = parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
    mine = [each.spot for room in apart.lit.values() for each in room.spots if each.work == "work-0"]
    assert mine and all(spot.at[1] < 1.5 for spot in mine)  # it looks south


def test_works_that_are_out_of_all_bounds_cost_nothing_else(parts, show, tmp_path) -> None:
    picture, block = show.found["work-0"], show.found["block"]
    for at, size in (((100, 100, 1.5), 1), ((2, 6, 1.5), 1e5), ((2, 6, 1.5), 14), ((2, 6, 1.5), 0), ((3, 3, 50), 1)):
        for each in (picture, block):
            each.location, each.scale = at, (size,) * 3
        again = parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
        assert not again.built.failed and len(again.stops) == 4
        lit = {work.work for room in again.lit.values() for work in room.works}
        assert {"work-1", "work-2"} <= lit
        assert ({"work-0", "block"} <= lit) == (size == 0)  # of what is in the room, and not larger
        assert parts.visit.walk_grid(again.stands).free.any() == (size < 1000)  # all of the house is in a sculpture


def test_what_an_artist_adds_is_walked_around(parts, show, tmp_path) -> None:
    before = show.house()
    start, _ = parts.visit.start_of(show.plan)
    stop = next(stop for stop in before["tour"] if stop["work"] == "work-1")
    x, y = stop["stand"][0], -stop["stand"][2]
    added(show, "room-1", (5.8, 5.0, 0.0), (2.0, 1.5, 0.02))  # a rug
    added(show, "room-1", (5.8, 5.0, 2.0), (1.0, 1.0, 0.5))  # a lamp
    assert parts.standing.as_it_stands(show.top, show.plan) == show.plan
    added(show, "room-1", (x, y, 0.0), (0.6, 0.6, 0.8))
    added(show, "room-1", (*start, 0.0), (0.5, 0.5, 3.0), ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)))
    added(show, "room-2", (12.0, 4.8, 0.0), (1.0, 1.0, 1.0)).scale = (0.4, 0.4, 1)
    twin = show.found["room-1 bench 1"].copy()
    twin.location = (5.8, 4.6, 0)
    show.top.children["room-1"].objects.link(twin)
    house = show.house()
    for place in ((x, y), start, (12.0, 4.8), (5.8, 4.6)):
        assert is_free(before, *place) and not is_free(house, *place), place
    assert is_free(house, 12.8, 4.8)  # half as wide, and a visitor's 0.4 m
    stands = [each["stand"] for each in (*house["tour"], house["start"])]
    assert all(is_free(house, stand[0], -stand[2]) for stand in stands)
    moved = np.array(next(stop for stop in house["tour"] if stop["work"] == "work-1")["stand"])
    assert 0.5 < np.hypot(moved[0] - x, moved[2] + y) < 1.5
    stands = parts.standing.as_it_stands(show.top, show.plan)
    assert list(parts.build.remarks_of_ways(show.plan, stands)) == []
    added(show, "room-2", (10.0, 3.0, 0.0), (0.2, 7.0, 0.5))
    again = parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
    (remark,) = (each for each in again.remarks if "cannot come to" in each.sentence)
    assert remark.values == {"count": 1, "name": "海"}
    assert show.house()["works"]


def spans(glb: Path) -> dict[str, tuple[list[float], list[float], int]]:
    """By the names of a GLB's nodes, their lowest and highest (x, y, z), and how many vertices they have."""
    content = glb.read_bytes()
    body = json.loads(content[20:20 + struct.unpack("<I", content[12:16])[0]])
    found = {}
    for node in body["nodes"]:
        own = [body["accessors"][each["attributes"]["POSITION"]] for each in body["meshes"][node["mesh"]]["primitives"]]
        found[node["name"].split(".")[0]] = (np.min([each["min"] for each in own], axis=0).round(3).tolist(),
                               np.max([each["max"] for each in own], axis=0).round(3).tolist(),
                                             sum(each["count"] for each in own))
    return found


def test_what_is_hidden_while_somebody_works_is_where_it_is(parts, show, tmp_path) -> None:
    """An excluded room, a hidden room, a hidden child, a hidden thing of the artist's, none of which Blender evaluates:
    all the same as when they are seen."""
    def hide(is_hidden: bool) -> None:
        bpy.context.view_layer.layer_collection.children[show.top.name].children["room-2"].exclude = is_hidden
        show.top.children["room-1"].hide_viewport = is_hidden
        for each in (show.found["work-0 frame"], box, show.found["room-1 bench 1"]):
            each.hide_viewport = is_hidden

    box = added(show, "room-1", (5.8, 4.0, 0.0), (0.4, 0.4, 1.0))
    copies = box.modifiers.new("Array", "ARRAY")
    copies.count, copies.relative_offset_displace = 2, (0, 2, 0)
    hide(True)
    box.location.y = 4.2
    show.found["work-0"].location.z += 0.2
    show.found["work-2"].location.y += 0.3
    show.found["room-1 bench 1"].location.y -= 1
    seen = []
    for is_hidden in (True, False):
        hide(is_hidden)
        stands = parts.standing.as_it_stands(show.top, show.plan)
        house = show.house()
        assert not is_free(house, 5.8, 5.0) and not is_free(house, 5.8, 4.2) and is_free(house, 3.5, 3.0)
        rooms = [spans(tmp_path / "web" / "rooms" / f"room-{number}.glb") for number in (1, 2)]
        errors = parts.measure.hang_error_mm(show.top, show.plan)
        built = parts.build.build_exhibition(parts.scene, show.plan, tmp_path).built
        seen.append((stands, rooms, errors, sorted(built.same) if not is_hidden else None))
        assert box.hide_viewport is is_hidden and ("work-2" in bpy.context.view_layer.objects) is not is_hidden
        assert len(bpy.data.collections) == 3
    assert seen[0][:3] == seen[1][:3]
    assert seen[0][1][0]["Added"][0][:2] == [5.6, 0.0] and seen[0][1][0]["work-0"][0][1] == pytest.approx(1.4, abs=0.1)
    assert len(seen[1][3]) == len(parts.parts.find_parts(show.top))  # the first build saw all as it is


def test_what_belongs_to_a_work_goes_with_it(parts, show, tmp_path) -> None:
    """What was changed by hand stays where it was seen."""
    whole = spans(parts.room_files.write_rooms(show.top, show.plan, tmp_path / "web")[0].glb)
    frames = show.found["work-1 frame"].matrix_world.copy(), show.found["work-1 label text 1"].matrix_world.copy()
    names = sorted(name for name in show.found if name.startswith("work-1 ") and name != "work-1 label text 1")
    assert {"work-1 frame", "work-1 label", "work-1 spot 1", "work-1 spot 1 head"} <= set(names)
    show.found["work-1 label text 1"].data.body = "By hand"
    bpy.data.objects.remove(show.found["work-1"])
    plan = parts.build.shown_works(show.plan, show.top)
    stands = parts.standing.as_it_stands(show.top, plan)
    before = [{each: each.hide_render for each in show.top.all_objects}]
    rooms = parts.room_files.write_rooms(show.top, stands, tmp_path / "web")
    seen = spans(rooms[0].glb)
    assert "work-1 label" not in seen and seen["room-1"][2] < whole["room-1"][2]  # heads of spots
    assert before == [{each: each.hide_render for each in show.top.all_objects}]
    left = [each.name for each in parts.parts.left_behind(show.top)]
    assert sorted(left) == sorted([*names, "work-1 label text 1"])
    again = parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
    assert sorted(again.built.removed) == names
    assert sorted(again.built.kept) == ["work-1", "work-1 label text 1"]
    assert not again.built.made
    assert "work-1" not in {each.work for room in again.lit.values() for each in room.works}
    found = parts.parts.find_parts(show.top)
    bpy.context.view_layer.update()
    assert np.allclose(found["work-1 label text 1"].matrix_world, frames[1], atol=1e-4)
    once_more = parts.build.build_exhibition(parts.scene, show.plan, tmp_path).built
    assert not (once_more.made or once_more.replaced or once_more.removed)
    bpy.context.view_layer.update()
    assert np.allclose(found["work-1 label text 1"].matrix_world, frames[1], atol=1e-4)
    found["work-2 frame"].hide_render = True  # a change by hand
    there = found["work-2 frame"].matrix_world.copy()
    bpy.data.objects.remove(found["work-2"])
    parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
    bpy.context.view_layer.update()
    assert np.allclose(found["work-2 frame"].matrix_world, there, atol=1e-4)
    works = list(show.plan.works)
    works[1] = dataclasses.replace(works[1], width_m=1.0)
    back = parts.build.build_exhibition(parts.scene, dataclasses.replace(show.plan, works=tuple(works)), tmp_path)
    assert {"work-1", "work-1 frame", "work-1 spot 1"} <= set(back.built.made)


def test_whatever_has_a_surface_is_on_the_page_and_walked_around(parts, show, tmp_path) -> None:
    """Curves, surfaces, metaballs, instances of collections; what has none is told of."""
    room = show.top.children["room-1"]
    before = spans(parts.room_files.write_rooms(show.top, show.plan, tmp_path / "web")[0].glb)
    curve = bpy.data.curves.new("Rope", "CURVE")
    curve.dimensions, curve.bevel_depth = "3D", 0.1
    curve.splines.new("POLY").points.add(1)
    curve.splines[0].points[0].co, curve.splines[0].points[1].co = (5.0, 4.5, 0.5, 1), (6.0, 4.5, 0.5, 1)
    ball = bpy.data.metaballs.new("Ball")
    ball.elements.new().radius = 0.8
    box = added(show, "room-1", (0, 0, 0), (0.4, 0.4, 0.6))
    room.objects.unlink(box)
    chairs = bpy.data.collections.new("Chairs")
    chairs.objects.link(box)
    chair = bpy.data.objects.new("Chair", None)
    chair.instance_type, chair.instance_collection = "COLLECTION", chairs
    rope, blob = bpy.data.objects.new("Rope", curve), bpy.data.objects.new("Blob", ball)
    fog = bpy.data.objects.new("Fog", bpy.data.volumes.new("Fog"))
    for each, at in ((rope, (0, 0, 0)), (blob, (5.8, 1.2, 0.5)), (chair, (1.5, 4.6, 0)), (fog, (3, 3, 0))):
        each.location = at
        room.objects.link(each)
    house = show.house()
    for place in ((5.5, 4.5), (5.8, 1.2), (1.5, 4.6)):
        assert not is_free(house, *place), place
    seen = spans(tmp_path / "web" / "rooms" / "room-1.glb")
    assert seen.keys() - before.keys() == {"Rope", "Blob", "Chair"}
    assert seen["room-1"] == before["room-1"]  # nothing of the tour's path
    assert seen["Chair"][:2] == ([1.3, 0, -4.8], [1.7, 0.6, -4.4])
    assert seen["Rope"][0] == pytest.approx([5.0, 0.4, -4.6], abs=0.01)
    (remark,) = parts.standing.remarks_of_unseen(show.top)
    assert remark.values == {"count": 1, "name": "Fog"}
    files = parts.room_files.write_rooms(show.top, show.plan, tmp_path / "lit", parts.kinds.LightQuality.DRAFT)
    assert files[0].light is not None
    built = parts.build.build_exhibition(parts.scene, show.plan, tmp_path)
    assert any(each.values == remark.values for each in built.remarks) and all(
        each.name in bpy.data.objects for each in (rope, blob, chair, fog))


def test_nobody_is_put_where_nobody_comes_to(parts, show) -> None:
    sides = ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
    stop = show.built.stops[1]
    added(show, "room-1", (*stop.at, 0.0), (2.0, 2.0, 3.0), sides)  # hollow, and wider than a visitor
    house = show.house()
    assert not is_free(house, *stop.at)
    stand = next(work["stand"] for work in house["works"] if work["id"] == "work-1")
    assert 1.0 < np.hypot(stand[0] - stop.at[0], stand[2] + stop.at[1]) < 2.5
    assert is_free(house, stand[0], -stand[2])
    assert is_free(house, 1.0, 5.0)
    stands = parts.standing.as_it_stands(show.top, show.plan)
    assert list(parts.build.remarks_of_ways(show.plan, stands)) == []
    added(show, "room-1", (6.5, 3.0, 0.0), (0.5, 2.0, 0.5))  # before the door to the other room
    stands = parts.standing.as_it_stands(show.top, show.plan)
    (remark,) = parts.build.remarks_of_ways(show.plan, stands)
    assert remark.values == {"count": 2, "name": "海"}
    assert len(show.house()["tour"]) == 4


def test_the_page_and_its_report_tell_so(addon, parts, show, tmp_path) -> None:
    show.found["work-2"].location.z += 0.1
    added(show, "room-1", (6.5, 3.0, 0.0), (0.5, 2.0, 0.5))  # before the door to the other room
    (tmp_path / "plan.json").write_text(parts.plan.plan_to_json(show.plan), encoding="utf-8")
    assert importlib.import_module(f"{addon.__name__}.cli").execute(
        ["exhibition-page", "--plan", str(tmp_path / "plan.json"), "--light", "off", "--out", str(tmp_path / "page"),
         "--report", str(tmp_path / "report.json")]) == 0
    house = json.loads((tmp_path / "page" / "house.json").read_text(encoding="utf-8"))
    assert {work["id"]: work["at"][1] for work in house["works"]}["work-2"] == pytest.approx(1.6, abs=1e-3)
    assert not is_free(house, 6.5, 3.0)
    (remark,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["remarks"]
    assert remark["values"] == {"count": 2, "name": "海"}


def test_footprints_are_of_what_visitors_would_walk_into(parts) -> None:
    bounds = (0.0, 0.0, 10.0, 10.0)

    def area(*triangles: object) -> float:
        return sum((east - west) * (north - south) for west, south, east, north in parts.footprints.footprint(
            np.array(triangles, np.float64), bounds))

    assert area([(1, 1, 0.05), (3, 1, 0.05), (1, 3, 0.05)]) == 0
    assert area([(1, 1, 2.0), (3, 1, 2.0), (1, 3, 2.0)]) == 0
    assert area([(20, 1, 1.0), (23, 1, 1.0), (20, 3, 1.0)]) == 0
    assert area([(1, 1, 1.0), (3, 1, 1.0), (1, 3, 1.0)]) == pytest.approx(2.0, rel=0.1)
    assert area([(1, 1.02, 0.0), (3, 1.02, 0.0), (1, 1.02, 300.0)]) == pytest.approx(2 * 0.05, rel=0.1)  # a wall, high
    corners = [(1.02, 1.02), (4.02, 1.02), (4.02, 4.02), (1.02, 4.02)]
    ring = [triangle for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
            for triangle in ([(*a, 0), (*b, 0), (*b, 3)], [(*a, 0), (*b, 3), (*a, 3)])]
    assert area(*ring) == pytest.approx(12 * 0.05, rel=0.1)  # hollow


def test_a_curtain_of_many_threads_costs_little(parts) -> None:
    """Each of them 4 m high and 2 mm wide, over 5 m."""
    at = np.linspace(0, 5, 10_000)
    threads = np.array([(0, 0, 0), (0.002, 0, 0), (0, 0, 4)]) + np.stack([at, 0.52 + 0 * at, 0 * at], axis=1)[:, None]
    tracemalloc.start()
    try:
        (rect,) = parts.footprints.footprint(threads, (-10, -10, 10, 10))
        assert tracemalloc.get_traced_memory()[1] < 150e6
    finally:
        tracemalloc.stop()
    assert rect == pytest.approx((0, 0.5, 5.05, 0.55))
