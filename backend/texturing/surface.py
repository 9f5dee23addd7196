"""What is to be painted: the job's mesh and the texels of its UV layouts, with what the artist should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from protocol.errors import BadInput
from protocol.requests import PaintedObject, PlannedObject, Request
from protocol.style_texture import TextureStyleRequest

from ..geometry.mesh import Mesh, read_arrays
from ..geometry.tiles import ONE_TILE, used_tiles
from ..geometry.uv_raster import Texels, rasterise_uv
from ..job import Job

__all__ = ["Surface", "read_surfaces"]

_MAX_TEXELS = 2**28  # of all tiles together: some 12 GB while it is baked
_WORTH_TELLING = 0.005


@dataclass(frozen=True, eq=False)
class Surface:
    """One object that is painted.

    Attributes:
        name: for messages.
        prompt: what it shall look like.
        object_id: of its triangles in the mesh; those of -1 only hide what is behind them.
        texels: of its own texture.
    """

    name: str
    prompt: str
    object_id: int
    texels: Texels


def read_surfaces(request: Request | TextureStyleRequest, job: Job, most_px: int | None = None
                  ) -> tuple[Mesh, list[Surface], dict[int, BadInput]]:
    """The mesh with its object IDs, the objects that are to be painted, and why others cannot be, by their IDs:
    nothing of them is to be painted, or their UVs cannot hold a texture. They hide what is behind them all the same.

    Args:
        most_px: textures are rasterised at this size where the request asks for a larger one; default: as it asks.

    Raises:
        BadInput: the mesh cannot be used, or none of the objects.
    """
    mesh = _read_mesh(request, job.folder / request.mesh)
    objects: Sequence[PaintedObject | PlannedObject] = request.objects
    names = ", ".join(painted.name for painted in objects)
    if mesh.dropped_triangles:
        job.remark("{name} has {count} triangles of no area, which were left out.",
                   name=names, count=mesh.dropped_triangles)
    surfaces, refused = [], {}
    for number, painted in enumerate(objects):
        try:
            tiles = _tiles_of(mesh, number, painted.name, request.texture_size_px)
            texels = _read_texels(mesh, number, painted.name, tiles, min(request.texture_size_px, most_px or 8192), job)
            surfaces.append(Surface(painted.name, painted.prompt, number, texels))
        except BadInput as error:
            refused[number] = error
    if not surfaces:
        raise refused[0]
    return mesh, surfaces, refused


def _tiles_of(mesh: Mesh, object_id: int, name: str, size_px: int) -> tuple[int, ...]:
    is_its = mesh.object_ids == object_id
    if not is_its.any():
        raise BadInput("No face of {name} that has an area is to be painted.",
                       "Choose a material slot that has faces; check the scale of the object and its vertices.",
                       name=name)
    uvs = mesh.corner_uvs[is_its]
    tiles = used_tiles(uvs)
    if tiles is None:
        raise BadInput("The UVs of {name} reach from {low} to {high}, outside of 0 to 1 and of all UDIM tiles.",
                       "Pack the UVs into 0 to 1, or turn on New UV Layer (--unwrap).",
                       name=name, low=f"{float(uvs.min()):.3g}", high=f"{float(uvs.max()):.3g}")
    if len(tiles) * size_px**2 > _MAX_TEXELS:
        raise BadInput("The UVs of {name} lie in {count} UDIM tiles: of {size} pixels the most is {most}.",
                       "Choose a smaller Texture Size (--texture-size), or turn on New UV Layer (--unwrap).",
                       name=name, count=len(tiles), size=size_px, most=_MAX_TEXELS // size_px**2)
    return tiles


def _read_texels(mesh: Mesh, object_id: int, name: str, tiles: tuple[int, ...], size_px: int, job: Job) -> Texels:
    texels = rasterise_uv(mesh, size_px, object_id, tiles)
    if tiles != ONE_TILE:
        texels = texels.without_empty_tiles()
        job.remark("The UVs of {name} lie in {count} UDIM tiles: each has a picture of its own. Where they were meant "
                   "to repeat one, turn on New UV Layer (--unwrap).", name=name, count=len(texels.tiles))
    if texels.overlap_fraction > _WORTH_TELLING:
        job.remark("{percent} % of the texels of {name} belong to several faces, which get the same picture. "
                   "Turn on New UV Layer (--unwrap) to give each its own.",
                   percent=_percent(texels.overlap_fraction), name=name)
    if texels.degenerate_fraction > _WORTH_TELLING:
        job.remark("{percent} % of the surface of {name} has no area in its UVs, so it cannot hold a picture. "
                   "Turn on New UV Layer (--unwrap).",
                   percent=_percent(texels.degenerate_fraction), name=name)
    return texels


def _read_mesh(request: Request | TextureStyleRequest, path: Path) -> Mesh:
    arrays = read_arrays(path)
    count = len(request.objects)
    owner = arrays.pop("object_ids", None)
    if owner is None and count == 1:
        owner = np.zeros(len(arrays.get("triangles", ())), np.int32)
    elif owner is None or owner.shape != (len(arrays.get("triangles", ())),) or not (
            (owner >= 0) & (owner < count)).all():
        raise BadInput("The mesh file {mesh} does not fit the objects of the request.",
                       "Write it again from Blender.", mesh=path.name)
    paintable = arrays.pop("paintable", None)
    if paintable is not None:
        owner = np.where(paintable, owner, -1).astype(np.int32)
    arrays["object_ids"] = owner
    return Mesh.from_arrays(arrays)


def _percent(share: float) -> float:
    return round(100 * share, 1)
