"""Materials on shapes, with the picture that guides a ControlNet: what `models/mini`'s learns to follow.

    python -m training.data.renders .dev/training/renders --count 5000

A shape of a few primitives is seen from somewhere. Its surface carries a drawn material in space: along its own axes,
as a wall is laid or a plank is sawn, so that courses run level round a corner and in perspective. Hollows are darker and
edges are worn, as far as normals tell. Beyond the shape there is nothing to learn: the mask says where it is.
"""

import argparse
import json
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, gaussian_filter, map_coordinates

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
AROUND = 16.0  # deviation of the Gaussian of what is all around, in pixels
# How much lighter edges and darker hollows are, by the size in pixels of what bends.
WEAR = {1.5: (0.3, 6.0), 5.0: (0.4, 8.0)}  # deviation of the Gaussian: nats at the most, and how soon


@dataclass(frozen=True)
class Render:
    """One training example: image (H, W, 3) float32 sRGB 0–1; normals (H, W, 3) uint8 as `Control.normal_image` gives
    them; mask (H, W) bool, where the shape is; wear (H, W) float32, the factor by which its edges are lighter than the
    material and its hollows darker, 1 beyond the shape; caption.
    """

    image: NDArray[np.float32]
    normals: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    wear: NDArray[np.float32]
    caption: str


def family_of(seed: int) -> str:
    """The material of `render(seed)`, without drawing it."""
    return subject(_FIRST_MATERIAL + seed)[0]


def render(seed: int, size_px: int = SIZE_PX) -> Render:
    """The picture of a seed; the same seed gives the same bytes."""
    rng = np.random.default_rng((20261129, seed))
    material = specimen(_FIRST_MATERIAL + seed, MATERIAL_PX)
    mesh = _mesh(rng)
    camera = _camera(rng, mesh, size_px)
    raster = rasterise_view(mesh, camera)
    control = render_control(mesh, raster, [0])
    hit = raster.hit
    image = np.empty((size_px, size_px, 3), np.float32)
    image[:] = material.image.mean(axis=(0, 1))
    # A pixel of the material is about one of the picture, as the network paints it.
    px_per_unit = size_px / 2 / math.tan(FOV_RAD / 2) / float(np.linalg.norm(camera.position - mesh.center))
    image[hit] = _coloured(rng, mesh, raster, material.image, px_per_unit * rng.uniform(0.8, 1.25))
    wear = worn(control.normal, hit)
    return Render(lit(image, wear[..., None]).clip(0, 1), control.normal_image(), hit, wear, material.caption)


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


def _coloured(rng: Rng, mesh: Mesh, raster: ViewRaster, material: NDArray[np.float32], scale: float
              ) -> NDArray[np.float32]:
    """(n, 3): the material at each pixel of the shape, laid onto it from the side that faces its normal most; `scale`
    pixels of it on a unit of length."""
    hit = raster.hit
    corners = mesh.positions[mesh.triangles[raster.triangle[hit]]] - mesh.center
    points = np.einsum("nc,nca->na", raster.barycentrics(mesh)[hit], corners)
    normals = mesh.face_normals[raster.triangle[hit]]
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


def worn(normal: NDArray[np.float32], hit: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(H, W) factor about 1: darker in hollows, lighter on edges, by how much more the view's normals (H, W, 3) turn
    within a few pixels than all around, so that a ball is even; 1 beyond the shape."""
    within = binary_erosion(hit)  # beyond an outline nothing bends
    bend = np.where(within, np.gradient(normal[..., 0], axis=1) - np.gradient(normal[..., 1], axis=0), 0.0)
    amount = np.zeros(hit.shape)
    around = _mean_near(bend, within, AROUND)
    for deviation, (most, soon) in WEAR.items():
        amount += most * np.tanh(soon * (_mean_near(bend, within, deviation) - around))
    return np.where(hit, np.exp(amount), 1.0).astype(np.float32)


def _mean_near(values: NDArray[np.float64], where: NDArray[np.bool_], deviation: float) -> NDArray[np.float64]:
    near = gaussian_filter(where.astype(np.float64), deviation)
    return gaussian_filter(np.where(where, values, 0.0), deviation) / np.maximum(near, 0.05)


def lit(image: NDArray[np.float32], wear: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB 0–1, darker by the factor, or what it lacks of white less by it, so that nothing pale is blown out."""
    return np.where(wear < 1, image * wear, 1 - (1 - image) / wear)


def _draw(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_], NDArray[np.float16], str]:
    drawn = render(seed)
    return ((drawn.image * 255 + 0.5).astype(np.uint8), drawn.normals, drawn.mask, drawn.wear.astype(np.float16),
            drawn.caption)


def build(folder: Path, count: int, workers: int = 2) -> None:
    """Draw seeds 0 … count - 1 into images.npy, normals.npy, masks.npy, wear.npy and, last, captions.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "captions.json").unlink(missing_ok=True)  # while the rest is drawn anew
    shape = (count, SIZE_PX, SIZE_PX)
    images = np.lib.format.open_memmap(folder / "images.npy", mode="w+", dtype=np.uint8, shape=(*shape, 3))
    normals = np.lib.format.open_memmap(folder / "normals.npy", mode="w+", dtype=np.uint8, shape=(*shape, 3))
    masks = np.lib.format.open_memmap(folder / "masks.npy", mode="w+", dtype=bool, shape=shape)
    wear = np.lib.format.open_memmap(folder / "wear.npy", mode="w+", dtype=np.float16, shape=shape)
    captions = []
    with ProcessPoolExecutor(workers) as pool:
        for i, drawn in enumerate(pool.map(_draw, range(count), chunksize=32)):
            images[i], normals[i], masks[i], wear[i], caption = drawn
            captions.append(caption)
            if (i + 1) % 500 == 0:
                print(f"{i + 1}/{count} renders drawn", flush=True)
    for array in (images, normals, masks, wear):
        array.flush()
    (folder / "captions.json").write_text(json.dumps(captions))


class Renders(NamedTuple):
    """Memory-mapped: images and normals (n, H, W, 3) uint8, masks (n, H, W) bool, wear (n, H, W) float16; captions."""

    images: NDArray[np.uint8]
    normals: NDArray[np.uint8]
    masks: NDArray[np.bool_]
    wear: NDArray[np.float16]
    captions: list[str]


def load(folder: Path) -> Renders:
    """What `build` left in a folder.

    Raises:
        FileNotFoundError: it is not all there.
    """
    path = folder / "captions.json"
    if not path.exists() or not (folder / "wear.npy").exists():
        raise FileNotFoundError(f"{path} or wear.npy is missing: draw the renders first "
                                f"(python -m training.data.renders {folder})")
    arrays = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("images", "normals", "masks", "wear"))
    return Renders(*arrays, json.loads(path.read_text()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    options = parser.parse_args()
    build(options.folder, options.count)
