"""A job as its recipe sees it: progress that never falls, estimates, cancels, previews."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend.job import STAGE_SHARES, Job
from protocol.errors import Cancelled
from protocol.messages import Event, Preview, Progress, Remark, Stage


class Watch:
    """A clock that the test moves, and what the job told."""

    def __init__(self, folder: Path = Path()) -> None:
        self.now_s = 100.0
        self.events: list[Event] = []
        self.is_cancelled = False
        self.job = Job("a", folder, self.events.append, lambda: self.is_cancelled, clock=lambda: self.now_s)

    @property
    def last(self) -> Progress:
        return self.events[-1]


def test_shares_of_the_stages_make_a_whole() -> None:
    assert set(STAGE_SHARES) <= set(Stage)
    assert sum(STAGE_SHARES.values()) == pytest.approx(1.0)


@given(st.lists(st.tuples(st.sampled_from(list(STAGE_SHARES)), st.integers(0, 5), st.integers(0, 7),
                          st.floats(0.0, 9.0))))
def test_progress_never_falls_in_any_order_of_stages(parts: list[tuple[Stage, int, int, float]]) -> None:
    watch = Watch()
    for stage, steps, done, seconds in parts:
        with watch.job.stage(stage, steps=steps):
            for _ in range(done):
                watch.now_s += seconds
                watch.job.step()
    fractions = [event.fraction for event in watch.events]
    assert fractions == sorted(fractions)
    assert all(0.0 <= fraction <= 1.0 for fraction in fractions)
    assert all(0 <= event.step <= event.steps for event in watch.events)
    assert all(event.remaining_s is None or event.remaining_s >= 0.0 for event in watch.events)


@given(st.floats(0.1, 1000.0), st.integers(2, 200))
def test_the_estimate_is_right_when_the_pace_is_steady(whole_s: float, steps: int) -> None:
    """Painting takes its share of the whole: then what remains is the rest of it, at every step."""
    watch = Watch()
    step_s = whole_s * STAGE_SHARES[Stage.DENOISE] / steps
    with watch.job.stage(Stage.DENOISE, steps=steps):
        assert watch.last.remaining_s is None
        for _ in range(steps):
            watch.now_s += step_s
            watch.job.step()
            assert watch.job._pace_s == pytest.approx(whole_s)
    assert watch.last.remaining_s == pytest.approx(whole_s * (1.0 - watch.last.fraction))


def test_stages_are_timed_even_when_they_fail_and_add_up() -> None:
    watch = Watch()

    def fail() -> None:
        with watch.job.stage(Stage.BAKE):
            watch.now_s += 1.5
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
    assert watch.job.seconds == {"Baking": 3.0}
    assert watch.job.stage_at_work is Stage.BAKE


def test_work_of_another_stage_in_the_middle_of_one_is_counted_as_the_others() -> None:
    watch = Watch()
    with watch.job.stage(Stage.DENOISE):
        watch.now_s += 2.0
        for _ in range(2):
            with watch.job.aside(Stage.AGREE):
                watch.now_s += 0.5
    with watch.job.stage(Stage.DECODE):
        watch.now_s += 0.25
    assert watch.job.seconds == {"Painting views": 2.0, "Comparing views": 1.0, "Decoding views": 0.25}
    assert [event.stage for event in watch.events] == [Stage.DENOISE, Stage.DECODE]


def test_fast_steps_are_not_all_told_but_the_last_is() -> None:
    watch = Watch()
    with watch.job.stage(Stage.DENOISE, steps=1000):
        for _ in range(1000):
            watch.now_s += 0.001
            watch.job.step()
    assert 15 <= len(watch.events) <= 30
    assert (watch.last.step, watch.last.steps) == (1000, 1000)


def test_a_cancel_is_noticed_at_a_step_a_check_and_a_stage() -> None:
    watch = Watch()
    with watch.job.stage(Stage.DENOISE, steps=3):
        watch.job.step()
        watch.job.check()
        watch.is_cancelled = True
        for ask in (watch.job.step, watch.job.check):
            with pytest.raises(Cancelled):
                ask()
    with pytest.raises(Cancelled), watch.job.stage(Stage.DECODE):
        pytest.fail("a cancelled job has no further stages")
    assert watch.job.stage_at_work is Stage.DENOISE


def test_remarks_are_kept_with_their_values() -> None:
    watch = Watch()
    watch.job.remark("{name} has {count} faces.", name=Path("Cube"), count=np.float32(6.5))
    assert watch.job.remarks == [Remark("{name} has {count} faces.", {"name": "Cube", "count": "6.5"})]


def test_a_preview_is_whole_and_replaces_the_last(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    for value in (10, 200):
        picture = np.full((4, 6, 3), value, np.uint8)
        watch.job.preview(picture)
        assert watch.events[-1] == Preview("a", str(tmp_path / "preview.png"))
        with Image.open(tmp_path / "preview.png") as image:
            assert (np.asarray(image) == picture).all()
    assert [path.name for path in tmp_path.iterdir()] == ["preview.png"]


def test_parts_of_a_step_are_told_and_never_more_than_it() -> None:
    watch = Watch()
    watch.job.follow({Stage.STYLISE: 1.0})
    fractions = []
    with watch.job.stage(Stage.STYLISE, steps=2):
        for _ in range(2):
            with watch.job.parts(3):
                for _ in range(4):  # one more than was said
                    watch.now_s += 1.0
                    watch.job.step()
                    fractions.append(watch.last.fraction)
            watch.now_s += 1.0
            watch.job.step()
            fractions.append(watch.last.fraction)
    assert fractions == pytest.approx([1 / 12, 2 / 12, 0.25, 0.25, 0.5, 7 / 12, 8 / 12, 0.75, 0.75, 1.0])
    assert [event.step for event in watch.events if isinstance(event, Progress)][-1] == 2


def test_a_step_that_has_parts_twice_goes_on() -> None:
    watch = Watch()
    watch.job.follow({Stage.STYLISE: 1.0})
    remaining = []
    with watch.job.stage(Stage.STYLISE, steps=1):
        for _ in range(2):
            with watch.job.parts(2):
                for _ in range(2):
                    watch.now_s += 1.0
                    watch.job.step()
                    remaining.append(watch.last.remaining_s)
    assert watch.last.fraction == pytest.approx(0.75)
    assert max(remaining) < 5
