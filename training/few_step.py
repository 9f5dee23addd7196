"""Distil `models/mini` into `models/mini-fast`, which paints in six steps without guidance: 6 evaluations, not 40.

    python -m training.few_step --minutes 40      # resumes from its checkpoint by itself

Progressive distillation (Salimans and Ho, arXiv:2202.00512) in one leap, with the guidance folded in (Meng et al.,
arXiv:2210.03142): from a noised picture the teacher, guided, takes several small steps to the next of the student's
six times; the student learns to get there in one.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from training.data import cache
from training.export import export, make_scheduler
from training.loop import Clock, train
from training.mini import Batch, Gallery, batches

STEPS, SUBSTEPS = 6, 3
GUIDANCE = 2.5
WORK = Path(".dev/training/v1")


def times_of(steps: int) -> list[int]:
    """The scheduler's own times for so many steps, the noisiest first; then -1, the clean picture."""
    scheduler = make_scheduler()
    scheduler.set_timesteps(steps)
    return [*scheduler.timesteps.tolist(), -1]


class Trajectory:
    """Signal and noise at the schedule's times; -1 is the clean picture."""

    def __init__(self) -> None:
        signal = make_scheduler().alphas_cumprod.double()
        self._alpha = torch.cat([signal.sqrt(), torch.ones(1)]).float()  # index -1: no noise
        self._sigma = torch.cat([(1 - signal).sqrt(), torch.zeros(1)]).float()

    def at(self, times: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 1, 1, 1) each."""
        return self._alpha[times][:, None, None, None], self._sigma[times][:, None, None, None]

    def step(self, noisy: Tensor, v: Tensor, times: Tensor, following: Tensor) -> Tensor:
        """The deterministic step (DDIM) from `times` to `following`, for a network that predicts v."""
        (alpha, sigma), (alpha_next, sigma_next) = self.at(times), self.at(following)
        clean, noise = alpha * noisy - sigma * v, sigma * noisy + alpha * v
        return alpha_next * clean + sigma_next * noise

    def v_between(self, noisy: Tensor, reached: Tensor, times: Tensor, following: Tensor) -> Tensor:
        """The v with which one step goes from `noisy` to `reached`: undoes `step`."""
        (alpha, sigma), (alpha_next, sigma_next) = self.at(times), self.at(following)
        kept, moved = alpha_next * alpha + sigma_next * sigma, sigma_next * alpha - alpha_next * sigma
        return (reached - kept * noisy) / moved


@torch.no_grad()
def led(teacher: UNet2DConditionModel, path: Trajectory, noisy: Tensor, words: Tensor, unsaid: Tensor, times: Tensor,
        following: Tensor) -> Tensor:
    """Where the guided teacher comes in SUBSTEPS even steps from `times` to `following` (n,) int64."""
    for substep in range(SUBSTEPS):
        share = [(SUBSTEPS - k) / SUBSTEPS for k in (substep, substep + 1)]
        here, there = (torch.round(following + (times - following) * part).long() for part in share)
        without, guided = teacher(torch.cat([noisy, noisy]), torch.cat([here, here]), torch.cat([unsaid, words]),
                                  return_dict=False)[0].chunk(2)
        noisy = path.step(noisy, without + GUIDANCE * (guided - without), here, there)
    return noisy


def make_loss(student: UNet2DConditionModel, teacher: UNet2DConditionModel, generator: torch.Generator
              ) -> Callable[[Batch], Tensor]:
    """The mean squared error of v for a batch."""
    path, unsaid, grid = Trajectory(), embed_words([""]), torch.tensor(times_of(STEPS))

    def loss(batch: Batch) -> Tensor:
        clean, count = batch.latents, len(batch.latents)
        number = torch.randint(STEPS, (count,), generator=generator)
        times, following = grid[number], grid[number + 1]
        alpha, sigma = path.at(times)
        noisy = alpha * clean + sigma * torch.randn(clean.shape, generator=generator)
        reached = led(teacher, path, noisy, batch.words, unsaid.expand(count, -1, -1), times, following)
        target = path.v_between(noisy, reached, times, following)
        return F.mse_loss(student(noisy, times, batch.words, return_dict=False)[0], target)

    return loss


def learn(work: Path, base: Path, out: Path, clock: Clock, *, rate: float = 2e-4, pictures: int = 15000
          ) -> UNet2DConditionModel:
    """Distil the exported folder `base` on the pictures of `work`; export to `out` at every checkpoint."""
    images, captions = cache.load(work / "data")
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    gallery = Gallery(images[:pictures], captions[:pictures], vae, work)
    gallery.learn(768)
    teacher, student = (UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32).to(
        memory_format=torch.channels_last) for _ in range(2))
    teacher.eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
    return train(  # type: ignore[return-value]
        student.train(), batches(gallery, clock, np.random.default_rng()), make_loss(student, teacher, generator),
        clock, peak_rate=rate, checkpoint=work / "few_step.pt", average_decay=0.998, save_every_s=240,
        on_save=lambda averaged, _: export(averaged, vae, out), log=lambda line: print(line, flush=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"))
    parser.add_argument("--out", type=Path, default=Path("models/mini-fast"))
    options = parser.parse_args()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.out, clock)


if __name__ == "__main__":
    main()
