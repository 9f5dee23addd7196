"""Pictures larger than a model's own, and such that tile: windows that are joined, and what was known that stays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from backend.diffusion.canvas import Canvas, Repaint, decode_canvas, encode_canvas
from backend.diffusion.generate import Painting, paint_views, step_count
from backend.diffusion.loading import Models
from backend.job import Job
from backend.material.measure import wrap_ratio
from backend.windows import Windows, window_starts
from protocol.errors import Cancelled
from protocol.messages import Stage
from tests.backend.tiny_models import save_flux, save_mini, save_sdxl

SAVED = {"mini": save_mini, "sdxl": save_sdxl, "flux": save_flux}
STEPS = 3


@pytest.fixture(scope="module", params=sorted(SAVED))
def loaded(request, tmp_path_factory):
    model = Models().get(str(SAVED[request.param](tmp_path_factory.mktemp("models") / request.param)))
    model.fit(64)
    return model


@pytest.fixture
def job(tmp_path):
    job = Job("canvas", tmp_path, lambda event: None, is_cancelled=lambda: False)
    with job.stage(Stage.PAINT, steps=100):
        yield job


def paint(loaded, job, canvas, seed=0, agree=None):
    painting = Painting(("red",), "", 64, STEPS, loaded.sampling.guidance_scale, seed, canvas=canvas)
    return paint_views(loaded, painting, job, agree)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(2, 16), st.booleans(), st.booleans(), st.integers(1, 3),
       st.integers(0, 60))
def test_windows_put_every_cell_back_where_it_was(high, wide, side, wraps_y, wraps_x, scale, shift):
    plane = torch.arange(high * wide, dtype=torch.float64).reshape(1, high, wide)
    finer = plane.repeat_interleave(scale, 1).repeat_interleave(scale, 2)
    windows = Windows(high, wide, side, wraps_y=wraps_y, wraps_x=wraps_x, scale=scale, shift=(shift, 2 * shift))

    def work(rows, columns):
        part = plane[:, rows[:, None], columns[None]]
        assert part.shape[1] <= max(side, 1) and part.shape[2] <= max(side, 1)
        return part.repeat_interleave(scale, 1).repeat_interleave(scale, 2)

    assert torch.allclose(windows.join(work), finer, atol=1e-9)


@given(st.integers(1, 500), st.integers(4, 64), st.booleans())
def test_windows_overlap_by_a_quarter(length, side, wraps):
    starts = window_starts(length, side, wraps)
    steps = np.diff([*starts, length] if wraps and length > side else starts)
    assert (steps <= np.ceil(0.75 * side)).all()
    assert wraps or length <= side or starts[-1] == length - side


def test_a_canvas_has_its_own_shape_and_the_same_bytes_again(loaded, job):
    canvas = Canvas(128, 192, wraps_x=True, wraps_y=True)
    latents = paint(loaded, job, canvas)
    scale = loaded.pipe.vae_scale_factor
    assert latents.shape == (1, loaded.latent_channels, 128 // scale, 192 // scale)
    assert torch.isfinite(latents).all()
    assert torch.equal(latents, paint(loaded, job, canvas))
    assert not torch.equal(latents, paint(loaded, job, canvas, seed=1))
    assert decode_canvas(loaded, latents, canvas, job).shape == (128, 192, 3)


def test_the_network_is_as_it_was(loaded, job):
    before = dict(vars(loaded.network))
    paint(loaded, job, Canvas(128, 64, wraps_x=True, wraps_y=True))
    assert vars(loaded.network).keys() == before.keys()


def test_what_is_known_stays_and_the_rest_is_painted(loaded, job):
    canvas = Canvas(64, 128, wraps_x=True, wraps_y=True, first=1)
    calls = step_count(loaded, STEPS)
    scale = loaded.pipe.vae_scale_factor
    shape = loaded.latent_channels, 64 // scale, 128 // scale
    torch.manual_seed(2)
    known = torch.randn(1, *shape)
    change = torch.zeros(1, 1, *shape[1:])
    change[..., :shape[2] // 2] = 1
    painted = paint(loaded, job, canvas, agree=Repaint(shape, 0, calls, known=(known, change), first=1))
    kept = shape[2] // 2
    assert torch.allclose(painted[..., kept:], known[..., kept:], atol=2e-2)
    assert (painted[..., :kept] - known[..., :kept]).abs().max() > 0.1


@pytest.mark.parametrize("sides", [(8, 8), (33, 20)])
def test_colours_go_on_from_what_is_known(sides):
    torch.manual_seed(0)
    known, change = torch.full((1, 4, *sides), 0.7), torch.zeros(1, 1, *sides)
    change[..., 2:-2, 2:-3] = 1
    texture = 0.1 * torch.randn(1, 4, *sides)
    ours = Repaint((4, *sides), 0, 2, known=(known, change), first=1, carried=(False, False))
    torch.testing.assert_close(texture + ours(0, texture), known)  # before the first call all is known
    within = (texture + ours(1, texture))[..., 2:-2, 2:-3]
    assert abs(within.mean() - 0.7 - texture[..., 2:-2, 2:-3].mean()) < 0.1
    torch.testing.assert_close(within.std(), texture[..., 2:-2, 2:-3].std(), atol=0.03, rtol=0)  # its detail stays
    everything = Repaint((4, *sides), 0, 2, known=(known, torch.ones_like(change)), carried=(False, False))
    assert everything(0, texture).abs().max() < 1e-6  # nothing is known, so nothing is carried on


@pytest.mark.parametrize("wraps", [(False, True), (True, False), (True, True)])
def test_colours_go_on_over_a_border_that_wraps(wraps):
    """Dark at the left, light at the right, and what is between them, or beyond the border, is not known."""
    known = torch.linspace(-1, 1, 64).expand(1, 4, 64, 64).clone()
    known = known if wraps[1] else known.transpose(2, 3)
    change = torch.zeros(1, 1, 64, 64)
    axis = 3 if wraps[1] else 2
    change.narrow(axis, 0, 16).fill_(1)
    change.narrow(axis, 48, 16).fill_(1)
    nothing = torch.zeros(1, 4, 64, 64)
    filled, open_ = (Repaint((4, 64, 64), 0, 1, known=(known, change), carried=each)(0, nothing).movedim(axis, -1)
                     for each in (wraps, (False, False)))
    within = filled.diff(dim=-1).abs()[..., list(range(14)) + list(range(49, 63))].max()
    assert (filled[..., 0] - filled[..., -1]).abs().max() <= 1.5 * within
    assert (open_[..., 0] - open_[..., -1]).abs().min() > 0.4  # the ends of a picture that does not wrap


def test_the_sky_over_a_photograph_has_colours_of_its_own():
    known, change = torch.ones(1, 4, 16, 16), torch.ones(1, 1, 16, 16)
    change[..., 8:, :] = 0
    rest = Repaint((4, 16, 16), 0, 1, known=(known, change))(0, torch.zeros(1, 4, 16, 16))
    assert not rest[..., :8, :].any()


@torch.no_grad()
def test_pictures_go_into_latents_of_a_canvas_as_of_a_view(loaded, job):
    picture = torch.rand(64, 128, 3)
    canvas = Canvas(64, 128, wraps_x=True, wraps_y=False)
    latents = encode_canvas(loaded, picture, canvas, job)
    rolled = encode_canvas(loaded, torch.roll(picture, 64, 1), canvas, job)
    assert torch.allclose(torch.roll(latents, 64 // loaded.pipe.vae_scale_factor, 3), rolled, atol=1e-4)


def test_a_cancel_takes_effect_between_windows(loaded, tmp_path):
    asked = []
    job = Job("canvas", tmp_path, lambda event: None, is_cancelled=lambda: len(asked) > 3 or asked.append(1))
    with pytest.raises(Cancelled), job.stage(Stage.PAINT, steps=100):
        paint(loaded, job, Canvas(192, 192, wraps_x=True, wraps_y=True))
    assert "forward" not in vars(loaded.network)


def test_a_large_picture_of_windows_shows_no_border(job, tmp_path_factory):
    """Decoded in windows, what wraps changes across its border as it does within."""
    loaded = Models().get(str(save_sdxl(tmp_path_factory.mktemp("models") / "sdxl")))
    loaded.fit(64)
    torch.manual_seed(0)
    canvas = Canvas(64, 1536, wraps_x=True, wraps_y=True)
    picture = decode_canvas(loaded, torch.randn(1, 4, 8, 192), canvas, job).numpy()
    assert wrap_ratio(picture, 1) == pytest.approx(1, abs=0.35)
    assert wrap_ratio(picture[:, :700], 1) > 1.7  # of a part, which does not tile


def test_a_transformer_sees_the_picture_rolled_by_another_distance_at_each_step(job, tmp_path_factory, monkeypatch):
    loaded = Models().get(str(save_flux(tmp_path_factory.mktemp("models") / "flux")))
    loaded.fit(64)
    inner, step = loaded.network.forward, loaded.pipe.scheduler.step
    seen, samples = [], []

    def forward(*arguments, **options):
        seen.append(options["hidden_states"])
        return inner(*arguments, **options)

    def stepped(output, timestep, sample, **options):
        samples.append(sample)
        return step(output, timestep, sample, **options)

    monkeypatch.setattr(loaded.network, "forward", forward)
    monkeypatch.setattr(loaded.pipe.scheduler, "step", stepped)
    paint(loaded, job, Canvas(64, 64, wraps_x=True, wraps_y=True))
    side = round(seen[0].shape[1] ** 0.5)
    rolls = set()
    for rolled, sample in zip(seen, samples, strict=True):
        plane, there = (tokens.unflatten(1, (side, side)) for tokens in (sample, rolled))
        found = [(down, right) for down in range(side) for right in range(side)
                 if torch.equal(plane.roll((-down, -right), (1, 2)), there)]
        assert len(found) == 1
        rolls.add(found[0])
    assert len(rolls) == len(seen) == STEPS
