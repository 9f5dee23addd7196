"""Training a style as a job: from pictures to a file that is used, stopped and gone on with."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file
from tensorboardX.proto import event_pb2

from backend.job import Job
from backend.jobs import run
from backend.style.adversarial.styles import check_place, read_card, read_style
from backend.style.adversarial.training import Training
from backend.style.networks import fixed_style_weights
from protocol.errors import BadInput, Cancelled, StorageError
from protocol.messages import Preview, Progress
from protocol.style import Style, StyleMethod, StyleRequest
from protocol.style_train import CHECKPOINT_NAME, EVENTS_NAME, Optimiser, StyleTrainRequest, StyleTrainResult
from protocol.wire import request_from_json, request_to_json
from tests.backend.test_style_instant import picture, save

QUICK = {"size_px": 64, "crop_px": 64, "batch": 2, "start": 4, "rounds": 4, "test_every": 2, "penalty_every": 2}
LIVELY = {"test_every": 20, "rate": 2e-3, "discriminator_rate": 2e-3, "ema": 0.8}


def woven(side: int) -> np.ndarray:
    """A style that no picture of blotches has: red and white squares on black."""
    rows, columns = np.mgrid[:side, :side] // 6 % 2
    return np.stack([np.maximum(rows, columns), rows * columns, rows * columns], axis=2).astype(np.float32)


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """What TensorBoard reads: by tag and step. A record is its length in 8 bytes, 4 of a checksum, itself, 4 more."""
    found: dict[str, dict[int, float]] = {}
    (path,) = folder.glob("events.out.tfevents*")
    rest = path.read_bytes()
    while rest:
        length = int.from_bytes(rest[:8], "little")
        event = event_pb2.Event.FromString(rest[12:12 + length])
        rest = rest[16 + length:]
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


Train = Callable[..., StyleTrainResult]


def trains_in(root: Path) -> Train:
    """Runs a job in a folder of `root` on its look.png and the pictures of its photos."""

    def go(name: str = "job", told: list[object] | None = None, stop_after: float = float("inf"),
           **choices: object) -> StyleTrainResult:
        folder = root / name
        (folder / "photos").mkdir(parents=True, exist_ok=True)
        save(folder / "look.png", woven(96))
        for number in range(5):
            save(folder / "photos" / f"{number}.png", picture(80, 100, seed=number))
        request = StyleTrainRequest(**{"name": "Woven", "styles": ("look.png",), "contents": ("photos",),
                                       "styles_folder": str(root / "styles"), **QUICK, **choices})
        assert request_from_json(request_to_json(request)) == request
        events: list[object] = [] if told is None else told

        def is_cancelled() -> bool:
            steps = [event.step for event in events if isinstance(event, Progress) and "Training" in event.stage.value]
            return bool(steps) and steps[-1] >= stop_after

        job = Job("1", folder, events.append, is_cancelled)
        return run(request, job, None)  # type: ignore[arg-type, return-value]

    return go


@pytest.fixture
def train(tmp_path: Path) -> Train:
    return trains_in(tmp_path)


@pytest.fixture(scope="module")
def some_dozen_steps(tmp_path_factory: pytest.TempPathFactory) -> StyleTrainResult:
    return trains_in(tmp_path_factory.mktemp("dozens"))(rounds=40, **LIVELY)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Optimiser], StyleTrainResult]:
    """One training of each optimiser that nothing stops."""
    return functools.cache(lambda optimiser: trains_in(tmp_path_factory.mktemp("whole"))(rounds=6, optimiser=optimiser))


def test_a_training_gives_a_style_that_is_used(train: Train, tmp_path: Path):
    told: list[object] = []
    result = train(told=told, licence="CC0-1.0")
    assert result.style == str(tmp_path / "styles" / "Woven.safetensors")
    assert [test.round for test in result.tests] == [0, 2, 4]
    assert (result.contents, result.held_out) == (4, 1)
    card = read_card(Path(result.style))
    assert card["licence"] == "CC0-1.0"
    assert card["styles"] == [["look.png", hashlib.sha256((tmp_path / "job" / "look.png").read_bytes()).hexdigest()]]
    assert sorted(name for name, _ in card["contents"] + card["held_out"]) == [f"{n}.png" for n in range(5)]
    assert card["scores"]["patch_distance"] == result.tests[result.best].patch_distance
    assert sum(isinstance(event, Preview) for event in told) == 3
    fractions = [event.fraction for event in told if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] >= 0.9
    with Image.open(tmp_path / "job" / result.sheet) as sheet:
        assert sheet.size == (64, 128)
    told_there = scalars(tmp_path / "job" / EVENTS_NAME)
    assert told_there["held_out/patch_distance"] == pytest.approx({test.round: test.patch_distance
                                                                   for test in result.tests})
    assert set(told_there["loss/adversarial"]) == {1, 2, 3, 4}

    save(tmp_path / "content.png", picture(64, 96))
    pictures = []
    for styles in ((Style(trained=result.style),), (Style(trained=result.style),),
                   (Style(trained=result.style), Style(fixed=3))):
        run(StyleRequest(name="a", content="content.png", styles=styles),
            Job("1", tmp_path, lambda event: None, lambda: False), None)  # type: ignore[arg-type]
        pictures.append((tmp_path / "styled.png").read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]
    run(StyleRequest(name="a", content="content.png", styles=(Style(trained=result.style),), strength=0.0),
        Job("1", tmp_path, lambda event: None, lambda: False), None)  # type: ignore[arg-type]
    with Image.open(tmp_path / "styled.png") as after, Image.open(tmp_path / "content.png") as before:
        assert np.array_equal(np.asarray(after), np.asarray(before))


def test_a_real_process_trains_too(tmp_path: Path, root: Path):
    save(tmp_path / "look.png", woven(96))
    (tmp_path / "photos").mkdir()
    for number in range(4):
        save(tmp_path / "photos" / f"{number}.png", picture(80, 100, seed=number))
    request = StyleTrainRequest(name="织物 a", styles=("look.png",), contents=(str(tmp_path / "photos"),),
                                styles_folder=str(tmp_path / "styles"), **{**QUICK, "rounds": 1})
    (tmp_path / "request.json").write_text(request_to_json(request), encoding="utf-8")
    run_it = subprocess.run([sys.executable, "-s", "-E", "-B", "-m", "backend", "run", str(tmp_path)], cwd=root,
                            capture_output=True, encoding="utf-8", check=False)
    assert run_it.returncode == 0, run_it.stderr
    assert json.loads(run_it.stdout)["style"] == str(tmp_path / "styles" / "织物 a.safetensors")
    assert read_card(tmp_path / "styles" / "织物 a.safetensors")["name"] == "织物 a"


def test_one_picture_is_enough_and_what_is_drawn_is_learnt_on(train: Train, tmp_path: Path):
    told: list[object] = []
    result = train(told=told, contents=(), events_folder=str(tmp_path / "board"))
    assert (result.contents, result.held_out) == (19, 5)
    card = read_card(Path(result.style))
    assert sorted(name for name, _ in card["contents"] + card["held_out"]) == [f"drawn {n:02}" for n in range(24)]
    assert set(scalars(tmp_path / "board")["loss/adversarial"]) == {1, 2, 3, 4}
    assert not (tmp_path / "job" / EVENTS_NAME).exists()
    figures = [event.figures for event in told if isinstance(event, Progress) and event.figures]
    assert figures[-1]["tested"] == 4
    assert figures[-1]["best"] == min(test.score for test in result.tests)
    assert figures[-1]["discriminator"] == scalars(tmp_path / "board")["loss/discriminator"][4]


def test_some_dozen_steps_come_nearer_to_the_style(some_dozen_steps: StyleTrainResult):
    tests, best = some_dozen_steps.tests, some_dozen_steps.best
    assert best > 0
    assert tests[best].patch_distance < 0.9 * tests[0].patch_distance


def test_the_nearest_fixed_style_is_where_it_begins(train: Train):
    result = train(start=None, rounds=1, test_every=1)
    others = [train(f"from {number}", start=number, rounds=1, test_every=1).tests[0].score
              for number in (result.start, (result.start + 1) % 26, (result.start + 13) % 26)]
    assert result.tests[0].score == others[0] <= min(others)


@pytest.mark.parametrize(("optimiser", "stop_after"), [
    (Optimiser.ADAM, 3), (Optimiser.SGD, 3), (Optimiser.SGD, 2), (Optimiser.SGD, 0)])
def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(
        train: Train, whole: Callable[[Optimiser], StyleTrainResult], tmp_path: Path, optimiser: Optimiser,
        stop_after: int):
    """Within a step, before the test of one, and in the first test of all."""
    with pytest.raises(Cancelled):
        train("stopped", rounds=6, optimiser=optimiser, stop_after=stop_after)
    checkpoint = tmp_path / "stopped" / CHECKPOINT_NAME
    rest = train("rest", rounds=6, optimiser=optimiser, resume=str(checkpoint))
    assert rest.tests == whole(optimiser).tests
    first, second = (load_file(result.checkpoint) for result in (whole(optimiser), rest))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    before = load_file(checkpoint)
    assert not np.array_equal(before["generator/_layers.contract_0.weight"],
                              first["generator/_layers.contract_0.weight"])


def test_the_same_request_gives_the_same_bytes(train: Train):
    files = [Path(train(name).style).read_bytes() for name in ("one", "two")]
    assert files[0] == files[1]
    assert Path(train("three", seed=1).style).read_bytes() != files[0]


def test_the_best_weights_are_kept_and_it_stops_when_nothing_gets_better(train: Train):
    """With this rate each test is worse than the start."""
    result = train(rounds=50, test_every=1, patience=3, rate=0.05, ema=0.0)
    assert result.stopped_early
    assert result.tests[-1].round == result.tests[result.best].round + 3 < 50
    best = min(result.tests, key=lambda test: test.score)
    assert result.tests[result.best] == best
    kept = read_style(Path(result.style))
    same = all(np.array_equal(kept[name], value) for name, value in fixed_style_weights(4).items())
    assert same == (result.best == 0)


def test_a_training_that_breaks_down_before_it_is_better_fails(train: Train, tmp_path: Path):
    with pytest.raises(BadInput, match=r"broke down at step \d+, before it was better") as caught:
        train(rounds=50, test_every=1, patience=0, rate=0.1, discriminator_rate=0.1, optimiser=Optimiser.SGD,
              ema=0.0, content_weight=100.0, adversarial_weight=100.0, identity_weight=100.0, penalty=100.0)
    assert caught.value.remedy
    assert not list(tmp_path.glob("styles/*"))


def test_a_training_that_breaks_down_ends_with_the_best_before(train: Train, some_dozen_steps: StyleTrainResult,
                                                               monkeypatch: pytest.MonkeyPatch):
    step = Training.step

    def break_down(training: Training) -> dict[str, float]:
        losses = step(training)
        if training.round > 40:
            with torch.no_grad():
                for weights in training.average.parameters():
                    weights.fill_(float("nan"))
        return losses

    monkeypatch.setattr(Training, "step", break_down)
    result = train(rounds=80, resume=some_dozen_steps.checkpoint, **LIVELY)
    assert [test.round for test in result.tests] == [0, 20, 40]
    assert result.best > 0
    assert all(np.isfinite(test.score) for test in result.tests)
    (remark,) = result.remarks
    assert remark.values == {"round": 60}
    assert all(np.isfinite(values).all() for values in read_style(Path(result.style)).values())


def test_the_average_follows_the_weights():
    """Faster at first: a running mean over more steps than there were would still be the start."""
    training = learning(ema=0.3)
    wanted = [weights.detach().clone() for weights in training.average.parameters()]
    for share in (2 / 11, 3 / 12, 0.3):
        training.step()
        now = list(training._modules()["generator"].state_dict().values())
        wanted = [share * mean + (1 - share) * values for mean, values in zip(wanted, now, strict=True)]
    found = list(training.average.parameters())
    for mean, expected, values in zip(found, wanted, now, strict=True):
        torch.testing.assert_close(mean.data, expected, rtol=1e-4, atol=1e-6)
        assert not torch.equal(mean.data, values)


def test_the_identity_term_keeps_the_style_s_own_pictures_as_they_are():
    """By itself; and with everything else its weight changes what is learnt."""
    style = torch.from_numpy(woven(64)).permute(2, 0, 1)[None]

    def changes(training: Training) -> float:
        with torch.no_grad():
            return float((training._modules()["generator"](style) - style).abs().mean())

    alone = learning(adversarial_weight=0.0, content_weight=0.0, identity_weight=1.0, rate=2e-3)
    before = changes(alone)
    for _ in range(8):
        losses = alone.step()
    assert set(losses) - {"penalty"} == {"discriminator", "identity"}
    assert changes(alone) < 0.9 * before
    with_it, without = learning(identity_weight=5.0), learning(identity_weight=0.0)
    for training in (with_it, without):
        training.step()
    assert changes(with_it) != changes(without)


def learning(**choices: object) -> Training:
    """A training on woven squares that has not begun."""
    request = StyleTrainRequest(**{"name": "a", "styles": ("a.png",), "contents": ("a",), "styles_folder": "/a",
                                   **QUICK, **choices})
    style, content = (torch.from_numpy(np.rint(image * 255).astype(np.uint8)).permute(2, 0, 1)
                      for image in (woven(64), picture(64, 64)))
    return Training(request, fixed_style_weights(4), [style], [content], torch.device("cpu"))


def test_patience_counts_the_tests_since_the_best():
    request = StyleTrainRequest(name="a", styles=("a.png",), contents=("a",), styles_folder="/a", patience=2, **QUICK)
    blank = [torch.zeros((3, 64, 64), dtype=torch.uint8)]
    training = Training(request, fixed_style_weights(0), blank, blank, torch.device("cpu"))
    for distance, over in ((0.5, False), (0.6, False), (0.4, False), (0.41, False), (0.42, True)):
        training.note(distance, 0.1)
        assert training.is_over == over
    assert training.best == 2
    lasting = Training(dataclasses.replace(request, patience=0), fixed_style_weights(0), blank, blank,
                       torch.device("cpu"))
    for _ in range(20):
        lasting.note(0.5, 0.1)
    assert not lasting.is_over


def test_a_checkpoint_that_cannot_be_written_is_told(tmp_path: Path):
    request = StyleTrainRequest(name="a", styles=("a.png",), contents=("a",), styles_folder="/a", **QUICK)
    blank = [torch.zeros((3, 64, 64), dtype=torch.uint8)]
    training = Training(request, fixed_style_weights(0), blank, blank, torch.device("cpu"))
    with pytest.raises(StorageError, match="cannot be kept"):
        training.save(tmp_path / "nowhere" / "training.safetensors", "mark")
    assert not list(tmp_path.iterdir())


def test_where_the_style_cannot_lie_is_told_before_it_is_learnt(train: Train, tmp_path: Path):
    told: list[object] = []
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        train(told=told, styles_folder=str(tmp_path / "file"))
    assert not any(isinstance(event, Progress) and event.step for event in told)
    with pytest.raises(StorageError):
        check_place(tmp_path / f"{'画' * 90}.safetensors")
    check_place(tmp_path / "styles" / "fits.safetensors")
    assert list((tmp_path / "styles").iterdir()) == []


def test_a_checkpoint_of_other_pictures_is_refused(train: Train, tmp_path: Path):
    checkpoint = train().checkpoint
    (tmp_path / "text").write_text("nothing")
    for wrong, word in (({"seed": 3, "resume": checkpoint}, "other pictures or settings"),
                        ({"resume": str(tmp_path / "text")}, "cannot be|can be gone on"),
                        ({"resume": str(tmp_path / "styles" / "Woven.safetensors")}, "can be gone on"),
                        ({"resume": str(tmp_path / "none")}, "can be gone on")):
        with pytest.raises(BadInput, match=word) as caught:
            train("other", **wrong)
        assert caught.value.remedy


def test_bad_pictures_are_told(train: Train, tmp_path: Path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    with pytest.raises(BadInput, match="0 different pictures"):
        train(contents=(str(folder),))
    (folder / "text.png").write_text("no picture")
    save(folder / "small.png", picture(40, 200))
    for number in range(3):
        save(folder / f"{number}.png", picture(70, 70, seed=number))
        save(folder / f"{number} again.png", picture(70, 70, seed=number))
    with pytest.raises(BadInput, match=r"Only 3 pictures.*2 cannot be used.*small.png is 200 × 40"):
        train(contents=(str(folder),))
    save(folder / "3.png", picture(70, 70, seed=3))
    (remark,) = train(contents=(str(folder),), rounds=1).remarks
    assert remark.values["count"] == 2
    with pytest.raises(BadInput, match="are not there"):
        train(contents=(str(tmp_path / "nowhere"),))
    with pytest.raises(BadInput, match=r"picture that can be read"):
        train(styles=("none.png",))
    with pytest.raises(BadInput, match=r"^mine\.jpg"):
        train(styles=("text.png",), names=("mine.jpg",), name="mixed")
    noise = np.random.default_rng(0).integers(0, 2, (80, 80, 3)) / 255
    for colour in ((0, 0, 0), (1, 0, 0), (0.8, 0.1, 0.3), 0.5 + noise):
        save(tmp_path / "job" / "flat.png", np.broadcast_to(colour, (80, 80, 3)))
        with pytest.raises(BadInput, match="too plain"):
            train(styles=("flat.png",))


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"name": "a/b"}, {"name": "a. "}, {"styles": ()}, {"styles": ("a/b.png",)},
    {"events_folder": "events"}, {"contents": ("a/b",)}, {"styles_folder": "styles"}, {"styles_folder": ""},
    {"resume": "a"}, {"start": 26},
    {"size_px": 32}, {"crop_px": 72}, {"size_px": 64, "crop_px": 128}, {"rounds": 0}, {"batch": 0},
    {"rate": float("nan")}, {"discriminator_rate": 1.0}, {"ema": 1.0}, {"held_out": 0.0}, {"augment": 2.0},
    {"scale_low": 2.0, "scale_high": 1.0}, {"penalty_every": 0}, {"patience": -1}, {"licence": "a" * 201},
])
def test_requests_know_their_bounds(wrong: dict[str, object]):
    good = {"name": "Mine", "styles": ("a.png",), "contents": ("C:\\photos", "/photos", "b.png"),
            "styles_folder": "/styles"}
    StyleTrainRequest(**good)
    with pytest.raises(BadInput) as caught:
        StyleTrainRequest(**good | wrong)
    assert caught.value.remedy


def test_a_style_is_one_of_three_and_trained_ones_are_instant():
    for wrong in ({"picture": "a.png", "trained": "/b"}, {"fixed": 1, "trained": "/b"}):
        with pytest.raises(BadInput, match="one of the three"):
            Style(**wrong)
    with pytest.raises(BadInput, match="instant method only"):
        StyleRequest(name="a", content="a.png", styles=(Style(trained="/b"),), method=StyleMethod.GRAM)
