"""Runs inside the desktop Blender: plays one scenario on a timer, as hands and eyes would, and reports.

    blender --python stage.py -- SCENARIO REPORT.json PICTURES

A scenario is a generator function of `scenarios.py` or `style_scenarios.py`. What it yields is waited for, while
Blender's own loop goes on: a number of seconds, or a question that is asked until its answer is true.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy

ADDON = "bl_ext.user_default.vernissage"
TAB = "Vernissage"
BEAT_S = 0.05
STEP_PX = 18  # from place to place where a button is looked for: they are 20 high
PATIENCE_S = 240.0

Scenario = Generator[float | Callable[[], bool]]


class Stage:
    """Hands and eyes on Blender's window. `report` is what the test reads."""

    found_at = 0  # how far down the last button was
    cross = 0.835  # where the ✕ beside a progress bar is, as a share of the sidebar's width

    def __init__(self, pictures: Path) -> None:
        self.report: dict[str, Any] = {}
        self.pictures = pictures
        self.editor = "VIEW_3D"  # whose sidebar is looked at

    # what the add-on knows

    def addon(self, module: str) -> ModuleType:
        return importlib.import_module(f"{ADDON}.{module}")

    @property
    def jobs(self) -> Any:
        return self.addon("jobs.current").current.texture

    @property
    def texture(self) -> Any:
        return bpy.context.scene.vernissage.texture

    def backend_process_id(self) -> int | None:
        backend = self.addon("client.current").running_backend()
        return backend.process_id if backend else None

    # eyes

    def shot(self, name: str) -> Scenario:
        """Save the screen as PICTURES/name.png, as the X server shows it."""
        yield 0.4  # the redraw that was asked for
        path = self.pictures / f"{name}.png"
        process = subprocess.Popen(["import", "-window", "root", str(path)])
        yield lambda: process.poll() is not None
        assert process.returncode == 0, f"no screenshot {path}"
        self.report.setdefault("pictures", {})[name] = str(path)

    def view(self) -> tuple[Any, Any]:
        """The editor's area and its main region."""
        area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == self.editor)
        return area, next(region for region in area.regions if region.type == "WINDOW")

    def sidebar(self) -> Any:
        return next(region for region in self.view()[0].regions if region.type == "UI")

    def box(self, region: Any) -> list[int]:
        """Left, top, right, bottom of a region on the screen, y down."""
        height = bpy.context.window_manager.windows[0].height
        return [region.x, height - region.y - region.height, region.x + region.width, height - region.y]

    # hands

    def open_sidebar(self) -> Scenario:
        area, _ = self.view()
        area.spaces.active.show_region_ui = True
        yield 0.5
        self.sidebar().active_panel_category = TAB
        yield lambda: self.sidebar().active_panel_category == TAB and self.sidebar().width > 50
        self.report["sidebar"] = self.box(self.sidebar())

    def point(self, x: int, y: int) -> Scenario:
        """The mouse there (window pixels, y down)."""
        _xdotool("mousemove", str(x), str(y))
        yield 0.15

    def click(self, x: int, y: int) -> Scenario:
        yield from self.point(x, y)
        _xdotool("click", "1")
        yield 0.3

    def scroll(self, notches: int) -> Scenario:
        """The wheel over the sidebar, down."""
        left, top, right, bottom = self.box(self.sidebar())
        yield from self.point((left + right) // 2, (top + bottom) // 2)
        _xdotool("click", "--repeat", str(notches), "--delay", "20", "5")
        yield 1.0

    def key(self, keys: str) -> Scenario:
        """Keys with the mouse over the viewport, where Blender's own shortcuts are."""
        yield from self.point(*self._beside_the_panel())
        _xdotool("key", keys)
        yield 0.5

    def _beside_the_panel(self) -> tuple[int, int]:
        left, top, right, bottom = self.box(self.view()[1])
        return left + (right - left) // 4, bottom - (bottom - top) // 4

    def find_button(self, operator: str, across: float) -> Scenario:
        """Where the sidebar has the button of an operator: Ctrl C over a button copies its command. Looked for first
        where it was seen before, in an earlier scenario too, then around the last one: each place is a redraw of the
        window in software, and what is looked for in a job (its ✕) is where the button was that began it.

        Args:
            across: where to look, as a share of the sidebar's width.
        """
        left, top, right, bottom = self.box(self.sidebar())
        x = left + round((right - left) * across)
        manager = bpy.context.window_manager
        notes = self.pictures / "places.json"
        seen = json.loads(notes.read_text()) if notes.exists() else {}
        known = [seen[key] for key in (f"{operator} {x}",) if key in seen]
        for y in (*known, *sorted(range(top + 30, bottom, STEP_PX), key=lambda y: abs(y - self.found_at))):
            manager.clipboard = ""
            yield from self.point(x, y)
            _xdotool("key", "ctrl+c")
            yield 0.12
            if command := re.match(r"bpy\.ops\.([\w.]+)\(", manager.clipboard):
                seen.setdefault(f"{command[1]} {x}", y)
            if command and command[1] == operator:
                notes.write_text(json.dumps(seen | {f"{operator} {x}": y}))
                self.found_at = y
                return x, y
        raise AssertionError(f"no button of {operator} in the sidebar")

    def press(self, operator: str, across: float = 0.5) -> Scenario:
        place = yield from self.find_button(operator, across)
        yield from self.click(*place)
        yield from self.point(*self._beside_the_panel())  # so that no tooltip hides it

    def wait_for(self, question: Callable[[], bool], what: str) -> Scenario:
        start = time.monotonic()
        while not question():
            assert time.monotonic() - start < PATIENCE_S, f"waited {PATIENCE_S:.0f} s for {what}"
            yield BEAT_S


def play(scenario: Scenario, stage: Stage, report: Path) -> None:
    waiting: float | Callable[[], bool] = 0.0

    def beat() -> float:
        nonlocal waiting
        if report.exists():
            bpy.ops.wm.quit_blender()  # it waits for an event of the window, and has been seen to miss it
            return 1.0
        try:
            while not callable(waiting) or waiting():
                waiting = next(scenario)
                if not callable(waiting):
                    return waiting
            return BEAT_S
        except StopIteration:
            _write(stage, report)
        except BaseException:
            stage.report["error"] = traceback.format_exc()
            _write(stage, report)
        return BEAT_S

    bpy.app.timers.register(beat, first_interval=1.0, persistent=True)


def _write(stage: Stage, report: Path) -> None:
    temporary = report.with_suffix(".part")
    temporary.write_text(json.dumps(stage.report))
    os.replace(temporary, report)


def _xdotool(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=True)


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    name, report_path, pictures_path = sys.argv[sys.argv.index("--") + 1:]
    files = [_load(Path(__file__).with_name(f"{stem}.py")) for stem in ("scenarios", "style_scenarios")]
    the_stage = Stage(Path(pictures_path))
    scenario = next(getattr(file, name) for file in files if hasattr(file, name))
    play(scenario(the_stage), the_stage, Path(report_path))
