"""The backend as the preferences describe it: whether it is there, handing it out, and waiting for a job of it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import bpy
from bpy.types import Context

from ..client.backend import Backend
from ..client.current import get_backend
from ..client.environment import Health, check_environment, environment_python
from ..preferences import PYTHON_VARIABLE, Settings, read_settings
from ..protocol.errors import EnvironmentBroken, VernissageError
from ..protocol.messages import Event, Failed, Finished, Result

__all__ = ["EXTENSION_ROOT", "BackendState", "backend_for", "backend_problem", "backend_python", "backend_state",
           "require_backend", "run_job"]

EXTENSION_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class BackendState:
    """How the backend stands, from its files alone.

    Attributes:
        sentence, values: a template for the artist.
        is_good: as far as files can tell, jobs can run.
        is_made: there is an environment to be repaired.
        can_install: the environment is ours to make.
    """

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_good: bool = False
    is_made: bool = False
    can_install: bool = False


def backend_python(settings: Settings) -> Path:
    """The interpreter that the backend runs on, whether it exists or not."""
    return settings.python or environment_python(settings.environment_folder)


def require_backend(settings: Settings) -> Path:
    """The backend's interpreter.

    Raises:
        EnvironmentBroken: there is none.
    """
    python = backend_python(settings)
    if python.is_file():
        return python
    if settings.python is None:
        raise EnvironmentBroken("The backend is not installed.",
                                "Install it in Vernissage's preferences, or with --command vernissage install.")
    if os.environ.get(PYTHON_VARIABLE):
        raise EnvironmentBroken("The backend's Python {python} does not exist.",
                                "Correct the environment variable {variable}, or remove it.", python=python,
                                variable=PYTHON_VARIABLE)
    raise EnvironmentBroken("The backend's Python {python} does not exist.",
                            "Choose another one in Vernissage's preferences, or leave it empty and press Install.",
                            python=python)


def backend_problem(context: Context) -> VernissageError | None:
    """Why no job could run, or None. Cheap enough to be asked by each redraw."""
    try:
        require_backend(read_settings(context))
    except VernissageError as error:
        return error
    return None


def backend_state(context: Context) -> BackendState:
    try:
        settings = read_settings(context)
        if settings.python is not None:
            python = require_backend(settings)
            if os.environ.get(PYTHON_VARIABLE):
                return BackendState("{python} is used, as the environment variable {variable} says",
                                    {"python": str(python), "variable": PYTHON_VARIABLE}, is_good=True)
            return BackendState("{python} is used", {"python": str(python)}, is_good=True)
    except VernissageError as error:
        return BackendState(error.sentence, error.values)
    health = check_environment(settings.environment_folder, settings.variant, EXTENSION_ROOT)
    return BackendState(health.value, is_good=health is Health.HEALTHY, can_install=health is not Health.FOREIGN,
                        is_made=health not in (Health.MISSING, Health.FOREIGN))


def backend_for(settings: Settings) -> Backend:
    """The backend that these settings describe. It starts with its first job."""
    return get_backend(require_backend(settings), EXTENSION_ROOT, settings.log_path,
                       gives_way=not bpy.app.background)


def run_job(settings: Settings, folder: Path, *, note: Callable[[Event], None], is_cancelled: Callable[[], bool],
            patience_s: Callable[[], float]) -> Generator[None, None, Result]:
    """Let the backend do what lies in a folder, and give the window back until it is done.

    Args:
        note: is given what it tells before the end.
        is_cancelled: asked at each step; the backend is then asked to stop.
        patience_s: how long a step may wait for the backend; 0 in a window.

    Raises:
        VernissageError: what it failed with.
    """
    backend = backend_for(settings)
    job_id = backend.run(folder)
    asked_to_cancel = False
    told: deque[Event] = deque()
    stage = None
    try:
        while True:
            if is_cancelled() and not asked_to_cancel:
                backend.cancel(job_id)
                asked_to_cancel = True
            if not told:
                told.extend(backend.wait(patience_s()) if patience_s() else backend.poll())
            while told:
                event = told.popleft()
                if getattr(event, "job_id", None) != job_id:
                    continue
                match event:
                    case Finished(result=result):
                        return result
                    case Failed():
                        raise event.to_error()
                    case _:
                        note(event)
                before, stage = stage, getattr(event, "stage", stage)
                if stage != before:  # however short a stage is, who looks after each step sees it
                    break
            yield
    except GeneratorExit:
        backend.cancel(job_id)
        raise
