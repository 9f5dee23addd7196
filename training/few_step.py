"""`models/mini`: from a diffusion network, one that paints in six steps without guidance, with 6 evaluations, not 40.

    python -m training.few_step --minutes 120      # resumes from its checkpoint by itself
    python -m training.few_step --base .dev/training/mini --minutes 120    # from what training.mini made
    python -m torch.distributed.run --nproc-per-node 2 -m -- training.few_step --minutes 120    # on two cores

Adversarial post-training (Sauer et al., arXiv:2311.17042; Lin et al., arXiv:2501.08316): at any noise level
the network paints the clean picture at once; critics (see `critic`) that know what was asked for tell it from a
drawn one. A network trained by squared error paints the mean of what it might be, which is blurred; this one has to
choose. A share of the squared error stays, so that the picture keeps to what the noisy one shows. Half of the noisy
pictures are the network's own, from the steps before, as they will be when it is used (Yin et al., arXiv:2405.14867).
"""

import argparse
import os
from collections import deque
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import LCMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.material.judge import Judge
from training import together
from training.critic import PatchCritic, StatisticsCritic, critic_loss, painter_loss
from training.data import cache
from training.data.mixture import LABELS
from training.export import SCHEDULER, export
from training.loop import Average, Clock, curves, learning_rate
from training.mini import Batch, Gallery, batches, summarising
from training.sheet import model_sheet

STEPS = 6
REDUCTION = 8  # pixels a latent
WINDOW = 16  # latents: 128 px, the least that texture statistics are made for
BATCH = 8  # pictures a step; of drawn ones, whose statistics are kept, the critic sees more
DRAWN_BATCH, DRAWN_KEPT = 32, 2048
KNOWN_FIRST = 1024  # pictures whose latents are at hand from the start
WORK = Path(".dev/training")
_PARTS = ("painter", "seen", "patches", "reader", "painting", "judging", "reading")  # of a contest, that are kept
# Weights, such that the gradients at what was painted are of like size.
BY_STATISTICS_SHARE, BY_PATCHES_SHARE = 0.2, 0.7
ERROR_SHARE = 0.5  # of the squared error of v
COARSE_SHARE, COARSE = 10.0, 8  # of the squared error of means over so many latents: of the colours asked for
MATCH_SHARE = 2.0  # of the difference of the statistics of what was painted and what was drawn
SUMMARY_RATE = 10.0  # of the summary of the words, which begins at nothing
LATTICE_SHARE = 3.0  # of the detail that is more of a lattice of the latents than the drawn picture's is
NAMED_SHARE = 0.5  # of what the reader says
STATISTICS_NOISE = 0.1  # added for the reader, in their own deviations
SMOOTHNESS = {"statistics": 0.02, "patches": 0.01}


def make_scheduler() -> LCMScheduler:
    """Each step paints the clean picture, which is noised again for the next (Luo et al., arXiv:2310.04378)."""
    return LCMScheduler(**SCHEDULER, original_inference_steps=SCHEDULER["num_train_timesteps"])  # any number of steps


def times_of(steps: int) -> list[int]:
    """The scheduler's own times for so many steps, the noisiest first."""
    scheduler = make_scheduler()
    scheduler.set_timesteps(steps)
    return scheduler.timesteps.tolist()


class Drawn:
    """Statistics, labels and words of the last drawn pictures: critics see more of them than the painter does."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.rows: deque[tuple[Tensor, Tensor, Tensor]] = deque(maxlen=DRAWN_KEPT)

    def add(self, statistics: Tensor, labels: Tensor, words: Tensor) -> None:
        self.rows += zip(statistics, labels, words, strict=True)

    def some(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Statistics (count, s), labels (count,) and words (count, WIDTH) of some of them."""
        chosen = [self.rows[i] for i in self.rng.integers(0, len(self.rows), count)]
        statistics, labels, words = (torch.stack(column) for column in zip(*chosen, strict=True))
        return statistics, labels, words


def window(latents: Tensor, rng: np.random.Generator) -> tuple[slice, slice]:
    """Where to look: a part of them as large as texture statistics need it."""
    side = min(WINDOW, latents.shape[-1])
    y, x = rng.integers(0, latents.shape[-1] - side + 1, 2)
    return slice(y, y + side), slice(x, x + side)


def lattice(pictures: Tensor, period: int) -> Tensor:
    """How much of the detail of pictures (n, 3, h, w) comes again every `period` pixels: (n,), the share of its energy,
    and how unevenly the rest lies in such a cell."""
    light = pictures.mean(1, keepdim=True)
    detail = light - F.avg_pool2d(light, 5, 1, 2, count_include_pad=False)
    n, _, h, w = detail.shape
    cells = detail.reshape(n, h // period, period, w // period, period)
    whole = cells.square().mean((1, 2, 3, 4)) + 1e-5
    again = cells.mean((1, 3)).square().mean((1, 2)) / whole
    return again + cells.square().mean((1, 3)).var((1, 2)) / whole.square()


class Contest:
    """A painter, its two critics and a reader, and one step of each.

    The reader learns, as `judge` does, to name what drawn pictures show, and the painter is told how well its pictures
    can be named (Odena et al., arXiv:1610.09585): a hundred subjects are many for a critic that sees eight at a time.
    """

    def __init__(self, painter: UNet2DConditionModel, vae: MiniAutoencoder, judge: Judge, *, painter_rate: float,
                 critic_rate: float) -> None:
        generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
        self.painter, self.vae, self.generator = painter, vae.eval().requires_grad_(False), generator
        self.statistics = judge.statistics
        self.seen = StatisticsCritic(judge)
        self.patches = PatchCritic(vae.config.latent_channels)
        self.reader = Judge(list(LABELS), hidden=(512, 256))
        self._judges = nn.ModuleList([self.seen, self.patches, self.reader])
        self.parts = nn.ModuleList([painter, self._judges])
        self.reading = torch.optim.AdamW(self.reader.parameters(), lr=1e-3, weight_decay=0.01)
        self.rng = np.random.default_rng()
        self.drawn = Drawn(self.rng)
        self.rates = painter_rate, critic_rate
        fresh = {name for name, _ in painter.named_parameters() if name.startswith("add_embedding")}
        self.painting = torch.optim.AdamW(
            [{"params": [p for name, p in painter.named_parameters() if (name in fresh) == summary], "share": share}
             for summary, share in ((False, 1.0), (True, SUMMARY_RATE))],
            lr=painter_rate, betas=(0.5, 0.99), weight_decay=0.0, fused=True)
        self.judging = torch.optim.Adam(
            [{"params": [*self.seen.parameters(), *self.patches.parameters()], "share": 1.0}], lr=critic_rate,
            betas=(0.0, 0.99), fused=True)
        scheduler = make_scheduler()
        self.times = torch.tensor(times_of(STEPS))
        self.alpha, self.sigma = scheduler.alphas_cumprod.sqrt(), (1 - scheduler.alphas_cumprod).sqrt()

    def paint(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Clean latents as the network paints them, and the squared error of v in the first half of them.

        The first half is painted from drawn pictures at any noise, as others are where they are changed in part; the
        second half from the network's own at one random step, the first included.
        """
        half = (len(batch.latents) + 1) // 2
        clean = batch.latents.contiguous(memory_format=torch.channels_last)
        strata = (torch.arange(half) + torch.rand(half, generator=self.generator)) / half
        reached = int(torch.randint(STEPS, (), generator=self.generator))
        times = torch.cat([(strata**0.6 * len(self.alpha)).long().clamp(max=len(self.alpha) - 1),
                           self.times[reached].expand(len(clean) - half)])
        noise = torch.randn(clean.shape, generator=self.generator)
        alpha, sigma = (table[times][:, None, None, None] for table in (self.alpha, self.sigma))
        noisy = alpha * clean + sigma * noise
        noisy[half:] = self._reached(reached, noise[half:], batch.words[half:])
        v = self.painter(noisy, times, batch.words, return_dict=False)[0]
        return alpha * noisy - sigma * v, F.mse_loss(v[:half], (alpha * noise - sigma * clean)[:half])

    @torch.no_grad()
    def _reached(self, step: int, noise: Tensor, words: Tensor) -> Tensor:
        """Latents as they are before the `step`-th step, when they began as `noise`."""
        noisy = noise
        for now, then in zip(self.times[:step], self.times[1 : step + 1], strict=True):
            v = self.painter(noisy, now, words, return_dict=False)[0]
            clean = self.alpha[now] * noisy - self.sigma[now] * v
            noisy = self.alpha[then] * clean + self.sigma[then] * torch.randn(noise.shape, generator=self.generator)
        return noisy

    def looked_at(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Of the pictures of latents: (n, s), their statistics; (n,), how much of their detail is a lattice."""
        pictures = self.vae.decode(latents).sample.clamp(-1.1, 1.1)
        return self.seen.normalised(self.statistics(pictures)), lattice(pictures, REDUCTION)

    def step(self, batch: Batch, progress: float, steps: int) -> dict[str, float]:
        """One step of the painter, and one of those that look at what it painted; their losses and shares."""
        for optimizer, rate in zip((self.painting, self.judging), self.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = group["share"] * learning_rate(progress, rate, steps, 50)
        painted, statistics, told = self._paint_better(batch)
        return told | self._look_closer(batch, painted, statistics)

    def _paint_better(self, batch: Batch) -> tuple[Tensor, Tensor, dict[str, float]]:
        """What was painted (n, c, h, w), its statistics (n, s), and how it was received."""
        words = batch.words.mean(1)
        self._judges.requires_grad_(False)
        painted, error = self.paint(batch)
        rows, columns = window(painted, self.rng)
        statistics, regular = self.looked_at(painted[..., rows, columns])
        with torch.no_grad():
            truth, allowed = self.looked_at(batch.latents[..., rows, columns])
        too_regular = F.relu(regular - allowed).mean()
        self.drawn.add(truth, batch.labels, words)
        match = F.smooth_l1_loss(statistics, truth)
        by_statistics = painter_loss(self.seen(statistics, batch.labels, words))
        by_patches = painter_loss(self.patches(painted, batch.labels, words))
        coarse = F.mse_loss(F.avg_pool2d(painted, COARSE), F.avg_pool2d(batch.latents, COARSE))
        named = F.cross_entropy(self.reader.eval().head(self.reader.body(statistics)), batch.labels)
        self.painting.zero_grad(set_to_none=True)
        (BY_STATISTICS_SHARE * by_statistics + BY_PATCHES_SHARE * by_patches + MATCH_SHARE * match
         + NAMED_SHARE * named + ERROR_SHARE * error + COARSE_SHARE * coarse
         + LATTICE_SHARE * too_regular).backward()
        together.average_gradients(self.painter.parameters())
        norm = nn.utils.clip_grad_norm_(self.painter.parameters(), 1.0)
        self.painting.step()
        self._judges.requires_grad_(True)
        return painted.detach(), statistics.detach(), {
            "error": error.item(), "match": match.item(), "lattice": too_regular.item(),
            "coarse": coarse.item(), "gradient": norm.item(),
            "by_statistics": by_statistics.item(), "by_patches": by_patches.item(), "named": named.item()}

    def _look_closer(self, batch: Batch, painted: Tensor, statistics: Tensor) -> dict[str, float]:
        """How often the critics and the reader were right."""
        words = batch.words.mean(1)
        drawn = self.drawn.some(DRAWN_BATCH)
        first, first_right = critic_loss(self.seen, drawn, (statistics, batch.labels, words), SMOOTHNESS["statistics"])
        second, second_right = critic_loss(self.patches, (batch.latents, batch.labels, words),
                                           (painted, batch.labels, words), SMOOTHNESS["patches"])
        self.judging.zero_grad(set_to_none=True)
        (first + second).backward()
        together.average_gradients(chain(self.seen.parameters(), self.patches.parameters()))
        self.judging.step()

        said = self.reader.train().head(self.reader.body(drawn[0] + STATISTICS_NOISE * torch.randn_like(drawn[0])))
        self.reading.zero_grad(set_to_none=True)
        F.cross_entropy(said, drawn[1]).backward()
        together.average_gradients(self.reader.parameters())
        self.reading.step()
        return {"statistics_right": first_right, "patches_right": second_right,
                "read": (said.argmax(1) == drawn[1]).float().mean().item()}

    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name).state_dict() for name in _PARTS}

    def load(self, state: dict[str, Any]) -> None:
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])


def learn(
    work: Path, base: Path, out: Path, clock: Clock, *, judge: Path = Path("models/judge"), painter_rate: float = 2e-4,
    critic_rate: float = 6e-4, pictures: int = 26_000, save_every_s: float = 300.0,
    log: Callable[[str], None] = lambda line: print(line, flush=True),
) -> UNet2DConditionModel:
    """Train on the pictures of `work` from the exported folder `base`; export to `out` at every checkpoint.

    Returns the averaged network. Resumes from `work`/few_step.pt if it is there.
    """
    images, captions = cache.load(work / "data")
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    gallery = Gallery(images[:pictures], captions[:pictures], vae, work)
    for _ in range(KNOWN_FIRST // 64):  # not all at once: that needs memory
        gallery.learn(64)
    painter = summarising(UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32))
    painter.train().to(memory_format=torch.channels_last)
    contest = Contest(painter, vae, Judge.from_pretrained(judge, torch_dtype=torch.float32).eval(),
                      painter_rate=painter_rate, critic_rate=critic_rate)
    average = Average(painter, 0.998)
    checkpoint = work / "few_step.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        contest.load(state["contest"])
        average.module.load_state_dict(state["average"])
        clock.spent_s, clock.steps = state["spent_s"], state["steps"]
        log(f"resumed at step {clock.steps}, {clock.spent_s / 60:.1f} min")
    together.spread(contest.parts)
    smooth: dict[str, float] = {}
    saved_s = clock.spent_s
    events = curves(checkpoint, clock.steps)
    supply = batches(gallery, clock, contest.rng, crops=BATCH, dropped=0.0)
    clock.pause()
    while (progress := together.leaders(clock.progress)) < 1.0:
        told = contest.step(next(supply), progress, clock.steps)
        average.update(painter, clock.steps)
        clock.tick()
        smooth = {key: 0.98 * smooth.get(key, value) + 0.02 * value for key, value in told.items()}
        if not together.leads():
            continue
        if clock.steps % 50 == 0:
            log(f"step {clock.steps} {clock.spent_s / 60:.1f} min " + " ".join(
                f"{key} {value:.3f}" for key, value in smooth.items()) + f" {clock.steps / clock.spent_s:.2f} steps/s")
            for key, value in smooth.items():
                events.add_scalar(key, value, clock.steps)
        if clock.spent_s - saved_s > save_every_s or clock.progress >= 1.0:
            aside = checkpoint.with_suffix(".part")
            torch.save({"contest": contest.state(), "average": average.module.state_dict(), "spent_s": clock.spent_s,
                        "steps": clock.steps}, aside)
            os.replace(aside, checkpoint)
            saved_s = clock.spent_s
            export(average.module, vae, out, make_scheduler())
            sheet = model_sheet(out, 256, STEPS, 1.0, 1, 12)
            events.add_image("sheet", np.asarray(sheet), clock.steps, dataformats="HWC")
            clock.pause()
    events.close()
    return average.module  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"), help="exported folder to go on from")
    parser.add_argument("--out", type=Path, default=WORK / "mini-fast")
    parser.add_argument("--pictures", type=int, default=26_000)
    options = parser.parse_args()
    together.join()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.out, clock, pictures=options.pictures)


if __name__ == "__main__":
    main()
