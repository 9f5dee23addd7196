"""Materials of a job into Blender: images, nodes, asset and slots, all of them or none."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import StorageError
from ..protocol.material import MaterialRequest, MaterialResult, NormalConvention
from ..protocol.wire import request_to_json, to_json
from .apply import assign
from .asset import Catalogue, mark_asset
from .checks import check_can_apply
from .images import new_image
from .surface_nodes import Relief, SurfaceImages, SurfaceLook, new_surface
from .version import version

__all__ = ["apply_surface", "note_energy"]

_SUBDIVISION = "Vernissage Relief"


def apply_surface(name: str, folder: Path, request: MaterialRequest, result: MaterialResult, look: SurfaceLook,
                  objects: Mapping[bpy.types.Object, Collection[int] | None], pack: bool,
                  complete: Callable[[bpy.types.Material], None] | None = None) -> bpy.types.Material:
    """A new material of the files in a folder, marked as an asset, on objects or on none. No undo step is pushed: that
    is the operator's.

    Args:
        objects: and the numbers of the material slots to fill of each; None for all.
        pack: into the .blend; otherwise files in `//textures/`.
        complete: what else belongs to it: it is there with that, or not at all.

    Raises:
        BadInput: an object can no longer take it.
        StorageError: an image cannot be read or saved.
        On any exception everything is as it was, files included.
    """
    for obj, slots in objects.items():
        check_can_apply(obj, slots, adds_uv_layer=False)
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as undo:
        maps = result.maps
        normal = folder / maps.normal
        if request.normals is NormalConvention.DIRECTX:
            normal = _green_turned(normal, Path(temporary))
        images = SurfaceImages(*(new_image(f"{name} {kind}", file, pack, undo) for kind, file in (
            ("base colour", folder / maps.base_colour), ("orm", folder / maps.orm), ("normal", normal),
            ("height", folder / maps.height))))
        for image in (images.orm, images.normal, images.height):
            image.colorspace_settings.is_data = True
        relief = Relief(result.height_low_px, result.height_high_px, result.width_px, result.height_px)
        material = new_surface(name, images, relief, look, undo)
        _describe(material, request, result)
        _mark(material, request, result)
        for obj, slots in objects.items():
            assign(obj, material, slots, undo)
            if look.displacement:
                _subdivide(obj, undo)
        if complete is not None:
            complete(material)
        undo.pop_all()
    return material


def note_energy(material: bpy.types.Material, furnace_max: float) -> None:
    """Add to the material's report how bright it is at most in a white furnace."""
    material["report"] = json.dumps({**json.loads(material["report"]), "furnace_max": furnace_max}, ensure_ascii=False)


def _green_turned(picture: Path, folder: Path) -> Path:
    """The same PNG of normals in that folder, as deep, from DirectX to OpenGL, which is what Blender and glTF want.

    Raises:
        StorageError: it cannot be read or written.
    """
    try:
        image = bpy.data.images.load(str(picture), check_existing=False)
        try:
            image.colorspace_settings.is_data = True
            values = np.empty(len(image.pixels), np.float32)
            image.pixels.foreach_get(values)
            values[1::4] = 1 - values[1::4]
            image.pixels.foreach_set(values)
            image.save(filepath=str(folder / picture.name))
        finally:
            bpy.data.images.remove(image)
    except RuntimeError as error:
        raise StorageError("The picture {path} cannot be read: {reason}.", "Make the material again.", path=picture,
                           reason=str(error).strip()) from error
    return folder / picture.name


def _describe(material: bpy.types.Material, request: MaterialRequest, result: MaterialResult) -> None:
    """What it was made from, as custom properties, and the whole report as JSON."""
    properties = {
        "prompt": request.prompt, "picture": request.picture_name, "model": result.model, "licence": result.licence,
        "reader": str(result.reader), "seed": result.seed, "vernissage_version": version(),
        "report": json.dumps({"request": json.loads(request_to_json(request)), "result": to_json(result)},
                             ensure_ascii=False)}
    for key, value in properties.items():
        material[key] = value


def _mark(material: bpy.types.Material, request: MaterialRequest, result: MaterialResult) -> None:
    tags = (f"model: {Path(result.model).name}", f"seed: {result.seed}") if result.model else ()
    mark_asset(material, Catalogue.MATERIALS, request.prompt or request.picture_name, result.licence, tags)


def _subdivide(obj: bpy.types.Object, undo: ExitStack) -> None:
    """As fine as Cycles sees it, so that there is something to be moved."""
    if obj.modifiers and obj.modifiers[-1].type == "SUBSURF":
        modifier = obj.modifiers[-1]
    else:
        modifier = obj.modifiers.new(_SUBDIVISION, "SUBSURF")
        undo.callback(obj.modifiers.remove, modifier)
        modifier.subdivision_type = "SIMPLE"
    if hasattr(modifier, "use_adaptive_subdivision"):  # Blender 5.0
        owner, name = modifier, "use_adaptive_subdivision"
    else:
        owner, name = obj.cycles, "use_adaptive_subdivision"
        scene = bpy.context.scene
        undo.callback(setattr, scene.cycles, "feature_set", scene.cycles.feature_set)
        scene.cycles.feature_set = "EXPERIMENTAL"
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, True)
