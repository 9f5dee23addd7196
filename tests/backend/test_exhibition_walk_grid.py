"""The grid that a page's visitors walk on, of plans of 200 seeds: from the entrance each work's place is reached."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from protocol.exhibition_plan import plan_to_json
from tests.backend.test_exhibition_planning import BLOCKS, block, planned
from vernissage.protocol.exhibition_plan import plan_from_json
from vernissage.scene.gallery.visit import start_of, stop_at, walk_grid


@pytest.mark.parametrize("first", BLOCKS)
def test_all_works_are_reached_on_the_grid_that_is_shipped(first: int) -> None:
    for seed in block(first):
        plan = plan_from_json(plan_to_json(planned(seed)))
        grid = walk_grid(plan)
        parts, _ = ndimage.label(grid.free)  # by sides, as visitors go


        def part(x: float, y: float, grid=grid, parts=parts) -> int:
            """Of the place's cell, or of one next to it, as the page takes the nearest that is free."""
            row, column = int((y - grid.south) / grid.cell_m), int((x - grid.west) / grid.cell_m)
            return parts[row, column] or parts[row - 1 : row + 2, column - 1 : column + 2].max()

        entrance = part(*start_of(plan)[0])
        assert entrance
        assert {part(*stop_at(plan, work)) for work in plan.works} == {entrance}, seed
        assert np.count_nonzero(parts == entrance) * grid.cell_m**2 > 1
