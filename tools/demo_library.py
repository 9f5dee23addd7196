"""The demo of materials and worlds: a library of twelve each from prompts, and a sheet that shows them.

Each material is laid out three times by three, beside a ball of it; each world is above a chrome and a grey ball that
it lights. Cycles renders the balls, and so they come with the libraries.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import blender, environments
from .demo_steps import call, make_folder, script

__all__ = ["MATERIALS", "WORLDS", "run"]

MATERIALS = ("red brick wall", "brown wood planks", "green marble", "gold brushed metal", "mossy cobblestone",
             "grey concrete", "beige canvas", "brown leather", "green grass", "yellow sand", "red wool knit",
             "white marble")
WORLDS = ("clear blue sky at noon", "cloudy sky over a meadow", "overcast sky over hills", "sunset over the sea",
          "desert under a clear sky", "snow under a clear sky", "golden hour over hills", "dawn over hills",
          "dusk over hills", "sunset over hills", "stormy sky over the sea", "sunny day over a meadow")
PICTURE_PX, PANORAMA_PX = 256, 256  # width of a material, rows of a panorama
SEED = 1


def run(out: str, *, materials: bool, worlds: bool) -> int:
    """Make what is wanted in the folder `out`, and say where it is."""
    folder = make_folder(out)
    backend = environments.backend()
    variables = blender.environment(environments.BPY_DEMO, backend)
    start = time.monotonic()
    if materials:
        _make("material", MATERIALS, ["--size", PICTURE_PX], folder, variables, backend,
              ("wrap_ratio_x", "wrap_ratio_y", "repetition"))
    if worlds:
        _make("world", WORLDS, ["--height", PANORAMA_PX], folder, variables, backend,
              ("wrap_ratio", "seam_ratio", "pole_deviation", "peak_to_median"))
    print(f"{time.monotonic() - start:.0f} s in all")
    return 0


def _make(command: str, prompts: Sequence[str], size: Sequence[object], folder: Path, variables: Mapping[str, str],
          backend: Path, figures: Sequence[str]) -> None:
    """A library by Blender's command line, its sheet, and some of what its report says."""
    kind = f"{command}s"
    table, report, library = folder / f"{kind}.txt", folder / f"{kind}.json", folder / f"{kind}.blend"
    table.write_text("\n".join(prompts) + "\n", encoding="utf-8")
    script(f"Making {len(prompts)} {kind}", dict(variables), [
        "--background", "--command", "vernissage", command, "--list", table, *size, "--seed", SEED,
        "--out", folder / kind, "--save", library, "--report", report])
    made = json.loads(report.read_text(encoding="utf-8"))[kind]
    call([backend, "-m", "tools.library_sheet", kind, report, folder / f"{kind}.png"], dict(os.environ))
    print(f"\n{command:<28}" + "".join(f"{figure:>16}" for figure in figures))
    for item in made:
        print(f"{item['request']['prompt']:<28}" + "".join(f"{item['result'][figure]:>16.3f}" for figure in figures))
    print(f"\nsheet    {folder / kind}.png\nmaps     {folder / kind}\nassets   {library}\n")
