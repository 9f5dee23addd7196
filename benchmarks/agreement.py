"""How far views that are painted together disagree, beside views that are painted apart, for each family of models.

The embedded model's views are compared as pictures, for three materials. Networks that have learned nothing (of the
real classes, with a ControlNet) are compared in the latents: what their autoencoders decode has no meaning.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from backend.diffusion.decode import decode_views
from backend.diffusion.generate import paint_views, step_count
from backend.diffusion.loading import LoadedModel, Models
from backend.geometry.bake import ViewMap, map_view
from backend.geometry.blend import Blend
from backend.geometry.mesh import Mesh
from backend.geometry.transfer import sample
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.geometry.view_raster import rasterise_view
from backend.job import Job
from backend.texturing.agreement import meet_on_surfaces
from backend.texturing.baking import bake_views, complete_texture
from backend.texturing.brief import brief_painter
from backend.texturing.surface import Surface
from backend.texturing.views import View
from protocol.messages import Stage
from protocol.requests import TextureRequest
from tests.backend import ray_truth, tiny_models

__all__ = ["measure_agreement"]

PROMPTS = ("old red bricks", "green marble", "rusty painted metal")
FAMILIES = ("sd", "sdxl", "flux")
VIEWS = 8


class CountingJob(Job):
    """Counts the views that the network computes."""

    count = 0

    def step(self) -> None:
        self.count += 1
        super().step()


@dataclass(frozen=True, eq=False)
class Sitting:
    """Suzanne before a model."""

    mesh: Mesh
    texels: Texels
    views: list[View]
    loaded: LoadedModel
    job: CountingJob
    request: TextureRequest

    def paint(self, *, together: bool) -> tuple[torch.Tensor, int, list[float]]:
        """Latents, how many views the network computed for them, and how far they disagreed at each meeting."""
        painting = brief_painter(self.request, self.loaded, self.mesh, self.views, self.job)
        calls = step_count(self.loaded, painting.steps)
        agreement = None
        if together:
            surface = Surface("Suzanne", self.request.prompt, 0, self.texels)
            agreement = meet_on_surfaces(self.loaded, self.mesh, [surface], self.views, self.request, calls, self.job,
                                         lambda pictures: None)
            assert agreement is not None, "the scheduler is understood"
        self.job.count = 0
        with self.job.stage(Stage.DENOISE, steps=len(self.views) * calls):
            latents = paint_views(self.loaded, painting, self.job, agreement)
        return latents, self.job.count, agreement.deviations if agreement else []

    def sharpness(self, pictures: torch.Tensor) -> float:
        """Root mean square of what is finer than three texels in the baked texture."""
        baked = bake_views(pictures, self.mesh, self.views, self.texels)
        texture = complete_texture(baked, self.mesh, self.texels)[0].astype(np.float32) / 255
        fine = texture - gaussian_filter(texture, (3, 3, 0))
        return float(np.sqrt((fine[self.texels.covered] ** 2).mean()))


def measure_agreement(view_px: int, steps: int) -> dict[str, Any]:
    """Figures of the embedded model, and the ratio of each family."""
    with tempfile.TemporaryDirectory() as scratch:
        figures = _measure_mini(view_px, steps, Path(scratch))
        families = {"mini": figures["crossview_ratio"]}
        spent = {"mini": figures["evaluations"]}
        for name in FAMILIES:
            folder, guide = Path(scratch) / name, Path(scratch) / f"{name}-depth"
            getattr(tiny_models, f"save_{name}")(folder)
            if name == "flux":
                tiny_models.save_flux_controlnet(guide)
            else:
                tiny_models.save_controlnet(guide, sdxl=name == "sdxl")
            sitting = _sit(str(folder), "old red bricks", view_px, steps, Path(scratch), controlnet=str(guide))
            maps = _latent_maps(sitting)
            (together, spent[name], _), (apart, _, _) = (sitting.paint(together=joint) for joint in (True, False))
            families[name] = _disagreement(together, maps) / _disagreement(apart, maps)
    return figures | {"crossview_ratio_of_family": families, "evaluations_of_family": spent}


def _measure_mini(view_px: int, steps: int, scratch: Path) -> dict[str, Any]:
    apart, together, sharp, by_step, evaluations = {}, {}, {}, {}, (0, 0)
    for prompt in PROMPTS:
        sitting = _sit("mini", prompt, view_px, steps, scratch)
        maps = [view.maps[0] for view in sitting.views]
        joint, spent, by_step[prompt] = sitting.paint(together=True)
        single, spent_apart, _ = sitting.paint(together=False)
        evaluations = spent, spent_apart
        shown, shown_apart = (decode_views(sitting.loaded, latents, sitting.job) for latents in (joint, single))
        together[prompt], apart[prompt] = (_disagreement(pictures.permute(0, 3, 1, 2), maps)
                                           for pictures in (shown, shown_apart))
        sharp[prompt] = sitting.sharpness(shown) / sitting.sharpness(shown_apart)
    return {"evaluations": evaluations[0], "evaluations_apart": evaluations[1],
            "crossview_ratio": sum(together.values()) / sum(apart.values()),
            "crossview_ratio_each": {prompt: together[prompt] / apart[prompt] for prompt in PROMPTS},
            "crossview_together": together, "crossview_apart": apart, "crossview_by_step": by_step,
            "sharpness_ratio_each": sharp}


def _sit(model: str, prompt: str, view_px: int, steps: int, scratch: Path, controlnet: str = "") -> Sitting:
    mesh = Mesh.from_arrays(ray_truth.suzanne())
    request = TextureRequest(object_name="Suzanne", mesh="mesh.npz", prompt=prompt, view_count=VIEWS,
                             view_size_px=view_px, texture_size_px=4 * view_px, steps=steps, model=model,
                             controlnet=controlnet)
    texels = rasterise_uv(mesh, request.texture_size_px)
    plan = plan_views(mesh, [texels], size_px=view_px, exact_views=VIEWS)
    rasters = [rasterise_view(mesh, camera) for camera in plan.cameras]
    views = [View(prompt, raster, {0: map_view(mesh, texels, raster)}, plan.coverage) for raster in rasters]
    job = CountingJob("bench", scratch, lambda event: None, lambda: False)
    return Sitting(mesh, texels, views, Models().get(model, controlnet), job, request)


def _latent_maps(sitting: Sitting) -> list[ViewMap]:
    side = sitting.request.view_size_px // sitting.loaded.pipe.vae_scale_factor
    texels = rasterise_uv(sitting.mesh, sitting.request.view_size_px)
    cameras = [replace(view.raster.camera, width_px=side, height_px=side) for view in sitting.views]
    return [map_view(sitting.mesh, texels, rasterise_view(sitting.mesh, camera), feather_px=0) for camera in cameras]


def _disagreement(images: torch.Tensor, maps: Sequence[ViewMap]) -> float:
    """As `Blend.disagreement`, of a plain blend by cosine of images (n, C, h, w)."""
    blend = Blend(1 + max(int(view_map.texel[-1]) for view_map in maps), images.shape[1])
    for image, view_map in zip(images.permute(0, 2, 3, 1).contiguous(), maps, strict=True):
        blend.add(view_map, sample(image, view_map))
    return blend.disagreement()
