"""How good the embedded models are, on seeds that no training saw, and what they cost.

    python3 dev.py bench models [--json FILE]

Version 0 of `mini` is taken from the repository's own history, where that is there. The real maps that `mini-hdr` is
measured on come from an npm package and Blender's own folder, once (without npm their figures are null); the surfaces
for `mini-pbr` are drawn once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait
from backend.diffusion.loading import Models
from backend.diffusion.prompts import embed_views
from backend.diffusion.tiling import wrapping
from backend.material.judge import Judge
from backend.material.network import load as material_network
from backend.panorama import load_network
from tools.environments import blender_module
from tools.places import DEV, ROOT
from training import evaluate_pbr, hdr_evaluate
from training.data import truth
from training.evaluate import evaluate

MINI, MINI_HDR, MINI_PBR, JUDGE = (ROOT / "models" / name for name in ("mini", "mini-hdr", "mini-pbr", "judge"))
HELD_OUT = "@pmndrs/assets@1.7.0"
VERSION_0 = "112fe63"  # the commit of its last figures
PICTURES = 2  # of each prompt
TILED = ("red brick wall", "green marble", "grey cobblestone", "brown wood planks")
TILED_PX, TILED_PICTURES = 128, 512  # of each: a line is in the mortar or not, so one is as uncertain as it is large
GRID_PX = 32  # that a picture is a multiple of: the coarsest cells of the network
TIMED_RUNS = 3


def main(json_path: str) -> None:
    judge = Judge.from_pretrained(JUDGE, torch_dtype=torch.float32).eval()
    with tempfile.TemporaryDirectory() as scratch:
        models = {"mini": MINI}
        if (version_0 := _version_0(Path(scratch))) is not None:
            models["v0"] = version_0
        judged = evaluate(judge, models, pictures=PICTURES)
    mine, drawn = judged["mini"], judged["drawn"]
    ratios, seconds_512 = wrap_ratios(), seconds(MINI, 512)
    figures: dict[str, Any] = {
        "family_accuracy": mine["family_accuracy"], "colour_accuracy": mine["colour_accuracy"], "fid": mine["fid"],
        "fid_real": drawn["fid"], "fid_v0": judged["v0"]["fid"] if "v0" in judged else None,
        "painting_accuracy": mine["painting_accuracy"], "painting_fid": mine["painting_fid"],
        "painting_fid_real": drawn["painting_fid"],
        "wrap_ratio_min": min(ratios), "wrap_ratio_max": max(ratios),
        "seconds_512": seconds_512, "seconds_256": seconds(MINI, 256),
        "seconds_few_step": seconds_512,  # mini's own steps are few
        **hdr_figures(), **pbr_figures(),
        "bytes": sum(path.stat().st_size for path in (ROOT / "models").rglob("*") if path.is_file()),
        "judged": judged,
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
    for name, row in judged.items():
        print(f"{name:<8}" + "  ".join(f"{key} {value:.3f}" for key, value in row.items()))
    for name, value in figures.items():
        if isinstance(value, int | float):
            print(f"{name:<20}{value:12.4g}")
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def hdr_figures() -> dict[str, Any]:
    """Of `mini-hdr` on real maps: the median map's factor of energy, at the worst of the shares that are blown out; and
    on the fewest of how many maps it is nearer than the picture linearised.
    """
    maps = hdr_evaluate.read_maps(held_out) if (held_out := _held_out_maps()) is not None else {}
    if not maps:
        return {"hdr_energy_ratio": None, "hdr_better": None, "hdr_maps": 0}
    results = hdr_evaluate.measured(load_network(MINI_HDR), maps).values()
    return {"hdr_energy_ratio": max(result["hdr_energy_ratio"] for result in results),
            "hdr_better": min(result["hdr_better"] for result in results), "hdr_maps": len(maps)}


def pbr_figures() -> dict[str, Any]:
    """Of `mini-pbr`: whether it is nearer to the truth than a heuristic in each channel of families it never saw."""
    folder = DEV / "training" / "held_out_truth"
    for part, each in (("held out families", 12), ("held out seeds", 2)):
        if not (folder / f"{part} height.npy").exists():
            truth.build(folder, part, each)
    figures = evaluate_pbr.measured(material_network(MINI_PBR), folder)
    return {"pbr_better_than_heuristic": figures["held out families"]["pbr_better_than_heuristic"],
            "pbr": figures["held out families"]}


def _held_out_maps() -> Path | None:
    """The folder of the CC0 maps, brought there at the first run; None where npm is not, or has no network."""
    folder = DEV / "training" / "held_out"
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory() as scratch:
        try:
            subprocess.run(["npm", "pack", "--silent", HELD_OUT], cwd=scratch, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        (package,) = Path(scratch).glob("*.tgz")
        partial = folder.with_suffix(".part")
        subprocess.run([blender_module(), ROOT / "tools" / "real_maps.py", partial, package], cwd=ROOT, check=True,
                       capture_output=True)
        (partial / "held_out").rename(folder)
        partial.rmdir()
    return folder


def wrap_ratios() -> list[float]:
    """Of pictures painted to tile, by prompt and axis: the mean step over the border to that over the other lines at
    which the network's grid has the same phase, each over many pictures. (A border is one line, which lies in the
    mortar or in a brick, and next to the grid's lines steps are not what they are between them.)"""
    ratios = []
    for prompt in TILED:
        steps = []
        for seed in range(TILED_PICTURES):
            picture = _paint(MINI, prompt, TILED_PX, seed, tile=True)
            steps.append([np.abs(np.roll(picture, -1, axis) - picture).mean(axis=(1 - axis, 2)) for axis in (0, 1)])
        lines = np.mean(steps, axis=0)[:, GRID_PX - 1 :: GRID_PX]
        ratios += (lines[:, -1] / lines[:, :-1].mean(1)).tolist()
    return ratios


def seconds(folder: Path, size_px: int) -> float:
    """One picture with the model's own settings, warm; the middle of three."""
    times = []
    for seed in range(TIMED_RUNS + 1):
        start = time.perf_counter()
        _paint(folder, "red brick wall", size_px, seed)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


_MODELS = Models()


def _paint(folder: Path, prompt: str, size_px: int, seed: int, *, tile: bool = False) -> np.ndarray:
    """(H, W, 3) float32 in 0 to 1."""
    loaded = _MODELS.get(str(folder))
    loaded.fit(size_px)
    pipe, sampling = loaded.pipe, loaded.sampling
    words = embed_views(loaded, [prompt], "", guided=sampling.guidance_scale > 1)
    networks = (pipe.unet, pipe.vae) if tile else ()
    with wrapping(*networks):
        return pipe(**words, width=size_px, height=size_px, num_inference_steps=sampling.steps,
                    guidance_scale=sampling.guidance_scale, output_type="np",
                    generator=torch.Generator().manual_seed(seed)).images[0]


def _version_0(scratch: Path) -> Path | None:
    """Its folder; None in a checkout without that history."""
    archive = subprocess.run(["git", "archive", VERSION_0, "models/mini"], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode != 0:
        return None
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as file:
        file.extractall(scratch, filter="data")
    return scratch / "models" / "mini"
