"""How exactly works hang and stand where the plan has them."""

from __future__ import annotations

import bpy
import numpy as np

from ...protocol.exhibition_plan import ExhibitionPlan, Hung, centre_of, inward
from .evaluated import all_evaluated
from .parts import find_parts

__all__ = ["box_of", "hang_error_mm"]


def box_of(each: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest (x, y, z) of a mesh, in metres of its scene."""
    points = np.empty(3 * len(each.data.vertices), np.float32)
    each.data.vertices.foreach_get("co", points)
    turned = np.array(each.matrix_world, np.float64)
    placed = points.reshape(-1, 3) @ turned[:3, :3].T + turned[:3, 3]
    return placed.min(axis=0), placed.max(axis=0)


def hang_error_mm(top: bpy.types.Collection, plan: ExhibitionPlan) -> dict[str, float]:
    """By the ID of a work, the farthest that any side of its bounding box is from where the plan has it; of those that
    are there."""
    found = find_parts(top)
    with all_evaluated(top):
        boxes = {work.id: box_of(found[work.id]) for work in plan.works if work.id in found}
    errors = {}
    for work in plan.works:
        if work.id not in boxes:
            continue
        middle = np.array(centre_of(plan, work))
        half = np.array([work.width_m, work.depth_m, work.height_m]) / 2
        if isinstance(work.place, Hung):
            dx, dy = inward(work.place.wall)
            half = half if dy else half[[1, 0, 2]]
            middle[:2] += np.array([dx, dy]) * work.depth_m / 2
        low, high = boxes[work.id]
        errors[work.id] = float(max(np.abs(low - middle + half).max(), np.abs(high - middle - half).max()) * 1000)
    return errors
