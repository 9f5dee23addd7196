"""What the painter is asked for: the request, with the model's own habits where the request is silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from protocol.requests import PaintingRequest

from ..diffusion.families import Family
from ..diffusion.folders import Guide
from ..diffusion.generate import Painting
from ..diffusion.loading import LoadedModel
from ..diffusion.memory import Tier
from ..diffusion.prompts import remark_unread
from ..diffusion.view_words import direction_of, name_view
from ..geometry.control import render_control
from ..geometry.mesh import Mesh
from ..job import Job
from .views import View

__all__ = ["brief_painter"]


def brief_painter(request: PaintingRequest, loaded: LoadedModel, mesh: Mesh, views: Sequence[View],
                  job: Job) -> Painting:
    """Fill in what the request leaves open, place the model on its device, and say what will hurt the picture."""
    loaded.fit(request.view_size_px)
    if loaded.tier is not Tier.WHOLE:
        job.remark("The graphics card has too little free memory for the whole model: painting more slowly, with "
                   "part of it in the machine's memory.")
    steps = loaded.sampling.steps if request.steps is None else request.steps
    guidance_scale = loaded.sampling.guidance_scale if request.guidance_scale is None else request.guidance_scale
    remark_unread(loaded, [*(view.prompt for view in views), request.negative_prompt], job)
    if request.negative_prompt.strip() and loaded.family is Family.FLUX:
        job.remark("The negative prompt has no effect: {model} was made without one.", model=loaded.name)
    elif request.negative_prompt.strip() and guidance_scale <= 1:
        job.remark("The negative prompt has no effect: the guidance scale is {guidance}, and it works above 1.",
                   guidance=guidance_scale)
    if loaded.family is not Family.MINI:
        _remark_on_checkpoint(request, loaded, job)
    control = _control_images(mesh, views, loaded.controlnet.guide) if loaded.controlnet else None
    prompts = [name_view(view.prompt, direction_of(*view.raster.camera.world_to_camera[2, :3]), loaded.view_words)
               for view in views]
    return Painting(
        prompts=tuple(prompts), negative_prompt=request.negative_prompt, view_size_px=request.view_size_px,
        steps=steps, guidance_scale=guidance_scale, seed=request.seed, control=control)


def _control_images(mesh: Mesh, views: Sequence[View], guide: Guide) -> torch.Tensor:
    """(n, 3, H, W) float32 in 0 to 1: the depth or the normals of each view, as ControlNets read them."""
    images = []
    for view in views:
        control = render_control(mesh, view.raster, list(view.maps))
        images.append(control.normal_image() if guide is Guide.NORMAL else control.depth_image())
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255


def _remark_on_checkpoint(request: PaintingRequest, loaded: LoadedModel, job: Job) -> None:
    if loaded.controlnet is None:
        job.remark("Without a ControlNet, {model} does not know the shape of {name}. Give a depth ControlNet of "
                   "its family.", model=loaded.name, name=", ".join(painted.name for painted in request.objects))
    if request.view_size_px < loaded.native_size_px:
        job.remark("{model} was trained on pictures of {native} px: views of {size} px may look poor.",
                   model=loaded.name, native=loaded.native_size_px, size=request.view_size_px)
