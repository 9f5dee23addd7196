"""When work and the backend end without being told to: another file, an idle hour, the add-on disabled.

What it needs of the client is imported when it is needed, because enabling the add-on imports this.
"""

from __future__ import annotations

import time

import bpy
from bpy.app.handlers import persistent

from ..preferences import read_settings
from ..protocol.errors import VernissageError
from .current import current

__all__ = ["register", "unregister"]

IDLE_CHECK_S = 15.0


def _stop_when_idle() -> float:
    """A timer of Blender's: ends a backend that had nothing to do for long enough."""
    now = time.monotonic()
    if current.is_busy:
        current.idle_since_s = None
        return IDLE_CHECK_S
    from ..client.current import close_backend, running_backend

    backend = running_backend()
    if backend is None:
        return IDLE_CHECK_S
    backend.poll()  # an abandoned job that does not stop in its grace time is killed by this
    if current.idle_since_s is None:
        current.idle_since_s = now
    elif now - current.idle_since_s > _idle_limit_s():
        close_backend(waits=False)
    return IDLE_CHECK_S


def _idle_limit_s() -> float:
    try:
        return read_settings(bpy.context).idle_s or float("inf")
    except VernissageError:
        return float("inf")


@persistent
def _forget_jobs(*_: object) -> None:
    """Another file is about to be opened: nothing may be applied to it that was meant for this one."""
    current.forget_scene()


def register() -> None:
    bpy.app.handlers.load_pre.append(_forget_jobs)
    bpy.app.timers.register(_stop_when_idle, first_interval=IDLE_CHECK_S, persistent=True)


def unregister() -> None:
    from ..client.current import close_backend

    bpy.app.timers.unregister(_stop_when_idle)
    bpy.app.handlers.load_pre.remove(_forget_jobs)
    current.cancel()
    current.forget_scene()
    current.task = None
    close_backend()
