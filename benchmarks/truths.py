"""How right textures are, against what they ought to be: analytic colours, rays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from backend.geometry.mesh import Mesh
from backend.geometry.seams import seam_step
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.job import Job
from backend.texturing.baking import bake_views, complete_texture
from backend.texturing.surface import Surface
from backend.texturing.views import look_at_surfaces, strayed_texels
from benchmarks.baking import Subject, bake
from protocol.requests import PaintedObject, SceneRequest
from tests.backend import ray_truth
from tests.backend.test_geometry_bake import psnr, smooth
from tests.backend.test_geometry_shapes import join, moved, sphere, torus

__all__ = ["measure_analytic", "measure_outside", "measure_seams", "measure_visibility"]

PROMPT = "old red bricks"
GUTTER_PX = 16


def measure_analytic(subject: Subject, texture_px: int) -> dict[str, Any]:
    """A smooth texture, seen in the views and baked back: how near the seen texels of the 8-bit picture come."""
    result = bake(subject, texture_px, subject.analytic, with_fill=True)
    seen = result.baked.weights > 0
    truth = smooth(result.texels.positions + result.mesh.center)
    baked = result.texture.reshape(-1, 3)[result.texels.index] / 255
    return {"psnr_db": psnr(baked[seen], truth[seen]), "coverage": result.baked.coverage}


def measure_seams(subject: Subject, texture_px: int) -> dict[str, Any]:
    """How much more the texture changes over its cuts than within its charts, with and without closing them."""
    result = bake(subject, texture_px, with_fill=True)
    covered = result.texels.covered
    return {"seam_ratio": seam_step(result.image, result.seams, covered).overall,
            "seam_ratio_8bit": seam_step(result.texture, result.seams, covered).overall,
            "seam_ratio_open": seam_step(result.cut_image, result.seams, covered).overall}


def measure_visibility(view_count: int, view_px: int, texture_px: int) -> dict[str, Any]:
    """What views miss of what they could see, and take of what is hidden from them, up to 75 degrees; the worst of
    three shapes, and each.
    """
    verdicts = {}
    for name, shape in ray_truth.SHAPES.items():
        mesh = Mesh.from_arrays(shape())
        texels = rasterise_uv(mesh, texture_px)
        plan = plan_views(mesh, [texels], size_px=view_px, exact_views=view_count)
        verdicts[name] = ray_truth.judge_views(mesh, texels, plan.cameras)
    return {"false_occluded": max(verdict.false_occluded for verdict in verdicts.values()),
            "false_visible": max(verdict.false_visible for verdict in verdicts.values()),
            "false_occluded_each": {name: verdict.false_occluded for name, verdict in verdicts.items()},
            "false_visible_each": {name: verdict.false_visible for name, verdict in verdicts.items()},
            "false_visible_of_hidden_each": {name: verdict.leaked_share for name, verdict in verdicts.items()}}


def measure_outside(view_px: int, texture_px: int) -> dict[str, Any]:
    """Two objects in one scene, a ball within a ring: texels that get what they must not.

    Those of one object that change when the pictures change where they show the other, or that take a colour from
    there; and those beyond the charts' gutter that are anything but the one colour of the background.
    """
    ball, ring = sphere(), moved(torus(), (0, 0, 0), 1.3)
    for shape in (ball, ring):
        shape["corner_uvs"] = shape["corner_uvs"] * 0.6 + 0.1
    request = SceneRequest(mesh="mesh.npz", prompt=PROMPT, view_count=8, view_size_px=view_px,
                           texture_size_px=texture_px,
                           objects=tuple(PaintedObject(name=name, prompt=PROMPT) for name in ("ball", "ring")))
    mesh = Mesh.from_arrays(join(ball, ring, ids=[0, 1]))
    surfaces = [Surface(painted.name, painted.prompt, number, rasterise_uv(mesh, texture_px, number))
                for number, painted in enumerate(request.objects)]
    views = look_at_surfaces(request, mesh, surfaces, Job("benchmark", Path(), lambda event: None, lambda: False))
    pictures = torch.rand((len(views), view_px, view_px, 3), generator=torch.Generator().manual_seed(1))
    count = 0
    for surface in surfaces:
        others = torch.from_numpy(np.stack([view.raster.object_ids(mesh) != surface.object_id for view in views]))
        changed = torch.where(others[..., None], 1 - pictures, pictures)
        before, after = (complete_texture(bake_views(painted, mesh, views, surface.texels), mesh, surface.texels)[0]
                         for painted in (pictures, changed))
        beyond = before[_far_from(surface.texels.covered, GUTTER_PX)]
        count += int((before != after).any(axis=2).sum()) + int((beyond != beyond[0]).any(axis=1).sum())
        count += strayed_texels(mesh, views, surface.object_id)
    return {"changed_outside": count}


def _far_from(covered: NDArray[np.bool_], texels: int) -> NDArray[np.bool_]:
    """(S, S) bool: farther than so many texels, along rows or columns, from any that is covered."""
    near = covered.copy()
    for axis in (0, 1):
        near = np.logical_or.reduce([np.roll(near, shift, axis) for shift in range(-texels, texels + 1)])
    return ~near
