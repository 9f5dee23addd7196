"""The triangles of a scene, checked once, so that no later room has to."""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray

from protocol.errors import BadInput

__all__ = ["Mesh", "read_arrays"]

# Twice the area over the squared longest edge. Float32 positions cannot hold a sliver thinner than this.
_MIN_RELATIVE_AREA = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles of all objects in world space. Build it with `from_arrays` or `load`, which check.

    Attributes:
        positions: (V, 3) float32, world space.
        triangles: (T, 3) int32, indices into `positions`, counter-clockwise seen from the front.
        corner_uvs: (T, 3, 2) float32, v up as in Blender.
        corner_normals: (T, 3, 3) float32, unit length, world space.
        object_ids: (T,) int32: whose texture the triangle belongs to; -1 only hides what is behind it.
        face_normals: (T, 3) float32, unit length: the geometric normals by winding.
        face_areas: (T,) float32, in square world units.
        center: (3,) float64: centre of the painted objects' bounding box. Points relative to it keep their
            precision in float32 however far the objects are from the origin.
        dropped_triangles: how many triangles of no area were left out.
        flipped_objects: IDs of objects that were turned round, because their winding disagreed with their
            normals (a mirrored object), or because they are closed and inside out.
    """

    positions: NDArray[np.float32]
    triangles: NDArray[np.int32]
    corner_uvs: NDArray[np.float32]
    corner_normals: NDArray[np.float32]
    object_ids: NDArray[np.int32]
    face_normals: NDArray[np.float32]
    face_areas: NDArray[np.float32]
    center: NDArray[np.float64]
    dropped_triangles: int = 0
    flipped_objects: tuple[int, ...] = ()

    @classmethod
    def load(cls, path: Path | str) -> Mesh:
        """Read the arrays that `from_arrays` takes from an .npz file (no pickles).

        Raises:
            BadInput: the file is missing, is no .npz, or holds a mesh that cannot be used.
        """
        return cls.from_arrays(read_arrays(path))

    def save(self, path: Path | str) -> None:
        """Write what `load` reads."""
        np.savez(path, positions=self.positions, triangles=self.triangles, corner_uvs=self.corner_uvs,
                 corner_normals=self.corner_normals, object_ids=self.object_ids)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray]) -> Mesh:
        """Check the arrays and derive the rest.

        Args:
            arrays: `positions`, `triangles`, `corner_uvs`; optional `corner_normals` (else flat shading)
                and `object_ids` (else 0 everywhere). Shapes as in the class; any real dtype.

        Raises:
            BadInput: a shape is wrong, a position or UV is NaN or infinite, an index is out of range, or no
                triangle has an area.
        """
        for name in ("positions", "triangles", "corner_uvs"):
            if name not in arrays:
                raise BadInput("The mesh has no {array}.", "Run the job again from Blender.", array=name)
        count = len(arrays["triangles"])
        positions = _shaped(arrays, "positions", (len(arrays["positions"]), 3), np.float32)
        triangles = _shaped(arrays, "triangles", (count, 3), np.int32)
        uvs = _shaped(arrays, "corner_uvs", (count, 3, 2), np.float32)
        ids = _shaped(arrays, "object_ids", (count,), np.int32) if "object_ids" in arrays \
            else np.zeros(count, np.int32)
        if count == 0:
            raise BadInput("The mesh has no faces.", "Choose an object with faces.")
        broken = _count_broken(positions)
        if broken:
            raise BadInput("{count} vertices have positions that are not numbers (NaN or infinite).",
                           "Delete these vertices, or undo the last change.", count=broken)
        broken = _count_broken(uvs)
        if broken:
            raise BadInput("{count} UV coordinates are not numbers (NaN or infinite).", "Unwrap the object again.",
                           count=broken)
        if triangles.min() < 0 or triangles.max() >= len(positions):
            raise BadInput("A face uses vertex {vertex}, but there are {count} vertices.",
                           "Run Mesh > Clean Up on the object.", count=len(positions),
                           vertex=int(triangles.min() if triangles.min() < 0 else triangles.max()))
        if ids.min() < -1:
            raise BadInput("An object ID is {id}: the smallest is -1.", "Run the job again from Blender.",
                           id=int(ids.min()))

        painted = triangles[ids >= 0]
        is_used = np.zeros(len(positions), bool)
        is_used[(painted if len(painted) else triangles).ravel()] = True
        used = positions[is_used].astype(np.float64)
        center = (used.min(0) + used.max(0)) / 2
        normals, areas, sound = _face_geometry(positions, triangles, center)
        if not sound.any():
            raise BadInput("No face of the mesh has an area.",
                           "Check the object's scale (it must not be 0) and its vertices.")
        if not sound.all():
            triangles, uvs, ids = triangles[sound], uvs[sound], ids[sound]
            normals, areas = normals[sound], areas[sound]
        corner_normals = np.repeat(normals[:, None], 3, axis=1)
        flipped: tuple[int, ...] = ()
        if "corner_normals" in arrays:
            given = _shaped(arrays, "corner_normals", (count, 3, 3), np.float32)[sound]
            corner_normals = _unit_or(given, corner_normals)
            flipped = _turn_mirrored(triangles, uvs, corner_normals, ids, normals, areas)
        inside_out = _find_inside_out(positions, triangles, ids, normals, areas)
        if len(inside_out):
            turned = np.isin(ids, inside_out)
            corner_normals[turned] *= -1
            _turn(turned, triangles, uvs, corner_normals, normals)
            flipped = tuple(sorted({*flipped, *inside_out}))
        return cls(positions, triangles, uvs, corner_normals, ids, normals, areas, center,
                   int(count - sound.sum()), flipped)

    @property
    def painted_ids(self) -> list[int]:
        """The object IDs that have a texture, ascending."""
        return [int(i) for i in np.unique(self.object_ids) if i >= 0]


def read_arrays(path: Path | str) -> dict[str, NDArray]:
    """All arrays of an .npz file by name, without pickles.

    Raises:
        BadInput: the file is missing or broken.
    """
    try:
        # Opened here, because np.load leaves the file open when it is cut short.
        with open(path, "rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise BadInput("The mesh file {file} of the job is missing.", "Run the job again from Blender.",
                       file=path) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput("The mesh file {file} cannot be read: {error}.", "Run the job again from Blender.",
                       file=path, error=error) from error


def _shaped(arrays: Mapping[str, NDArray], name: str, shape: tuple[int, ...], dtype: type) -> NDArray:
    """A writable, contiguous copy: numba compiles anew for read-only or strided arrays."""
    array = np.asarray(arrays[name])
    if array.shape != shape or array.dtype.kind not in "fiub":
        raise BadInput("{array} of the mesh has shape {given} and type {type}: must be {shape} numbers.",
                       "Run the job again from Blender.", array=name, given=array.shape, type=array.dtype,
                       shape=shape)
    return np.array(array, dtype=dtype, order="C", copy=True)


def _count_broken(vectors: NDArray) -> int:
    return 0 if np.isfinite(vectors).all() else int((~np.isfinite(vectors)).any(axis=-1).sum())


def _face_geometry(positions: NDArray, triangles: NDArray, center: NDArray
                   ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Unit normals (T, 3), areas (T,) and which triangles have an area (T,) bool."""
    count = len(triangles)
    normals, areas, sound = np.zeros((count, 3), np.float32), np.empty(count, np.float32), np.empty(count, np.bool_)
    _face_kernel(positions, triangles, center, normals, areas, sound)
    return normals, areas, sound


def _unit_or(vectors: NDArray[np.float32], otherwise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors; where a vector is zero or no number, the other one."""
    with np.errstate(all="ignore"):
        length = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
        good = np.isfinite(length) & (length > 1e-12)
        return np.where(good, vectors / np.where(good, length, 1), otherwise).astype(np.float32)


def _turn_mirrored(triangles: NDArray, uvs: NDArray, corner_normals: NDArray, ids: NDArray, normals: NDArray,
                   areas: NDArray) -> tuple[int, ...]:
    """Turn round, in place, the winding of objects that a negative scale has mirrored.

    Normals are transformed by the inverse transpose and still point outwards, winding does not. An object is
    judged as a whole, by area, because single custom normals may point anywhere.
    """
    agreement = np.sign(np.einsum("ti,tci->t", normals, corner_normals)) * areas
    first = int(ids.min())
    votes = np.bincount(ids - first, weights=agreement)
    mirrored = np.flatnonzero(votes < 0) + first
    if len(mirrored):
        _turn(np.isin(ids, mirrored), triangles, uvs, corner_normals, normals)
    return tuple(int(i) for i in mirrored)


def _find_inside_out(positions: NDArray, triangles: NDArray, ids: NDArray, normals: NDArray, areas: NDArray
                     ) -> list[int]:
    """IDs of painted objects that are closed and have a negative volume: their normals point inwards.

    No view from outside would see anything of them. Closed: the area vectors add up to nothing.
    """
    found, place = np.unique(ids, return_inverse=True)
    count = len(found)
    vectors, areas_of, volumes = np.zeros((count, 3)), np.zeros(count), np.zeros(count)
    _volume_kernel(positions, triangles, place, normals, areas, vectors, areas_of, volumes)
    is_closed = np.linalg.norm(vectors, axis=1) < 1e-3 * areas_of
    return [int(each) for each in found[is_closed & (volumes < -1e-3 * areas_of**1.5)] if each >= 0]


def _turn(turned: NDArray[np.bool_], triangles: NDArray, uvs: NDArray, corner_normals: NDArray,
          normals: NDArray) -> None:
    """Reverse, in place, the winding of the chosen triangles; corner normals stay with their corners."""
    for array in (triangles, uvs, corner_normals):
        array[turned] = array[turned][:, ::-1]
    normals[turned] *= -1


@njit(cache=True, nogil=True, error_model="numpy")
def _face_kernel(positions, triangles, center, out_normals, out_areas, out_sound):
    corner = np.empty((3, 3))
    for t in range(len(triangles)):
        for c in range(3):
            for axis in range(3):
                corner[c, axis] = positions[triangles[t, c], axis] - center[axis]
        ux, uy, uz = corner[1, 0] - corner[0, 0], corner[1, 1] - corner[0, 1], corner[1, 2] - corner[0, 2]
        vx, vy, vz = corner[2, 0] - corner[0, 0], corner[2, 1] - corner[0, 1], corner[2, 2] - corner[0, 2]
        wx, wy, wz = ux - vx, uy - vy, uz - vz
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        double_area = np.sqrt(x * x + y * y + z * z)
        longest = max(ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz, wx * wx + wy * wy + wz * wz)
        out_areas[t] = double_area / 2
        out_sound[t] = double_area > _MIN_RELATIVE_AREA * longest
        if out_sound[t]:
            out_normals[t, 0], out_normals[t, 1], out_normals[t, 2] = x / double_area, y / double_area, z / double_area


@njit(cache=True, nogil=True, error_model="numpy")
def _volume_kernel(positions, triangles, place, normals, areas, out_vectors, out_areas, out_volumes):
    """Of each object: the sum of its faces' area vectors (3,), its area, and the volume that it encloses, as seen from
    a corner of its own: one far away would add what a small hole lets out, many times.
    """
    origins = np.empty(out_vectors.shape)
    for t in range(len(triangles)):
        number, corner, area = place[t], triangles[t, 0], np.float64(areas[t])
        if out_areas[number] == 0.0:
            for axis in range(3):
                origins[number, axis] = positions[corner, axis]
        out_areas[number] += area
        height = 0.0
        for axis in range(3):
            vector = normals[t, axis] * area
            out_vectors[number, axis] += vector
            height += vector * (positions[corner, axis] - origins[number, axis])
        out_volumes[number] += height / 3
