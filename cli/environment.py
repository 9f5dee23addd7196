"""`--command vernissage install` and `check`: the backend's environment, for machines without a window."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import bpy

from ..client.installation import Check, Installation
from ..client.task import Task
from ..jobs.backend import EXTENSION_ROOT, require_backend
from ..preferences import PYTHON_VARIABLE, read_settings
from .progress import tell
from .signals import stopped_by_signals

__all__ = ["check", "install"]

WAIT_S = 0.2


def install(options: argparse.Namespace) -> int:
    """Make or repair the environment; says where it is, and how a run finds it."""
    settings = read_settings(bpy.context)
    if not bpy.app.online_access:
        tell(sys.stderr, "Blender's online access is off: start it with --online-mode, or allow it in the preferences.")
        return 1
    folder = _absolute(options.folder) if options.folder else settings.environment_folder
    base_python = _absolute(options.python) if options.python else settings.base_python
    installation = Installation(folder, options.variant or settings.variant, EXTENSION_ROOT,
                                settings.install_log_path, base_python)
    code = _follow(installation)
    if code == 0 and folder != settings.environment_folder:
        tell(sys.stdout, f"To use it: set {PYTHON_VARIABLE}={installation.python}, or choose its folder in the "
                         "preferences.")
    return code


def check(options: argparse.Namespace) -> int:
    """Say whether the backend can run; its versions and device as one JSON line."""
    settings = read_settings(bpy.context)
    return _follow(Check(require_backend(settings), EXTENSION_ROOT, settings.install_log_path))


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(os.path.expanduser(text)))


def _follow(task: Task) -> int:
    last = ""
    with stopped_by_signals(task.cancel):
        while not task.wait(WAIT_S):
            last = _show(task, last)
    _show(task, last)
    if task.error is not None:
        tell(sys.stderr, f"{task.error} Log: {task.log_path}")
        return 1
    tell(sys.stdout, task.message)
    tell(sys.stdout, json.dumps(task.report))
    return 0


def _show(task: Task, last: str) -> str:
    """A line for each new step and package; returns the last one."""
    for progress in task.poll():
        what = ": ".join(filter(None, (progress.step, progress.detail.split(" ")[0])))
        if what != last:
            tell(sys.stderr, f"{progress.fraction:4.0%} {what}")
        last = what
    return last
