"""`--command vernissage install` and `check`: the backend's environment, for machines without a window."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import bpy

from ..client.installation import Check, Installation
from ..client.task import Task
from ..jobs.backend import EXTENSION_ROOT, require_backend
from ..preferences import PYTHON_VARIABLE, read_settings
from .signals import stopped_by_signals

__all__ = ["check", "install"]

WAIT_S = 0.2


def install(options: argparse.Namespace) -> int:
    """Make or repair the environment; says where it is, and how a run finds it."""
    settings = read_settings(bpy.context)
    if not bpy.app.online_access:
        print("Blender's online access is off: start it with --online-mode, or allow it in the preferences.",
              file=sys.stderr)
        return 1
    folder = Path(options.folder).expanduser().absolute() if options.folder else settings.environment_folder
    base_python = Path(options.python).expanduser().absolute() if options.python else settings.base_python
    installation = Installation(folder, options.variant or settings.variant, EXTENSION_ROOT,
                                settings.install_log_path, base_python)
    code = _follow(installation)
    if code == 0 and folder != settings.environment_folder:
        print(f"To use it: set {PYTHON_VARIABLE}={installation.python}, or choose its folder in the preferences.")
    return code


def check(options: argparse.Namespace) -> int:
    """Say whether the backend can run; its versions and device as one JSON line."""
    settings = read_settings(bpy.context)
    return _follow(Check(require_backend(settings), EXTENSION_ROOT, settings.install_log_path))


def _follow(task: Task) -> int:
    last = ""
    with stopped_by_signals(task.cancel):
        while not task.wait(WAIT_S):
            last = _show(task, last)
    _show(task, last)
    if task.error is not None:
        print(task.error, f"Log: {task.log_path}", file=sys.stderr)
        return 1
    print(task.message)
    print(json.dumps(task.report))
    return 0


def _show(task: Task, last: str) -> str:
    """A line for each new step and package; returns the last one."""
    for progress in task.poll():
        what = ": ".join(filter(None, (progress.step, progress.detail.split(" ")[0])))
        if what != last:
            print(f"{progress.fraction:4.0%} {what}", file=sys.stderr, flush=True)
        last = what
    return last
