"""The demo of exhibitions: twelve works made here in three rooms, to be walked through in a browser.

The embedded models paint all of it: four skies, four surfaces, and four drawn scenes in styles that were learnt.
"""

from __future__ import annotations

import csv
import functools
import os
import shutil
import sys
import time
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import blender, environments
from .demo_steps import call, make_folder, script
from .viewer import build_viewer

__all__ = ["run"]

SEED = 1
PANORAMA_PX, SURFACE_PX, SCENE_PX = 256, 512, 512  # rows, sides


@dataclass(frozen=True)
class Work:
    """
    Attributes:
        made_of: a prompt, or a drawn scene and the style that it is in.
        width_cm: its height follows from the picture.
    """

    title: str
    made_of: str
    width_cm: int
    style: str = ""


SKIES = (Work("Before Noon", "cloudy sky over a meadow", 180), Work("The Last of It", "sunset over the sea", 220),
         Work("Dry Season", "desert under a clear sky", 180), Work("Waiting", "overcast sky over hills", 140))
SURFACES = (Work("Wall", "red brick wall", 90), Work("Vein", "green marble", 120),
            Work("Foundry", "gold brushed metal", 90), Work("Path", "mossy cobblestone", 90))
HANDS = (Work("Cut Sea", "seascape", 110, "woodcut"), Work("Body in Lead", "body", 80, "stained glass"),
         Work("Body in Ink", "body", 80, "ink wash"), Work("Sea in Water", "seascape", 110, "watercolour"))
ROOMS = {"Skies": SKIES, "Surfaces": SURFACES, "Hands": HANDS}
YEAR = 2026
MEDIA = {"Skies": "panorama, painted by mini-sky", "Surfaces": "surface, painted by mini",
         "Hands": "drawing, in a style that a generator learnt"}


def run(out: str) -> int:
    """Make everything in the folder `out`; in a terminal, show it on this machine until Ctrl-C."""
    folder = make_folder(out)
    build_viewer()
    backend = environments.backend()
    variables = blender.environment(environments.BPY_DEMO, backend)
    start = time.monotonic()
    works = folder / "works"
    if (works / "works.csv").is_file():
        shutil.rmtree(works)  # of an earlier run
    works.mkdir(exist_ok=True)
    _paint("world", SKIES, ["--height", PANORAMA_PX], folder, variables)
    _paint("material", SURFACES, ["--size", SURFACE_PX], folder, variables)
    _stylise(folder, variables, backend)
    _gather(folder, works)
    script("Building the exhibition", variables, [
        "--background", "--command", "vernissage", "exhibition", "--works", works, "--by", "theme", "--title",
        "Made Here", "--per-room", len(SKIES), "--seed", SEED, "--out", folder, "--report",
        folder / "report.json", "--overwrite"])
    for what, name in (("plan", "plan.png"), ("stills", "stills"), ("scene", "exhibition.blend"), ("page", "web")):
        print(f"{what:<8} {folder / name}")
    print(f"{time.monotonic() - start:.0f} s in all")
    _serve(folder / "web")
    return 0


def _paint(command: str, works: tuple[Work, ...], size: list[object], folder: Path, variables: dict[str, str]) -> None:
    table = folder / f"{command}s.txt"
    table.write_text("\n".join(work.made_of for work in works) + "\n", encoding="utf-8")
    script(f"Painting {len(works)} {command}s", variables, [
        "--background", "--command", "vernissage", command, "--list", table, *size, "--seed", SEED,
        "--out", folder / f"{command}s"])


def _stylise(folder: Path, variables: dict[str, str], backend: Path) -> None:
    drawn = folder / "drawn"
    drawn.mkdir(exist_ok=True)
    call([backend, "-m", "tools.style_sheet", "draw", drawn, SCENE_PX], dict(os.environ))
    for work in HANDS:
        script(f"{work.made_of} as {work.style}", variables, [
            "--background", "--command", "vernissage", "style", drawn / f"{work.made_of}.png", "--trained", work.style,
            "--out", folder / "styled" / work.style])


def _painted(room: str, work: Work) -> tuple[str, ...]:
    """Where a step of the demo put the picture, and the card that tells how it was made, if that is not within."""
    if room == "Skies":
        return f"worlds/{work.made_of}.jpg", f"worlds/{work.made_of}.json"
    if room == "Surfaces":
        return f"materials/{work.made_of}/base_colour.png", f"materials/{work.made_of}/material.json"
    return f"styled/{work.style}/{work.made_of}_styled.png",


def _gather(folder: Path, works: Path) -> None:
    """All pictures in one folder, and the table that tells of them."""
    with (works / "works.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", "title", "artist", "year", "medium", "width_cm", "text", "alt", "rights", "provenance",
                        "theme"])
        for room, hung in ROOMS.items():
            for work in hung:
                files = _painted(room, work)
                for name in files:
                    (works / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(folder / name, works / name)
                what = f"{work.made_of} as {work.style}" if work.style else work.made_of
                how = (f"A drawn scene in the style “{work.style}”, which a network learnt from drawn pictures."
                       if work.style else
                       f"Made of the words “{what}”, by a network that was trained on drawn pictures alone.")
                table.writerow([
                    files[0], work.title, "Vernissage", YEAR, MEDIA[room], work.width_cm, how,
                    f"{MEDIA[room].split(',')[0].capitalize()}: {what}.", "CC0", "made here", room])


def _serve(folder: Path) -> None:
    """On loopback, as any web host would; only where somebody is there to end it."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    if not sys.stdout.isatty():
        print(f"To walk through it: python3 -m http.server --bind 127.0.0.1 --directory {folder}")
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(f"Open http://127.0.0.1:{server.server_address[1]}/ in a browser; Ctrl-C ends it.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
