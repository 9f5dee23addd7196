"""What a camera truly sees of a surface, told by Embree's rays: `map_view` is held against it here and in
`benchmarks/texturing.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from trimesh import Trimesh
from trimesh.ray.ray_pyembree import RayMeshIntersector

from backend.geometry.bake import map_view
from backend.geometry.camera import Camera
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import Texels
from backend.geometry.view_raster import rasterise_view
from tests.backend.test_geometry_shapes import join, moved, plane, sphere, torus

__all__ = ["SHAPES", "Verdict", "judge_views", "sphere_on_plane", "suzanne"]

MAX_ANGLE_RAD = math.radians(75)
# Rays start this share of the object's radius above their triangle. Embree computes in float32, whose step is a
# hundredth of that; a pixel of 1024 is a hundred times as much.
_LIFT = 1e-5


def suzanne() -> dict[str, NDArray]:
    """Blender's monkey as `primitive_monkey_add(calc_uvs=True)` makes it, in 968 triangles, flat shaded. Concave, in
    three parts that pass through each other, with ears that hide the head at a grazing angle.
    """
    with np.load(Path(__file__).with_name("suzanne.npz")) as arrays:
        return dict(arrays)


def sphere_on_plane() -> dict[str, NDArray]:
    """A unit sphere that rests on a square of 6: a shadow that ends in a point. One texture, half for each."""
    ball, floor = sphere(64), plane(size=6, steps=9)
    for name in ("positions", "corner_normals"):  # lay it down: y to z
        x, y, z = np.moveaxis(floor[name], -1, 0)
        floor[name] = np.stack([x, z, -y], axis=-1)
    ball["corner_uvs"], floor["corner_uvs"] = ball["corner_uvs"] * [0.5, 1], floor["corner_uvs"] * [0.5, 1] + [0.5, 0]
    return join(ball, moved(floor, (0, 0, -1)))


SHAPES = {"sphere on plane": sphere_on_plane, "torus": torus, "Suzanne": suzanne}


@dataclass(frozen=True)
class Verdict:
    """Texels of some views that face their camera at up to 75 degrees, counted once a view.

    Attributes:
        visible: how many nothing stands before; hidden: how many something does.
        lost: how many of the visible ones the views' maps lack; leaked: how many of the hidden ones they hold.
    """

    visible: int
    hidden: int
    lost: int
    leaked: int

    @property
    def false_occluded(self) -> float:
        """Share of what can be seen that is taken for hidden."""
        return self.lost / max(1, self.visible)

    @property
    def false_visible(self) -> float:
        """Share of what is taken for visible that is hidden."""
        return self.leaked / max(1, self.visible - self.lost + self.leaked)

    @property
    def leaked_share(self) -> float:
        """Share of what is hidden that is taken for visible. High where surfaces touch: no depth at pixels tells apart
        what lies less than a pixel behind something else.
        """
        return self.leaked / max(1, self.hidden)


def judge_views(mesh: Mesh, texels: Texels, cameras: Iterable[Camera]) -> Verdict:
    """Compare what `map_view` says of every texel with a ray from the texel to the camera, which must be a perspective
    one outside of the mesh's bounding box.
    """
    normals = mesh.face_normals[texels.triangle].astype(np.float64)
    points = texels.positions.astype(np.float64)
    corners = mesh.positions - mesh.center
    rays = RayMeshIntersector(Trimesh(corners, mesh.triangles, process=False))
    lifted = points + _LIFT * float(np.linalg.norm(corners, axis=1).max()) * normals
    counts = np.zeros(4, np.int64)
    for camera in cameras:
        towards = camera.position - mesh.center - points
        towards /= np.linalg.norm(towards, axis=1, keepdims=True)
        facing = np.flatnonzero(np.einsum("na,na->n", normals, towards) >= math.cos(MAX_ANGLE_RAD))
        is_free = ~rays.intersects_any(lifted[facing], towards[facing])
        is_mapped = np.zeros(len(texels), bool)
        is_mapped[map_view(mesh, texels, rasterise_view(mesh, camera)).texel] = True
        is_mapped = is_mapped[facing]
        counts += [is_free.sum(), (~is_free).sum(), (is_free & ~is_mapped).sum(), (~is_free & is_mapped).sum()]
    return Verdict(*(int(count) for count in counts))
