"""A panorama painted into by perspective views of it, denoised together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..diffusion.decode import decode_latents, encode_pictures
from ..diffusion.generate import Painting, paint_views
from ..diffusion.loading import LoadedModel
from ..diffusion.noise import view_noise
from ..job import Job
from ..panorama.views import SphereViews, views_around

__all__ = ["ViewPainting"]


class _Meeting:
    """An `Agree`: between two steps, each view goes over to what all views see.

    On the sphere, at the latents' resolution, as the views of an object do on its surface (`texturing.agreement`).

    Args:
        known: (n, C, h, w) clean latents of all views.
        first: before this call the network changes nothing.
    """

    def __init__(self, spheres: SphereViews, known: Tensor, noise: Tensor, calls: int, first: int) -> None:
        self.anchors = _anchors(len(known), calls, first)
        self.known, self.noise, self.references = known, noise, ()
        self._spheres, self._first = spheres, first

    def __call__(self, call: int, clean: Tensor) -> Tensor:
        if call < self._first:
            return self.known.to(clean) - clean
        pictures = [np.ascontiguousarray(view) for view in clean.cpu().float().permute(0, 2, 3, 1).numpy()]
        changes = torch.from_numpy(np.stack(self._spheres.differences(pictures)))
        return changes.permute(0, 3, 1, 2).to(clean)


@dataclass(frozen=True)
class ViewPainting:
    """How a panorama of `height` rows is painted into.

    Attributes:
        painting: of all `views_around` it.
        calls: of the network in all, for each view; the first `first` are left out.
    """

    loaded: LoadedModel
    painting: Painting
    height: int
    calls: int
    first: int

    @property
    def steps(self) -> int:
        """That it tells the job."""
        return sum(map(len, _anchors(self.painting.view_count, self.calls, self.first)))

    def paint(self, picture: NDArray[np.float32], job: Job) -> NDArray[np.float32]:
        """The panorama (H, 2H, 3) float32 in 0 to 1, sRGB, painted into."""
        loaded, painting = self.loaded, self.painting
        size, scale = painting.view_size_px, loaded.pipe.vae_scale_factor
        views = SphereViews(views_around(self.height, size), self.height)
        known = torch.cat([self._encoded(views.look(picture, number), job) for number in range(painting.view_count)])
        noise = torch.stack([view_noise(painting.seed, f"{self.height}/{number}", tuple(known.shape[1:]))
                             for number in range(painting.view_count)])
        spheres = SphereViews(views_around(self.height // scale, size // scale), self.height // scale)
        latents = paint_views(loaded, painting, job, _Meeting(spheres, known, noise, self.calls, self.first))
        return views.joined(self._decoded(view, job) for view in latents)

    def _encoded(self, seen: NDArray[np.float32], job: Job) -> Tensor:
        job.check()
        return encode_pictures(self.loaded, torch.from_numpy(seen.clip(0, 1))[None])

    def _decoded(self, latents: Tensor, job: Job) -> NDArray[np.float32]:
        job.check()
        return decode_latents(self.loaded, latents[None])[0].numpy()


def _anchors(count: int, calls: int, first: int) -> list[list[int]]:
    """While nothing changes, what the network says does not count, but the pipeline asks one view."""
    return [[0]] * first + [list(range(count))] * (calls - first)
