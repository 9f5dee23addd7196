"""A part of a picture, painted anew by the embedded model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.evaluate import drawn, tasks
from training.repaint_evaluate import HOLE_PX, decoded, edge_ratio, hole, middle, repainted

MINI = Path(__file__).parents[2] / "models" / "mini"


def test_only_the_hole_is_painted():
    jobs = [job for job in tasks(1) if job.label in ("granite", "brick")][::2]
    before = drawn(jobs, 0)
    after, floor = repainted(MINI, jobs, before), decoded(MINI, before)
    inside = hole() > 0
    assert inside.sum() == HOLE_PX**2
    for old, new, decoded_ in zip(before, after, floor, strict=True):
        np.testing.assert_array_equal(new[~inside], old[~inside].astype(np.float32))
        np.testing.assert_array_equal(decoded_[~inside], old[~inside])
        assert np.abs(new[inside] - old[inside]).mean() > 2 * np.abs(decoded_[inside] - old[inside]).mean()
        assert middle(new).std() > 0.3 * middle(old).std()


def test_a_patch_of_another_colour_has_an_edge():
    grain = np.random.default_rng(0).random((256, 256, 3), np.float32) * 0.2
    assert 0.9 < edge_ratio(grain) < 1.1
    assert edge_ratio(grain + hole()[..., None] * np.float32(0.5)) > 2
