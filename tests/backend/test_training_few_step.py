"""The distillation of mini into six steps."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from diffusers import DDIMScheduler

from backend.diffusion.autoencoder import MiniAutoencoder
from training import autoencoder, few_step, mini
from training.data import cache
from training.export import export, make_scheduler
from training.loop import Clock

TINY = (16, 16, 32)


def test_a_step_is_the_scheduler_s_own():
    scheduler: DDIMScheduler = make_scheduler()
    scheduler.set_timesteps(5)  # a divisor of 1000: the scheduler steps back by whole numbers
    generator = torch.Generator().manual_seed(0)
    noisy, v = torch.randn(2, 4, 8, 8, generator=generator), torch.randn(2, 4, 8, 8, generator=generator)
    path, grid = few_step.Trajectory(), few_step.times_of(5)
    for time, following in pairwise(grid):
        ours = path.step(noisy, v, torch.full((2,), time), torch.full((2,), following))
        theirs = scheduler.step(v, torch.tensor(time), noisy).prev_sample
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("number", range(6))
def test_the_v_between_two_places_is_that_of_the_step(number):
    generator = torch.Generator().manual_seed(0)
    noisy, v = torch.randn(2, 4, 8, 8, generator=generator), torch.randn(2, 4, 8, 8, generator=generator)
    path, grid = few_step.Trajectory(), torch.tensor(few_step.times_of(6))
    times, following = grid[number].expand(2), grid[number + 1].expand(2)
    reached = path.step(noisy, v, times, following)
    torch.testing.assert_close(path.v_between(noisy, reached, times, following), v, atol=1e-3, rtol=1e-3)


def test_five_steps_of_the_distillation_bring_the_student_nearer_and_resume(tmp_path):
    cache.build(tmp_path / "data", 6, size_px=64, workers=1, chunk=6)
    torch.manual_seed(0)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    autoencoder.measure_latents(vae, cache.load(tmp_path / "data")[0])
    base = tmp_path / "base"
    export(mini.make_unet(4, TINY), vae, base)
    student = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=5), pictures=6)
    weights = torch.cat([p.detach().flatten() for p in student.parameters()])
    assert (tmp_path / "fast" / "model_index.json").exists()
    again = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=5), pictures=6)
    assert torch.equal(weights, torch.cat([p.detach().flatten() for p in again.parameters()]))
