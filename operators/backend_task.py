"""What installing and checking the backend have in common: a task that is waited for, and told about once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.types import Context, Event, Timer

from ..jobs.current import current
from ..jobs.redraw import redraw_all
from ..preferences import Settings, read_settings
from ..protocol.errors import VernissageError
from ..translations.lookup import explain, hint, report

if TYPE_CHECKING:
    from ..client.task import Task

__all__ = ["BackendTask"]

TICK_S = 0.1


class BackendTask:
    """The common part of two operators: modal in a window, blocking in background."""

    def begin(self, settings: Settings) -> Task:
        """The task, started. Raises `VernissageError`."""
        raise NotImplementedError

    @classmethod
    def poll(cls, context: Context) -> bool:
        if current.is_busy:
            cls.poll_message_set(hint("A job is at work: wait for it, or cancel it"))
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        if not bpy.app.background:  # scripts come here: a window must not wait for an installation
            return self.invoke(context, None)
        if not self._start(context):
            return {"CANCELLED"}
        while not self._task.wait(TICK_S):
            pass
        return self._conclude(context)

    def invoke(self, context: Context, event: Event | None) -> set[str]:
        if not self._start(context):
            return {"CANCELLED"}
        self._timer: Timer = context.window_manager.event_timer_add(
            TICK_S, window=context.window or context.window_manager.windows[0])
        context.window_manager.modal_handler_add(self)
        redraw_all(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        told = self._task.poll()
        if told:
            current.task_progress = told[-1]
            redraw_all(context)
        if not self._task.is_done:
            return {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        return self._conclude(context)

    def cancel(self, context: Context) -> None:
        """Blender ends the operator, as its window is closed."""
        context.window_manager.event_timer_remove(self._timer)
        self._task.cancel()

    def _start(self, context: Context) -> bool:
        from ..client.current import close_backend

        close_backend()  # Windows does not replace the files of a process that runs
        try:
            self._task = self.begin(read_settings(context))
        except VernissageError as error:
            self.report({"ERROR"}, explain(error))
            return False
        current.task, current.task_progress = self._task, None
        return True

    def _conclude(self, context: Context) -> set[str]:
        redraw_all(context)
        if self._task.error is not None:
            self.report({"ERROR"}, explain(self._task.error))
            return {"CANCELLED"}
        self.report({"INFO"}, report(self._task.message))
        return {"FINISHED"}
