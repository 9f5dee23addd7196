"""What texturing costs and how right it is: stages of a bake, peers at the same work, truth by rays and formulas.

    python3 dev.py bench texturing [--json FILE]

Each speed stands beside that of another program at the same work in the same run. Goals are for two processors that
have nothing else to do; seconds of the processor tell when that was not so.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait
from backend.geometry.bake import map_view
from backend.geometry.blend import Blend
from backend.geometry.threads import side_by_side
from backend.geometry.transfer import sample
from benchmarks.agreement import measure_agreement
from benchmarks.baking import Bake, Subject, bake, best_of, bumpy_ball, fill_unseen_part, make_subject
from benchmarks.in_blender import run_inside
from benchmarks.numpy_bake import bake_with_numpy
from benchmarks.truths import (
    measure_analytic,
    measure_outside,
    measure_seams,
    measure_visibility,
)
from tests.backend.test_geometry_bake import psnr, smooth

VIEWS, VIEW_PX, TEXTURE_PX, FACES = 8, 1024, 2048, 80_000
RUNS = 10  # of which the fastest counts, ours and theirs: the first ones get cold memory from the system
UNSEEN = 0.1  # of the texels, for the fill

# Name, the goal as it is read, and what it is.
GOALS = (
    ("bake_s", "< 1.5", "8 views of 1024² into 2048², 80,000 faces, without the fill"),
    ("fill_s", "< 3", "filling a tenth of those texels"),
    ("bake_1m_s", "< 8", "the same bake with a million faces"),
    ("vs_cycles_bake", "≥ 10", "Cycles' bake operator takes so many times as long"),
    ("vs_numpy", "≥ 10", "mapping and blending in plain numpy takes so many times as long as ours"),
    ("evaluations", "≤ 48", "views that the network computes for 8 views in 8 steps"),
    ("crossview_ratio", "≤ 0.2", "disagreement of views painted together to that of views painted apart, by mini"),
    ("psnr_db", "> 45", "a smooth texture, rendered into the views and baked back"),
    ("false_occluded", "< 0.001", "of what rays say is visible, up to 75°: lost"),
    ("false_visible", "< 0.01", "of what the maps say is visible, up to 75°: hidden, say rays"),
    ("changed_outside", "≤ 0", "texels with another object's colour, or beyond their own gutter"),
    ("seam_ratio", "< 0.02", "step over the cuts between charts to that within them"),
)


def main(json_path: str) -> None:
    bake(make_subject(bumpy_ball(5_000), 2, 64), 128, with_fill=True)  # compiles the kernels
    subject = make_subject(bumpy_ball(FACES), VIEWS, VIEW_PX)
    figures: dict[str, Any] = measure_bake(subject)
    figures |= measure_analytic(subject, TEXTURE_PX)
    figures |= measure_seams(subject, TEXTURE_PX)
    figures |= measure_visibility(VIEWS, VIEW_PX, TEXTURE_PX)
    figures |= measure_outside(view_px=512, texture_px=512)
    figures |= measure_agreement(view_px=256, steps=8)
    del subject
    figures |= measure_growth()
    figures["load_average"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    print_table(figures)
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure_bake(subject: Subject) -> dict[str, Any]:
    """Ours, stage by stage, and the two peers with the same pictures; how near each comes to the analytic texture."""
    # Only the clocks are kept: with their results in memory, the next run would need some that is not warm.
    clocks = [bake(subject, TEXTURE_PX).clock for _ in range(RUNS - 1)]
    best = bake(subject, TEXTURE_PX)
    clock = min([*clocks, best.clock], key=lambda clock: clock.seconds)
    pictures, count = subject.analytic, len(best.texels)
    truth = smooth(best.texels.positions + best.mesh.center)
    depths = [raster.depth for raster in best.rasters]

    def project() -> Blend:
        maps = side_by_side(lambda raster: map_view(best.mesh, best.texels, raster), best.rasters)
        blend = Blend(count, pictures.shape[3])
        for picture, view_map in zip(pictures, maps, strict=True):
            blend.add(view_map, sample(picture, view_map))
        return blend

    def project_with_numpy() -> NDArray[np.float32]:
        return bake_with_numpy(best.mesh, best.texels, subject.cameras, depths, pictures.numpy())

    cycles = bake_with_cycles(subject, best, depths)
    project_s, project_cpu_s = best_of(RUNS, project)
    numpy_s, numpy_cpu_s = best_of(RUNS, project_with_numpy)
    fill_s, _ = best_of(RUNS, lambda: fill_unseen_part(best, UNSEEN))
    bake_s, bake_cpu_s = clock.seconds, sum(clock.cpu_s.values())
    return {
        "bake_s": bake_s, "bake_cpu_s": bake_cpu_s, "fill_s": fill_s,
        "stages_s": clock.wall_s, "stages_cpu_s": clock.cpu_s,
        "faces": len(best.mesh.triangles), "texels": count, "megatexels_per_s": count * VIEWS / bake_s / 1e6,
        "peak_memory_gb": peak_memory_gb(),
        "vs_cycles_bake": cycles["bake_s"] / bake_s, "vs_cycles_bake_cpu": cycles["cpu_s"] / bake_cpu_s,
        "cycles_s": cycles["bake_s"], "cycles_cpu_s": cycles["cpu_s"], "cycles_of": cycles["blender"],
        "vs_numpy": numpy_s / project_s, "vs_numpy_cpu": numpy_cpu_s / project_cpu_s,
        "numpy_s": numpy_s, "numpy_cpu_s": numpy_cpu_s, "project_s": project_s, "project_cpu_s": project_cpu_s,
        "psnr_db_each": {"ours, one band": psnr(project().colours.numpy(), truth),
                         "numpy": psnr(project_with_numpy(), truth), "Cycles": psnr(cycles["colours"], truth)}}


def bake_with_cycles(subject: Subject, result: Bake, depths: list[NDArray[np.float32]]) -> dict[str, Any]:
    """Seconds of the bake operator, and the colours (N, 3) of the same texels."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.savez(folder / "mesh.npz", **subject.arrays)
        np.savez(folder / "cameras.npz", world_to_camera=np.stack([c.world_to_camera for c in subject.cameras]),
                 focal=np.array([camera.focal_px / camera.width_px for camera in subject.cameras]))
        np.save(folder / "pictures.npy", subject.analytic.numpy())
        np.save(folder / "depths.npy", np.nan_to_num(depths, posinf=0))
        answer = run_inside("cycles_bake.py", str(folder), str(TEXTURE_PX), str(RUNS))
        return answer | {"colours": np.load(folder / "cycles.npy").reshape(-1, 3)[result.texels.index]}


def measure_growth() -> dict[str, Any]:
    """Seconds of bakes in which one of views, texture and faces is another, on the clock and of the processor."""
    wall_s: dict[str, dict[str, float]] = {"views": {}, "texture_px": {}, "faces": {}}
    cpu_s: dict[str, dict[str, float]] = {axis: {} for axis in wall_s}

    def measure(axis: str, size: int, subject: Subject, texture_px: int = TEXTURE_PX) -> None:
        best = min((bake(subject, texture_px).clock for _ in range(RUNS)), key=lambda clock: clock.seconds)
        wall_s[axis][str(size)], cpu_s[axis][str(size)] = best.seconds, sum(best.cpu_s.values())

    ball = bumpy_ball(FACES)
    for views in (2, 4, 8, 16):
        measure("views", views, make_subject(ball, views, VIEW_PX))
    subject = make_subject(ball, VIEWS, VIEW_PX)
    for texture_px in (512, 1024, 2048):
        measure("texture_px", texture_px, subject, texture_px)
    for faces in (5_000, FACES, 1_000_000):
        measure("faces", faces, make_subject(bumpy_ball(faces), VIEWS, VIEW_PX))
    return {"bake_1m_s": wall_s["faces"]["1000000"], "growth_s": wall_s, "growth_cpu_s": cpu_s,
            "peak_memory_1m_gb": peak_memory_gb()}


def peak_memory_gb() -> float:
    """Of this process so far. `ru_maxrss` counts kilobytes on Linux and bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)


def print_table(figures: dict[str, Any]) -> None:
    for name, goal, meaning in GOALS:
        value = figures[name]
        print(f"{name:<16}{value:10.3g}  {goal:<8}{'' if is_met(value, goal) else 'MISSED':<8}{meaning}")
    print("stages of bake_s (of the processor): " + ", ".join(
        f"{name} {seconds:.3f} ({figures['stages_cpu_s'][name]:.3f})" for name, seconds in figures["stages_s"].items()))
    for name, title in (("crossview_ratio_each", "crossview_ratio of mini"),
                        ("sharpness_ratio_each", "sharpness of those textures to that of views painted apart"),
                        ("crossview_ratio_of_family", "crossview_ratio, of untrained networks in the latents"),
                        ("evaluations_of_family", "evaluations"),
                        ("psnr_db_each", "PSNR, dB"), ("false_occluded_each", "false_occluded"),
                        ("false_visible_each", "false_visible"),
                        ("false_visible_of_hidden_each", "false_visible, as a share of what is hidden")):
        print(f"{title}: " + ", ".join(f"{part} {value:.3g}" for part, value in figures[name].items()))
    for axis, seconds in figures["growth_s"].items():
        print(f"bake by {axis}, s (of the processor): " + ", ".join(
            f"{size} {value:.2f} ({figures['growth_cpu_s'][axis][size]:.2f})" for size, value in seconds.items()))
    cycles = f"Cycles of Blender {figures['cycles_of']}"
    for name, title in (("cycles", cycles), ("bake", "ours"), ("numpy", "numpy"), ("project", "ours, that part")):
        print(f"{title}: {figures[f'{name}_s']:.2f} s, {figures[f'{name}_cpu_s']:.2f} s of the processor")
    print(f"by seconds of the processor: vs_cycles_bake {figures['vs_cycles_bake_cpu']:.3g}, "
          f"vs_numpy {figures['vs_numpy_cpu']:.3g}")
    print(f"{figures['megatexels_per_s']:.1f} megatexels a second, each once a view; peak memory "
          f"{figures['peak_memory_gb']:.2f} GB, {figures['peak_memory_1m_gb']:.2f} GB with a million faces")
    if figures["load_average"] is not None:
        print(f"load average {figures['load_average']:.1f} on {os.cpu_count()} processors")


def is_met(value: float, goal: str) -> bool:
    sign, bound = goal.split()
    return value < float(bound) if sign == "<" else value > float(bound) if sign == ">" else \
        value <= float(bound) if sign == "≤" else value >= float(bound)


if __name__ == "__main__":
    main(sys.argv[1])
