"""From pictures of views to a texture, stage by stage on the clock, on a ball of any number of faces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from backend.geometry.bake import ViewMap, map_view
from backend.geometry.camera import Camera
from backend.geometry.fill import fill_unseen
from backend.geometry.mesh import Mesh
from backend.geometry.seams import Seams, close_seams
from backend.geometry.threads import side_by_side
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.geometry.view_raster import ViewRaster, rasterise_view
from backend.textures import stored
from backend.texturing.baking import Baked, bake_views, extend_charts
from backend.texturing.views import View
from protocol.requests import PictureFormat
from tests.backend.test_geometry_bake import paint
from tests.backend.test_geometry_shapes import grid, join

__all__ = ["Bake", "Clock", "Subject", "bake", "best_of", "bumpy_ball", "fill_unseen_part",
           "make_subject"]


class Clock:
    """Seconds of each stage: on the clock, and of the processor in all threads."""

    def __init__(self) -> None:
        self.wall_s: dict[str, float] = {}
        self.cpu_s: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        yield
        self.wall_s[name] = time.perf_counter() - wall_s
        self.cpu_s[name] = time.process_time() - cpu_s

    @property
    def seconds(self) -> float:
        """On the clock, of all stages."""
        return sum(self.wall_s.values())


@dataclass(frozen=True, eq=False)
class Subject:
    """What is baked.

    Attributes:
        arrays: for `Mesh.from_arrays`.
        cameras: n views around it.
        analytic: (n, H, W, 3) float32, views of one smooth texture.
        painted: the same as if each view had been painted by itself: with a tone and a grain of its own.
    """

    arrays: dict[str, NDArray]
    cameras: list[Camera]
    analytic: torch.Tensor
    painted: torch.Tensor


@dataclass(frozen=True, eq=False)
class Bake:
    """A texture, and what it was made from.

    Attributes:
        cut_image, image: (S, S, 3) float32, before and after its seams were closed.
        texture: (S, S, 3) uint8.
    """

    mesh: Mesh
    texels: Texels
    views: list[View]
    baked: Baked
    seams: Seams
    cut_image: NDArray[np.float32]
    image: NDArray[np.float32]
    texture: NDArray[np.uint8]
    clock: Clock

    @property
    def rasters(self) -> list[ViewRaster]:
        return [view.raster for view in self.views]

    @property
    def maps(self) -> list[ViewMap]:
        return [view.maps[0] for view in self.views]


def bumpy_ball(faces: int) -> dict[str, NDArray]:
    """A sphere with dents, of about so many triangles, in six charts with gaps between them: twelve cuts."""
    steps = np.linspace(0, 1, max(2, round((faces / 12) ** 0.5) + 1))
    u, v = np.meshgrid(steps, steps)
    a, b = np.tan((u - 0.5) * np.pi / 2), np.tan((v - 0.5) * np.pi / 2)  # nearly even faces
    charts = []
    for side in range(6):
        axis, sign = side // 2, 1 - 2 * (side % 2)
        points = np.empty((*u.shape, 3))
        points[..., axis], points[..., (axis + 1) % 3], points[..., (axis + 2) % 3] = sign, a * sign, b
        points /= np.linalg.norm(points, axis=2, keepdims=True)
        x, y, z = np.moveaxis(points, 2, 0)
        radius = 1 + 0.08 * np.sin(5 * np.arctan2(y, x)) * (1 - z**2)
        uvs = np.stack([(side % 3 + 0.05 + 0.9 * u) / 3, (side // 3 + 0.05 + 0.9 * v) / 2], axis=2)
        charts.append(grid(points * radius[..., None], points, uvs))
    return join(*charts)


def make_subject(arrays: dict[str, NDArray], view_count: int, view_px: int) -> Subject:
    mesh = Mesh.from_arrays(arrays)
    cameras = plan_views(mesh, [rasterise_uv(mesh, 256)], size_px=view_px, exact_views=view_count).cameras
    analytic = torch.stack([paint(rasterise_view(mesh, camera)) for camera in cameras])
    chance = torch.Generator().manual_seed(1)
    tones = 1 + 0.2 * (torch.rand((view_count, 1, 1, 3), generator=chance) - 0.5)
    grain = 0.05 * torch.randn(analytic.shape, generator=chance)
    return Subject(arrays, cameras, analytic, (analytic * tones + grain).clamp(0, 1))


def bake(subject: Subject, texture_px: int, pictures: torch.Tensor | None = None, *, with_fill: bool = False) -> Bake:
    """What a job does once its views are planned and painted; stages in the order in which it does them.

    Args:
        pictures: default: the subject's painted ones.
        with_fill: as a job does it. Without, texels that no view sees stay black.
    """
    clock = Clock()
    pictures = subject.painted if pictures is None else pictures
    with clock.stage("checking the mesh"):
        mesh = Mesh.from_arrays(subject.arrays)
    with clock.stage("rasterising UVs"):
        texels = rasterise_uv(mesh, texture_px)
    with clock.stage("rasterising views"):
        rasters = side_by_side(partial(rasterise_view, mesh), subject.cameras)
    with clock.stage("mapping views"):
        maps = side_by_side(partial(map_view, mesh, texels), rasters)
    views = [View("", raster, {0: view_map}, 1.0) for raster, view_map in zip(rasters, maps, strict=True)]
    with clock.stage("tone and blend"):
        baked = bake_views(pictures, mesh, views, texels)
    colours = baked.colours
    if with_fill:
        with clock.stage("fill"):
            colours = fill_unseen(texels, colours, baked.weights)
    with clock.stage("gutter and finding seams"):
        cut_image, seams = extend_charts(colours, mesh, texels)
    with clock.stage("closing seams"):
        image = close_seams(cut_image, seams)
    with clock.stage("8 bit"):
        texture = stored(image, PictureFormat.PNG_8)
    return Bake(mesh, texels, views, baked, seams, cut_image, image, texture, clock)


def fill_unseen_part(result: Bake, unseen: float) -> NDArray[np.float32]:
    """Fill the lowest part of the object, a share of its texels, as if no view had seen it."""
    height = result.texels.positions[:, 2]
    weights = np.where(height < np.quantile(height, unseen), np.float32(0), result.baked.weights)
    return fill_unseen(result.texels, result.baked.colours, weights)


def best_of(runs: int, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the fastest run, on the clock and of the processor."""
    clocks = []
    for _ in range(runs):
        clocks.append(Clock())
        with clocks[-1].stage("work"):
            work()
    best = min(clocks, key=lambda clock: clock.seconds)
    return best.wall_s["work"], best.cpu_s["work"]
