"""Key frames of a film that are begun in one run: they agree on what both show, and one alone is as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.diffusion.loading import Models
from backend.diffusion.transfer import Begun
from backend.job import Job
from backend.jobs.style_diffusion import Diffusion, Given, diffusion_of
from backend.style.meeting import Meeting
from backend.style.motion import Origin
from protocol.messages import Event, Stage
from protocol.style import Style, StyleMethod, StyleRequest
from tests.backend import tiny_models
from tests.backend.test_style_instant import picture

HEIGHT, WIDTH, SHIFT = 64, 128, 64


@pytest.fixture(scope="module", params=["sd", "mini"])
def diffusion(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Diffusion:
    """`mini` itself, small, and an untrained Stable Diffusion."""
    model = "mini" if request.param == "mini" else str(tiny_models.save_sd(tmp_path_factory.mktemp("models")))
    wanted = StyleRequest(name="Frame", content="frame.png", styles=(Style(picture="look.png"),), model=model,
                          method=StyleMethod.DIFFUSION, steps=5, stroke_scale=3.0 if request.param == "mini" else 1.0)
    return diffusion_of(wanted, [(picture(64, 64, seed=2) ** 3, 1.0)], Models())


def shifted() -> tuple[list[Given], list[tuple[int, Origin]]]:
    """Frames 3 and 7 of a pan: what the first shows on its right is on the left of the second."""
    wall = picture(HEIGHT, WIDTH + SHIFT)
    first, second = Origin.new(3, HEIGHT, WIDTH), Origin.new(7, HEIGHT, WIDTH)
    second.frame[:, :WIDTH - SHIFT] = 3
    second.place[:, :WIDTH - SHIFT, 0] += SHIFT
    return [Given(wall[:, :WIDTH]), Given(wall[:, SHIFT:])], [(3, first), (7, second)]


def begun(diffusion: Diffusion, pictures: Sequence[Given], origins: Sequence[tuple[int, Origin]]) -> list[Begun]:
    told: list[Event] = []
    job = Job("1", Path(), told.append, lambda: False)
    with job.stage(Stage.STYLISE, steps := diffusion.steps_together(pictures)):
        made = diffusion.begin(pictures, origins, job)
    assert told[-1].step == steps  # it took as many as it said
    return made


def painted(diffusion: Diffusion, given: Given, start: Begun | None = None) -> np.ndarray:
    told: list[Event] = []
    job = Job("1", Path(), told.append, lambda: False)
    steps = diffusion.steps(is_held=given.held is not None, is_begun=start is not None)
    with job.stage(Stage.STYLISE, steps):
        made = diffusion.paint(given, job, lambda now: None, start)
    assert told[-1].step == steps
    return made


def apart(first: np.ndarray, second: np.ndarray) -> float:
    """Where both frames show the same."""
    return float(np.sqrt(np.square(first[:, SHIFT:] - second[:, :WIDTH - SHIFT]).mean()))


def test_frames_that_are_begun_together_agree_on_what_both_show(diffusion: Diffusion):
    pictures, origins = shifted()
    together = begun(diffusion, pictures, origins)
    shown = [painted(diffusion, given, start) for given, start in zip(pictures, together, strict=True)]
    by_themselves = [painted(diffusion, given) for given in pictures]
    assert apart(*(given.picture for given in pictures)) == 0
    assert apart(*shown) < 0.8 * apart(*by_themselves)


def test_one_that_is_begun_alone_becomes_what_it_was(diffusion: Diffusion):
    pictures, origins = shifted()
    start, = begun(diffusion, pictures[:1], origins[:1])
    assert np.array_equal(painted(diffusion, pictures[0], start), painted(diffusion, pictures[0]))
    elsewhere = [(number, replace(origin, frame=np.full_like(origin.frame, 1))) for number, origin in origins]
    seen, _ = begun(diffusion, pictures, elsewhere)  # with nothing in common it still attends to the other
    assert not torch.equal(seen.latents, start.latents)


@pytest.mark.parametrize("diffusion", ["sd"], indirect=True)
def test_what_is_held_of_frames_that_are_begun_together_stays(diffusion: Diffusion):
    pictures, origins = shifted()
    held = picture(HEIGHT, WIDTH, seed=5), np.ones((HEIGHT, WIDTH), np.float32)
    pictures = [given._replace(held=held) for given in pictures]
    starts = begun(diffusion, pictures, origins)
    for given, start in zip(pictures, starts, strict=True):
        assert np.abs(painted(diffusion, given, start) - painted(diffusion, given)).max() < 2e-3
    again = begun(diffusion, pictures, origins)
    assert all(torch.equal(one.latents, other.latents) for one, other in zip(starts, again, strict=True))


def test_pictures_meet_where_they_show_the_same_and_nowhere_else():
    _, origins = shifted()
    random = np.random.default_rng(1)
    pictures = [random.random((8, 16, 4), np.float32) for _ in origins]
    meeting = Meeting(origins, 8, 16)
    first, second = meeting.differences(pictures)
    np.testing.assert_allclose((pictures[0] + first)[:, 8:], (pictures[1] + second)[:, :8], atol=1e-6)
    np.testing.assert_allclose(first[:, 8:], (pictures[1][:, :8] - pictures[0][:, 8:]) / 2, atol=1e-6)
    assert not first[:, :8].any() and not second[:, 8:].any()
    elsewhere = [(number, replace(origin, frame=np.full_like(origin.frame, 1))) for number, origin in origins]
    assert not any(change.any() for change in Meeting(elsewhere, 8, 16).differences(pictures))
