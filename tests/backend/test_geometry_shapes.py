"""Shapes with UVs for the geometry tests, and a check that they are what they claim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backend.geometry.mesh import Mesh


def grid(points: NDArray, normals: NDArray, uvs: NDArray) -> dict[str, NDArray]:
    """A quad grid (R, C, ...) as triangles, counter-clockwise where rows x columns point outwards."""
    rows, columns = points.shape[:2]
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + columns + 1], 1),
                                np.stack([a, a + columns + 1, a + columns], 1)])
    return {"positions": points.reshape(-1, 3), "triangles": triangles,
            "corner_uvs": uvs.reshape(-1, 2)[triangles], "corner_normals": normals.reshape(-1, 3)[triangles]}


def sphere(rings: int = 32) -> dict[str, NDArray]:
    """Unit sphere, equirectangular UVs."""
    u, v = np.meshgrid(np.linspace(0, 1, 2 * rings + 1), np.linspace(0, 1, rings + 1))
    turn, rise = u * 2 * np.pi, (v - 0.5) * np.pi
    points = np.stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)], -1)
    return grid(points, points, np.stack([u, v], -1))


def torus(rings: int = 48, tube: float = 0.35) -> dict[str, NDArray]:
    u, v = np.meshgrid(np.linspace(0, 1, 2 * rings + 1), np.linspace(0, 1, rings + 1))
    a, b = u * 2 * np.pi, v * 2 * np.pi
    normals = np.stack([np.cos(a) * np.cos(b), np.sin(a) * np.cos(b), np.sin(b)], -1)
    centres = np.stack([np.cos(a), np.sin(a), 0 * a], -1)
    return grid(centres + tube * normals, normals, np.stack([u, v], -1))


def plane(turn_rad: float = 0.0, size: float = 2.0, steps: int = 2) -> dict[str, NDArray]:
    """A square that faces -y (the front camera), turned about z."""
    u, v = np.meshgrid(np.linspace(0, 1, steps), np.linspace(0, 1, steps))
    x = (u - 0.5) * size
    points = np.stack([x * np.cos(turn_rad), x * np.sin(turn_rad), (v - 0.5) * size], -1)
    normal = np.array([np.sin(turn_rad), -np.cos(turn_rad), 0])
    return grid(points, np.broadcast_to(normal, points.shape), np.stack([u, v], -1))


def cube() -> dict[str, NDArray]:
    """A cube of side 2, six charts in a 3 x 2 atlas with gaps."""
    parts = []
    for face in range(6):
        axis, sign = face // 2, 1 - 2 * (face % 2)
        u, v = np.meshgrid([0.0, 1.0], [0.0, 1.0])
        points = np.zeros((2, 2, 3))
        points[..., axis] = sign
        points[..., (axis + 1) % 3] = (2 * u - 1) * sign
        points[..., (axis + 2) % 3] = 2 * v - 1
        normal = np.zeros(3)
        normal[axis] = sign
        uv = np.stack([(face % 3 + 0.05 + 0.9 * u) / 3, (face // 3 + 0.05 + 0.9 * v) / 2], -1)
        parts.append(grid(points, np.broadcast_to(normal, points.shape), uv))
    return join(*parts)


def cup() -> dict[str, NDArray]:
    """An open, hollow cup with walls: concave, its inside is seen from above alone."""
    profile = np.array([(0.01, -1), (1, -1), (1, 1), (0.85, 1), (0.85, -0.85), (0.01, -0.85)], float)
    parts = []
    for i in range(5):
        (r0, z0), (r1, z1) = profile[i], profile[i + 1]
        u, v = np.meshgrid(np.linspace(0, 1, 49), np.linspace(0, 1, 9))
        turn, r, z = u * 2 * np.pi, r0 + (r1 - r0) * v, z0 + (z1 - z0) * v
        out = np.array([z1 - z0, r0 - r1]) / np.hypot(r1 - r0, z1 - z0)
        points = np.stack([r * np.cos(turn), r * np.sin(turn), z], -1)
        normals = np.stack([out[0] * np.cos(turn), out[0] * np.sin(turn), 0 * turn + out[1]], -1)
        parts.append(grid(points, normals, np.stack([0.02 + 0.96 * u, (i + 0.05 + 0.9 * v) / 5], -1)))
    return join(*parts)


def join(*parts: dict[str, NDArray], ids: list[int] | None = None) -> dict[str, NDArray]:
    """Several shapes in one mesh; `ids` gives each its object ID."""
    offsets = np.cumsum([0] + [len(p["positions"]) for p in parts[:-1]])
    joined = {name: np.concatenate([p[name] for p in parts])
              for name in ("positions", "corner_uvs", "corner_normals")}
    joined["triangles"] = np.concatenate([p["triangles"] + o for p, o in zip(parts, offsets, strict=True)])
    joined["object_ids"] = np.concatenate([np.full(len(p["triangles"]), i) for p, i in
                                           zip(parts, ids or [0] * len(parts), strict=True)])
    return joined


def moved(shape: dict[str, NDArray], offset: tuple[float, float, float], scale: float = 1.0
          ) -> dict[str, NDArray]:
    return shape | {"positions": shape["positions"] * scale + np.array(offset)}


def test_shapes_face_outwards() -> None:
    for shape in (sphere(), torus(), cube(), cup()):
        mesh = Mesh.from_arrays(shape)
        assert mesh.flipped_objects == ()
        assert np.einsum("ti,tci->tc", mesh.face_normals, mesh.corner_normals).min() > 0.5
