"""The judge of generated pictures: trained for a few steps, and its measures on sets that are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from backend.material.judge import Judge
from training import evaluate, judge
from training.data import cache, renders
from training.data.mixture import LABELS, example, label_of
from training.loop import Clock


def test_the_mixture_is_three_materials_and_a_painting():
    labels = [label_of(seed) for seed in range(8)]
    assert [label.startswith("painting/") for label in labels] == [False, False, False, True] * 2
    drawn = example(3, 64)
    assert drawn.label == labels[3]
    assert np.array_equal(drawn.image, example(3, 64).image)
    assert set(labels) <= set(LABELS)


def test_five_steps_of_the_judge_train_export_and_resume(tmp_path):
    cache.build(tmp_path / "data", 8, size_px=256, workers=1, chunk=8)
    first = judge.learn(tmp_path, tmp_path / "judge", Clock(budget_steps=5), held_out=2)
    loaded = Judge.from_pretrained(tmp_path / "judge", torch_dtype=torch.float32).eval()
    picture = torch.rand(1, 3, 128, 128) * 2 - 1
    said = loaded(picture)
    assert said.shape == (1, len(LABELS))
    torch.testing.assert_close(said, first(picture), atol=2e-2, rtol=2e-2)  # float16 on disk
    again = judge.learn(tmp_path, tmp_path / "judge", Clock(budget_steps=5), held_out=2)
    assert torch.equal(again(picture), first(picture))


def test_the_frechet_distance_of_gaussians_is_that_of_their_moments():
    rng = np.random.default_rng(1)
    first = rng.standard_normal((20_000, 3))
    assert evaluate.frechet(first, first) == pytest.approx(0, abs=1e-9)
    assert evaluate.frechet(first, first + np.array([3, 0, 0])) == pytest.approx(9, rel=1e-6)
    # Of centred Gaussians with deviations a and b it is (a - b)**2 along each axis.
    assert evaluate.frechet(first, 2 * first) == pytest.approx(3, rel=0.03)


def test_a_drawn_colour_is_told_from_the_other_colours_of_its_material():
    jobs = [job for job in evaluate.tasks(1) if job.label in ("plaster", "marble")]
    pictures = evaluate.drawn(jobs, 0)
    references = evaluate.colour_references()
    assert evaluate.colours_right(jobs, pictures, references) >= 0.75
    wrong = [1 - picture for picture in pictures]
    assert evaluate.colours_right(jobs, wrong, references) < 0.5


# --- the ControlNet -----------------------------------------------------------------------------------------------


def test_a_render_shows_its_material_on_its_shape_only():
    drawn = renders.render(3, 128)
    again = renders.render(3, 128)
    assert np.array_equal(drawn.image, again.image)
    assert 0.1 < drawn.mask.mean() < 1
    assert np.ptp(drawn.image[~drawn.mask], axis=0).max() == 0  # beyond the shape there is nothing to learn
    assert drawn.image[drawn.mask].std() > 0.02
    facing = drawn.normals[~drawn.mask].astype(int)
    assert (np.abs(facing - [128, 128, 255]) <= 1).all()
