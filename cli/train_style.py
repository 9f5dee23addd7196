"""`--command vernissage train-style`: learn a style from one or a few pictures."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy

from ..jobs.picture import Picture
from ..jobs.style_training import StyleTraining, TrainingJob, WantedTraining, going_on
from ..jobs.texture_job import JobState
from ..jobs.trained_styles import free_name, styles_folder
from ..preferences import read_settings
from ..protocol.errors import BadInput, ErrorKind, fill
from ..protocol.style_train import StyleTrainRequest
from ..protocol.wire import to_json
from ..scene.files import files_read, opened_file
from ..scene.version import version
from .arguments import UsageError, absolute, checked
from .looks import existing
from .outputs import check_outputs, write_json
from .progress import Bar, Lines, reporter, work_off
from .report import describe_error, describe_machine
from .signals import Stop, stopped_by_signals
from .training_options import chosen_fields

_LOSSES = ("adversarial", "content", "identity", "discriminator")
_UNBROUGHT = "-"  # a picture's file has its name once it is in the job's folder


def run(options: argparse.Namespace) -> int:
    """Train, report. Returns the exit code. A signal stops the training, and keeps what is learnt.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    scene = opened_file()
    with checked():
        wanted = _resumed(options, scene) if options.resume is not None else _wanted(options, scene)
        training = StyleTraining(wanted, read_settings(bpy.context))
    report = check_outputs(options, scene, [*(look.path for look in wanted.looks), *files_read()],
                           [wanted.path]).report
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        _train(training, progress, stop)
    job = training.job
    for remark in job.remarks:
        progress.say(fill(remark.sentence, remark.values))
    progress.say(f"{job.object_name}: {job.error or job.result.style}")
    if report is not None:
        write_json(report, _describe(job, wanted, time.perf_counter() - start))
    return 0 if job.state is JobState.DONE else 1


def _wanted(options: argparse.Namespace, scene: Path | None) -> WantedTraining:
    if not options.styles:
        raise UsageError("--style is missing: name the picture to learn from, or --resume a training.")
    looks = tuple(Picture.of_file(existing("style", text, scene).path, bpy.context.scene.name)
                  for text in options.styles)
    fields: dict[str, Any] = {"name": free_name(looks[0].path.stem), **chosen_fields(options)}
    folder = styles_folder()
    if options.styles_folder is not None:
        folder = absolute("styles-folder", options.styles_folder, scene)
    request = StyleTrainRequest(
        styles=(_UNBROUGHT,) * len(looks), contents=_contents(options, scene), styles_folder=str(folder),
        events_folder=_events(options, scene), **fields)
    return WantedTraining(request, looks, replaces=options.replace)


def _resumed(options: argparse.Namespace, scene: Path | None) -> WantedTraining:
    """Raises:
        UsageError: something is given that cannot differ.
    """
    changes = chosen_fields(options)
    if options.tensorboard is not None:
        changes["events_folder"] = _events(options, scene)
    if options.styles_folder is not None:
        changes["styles_folder"] = str(absolute("styles-folder", options.styles_folder, scene))
    given = {"style": options.styles, "content": options.contents}
    fixed = [name for name, value in given.items() if value]
    fixed += [name for name in changes if name not in ("rounds", "patience", "licence", "name", "styles_folder",
                                                          "events_folder")]
    if fixed:
        raise UsageError(f"--{fixed[0].replace('_', '-')} cannot differ from the training that --resume goes on with: "
                         "leave it out.")
    try:
        is_elsewhere = bool({"name", "styles_folder"} & changes.keys())
        return going_on(absolute("resume", options.resume, scene), replaces=not is_elsewhere or options.replace,
                        **changes)
    except BadInput as error:
        if "path" in error.values:
            raise UsageError(f"--resume: {error}") from error
        raise


def _contents(options: argparse.Namespace, scene: Path | None) -> tuple[str, ...]:
    paths = [absolute("content", text, scene) for text in options.contents or ()]
    for path in paths:
        if not path.exists():
            raise UsageError(f"--content {path} is not there: name a picture or a folder.")
    return tuple(str(path) for path in paths)


def _events(options: argparse.Namespace, scene: Path | None) -> str:
    return "" if options.tensorboard is None else str(absolute("tensorboard", options.tensorboard, scene))


def _train(training: StyleTraining, progress: Bar | Lines, stop: Stop) -> None:
    """With a line for the folder to resume from, and one for each test on what is held out."""
    told = -1.0
    is_placed = False

    def tell_more() -> None:
        nonlocal told, is_placed
        if not is_placed and training.job.folder is not None:
            is_placed = True
            progress.say(f"{training.job.object_name}: trained in {training.job.folder}, to be named to --resume "
                         "if it is broken off")
        figures = training.job.figures
        if figures.get("tested", told) != told:
            told = figures["tested"]
            progress.say(_test_line(figures))

    work_off(training, progress, stop, tell_more)


def _test_line(figures: Mapping[str, float]) -> str:
    losses = ", ".join(f"{name} {figures[name]:.3f}" for name in _LOSSES if name in figures)
    return (f"step {figures['tested']:.0f}: score {figures['score']:.4f} (best {figures['best']:.4f}), style "
            f"{figures['patch_distance']:.4f}, content {figures['content_loss']:.4f}; losses: {losses}")


def _describe(job: TrainingJob, wanted: WantedTraining, seconds: float) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    result = job.result
    is_cancelled = job.error is not None and job.error.kind is ErrorKind.CANCELLED
    return {
        "version": version(),
        "status": "cancelled" if is_cancelled else str(job.state),
        "seconds": round(seconds, 3),
        "machine": describe_machine(),
        "request": {**to_json(job.request or wanted.request), "styles": [str(look.path) for look in wanted.looks]},
        "name": job.object_name,
        "error": None if job.error is None else describe_error(job.error),
        "warnings": [fill(remark.sentence, remark.values) for remark in job.remarks],
        "style": result and result.style,
        "sheet": result and str(job.folder / result.sheet),
        "tests": result and [{**to_json(test), "score": test.score} for test in result.tests],
        "best": result and result.best,
        "started_from": result and result.start,
        "stopped_early": result and result.stopped_early,
        "contents": result and result.contents,
        "held_out": result and result.held_out,
        "resume": str(job.folder) if job.can_go_on else None,
        "figures": job.figures,
        "stages": {stage: round(taken, 4) for stage, taken in job.seconds.items()},
    }
