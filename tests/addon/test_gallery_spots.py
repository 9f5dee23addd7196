"""Light on the works of an exhibition: how even, how strong, and as Cycles has it."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest
from mathutils import Vector

from tests.addon.two_rooms import gallery_parts, random_plans, two_rooms

SEEDS = (3, 81, 119, 132, 145, 159)  # of 1 to 21 works, of each architecture


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


@pytest.fixture
def plan(parts: SimpleNamespace, tmp_path: Path) -> object:
    return two_rooms(parts, tmp_path)


@pytest.mark.parametrize(("architecture", "height_m"), [("white-cube", 4.2), ("black-box", 3.6), ("pavilion", 3.8)])
def test_works_are_lit_evenly_at_the_lux_that_is_wanted(parts, plan, architecture: str, height_m: float) -> None:
    """Square ones and in low rooms too, where spots are near."""
    works = (dataclasses.replace(plan.works[0], width_m=1.2, height_m=1.2), *plan.works[1:])
    plan = dataclasses.replace(plan, architecture=parts.kinds.Architecture(architecture), works=works, rooms=tuple(
        dataclasses.replace(room, height_m=height_m) for room in plan.rooms))
    look = parts.looks.LOOKS[plan.architecture]
    for room in plan.rooms:
        told = parts.spots.light_room(plan, room, look).works
        assert sorted(each.work for each in told) == sorted(work.id for work in plan.works if work.room == room.id)
        for each in told:
            assert each.lux == pytest.approx(look.lux, rel=0.05)
            if each.deviation is not None:
                assert each.deviation <= 0.15
                assert 29 <= each.angle_deg <= 46


@pytest.mark.of_no_version
def test_works_of_random_plans_are_lit_evenly_all_over(parts, backend_python) -> None:
    """Strips of 1:20 and pictures of 5 m too, and where the spots of several walls meet."""
    for plan in random_plans(parts, backend_python, SEEDS):
        look = parts.looks.LOOKS[plan.architecture]
        for room in plan.rooms:
            lit = parts.spots.light_room(plan, room, look)
            angles = {each.work: each.angle_deg for each in lit.works}
            for work in plan.works:
                if work.room == room.id and isinstance(work.place, parts.plan.Hung):
                    lux = parts.spots.lux_on(plan, room, look, lit, work, 31)
                    assert parts.lighting.deviation(lux) <= 0.15
                    assert lux.mean() == pytest.approx(look.lux, rel=0.07)
                    assert angles[work.id] <= (46 if work.place.centre_m < 1.8 else 60)


@pytest.mark.of_no_version
def test_a_picture_as_large_as_a_wall_is_lit_evenly_in_a_brutalist_hall(parts, plan) -> None:
    """Daylight from above is half of its light at the top."""
    room = dataclasses.replace(plan.rooms[0], width_m=21.339, depth_m=21.339, height_m=7.65)
    work = dataclasses.replace(plan.works[0], width_m=12.0, height_m=7.0, place=parts.plan.Hung(
        wall=parts.plan.Wall.NORTH, along_m=21.339 / 2, centre_m=3.75))
    plan = dataclasses.replace(plan, architecture=parts.kinds.Architecture.BRUTALIST, rooms=(room,), works=(work,))
    (lit,) = parts.spots.light_room(plan, room, parts.looks.LOOKS[plan.architecture]).works
    assert lit.deviation <= 0.15
    assert 29 <= lit.angle_deg <= 60


def test_spots_of_rails_that_cross_keep_apart(parts, plan) -> None:
    """Two works beside the same corner, whose spots hang where the rails meet."""
    place = parts.plan.Hung
    works = (dataclasses.replace(plan.works[0], place=place(wall=parts.plan.Wall.NORTH, along_m=5.75, centre_m=1.5)),
             dataclasses.replace(plan.works[1], place=place(wall=parts.plan.Wall.EAST, along_m=1.2, centre_m=1.5)))
    plan = dataclasses.replace(plan, works=works)
    lit = parts.spots.light_room(plan, plan.rooms[0], parts.looks.LOOKS[plan.architecture])
    heads = [each.spot.at for each in lit.spots]
    assert min(math.dist(*pair) for pair in itertools.combinations(heads, 2)) >= 0.12
    assert max(each.deviation for each in lit.works) <= 0.15


@pytest.mark.parametrize(("sides_m", "room_m", "side_least"), [
    ((0.4, 0.4, 1.2), (7.0, 6.0, 3.6), 0.4), ((4.0, 3.0, 5.0), (12.0, 12.0, 5.67), 0.1)])
def test_no_place_of_a_sculpture_glows(parts, plan, sides_m: tuple[float, ...], room_m: tuple[float, ...],
                                           side_least: float) -> None:
    """Neither its top, from straight above, nor what comes near a lamp."""
    room = dataclasses.replace(plan.rooms[0], width_m=room_m[0], depth_m=room_m[1], height_m=room_m[2])
    place = parts.plan.Standing(x_m=room_m[0] / 2, y_m=room_m[1] / 2, plinth_m=0.3, side_m=sides_m[0])
    work = dataclasses.replace(plan.works[0], kind=parts.plan.WorkKind.SCULPTURE, place=place,
                               **dict(zip(("width_m", "depth_m", "height_m"), sides_m, strict=True)))
    plan = dataclasses.replace(plan, architecture=parts.kinds.Architecture.BLACK_BOX, rooms=(room,), works=(work,))
    look = parts.looks.LOOKS[plan.architecture]
    lit = parts.spots.light_room(plan, room, look)
    assert len(lit.spots) == 2
    middle, half = np.array(parts.plan.centre_of(plan, work)), np.array(sides_m) / 2
    steps = np.linspace(-1, 1, 41)
    sides, brightest = [], 0.0
    for normal in np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1)], float):
        across = [axis for axis in np.eye(3) if not axis @ normal]
        points = np.array([middle + half * (normal + a * across[0] + b * across[1]) for a in steps for b in steps])
        light = parts.lighting.spot_irradiance([each.spot for each in lit.spots], points, normal)
        lux = light @ [each.watts for each in lit.spots] * parts.surfaces.LUMENS_PER_WATT
        brightest = max(brightest, lux.max())
        if normal[2] == 0:
            sides.append(lux.mean())
    assert 0.5 * look.lux < brightest <= 1.6 * look.lux
    assert max(sides) > side_least * look.lux


def test_a_picture_in_mid_room_gets_as_much_light_whichever_way_it_looks(parts, plan) -> None:
    room = dataclasses.replace(plan.rooms[0], width_m=6.0, depth_m=6.0)
    lux = []
    for ahead in ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)):
        place = parts.plan.Detached(wall=parts.plan.Wall.NORTH, along_m=3.0, centre_m=1.5, out_m=3.0, ahead=ahead)
        work = dataclasses.replace(plan.works[0], width_m=2.4, height_m=1.8, place=place)
        alone = dataclasses.replace(plan, rooms=(room,), works=(work,))
        (told,) = parts.spots.light_room(alone, room, parts.looks.LOOKS[plan.architecture]).works
        lux.append(told.lux)
    assert max(lux) <= 1.25 * min(lux)  # places on the tracks are not the same to all sides


def test_what_a_spot_lights_sees_all_of_its_lamp(parts, plan, tmp_path) -> None:
    """What is held back of a lamp that is a small ball is less light than computed, and noise where light is baked."""
    parts.build.build_exhibition(parts.scene, plan, tmp_path)
    bpy.context.view_layer.update()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    lamps = [each for each in parts.scene.objects if each.type == "LIGHT" and each.data.type == "SPOT"]
    assert len(lamps) > 5
    around = np.arange(8) * math.pi / 4
    ring = [Vector((math.cos(angle), math.sin(angle), 0)) for angle in around]
    for lamp in lamps:
        turned, at = lamp.matrix_world.to_3x3(), lamp.matrix_world.translation
        half = lamp.data.spot_size / 2 * 0.99
        for way in ring:
            ray = turned @ (math.sin(half) * way - math.cos(half) * Vector((0, 0, 1)))
            to_disc = ray.to_track_quat("Z", "Y")  # it is seen as a disc
            for place in ring:
                seen, lit = at + to_disc @ place * lamp.data.shadow_soft_size, at + ray * 0.5
                hit, *_, other, _ = parts.scene.ray_cast(depsgraph, lit, seen - lit, distance=(seen - lit).length)
                assert not hit, (lamp.name, other.name)


def test_cycles_lights_a_wall_as_it_is_computed(parts, tmp_path) -> None:
    """A white wall under a spot and a panel, with no light that comes back from anywhere."""
    lighting = parts.lighting
    spot = lighting.Spot((0.2, -1.4, 3.6), (0.0, 0.0, 1.3), math.radians(50), 1.0)
    steps = (np.arange(16) + 0.5) / 16 - 0.5
    points = np.array([(x, 0.0, 1.5 + z) for z in steps for x in steps])
    normal = np.array([0.0, -1.0, 0.0])
    panel = np.array([-1.0, -2.5, 4.0])
    wanted = 40 * lighting.spot_irradiance([spot], points, normal)[:, 0] + 5 * lighting.area_irradiance(
        panel, 2.0, 1.5, points, normal)
    mesh = bpy.data.meshes.new("wall")
    mesh.from_pydata([(-3, 0, -3), (3, 0, -3), (3, 0, 5), (-3, 0, 5)], [], [(0, 1, 2, 3)])
    lamp, area = bpy.data.lights.new("spot", "SPOT"), bpy.data.lights.new("panel", "AREA")
    lamp.energy, lamp.spot_size, lamp.spot_blend, lamp.shadow_soft_size = 40, spot.size_rad, 1.0, 0.001
    area.energy, area.shape, area.size, area.size_y = 5, "RECTANGLE", 2.0, 1.5
    camera = bpy.data.cameras.new("camera")
    camera.type, camera.ortho_scale = "ORTHO", 1.0
    eye = bpy.data.objects.new("eye", camera)
    eye.location, eye.rotation_euler = (0, -1, 1.5), (math.pi / 2, 0, 0)
    shining, above = bpy.data.objects.new("spot", lamp), bpy.data.objects.new("panel", area)
    shining.location, above.location = spot.at, (0, -1.75, 4.0)
    shining.rotation_mode = "QUATERNION"
    shining.rotation_quaternion = type(eye.location)(np.subtract(spot.aim, spot.at)).to_track_quat("-Z", "Y")
    for each in (bpy.data.objects.new("wall", mesh), shining, above, eye):
        parts.scene.collection.objects.link(each)
    material = bpy.data.materials.new("white")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    diffuse = nodes.new("ShaderNodeBsdfDiffuse")
    diffuse.inputs["Color"].default_value = (1, 1, 1, 1)
    material.node_tree.links.new(diffuse.outputs[0], nodes.new("ShaderNodeOutputMaterial").inputs[0])
    mesh.materials.append(material)
    scene = parts.scene
    scene.camera = eye
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.max_bounces, scene.cycles.use_denoising = 256, 0, False
    scene.render.resolution_x = scene.render.resolution_y = 16
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_depth = "OPEN_EXR", "32"
    scene.render.filepath = str(tmp_path / "wall.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.empty(16 * 16 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    light = pixels.reshape(16, 16, 4)[..., 1] * math.pi
    assert np.abs(light / wanted.reshape(16, 16) - 1).max() < 0.08
    assert light.mean() == pytest.approx(wanted.mean(), rel=0.02)
