"""The painter in six steps and its critics."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import LCMScheduler

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import WIDTH
from backend.material.judge import Judge
from backend.material.statistics import TextureStatistics
from training import autoencoder, few_step, mini
from training.critic import PatchCritic, StatisticsCritic, critic_loss, painter_loss
from training.data import cache
from training.data.mixture import LABELS
from training.export import export
from training.loop import Clock

TINY = (16, 16, 32)


@pytest.fixture
def judge():
    torch.manual_seed(0)
    return Judge(list(LABELS), hidden=(16, 8)).eval()


@pytest.fixture
def base(tmp_path):
    cache.build(tmp_path / "data", 6, size_px=128, workers=1, chunk=6)
    torch.manual_seed(0)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    autoencoder.measure_latents(vae, cache.load(tmp_path / "data")[0])
    export(mini.make_unet(4, TINY), vae, tmp_path / "base")
    return tmp_path / "base"


def test_what_is_painted_is_the_scheduler_s_clean_picture():
    scheduler: LCMScheduler = few_step.make_scheduler()
    scheduler.set_timesteps(few_step.STEPS)
    alpha, sigma = scheduler.alphas_cumprod.sqrt(), (1 - scheduler.alphas_cumprod).sqrt()
    generator = torch.Generator().manual_seed(0)
    for time in few_step.times_of(few_step.STEPS):
        noisy, v = torch.randn(2, 4, 8, 8, generator=generator), torch.randn(2, 4, 8, 8, generator=generator)
        theirs = scheduler.step(v, torch.tensor(time), noisy, generator=generator).denoised
        torch.testing.assert_close(alpha[time] * noisy - sigma[time] * v, theirs, atol=1e-4, rtol=1e-4)


def test_statistics_of_an_even_picture_have_a_gradient():
    picture = torch.zeros(1, 3, 128, 128, requires_grad=True)
    TextureStatistics()(picture).sum().backward()
    assert picture.grad.isfinite().all()


@pytest.mark.parametrize("kind", ["statistics", "patches"])
def test_a_critic_learns_what_is_asked_for(judge, kind):
    """The same pictures are right for one label and wrong for the other: only one that reads labels can tell."""
    torch.manual_seed(0)
    critic = StatisticsCritic(judge) if kind == "statistics" else PatchCritic(4, width=16)
    shape = (32, TextureStatistics.size) if kind == "statistics" else (32, 4, 16, 16)
    signs = torch.ones(32, dtype=torch.long)
    signs[::2] = -1
    optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)
    words = torch.zeros(32, WIDTH)

    def shown(said: torch.Tensor):
        pictures = signs.reshape(-1, *(1,) * (len(shape) - 1)) + 0.3 * torch.randn(shape)
        return pictures, (said > 0).long(), words

    for _ in range(80):
        loss, right = critic_loss(critic, shown(signs), shown(-signs), 0.02)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert right > 0.9
    assert painter_loss(critic(*shown(signs))) < painter_loss(critic(*shown(-signs)))


def test_what_comes_again_every_eight_pixels_is_a_lattice():
    grain = torch.randn(2, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    cell = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)).repeat(1, 1, 16, 16)
    gain = torch.linspace(0.2, 1.8, 8).repeat(16)
    free, again, uneven = (few_step.lattice(0.1 * x, 8) for x in (grain, grain + cell, grain * gain))
    assert free.max() < 0.1
    assert again.min() > free.max() + 0.3
    assert uneven.min() > free.max() + 0.1


def test_critics_see_drawn_pictures_with_their_own_labels():
    drawn = few_step.Drawn(np.random.default_rng(0))
    rows = torch.arange(few_step.DRAWN_KEPT + 8.0)
    drawn.add(rows[:, None], rows.long(), rows[:, None] / 2)
    statistics, labels, words = drawn.some(64)
    assert torch.equal(statistics[:, 0].long(), labels)
    assert torch.equal(words * 2, statistics)
    assert labels.min() >= 8  # the oldest are forgotten


def test_five_steps_are_exported_and_resume(base, judge, tmp_path):
    judge.save_pretrained(tmp_path / "judge")
    words = {"judge": tmp_path / "judge", "pictures": 6, "log": lambda line: None}
    before = few_step.UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32)
    painter = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=5), **words)
    weights = torch.cat([p.detach().flatten() for p in painter.parameters()])
    assert weights.isfinite().all()
    assert not torch.equal(weights, torch.cat([p.detach().flatten() for p in before.parameters()]))
    assert LCMScheduler.from_pretrained(tmp_path / "fast" / "scheduler").config.prediction_type == "v_prediction"
    again = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=5), **words)
    assert torch.equal(weights, torch.cat([p.detach().flatten() for p in again.parameters()]))
