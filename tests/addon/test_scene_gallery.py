"""Exhibitions in the .blend: how exactly they stand there, and what a changed plan changes."""

from __future__ import annotations

import base64
import dataclasses
import importlib
import json
import math
import os
import struct
import zlib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.boxes import boxes_of, overlaps
from tests.addon.conftest import _write_png
from tests.addon.two_rooms import changed, gallery_parts, random_plans, two_rooms

STEM_M = 0.004  # half of what a head hangs on
SEEDS = (3, 81, 119, 132, 145)  # of 1 to 21 works, each of another architecture


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


@pytest.fixture
def plan(parts: SimpleNamespace, tmp_path: Path) -> object:
    return two_rooms(parts, tmp_path)


def test_works_hang_and_stand_where_the_plan_has_them(parts, plan, tmp_path) -> None:
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    assert not built.built.failed
    errors = parts.measure.hang_error_mm(built.collection, plan)
    assert sorted(errors) == ["block", "work-0", "work-1", "work-2"]
    assert max(errors.values()) < 0.1
    assert [each.name for each in built.collection.children] == ["room-1", "room-2"]
    found = parts.parts.find_parts(built.collection)
    assert found["work-0"].name == "work-0"
    assert found["work-0"].users_collection[0].name == "room-1"
    assert found["work-0"]["vernissage_entry"] == "work-0"
    title = found["work-0 label text 2"]
    assert title.type == "FONT"
    assert title.data.body == "<b>One</b>"  # markup is text
    assert found["room-2 title"].data.body == "二"
    assert found["poster text"].data.body == "A. Artist\n4 件作品，2 个展厅"
    assert {each.type for each in found.values()} == {"MESH", "FONT", "LIGHT", "CAMERA", "CURVE"}


def _intersecting(parts: SimpleNamespace, plan: object, top: bpy.types.Collection) -> list[tuple[str, str, float]]:
    """What reaches into something else; shells of rooms meet, frames are around works, and stems end in heads."""
    bpy.context.view_layer.update()
    found = {name: each for name, each in parts.parts.find_parts(top).items() if each.type == "MESH"}
    shell = ("north", "south", "east", "west", "floor", "ceiling")
    boxes = [box for name, each in found.items() for box in boxes_of(name, each, by_faces=name.endswith(
        (*shell, " track", " head", " skirting", " cornice", " skylight", " glazing bars")))]
    framed = {frozenset((work.id, f"{work.id} frame")) for work in plan.works}
    return [(one, other, deep) for one, other, deep in overlaps(boxes, 2e-4) if frozenset((one, other)) not in framed
            and not (one.endswith(shell) and other.endswith(shell))
            and not ({one.split()[-1], other.split()[-1]} == {"track", "head"} and deep < STEM_M)]


def test_nothing_intersects(parts, plan, tmp_path) -> None:
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    assert _intersecting(parts, plan, built.collection) == []
    found = parts.parts.find_parts(built.collection)
    head = found["work-0 spot 1 head"]
    found["work-0 spot 2"].matrix_world = head.parent.matrix_world.copy()
    found["work-0 spot 2"].location.x += 0.02
    assert ("work-0 spot 1 head", "work-0 spot 2 head") in {
        each[:2] for each in _intersecting(parts, plan, built.collection)}


@pytest.mark.parametrize("glazed", [(), ("north",)])
def test_walls_lack_the_sides_that_lie_on_something(parts, plan, tmp_path, glazed: tuple[str, ...]) -> None:
    """Through a joint of walls those would be seen, as a dark dotted line. Beside glass nothing covers them."""
    first = dataclasses.replace(plan.rooms[0], glazed=tuple(map(parts.plan.Wall, glazed)))
    plan = dataclasses.replace(plan, rooms=(first, *plan.rooms[1:]))
    found = parts.parts.find_parts(parts.build.build_exhibition(parts.scene, plan, tmp_path).collection)
    bpy.context.view_layer.update()
    south, north = first.y_m, first.y_m + first.depth_m
    ends = set()
    for wall in {"north", "east", "south", "west"} - set(glazed):
        each = found[f"{first.id} {wall}"]
        for face in each.data.polygons:
            middle, normal = each.matrix_world @ face.center, each.matrix_world.to_3x3() @ face.normal
            assert abs(normal.z) < 0.5 or 0.1 < middle.z < first.height_m - 0.1  # of doors
            if wall in ("east", "west") and abs(normal.y) > 0.5:
                ends |= {edge for edge, at in (("north", north), ("south", south)) if abs(middle.y - at) < 1e-3}
    assert ends == set(glazed)


def test_nothing_intersects_in_exhibitions_of_any_size(parts, backend_python, tmp_path, monkeypatch) -> None:
    """One of each architecture, of 1 to 20 works, without the spots, whose powers take their time."""
    plans = random_plans(parts, backend_python, SEEDS)
    two_rooms(parts, tmp_path)  # for its files
    spots, wall = parts.spots, parts.plan.Wall

    def unlit(plan: object, room: object, look: object) -> object:
        lit = parts.lamps_aimed.LitRoom(spots.track_height(room, [work for work in plan.works if work.room == room.id]))
        lit.rails = {each: spots.track_distance(room, each, lit.track_m, math.radians(30)) for each in wall
                     if each not in room.glazed}
        lit.clear_m = max(lit.rails.values(), default=0.0)
        lit.day_w = [1.0] * len(parts.rooms.skylights(room, look, lit.clear_m))
        return lit

    monkeypatch.setattr(parts.build, "light_room", unlit)
    for plan in plans:
        plan = dataclasses.replace(plan, works=tuple(dataclasses.replace(
            work, file="block.glb" if work.kind == "sculpture" else "0.png") for work in plan.works))
        built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
        assert not built.built.failed
        assert max(parts.measure.hang_error_mm(built.collection, plan).values()) < 1
        assert _intersecting(parts, plan, built.collection) == [], plan.architecture


def test_labels_fit_on_their_cards(parts, plan, tmp_path) -> None:
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    bpy.context.view_layer.update()
    found = parts.parts.find_parts(built.collection)
    texts = [name for name in found if " label text " in name]
    assert len(texts) == 11  # the sculpture names no artist
    for name in texts:
        text, card = found[name], found[name.split(" text ")[0]]
        corners = [text.matrix_world @ type(text.location)(corner) for corner in text.bound_box]
        inside = [card.matrix_world.inverted() @ corner for corner in corners]
        half = card.dimensions / 2
        assert all(abs(corner.x) <= half.x and abs(corner.z) <= half.z for corner in inside), name
        assert all(-0.01 < corner.y <= -card.dimensions.y for corner in inside), name  # before the card


def test_letters_of_labels_are_filled(parts, plan, tmp_path) -> None:
    """As large as their outlines, of which those of holes go round the other way."""
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789&×é海":
        each = parts.parts.find_parts(built.collection)["work-0 label text 1"].copy()
        each.data = curve = each.data.copy()
        curve.body = letter
        mesh = bpy.data.meshes.new_from_object(each)
        filled = sum(face.area for face in mesh.polygons)
        curve.dimensions, curve.fill_mode = "3D", "HALF"  # without its faces
        mesh = bpy.data.meshes.new_from_object(each)
        ends = [[mesh.vertices[end].co for end in edge.vertices] for edge in mesh.edges]
        assert not mesh.polygons
        assert filled == pytest.approx(abs(sum(a.x * b.y - a.y * b.x for a, b in ends)) / 2, rel=0.01), letter


def test_building_again_changes_nothing(parts, plan, tmp_path) -> None:
    parts.build.build_exhibition(parts.scene, plan, tmp_path)
    parts.scene.frame_set(200)  # the tour is somewhere else
    count = len(bpy.data.objects), len(bpy.data.meshes), len(bpy.data.materials)
    again = parts.build.build_exhibition(parts.scene, plan, tmp_path).built
    assert not (again.made or again.replaced or again.removed or again.kept)
    assert (len(bpy.data.objects), len(bpy.data.meshes), len(bpy.data.materials)) == count


def test_a_changed_plan_replaces_what_it_changes_and_keeps_what_the_artist_changed(parts, plan, tmp_path) -> None:
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    found = parts.parts.find_parts(built.collection)
    found["work-1"].location.z += 0.1
    found["work-2 label text 1"].data.body = "By hand"
    bpy.data.objects.remove(found["room-1 bench 1"])
    seat = found["room-2 floor"]
    edited = changed(changed(changed(plan, 0, along_m=2.3), 1, along_m=3.3), 2, along_m=3.2)
    again = parts.build.build_exhibition(parts.scene, edited, tmp_path).built
    assert "work-0" in again.replaced
    assert "work-2" in again.replaced
    assert sorted(again.kept) == ["room-1 bench 1", "work-1"]
    assert {"room-1 floor", "room-1 north", "work-0 frame", "work-2 label text 1"} <= set(again.same)
    errors = parts.measure.hang_error_mm(built.collection, edited)
    assert errors["work-0"] < 0.1
    assert errors["work-1"] == pytest.approx(200, abs=1)  # where the artist has it: the plan is 20 cm to the side
    found = parts.parts.find_parts(built.collection)
    assert found["work-2 label text 1"].data.body == "By hand"
    assert found["work-0 frame"].parent is found["work-0"]
    assert "room-1 bench 1" not in found
    assert found["room-2 floor"] is seat
    fewer = dataclasses.replace(edited, works=edited.works[1:])
    gone = parts.build.build_exhibition(parts.scene, fewer, tmp_path).built
    assert {"work-0", "work-0 frame", "work-0 label", "work-0 spot 1"} <= set(gone.removed)
    assert "work-0" not in parts.parts.find_parts(built.collection)


def test_what_of_an_object_no_place_tells_is_the_artists_too_and_pictures_are_as_their_files(parts, plan, tmp_path
                                                                                             ) -> None:
    show = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    found = parts.parts.find_parts(show.collection)
    found["work-0 label text 2"].data.shear = 0.2
    found["work-2 spot 1"].data.shadow_soft_size = 0.3
    nodes = found["work-0"].data.materials[0].node_tree.nodes
    nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.1
    found["room-1 bench 1"].data.uv_layers[0].data[0].uv = (0.3, 0.7)
    shown = next(node.image for node in found["work-1"].data.materials[0].node_tree.nodes if node.type == "TEX_IMAGE")
    assert shown.pixels[0] == pytest.approx(100 / 255, abs=0.01)
    _write_png(tmp_path / "1.png", np.full((12, 16, 3), 200, np.uint8))
    os.utime(tmp_path / "1.png", (1, 1))
    edited = changed(changed(plan, 0, along_m=2.3), 2, along_m=3.2)
    bench = dataclasses.replace(plan.benches[0], width_m=1.5)
    work = dataclasses.replace(edited.works[0], title="Another")
    again = parts.build.build_exhibition(parts.scene, dataclasses.replace(
        edited, benches=(bench,), works=(work, *edited.works[1:])), tmp_path).built
    assert {"work-0", "work-0 label text 2", "work-2 spot 1", "room-1 bench 1"} <= set(again.kept)
    assert "work-1" in again.replaced
    assert shown.pixels[0] == pytest.approx(200 / 255, abs=0.01)


def test_of_a_work_that_is_gone_there_is_nothing_but_a_word_and_it_comes_back(parts, plan, tmp_path) -> None:
    kept = (tmp_path / "1.png").read_bytes()
    (tmp_path / "1.png").unlink()
    show = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    assert list(show.built.failed) == ["work-1"]
    assert "1.png" in str(show.built.failed["work-1"])
    assert "work-0" in show.built.made
    found = parts.parts.find_parts(show.collection)
    assert not [name for name in found if name.startswith("work-1")]  # no label, no frame, no spot
    assert [stop.work for stop in show.stops] == ["work-0", "work-2", "block"]
    rooms = parts.room_files.write_rooms(show.collection, show.plan, tmp_path / "web")
    house = parts.web.house_of(show.plan, show.stands, show.stops, rooms)
    assert [work["id"] for work in house["works"]] == [stop["work"] for stop in house["tour"]] == [
        "work-0", "work-2", "block"]
    last = show.last_frame
    (tmp_path / "1.png").write_bytes(kept)
    again = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    assert {"work-1", "work-1 label", "work-1 spot 1"} <= set(again.built.made)
    assert sorted(again.built.replaced) == ["tour camera", "tour path"]
    assert len(again.stops) == 4 and again.last_frame > last

def test_the_page_knows_the_language_of_each_text(parts, plan, tmp_path) -> None:
    """As told, else as its letters tell, else as that of the exhibition."""
    works = (dataclasses.replace(plan.works[0], language="pt-BR", artist="Иван"), *plan.works[1:])
    show = parts.build.build_exhibition(parts.scene, dataclasses.replace(plan, works=works, text="海の絵"), tmp_path)
    files = parts.room_files.write_rooms(show.collection, show.plan, tmp_path / "web")
    for told, languages, rooms, others in (("", {"title": "en"}, [{"title": "en"}, None], "en ja en"),
                                           ("en", {"text": "ja"}, [None, {"title": "zh"}], "en zh en")):
        plan, stands = (dataclasses.replace(each, language=told) for each in (show.plan, show.stands))
        house = parts.web.house_of(plan, stands, show.stops, files)
        assert (house["language"], house.get("languages")) == (told or "ja", languages)
        assert [room.get("languages") for room in house["rooms"]] == rooms
        first, *rest = house["works"]
        assert (first["language"], first["languages"]) == ("pt-BR", {"artist": "ru"})
        assert " ".join(work["language"] for work in rest) == others


def test_strips_of_painted_works_come_to_the_page(parts, plan, tmp_path) -> None:
    """Of those alone whose own files say how they were made; a card that is broken or leads elsewhere tells nothing."""
    strips = importlib.import_module("bl_ext.user_default.vernissage.scene.gallery.strips")
    picture = importlib.import_module("bl_ext.user_default.vernissage.protocol.picture")
    wire = importlib.import_module("bl_ext.user_default.vernissage.protocol.wire")
    works = [work for work in plan.works if work.kind == "picture"][:2]
    painted = dataclasses.replace(plan, works=tuple(
        dataclasses.replace(work, made={"prompt": "sea"} if work is works[0] else {}) for work in plan.works))
    result = wire.to_json(picture.PictureResult(
        picture="sea.png", strips=(picture.Strip(kind=picture.StripKind.STEPS, file="steps.png", captions=("1", "2")),),
        width_px=64, height_px=64, model="mini", licence="", seed=0, steps=2, guidance_scale=1.0, device="cpu",
        seconds={}))
    for work in works:
        making = (tmp_path / work.file).with_suffix(".made")
        making.mkdir()
        _write_png(making / "steps.png", np.full((16, 48, 3), 99, np.uint8))
        (making / "picture.json").write_text(json.dumps({"result": result}), encoding="utf-8")
    count = len(bpy.data.images)
    told = strips.write_strips(painted, tmp_path, tmp_path / "web")
    assert told == {works[0].id: [{"file": "made/1-steps.webp", "kind": "steps", "captions": ["1", "2"],
                                   "size_px": [48, 16]}]}
    assert (tmp_path / "web" / "made" / "1-steps.webp").read_bytes()[8:12] == b"WEBP"
    assert len(bpy.data.images) == count
    (tmp_path / "web" / "made" / "1-steps.webp").unlink()
    for broken in ({"result": {**result, "strips": [{**result["strips"][0], "file": "../secret.png"}]}}, [], {}):
        card = (tmp_path / works[0].file).with_suffix(".made") / "picture.json"
        card.write_text(json.dumps(broken), encoding="utf-8")
        assert strips.write_strips(painted, tmp_path, tmp_path / "web") == {}
    assert not list((tmp_path / "web" / "made").iterdir())
    jpeg = bpy.data.images.load(str(card.parent / "steps.png"))
    jpeg.file_format = "JPEG"
    jpeg.save(filepath=str(tmp_path / "strip.jpg"))
    bpy.data.images.remove(jpeg)
    within = {"kind": "sources", "captions": ["content", "style", "depth"],
              "jpeg": base64.b64encode((tmp_path / "strip.jpg").read_bytes()).decode()}
    file = tmp_path / works[0].file
    plain = file.read_bytes()
    for said, there in ((json.dumps([within]), True), ("[3]", False), ("{", False), ('[{"kind": "more"}]', False),
                        (json.dumps([{**within, "jpeg": "cGljdHVyZQ=="}]), False)):
        chunk = b"tEXtVernissageStrips\0" + said.encode()
        file.write_bytes(plain[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
                         + plain[33:])
        told = strips.write_strips(painted, tmp_path, tmp_path / "web")
        assert told == ({works[0].id: [{"file": "made/1-sources.webp", "kind": "sources", "size_px": [48, 16],
                                        "captions": within["captions"]}]} if there else {})
        assert len(bpy.data.images) == count


def glb_of(path: Path) -> dict:
    content = path.read_bytes()
    return json.loads(content[20:20 + struct.unpack("<I", content[12:16])[0]])


def test_house_json_and_rooms_for_a_browser(parts, plan, tmp_path) -> None:
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    (tmp_path / "web" / "rooms").mkdir(parents=True)
    for name in ("before.glb", "theirs.glb"):
        (tmp_path / "web" / "rooms" / name).write_bytes(b"glTF")
    (tmp_path / "web" / "house.json").write_text('{"rooms": [{"glb": "rooms/before.glb"}]}')
    added = bpy.data.objects.new("Plant", built.collection.children[1].objects["block"].data.copy())
    bare = bpy.data.objects.new("Bare", bpy.data.meshes.new("Bare"))
    twin = built.collection.children[1].objects["room-2 floor"].copy()
    for each in (added, bare, twin):
        built.collection.children[1].objects.link(each)
    count = len(bpy.data.objects), len(bpy.data.meshes), len(bpy.data.materials), len(bpy.data.images)
    rooms = parts.room_files.write_rooms(built.collection, plan, tmp_path / "web")
    nodes = [node["name"] for node in glb_of(tmp_path / "web" / "rooms" / "room-2.glb")["nodes"]]
    added_names = {"Plant", "Bare"} & {name.split(".")[0] for name in nodes}
    assert added_names == {"Plant"}  # what an artist adds to a room is on the page
    assert {path.name for path in (tmp_path / "web" / "rooms").iterdir()} == {
        "theirs.glb", *(room.glb.name for room in rooms)}
    house = parts.web.write_house(plan, built.stands, built.stops, rooms, tmp_path / "web")
    written = [*(room.glb for room in rooms), house]
    assert (len(bpy.data.objects), len(bpy.data.meshes), len(bpy.data.materials), len(bpy.data.images)) == count
    assert [path.relative_to(tmp_path / "web").as_posix() for path in written] == [
        "rooms/room-1.glb", "rooms/room-2.glb", "house.json"]
    house = json.loads(written[-1].read_text(encoding="utf-8"))
    assert house["rooms"][0]["bytes"] == written[0].stat().st_size
    assert house["rooms"][0]["light"] is None
    assert house["rooms"][0]["floor"][0] == [0, 0]
    assert house["rooms"][0]["floor"][2] == [7, -6]
    assert [door["to"] for door in house["rooms"][0]["doors"]] == [None, "room-2"]
    first = house["works"][0]
    assert (first["title"], first["size_cm"], first["normal"]) == ("<b>One</b>", [80, 60], [0, 0, 1])
    assert first["at"] == [2.0, 1.5, pytest.approx(-5.97)]
    walk = house["walk"]
    bits = np.unpackbits(np.frombuffer(base64.b64decode(walk["bits"]), np.uint8))
    free = bits[:walk["rows"] * walk["columns"]].reshape(walk["rows"], walk["columns"])

    def is_free(stand: list[float]) -> bool:
        return bool(free[int((stand[2] - walk["origin"][1]) / walk["cell_m"]),
                         int((stand[0] - walk["origin"][0]) / walk["cell_m"])])

    assert all(is_free(work["stand"]) for work in house["works"])
    assert is_free(house["start"]["stand"])
    assert not is_free([3.5, 0, -3.0])  # the bench
    assert is_free([7.15, 0, -3.0])  # the door
    assert not is_free([7.15, 0, -5.0])  # the wall
    glb = glb_of(written[0])
    extras = [node.get("extras", {}) for node in glb["nodes"]]
    assert {"vernissage_work": "work-0"} in extras
    assert {"vernissage_label": "work-0"} in extras
    assert sum(len(mesh["primitives"]) for mesh in glb["meshes"]) < 40
    node = glb["nodes"][extras.index({"vernissage_work": "work-0"})]
    spans = [glb["accessors"][each["attributes"]["POSITION"]] for each in glb["meshes"][node["mesh"]]["primitives"]]
    wide = max(span["max"][0] for span in spans) - min(span["min"][0] for span in spans)
    assert wide > 0.8  # with its frame, in metres
