"""Materials on shapes, with the picture that guides a ControlNet: what `models/mini`'s learns to follow.

    python -m training.data.renders .dev/training/renders --count 8000

A shape of a few primitives is seen from somewhere. Its surface carries a drawn material in space: along its own axes,
as a wall is laid or a plank is sawn, so that courses run level round a corner and in perspective. Hollows are darker and
rims are worn, as far as depth and normals tell. Beyond the shape there is nothing to learn: the mask says where it is.
"""

import argparse
import json
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from backend.geometry.camera import Camera
from backend.geometry.control import render_control
from backend.geometry.mesh import Mesh
from backend.geometry.view_raster import ViewRaster, rasterise_view
from training.data.captions import specimen, subject
from training.data.noise import Rng

__all__ = ["Render", "family_of", "load", "render"]

SIZE_PX, MATERIAL_PX = 256, 256
_FIRST_MATERIAL = 10_000_000  # seed: no picture that models/mini learns from
FOV_RAD = math.radians(40)  # as the texture job's views


@dataclass(frozen=True)
class Render:
    """One training triple: image (H, W, 3) float32 sRGB 0–1; normals (H, W, 3) uint8 as `Control.normal_image` gives
    them; mask (H, W) bool, where the shape is; caption.
    """

    image: NDArray[np.float32]
    normals: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    caption: str


def family_of(seed: int) -> str:
    """The material of `render(seed)`, without drawing it."""
    return subject(_FIRST_MATERIAL + seed)[0]


def render(seed: int, size_px: int = SIZE_PX) -> Render:
    """The picture of a seed; the same seed gives the same bytes."""
    rng = np.random.default_rng((20261129, seed))
    material = specimen(_FIRST_MATERIAL + seed, MATERIAL_PX)
    mesh = _mesh(rng)
    raster = rasterise_view(mesh, _camera(rng, mesh, size_px))
    control = render_control(mesh, raster, [0])
    hit = raster.hit
    image = np.empty((size_px, size_px, 3), np.float32)
    image[:] = material.image.mean(axis=(0, 1))
    image[hit] = _coloured(rng, mesh, raster, material.image)
    image[hit] *= _wear(raster, control.normal)[hit][:, None]
    return Render(image.clip(0, 1), control.normal_image(), hit, material.caption)


def _mesh(rng: Rng) -> Mesh:
    """One to three primitives, each of its own proportions, turned as one about the upright axis."""
    parts = [_primitive(rng) for _ in range(int(rng.choice([1, 2, 3], p=[0.6, 0.25, 0.15])))]
    for part in parts[1:]:
        part.apply_translation(rng.normal(0, 0.6, 3))
    shape = trimesh.util.concatenate(parts)
    shape.apply_translation(-shape.bounds.mean(axis=0))
    shape.apply_scale(1.0 / np.linalg.norm(shape.vertices, axis=1).max())
    turn = rng.uniform(0, 2 * math.pi) if rng.random() < 0.7 else 0.0
    shape.apply_transform(trimesh.transformations.rotation_matrix(turn, (0, 0, 1)))
    corners = shape.faces
    uvs = np.zeros((len(corners), 3, 2), np.float32)
    uvs[:, 1, 0] = uvs[:, 2, 1] = 1.0  # the material lies in space; no UVs are read
    arrays = {"positions": shape.vertices.astype(np.float32), "triangles": corners.astype(np.int32), "corner_uvs": uvs,
              "corner_normals": _corner_normals(shape)}
    return Mesh.from_arrays(arrays)


def _primitive(rng: Rng) -> trimesh.Trimesh:
    kind = str(rng.choice(["box", "cylinder", "sphere", "torus", "cone", "capsule", "blob"],
                          p=[0.34, 0.16, 0.14, 0.08, 0.08, 0.08, 0.12]))
    size = np.exp(rng.normal(0, 0.35, 3))
    if kind == "box":
        return trimesh.creation.box(extents=size)
    if kind == "cylinder":
        shape = trimesh.creation.cylinder(radius=0.5 * size[0], height=size[2], sections=48)
    elif kind == "torus":
        shape = trimesh.creation.torus(major_radius=0.7, minor_radius=float(rng.uniform(0.15, 0.35)))
    elif kind == "cone":
        shape = trimesh.creation.cone(radius=0.6 * size[0], height=size[2], sections=48)
    elif kind == "capsule":
        shape = trimesh.creation.capsule(radius=0.4, height=float(size[2]))
    else:
        shape = trimesh.creation.icosphere(subdivisions=4)
        if kind == "blob":
            waves = rng.normal(0, 2.2, (6, 3))
            bumps = np.sin(shape.vertices @ waves.T + rng.uniform(0, 2 * math.pi, 6)).sum(axis=1)
            shape.vertices *= (1 + 0.09 * bumps)[:, None]
        else:
            shape.vertices *= size ** 0.5
    if rng.random() < 0.25:
        shape.apply_transform(trimesh.transformations.rotation_matrix(math.pi / 2, (1, 0, 0)))
    return shape


def _corner_normals(shape: trimesh.Trimesh) -> NDArray[np.float32]:
    """(T, 3, 3): smooth where faces meet at less than 40 degrees, flat at edges."""
    smooth, flat = shape.vertex_normals[shape.faces], shape.face_normals[:, None]
    sharp = (smooth * flat).sum(axis=2, keepdims=True) < math.cos(math.radians(25))
    return np.where(sharp, flat, smooth).astype(np.float32)


def _camera(rng: Rng, mesh: Mesh, size_px: int) -> Camera:
    """From all round, mostly about level; near enough that the shape fills most of the picture, at times cut off."""
    turn, rise = rng.uniform(0, 2 * math.pi), math.radians(float(np.clip(rng.normal(12, 32), -85, 85)))
    towards = np.array([math.cos(rise) * math.sin(turn), -math.cos(rise) * math.cos(turn), math.sin(rise)])
    distance = rng.uniform(2.0, 3.1)
    return Camera.look_at(mesh.center + distance * towards, mesh.center + rng.normal(0, 0.12, 3), size_px=size_px,
                          fov_rad=FOV_RAD)


def _coloured(rng: Rng, mesh: Mesh, raster: ViewRaster, material: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3): the material at each pixel of the shape, laid onto it from the side that faces its normal most."""
    hit = raster.hit
    corners = mesh.positions[mesh.triangles[raster.triangle[hit]]] - mesh.center
    points = np.einsum("nc,nca->na", raster.barycentrics(mesh)[hit], corners)
    normals = mesh.face_normals[raster.triangle[hit]]
    # The material's side is about the shape's radius, or a few times less.
    scale = MATERIAL_PX * rng.uniform(0.55, 1.3)
    start = rng.uniform(0, MATERIAL_PX, 3)
    level = np.stack([-normals[:, 1], normals[:, 0]], axis=1)  # along the wall, horizontally
    length = np.linalg.norm(level, axis=1, keepdims=True)
    level = np.where(length > 1e-6, level / np.maximum(length, 1e-6), [1.0, 0.0])
    is_lid = np.abs(normals[:, 2]) > 0.75
    # Round a curved wall the way along it adds up: radius times angle; along a flat one it is the same.
    across = np.where(is_lid, points[:, 0], _along(points, normals, level))
    down = np.where(is_lid, points[:, 1], -points[:, 2])
    places = np.stack([down * scale + start[0], across * scale + start[1]])
    return np.stack([map_coordinates(material[..., channel], places, order=1, mode="grid-wrap")
                     for channel in range(3)], axis=1)


def _along(points: NDArray, normals: NDArray, level: NDArray) -> NDArray[np.float64]:
    """(n,) how far along its wall each point is: by the angle where the normal turns about the axis, else straight."""
    radius = np.linalg.norm(points[:, :2], axis=1)
    outward = (points[:, :2] * normals[:, :2]).sum(axis=1) / np.maximum(
        radius * np.linalg.norm(normals[:, :2], axis=1), 1e-6)
    spread = np.std(outward)
    if np.mean(outward) > 0.97 and spread < 0.05:  # a round shape about the middle
        return np.arctan2(points[:, 0], -points[:, 1]) * np.median(radius)
    return (points[:, :2] * level).sum(axis=1)


def _wear(raster: ViewRaster, normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) gain about 1: darker in hollows, lighter along rims, by how the normals turn within a few pixels."""
    bend = np.gradient(normal[..., 0], axis=1) - np.gradient(normal[..., 1], axis=0)
    bend = np.where(raster.hit, bend, 0)
    return (1 + 0.35 * np.tanh(6 * gaussian_filter(bend, 1.5))).astype(np.float32)


def _draw(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_], str]:
    drawn = render(seed)
    return (drawn.image * 255 + 0.5).astype(np.uint8), drawn.normals, drawn.mask, drawn.caption


def build(folder: Path, count: int, workers: int = 2) -> None:
    """Draw seeds 0 … count - 1 into images.npy, normals.npy, masks.npy and captions.json; the last is written last."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, SIZE_PX, SIZE_PX)
    images = np.lib.format.open_memmap(folder / "images.npy", mode="w+", dtype=np.uint8, shape=(*shape, 3))
    normals = np.lib.format.open_memmap(folder / "normals.npy", mode="w+", dtype=np.uint8, shape=(*shape, 3))
    masks = np.lib.format.open_memmap(folder / "masks.npy", mode="w+", dtype=bool, shape=shape)
    captions = []
    with ProcessPoolExecutor(workers) as pool:
        for i, (image, normal, mask, caption) in enumerate(pool.map(_draw, range(count), chunksize=32)):
            images[i], normals[i], masks[i] = image, normal, mask
            captions.append(caption)
            if (i + 1) % 500 == 0:
                print(f"{i + 1}/{count} renders drawn", flush=True)
    for array in (images, normals, masks):
        array.flush()
    (folder / "captions.json").write_text(json.dumps(captions))


def load(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_], list[str]]:
    """Images, normals, masks (memory-mapped) and captions."""
    path = folder / "captions.json"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: draw them first (python -m training.data.renders {folder})")
    images, normals, masks = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("images", "normals", "masks"))
    return images, normals, masks, json.loads(path.read_text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=8000)
    options = parser.parse_args()
    build(options.folder, options.count)
