"""A painter in few steps against those that look at what it paints: one step of all of them.

Adversarial post-training (Sauer et al., arXiv:2311.17042; Lin et al., arXiv:2501.08316): at any noise level the
network paints the clean picture at once; critics (see `critic`) that know what was asked for tell it from a drawn one.
A network trained by squared error paints the mean of what it might be, which is blurred; this one has to choose. The
noisy pictures that it goes on from are its own, from the steps before, as they will be when it is used (Yin et al.,
arXiv:2405.14867). From noisy drawn pictures it learns, too, without critics: what is seen of what it paints should be
what is seen of the picture, so that it keeps what is there. And it paints parts of drawn pictures, as an artist has a
part painted anew.
"""

from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from diffusers import LCMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.material.judge import Judge
from training import together
from training.bank import WINDOW, Bank, decoded, is_painting
from training.critic import PatchCritic, StatisticsCritic, critic_loss, painter_loss
from training.data.mixture import LABELS
from training.export import SCHEDULER
from training.lattice import lattice
from training.loop import learning_rate

CUTS, WHOLES = 8, 2  # pictures a step: windows of materials, or whole pictures, which are four times as large
WHOLE_SHARE, PAINTING_SHARE = 0.1, 0.35  # of the steps: whole materials, and paintings, which are always whole
COMPARED = 32  # painted pictures that the critics of statistics see a step, of the last few, and as many drawn ones
REMEMBERED = 96
READ_FIRST, READ_FIRST_BATCH = 800, 256  # steps of the reader before the others begin
EASY = 0.15  # a subject comes as often as this and the share in which the reader takes it for another
# How often it goes on from each of the steps: the first decides what it is going to be, the last how it looks.
REACHED = (2.0, 1.0, 2.0, 3.0)
STEPS = len(REACHED)
KEPT_EVERY = 8  # steps: drawn pictures under noise that shows what is to be seen of them
KEPT_BELOW = 850  # noise times of those
REPAINTED_EVERY = 4  # steps: a part of a drawn picture is painted, and the rest is held at each step
HOLE = 0.35, 0.75  # sides of that part, as shares of what is looked at
_PARTS = ("painter", "seen", "patches", "reader", "painting", "judging", "reading")  # that are kept
# Weights; with the first of them, at the start of training, the gradients at what was painted were 0.4 by the match,
# 0.7 by what sets subjects apart, 0.3 by statistics, 0.1 by patches, 0.5 by the reader.
BY_STATISTICS_SHARE, BY_PATCHES_SHARE = 0.2, 6.0
MEAN_SHARE = 10.0  # of the squared error of the picture's mean: of the colours asked for; or of its coarse layout
COARSE = 4  # latents: what of a noisy picture is seen where the picture is not, and where a part of it is painted
# Of the difference of the statistics of what was painted and of what was drawn: the nearest, or that which it shows.
MATCH_SHARE = 8.0
APART_SHARE, MARGIN = 1.0, 0.05  # of how much nearer that is than another subject's; drawn pictures have 0.13
OTHERS = 6000  # drawn pictures, of which the nearest of another subject is taken
SUMMARY_RATE = 10.0  # of the summary of the words, which begins at nothing
LATTICE_SHARE = 15.0  # of the detail that is more of a lattice of the latents than the drawn picture's is
NAMED_SHARE = 0.5  # of what the reader says
STATISTICS_NOISE = 0.5  # added for the reader, in their own deviations
SMOOTHNESS = {"statistics": 0.1, "patches": 0.01}


class Batch(NamedTuple):
    """Drawn pictures: `rows` (n,) of the bank; latents (n, channels, h, w); words (n, 16, 384); labels (n,); and, if
    they are looked at in part, where: (n, 2), y and x of a window."""

    rows: np.ndarray
    latents: Tensor
    words: Tensor
    labels: Tensor
    corners: np.ndarray | None


def make_scheduler() -> LCMScheduler:
    """Each step paints the clean picture, which is noised again for the next (Luo et al., arXiv:2310.04378)."""
    return LCMScheduler(**SCHEDULER, original_inference_steps=SCHEDULER["num_train_timesteps"])  # any number of steps


def times_of(steps: int) -> list[int]:
    """The scheduler's own times for so many steps, the noisiest first."""
    scheduler = make_scheduler()
    scheduler.set_timesteps(steps)
    return scheduler.timesteps.tolist()


def windows(latents: Tensor, corners: np.ndarray) -> Tensor:
    """(n, c, h, w) to (n, c, WINDOW, WINDOW): of each the part at its corner."""
    return torch.stack([one[:, y : y + WINDOW, x : x + WINDOW] for one, (y, x) in zip(latents, corners, strict=True)])


def held(painted: Tensor, drawn: Tensor, near: Tensor | None) -> Tensor:
    """What was painted, where it is `near`; elsewhere what was drawn. All of it without `near`."""
    return painted if near is None else drawn + near * (painted - drawn)


def layout_error(painted: Tensor, drawn: Tensor) -> Tensor:
    """(n,): the squared error of the coarse layout of latents (n, c, h, w)."""
    return (F.avg_pool2d(painted, COARSE) - F.avg_pool2d(drawn, COARSE)).square().mean((1, 2, 3))


class Contest:
    """A painter, its two critics and a reader, and their steps.

    The reader tells what pictures show, and drawn ones from painted ones of the same subject; the painter is told how
    well its pictures can be named (Odena et al., arXiv:1610.09585; with painted subjects of their own, Hou et al.,
    arXiv:2107.10060): the painter learnt to deceive a reader that knew drawn pictures only, which took nine of ten
    pictures for what was asked for, where `models/judge` took six. Subjects that are named badly are painted oftener.
    """

    def __init__(self, painter: UNet2DConditionModel, vae: MiniAutoencoder, judge: Judge, bank: Bank, *,
                 painter_rate: float, critic_rate: float) -> None:
        generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
        self.painter, self.vae, self.generator = painter, vae.eval().requires_grad_(False), generator
        self.statistics = judge.statistics
        self.seen = StatisticsCritic(judge)
        self.patches = PatchCritic(vae.config.latent_channels)
        self.reader = Judge([*LABELS, *(f"painted {label}" for label in LABELS)], hidden=(512, 256))
        self._judges = nn.ModuleList([self.seen, self.patches, self.reader])
        self.parts = nn.ModuleList([painter, self._judges])
        self.reading = torch.optim.AdamW(self.reader.parameters(), lr=1e-3, weight_decay=0.01)
        self.rng = np.random.default_rng()
        self.bank = bank
        self.of_label = {int(label): np.flatnonzero(bank.labels == label) for label in np.unique(bank.labels)}
        self.known = self.seen.normalised(torch.from_numpy(bank.statistics).float())  # (pictures, s)
        self.lacking = torch.ones(len(LABELS))  # how much the reader takes what was painted for other subjects
        self.shown: deque[tuple[Tensor, Tensor, Tensor]] = deque(maxlen=REMEMBERED)
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

    def batches(self) -> Iterator[Batch]:
        """Endless batches of one of three kinds: windows of materials, whole materials, paintings."""
        subjects = np.array(list(self.of_label))
        paintings = is_painting(subjects)
        share = PAINTING_SHARE if paintings.any() else 0.0
        while True:
            kind = self.rng.random()
            painted = kind < share
            whole = kind < share + WHOLE_SHARE
            yield self._batch(subjects[paintings == painted], WHOLES if whole else CUTS, painted, whole)

    def _batch(self, subjects: np.ndarray, count: int, painted: bool, whole: bool) -> Batch:
        weight = EASY + self.lacking[torch.from_numpy(subjects)].numpy()
        rows = self._rows_of(self.rng.choice(subjects, count, p=weight / weight.sum()))
        latents, corners = torch.from_numpy(self.bank.latents[rows]).float(), self.bank.corners[rows]
        return Batch(rows, latents if whole else windows(latents, corners),
                     torch.from_numpy(self.bank.words[rows]).float(), torch.from_numpy(self.bank.labels[rows]),
                     corners if whole and not painted else None)

    def _rows_of(self, labels: np.ndarray) -> np.ndarray:
        """(n,) one drawn picture of each label."""
        return np.array([self.rng.choice(self.of_label[label]) for label in labels.tolist()])

    def read_first(self) -> None:
        """Teach the reader what drawn pictures show."""
        subjects = np.array(list(self.of_label))
        for step in range(READ_FIRST):
            rows = self._rows_of(self.rng.choice(subjects, READ_FIRST_BATCH))
            for group in self.reading.param_groups:
                group["lr"] = learning_rate(0.0, 1e-3, step, 50)
            self._read(self.known[rows], torch.from_numpy(self.bank.labels[rows]))

    def paint(self, noisy: Tensor, times: Tensor, words: Tensor, by: UNet2DConditionModel | None = None) -> Tensor:
        """Clean latents (n, c, h, w) as the network, or another, paints them from noisy ones at `times` (n,)."""
        v = (by or self.painter)(noisy, times, words, return_dict=False)[0]
        alpha, sigma = (table[times][:, None, None, None] for table in (self.alpha, self.sigma))
        return alpha * noisy - sigma * v

    def _noised(self, clean: Tensor, below: int) -> tuple[Tensor, Tensor]:
        """Drawn latents under any noise below that of a time: (n, c, h, w); and the times (n,)."""
        clean = clean.contiguous(memory_format=torch.channels_last)
        strata = (torch.arange(len(clean)) + torch.rand(len(clean), generator=self.generator)) / len(clean)
        times = (strata * below).long().clamp(max=below - 1)
        alpha, sigma = (table[times][:, None, None, None] for table in (self.alpha, self.sigma))
        return alpha * clean + sigma * torch.randn(clean.shape, generator=self.generator), times

    def _begun(self, batch: Batch, near: Tensor | None) -> tuple[Tensor, Tensor]:
        """The network's own latents before one random step of those that it takes, the first included; its times."""
        step = int(torch.multinomial(torch.tensor(REACHED), 1, generator=self.generator))
        noise = torch.randn(batch.latents.shape, generator=self.generator).contiguous(
            memory_format=torch.channels_last)
        return self._reached(step, noise, batch, near), self.times[step].expand(len(noise))

    @torch.no_grad()
    def _reached(self, step: int, noise: Tensor, batch: Batch, near: Tensor | None) -> Tensor:
        """Latents as they are before the `step`-th step, when they began as `noise`; what is drawn is held beyond
        `near`."""
        noisy = noise
        for now, then in zip(self.times[:step], self.times[1 : step + 1], strict=True):
            clean = held(self.paint(noisy, now.expand(len(noisy)), batch.words), batch.latents, near)
            noisy = self.alpha[then] * clean + self.sigma[then] * torch.randn(noise.shape, generator=self.generator)
        return noisy

    def hole(self, batch: Batch) -> Tensor:
        """(n, 1, h, w): 1 in a rectangle of what is looked at of each picture, which is to be painted; else 0."""
        near = torch.zeros(len(batch.latents), 1, *batch.latents.shape[2:])
        for i, one in enumerate(near):
            side = one.shape[1] if batch.corners is None else WINDOW
            corner = (0, 0) if batch.corners is None else batch.corners[i]
            high, wide = (round(side * share) for share in self.rng.uniform(*HOLE, 2))
            y, x = (start + self.rng.integers(0, side - size + 1)
                    for start, size in zip(corner, (high, wide), strict=True))
            one[:, y : y + high, x : x + wide] = 1
        return near

    @torch.no_grad()
    def nearest(self, batch: Batch, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """(n, s) twice: of the drawn pictures of the same subject the statistics nearest to those painted (Li and
        Malik, arXiv:1809.09087), and not the mean of all that it might be; and the nearest of some of the others."""
        some = self.rng.integers(0, len(self.known), OTHERS)
        others, labels = self.known[some], torch.from_numpy(self.bank.labels[some])
        far = torch.cdist(statistics, others, p=1).masked_fill(labels == batch.labels[:, None], torch.inf)
        found = []
        for label, one in zip(batch.labels.tolist(), statistics, strict=True):
            rows = self.of_label[label]
            found.append(rows[int(torch.cdist(one[None], self.known[rows], p=1).argmin())])
        return self.known[np.array(found)], others[far.argmin(1)]

    def step(self, batch: Batch, progress: float, steps: int) -> dict[str, float]:
        """One step of the painter, and one of those that look at what it painted unless it keeps what is drawn; their
        losses and shares."""
        self.set_rates(progress, steps)
        if steps % KEPT_EVERY == 0:
            return self._keep_better(batch)
        near = self.hole(batch) if steps % REPAINTED_EVERY == REPAINTED_EVERY // 2 else None
        painted, told = self._paint_better(batch, near)
        looked = self._look_closer(batch, painted)
        if near is not None:  # most of what they saw was drawn
            looked["repainted_patches_right"] = looked.pop("patches_right")
        return told | looked

    def set_rates(self, progress: float, steps: int) -> None:
        """The learning rates of all that learn, at that progress, 0–1."""
        painter_rate, critic_rate = self.rates
        for optimizer, rate in ((self.painting, painter_rate), (self.judging, critic_rate),
                                (self.reading, critic_rate)):
            for group in optimizer.param_groups:
                group["lr"] = group.get("share", 1.0) * learning_rate(progress, rate, steps, 50)

    def _learn(self, loss: Tensor) -> float:
        """One step of the painter; the length of the gradient."""
        self.painting.zero_grad(set_to_none=True)
        loss.backward()
        together.average_gradients(self.painter.parameters())
        norm = nn.utils.clip_grad_norm_(self.painter.parameters(), 1.0)
        self.painting.step()
        return norm.item()

    def _of_drawn(self, batch: Batch, painted: Tensor) -> Tensor | float:
        """What else it learns by, of latents that it painted from noisy drawn ones: nothing here."""
        return 0.0

    def _of_forms(self, batch: Batch, painted: Tensor) -> Tensor | float:
        """What else it learns by, of latents that it painted from its own: nothing here."""
        return 0.0

    def _seen_of(self, batch: Batch, painted: Tensor) -> tuple[Tensor, Tensor]:
        """The statistics (n, s) of what was painted, and how much more of a lattice it is than what was drawn."""
        pictures = decoded(self.vae, painted if batch.corners is None else windows(painted, batch.corners))
        too_regular = F.relu(lattice(pictures) - torch.from_numpy(self.bank.regular[batch.rows])).mean()
        return self.seen.normalised(self.statistics(pictures)), too_regular

    def _keep_better(self, batch: Batch) -> dict[str, float]:
        """What is seen of what is painted from a noisy drawn picture should be what is seen of that."""
        noisy, times = self._noised(batch.latents, KEPT_BELOW)
        painted = self.paint(noisy, times, batch.words)
        statistics, too_regular = self._seen_of(batch, painted)
        kept = (statistics - self.known[batch.rows]).abs().mean()
        seen = (COARSE * self.alpha / self.sigma)[times].clamp(max=1.0)  # of the coarse layout, through the noise
        layout = (seen * layout_error(painted, batch.latents)).mean()
        self._learn(MATCH_SHARE * kept + MEAN_SHARE * layout + LATTICE_SHARE * too_regular
                    + self._of_drawn(batch, painted))
        return {"kept": kept.item(), "kept_layout": layout.item()}

    def _paint_better(self, batch: Batch, near: Tensor | None) -> tuple[Tensor, dict[str, float]]:
        """What was painted (n, c, h, w), all of it or only `near`, and how it was received."""
        words = batch.words.mean(1)
        self._judges.requires_grad_(False)
        painted = held(self.paint(*self._begun(batch, near), batch.words), batch.latents, near)
        statistics, too_regular = self._seen_of(batch, painted)
        alike, another = self.nearest(batch, statistics)
        alike = alike if near is None else self.known[batch.rows]
        same, other = ((statistics - drawn).abs().mean(1) for drawn in (alike, another))
        match, apart = same.mean(), F.softplus((same - other) / MARGIN).mean()
        by_statistics = painter_loss(self.seen(statistics, batch.labels, words))
        by_patches = painter_loss(self.patches(painted, batch.labels, words))
        if near is None:
            mean = F.mse_loss(painted.mean((2, 3)), batch.latents.mean((2, 3)))
        else:  # colours go on from what is around
            mean = layout_error(painted, batch.latents).mean() / near.mean()
        named, taken_for = self._named(statistics, batch.labels)
        norm = self._learn(
            BY_STATISTICS_SHARE * by_statistics + BY_PATCHES_SHARE * by_patches + MATCH_SHARE * match
            + APART_SHARE * apart + NAMED_SHARE * named + MEAN_SHARE * mean + LATTICE_SHARE * too_regular
            + (self._of_forms(batch, painted) if near is None else 0.0))
        self._judges.requires_grad_(True)
        if near is not None:  # what is seen then is mostly what was drawn
            return painted.detach(), {"repainted": match.item(), "repainted_layout": mean.item(),
                                      "repainted_by_patches": by_patches.item()}
        self.shown += zip(statistics.detach(), batch.labels, words, strict=True)
        for label, another_share in zip(batch.labels.tolist(), taken_for.tolist(), strict=True):
            self.lacking[label] += 0.15 * (another_share - self.lacking[label])
        return painted.detach(), {
            "match": match.item(), "apart": apart.item(), "lattice": too_regular.item(), "mean": mean.item(),
            "gradient": norm, "by_statistics": by_statistics.item(), "by_patches": by_patches.item(),
            "named": named.item(), "taken_for_others": taken_for.mean().item()}

    def _look_closer(self, batch: Batch, painted: Tensor) -> dict[str, float]:
        """How often the critics and the reader were right."""
        shown = [self.shown[i] for i in self.rng.integers(0, len(self.shown), COMPARED)]
        statistics, labels, words = (torch.stack(column) for column in zip(*shown, strict=True))
        rows = self._rows_of(labels.numpy())
        drawn = self.known[rows]
        drawn_words = torch.from_numpy(self.bank.words[rows]).float().mean(1)
        first, first_right = critic_loss(self.seen, (drawn, labels, drawn_words), (statistics, labels, words),
                                         SMOOTHNESS["statistics"])
        words = batch.words.mean(1)
        second, second_right = critic_loss(self.patches, (batch.latents, batch.labels, words),
                                           (painted, batch.labels, words), SMOOTHNESS["patches"])
        self.judging.zero_grad(set_to_none=True)
        (first + second).backward()
        together.average_gradients(chain(self.seen.parameters(), self.patches.parameters()))
        self.judging.step()
        read = self._read(torch.cat([drawn, statistics]), torch.cat([labels, labels + len(LABELS)]))
        return {"statistics_right": first_right, "patches_right": second_right, "read": read}

    def _named(self, statistics: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """What the reader misses in pictures of these labels (n,): the loss, as much by the painted subjects as by the
        drawn ones alone, which tells what else they look like; and how much it takes each for other subjects, (n,)."""
        said = self._said(statistics)
        of_drawn = said[:, : len(LABELS)]
        taken_for = 1 - of_drawn.detach().softmax(1).gather(1, labels[:, None])[:, 0]
        return F.cross_entropy(said, labels) + F.cross_entropy(of_drawn, labels), taken_for

    def _said(self, statistics: Tensor) -> Tensor:
        """(n, 2 * labels): as the reader sees them while it learns, with noise and a part left out, so that what it
        says cannot be had from a few numbers."""
        noisy = statistics + STATISTICS_NOISE * torch.randn_like(statistics)
        return self.reader.train().head(self.reader.body(noisy))

    def _read(self, statistics: Tensor, labels: Tensor) -> float:
        """One step of the reader; how often it was right."""
        said = self._said(statistics)
        self.reading.zero_grad(set_to_none=True)
        F.cross_entropy(said, labels, label_smoothing=0.1).backward()
        together.average_gradients(self.reader.parameters())
        self.reading.step()
        return (said.argmax(1) == labels).float().mean().item()

    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name).state_dict() for name in _PARTS} | {
            "lacking": self.lacking, "shown": list(self.shown)}

    def load(self, state: dict[str, Any]) -> None:
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])
        self.lacking.copy_(state["lacking"])
        self.shown += state["shown"]
