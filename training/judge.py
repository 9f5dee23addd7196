"""Train `models/judge`: which material, or which kind of painting, does a picture show?

    python -m training.judge --minutes 15      # resumes from its checkpoint by itself

It sees drawn pictures only, never generated ones, and judges both: how often what `models/mini` generates is taken for
what it was asked for, and how far its pictures are from drawn ones (see `evaluate`).
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from backend.material.judge import Judge
from training.autoencoder import to_tensor
from training.data import cache
from training.data.mixture import LABELS, label_of
from training.loop import Clock, train

WORK = Path(".dev/training/v1")
SIDES_PX = (128, 192, 256)  # of the cuts; whole pictures for the compositions
BATCH_PX = 16 * 128 * 128  # pixels a step
HELD_OUT = 1000  # the last pictures of the cache


class Batch(NamedTuple):
    """pictures (n, 3, h, w) in -1…1; labels (n,) int64."""

    pictures: Tensor
    labels: Tensor


def labels_of(seeds: range) -> np.ndarray:
    """(n,) int64, indices into `LABELS`."""
    number = {label: i for i, label in enumerate(LABELS)}
    return np.array([number[label_of(seed)] for seed in seeds])


def batches(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless batches of cuts, mirrored, a little brighter or darker, a little blurred as generated pictures are."""
    by_label = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    while True:
        side = int(rng.choice(SIDES_PX))
        chosen = [int(rng.choice(by_label[k])) for k in rng.integers(0, len(by_label), BATCH_PX // side**2)]
        corner = rng.integers(0, images.shape[1] - side + 1, (len(chosen), 2))
        cuts = [images[i, y : y + side, x : x + side] for i, (y, x) in zip(chosen, corner, strict=True)]
        pictures = to_tensor(np.stack([cut[:, ::-1] if rng.random() < 0.5 else cut for cut in cuts]))
        if rng.random() < 0.5:
            pictures = F.avg_pool2d(F.pad(pictures, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
        gain = torch.from_numpy(rng.uniform(0.85, 1.15, (len(chosen), 1, 1, 1)).astype(np.float32))
        pictures = ((pictures + 1) * gain - 1).clamp(-1, 1)
        pictures = pictures + torch.from_numpy(rng.normal(0, 0.03, tuple(pictures.shape)).astype(np.float32))
        yield Batch(pictures.contiguous(memory_format=torch.channels_last), torch.from_numpy(labels[chosen]))


def make_loss(judge: Judge) -> Callable[[Batch], Tensor]:
    """Cross entropy, a little smoothed: some materials shade into each other."""
    def loss(batch: Batch) -> Tensor:
        return F.cross_entropy(judge(batch.pictures), batch.labels, label_smoothing=0.05)

    return loss


@torch.no_grad()
def accuracy(judge: Judge, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of whole pictures (n, h, w, 3) uint8 that are told rightly."""
    right = 0
    for start in range(0, len(images), 16):
        said = judge(to_tensor(images[start : start + 16])).argmax(dim=1).numpy()
        right += int((said == labels[start : start + 16]).sum())
    return right / len(images)


def export(judge: Judge, folder: Path) -> None:
    """Write the weights as float16."""
    half = Judge(**judge.config)
    half.load_state_dict(judge.state_dict())
    half.half().save_pretrained(folder)


def learn(work: Path, out: Path, clock: Clock, *, held_out: int = HELD_OUT, seed: int = 1) -> Judge:
    """Train from `work`/data, export to `out` at every checkpoint; returns the averaged network."""
    images, _ = cache.load(work / "data")
    labels = labels_of(range(len(images)))
    torch.manual_seed(seed)
    judge = Judge(labels=list(LABELS)).to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in judge.parameters()) / 1e6:.2f} M parameters", flush=True)
    few = slice(len(images) - held_out, None, max(1, held_out // 250))

    def on_save(averaged: Any, _: Clock) -> None:
        print(f"held out {accuracy(averaged, images[few], labels[few]):.3f}", flush=True)
        export(averaged, out)

    return train(judge, batches(images[:-held_out], labels[:-held_out], np.random.default_rng((seed, clock.steps))),
                 make_loss(judge), clock, peak_rate=1.5e-3, checkpoint=work / "judge.pt", average_decay=0.998,
                 weight_decay=0.03, save_every_s=120, on_save=on_save, log=lambda line: print(line, flush=True))  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures and checkpoint")
    parser.add_argument("--out", type=Path, default=Path("models/judge"))
    options = parser.parse_args()
    judge = learn(options.work, options.out, Clock(options.minutes and options.minutes * 60, options.steps))
    images, _ = cache.load(options.work / "data")
    held = range(len(images) - HELD_OUT, len(images))
    print(f"held out, all: {accuracy(judge, images[held.start :], labels_of(held)):.4f}")


if __name__ == "__main__":
    main()
