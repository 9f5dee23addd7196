"""Train the network through whose eyes a critic sees what `training.few_step` paints.

    python -m training.features --minutes 20       # resumes from its checkpoint by itself

It learns to say what parts of drawn pictures show, and which of a batch's captions is whose (Radford et al.,
arXiv:2103.00020). What its layers have learnt to see, a critic need not (Sauer et al., arXiv:2111.01007): courses,
veins, scales and stitches, where texture statistics know how much of what there is, and not how it hangs together.
Half of the parts went through the autoencoder, because all that is painted comes out of it.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import WIDTH
from training import bank, together
from training.autoencoder import to_tensor
from training.bank import windows
from training.data import cache
from training.data.mixture import LABELS
from training.lattice import REDUCTION
from training.loop import Clock, train

WORK = Path(".dev/training")
BATCH, HELD_OUT = 16, 512
WIDTHS = (64, 128, 192)  # at 1/4, 1/8 and 1/16 of the picture
CHANNELS = 4 * WIDTHS[0] + WIDTHS[1] + WIDTHS[2]
SHARPNESS = 10.0  # by which the likeness of pictures and captions is multiplied


class Batch(NamedTuple):
    """Parts of drawn pictures (n, 3, h, w) in -1…1; labels (n,); words (n, WIDTH), the mean of the caption's."""

    pictures: Tensor
    labels: Tensor
    words: Tensor


class _Block(nn.Module):
    """Two normalised convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1),
                                    nn.GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class FeatureNetwork(nn.Module):
    """Pictures (n, 3, h, w) in -1…1 to features (n, CHANNELS, h/8, w/8), as many deviations from their means in drawn
    pictures: those at 1/4 of the picture folded, those at 1/16 repeated."""

    def __init__(self, blocks: tuple[int, ...] = (1, 2, 2)) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 4, stride=2, padding=1), nn.SiLU(),
                                  nn.Conv2d(32, WIDTHS[0], 4, stride=2, padding=1))
        self.narrow = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in pairwise(WIDTHS))
        self.stages = nn.ModuleList(nn.Sequential(*(_Block(width) for _ in range(count)))
                                    for width, count in zip(WIDTHS, blocks, strict=True))
        self.register_buffer("mean", torch.zeros(CHANNELS, 1, 1))
        self.register_buffer("deviation", torch.ones(CHANNELS, 1, 1))
        self.label, self.words = (nn.Linear(2 * WIDTHS[-1], size) for size in (len(LABELS), WIDTH))

    def levels(self, pictures: Tensor) -> list[Tensor]:
        """What each stage sees, (n, width, h/4, w/4) and on."""
        x, found = self.stem(pictures), []
        for level, stage in enumerate(self.stages):
            x = stage(self.narrow[level - 1](x) if level else x)
            found.append(x)
        return found

    def folded(self, pictures: Tensor) -> Tensor:
        """(n, CHANNELS, h/8, w/8): the features as they are."""
        fine, middle, coarse = self.levels(pictures)
        return torch.cat([F.pixel_unshuffle(fine, 2), middle, F.interpolate(coarse, scale_factor=2.0)], 1)

    def forward(self, pictures: Tensor) -> Tensor:
        return (self.folded(pictures) - self.mean) / self.deviation

    def said(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the labels (n, labels), and the direction of the caption's words (n, WIDTH)."""
        last = self.levels(pictures)[-1]
        pooled = torch.cat([last.mean((2, 3)), last.amax((2, 3))], 1)
        return self.label(pooled), F.normalize(self.words(pooled))


def batches(work: Path, known: bank.Bank, vae: MiniAutoencoder, held_out: int, rng: np.random.Generator
            ) -> Iterator[Batch]:
    """Endless batches of parts of all but the last `held_out` of the drawn pictures."""
    images, _ = cache.load(work / "data")
    limit = known.latents.shape[-1] - bank.WINDOW
    while True:
        rows, corners = rng.integers(0, len(known.labels) - held_out, BATCH), rng.integers(0, limit + 1, (BATCH, 2))
        yield part_of(known, images, vae, rows, corners, rng)


@torch.no_grad()
def part_of(known: bank.Bank, images: np.ndarray, vae: MiniAutoencoder, rows: np.ndarray, corners: np.ndarray,
            rng: np.random.Generator) -> Batch:
    """The windows at `corners` (n, 2) of the pictures of `rows`: as drawn, or as the autoencoder decodes them; mirrored
    or not, a little brighter or darker."""
    half, side = len(rows) // 2, bank.WINDOW * REDUCTION
    drawn = to_tensor(np.stack([images[row, y : y + side, x : x + side] for row, (y, x) in
                                zip(rows[:half], corners[:half] * REDUCTION, strict=True)]))
    decoded = bank.decoded(vae, windows(torch.from_numpy(known.latents[rows[half:]]).float(), corners[half:]))
    pictures = torch.cat([drawn, decoded])
    pictures = pictures.flip(3) if rng.random() < 0.5 else pictures
    light = torch.from_numpy(rng.normal(0, 0.08, (len(rows), 1, 1, 1)).astype(np.float32)).exp()
    pictures = ((pictures + 1) * light - 1).clamp(-1.1, 1.1)
    pictures = pictures + 0.03 * torch.from_numpy(rng.standard_normal(pictures.shape, np.float32))
    return Batch(pictures.contiguous(memory_format=torch.channels_last), torch.from_numpy(known.labels[rows]),
                 torch.from_numpy(known.words[rows]).float().mean(1))


def loss_of(network: FeatureNetwork, batch: Batch) -> Tensor:
    """The cross entropy of the labels and of the captions."""
    said, pointed = network.said(batch.pictures)
    likeness = SHARPNESS * pointed @ F.normalize(batch.words - batch.words.mean(0)).T
    whose = torch.arange(len(likeness))
    return F.cross_entropy(said, batch.labels, label_smoothing=0.1) + 0.25 * (
        F.cross_entropy(likeness, whose) + F.cross_entropy(likeness.T, whose))


@torch.no_grad()
def accuracy(network: FeatureNetwork, batch: Batch) -> float:
    """Share of the parts that are named rightly."""
    said = torch.cat([network.said(part)[0] for part in batch.pictures.split(BATCH)])
    return float((said.argmax(1) == batch.labels).float().mean())


@torch.no_grad()
def measure(network: FeatureNetwork, pictures: Tensor) -> None:
    """Set `mean` and `deviation` to what the features have in pictures."""
    seen = torch.cat([network.folded(part) for part in pictures.split(BATCH)])
    network.mean.copy_(seen.mean((0, 2, 3))[:, None, None])
    network.deviation.copy_(seen.std((0, 2, 3))[:, None, None] + 1e-3)


def load(path: Path) -> FeatureNetwork:
    """The network, not to learn any more.

    Raises:
        FileNotFoundError: it is not there.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: train it first (python -m training.features --minutes 20)")
    network = FeatureNetwork()
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def learn(work: Path, base: Path, clock: Clock, *, pictures: int = 26_000, held_out: int = HELD_OUT,
          rate: float = 1e-3, log: Callable[[str], None] = lambda line: print(line, flush=True)) -> FeatureNetwork:
    """Train on the pictures of `work` as they are and through the autoencoder of the exported folder `base`; write
    `work`/features.pth at every checkpoint. Returns the averaged network."""
    known = bank.load(work, base / "vae", pictures)
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32).eval().requires_grad_(False)
    torch.manual_seed(2)
    network = FeatureNetwork().train().to(memory_format=torch.channels_last)
    torch.seed()
    log(f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters")
    images, _ = cache.load(work / "data")
    rng = np.random.default_rng(3)
    rows = np.arange(len(known.labels) - held_out, len(known.labels))
    kept = part_of(known, images, vae, rows, rng.integers(0, bank.WINDOW + 1, (held_out, 2)), rng)

    def on_save(averaged: nn.Module, clock: Clock) -> None:
        measure(averaged, kept.pictures)  # type: ignore[arg-type]
        aside = work / "features.part"
        torch.save(averaged.state_dict(), aside)
        os.replace(aside, work / "features.pth")
        log(f"{accuracy(averaged, kept):.3f} of {held_out} held-out parts, {clock.steps} steps")  # type: ignore[arg-type]

    return train(  # type: ignore[return-value]
        network, batches(work, known, vae, held_out, np.random.default_rng()), lambda batch: loss_of(network, batch),
        clock, peak_rate=rate, checkpoint=work / "features.pt", average_decay=0.998, weight_decay=0.05,
        save_every_s=180, on_save=on_save, log=log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures, checkpoint and result")
    parser.add_argument("--base", type=Path, default=Path("models/mini"), help="exported folder of the autoencoder")
    options = parser.parse_args()
    together.join()
    learn(options.work, options.base, Clock(options.minutes and options.minutes * 60, options.steps))
    together.leave()


if __name__ == "__main__":
    main()
