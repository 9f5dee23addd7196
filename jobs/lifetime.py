"""When work and the backend end without being told to: another file, an idle hour, the add-on disabled.

What it needs of the client is imported when it is needed, because enabling the add-on imports this.
"""

from __future__ import annotations

import importlib
import threading
import time

import bpy
from bpy.app.handlers import persistent

from ..preferences import read_settings
from ..protocol.errors import VernissageError
from .current import current

__all__ = ["register", "unregister"]

IDLE_CHECK_S = 15.0

# What Generate needs, brought in one by one after the window has come up: at once they would stall it for 90 ms,
# two thirds of that for numpy, and enabling the add-on must not wait for them.
_AHEAD = ("..client.backend", "..scene.meshes", "..scene.apply", ".texture")
_AHEAD_INTERVAL_S = 0.3
_ahead: list[str] = []  # what is left of it


def _start_ahead() -> float | None:
    """A timer of Blender's, of which background has none: what is slow on a thread, then the rest."""
    threading.Thread(target=_warm_up, name="vernissage import").start()
    _ahead[:] = _AHEAD
    bpy.app.timers.register(_import_ahead, first_interval=1.0, persistent=True)
    return None


def _warm_up() -> None:
    importlib.import_module("numpy")
    from ..scene.images import warm_image_loader

    warm_image_loader()


def _import_ahead() -> float | None:
    importlib.import_module(_ahead.pop(0), __package__)
    return _AHEAD_INTERVAL_S if _ahead else None


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
    bpy.app.timers.register(_start_ahead, first_interval=0.5, persistent=True)


def unregister() -> None:
    from ..client.current import close_backend

    bpy.app.timers.unregister(_stop_when_idle)
    for timer in (_start_ahead, _import_ahead):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    bpy.app.handlers.load_pre.remove(_forget_jobs)
    current.cancel()
    current.forget_scene()
    current.task = None
    close_backend()
