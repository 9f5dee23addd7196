"""What is to be painted: the job's mesh and the texels of its UV layout, with what the artist should know."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from protocol.errors import BadInput
from protocol.requests import TextureRequest

from ..geometry.mesh import Mesh, read_arrays
from ..geometry.uv_raster import Texels, rasterise_uv
from ..job import Job

__all__ = ["PAINTED", "read_surface"]

PAINTED = 0  # the object ID of what is painted; -1 only hides what is behind it
_UV_TOLERANCE = 1e-3  # packing tools leave corners this far outside
_WORTH_TELLING = 0.005


def read_surface(request: TextureRequest, job: Job) -> tuple[Mesh, Texels]:
    """The mesh with its object IDs, and the texels of the triangles that are to be painted.

    Raises:
        BadInput: the mesh cannot be used, nothing of it is to be painted, or its UVs cannot hold a texture.
    """
    mesh = _read_mesh(request, job.folder / request.mesh)
    if mesh.dropped_triangles:
        job.remark("{name} has {count} triangles of no area, which were left out.",
                   name=request.object_name, count=mesh.dropped_triangles)
    if not (mesh.object_ids == PAINTED).any():
        raise BadInput("No face of {name} that is to be painted has an area.",
                       "Check the scale of the object (it must not be 0) and its vertices.", name=request.object_name)
    uvs = mesh.corner_uvs[mesh.object_ids == PAINTED]
    low, high = float(uvs.min()), float(uvs.max())
    if low < -_UV_TOLERANCE or high > 1 + _UV_TOLERANCE:
        raise BadInput("The UVs of {name} reach from {low} to {high}, outside of 0 to 1.",
                       "Pack the UVs into 0 to 1, or turn on New UV Layer (--unwrap).",
                       name=request.object_name, low=f"{low:.3g}", high=f"{high:.3g}")
    texels = rasterise_uv(mesh, request.texture_size_px, PAINTED)
    if texels.overlap_fraction > _WORTH_TELLING:
        job.remark("{percent} % of the texels of {name} belong to several faces, which get the same picture. "
                   "Turn on New UV Layer (--unwrap) to give each its own.",
                   percent=_percent(texels.overlap_fraction), name=request.object_name)
    if texels.degenerate_fraction > _WORTH_TELLING:
        job.remark("{percent} % of the surface of {name} has no area in its UVs, so it cannot hold a picture. "
                   "Turn on New UV Layer (--unwrap).",
                   percent=_percent(texels.degenerate_fraction), name=request.object_name)
    return mesh, texels


def _read_mesh(request: TextureRequest, path: Path) -> Mesh:
    arrays = read_arrays(path)
    paintable = arrays.pop("paintable", None)
    if paintable is not None:
        if not paintable.any():
            raise BadInput("No face of {name} is to be painted.", "Choose a material slot that has faces.",
                           name=request.object_name)
        arrays["object_ids"] = np.where(paintable, PAINTED, -1).astype(np.int32)
    return Mesh.from_arrays(arrays)


def _percent(share: float) -> float:
    return round(100 * share, 1)
