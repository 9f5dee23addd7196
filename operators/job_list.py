"""A job list as an operator: modal in a window, blocking in background."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Context, Event, Object, Timer

from ..jobs.current import current
from ..jobs.live import shown_pictures
from ..jobs.preview import load_preview
from ..jobs.redraw import redraw_sidebars, redraw_viewports
from ..jobs.undo import push_undo_step
from ..protocol.errors import VernissageError
from ..translations.lookup import explain, hint, label

if TYPE_CHECKING:
    from ..jobs.comparison import Comparison
    from ..jobs.exhibition import ExhibitionPlanning
    from ..jobs.exhibition_page import PageWriting
    from ..jobs.film import FilmJobs
    from ..jobs.material import MaterialWork
    from ..jobs.painting import PaintingWork
    from ..jobs.plan import ViewPlans
    from ..jobs.style import StyleJobs
    from ..jobs.style_training import StyleTraining
    from ..jobs.texture import TextureJobs
    from ..jobs.texture_job import TextureJob
    from ..jobs.world import WorldWork

__all__ = ["JobList", "push_undo", "selected_meshes"]

TICK_S = 0.05
PATIENCE_S = 0.1
REDRAW_S = 0.5  # a redraw takes the window 30 ms and more without a graphics card: a person reads no faster


class JobList:
    """The common part of several operators. What is applied is undoable object by object.

    Attributes:
        needs_backend: it cannot be begun without one.
    """

    needs_backend = True

    def make_jobs(self, context: Context) -> (
            TextureJobs | ViewPlans | StyleJobs | StyleTraining | Comparison | FilmJobs | MaterialWork
            | WorldWork | PaintingWork | ExhibitionPlanning | PageWriting):
        """The list. Raises `VernissageError`."""
        raise NotImplementedError

    def begin(self, jobs: Any) -> None:
        """The panel shows the list that was made from now on."""
        current.begin(jobs)

    def refuse(self, error: VernissageError) -> None:
        """The panel shows why there is no list."""
        current.error = error

    @classmethod
    def hindrance(cls, context: Context) -> str:
        """Why it cannot be begun now, in the artist's language; "" if it can."""
        if context.mode != "OBJECT":
            return hint("Switch to Object Mode first")
        return "" if selected_meshes(context) else hint("Select a mesh object first")

    @classmethod
    def poll(cls, context: Context) -> bool:
        hindrance = _busy() or cls.hindrance(context) or (_no_backend(context) if cls.needs_backend else "")
        if hindrance:
            cls.poll_message_set(hindrance)
        return not hindrance

    def execute(self, context: Context) -> set[str]:
        if not bpy.app.background:  # Repeat Last and scripts come here: a window must not wait for a whole job
            return self.invoke(context, None)
        if not self._start(context):
            return {"CANCELLED"}
        while not self._jobs.is_finished:
            self._jobs.tick(PATIENCE_S)
        return self._conclude()

    def invoke(self, context: Context, event: Event | None) -> set[str]:
        if not self._start(context):
            return {"CANCELLED"}
        self._shown, self._shown_at_s = self._jobs.summary(), 0.0
        self._laid_over = shown_pictures(current.texture)
        self._timer: Timer = context.window_manager.event_timer_add(
            TICK_S, window=context.window or context.window_manager.windows[0])
        context.window_manager.modal_handler_add(self)
        redraw_sidebars(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        shown = self._jobs.summary()
        late_s = time.monotonic() - self._shown_at_s
        if shown != self._shown and (late_s > REDRAW_S or shown.stage != self._shown.stage):
            self._shown, self._shown_at_s = shown, time.monotonic()
            redraw_sidebars(context)
            return {"PASS_THROUGH"}  # drawing has a beat of its own, so that the window never waits for both
        laid_over = shown_pictures(current.texture)
        if laid_over != self._laid_over:
            self._laid_over = laid_over
            redraw_viewports(context)
            return {"PASS_THROUGH"}
        self._jobs.tick()
        if self._jobs.is_finished:
            self._stop_timer(context)
            redraw_sidebars(context)
            redraw_viewports(context)
            return self._conclude()
        load_preview(self._jobs.summary().preview)
        return {"PASS_THROUGH"}

    def cancel(self, context: Context) -> None:
        """Blender ends the operator: its window is closed, or another file is opened."""
        self._stop_timer(context)
        self._jobs.abandon()
        redraw_viewports(context)

    def _start(self, context: Context) -> bool:
        try:
            self._jobs = self.make_jobs(context)
        except VernissageError as error:
            self.refuse(error)
            redraw_sidebars(context)
            self.report({"ERROR"}, explain(error))
            return False
        self.begin(self._jobs)
        return True

    def _conclude(self) -> set[str]:
        """Tell each failure once; the panel keeps the last."""
        for job in self._jobs.failed:
            level = "WARNING" if self._jobs.is_cancelled else "ERROR"
            self.report({level}, f"{job.object_name}: {explain(job.error)}")
        return {"FINISHED"} if self._jobs.done else {"CANCELLED"}

    def _stop_timer(self, context: Context) -> None:
        context.window_manager.event_timer_remove(self._timer)


def _busy() -> str:
    return hint("A job is at work: wait for it, or cancel it") if current.is_busy else ""


def _no_backend(context: Context) -> str:
    from ..jobs.backend import backend_problem

    problem = backend_problem(context)
    return explain(problem) if problem else ""


def selected_meshes(context: Context) -> list[Object]:
    """The active object first."""
    active = context.view_layer.objects.active
    meshes = [obj for obj in context.view_layer.objects.selected if obj.type == "MESH"]
    return sorted(meshes, key=lambda obj: obj is not active)


def push_undo(job: TextureJob) -> None:
    """One step back in the artist's history."""
    push_undo_step(label("Texture {name}", name=job.object_name))
