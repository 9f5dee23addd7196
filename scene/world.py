"""Worlds into Blender: images, World, the sun's lamp and a shadow catcher, all of them or none."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import bpy
from mathutils import Euler

from ..protocol.wire import request_to_json, to_json
from ..protocol.world import Sun, WorldRequest, WorldResult
from .asset import Catalogue, mark_asset
from .ground import ground_projection
from .images import new_image, texture_name
from .studio import show_preview
from .version import version
from .world_nodes import follow_rotation, new_world, sun_lamp, sun_rotation

__all__ = ["WorldSetup", "add_world", "light_with"]

_CATCHER_M = 20.0
_PART = "vernissage_world"  # a custom property of the objects that came with a world: which part of it they are


@dataclass(frozen=True)
class WorldSetup:
    """How a world is set up.

    Attributes:
        rotation_rad: counterclockwise as seen from above.
        strength: of all light, the lamp's too.
        background: of what the camera sees, besides the exposure.
        has_ground: the camera sees the panorama's lower half as a ground at the height 0.
        catches_shadows: with a plane at the height 0 that shows nothing but shadows.
        is_asset: marked as an asset.
        pack: into the .blend; otherwise files in `//textures/`.
    """

    rotation_rad: float = 0.0
    strength: float = 1.0
    background: float = 1.0
    has_ground: bool = False
    catches_shadows: bool = False
    is_asset: bool = True
    pack: bool = True


def add_world(scene: bpy.types.Scene, folder: Path, request: WorldRequest, result: WorldResult, setup: WorldSetup, *,
              lights: bool = True, preview: Path | None = None) -> bpy.types.World:
    """A new World that lights the scene; the one before stays in the file, without its lamp. Where the sun is apart, a
    Sun lamp gives its light and turns with the World. A shadow catcher that an earlier world brought is the new one's
    too. No undo step is pushed: that is the operator's.

    Args:
        folder: of the result's files.
        lights: the scene; otherwise it is an asset of the file, without a lamp and a shadow catcher.
        preview: a PNG for the asset browser.

    Raises:
        StorageError: a picture cannot be read or saved; everything is as it was.
    """
    name = texture_name("World", request.prompt)
    with ExitStack() as undo:
        radiance = new_image(name, folder / result.radiance, setup.pack, undo)
        picture = new_image(texture_name("Background", request.prompt), folder / result.picture, setup.pack, undo)
        world = new_world(name, radiance, picture, rotation_rad=setup.rotation_rad, strength=setup.strength,
                          background=setup.background * 2.0**request.exposure_ev, width_px=result.width_px,
                          ground=ground_projection(undo) if setup.has_ground else None)
        undo.callback(bpy.data.worlds.remove, world)
        _describe(world, request, result)
        if setup.is_asset:
            _mark(world, request, result, preview)
        if lights:
            _light(scene, world, request, result, setup, undo)
        undo.pop_all()  # done: nothing is taken back
    return world


def light_with(scene: bpy.types.Scene, world: bpy.types.World, request: WorldRequest, result: WorldResult,
               setup: WorldSetup) -> None:
    """As `add_world`, with a World that it has made of the same before."""
    with ExitStack() as undo:
        _light(scene, world, request, result, setup, undo)
        undo.pop_all()


def _light(scene: bpy.types.Scene, world: bpy.types.World, request: WorldRequest, result: WorldResult,
           setup: WorldSetup, undo: ExitStack) -> None:
    suns = _parts(scene, "sun")
    if result.sun is not None and request.sun_apart:
        _add_sun(scene, world, result.sun, setup, undo)
    if setup.catches_shadows and not _parts(scene, "catcher"):
        _add_catcher(scene, undo)
    before = scene.world
    if before is not None and before.users == 1 and before.library is None:
        before.use_fake_user = True
    scene.world = world
    for sun in suns:
        _remove_sun(scene, sun)


def _parts(scene: bpy.types.Scene, part: str) -> list[bpy.types.Object]:
    """What earlier worlds brought into the scene: the artist's own objects are never among them."""
    return [obj for obj in scene.objects if obj.get(_PART) == part and obj.library is None]


def _remove_sun(scene: bpy.types.Scene, holder: bpy.types.Object) -> None:
    """From this scene: another one that shows it may still be lit by its World."""
    if len(holder.users_scene) > 1:
        if holder in scene.collection.objects[:]:
            scene.collection.objects.unlink(holder)
        return
    lamp = holder.data
    bpy.data.objects.remove(holder)
    if lamp.users == 0:
        bpy.data.lights.remove(lamp)


def _describe(world: bpy.types.World, request: WorldRequest, result: WorldResult) -> None:
    """What it was made from, and the whole report as JSON, in custom properties."""
    for key, value in {"prompt": request.prompt, "model": result.model, "licence": result.licence, "seed": result.seed,
                       "vernissage_version": version(),
                       "report": json.dumps({"request": json.loads(request_to_json(request)),
                                             "result": to_json(result)}, ensure_ascii=False)}.items():
        world[key] = value


def _mark(world: bpy.types.World, request: WorldRequest, result: WorldResult, preview: Path | None) -> None:
    mark_asset(world, Catalogue.WORLDS, request.prompt, result.licence,
               ("HDRI", f"model: {Path(result.model).name}", f"seed: {result.seed}"))
    if preview is not None:
        show_preview(world, preview)


def _add_sun(scene: bpy.types.Scene, world: bpy.types.World, sun: Sun, setup: WorldSetup, undo: ExitStack) -> None:
    lamp = sun_lamp(f"{world.name} sun", sun, setup.strength)
    undo.callback(bpy.data.lights.remove, lamp)
    holder = bpy.data.objects.new(lamp.name, lamp)
    undo.callback(bpy.data.objects.remove, holder)
    holder[_PART] = "sun"
    holder.rotation_euler = Euler(sun_rotation(sun.direction, setup.rotation_rad))
    holder.location = [10 * axis for axis in sun.direction]
    scene.collection.objects.link(holder)
    follow_rotation(holder, world, sun_rotation(sun.direction, 0.0)[2])


def _add_catcher(scene: bpy.types.Scene, undo: ExitStack) -> None:
    half = _CATCHER_M / 2
    mesh = bpy.data.meshes.new("Shadow Catcher")
    undo.callback(bpy.data.meshes.remove, mesh)
    mesh.from_pydata([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], [], [(0, 1, 2, 3)])
    plane = bpy.data.objects.new(mesh.name, mesh)
    undo.callback(bpy.data.objects.remove, plane)
    plane[_PART] = "catcher"
    plane.is_shadow_catcher = True
    scene.collection.objects.link(plane)
