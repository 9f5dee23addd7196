"""The demo: objects textured as a studio would do it from a script, then photographed.

Two scenes are built: three objects beside each other, textured by one `--command vernissage texture` each, and five
that stand and lean on each other, textured in one job. Both are rendered before and after, put under each other with
the prompts as labels, and exported as a GLB.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import blender, environments
from .demo_steps import call, make_folder, script, tool
from .failures import WorkshopError

__all__ = ["ROW", "STILL_LIFE", "Exhibit", "run"]

PICTURE_PX = (1500, 500)
SAMPLES = 12
TEXTURE_PX = 1024
SEED = 1


@dataclass(frozen=True)
class Exhibit:
    """An object of `demo_scene.py` and what it shall be made of."""

    object_name: str
    prompt: str


ROW = (
    Exhibit("Block", "red brick wall"),
    Exhibit("Suzanne", "green marble"),
    Exhibit("Drum", "brown wood planks"),
)
STILL_LIFE = (  # from left to right
    Exhibit("Crate", "brown wood planks"),
    Exhibit("Ball", "gold brushed metal"),
    Exhibit("Suzanne", "white marble"),
    Exhibit("Plinth", "grey cobblestone"),
    Exhibit("Ring", "rusted iron"),
)


def run(out: str) -> int:
    """Make everything in the folder `out`, and say where it is."""
    folder = make_folder(out)
    backend = environments.backend()
    variables = blender.environment(environments.BPY_DEMO, backend)
    start = time.monotonic()
    row = _exhibit("demo", "row", ROW, folder, variables, backend, together=False)
    still_life = _exhibit("together", "still-life", STILL_LIFE, folder, variables, backend, together=True)
    _print_times(row)
    _print_times(still_life)
    for name in ("demo", "together"):
        print(f"\npicture  {folder / name}.png\nmodel    {folder / name}.glb\nscene    {folder / name}.blend")
    print(f"{time.monotonic() - start:.0f} s in all")
    return 0


def _exhibit(name: str, which: str, exhibits: Sequence[Exhibit], folder: Path, variables: dict[str, str],
             backend: Path, *, together: bool) -> list[dict]:
    """Build, texture and photograph one scene. Returns the reports' entries of its objects."""
    bare, textured = folder / f"{name}-before.blend", folder / f"{name}.blend"
    before, after = folder / f"{name}-before.png", folder / f"{name}-after.png"
    script("Building the scene", variables, ["--background", "--python", tool("demo_scene.py"), "--", bare, which])
    _render("Photographing it before", variables, bare, before)
    groups = [exhibits] if together else [[exhibit] for exhibit in exhibits]
    reports = []
    for number, group in enumerate(groups):
        reports += _texture(variables, group, bare if number == 0 else textured, textured)
    _render("Photographing it after", variables, textured, after, folder / f"{name}.glb")
    call([backend, "-m", "tools.contact_sheet", before, after, folder / f"{name}.png",
           *(exhibit.prompt for exhibit in exhibits)], dict(os.environ))
    textured.with_suffix(".blend1").unlink(missing_ok=True)  # Blender's backup of the step before
    return reports


def _texture(variables: dict[str, str], exhibits: Sequence[Exhibit], opened: Path, saved: Path) -> list[dict]:
    """One object, or several in one job, by Blender's command line. Returns the report's entries of them."""
    names = [exhibit.object_name for exhibit in exhibits]
    report = saved.with_name(f"{saved.stem}-{'-'.join(names).lower()}.json")
    report.unlink(missing_ok=True)
    print(", ".join(f"{exhibit.object_name}: {exhibit.prompt}" for exhibit in exhibits), flush=True)
    prompts = [word for exhibit in exhibits for word in ("--object-prompt", exhibit.object_name, exhibit.prompt)]
    arguments = ["--background", opened, "--command", "vernissage", "texture", "--object", *names, "--prompt",
                 exhibits[0].prompt, *prompts, "--together", "--seed", SEED, "--texture-size", TEXTURE_PX,
                 "--save", saved, "--report", report]
    process = subprocess.run(blender.command([str(word) for word in arguments]), env=variables,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if process.returncode != 0:
        raise WorkshopError(f"{', '.join(names)} could not be textured (exit code {process.returncode}, see above).")
    return json.loads(report.read_text(encoding="utf-8"))["objects"]


def _render(title: str, variables: dict[str, str], scene: Path, picture: Path, export: Path | None = None) -> None:
    picture.unlink(missing_ok=True)
    script(title, variables, ["--background", scene, "--python", tool("demo_render.py"), "--", picture,
                               *PICTURE_PX, SAMPLES, *([export] if export else [])])
    if not picture.exists():
        raise WorkshopError(f"Blender made no {picture}.")


def _print_times(reports: Sequence[dict]) -> None:
    stages = list(dict.fromkeys(stage for report in reports for stage in report["seconds"]))
    width = max(len(stage) for stage in stages) + 2
    print(f"\n{'seconds':<{width}}" + "".join(f"{report['name']:>10}" for report in reports))
    for stage in stages:
        print(f"{stage:<{width}}" + "".join(f"{report['seconds'].get(stage, 0.0):>10.2f}" for report in reports))
    print(f"{'all':<{width}}" + "".join(f"{sum(report['seconds'].values()):>10.2f}" for report in reports))
    print(f"{'painted':<{width}}" + "".join(f"{report['coverage']:>10.1%}" for report in reports))
