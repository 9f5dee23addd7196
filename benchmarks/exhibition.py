"""What an exhibition for browsers costs to build and to visit, and how exact it is.

    python3 dev.py bench exhibition [--json FILE]

Twelve works made here, three drawn scenes in the four trained styles, become three rooms by the command line; `build_s`
is what that takes, from the works to the page, without stills. gltf-validator reads each room as it is sent and
unpacked. The page is visited by a real Chromium with software graphics: each work by the list, a turn in each room, and
its sheets with axe; then it is walked by keys, mouse and an emulated headset. What was seen is kept in
`out/exhibition`, to be looked at.

Then 300 small pictures, in plain light, of which the figures begin with `many_`: all rooms are visited twice.
`many_rooms_loaded`, `many_textures`, `many_geometries` and `many_heap_mb` are the most that there ever were of them,
`many_rooms_left_loaded` rooms that should have been given back, and `many_heap_growth_mb` how much more the heap of
JavaScript held in a room the second time, on average.

Then the spots of 200 random plans of 1 to 300 works: `light_uniformity` is 1 less the farthest that the light at any
place of any of `light_works` works is from the work's mean, over it; `light_uneven` of them are farther than 15 %.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.in_blender import run_inside
from tools import blender, environments
from tools.places import ROOT
from tools.viewer import VIEWER, build_viewer
from training.data.paintings import painting

STYLES = ("ink wash", "stained glass", "watercolour", "woodcut")
SCENES = {"seascape": 7, "flower painting": 4, "geometric grid": 2}  # kinds and their seeds
PICTURE_PX, SEED, MANY = 1024, 1, 300
SEEDS, PLANS = 200, """
import json, sys
from protocol.exhibition_plan import plan_to_json
from tests.backend.test_exhibition_planning import planned
print(json.dumps([plan_to_json(planned(seed)) for seed in range(int(sys.argv[1]))]))
"""
SHOWN = ROOT / "out" / "exhibition"


def main(json_path: str) -> None:
    build_viewer()
    browser = environments.browser()
    shutil.rmtree(SHOWN, ignore_errors=True)
    SHOWN.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        begun = time.perf_counter()
        make_works(folder / "works")
        made_s = time.perf_counter() - begun
        begun = time.perf_counter()
        report = build(folder)
        build_s = time.perf_counter() - begun
        rooms = check_rooms(folder / "web")
        house = json.loads((folder / "web" / "house.json").read_text(encoding="utf-8"))
        bytes_light = sum((folder / "web" / room["light"]).stat().st_size for room in house["rooms"] if room["light"])
        seen = answer_of([browser, ROOT / "benchmarks" / "inside" / "visit_exhibition.py",
                          folder / "web", SHOWN])
        many = build_many(folder / "many")
        light = light_of_many(folder / "plans.json")
    found = [each for room in rooms for each in (room["packed"], room["unpacked"])]
    figures = {
        "build_s": build_s, "works_s": made_s, "works": len(house["works"]), "rooms": len(house["rooms"]),
        "bake_s": report["stages"]["bake"], "bytes_rooms": sum(room["bytes"] for room in rooms),
        "bytes_light": bytes_light, **seen,
        "gltf_errors": sum(each["errors"] for each in found), "gltf_warnings": sum(each["warnings"] for each in found),
        "hang_error_mm": max(report["hang_error_mm"], sent_error_mm(house, rooms)),
        "light_deviation": report["light_deviation"], **{f"light_{name}": value for name, value in light.items()},
        **{f"many_{name}": value for name, value in many.items()},
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
    for name, value in figures.items():
        print(f"{name:<24}{value:14.4f}" if isinstance(value, int | float) else f"{name:<24}{value!s:>14}")
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def make_works(folder: Path) -> None:
    """Each scene in each style, in a folder of its style; and the table of them."""
    scenes = folder.parent / "scenes"
    scenes.mkdir()
    for kind, seed in SCENES.items():
        pixels = np.rint(painting(seed, PICTURE_PX, kind).image * 255).astype(np.uint8)
        Image.fromarray(pixels).save(scenes / f"{kind}.png")
    for style in STYLES:
        run_blender(["style", *sorted(scenes.glob("*.png")), "--trained", style, "--out", folder / style])
    with (folder / "works.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("file", "title", "artist", "year", "width_cm", "text", "alt", "rights", "theme"))
        for number, (kind, style) in enumerate((kind, style) for kind in SCENES for style in STYLES):
            table.writerow((f"{style}/{kind}_styled.png", f"{kind} as {style}".capitalize(), "Vernissage", 2026,
                            60 + 15 * (number % 5), f"A drawn {kind}, in a style that a network learnt.",
                            f"A {kind} as {style}", "CC0", kind.capitalize()))


def build(folder: Path) -> dict[str, Any]:
    """What its report says."""
    run_blender(["exhibition", "--works", folder / "works", "--by", "theme", "--title", "Twelve", "--per-room",
                 len(STYLES), "--seed", SEED, "--no-stills", "--out", folder, "--report",
                 folder / "report.json"])
    shutil.copyfile(folder / "plan.png", SHOWN / "plan.png")
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def build_many(folder: Path) -> dict[str, Any]:
    """What it takes to build an exhibition of many small pictures, and what a visit to all of it holds in memory."""
    works = folder / "works"
    works.mkdir(parents=True)
    random = np.random.default_rng(SEED)
    with (works / "works.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("file", "title", "year", "height_cm"))
        for number in range(MANY):
            width, height = random.integers(200, 420, 2)
            y, x = np.mgrid[0:height, 0:width] / 300
            waves = [np.sin(p + a * x + b * y) for a, b, p in random.uniform(2, 9, (3, 3))]
            Image.fromarray((127 + 110 * np.stack(waves, -1)).astype(np.uint8)).save(works / f"{number:03d}.jpg")
            table.writerow((f"{number:03d}.jpg", f"Wave {number}", 1900 + number // 3, random.integers(40, 160)))
    begun = time.perf_counter()
    run_blender(["exhibition", "--works", works, "--by", "date", "--title", "Many", "--seed", SEED, "--web", "--light",
                 "off", "--no-stills", "--out", folder])
    build_s = time.perf_counter() - begun
    return {"build_s": build_s, **answer_of([environments.browser(), ROOT / "benchmarks" / "inside" / "visit_many.py",
                                             folder / "web"])}


def light_of_many(target: Path) -> dict[str, Any]:
    """How even the light is in the plans of the planner's tests, of 1 to 300 works: of the first room of each."""
    made = subprocess.run([environments.backend(), "-c", PLANS, str(SEEDS)], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True)
    target.write_text(made.stdout, encoding="utf-8")
    return {"seeds": SEEDS, **run_inside("exhibition_light.py", str(target), "1")}


def run_blender(words: Sequence[object]) -> None:
    variables = blender.environment(environments.BPY_DEMO, environments.backend())
    answer = subprocess.run(blender.command(["--background", "--command", "vernissage", *map(str, words)]),
                            env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, errors="replace", check=False)
    if answer.returncode != 0:
        raise SystemExit(f"{words[0]} failed with exit code {answer.returncode}:\n{answer.stdout[-3000:]}")


def check_rooms(web: Path) -> list[dict[str, Any]]:
    """What `viewer/check.mjs` tells of each."""
    rooms: list[dict[str, Any]] = answer_of(["node", "check.mjs", *sorted(web.glob("rooms/*.glb"))])
    for room in rooms:
        for message in (*room["packed"]["messages"], *room["unpacked"]["messages"]):
            print(f"{Path(room['file']).name}: {message}")
    return rooms


def sent_error_mm(house: dict[str, Any], rooms: Sequence[dict[str, Any]]) -> float:
    """How far the middle of any picture, as it is sent, is from where the house says, along its wall and in height."""
    bounds = {work: sides for room in rooms for work, sides in room["works"].items()}
    errors = []
    for work in house["works"]:
        middle = np.add(bounds[work["id"]]["min"], bounds[work["id"]]["max"]) / 2
        errors.append((abs(middle - work["at"]) * (np.abs(work["normal"]) < 0.5)).max() * 1000)
    return float(max(errors))


def answer_of(command: Sequence[object]) -> Any:
    """The JSON that a program prints last."""
    paths = os.pathsep.join((str(ROOT / "tests" / "viewer"), str(ROOT)))
    answer = subprocess.run([str(word) for word in command], cwd=VIEWER, env={**os.environ, "PYTHONPATH": paths},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    if answer.returncode != 0:
        raise SystemExit(f"{command[1]} failed with exit code {answer.returncode}:\n{answer.stdout[-3000:]}")
    return json.loads(answer.stdout.splitlines()[-1])
