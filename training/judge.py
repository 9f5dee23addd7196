"""Train `models/judge`: which material, or which kind of painting, does a picture show?

    python -m training.judge --steps 4000      # goes on from its checkpoint by itself

It sees drawn pictures only, never generated ones, and judges both: how often what `models/mini` generates is taken for
what it was asked for, and how far its pictures are from drawn ones (see `evaluate`). The texture statistics of all
pictures are measured once, of each whole and of a changed part of it, and kept in `statistics.npy`; the perceptron on
top of them learns in a few minutes.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from backend.material.judge import Judge
from backend.material.statistics import TextureStatistics
from training.autoencoder import to_tensor
from training.data import cache
from training.data.mixture import LABELS, label_of
from training.loop import Clock, train

WORK = Path(".dev/training/v1")
SIDES_PX = (160, 192, 224, 256)  # of the parts
BATCH = 256
NOISE = 0.1  # added to the statistics, in their own deviations
HELD_OUT = 1000  # the last pictures of the cache
PORTION = 4  # pictures measured at once: more of them do not fit into the processor's cache


class Batch(NamedTuple):
    """statistics (n, size) float32; labels (n,) int64."""

    statistics: Tensor
    labels: Tensor


def labels_of(seeds: range) -> np.ndarray:
    """(n,) int64, indices into `LABELS`."""
    number = {label: i for i, label in enumerate(LABELS)}
    return np.array([number[label_of(seed)] for seed in seeds])


def changed(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """A part of them, perhaps mirrored or a little blurred as generated pictures are, a little brighter or darker."""
    side = int(rng.choice([side for side in SIDES_PX if side <= pictures.shape[2]]))
    y, x = rng.integers(0, pictures.shape[2] - side + 1, 2)
    part = pictures[:, :, y : y + side, x : x + side]
    part = part.flip(3) if rng.random() < 0.5 else part
    if rng.random() < 0.5:
        part = F.avg_pool2d(F.pad(part, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
    part = ((part + 1) * float(rng.uniform(0.85, 1.15)) - 1).clamp(-1, 1)
    return part + torch.from_numpy(rng.normal(0, 0.02, tuple(part.shape)).astype(np.float32))


@torch.no_grad()
def measure(work: Path, start: int) -> np.ndarray:
    """(2, PORTION, size) float32: the statistics of pictures as they are, and of parts of them."""
    torch.set_num_threads(1)
    images, _ = cache.load(work / "data")
    pictures = to_tensor(images[start : start + PORTION])
    bank = TextureStatistics()
    return np.stack([bank(pictures).numpy(), bank(changed(pictures, np.random.default_rng(start))).numpy()])


def measure_all(work: Path, count: int) -> np.ndarray:
    """(2, count, size) float32, from `statistics.npy` as far as they are there."""
    path, started = work / "statistics.npy", work / "statistics.part.npy"
    if path.exists():
        return np.load(path, mmap_mode="r")
    shape = (2, count, TextureStatistics.size)
    result = np.lib.format.open_memmap(started, "r+" if started.exists() else "w+", np.float32,
                                       None if started.exists() else shape)
    left = [start for start in range(0, count, PORTION) if not result[1, start].any()]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for start, both in zip(left, pool.map(partial(measure, work), left, chunksize=8), strict=True):
            result[:, start : start + PORTION] = both
            if start % 800 == 0:
                print(f"measured {start} of {count}", flush=True)
    result.flush()
    started.rename(path)
    return np.load(path, mmap_mode="r")


def batches(statistics: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless batches of statistics (variants, n, size); rare labels come nearly as often as frequent ones."""
    chance = 1 / np.sqrt(np.bincount(labels, minlength=len(LABELS))[labels])
    steps = np.cumsum(chance / chance.sum())
    while True:
        chosen = np.searchsorted(steps, rng.random(BATCH)).clip(0, len(labels) - 1)
        variant = rng.integers(0, len(statistics), BATCH)
        yield Batch(torch.from_numpy(statistics[variant, chosen]), torch.from_numpy(labels[chosen]))


def make_loss(judge: Judge) -> Callable[[Batch], Tensor]:
    """Cross entropy, a little smoothed: some materials shade into each other."""
    def loss(batch: Batch) -> Tensor:
        noisy = batch.statistics + NOISE * judge.deviation * torch.randn_like(batch.statistics)
        return F.cross_entropy(judge.head(judge.of_statistics(noisy)), batch.labels, label_smoothing=0.1)

    return loss


@torch.no_grad()
def accuracy(judge: Judge, statistics: np.ndarray, labels: np.ndarray) -> float:
    """Share of the pictures, by their statistics (n, size), that are told rightly."""
    said = judge.head(judge.of_statistics(torch.from_numpy(np.array(statistics)))).argmax(dim=1).numpy()
    return float((said == labels).mean())


def export(judge: Judge, folder: Path) -> None:
    """Write the weights as float16."""
    half = Judge(**judge.config)
    half.load_state_dict(judge.state_dict())
    half.half().save_pretrained(folder)


def learn(work: Path, out: Path, clock: Clock, *, held_out: int = HELD_OUT, seed: int = 1) -> Judge:
    """Train from `work`/data, export to `out` at every checkpoint; returns the averaged network."""
    images, _ = cache.load(work / "data")
    labels = labels_of(range(len(images)))
    statistics = np.array(measure_all(work, len(images)))
    known = statistics[:, :-held_out]
    torch.manual_seed(seed)
    judge = Judge(labels=list(LABELS))
    judge.mean.copy_(torch.from_numpy(known.mean((0, 1))))
    judge.deviation.copy_(torch.from_numpy(known.std((0, 1)) + 1e-4))
    print(f"{sum(p.numel() for p in judge.parameters()) / 1e6:.2f} M parameters", flush=True)

    def on_save(averaged: Any, _: Clock) -> None:
        told = [accuracy(averaged, each[-held_out:], labels[-held_out:]) for each in statistics]
        print(f"held out {told[0]:.4f}, changed parts of them {told[1]:.4f}", flush=True)
        export(averaged, out)

    return train(judge, batches(known, labels[:-held_out], np.random.default_rng((seed, clock.steps))),
                 make_loss(judge), clock, peak_rate=2e-3, checkpoint=work / "judge.pt", average_decay=0.998,
                 weight_decay=0.05, save_every_s=60, on_save=on_save, log=lambda line: print(line, flush=True))  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures, statistics and checkpoint")
    parser.add_argument("--out", type=Path, default=Path("models/judge"))
    options = parser.parse_args()
    learn(options.work, options.out, Clock(budget_steps=options.steps))


if __name__ == "__main__":
    main()
