"""Builds the demo's scenes inside Blender: plain objects in a photographer's studio.

    blender -b --python tools/demo_scene.py -- OUT.blend row          # three beside each other
    blender -b --python tools/demo_scene.py -- OUT.blend still-life   # five that stand and lean on each other
    blender -b --python tools/demo_scene.py -- OUT.blend turntable    # those in colours, on a table that turns
"""

from __future__ import annotations

import math
import sys

import bpy
from mathutils import Vector

SPACING_M = 3.0
BACKDROP = (0.74, 0.73, 0.71)
CLAY = (0.40, 0.395, 0.385)
COLOURS = {"Crate": (0.45, 0.23, 0.09), "Ball": (0.75, 0.12, 0.06), "Suzanne": (0.85, 0.62, 0.18),
           "Plinth": (0.16, 0.32, 0.42), "Ring": (0.12, 0.42, 0.2)}
FRAMES, STILL, FILM_PX, FILM_SAMPLES = 48, 40, (400, 300), 8


def main(path: str, which: str) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    clay = _material("Clay", CLAY, roughness=0.6)
    exhibits = _add_row() if which == "row" else _add_still_life()
    for obj in exhibits:
        obj.data.materials.append(_speckled(obj.name) if which == "turntable" else clay)
    _add_backdrop()
    _add_lights()
    _add_camera(scene)
    if which == "turntable":
        _animate(scene, exhibits)
    bpy.ops.wm.save_as_mainfile(filepath=path, check_existing=False)


def _add_row() -> list[bpy.types.Object]:
    return [add(Vector(((index - 1) * SPACING_M, 0.0, 0.0)))
            for index, add in enumerate((_add_block, _add_suzanne, _add_barrel))]


def _add_still_life() -> list[bpy.types.Object]:
    """A bust on a plinth, a crate and a ball to its left, a ring that leans on it to its right."""
    plinth = _add_box("Plinth", Vector((0.2, 0.3, 0)), (2.2, 1.9, 0.7), turn_degrees=8)
    bust = _add_suzanne(Vector((0.2, 0.2, 0)), size_m=1.5, lift_m=0.7)
    crate = _add_box("Crate", Vector((-2.7, 0.6, 0)), (1.6, 1.6, 1.5), turn_degrees=28)
    bpy.ops.mesh.primitive_uv_sphere_add(segments=48, ring_count=24, radius=0.55, location=(-1.75, -1.1, 0.55))
    bpy.ops.object.shade_smooth()
    ball = _named("Ball")
    bpy.ops.mesh.primitive_torus_add(major_segments=64, minor_segments=24, major_radius=0.7, minor_radius=0.24,
                                     location=(2.05, -0.45, 1.03), rotation=(math.radians(72), 0, math.radians(30)))
    bpy.ops.object.shade_smooth()
    ring = _named("Ring")
    _put_on_floor(ring)
    return [crate, ball, bust, plinth, ring]


def _add_block(place: Vector) -> bpy.types.Object:
    return _add_box("Block", place, (1.7, 1.7, 1.7), turn_degrees=34)


def _add_box(name: str, place: Vector, size_m: tuple[float, float, float], turn_degrees: float) -> bpy.types.Object:
    """Its size is in its mesh, not in its scale, so that the bevel is as wide on each side."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=place + Vector((0, 0, size_m[2] / 2)), scale=size_m)
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    bpy.context.object.rotation_euler.z = math.radians(turn_degrees)
    obj = _named(name)
    bevel = obj.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments = 0.04, 3
    return obj


def _add_suzanne(place: Vector, size_m: float = 2.1, lift_m: float = 0.0) -> bpy.types.Object:
    bpy.ops.mesh.primitive_monkey_add(size=size_m, calc_uvs=True, location=place,
                                      rotation=(math.radians(-8), 0, math.radians(20)))
    obj = _named("Suzanne")
    subdivision = obj.modifiers.new("Subdivision", "SUBSURF")
    subdivision.levels = subdivision.render_levels = 2
    bpy.ops.object.shade_smooth()
    _put_on_floor(obj, lift_m)
    return obj


def _add_barrel(place: Vector) -> bpy.types.Object:
    bpy.ops.mesh.primitive_cylinder_add(vertices=64, radius=0.88, depth=1.8, location=place + Vector((0, 0, 0.9)))
    obj = _named("Drum")
    bevel = obj.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments = 0.05, 3
    bpy.ops.object.shade_smooth()
    return obj


def _put_on_floor(obj: bpy.types.Object, lift_m: float = 0.0) -> None:
    evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    obj.location.z += lift_m - min((evaluated.matrix_world @ vertex.co).z for vertex in evaluated.data.vertices)


def _named(name: str) -> bpy.types.Object:
    obj = bpy.context.object
    obj.name = obj.data.name = name
    return obj


def _add_backdrop() -> None:
    """A floor that bends up into a wall, without a corner to be seen. Hidden from `texture`: it is no exhibit."""
    profile = [(y, 0.0) for y in (-14.0, 5.0)]
    profile += [(5.0 + 3.0 * math.sin(angle), 3.0 - 3.0 * math.cos(angle))
                for angle in (math.pi / 2 * step / 16 for step in range(1, 17))]
    profile.append((8.0, 16.0))
    vertices = [(x, y, z) for y, z in profile for x in (-30.0, 30.0)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(profile) - 1)]
    mesh = bpy.data.meshes.new("Backdrop")
    mesh.from_pydata(vertices, [], faces)
    mesh.polygons.foreach_set("use_smooth", [True] * len(faces))
    mesh.materials.append(_material("Backdrop", BACKDROP, roughness=0.9))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Backdrop", mesh))


def _add_lights() -> None:
    _add_area("Key", (-5.5, -5.0, 6.5), size_m=4.0, power_w=690)
    _add_area("Fill", (6.5, -6.0, 3.0), size_m=5.0, power_w=190)
    _add_area("Top", (0.5, 2.0, 7.5), size_m=5.0, power_w=230)
    world = bpy.data.worlds.new("Studio")
    bpy.context.scene.world = world
    world.color = (0.32, 0.33, 0.35)
    _use_nodes(world)
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.9, 0.95, 1.0, 1.0)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.34


def _add_area(name: str, place: tuple[float, float, float], size_m: float, power_w: float) -> None:
    light = bpy.data.lights.new(name, "AREA")
    light.size, light.energy = size_m, power_w
    obj = bpy.data.objects.new(name, light)
    obj.location = place
    obj.rotation_euler = (Vector((0, 0, 0.8)) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(obj)


def _add_camera(scene: bpy.types.Scene) -> None:
    camera = bpy.data.cameras.new("Camera")
    camera.lens = 90.0
    obj = bpy.data.objects.new("Camera", camera)
    obj.location = (0.0, -21.5, 3.4)
    obj.rotation_euler = (Vector((0, 0, 0.92)) - obj.location).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(obj)
    scene.camera = obj


def _animate(scene: bpy.types.Scene, exhibits: list[bpy.types.Object]) -> None:
    """The table makes a third of a turn, the ball rolls over it, the camera comes nearer."""
    scene.render.engine, scene.cycles.device = "CYCLES", "CPU"
    scene.cycles.samples, scene.cycles.use_denoising = FILM_SAMPLES, True
    scene.render.resolution_x, scene.render.resolution_y = FILM_PX
    scene.view_settings.view_transform = "Standard"
    bpy.context.preferences.edit.keyframe_new_interpolation_type = "LINEAR"
    scene.frame_start, scene.frame_end = 1, FRAMES
    table = bpy.data.objects.new("Table", None)
    scene.collection.objects.link(table)
    for number, obj in enumerate(exhibits, 1):
        obj.parent, obj.pass_index = table, number
    ball, camera = bpy.data.objects["Ball"], scene.camera
    for frame, angle, x, distance in ((1, -60.0, -2.3, 0.0), (FRAMES, 60.0, 1.3, 4.5)):
        table.rotation_euler.z = math.radians(angle)
        table.keyframe_insert("rotation_euler", frame=frame)
        ball.location.x, ball.rotation_euler.y = x, x / 0.55
        ball.keyframe_insert("location", frame=frame)
        ball.keyframe_insert("rotation_euler", frame=frame)
        camera.location.y = -21.5 + distance
        camera.keyframe_insert("location", frame=frame)
    scene.frame_set(STILL)


def _speckled(name: str) -> bpy.types.Material:
    """An object's colour from dark to light in patches, so that one can see it turn."""
    material = _material(name, COLOURS[name], roughness=0.5)
    tree = material.node_tree
    noise, ramp = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeValToRGB")
    place = tree.nodes.new("ShaderNodeTexCoord")
    noise.inputs["Scale"].default_value = 3.0
    for element, position, light in zip(ramp.color_ramp.elements, (0.42, 0.58), (0.35, 1.3), strict=True):
        element.position = position
        element.color = (*(min(1.0, light * part) for part in COLOURS[name]), 1.0)
    tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
    tree.links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Base Color"])
    return material


def _material(name: str, colour: tuple[float, float, float], roughness: float) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    _use_nodes(material)
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    return material


def _use_nodes(block: bpy.types.Material | bpy.types.World) -> None:
    if bpy.app.version < (5, 0, 0):  # from then on they always do, and asking is deprecated
        block.use_nodes = True


if __name__ == "__main__":
    main(*sys.argv[-2:])
