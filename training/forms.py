"""`models/mini`: materials that it paints badly, learnt by their forms, and all else kept near to what it was.

    python -m training.forms --minutes 60      # resumes from its checkpoint by itself
    python -m torch.distributed.run --nproc-per-node 2 -m -- training.forms --minutes 60    # on two cores

Texture statistics do not say how forms go on: rings that statistics know of become beads. So what the network paints is
drawn, patch by patch, to the drawn patch of the same material that is most like it, wherever that lies in its picture:
texture by its nearest neighbours (Kwatra et al., 2005, "Texture optimization for example-based synthesis") as a loss,
and of a network that has to choose (Li and Malik, arXiv:1809.09087). When forms are there, the contest (see `contest`)
begins. All along the network is to paint other captions as it did before: it is its own teacher (Hinton et al.,
arXiv:1503.02531), at each step of the teacher's own way. It loses something of those nevertheless; `merge` gets back
some of that.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from backend.material.judge import Judge
from training import bank, together, vocabulary
from training.bank import WINDOW, is_painting
from training.contest import KEPT_BELOW, MEAN_SHARE, STEPS, Batch, Contest, make_scheduler
from training.data import cache
from training.data.mixture import LABELS, label_of
from training.export import export
from training.loop import Clock, compete
from training.mini import summarising

WORK = Path(".dev/training")
NEW = ("ring mesh", "reptile skin")
FORMS_FIRST = 0.65  # of the time, before the critics have a say
SCALES = (4, 1), (8, 1), (8, 2)  # of the patches: the side as it is seen, and by how much latents are reduced before
CANDIDATES = 24  # drawn pictures of the material, of the nearest colour, in which a patch is looked for
NEAR_SHARE, DRAWN_SHARE = 20.0, 10.0  # weights: of the nearest patches of each scale, of noisy drawn pictures
AS_BEFORE_SHARE = 40.0  # of what is painted of other captions
OTHERS = 4500  # captions of those
OTHER_CUTS, OTHERS_WHOLE = 6, 0.5  # cuts of other materials at once; how often a whole painting and one of any


def form_of(patches: Tensor) -> Tensor:
    """Patches (..., c, h, w) without the mean of each: form, not colour."""
    return patches - patches.mean((-2, -1), keepdim=True)


class Scale:
    """Patches of one size in drawn latents (pictures, c, h, w), which are seen as they are or reduced.

    Attributes:
        side: of a patch, as it is seen.
        reduction: how many latents are seen as one, each way: the drawn patches begin at multiples of it.
        drawn: (pictures, c, h, w), as they are seen.
        contrast: (pictures, y, x) the length of the form of every patch.
    """

    def __init__(self, side: int, reduction: int, latents: Tensor) -> None:
        self.side, self.reduction = side, reduction
        self.drawn = self.seen(latents)
        mean, square = (F.avg_pool2d(x, side, 1) for x in (self.drawn, self.drawn.square()))
        self.contrast = side * (square - mean.square()).sum(1).clamp(min=1e-4).sqrt()

    def seen(self, latents: Tensor) -> Tensor:
        return F.avg_pool2d(latents, self.reduction) if self.reduction > 1 else latents

    def forms(self, latents: Tensor, rng: np.random.Generator) -> Tensor:
        """(n, patches, c, side, side): the form of latents (n, c, h, w) at random places, the same ones of each: as
        many as fit side by side, so that of what is no larger than a patch it is all."""
        seen = self.seen(latents)
        high, wide = (size // self.side for size in seen.shape[2:])
        places = [(int(y), int(x)) for y, x in zip(*(rng.integers(0, size - self.side + 1, high * wide)
                                                      for size in seen.shape[2:]), strict=True)]
        return form_of(torch.stack([self.patch(seen, y, x) for y, x in places], 1))

    def patch(self, seen: Tensor, y: int, x: int) -> Tensor:
        return seen[..., y : y + self.side, x : x + self.side]

    def nearest(self, forms: Tensor, rows: NDArray[np.int64]) -> Tensor:
        """(patches, c, side, side): of those drawn pictures the forms that correlate best with `forms`."""
        alike = F.conv2d(self.drawn[rows], forms) / self.contrast[rows, None]  # (pictures, patches, y, x)
        best = alike.transpose(0, 1).flatten(1).argmax(1)
        places = zip(*np.unravel_index(best.numpy(), (len(rows), *alike.shape[2:])), strict=True)
        return form_of(torch.stack([self.patch(self.drawn[rows[picture]], y, x) for picture, y, x in places]))


class Forms(Contest):
    """The contest of some materials alone, with their forms, beside a teacher of all other captions."""

    def __init__(self, *args: Any, teacher: UNet2DConditionModel, others: Tensor, paintings: NDArray[np.bool_],
                 **options: Any) -> None:
        """
        Args:
            others: (captions, 16, 384) words of captions that the network paints as `teacher` does.
            paintings: (captions,) which of them are of paintings.
        """
        super().__init__(*args, **options)
        self.teacher, self.others = teacher.eval().requires_grad_(False), others
        self.other_materials, self.other_paintings = np.flatnonzero(~paintings), np.flatnonzero(paintings)
        self.told: dict[str, float] = {}
        self.drawn = torch.from_numpy(self.bank.latents).float()
        self.colours = self.drawn.mean((2, 3))
        self.scales = [Scale(side, reduction, self.drawn) for side, reduction in SCALES]
        self.way: tuple[int, Tensor, Batch] | None = None  # its own: the next step, noisy latents, what is asked for
        self.teacher_way: tuple[int, Tensor, Tensor] | None = None

    def step(self, batch: Batch, progress: float, steps: int) -> dict[str, float]:
        self.told = {}
        if progress >= FORMS_FIRST or self.shown:
            return super().step(batch, progress, steps if self.shown else 1) | self.told
        self.set_rates(progress, steps)
        half = len(batch.latents) // 2
        noisy, times = self._noised(batch.latents[:half], KEPT_BELOW)
        drawn = self._of_drawn(batch, self.paint(noisy, times, batch.words[:half]))
        number, noisy, batch = self.way or (0, self._noise(batch.latents), batch)
        times = self.times[number].expand(len(noisy))
        painted = self.paint(noisy, times, batch.words)
        self.way = self._further(number, painted.detach(), batch)
        mean = F.mse_loss(painted.mean((2, 3)), batch.latents.mean((2, 3)))
        self._learn(drawn + self._of_forms(batch, painted) + 2 * MEAN_SHARE * mean)
        return self.told | {"mean": mean.item()}

    def set_rates(self, progress: float, steps: int) -> None:
        super().set_rates(progress, min(steps, len(self.shown)) if self.shown else steps)  # new critics begin slowly

    def _learn(self, loss: Tensor) -> float:
        as_before = self._as_before()
        self.told["as_before"] = as_before.item()
        return super()._learn(loss + AS_BEFORE_SHARE * as_before)

    def _noise(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self.generator).contiguous(memory_format=torch.channels_last)

    def _further(self, number: int, clean: Tensor, asked: Any) -> Any:
        """The next step of a way, or None after the last."""
        if number + 1 == STEPS:
            return None
        then = self.times[number + 1]
        return number + 1, self.alpha[then] * clean + self.sigma[then] * self._noise(clean), asked

    def _of_drawn(self, batch: Batch, painted: Tensor) -> Tensor:
        drawn = F.mse_loss(painted, batch.latents[: len(painted)])
        self.told["drawn"] = drawn.item()
        return DRAWN_SHARE * drawn

    def _of_forms(self, batch: Batch, painted: Tensor) -> Tensor:
        near = torch.zeros(())
        alike = [self.alike(label, row) for label, row in zip(batch.labels.tolist(), batch.rows, strict=True)]
        for scale in self.scales:
            forms = scale.forms(painted, self.rng)
            found = torch.stack([scale.nearest(one, rows) for one, rows in zip(forms.detach(), alike, strict=True)])
            near = near + F.mse_loss(forms, found)
            self.told[f"forms_{scale.side * scale.reduction}"] = F.mse_loss(forms.detach(), found).item()
        return NEAR_SHARE * near

    def alike(self, label: int, row: int) -> NDArray[np.int64]:
        """The drawn pictures of a subject whose colour is nearest to that of one of them."""
        rows = self.of_label[label]
        apart = (self.colours[rows] - self.colours[row]).square().sum(1)
        return rows[apart.topk(min(CANDIDATES, len(rows)), largest=False).indices.numpy()]

    def _as_before(self) -> Tensor:
        """How far what is painted of some other captions is from what the teacher paints, at one step of its way."""
        if self.teacher_way is None:
            whole = self.rng.random() < OTHERS_WHOLE
            some = ([self.rng.choice(self.other_paintings), self.rng.integers(len(self.others))] if whole
                    else self.rng.choice(self.other_materials, OTHER_CUTS))
            side = self.drawn.shape[2] if whole else WINDOW
            words = self.others[torch.from_numpy(np.asarray(some))].float()
            self.teacher_way = 0, self._noise(torch.empty(len(words), self.drawn.shape[1], side, side)), words
        number, noisy, words = self.teacher_way
        times = self.times[number].expand(len(noisy))
        with torch.no_grad():
            clean = self.paint(noisy, times, words, self.teacher)
        self.teacher_way = self._further(number, clean, words)
        return F.mse_loss(self.paint(noisy, times, words), clean)


def learn(
    work: Path, base: Path, out: Path, clock: Clock, *, materials: Sequence[str] = NEW,
    judge: Path = Path("models/judge"), painter_rate: float = 5e-4, critic_rate: float = 6e-4,
    save_every_s: float = 300.0, log: Callable[[str], None] = lambda line: print(line, flush=True),
) -> UNet2DConditionModel:
    """Teach `base` the `materials` by the pictures of `work`; export to `out` at every checkpoint.

    Returns the averaged network. Resumes from `work`/forms.pt if it is there.

    Raises:
        ValueError: that checkpoint learnt from other pictures, or from another network; or none of the pictures shows
            one of the materials.
    """
    known = bank.load_some(work, base / "vae", materials) if together.leads() else None
    together.leaders(0.0)  # the others wait until it is written
    known = known or bank.load_some(work, base / "vae", materials)
    captions = cache.load(work / "data")[1]
    labels = np.array([LABELS.index(label_of(seed)) for seed in range(len(captions))])
    told = np.flatnonzero(~np.isin(labels, [LABELS.index(material) for material in materials]))
    told = np.random.default_rng(1).permutation(told)[:OTHERS]
    others = embed_words([captions[seed] for seed in told]).half()

    def network() -> UNet2DConditionModel:
        unet = summarising(UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32))
        return unet.train().to(memory_format=torch.channels_last)

    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    contest = Forms(network(), vae, Judge.from_pretrained(judge, torch_dtype=torch.float32).eval(), known,
                    painter_rate=painter_rate, critic_rate=critic_rate, teacher=network(), others=others,
                    paintings=is_painting(labels[told]))

    def on_save(averaged: UNet2DConditionModel, _: Any) -> None:
        export(averaged, vae, out, make_scheduler())
        vocabulary.write(captions, out)

    former = hashlib.sha256((base / "unet" / "diffusion_pytorch_model.safetensors").read_bytes()).hexdigest()
    made_of = "\n".join([bank.key_of(work, base / "vae"), former, *materials])
    return compete(  # type: ignore[return-value]
        contest, contest.batches(), clock, checkpoint=work / "forms.pt", made_of=made_of, average_decay=0.995,
        save_every_s=save_every_s, begin=contest.read_first, on_save=on_save, log=log)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--materials", nargs="+", default=NEW, help="names of `training/data/families.py`")
    parser.add_argument("--work", type=Path, default=WORK, help="pictures and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"), help="exported folder to go on from")
    parser.add_argument("--out", type=Path, default=WORK / "mini-forms")
    options = parser.parse_args()
    together.join()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.out, clock, materials=options.materials)
    together.leave()


if __name__ == "__main__":
    main()
