"""What views share beside the surface: the noise that they start from, and what they look at."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch

from backend.diffusion.generate import Painting, paint_views
from backend.diffusion.loading import Models
from backend.diffusion.noise import view_noise
from backend.diffusion.portions import Portions
from backend.diffusion.sharing import sharing
from backend.geometry.bake import map_view
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.geometry.view_raster import rasterise_view
from backend.job import Job
from backend.texturing.relations import reference_views, shared_noise
from backend.texturing.views import View
from protocol.messages import Stage
from tests.backend import tiny_models
from tests.backend.test_geometry_shapes import sphere
from tests.backend.test_texture_agreement import Nothing


@pytest.fixture(scope="module")
def ball() -> tuple[list[View], list, int]:
    """Views of a sphere, from 64 px, and their maps onto a texture of twice that."""
    mesh = Mesh.from_arrays(sphere())
    texels = rasterise_uv(mesh, 256)
    rasters = [rasterise_view(mesh, camera)
               for camera in plan_views(mesh, [texels], size_px=128, exact_views=6).cameras]
    maps = [map_view(mesh, texels, raster, exponent=0) for raster in rasters]
    return [View("red brick", raster, {0: view_map}, 1.0) for raster, view_map in zip(rasters, maps, strict=True)], \
        maps, len(texels)


@pytest.mark.parametrize("cell_px", [1, 8])
def test_shared_noise_is_white_in_each_view(ball, cell_px):
    _, maps, count = ball
    noise = torch.cat([shared_noise(maps, count, seed, 16, cell_px) for seed in range(40 // (9 - cell_px))], dim=1)
    samples = noise.shape[1]
    assert noise.shape[2:] == (128 // cell_px, 128 // cell_px)
    assert abs(noise.mean()) < 0.02
    # Of each pixel, over channels and seeds: none has lost variance, none follows the one beside it.
    bound = 6 / samples**0.5
    assert ((noise**2).mean(dim=1) - 1).abs().max() < bound * 2**0.5
    for dim in (2, 3):
        beside = (noise * noise.roll(1, dim)).mean(dim=1)
        assert beside.abs().max() < bound
        assert abs(beside.mean()) < 0.01
    assert ((noise**4).mean() - 3).abs() < 0.1  # Gaussian


def test_shared_noise_is_the_same_where_views_see_the_same(ball):
    """Correlated where two views overlap, by how much they see it alike; not at all in the background."""
    _, maps, count = ball
    noise = shared_noise(maps, count, 3, 16, 1).permute(0, 2, 3, 1).reshape(len(maps), -1, 16)
    correlations = []
    for first, second in combinations(range(len(maps)), 2):
        _, here, there = np.intersect1d(maps[first].texel, maps[second].texel, return_indices=True)
        frontal = (maps[first].cosine[here] > 0.6) & (maps[second].cosine[there] > 0.6)
        if frontal.sum() > 200:
            seen = noise[first][maps[first].pixels[here[frontal], 0]]
            correlations.append(float((seen * noise[second][maps[second].pixels[there[frontal], 0]]).mean()))
    assert correlations
    assert min(correlations) > 0.3
    empty = [np.setdiff1d(np.arange(128 * 128), view_map.pixels) for view_map in maps[:2]]
    both = np.intersect1d(*empty)
    assert abs((noise[0][both] * noise[1][both]).mean()) < 0.02


def test_shared_noise_depends_on_the_seed_alone(ball):
    _, maps, count = ball
    assert torch.equal(shared_noise(maps, count, 3, 4, 8), shared_noise(maps, count, 3, 4, 8))
    assert not torch.equal(shared_noise(maps, count, 3, 4, 8), shared_noise(maps, count, 4, 4, 8))


def test_views_look_at_the_front_and_at_their_nearest(ball):
    views, maps, _ = ball
    references = reference_views(views, maps)
    front = min(range(6), key=lambda place: views[place].raster.camera.world_to_camera[2, 1])
    assert all(len(set(seen)) == 2 and place not in seen for place, seen in enumerate(references))
    assert all(seen[0] == front for place, seen in enumerate(references) if place != front)
    apart = [replace(view, prompt=str(place % 2)) for place, view in enumerate(views)]
    assert all((other - place) % 2 == 0 for place, seen in enumerate(reference_views(apart, maps)) for other in seen)
    assert reference_views(views[:1], maps[:1]) == [()]


class Layer(torch.nn.Module):
    """A self-attention, of which only what it looks at is of interest."""

    def __init__(self) -> None:
        super().__init__()
        self.attn_processors = {"block.attn1.processor": self._look, "block.attn2.processor": self._look}

    def set_attn_processor(self, processors):
        self.attn_processors = processors

    @staticmethod
    def _look(attention, hidden_states, encoder_hidden_states=None, attention_mask=None):
        return encoder_hidden_states.mean(dim=1, keepdim=True).expand_as(hidden_states)

    def forward(self, sample):
        return self.attn_processors["block.attn1.processor"](self, sample, encoder_hidden_states=None,
                                                             attention_mask=None)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_views_see_what_their_references_last_were(size):
    """With guidance, in portions of any size, and with views that are left out of a call."""
    layer, portions = Layer(), Portions(4, size, retreat=lambda tried, error: tried, after=lambda views: None)
    references = [(1, 2), (0,), (0, 1), (0, 2)]

    def rows(call: int) -> torch.Tensor:
        """Two tokens of width 1: row r holds r + 100 · call."""
        return torch.arange(8.0)[:, None, None].expand(8, 2, 1) + 100 * call

    with portions.on(layer), sharing(layer, portions, references):
        assert torch.equal(layer(rows(0)), rows(0))  # nothing to see yet
        portions.wanted = [0, 2]
        second = layer(rows(1))
        portions.wanted = range(4)
        third = layer(rows(2))
    assert second[0, 0, 0] == pytest.approx((100 + 1 + 2) / 3)  # itself now, the others from the first call
    assert second[6, 0, 0] == pytest.approx((106 + 4 + 5) / 3)  # of the same half of guidance
    assert second[1].abs().max() == 0
    assert third[0, 0, 0] == pytest.approx((200 + 1 + 102) / 3)  # view 1 was left out of the second call
    assert third[1, 0, 0] == pytest.approx((201 + 100) / 2)


@pytest.mark.parametrize("name", ["sd", "sdxl", "flux", "mini"])
def test_sharing_attention_changes_what_unets_paint_and_leaves_no_trace(tmp_path, name):
    getattr(tiny_models, f"save_{name}")(tmp_path / name)
    loaded = Models().get(str(tmp_path / name))
    loaded.fit(64)
    painting = Painting(prompts=("red brick",) * 4, negative_prompt="", view_size_px=64, steps=3,
                        guidance_scale=3.0, seed=1)
    job = Job("j", tmp_path, lambda event: None, lambda: False)
    results = []
    for references in ((), [(1, 2), (0, 2), (0, 1), (0, 2)], ()):
        asked = Nothing(4, 3)
        asked.references = references
        with job.stage(Stage.DENOISE, 12):
            results.append(paint_views(loaded, painting, job, asked))
    assert torch.equal(results[0], results[2])
    assert torch.equal(results[0], results[1]) == (name == "flux")
    assert torch.isfinite(results[1]).all()


def test_views_start_from_the_noise_that_they_are_given(tmp_path):
    loaded = Models().get(str(tiny_models.save_sd(tmp_path / "sd")))
    loaded.fit(64)
    painting = Painting(prompts=("red brick",) * 2, negative_prompt="", view_size_px=64, steps=2,
                        guidance_scale=3.0, seed=1)
    job = Job("j", tmp_path, lambda event: None, lambda: False)
    results = []
    for noise in (None, torch.stack([view_noise(1, place, (4, 8, 8)) for place in range(2)]), torch.zeros(2, 4, 8, 8)):
        asked = Nothing(2, 2)
        asked.noise = noise
        with job.stage(Stage.DENOISE, 4):
            results.append(paint_views(loaded, painting, job, asked))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])
