"""How long geometry takes: 8 views of 1024² into a texture of 2048², on a small and on a huge mesh.

    python -m benchmarks.geometry [JSON]

Each figure is the best of up to three runs, as seconds on the clock and as seconds of processor time; the two part
where threads share the work, or where other programs want the processor too. Back-sampling is also done in plain
numpy, in the same run: the ratio of the two says more than either.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from backend.geometry.bake import ViewMap, map_view
from backend.geometry.blend import Blend
from backend.geometry.control import render_control
from backend.geometry.exposure import match_views
from backend.geometry.fill import fill_unseen
from backend.geometry.gutter import fill_gutter
from backend.geometry.mesh import Mesh
from backend.geometry.transfer import sample
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.geometry.view_raster import ViewRaster, rasterise_view

T = TypeVar("T")
VIEW_PX, TEXTURE_PX, RUNS = 1024, 2048, 3


def bumpy_sphere(rings: int) -> dict[str, NDArray]:
    """A sphere with dents, 4 * rings**2 triangles, equirectangular UVs."""
    u, v = np.meshgrid(np.linspace(0, 1, 2 * rings + 1), np.linspace(0, 1, rings + 1))
    turn, rise = u * 2 * np.pi, (v - 0.5) * np.pi
    radius = (1 + 0.08 * np.sin(5 * turn) * np.cos(rise) ** 2)[..., None]
    points = np.stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)], -1)
    a = (np.arange(rings)[:, None] * (2 * rings + 1) + np.arange(2 * rings)).ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + 2 * rings + 2], 1),
                                np.stack([a, a + 2 * rings + 2, a + 2 * rings + 1], 1)])
    return {"positions": (points * radius).reshape(-1, 3), "triangles": triangles,
            "corner_uvs": np.stack([u, v], -1).reshape(-1, 2)[triangles],
            "corner_normals": points.reshape(-1, 3)[triangles]}


def map_view_numpy(mesh: Mesh, texels: Texels, raster: ViewRaster) -> tuple[NDArray, NDArray, NDArray]:
    """What `map_view` does at the least, in numpy: project, cosine, fixed depth test, bilinear weights."""
    camera = raster.camera
    points = texels.positions + mesh.center
    pixels, depth = camera.project(points)
    towards = camera.position - points
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    cosine = np.einsum("na,na->n", mesh.face_normals[texels.triangle], towards)
    corner = np.floor(pixels - 0.5).astype(np.int64)
    inside = ((corner >= 0) & (corner < VIEW_PX - 1)).all(axis=1) & (cosine > 0.12)
    column, row = corner[inside].T
    seen = np.abs(raster.depth[row, column] - depth[inside]) < 0.01
    texel, column, row = np.flatnonzero(inside)[seen], column[seen], row[seen]
    fraction = pixels[texel] - 0.5 - np.stack([column, row], 1)
    x, y = fraction.T
    weights = np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], 1)
    return texel, (row * VIEW_PX + column)[:, None] + np.array([0, 1, VIEW_PX, VIEW_PX + 1]), \
        weights * cosine[texel, None] ** 6


class Clock:
    """Collects the seconds of each step: on the clock, and of the processor (all threads)."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def best(self, step: str, run: Callable[[], T], runs: int = RUNS, share: int = 1) -> T:
        """Time the fastest of the runs, divided by `share`, and return what the last one returned."""
        for i in range(runs):
            wall, cpu = time.perf_counter(), time.process_time()
            result = run()
            wall, cpu = (time.perf_counter() - wall) / share, (time.process_time() - cpu) / share
            self.wall[step] = wall if i == 0 else min(wall, self.wall[step])
            self.cpu[step] = cpu if i == 0 else min(cpu, self.cpu[step])
        return result


def blend(images: list[torch.Tensor], maps: list[ViewMap], count: int) -> Blend:
    baked = Blend(count, 3)
    for image, view_map in zip(images, maps, strict=True):
        baked.add(view_map, sample(image, view_map))
    return baked


def measure_mesh(rings: int) -> Clock:
    """Time each step for a mesh of 4 * rings**2 triangles."""
    clock = Clock()
    arrays = bumpy_sphere(rings)
    mesh = clock.best("mesh", lambda: Mesh.from_arrays(arrays))
    texels = clock.best("texels", lambda: rasterise_uv(mesh, TEXTURE_PX))
    plan = clock.best("plan", lambda: plan_views(mesh, [texels], size_px=VIEW_PX, exact_views=8), 1)
    rasters = clock.best("z-buffer, a view", lambda: [rasterise_view(mesh, c) for c in plan.cameras], share=8)
    clock.best("control images, a view", lambda: render_control(mesh, rasters[0]))
    maps = clock.best("back-sampling, a view", lambda: [map_view(mesh, texels, r) for r in rasters], share=8)
    clock.best("back-sampling in numpy", lambda: map_view_numpy(mesh, texels, rasters[0]), 1)
    images = [torch.from_numpy(np.repeat(r.nearness[..., None], 3, 2)) for r in rasters]
    clock.best("match tone, 8 views", lambda: match_views(images, maps, len(texels)))
    baked = clock.best("blend, a view", lambda: blend(images, maps, len(texels)), share=8)
    colours, total = baked.colours, baked.total
    weight = total.numpy().copy()
    weight[texels.positions[:, 2] < np.quantile(texels.positions[:, 2], 0.1)] = 0
    filled = clock.best("fill, a tenth unseen", lambda: fill_unseen(texels, colours.numpy(), weight), 2)
    image, covered = texels.to_image(filled), texels.covered
    covered[:, ::64] = False
    clock.best("gutter", lambda: fill_gutter(image, covered))
    return clock


def warm_up() -> float:
    """Seconds until every kernel has been compiled, or loaded from numba's cache, and run once."""
    start = time.perf_counter()
    mesh = Mesh.from_arrays(bumpy_sphere(8))
    texels = rasterise_uv(mesh, 32)
    camera = plan_views(mesh, [texels], size_px=32, exact_views=1).cameras[0]
    raster = rasterise_view(mesh, camera)
    render_control(mesh, raster)
    map_view(mesh, texels, raster)
    return time.perf_counter() - start


def main(json_path: str | None = None) -> None:
    """Print the table; write it as JSON to a file, or to the last line of stdout for "-"."""
    torch.set_num_threads(1)
    results: dict[str, object] = {"kernels_ready_s": warm_up(), "view_px": VIEW_PX, "texture_px": TEXTURE_PX}
    print(f"kernels compiled or loaded in {results['kernels_ready_s']:.2f} s", flush=True)
    clocks = {f"{4 * rings * rings:,} triangles": measure_mesh(rings) for rings in (64, 512)}
    print(f"{'seconds (of the processor)':32}" + "".join(f"{name:>26}" for name in clocks))
    for step in next(iter(clocks.values())).wall:
        print(f"{step:32}" + "".join(f"{c.wall[step]:15.3f} ({c.cpu[step]:7.3f})" + " " for c in clocks.values()))
    # ru_maxrss counts kilobytes on Linux and bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    print(f"{'peak memory, GB':32}{peak:22.2f}")
    results |= {"peak_memory_gb": peak, 
                "meshes": {name: {"wall_s": c.wall, "cpu_s": c.cpu} for name, c in clocks.items()}}
    if json_path == "-":
        print(json.dumps(results))
    elif json_path:
        Path(json_path).write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
