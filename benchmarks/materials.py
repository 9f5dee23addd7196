"""How well materials tile, how much light they give back, and how soon they are there.

    python3 dev.py bench materials [--json FILE]

Twelve prompts become a library by Blender's command line, with the embedded models, as an artist would make one. What
is measured there is in its report: how much a picture changes over its wrap against everywhere else, how much comes
again within it, and how bright the brightest part of a ball is in a white furnace. Beside it the networks themselves:
how far f(roll x) is from roll f(x), in double precision, of those that paint.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait

# isort: split
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.tiling import wrapping
from tools import blender, environments
from tools.places import ROOT

__all__ = ["PROMPTS", "main"]

PROMPTS = ("old red bricks", "grey cobblestone", "brown wood planks", "white marble", "rusty metal", "blue woven cloth",
           "green mossy stone", "gold brushed metal", "black leather", "terracotta roof tiles", "dry cracked soil",
           "grey concrete")
SIZE_PX = 256
MINI = ROOT / "models" / "mini"


def main(json_path: str) -> None:
    figures = {"roll_error": roll_error(), **measure_library(),
               "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
    for name, value in figures.items():
        print(f"{name:<24}{value:12.4g}" if isinstance(value, int | float) else f"{name:<24}{value}")
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


@torch.no_grad()
def roll_error(model: Path = MINI, *, vertically: bool = True) -> float:
    """The largest of UNet, encoder and decoder, over the largest value of what each says."""
    torch.manual_seed(0)
    network = UNet2DConditionModel.from_pretrained(model / "unet").double().eval()
    vae = MiniAutoencoder.from_pretrained(model / "vae").double().eval()
    latents = torch.randn(1, network.config.in_channels, 32, 32, dtype=torch.float64)
    words = torch.randn(1, 4, network.config.cross_attention_dim, dtype=torch.float64)
    picture = torch.rand(1, 3, 256, 256, dtype=torch.float64)

    def rolled(call: Callable[[Tensor], Tensor], x: Tensor, shift: int, back: int) -> float:
        plain, down = call(x), 1 if vertically else 0
        other = torch.roll(call(torch.roll(x, (down * shift, 2 * shift), (2, 3))), (-down * back, -2 * back), (2, 3))
        return float((other - plain).abs().max() / plain.abs().max())

    with wrapping(network, vae, vertically=vertically):
        return max(rolled(lambda x: network(x, 500, words).sample, latents, 4, 4),
                   rolled(lambda x: vae.encode(x).latents, picture, 32, 4),
                   rolled(lambda x: vae.decode(x).sample, latents, 4, 32))


def measure_library() -> dict[str, Any]:
    """The report of the prompts' library, over all of them."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "prompts.txt").write_text("\n".join(PROMPTS), encoding="utf-8")
        command = blender.command(["--background", "--command", "vernissage", "material", "--list",
                                   str(folder / "prompts.txt"), "--size", str(SIZE_PX), "--out", str(folder / "made"),
                                   "--report", str(folder / "report.json")])
        variables = blender.environment(environments.BPY_DEMO, Path(sys.executable))
        answer = subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, check=False)
        if answer.returncode != 0:
            sys.exit(f"the library could not be made (exit code {answer.returncode}):\n{answer.stdout[-3000:]}")
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    made = report["materials"]
    results = [item["result"] for item in made]
    ratios = [result[f"wrap_ratio_{axis}"] for result in results for axis in "xy"]
    borders = [result[f"border_ratio_{axis}"] for result in results for axis in "xy"]
    return {
        "materials": len(made), "size_px": SIZE_PX, "reader": results[0]["reader"],
        "wrap_ratio_min": min(ratios), "wrap_ratio_max": max(ratios), "border_ratio_max": max(borders),
        "furnace_max": max(item["furnace_max"] for item in made),
        "repetition_median": statistics.median(result["repetition"] for result in results),
        "normal_curl_max": max(result["normal_curl"] for result in results),
        "seconds": statistics.median(sum(item["seconds"].values()) for item in made),
        "seconds_all": report["seconds"]}
