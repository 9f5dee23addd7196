"""What the first texture costs: enabling, the backend's start, a job, the window's stalls, applying.

    python3 dev.py bench start [--json FILE]

Each figure stands beside another of the same run that it is to be read against: a figure alone says as much about
the machine and its load as about the program.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.in_blender import INSIDE, run_inside
from protocol.messages import Hello, Ready
from protocol.wire import decode_event, encode
from tools import blender, desktop_blender, environments
from tools.failures import WorkshopError
from tools.places import ROOT

STARTS = 7
WINDOWS = 3
# Whatever is redrawn, Blender puts the whole window together: with software OpenGL on two cores 30 ms at 1280 x 720 for
# one of its own headers, 21 ms at this size, and 4 ms more for our sidebar. A graphics card needs less than one.
WINDOW_PX = (960, 600)


def main(json_path: str) -> None:
    figures: dict[str, Any] = {}
    figures |= measure_enabling()
    figures |= measure_backend_start()
    with tempfile.TemporaryDirectory() as scratch:
        figures |= measure_job(Path(scratch))
        figures |= measure_stalls(Path(scratch))
    print_table(figures)
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure_enabling() -> dict[str, Any]:
    """Ours and one of Blender's own add-ons, each in fresh processes."""
    answers = [run_inside("enabling.py") for _ in range(STARTS)]
    names = {"enable_ms": "vernissage_ms", "enable_cpu_ms": "vernissage_cpu_ms",
             "enable_node_wrangler_ms": "node_wrangler_ms", "blender_start_ms": "blender_ms"}
    return {name: statistics.median(answer[inside] for answer in answers) for name, inside in names.items()}


def measure_backend_start() -> dict[str, Any]:
    """From the start of the process to `ready`, beside a Python that does nothing."""
    python = environments.backend()
    ready, bare = [], []
    for _ in range(STARTS):
        start = time.perf_counter()
        with subprocess.Popen([python, "-s", "-E", "-B", "-u", "-m", "backend"], cwd=ROOT, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdin and process.stdout
            process.stdin.write(encode(Hello()))
            process.stdin.flush()
            assert isinstance(decode_event(process.stdout.readline()), Ready)
            ready.append(time.perf_counter() - start)
            process.stdin.close()
        start = time.perf_counter()
        subprocess.run([python, "-s", "-E", "-c", ""], check=True)
        bare.append(time.perf_counter() - start)
    return {"backend_ready_s": statistics.median(ready), "bare_python_s": statistics.median(bare)}


def measure_job(scratch: Path) -> dict[str, Any]:
    """The first job, which loads the model, and the second; then applying pictures of two sizes."""
    small, large = scratch / "1024.png", scratch / "2048.png"
    noise = Image.effect_noise((512, 512), 80).convert("RGB")
    noise.resize((1024, 1024)).save(small)
    noise.resize((2048, 2048)).save(large)
    answer = run_inside("job.py", str(small), str(large))
    first, warm = answer["first"], answer["warm"]
    job_s = sum(warm.values())
    network_s = warm["Painting views"] + warm["Decoding views"]
    return {"job_s": job_s, "first_job_s": sum(first.values()), "network_share": network_s / job_s,
            "stages_s": warm, "first_stages_s": first, "apply_2048_ms": answer["apply_ms"]["2048.png"],
            "apply_1024_ms": answer["apply_ms"]["1024.png"], "coverage": answer["coverage"]}


def measure_stalls(scratch: Path) -> dict[str, Any]:
    """By how much a 5 ms timer in a real window was late: with nothing to do, and while a job runs.

    Of several windows the middle one: a virtual machine that is stopped for 20 ms is late by those, too.
    """
    try:
        place = desktop_blender.prepare()
    except WorkshopError as error:
        print(f"No stalls measured: {error}")
        names = ("max_stall_ms", "idle_stall_ms", "viewport_stall_ms", "idle_viewport_stall_ms", "max_busy_ms",
                 "idle_busy_ms")
        return dict.fromkeys(names) | {"stalls_ms": {}, "busy_ms": {}, "max_stall_each_ms": []}
    windows = sorted((_stalls_in_window(place, scratch) for _ in range(WINDOWS)), key=lambda each: each["max_stall_ms"])
    return windows[WINDOWS // 2] | {"max_stall_each_ms": [each["max_stall_ms"] for each in windows]}


def _stalls_in_window(place: Path, scratch: Path) -> dict[str, Any]:
    report = scratch / "stalls.json"
    variables = blender.environment("5.2.window", environments.backend())
    settings = {name: variables[name] for name in ("BLENDER_USER_RESOURCES", "VERNISSAGE_PYTHON")}
    size = [str(number) for number in WINDOW_PX]
    command = desktop_blender.enter(place, [
        "xvfb-run", "-a", "-s", f"-screen 0 {WINDOW_PX[0]}x{WINDOW_PX[1]}x24",
        "blender", "--window-geometry", "0", "0", *size, "--addons", blender.ADDON,
        "--python", str(INSIDE / "stalls.py"), "--", str(report)], settings)
    answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if not report.exists():
        sys.exit(f"The window left without figures:\n{answer.stdout[-3000:]}{answer.stderr[-1000:]}")
    figures = json.loads(report.read_text())
    report.unlink()
    return figures


def print_table(figures: dict[str, Any]) -> None:
    rows: Sequence[tuple[str, str, str, str]] = (
        ("enable_ms", "enable_node_wrangler_ms", "ms", "enabling, and one of Blender's own add-ons"),
        ("enable_cpu_ms", "blender_start_ms", "ms", "of the processor for that, and Blender's whole start"),
        ("backend_ready_s", "bare_python_s", "s", "backend ready, and a bare Python"),
        ("job_s", "first_job_s", "s", "8 views of 256² into 1024²: warm, and the first"),
        ("network_share", "", "", "of the warm job: its networks, denoising and decoding, less the comparing of views"),
        ("max_stall_ms", "idle_stall_ms", "ms", "longest stall of a window, less the viewport: in a job, and idle"),
        ("viewport_stall_ms", "idle_viewport_stall_ms", "ms", "the same with the drawing of the viewport"),
        ("max_busy_ms", "idle_busy_ms", "ms", "of the processor in one such stall: in a job, and idle"),
        ("apply_2048_ms", "apply_1024_ms", "ms", "applying a picture of 2048², and of 1024²"),
    )
    for name, other, unit, meaning in rows:
        if figures[name] is not None:
            beside = f"{figures[other]:9.3g} {unit}" if other else ""
            print(f"{name:<18}{figures[name]:9.3g} {unit:<3}{beside:<13}  {meaning}")
    if figures["max_stall_each_ms"]:
        each = ", ".join(f"{value:.3g}" for value in figures["max_stall_each_ms"])
        print(f"longest stall of each window, ms: {each}")
    for title, parts in (("warm job, s", figures["stages_s"]), ("longest stalls, ms", figures["stalls_ms"]),
                         ("of the processor, ms", figures["busy_ms"])):
        print(f"{title}: " + ", ".join(f"{stage} {value:.3g}" for stage, value in parts.items()))
    if hasattr(os, "getloadavg"):
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main(sys.argv[1])
