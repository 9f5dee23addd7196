"""`--command vernissage compare`: which pictures are alike in style."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from typing import Any

import bpy

from ..client.job_folder import drop_job_folder
from ..jobs.comparison import Comparison, ComparisonJob
from ..jobs.picture import Picture
from ..jobs.texture_job import JobState
from ..preferences import read_settings
from ..protocol.errors import StorageError, fill
from ..scene.files import files_read, opened_file
from ..scene.version import version
from .arguments import UsageError, absolute
from .outputs import Outputs, check_outputs, write_json
from .progress import printable, reporter, work_off
from .report import describe_machine
from .signals import Stop, stopped_by_signals

_NEAREST_TOLD = 8


def run(options: argparse.Namespace) -> int:
    """Compare, write, tell the nearest. Returns the exit code.

    Raises:
        UsageError: nothing was begun.
        StorageError: the plot or the JSON cannot be written.
    """
    scene = opened_file()
    paths = tuple(absolute("PATH", text, scene) for text in options.pictures)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} is not there: name a picture or a folder.")
    to = None if options.to is None else absolute("to", options.to, scene)
    if to is not None and not to.is_file():
        raise UsageError(f"--to {options.to} is not there: name a file.")
    inputs = {file.resolve() for path in (*paths, *([] if to is None else [to]))
              for file in (path.rglob("*") if path.is_dir() else [path])}
    outputs = check_outputs(options, scene, [*inputs, *files_read()])
    if outputs.plot is None and outputs.json is None and to is None:
        raise UsageError("there is nothing to be told: give --out, --json or --to.")
    work = Comparison(paths[0].name, paths, None if to is None else Picture.of_file(to), read_settings(bpy.context),
                      deliver=lambda job: _deliver(job, outputs))
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        work_off(work, progress, stop)
    job = work.job
    for remark in job.remarks:
        progress.say(fill(remark.sentence, remark.values))
    if job.state is not JobState.DONE:
        progress.say(str(job.error))
        return 1
    for neighbour in job.result.nearest[:_NEAREST_TOLD]:
        print(f"{neighbour.distance:.3f}  {printable(str(neighbour.path))}")
    progress.say(f"{job.result.count} pictures compared" + (f": {outputs.plot}" if outputs.plot else ""))
    return 0


def _deliver(job: ComparisonJob, outputs: Outputs) -> None:
    if outputs.json is not None:
        body: dict[str, Any] = json.loads(job.fingerprints.read_text(encoding="utf-8"))
        write_json(outputs.json, {"version": version(), "machine": describe_machine(), **body})
    if outputs.plot is not None:
        partial = outputs.plot.with_name(f".{os.getpid()}.part.png")
        try:
            shutil.copyfile(job.plot, partial)
            os.replace(partial, outputs.plot)
        except OSError as error:
            raise StorageError.from_os_error(outputs.plot, error) from error
        finally:
            partial.unlink(missing_ok=True)
    drop_job_folder(job.folder)
