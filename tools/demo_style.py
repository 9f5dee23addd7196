"""The demo of styles: three pictures in three styles by four ways each, and a film.

The styles are drawn, so is all that is stylised: a table of things that turns, a seascape and a body in light. The film
shows the table as it is rendered and as it is stylised, side by side.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from . import blender, environments
from .demo_steps import call, make_folder, script, tool

__all__ = ["run"]

STYLES = ("woodcut", "stained glass", "ink wash")
WAYS = {  # what is said on the command line; {} is the style's picture or its name
    "instant": ("--style", "{picture}"),
    "optimised": ("--style", "{picture}", "--method", "gram", "--steps", "60"),
    "adversarial": ("--trained", "{name}"),
    "diffusion": ("--style", "{picture}", "--method", "diffusion"),
}
CONTENTS = ("table", "seascape", "body")
PICTURE_PX = 384
FILM_STYLE = "woodcut"
SAMPLES = 32


def run(out: str) -> int:
    """Make everything in the folder `out`, and say where it is."""
    folder = make_folder(out)
    backend = environments.backend()
    variables = blender.environment(environments.BPY_DEMO, backend)
    start = time.monotonic()
    scene = folder / "table.blend"
    script("Building the scene", variables, ["--background", "--python", tool("demo_scene.py"), "--", scene,
                                             "turntable"])
    script("Photographing it", variables, ["--background", scene, "--python", tool("demo_render.py"), "--",
                                           folder / "table.png", PICTURE_PX, PICTURE_PX, SAMPLES])
    sheet = [backend, "-m", "tools.style_sheet"]
    call([*sheet, "draw", folder, PICTURE_PX, *STYLES], dict(os.environ))
    pictures = [folder / f"{content}.png" for content in CONTENTS]
    for way, words in WAYS.items():
        for style in STYLES:
            chosen = [word.format(picture=folder / f"{style}.png", name=style) for word in words]
            made = folder / f"{way} {style}"
            script(f"{style}, {way}", variables, ["--background", "--command", "vernissage", "style", *pictures,
                                                  *chosen, "--out", made])
    call([*sheet, "sheet", folder, folder / "style.png", *CONTENTS, "--", *WAYS, "--", *STYLES], dict(os.environ))
    _film(folder, scene, variables, sheet)
    for what, name in (("sheet", "style.png"), ("film", "film.webp"), ("scene", "table.blend")):
        print(f"{what:<8} {folder / name}")
    print(f"{time.monotonic() - start:.0f} s in all")
    return 0


def _film(folder: Path, scene: Path, variables: dict[str, str], sheet: list) -> None:
    """The table turns, as it is and in a style."""
    for title, name, strength in (("the film", "frames", 0), (f"the film in {FILM_STYLE}", "film", 1)):
        script(f"Rendering {title}", variables, [
            "--background", scene, "--command", "vernissage", "film", "--trained", FILM_STYLE, "--strength", strength,
            "--out", folder / name, "--report", folder / f"{name}.json"])
    call([*sheet, "film", folder / "frames", folder / "film", folder / "film.webp"], dict(os.environ))
