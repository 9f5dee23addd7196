"""Runs a request without Blender: the bug report and the test fixture are the same file."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TextIO

from protocol.errors import VernissageError
from protocol.messages import Event, Preview, Progress
from protocol.wire import to_json

from . import jobs
from .failure import as_error
from .job import Job
from .server import REQUEST_NAME, new_models, read_request

__all__ = ["replay"]


def replay(path: Path) -> int:
    """Run the request at `path` (its file or its folder), writing the results beside it.

    Progress goes to stderr, the result to stdout as JSON.

    Returns:
        0 done, 1 failed, 2 nothing to run.
    """
    folder = (path.parent if path.name == REQUEST_NAME else path).absolute()
    if not (folder / REQUEST_NAME).is_file():
        print(f"There is no {REQUEST_NAME} in {folder}.", file=sys.stderr)
        return 2
    job = Job("replay", folder, _print_event, is_cancelled=lambda: False)
    try:
        request = read_request(folder)
        with contextlib.redirect_stdout(sys.stderr):  # libraries print
            result = jobs.run(request, job, new_models())
        text = json.dumps(to_json(result), allow_nan=False, indent=2)
    except KeyboardInterrupt:
        _say("cancelled", sys.stderr)
        return 1
    except Exception as raised:
        error: VernissageError = as_error(raised, job)
        _say(f"{error.kind}: {error}", sys.stderr)
        return 1
    _say(text, sys.stdout)
    return 0


def _say(line: str, stream: TextIO | None) -> None:
    """Nobody may be reading any more (`| head`): the result is written all the same."""
    with contextlib.suppress(OSError):
        print(line, file=stream, flush=True)


def _print_event(event: Event) -> None:
    match event:
        case Progress():
            steps = f" {event.step}/{event.steps}" if event.steps else ""
            remaining = "" if event.remaining_s is None else f", {event.remaining_s:.0f} s left"
            _say(f"{event.fraction:4.0%} {event.stage}{steps}{remaining}", sys.stderr)
        case Preview():
            _say(f"     preview: {event.path}", sys.stderr)
