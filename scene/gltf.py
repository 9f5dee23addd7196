"""What Blender's glTF exporter finds: images in a form that it knows, and the node that it takes the occlusion from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import StorageError

__all__ = ["check_tiles", "in_known_form", "material_output"]

_MOST_COLUMNS, _MOST_ROWS = 9, 10  # of the tiles that Blender's exporter finds by the digits of their numbers
_OUTPUT = "glTF Material Output"  # by this name it is found


def material_output(undo: ExitStack) -> bpy.types.NodeTree:
    """The group of nodes that the exporter's own button adds, with the inputs Occlusion and Thickness; made if there is
    none. What would take a new one back is pushed on `undo`.
    """
    known = bpy.data.node_groups.get(_OUTPUT)
    if known is not None and known.library is None and "Occlusion" in known.interface.items_tree:
        return known
    group = bpy.data.node_groups.new(_OUTPUT, "ShaderNodeTree")
    undo.callback(bpy.data.node_groups.remove, group)
    for name in ("Occlusion", "Thickness"):
        group.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
    group.nodes.new("NodeGroupOutput")
    group.nodes.new("NodeGroupInput").location = -200, 0
    return group


def check_tiles(images: Sequence[bpy.types.Image], path: Path) -> None:
    """glTF has no tiles; Blender's exporter makes a material of each, where it knows its number.

    Raises:
        StorageError: there is a tile that it would leave out.
    """
    for image in images:
        for number in (tile.number for tile in image.tiles if image.source == "TILED"):
            row, column = divmod(number - 1001, 10)
            if column >= _MOST_COLUMNS or row >= _MOST_ROWS:
                raise StorageError("{path} could not be written: glTF has no UDIM tiles, and Blender cannot make a "
                                   "material of tile {number}.",
                                   "Save a .blend, or lay the UVs out in 9 columns and 10 rows of tiles.",
                                   path=path, number=number)


@contextmanager
def in_known_form(images: Sequence[bpy.types.Image], folder: Path) -> Iterator[None]:
    """Within the block, PNG files in `folder` stand in for packed images that Blender's exporter writes wrongly:
    OpenEXR, of which it takes the linear numbers for sRGB, and tiles, at which it breaks.
    """
    with ExitStack() as undo:
        for number, image in enumerate(images):
            if image.source != "TILED" and image.file_format != "OPEN_EXR":
                continue
            stem = bpy.path.clean_name(image.name)
            own = folder / str(number)
            own.mkdir()
            is_tiled = image.source == "TILED"
            names = [f"{stem}.{tile.number}.png" for tile in image.tiles] if is_tiled else [f"{stem}.png"]
            for name, packed in zip(names, image.packed_files, strict=True):
                _write_png(bytes(packed.packed_file.data), own / name)
            stand_in = bpy.data.images.load(str(own / names[0]), check_existing=False)
            undo.callback(bpy.data.images.remove, stand_in)
            stand_in.source = image.source
            image.user_remap(stand_in)
            undo.callback(stand_in.user_remap, image)
        yield


def _write_png(content: bytes, path: Path) -> None:
    """As it is if it is a PNG, else by Blender with 8 bit of sRGB."""
    if content.startswith(b"\x89PNG"):
        path.write_bytes(content)
        return
    source = path.with_suffix(".exr")
    source.write_bytes(content)
    image = bpy.data.images.load(str(source), check_existing=False)
    try:
        width, height = image.size
        values = np.empty(width * height * image.channels, np.float32)
        image.pixels.foreach_get(values)
    finally:
        bpy.data.images.remove(image)
        source.unlink()
    light = values.reshape(-1, 4)
    light[:, :3] = np.where(light[:, :3] <= 0.0031308, 12.92 * light[:, :3],
                            1.055 * light[:, :3].clip(0.0031308) ** (1 / 2.4) - 0.055)
    picture = bpy.data.images.new(path.stem, width, height, alpha=False)
    try:
        picture.pixels.foreach_set(light.ravel())
        picture.filepath_raw, picture.file_format = str(path), "PNG"
        picture.save()
    finally:
        bpy.data.images.remove(picture)
