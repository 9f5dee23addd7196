"""What of a .blend may hang in an exhibition, as files: images that Vernissage made, and objects as sculptures."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bpy
import numpy as np

from ...protocol.errors import BadInput, StorageError
from ...protocol.making import FACTS, MADE_SUFFIX, PICTURE_CARD, model_name
from ...protocol.picture import Strip
from ...protocol.requests import RequestType
from ...protocol.wire import from_json, to_json
from ..images import read_sources
from .parts import PART

__all__ = ["bring_images", "bring_objects"]

_SHOWN = (RequestType.STYLE, RequestType.PICTURE)  # what is made to be looked at; textures and plots are not
_PAINTED = (RequestType.TEXTURE, RequestType.SCENE)
_NAME = "Vernissage Sculpture"
Told = dict[str, dict[str, str]]


def bring_images(folder: Path) -> Told:
    """Write painted and styled images, and the panoramas of Worlds, into a folder, as they are kept; by their paths
    what is told of each. A file that is there, and another, stays.

    Raises:
        StorageError: they cannot be written.
    """
    told: Told = {}
    for image, facts in _images():
        suffix = ".jpg" if image.file_format == "JPEG" else ".exr" if image.file_format == "OPEN_EXR" else ".png"
        path = _put(folder, image.name, suffix, partial(_write_image, image))
        told[str(path)] = {"title": image.name, **facts}
    return told


def bring_objects(objects: Iterable[bpy.types.Object], folder: Path) -> Told:
    """Write mesh objects, each as a GLB, as `bring_images`; parts of an exhibition are left out. The scene is as it
    was.

    Raises:
        StorageError: they cannot be written.
    """
    told: Told = {}
    for each in objects:
        height_m = _height_m(each) if each.type == "MESH" and PART not in each else None
        if height_m is None:
            continue
        path = _put(folder, each.name, ".glb", partial(_write_object, each))
        told[str(path)] = {"title": each.name, **({"height_cm": f"{height_m * 100:.6g}"} if height_m > 0.001 else {})}
        texture = next(_textures(each), None)
        if texture is not None:
            told[str(path)] |= _facts(texture)
            _put_sources(path, texture)
    return told


def _textures(each: bpy.types.Object) -> Iterator[bpy.types.Image]:
    """Those of ours that it shows."""
    for slot in each.material_slots:
        nodes = slot.material.node_tree.nodes if slot.material and slot.material.node_tree else ()
        for image in [node.image for node in nodes if getattr(node, "image", None) is not None]:
            if _report(image).get("request", {}).get("type") in _PAINTED:
                yield image


def _facts(block: bpy.types.ID) -> dict[str, str]:
    """How it was made, as its custom properties say."""
    told = {name: str(block[name]) for name in FACTS if block.get(name) not in (None, "")}
    return told | ({"model": model_name(told["model"])} if "model" in told else {})


def _put_sources(work: Path, texture: bpy.types.Image) -> None:
    """What its views followed, beside the work."""
    picture, making = read_sources(texture), work.with_suffix(MADE_SUFFIX)
    try:
        strip: Strip = from_json(Strip, _report(texture)["result"]["strips"][0])
    except (BadInput, ValueError, KeyError, TypeError, IndexError):
        return
    if not picture:
        return
    try:
        making.mkdir(exist_ok=True)
        (making / strip.file).write_bytes(picture)
        (making / PICTURE_CARD).write_text(json.dumps({"result": {"strips": [to_json(strip)]}}), encoding="utf-8")
    except OSError as error:
        raise StorageError.from_os_error(making, error) from error


def _images() -> Iterator[tuple[bpy.types.Image, dict[str, str]]]:
    """And what a file may not say of itself."""
    for image in bpy.data.images:
        if image.library is None and _report(image).get("request", {}).get("type") in _SHOWN:
            yield image, {}
    for world in bpy.data.worlds:
        nodes = world.node_tree.nodes if _report(world) and world.node_tree else ()
        for image in {node.image for node in nodes if getattr(node, "image", None) is not None}:
            if image.file_format == "JPEG":
                yield image, _facts(world)


def _report(block: bpy.types.ID) -> dict[str, Any]:
    try:
        body = json.loads(block.get("report") or "{}")
    except (ValueError, TypeError):
        return {}
    return body if isinstance(body, dict) else {}


def _put(folder: Path, name: str, suffix: str, write: Callable[[Path], None]) -> Path:
    """The file of that name, or under a free one where another has it, or a work of another kind, to which what
    tells of its making belongs."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".") as own:
            made = Path(own) / f"made{suffix}"
            write(made)
            content = made.read_bytes()
            stem = bpy.path.clean_name(name)
            others = {path.stem.casefold() for path in folder.iterdir()
                      if path.suffix.lower() not in (suffix, MADE_SUFFIX)}
            target, number = folder / f"{stem}{suffix}", 1
            while target.stem.casefold() in others or (target.exists() and target.read_bytes() != content):
                number += 1
                target = folder / f"{stem}-{number}{suffix}"
            if not target.exists():
                made.replace(target)
            return target
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error


def _write_image(image: bpy.types.Image, target: Path) -> None:
    """Its file, with all that it says of itself; one that was painted on as it is now."""
    content = b""
    if not image.is_dirty:
        with contextlib.suppress(OSError):
            content = bytes(image.packed_file.data) if image.packed_file is not None else \
                Path(bpy.path.abspath(image.filepath)).read_bytes()
    try:
        if content:
            target.write_bytes(content)
        else:
            image.save(filepath=str(target), save_copy=True)
    except RuntimeError as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error


def _height_m(each: bpy.types.Object) -> float | None:
    """From its lowest to its highest point, as it is seen; None where it has no faces."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    seen = each.evaluated_get(depsgraph)
    mesh = seen.to_mesh()
    try:
        if not mesh.polygons:
            return None
        points = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", points)
        heights = points.reshape(-1, 3) @ np.array(each.matrix_world, np.float32)[2, :3]
        return float(np.ptp(heights))
    finally:
        seen.to_mesh_clear()


def _write_object(each: bpy.types.Object, target: Path) -> None:
    collection = bpy.data.collections.new(_NAME)
    bpy.context.scene.collection.children.link(collection)
    try:
        collection.objects.link(each)
        bpy.context.view_layer.update()
        with contextlib.redirect_stdout(io.StringIO()):  # the exporter talks of its steps
            bpy.ops.export_scene.gltf(filepath=str(target), export_format="GLB", collection=collection.name,
                                      export_apply=True, export_animations=False, export_yup=True)
    except RuntimeError as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error
    finally:
        bpy.data.collections.remove(collection)
