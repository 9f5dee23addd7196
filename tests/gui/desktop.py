"""A desktop Blender in a window, on a screen and in a profile of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools import desktop_blender
from tools.places import ROOT

WIDTH_PX, HEIGHT_PX = 1600, 900
PATIENCE_S = 600.0
HERE = Path(__file__).parent


@dataclass
class Desktop:
    """Where Blender runs, and how it is started there."""

    place: Path
    display: str
    profile: Path
    pictures: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Blender itself: the process is Blender's own."""
        variables = {"DISPLAY": self.display, "BLENDER_USER_RESOURCES": str(self.profile),
                     "VERNISSAGE_PYTHON": os.environ["VERNISSAGE_PYTHON"]}
        return subprocess.Popen(desktop_blender.enter(self.place, ["blender", *arguments], variables),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, errors="replace")

    def call(self, *arguments: str) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, output
        return output

    def start_scenario(self, name: str, report: Path) -> subprocess.Popen[str]:
        return self.start("--window-geometry", "0", "0", str(WIDTH_PX), str(HEIGHT_PX), "--python-exit-code", "1",
                          "--python", str(HERE / "stage.py"), "--", name, str(report), str(self.pictures))

    def play(self, name: str, report: Path) -> dict:
        """Play a scenario to its end, and return what it reports."""
        process = self.start_scenario(name, report)
        output, _ = process.communicate(timeout=PATIENCE_S)
        assert report.exists(), f"Blender left without a report:\n{output[-4000:]}"
        body = json.loads(report.read_text())
        assert "error" not in body, f"{body['error']}\n{output[-4000:]}"
        assert "Traceback" not in output, output[-4000:]
        return body


class Screen:
    """A virtual X server; `with` gives its display."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> str:
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH_PX}x{HEIGHT_PX}x24",
                   "-nolisten", "tcp", "-noreset"]
        self._process = subprocess.Popen(
            desktop_blender.enter(self._place, command, {}), cwd=ROOT, pass_fds=(writer,),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        assert number, "the virtual screen did not start"
        return f":{number}"

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


def is_alive(process_id: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def wait_until_gone(process_id: int, timeout_s: float) -> bool:
    end = time.monotonic() + timeout_s
    while is_alive(process_id):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
