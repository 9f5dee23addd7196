"""How well panoramas wrap, end at their poles, and light.

    python3 dev.py bench worlds [--json FILE]

The embedded models paint a panorama for each prompt of `dev.py demo --worlds`, 256 rows high, as a job does. What
photographs of the sky are at their poles is measured in the same run, by the same measure, on the CC0 panoramas that
Blender comes with (those of the `bpy` wheel that `dev.py test addon` installs; without it `pole_score` is null).
What a material gives back in a white furnace (`furnace_max`) is measured by `bench materials`.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait

# isort: split
import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray
from PIL import Image

from backend.colours import to_srgb
from backend.diffusion.loading import Models
from backend.job import Job
from backend.jobs.world import world
from backend.panorama.measure import LUMINANCE, pole_deviation
from benchmarks.materials import roll_error
from protocol.world import WorldRequest, WorldResult
from tools.demo_library import SEED, WORLDS

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED = ROOT / "models" / "mini-sky"
SHEET = ROOT / "out" / "worlds"
HEIGHT_PX = 256
SUNNY = WORLDS[0]
KEY = 0.18  # a photograph's mean luminance: how a panorama of light is exposed to be looked at


def main(json_path: str) -> None:
    results, seconds = {}, []
    models = Models()
    SHEET.mkdir(parents=True, exist_ok=True)
    for prompt in WORLDS:
        begin = time.perf_counter()
        results[prompt] = paint(prompt, models)
        seconds.append(time.perf_counter() - begin)
        print(f"{prompt:<32}wrap {results[prompt].wrap_ratio:6.3f}  seam {results[prompt].seam_ratio:6.3f}  "
              f"pole {results[prompt].pole_deviation:7.4f}  peak/median {results[prompt].peak_to_median:10.1f}  "
              f"{seconds[-1]:7.1f} s")
    figures = {"roll_error": roll_error(EMBEDDED, vertically=False), **summary(results),
               "seconds": float(np.median(seconds)), "seconds_first": seconds[0],
               "height_px": HEIGHT_PX, "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
    for name, value in figures.items():
        print(f"{name:<32}{value:12.4g}" if isinstance(value, int | float) else f"{name:<32}{value}")
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def paint(prompt: str, models: Models) -> WorldResult:
    """The panorama's picture is kept in `out/worlds`, to be looked at."""
    with tempfile.TemporaryDirectory() as folder:
        job = Job("bench", Path(folder), lambda event: None, is_cancelled=lambda: False)
        result = world(WorldRequest(prompt=prompt, height_px=HEIGHT_PX, seed=SEED), job, models)
        with Image.open(Path(folder) / result.picture) as picture:
            picture.save(SHEET / f"{prompt.replace(' ', '_')}.png")
    return result


def summary(results: dict[str, WorldResult]) -> dict[str, Any]:
    wraps = [result.wrap_ratio for result in results.values()]
    poles = [result.pole_deviation for result in results.values()]
    photographed = photographed_poles()
    return {
        "wrap_ratio_min": min(wraps), "wrap_ratio_max": max(wraps),
        "border_ratio_max": max(result.border_ratio for result in results.values()),
        "seam_ratio": max(result.seam_ratio for result in results.values()),
        "pole_deviation": float(np.mean(poles)),
        "pole_deviation_photographed": float(np.mean(photographed)) if photographed else None,
        "pole_score": float(np.mean(poles) / np.mean(photographed)) if photographed else None,
        "horizon_tilt_deg_max": max((result.horizon_tilt_deg for result in results.values()
                                     if result.horizon_tilt_deg is not None), default=None),
        "peak_to_median": results[SUNNY].peak_to_median,
        "light_least": min(result.light for result in results.values()),
        "light_most": max(result.light for result in results.values()),
    }


def photographed_poles() -> list[float]:
    """Of each CC0 panorama, exposed as a photograph."""
    found = sorted({path.name: path for path in (ROOT / ".dev").glob(
        "bpy-*/lib/python*/site-packages/bpy/*/datafiles/studiolights/world/*.exr")}.values())
    return [pole_deviation(_exposed(_read(path))) for path in found]


def _read(path: Path) -> NDArray[np.float32]:
    source = oiio.ImageInput.open(str(path))
    pixels = source.read_image(0, 0, 0, 3, oiio.FLOAT).reshape(source.spec().height, source.spec().width, 3)
    source.close()
    return np.ascontiguousarray(pixels)


def _exposed(radiance: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = np.exp(np.log(np.maximum(radiance @ LUMINANCE, 1e-4)).mean())
    return to_srgb((radiance * (KEY / middle)).clip(0, 1)).astype(np.float32)
