"""Materials of a job into Blender: images, nodes, asset and slots, all of them or none."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import StorageError
from ..protocol.material import MaterialRequest, MaterialResult, NormalConvention
from ..protocol.wire import request_to_json, to_json
from .apply import assign
from .checks import check_can_apply
from .images import new_image
from .surface_nodes import Relief, SurfaceImages, SurfaceLook, new_surface
from .version import version

__all__ = ["CATALOGUE", "CATALOGUE_FILE", "apply_surface", "note_energy", "write_catalogue"]

CATALOGUE = "Vernissage/Materials"
CATALOGUE_FILE = "blender_assets.cats.txt"
_CATALOGUE_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, f"vernissage:{CATALOGUE}"))
_SUBDIVISION = "Vernissage Relief"
_CATALOGUE_HEAD = ("# This is an Asset Catalog Definition file for Blender.\n#\n# Empty lines and lines starting with "
                   "`#` will be ignored.\n# The first non-ignored line should be the version indicator.\n# Other lines "
                   "are of the format \"UUID:catalog/path/for/assets:simple catalog name\"\n\nVERSION 1\n\n")


def apply_surface(name: str, folder: Path, request: MaterialRequest, result: MaterialResult, look: SurfaceLook,
                  objects: Mapping[bpy.types.Object, Collection[int] | None], pack: bool) -> bpy.types.Material:
    """A new material of the files in a folder, marked as an asset, on objects or on none. No undo step is pushed: that
    is the operator's.

    Args:
        objects: and the numbers of the material slots to fill of each; None for all.
        pack: into the .blend; otherwise files in `//textures/`.

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
        undo.pop_all()
    return material


def note_energy(material: bpy.types.Material, furnace_max: float) -> None:
    """Add to the material's report how bright it is at most in a white furnace."""
    material["report"] = json.dumps({**json.loads(material["report"]), "furnace_max": furnace_max}, ensure_ascii=False)


def write_catalogue(folder: Path) -> None:
    """Add the catalogue of materials to those of an asset library's folder, if it is not among them.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / CATALOGUE_FILE
    text = path.read_text("utf-8") if path.exists() else _CATALOGUE_HEAD
    if _CATALOGUE_ID not in text:
        path.write_text(f"{text.rstrip()}\n{_CATALOGUE_ID}:{CATALOGUE}:{CATALOGUE.replace('/', '-')}\n", "utf-8")


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
    material.asset_mark()
    data = material.asset_data
    data.description = request.prompt or request.picture_name
    data.author = f"Vernissage {version()}"
    data.license = result.licence
    data.catalog_id = _CATALOGUE_ID
    words = [word for word in request.prompt.lower().replace(",", " ").split() if len(word) > 2]
    for tag in dict.fromkeys(["vernissage", *words, result.model and f"model: {Path(result.model).name}",
                              f"seed: {result.seed}" if result.model else ""]):
        if tag:
            data.tags.new(tag, skip_if_exists=True)


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
