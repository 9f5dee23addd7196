"""The light of rooms for a browser: where its texels are, and what Cycles bakes into them."""

from __future__ import annotations

import dataclasses
import json
import struct
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest
from mathutils import Vector

from tests.addon.two_rooms import gallery_parts, two_rooms

TEXEL_M = 0.15


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene, monkeypatch) -> SimpleNamespace:
    parts = gallery_parts(addon, empty_scene)
    quality = parts.kinds.LightQuality.DRAFT
    monkeypatch.setitem(parts.light_map.EFFORTS, quality, parts.light_map.Effort(TEXEL_M, TEXEL_M / 2, 1, 8, 1, 8, 2))
    parts.quality = quality
    return parts


def boxes(parts: SimpleNamespace, *corners: tuple[tuple[float, ...], tuple[float, ...]], turned: float = 0.0) -> object:
    """The faces of boxes, all of one object that is turned about z."""
    sides = [((0, 1), (0, 0, 1)), ((0, 1), (0, 0, -1)), ((1, 2), (1, 0, 0)), ((1, 2), (-1, 0, 0)), ((2, 0), (0, 1, 0)),
             ((2, 0), (0, -1, 0))]
    points, normals = [], []
    for low, high in (np.array(corner, float) for corner in corners):
        for (first, second), normal in sides:
            start = np.where(np.array(normal) > 0, high, low)
            ways = [np.zeros(3), np.eye(3)[first], np.eye(3)[first] + np.eye(3)[second], np.eye(3)[second]]
            points += [np.where(way > 0, high, np.where(np.array(normal) != 0, start, low)) for way in ways]
            normals.append(normal)
    cos, sin = np.cos(turned), np.sin(turned)
    axes = np.array([(cos, sin, 0), (-sin, cos, 0), (0, 0, 1)])
    return parts.charts.Faces(np.array(points) @ axes, np.full(len(normals), 4), np.array(normals, float) @ axes, axes)


@pytest.mark.parametrize("turned", [0.0, 0.4])
def test_charts_hold_all_corners_and_keep_apart(parts, turned: float) -> None:
    faces = boxes(parts, ((0, 0, 0), (4, 3, 0.5)), ((4, 0, 0), (5, 0.2, 0.4)), turned=turned)
    charts = parts.charts.chart_faces(faces)
    assert sorted(len(chart.loops) for chart in charts) == [4] * 12  # those beside each other share no whole edge
    assert sorted(loop for chart in charts for loop in chart.loops) == list(range(48))
    for chart in charts:
        assert chart.is_flat
        place = chart.place(faces.corners[chart.loops])
        assert place.min() == pytest.approx(0, abs=1e-9)
        assert place.max() == pytest.approx(1, abs=1e-9)
        assert chart.size_m[0] >= chart.size_m[1]
        chart.texels = tuple(2 * max(round(side / 0.1), 1) for side in chart.size_m)
    atlas = parts.charts.pack_charts(charts)
    taken = np.zeros((atlas.height, atlas.width), int)
    for chart in charts:
        taken[atlas.rows_of(chart)] += 1
        uvs = atlas.uvs(chart, faces.corners[chart.loops]) * (atlas.width, atlas.height)
        assert uvs.min(axis=0) == pytest.approx(chart.at)
        assert uvs.max(axis=0) == pytest.approx(np.add(chart.at, chart.texels))
    assert taken.max() == 1
    assert sum(chart.texels[0] * chart.texels[1] for chart in charts) < taken.sum() <= taken.size


def test_cells_that_share_edges_share_a_chart(parts) -> None:
    """As those of a wall around its door."""
    faces = boxes(parts, ((0, 0, 0), (1, 1, 1)), ((1, 0, 0), (2, 1, 1)), ((2, 0, 0), (3, 1, 1)))
    charts = parts.charts.chart_faces(faces)
    assert sorted(len(chart.loops) for chart in charts) == [4] * 6 + [12] * 4


def stretch_of(image: np.ndarray, house_room: dict) -> np.ndarray:
    """Linear light of a picture of it."""
    return np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4) * house_room["light_scale"]


class Lit:
    """The light of a room where a point of its shell is."""

    def __init__(self, folder: Path, room: dict) -> None:
        image = bpy.data.images.load(str(folder / room["light"]), check_existing=False)
        pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
        image.pixels.foreach_get(pixels)
        self.light = stretch_of(pixels.reshape(image.size[1], image.size[0], 4)[..., :3], room)
        bpy.data.images.remove(image)
        content = (folder / room["glb"]).read_bytes()
        length = struct.unpack("<I", content[12:16])[0]
        self.glb, self.data = json.loads(content[20:20 + length]), content[28 + length:]

    def nodes_with_light(self) -> list[dict]:
        return [node.get("extras", {}) for node in self.glb["nodes"] if all(
            "TEXCOORD_1" in each["attributes"] for each in self.glb["meshes"][node["mesh"]]["primitives"])]

    def at(self, node: str, point: tuple[float, float, float], facing: tuple[float, float, float]) -> np.ndarray:
        """(3,) on the triangle of the node in which a point (x, y up, z) lies, filtered as a graphics card does."""
        mesh = next(self.glb["meshes"][each["mesh"]] for each in self.glb["nodes"]
                    if "vernissage_work" not in each.get("extras", {}) and node in each["name"])
        for each in mesh["primitives"]:
            points, normals, uvs = (self._values(each["attributes"][name])
                                    for name in ("POSITION", "NORMAL", "TEXCOORD_1"))
            for corners in self._values(each["indices"]).reshape(-1, 3):
                if normals[corners[0]] @ facing < 0.99 or abs((points[corners[0]] - point) @ np.array(facing)) > 2e-3:
                    continue
                edges = (points[corners[1:]] - points[corners[0]]).T
                weights = np.linalg.lstsq(edges, np.subtract(point, points[corners[0]]), rcond=None)[0]
                if weights.min() > -1e-3 and weights.sum() < 1.001:
                    return self._filtered(np.array([1 - weights.sum(), *weights]) @ uvs[corners])
        raise AssertionError(f"{node} has no face at {point}")

    def _filtered(self, uv: np.ndarray) -> np.ndarray:
        height, width = self.light.shape[:2]
        x, y = uv[0] * width - 0.5, (1 - uv[1]) * height - 0.5
        column, row = int(np.floor(x)), int(np.floor(y))
        dx, dy = x - column, y - row
        (a, b), (c, d) = self.light[row:row + 2, column:column + 2]
        return (1 - dy) * ((1 - dx) * a + dx * b) + dy * ((1 - dx) * c + dx * d)

    def _values(self, number: int) -> np.ndarray:
        accessor = self.glb["accessors"][number]
        view = self.glb["bufferViews"][accessor["bufferView"]]
        kind = {5126: np.float32, 5123: np.uint16, 5125: np.uint32, 5121: np.uint8}[accessor["componentType"]]
        columns = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[accessor["type"]]
        values = np.frombuffer(self.data, kind, accessor["count"] * columns, view["byteOffset"])
        return values.reshape(-1, columns) if columns > 1 else values


def test_light_is_baked_as_it_is_and_everything_else_stays(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    plan = dataclasses.replace(plan, works=plan.works[:1])
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    parts.build.set_up_scene(parts.scene, built, plan, tmp_path)
    scene, web = parts.scene, tmp_path / "web"
    hidden = {each.name: each.hide_render for each in bpy.data.objects}

    def images() -> list[bpy.types.Image]:
        return [image for image in bpy.data.images if image.type != "RENDER_RESULT"]

    def state() -> list[object]:
        return [*(len(each) for each in (bpy.data.objects, bpy.data.meshes, bpy.data.materials, images(),
                                         bpy.data.scenes, bpy.data.collections)),
                scene.render.engine, scene.world.name, scene.cycles.samples, scene.cycles.seed,
                bpy.context.view_layer.material_override, {each.name: each.hide_render for each in bpy.data.objects}]

    before, told = state(), []
    rooms = parts.room_files.write_rooms(built.collection, plan, web, parts.quality, lambda *said: told.append(said))
    assert state() == before
    assert [room for room, _ in told] == sorted(room for room, _ in told)
    assert max(share for _, share in told) < 1
    house = json.loads(parts.web.write_house(plan, built.stands, built.stops, rooms, web).read_text(encoding="utf-8"))
    assert [room["light"] for room in house["rooms"]] == ["rooms/room-1.webp", "rooms/room-2.webp"]
    one, two = (Lit(web, room) for room in house["rooms"])
    assert one.nodes_with_light() == [{"vernissage_label": "work-0"}, {}]

    # work-0 hangs on the north wall, 2 m from its west end: y up, so that wall is at z = -6
    pool, corner = one.at("room-1", (2.0, 2.05, -6), (0, 0, 1)), one.at("room-1", (6.6, 3.8, -6), (0, 0, 1))
    assert pool.mean() > 1.5 * corner.mean()
    assert pool[0] > pool[2] > 0.3  # warm
    label = next(each for each in built.collection.all_objects if each.name == "work-0 label").matrix_world.translation
    front = (label.x, label.z, -label.y + 0.003)
    around = [one.at("room-1", (label.x, label.z + up, -6), (0, 0, 1)) for up in (-0.15, 0.15)]
    assert one.at("label", front, (0, 0, 1)) == pytest.approx(np.mean(around, axis=0), rel=0.2)
    # under the bench it is darker than beside it, and what stands on the floor does not shine through as a black rim
    under, open_ = one.at("room-1", (3.5, 0, -3.0), (0, 1, 0)), one.at("room-1", (5.2, 0, -3.0), (0, 1, 0))
    assert under.mean() < 0.8 * open_.mean()
    frame = one.at("room-1", (2.0, 1.5 + 0.3 + 0.022 + 0.01, -6), (0, 0, 1))
    assert frame.mean() > 0.5 * pool.mean()
    # the floors of both rooms meet in the door: on the mean, because a texel of a draft has a sixth of noise
    across = (-2.5, -2.75, -3.0, -3.25, -3.5)
    here = np.mean([one.at("room-1", (7.149, 0, z), (0, 1, 0)) for z in across])
    there = np.mean([two.at("room-2", (7.151, 0, z), (0, 1, 0)) for z in across])
    assert here == pytest.approx(there, rel=0.15)
    # no wall is dark at its joints: neither where another stands before it nor at the ceiling
    for x, y in ((0.005, 2), (6.995, 2), (3.5, 4.195), (0.005, 4.195)):
        joint = one.at("room-1", (x, y, -6), (0, 0, 1))
        inner = one.at("room-1", (min(max(x, 0.3), 6.7), min(y, 3.9), -6), (0, 0, 1))
        assert joint.mean() > 0.5 * inner.mean()
    # what touches another wall, or the room next door, is not shown; the house's own outside is
    for point, facing in (((7.07, 2, -6), (0, 0, -1)), ((7.15, 2, -1), (1, 0, 0))):
        with pytest.raises(AssertionError, match="no face"):
            one.at("room-1", point, facing)
    assert one.at("room-1", (-0.15, 2, -4), (-1, 0, 0)).min() > 0
    assert hidden == {each.name: each.hide_render for each in bpy.data.objects}

    files = {path: path.read_bytes() for path in web.rglob("*.*")}
    again = parts.room_files._write_room(built.collection, plan, plan.rooms[1], tmp_path / "again.glb", parts.quality,
                                         lambda share: None)
    assert again.glb.read_bytes() == files[rooms[1].glb]
    assert again.light.read_bytes() == files[rooms[1].light]

    def stopped(room: str, share: float) -> None:
        if room == "room-2" and share > 0:
            raise KeyboardInterrupt

    bpy.data.objects["work-0"].location.z += 0.3
    with pytest.raises(KeyboardInterrupt):
        parts.room_files.write_rooms(built.collection, plan, web, parts.quality, stopped)
    assert {path: path.read_bytes() for path in web.rglob("*") if path.is_file()} == files
    assert state() == before


def test_spots_next_door_are_baked_by_themselves_where_they_shine_through_the_door(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    room = plan.rooms[0]  # its door to the next is in the middle of its eastern wall, x = 7
    light = SimpleNamespace(low=np.array([0.0, 0.0, 0.0]), high=np.array([7.0, 6.0, 4.2]),
                            openings=parts.light_layout._openings(plan, room))
    for name, at, towards in (("here", (3, 3, 3), (0, 0, -1)), ("through", (10, 3, 3), (-1, 0, -0.4)),
                              ("away", (10, 3, 3), (1, 0, -0.4)), ("at the wall", (10, 3, 3), (-1, 1.5, 0.2))):
        spot = bpy.data.objects.new(name, bpy.data.lights.new(name, "SPOT"))
        spot.location, spot.data.spot_size = at, 0.6
        spot.rotation_mode = "QUATERNION"
        spot.rotation_quaternion = Vector(towards).to_track_quat("-Z", "Y")
        parts.scene.collection.objects.link(spot)
    bpy.context.view_layer.update()
    assert sorted(lamp.name for group in parts.light_map._lamps_apart(light) for lamp in group) == ["here", "through"]


def test_light_from_surfaces_has_no_clouds(parts) -> None:
    """The noise of a tenth that passes leave is below what is seen in a wall, of any size, and slopes stay."""
    random, (y, x) = np.random.default_rng(3), np.mgrid[0:40, 0:60]
    smooth = (0.02 * (1 + x / 60 + y / 120))[..., None].repeat(3, axis=2).astype(np.float32)
    noisy = smooth * random.normal(1, 0.1, smooth.shape).astype(np.float32)
    found = np.ones(smooth.shape[:2], bool)
    found[10:20, 30:40] = False
    noisy[~found] = np.nan
    off = (parts.light_map._smoothed(noisy, found) / smooth - 1)[found]
    assert off.std() < 0.02
    assert np.abs(off).max() < 0.08
    assert abs(off.mean()) < 0.005


def test_a_room_that_nothing_lights_is_shown_in_plain_light(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    plan = dataclasses.replace(plan, rooms=plan.rooms[:1], doors=plan.doors[:1], works=())
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    for each in list(built.collection.all_objects):
        each.hide_render = each.hide_render or each.type == "LIGHT"
    parts.scene.world = None
    (tmp_path / "web" / "rooms").mkdir(parents=True)
    (tmp_path / "web" / "rooms" / "room-1.webp").write_bytes(b"of before")
    before = {"rooms": [{"glb": "rooms/room-1.glb", "light": "rooms/room-1.webp"}]}
    (tmp_path / "web" / "house.json").write_text(json.dumps(before))
    (room,) = parts.room_files.write_rooms(built.collection, plan, tmp_path / "web", parts.quality)
    assert room.light is None
    assert b"TEXCOORD_1" not in room.glb.read_bytes()
    assert [path.name for path in (tmp_path / "web" / "rooms").iterdir()] == ["room-1.glb"]
    for each in list(built.collection.all_objects):
        each.hide_render = each.type == "MESH"  # letters alone are left
    (bare,) = parts.room_files.write_rooms(built.collection, plan, tmp_path / "web", parts.quality)
    assert bare.light is None


def test_the_ground_around_a_house_of_one_room_gets_few_texels(parts, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    plan = dataclasses.replace(plan, rooms=plan.rooms[:1], doors=plan.doors[:1], works=())
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    pieces = [parts.pieces.Piece(each, bpy.context.evaluated_depsgraph_get()) for each in built.collection.all_objects
              if each.type == "MESH"]
    laid = parts.light_layout.lay_out(pieces, plan, plan.rooms[0], TEXEL_M, TEXEL_M)
    ground = [chart for chart in laid.charts if max(chart.size_m) > 30]
    floor = [chart for chart in laid.charts if chart.facing[2] > 0.9 and 20 < np.prod(chart.size_m) < 100
             and chart.is_inside]
    assert ground and floor
    assert max(max(chart.texels) for chart in ground) <= 24
    assert max(max(chart.texels) for chart in floor) >= 40
    for piece in pieces:
        bpy.data.meshes.remove(piece.mesh)


def test_what_is_bright_is_pressed_and_never_turned_round(parts) -> None:
    seen = parts.light_map.as_seen(np.linspace(0, 4, 400), 0.0)
    assert (np.diff(seen) > 0).all()
    assert seen[-1] < parts.light_map.MOST_LIGHT
    dim = np.array([0.1])
    assert parts.light_map.as_seen(dim, 1.0) == pytest.approx(2 * parts.light_map.as_seen(dim, 0.0))
