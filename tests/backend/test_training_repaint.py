"""A part of a picture, painted anew by the embedded model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.evaluate import drawn, tasks
from training.repaint_evaluate import HOLE_PX, edge_ratio, hole, repainted

MINI = Path(__file__).parents[2] / "models" / "mini"


def test_only_the_hole_is_painted_and_its_border_is_measured():
    jobs = [job for job in tasks(1) if job.label in ("granite", "brick")][:2]
    before = drawn(jobs, 0)
    after = repainted(MINI, jobs, before)
    inside = hole() > 0
    assert inside.sum() == HOLE_PX**2
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(new[~inside], old[~inside])
        assert np.abs(new[inside] - old[inside]).mean() > 0.02


def test_a_patch_of_another_colour_has_an_edge():
    grain = np.random.default_rng(0).random((256, 256, 3), np.float32) * 0.2
    assert 0.9 < edge_ratio(grain) < 1.1
    assert edge_ratio(grain + hole()[..., None] * np.float32(0.5)) > 2
