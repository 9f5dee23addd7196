"""The demo: three objects textured as a studio would do it from a script, then photographed.

A scene is built, textured by one `--command vernissage texture` an object, rendered before and after, put
side by side with the prompts as labels, and exported as a GLB.
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
from .failures import WorkshopError
from .places import ROOT
from .progress import Line

__all__ = ["EXHIBITS", "Exhibit", "run"]

PICTURE_PX = (1500, 500)
SAMPLES = 12
TEXTURE_PX = 1024


@dataclass(frozen=True)
class Exhibit:
    """An object of `demo_scene.py` and what it shall be made of."""

    object_name: str
    prompt: str
    seed: int


EXHIBITS = (
    Exhibit("Block", "red brick wall", 1),
    Exhibit("Suzanne", "green marble", 1),
    Exhibit("Drum", "brown wood planks", 1),
)


def run(out: str) -> int:
    """Make everything in the folder `out`, and say where it is."""
    folder = Path(out).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkshopError(f"{folder} cannot be made ({error.strerror}): choose another folder with --out.") from error
    backend = environments.backend()
    variables = blender.environment(environments.BPY_DEMO, backend)
    start = time.monotonic()
    before, after = folder / "before.blend", folder / "after.blend"
    _script("Building the scene", variables, ["--background", "--python", _tool("demo_scene.py"), "--", before])
    _render("Photographing it before", variables, before, folder / "before.png")
    reports = [_texture(variables, exhibit, before if number == 0 else after, after, folder)
               for number, exhibit in enumerate(EXHIBITS)]
    _render("Photographing it after", variables, after, folder / "after.png", folder / "demo.glb")
    sheet = folder / "demo.png"
    captions = [exhibit.prompt for exhibit in EXHIBITS]
    _call([backend, "-m", "tools.contact_sheet", folder / "before.png", folder / "after.png", sheet, *captions],
          dict(os.environ))
    after.with_suffix(".blend1").unlink(missing_ok=True)  # Blender's backup of the step before
    _print_times(reports)
    print(f"\npicture  {sheet}\nmodel    {folder / 'demo.glb'}\nscene    {after}")
    print(f"{time.monotonic() - start:.0f} s in all")
    return 0


def _texture(variables: dict[str, str], exhibit: Exhibit, opened: Path, saved: Path, folder: Path) -> dict:
    """One object by Blender's command line. Returns the report's entry of it."""
    report = folder / f"{exhibit.object_name.lower()}.json"
    report.unlink(missing_ok=True)
    print(f"{exhibit.object_name}: {exhibit.prompt}", flush=True)
    arguments = ["--background", opened, "--command", "vernissage", "texture", "--object", exhibit.object_name,
                 "--prompt", exhibit.prompt, "--seed", exhibit.seed, "--texture-size", TEXTURE_PX,
                 "--save", saved, "--report", report]
    process = subprocess.run(blender.command([str(word) for word in arguments]), env=variables,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if process.returncode != 0:
        raise WorkshopError(f"{exhibit.object_name} could not be textured (exit code {process.returncode}, see above).")
    return json.loads(report.read_text(encoding="utf-8"))["objects"][0]


def _render(title: str, variables: dict[str, str], scene: Path, picture: Path, export: Path | None = None) -> None:
    picture.unlink(missing_ok=True)
    _script(title, variables, ["--background", scene, "--python", _tool("demo_render.py"), "--", picture,
                               *PICTURE_PX, SAMPLES, *([export] if export else [])])
    if not picture.exists():
        raise WorkshopError(f"Blender made no {picture}.")


def _script(title: str, variables: dict[str, str], arguments: Sequence[object]) -> None:
    with Line(title):
        _call(blender.command([str(word) for word in arguments]), variables)


def _call(command: Sequence[object], variables: dict[str, str]) -> None:
    answer = subprocess.run([str(word) for word in command], cwd=ROOT, env=variables, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if answer.returncode != 0:
        raise WorkshopError(f"a step of the demo failed (exit code {answer.returncode}):\n{answer.stdout[-3000:]}")


def _tool(name: str) -> Path:
    return ROOT / "tools" / name


def _print_times(reports: Sequence[dict]) -> None:
    stages = list(dict.fromkeys(stage for report in reports for stage in report["seconds"]))
    width = max(len(stage) for stage in stages) + 2
    print(f"\n{'seconds':<{width}}" + "".join(f"{report['name']:>10}" for report in reports))
    for stage in stages:
        print(f"{stage:<{width}}" + "".join(f"{report['seconds'].get(stage, 0.0):>10.2f}" for report in reports))
    print(f"{'all':<{width}}" + "".join(f"{sum(report['seconds'].values()):>10.2f}" for report in reports))
    print(f"{'painted':<{width}}" + "".join(f"{report['coverage']:>10.1%}" for report in reports))
