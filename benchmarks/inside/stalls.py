"""Inside a desktop Blender with a window: by how much a 5 ms timer is late, idle and while a job runs.

Drawing the 3D viewport is taken off: what it costs is the graphics card's affair, and software OpenGL needs 100 ms and
more for it, whoever asks for it. A pair of draw handlers times it; what Blender does before the first (filling its
buffers) and after the second (showing the window) cannot be told from ours, and is in the idle figures too, where the
viewport is drawn as well. Drawing our own sidebar counts as ours.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import bpy

ADDON = "bl_ext.user_default.vernissage"
BEAT_S = 0.005
IDLE_S = 5.0

REPORT = Path(sys.argv[-1])


class Drawing:
    """When the viewport was drawn since the last beat, and with how much of the main thread's work."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []
        self.worked_s = 0.0
        self._began: tuple[float, float] | None = None

    def begin(self) -> None:
        self._began = time.perf_counter(), time.thread_time()

    def end(self) -> None:
        if self._began is None:
            return
        start_s, work_s = self._began
        self.spans.append((start_s, time.perf_counter()))
        self.worked_s += time.thread_time() - work_s
        self._began = None

    def clear(self) -> None:
        self.spans.clear()
        self.worked_s = 0.0


class Clock:
    """The longest delays without the drawing, by what was going on when the late beat came; the longest with it; and
    the main thread's own work in one beat: what is left of a delay when other programs do not want the processor.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.late_s: dict[str, float] = defaultdict(float)
        self.viewport_s = 0.0
        self.busy_s: dict[str, float] = defaultdict(float)
        self._drawing = drawing
        self._start()

    def beat(self, stage: str) -> None:
        late_s = time.perf_counter() - self._due
        if self._drawing.spans:
            self.viewport_s = max(self.viewport_s, late_s)
        drawn_s = sum(max(0.0, end_s - max(start_s, self._due)) for start_s, end_s in self._drawing.spans)
        worked_s = time.thread_time() - self._worked - self._drawing.worked_s
        self.late_s[stage] = max(self.late_s[stage], late_s - drawn_s)
        self.busy_s[stage] = max(self.busy_s[stage], worked_s)
        self._start()

    def _start(self) -> None:
        self._drawing.clear()
        self._due = time.perf_counter() + BEAT_S
        self._worked = time.thread_time()


def scenario(drawing: Drawing) -> Iterator[None]:
    """What the window goes through; each yield waits for one beat."""
    area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    area.spaces.active.show_region_ui = True
    yield from wait(0.5)
    sidebar = next(region for region in area.regions if region.type == "UI")
    sidebar.active_panel_category = "Vernissage"
    texture = bpy.context.scene.vernissage.texture
    texture.prompt = "red brick wall"
    yield from wait(2.0)

    clock = Clock(drawing)
    yield from wait(IDLE_S, clock)
    for shown in [sidebar] * 32 + [region] * 8:
        shown.tag_redraw()
        yield from wait(0.2, clock)
    idle = clock

    clock = Clock(drawing)
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=region):
        assert bpy.ops.vernissage.texture_object("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
    clock.beat("Pressing Generate")
    jobs = import_module(f"{ADDON}.jobs.current").current.texture
    while not jobs.is_finished:
        clock.beat(jobs.summary().stage or "Beginning")
        yield
    clock.beat("Applying")
    for _ in range(100):
        yield
        clock.beat("Showing it")  # software OpenGL gets a new texture
    if jobs.failed:
        raise jobs.failed[0].error
    stalls, busy = ({stage: value * 1000 for stage, value in values.items()} for values in (clock.late_s, clock.busy_s))
    write({"max_stall_ms": max(stalls.values()), "idle_stall_ms": idle.late_s["idle"] * 1000, "stalls_ms": stalls,
           "viewport_stall_ms": clock.viewport_s * 1000, "idle_viewport_stall_ms": idle.viewport_s * 1000,
           "max_busy_ms": max(busy.values()), "idle_busy_ms": idle.busy_s["idle"] * 1000, "busy_ms": busy})


def wait(seconds: float, clock: Clock | None = None) -> Iterator[None]:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        if clock:
            clock.beat("idle")
        yield


def write(figures: dict) -> None:
    temporary = REPORT.with_suffix(".part")
    temporary.write_text(json.dumps(figures))
    os.replace(temporary, REPORT)


def beat() -> float:
    try:
        next(steps)
        return BEAT_S
    except StopIteration:
        pass
    except BaseException:
        traceback.print_exc()
    bpy.ops.wm.quit_blender()  # it waits for an event of the window, and has been seen to miss it
    return 1.0


viewport = Drawing()
bpy.types.SpaceView3D.draw_handler_add(viewport.begin, (), "WINDOW", "PRE_VIEW")
bpy.types.SpaceView3D.draw_handler_add(viewport.end, (), "WINDOW", "POST_PIXEL")
steps = scenario(viewport)
bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(beat, first_interval=2.0, persistent=True)
