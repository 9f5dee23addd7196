"""Train the network of `models/mini-hdr` on drawn skies and rooms, and on the few real ones of `tools/real_maps.py`.

    python -m training.data.skies.cache .dev/training/skies --count 2656   # first: draw them
    python -m training.hdr --steps 1200                                    # resumes from its checkpoint by itself
    python -m training.hdr --steps 1300 --start models/mini-hdr            # goes on from exported weights, and resumes

The loss asks apart how much energy, radiance times solid angle, the clipped pixels have on the whole (its logarithm),
and where it stands (as a distribution, in squares of 1 to 16 pixels). Of the energy it asks for a low quantile, and not
for the median: where a wall may or may not be a lamp, light that is added to a wall is worse than a lamp that stays a
little dim. And it asks by how many times the gain, in nats, is off: more than twice what it should be is worse than the
clipped picture, however little that is. A pixel-wise loss of log radiance alone loses the sun: where its place is
unsure by one pixel the median is the sky's, and with it goes the light that the map throws.
"""

import argparse
import copy
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from backend.panorama.network import HighlightNetwork, row_weights
from backend.panorama.restore import WORK_PX, clipping, excess, inputs, linear, load_network, luminance, resized
from training import camera, hdr_evaluate, together
from training.data.skies import cache
from training.loop import Clock, train

WORK, OUT = Path(".dev/training"), Path("models/mini-hdr")
BATCH = 8
SHARES = (0.002, 0.10)  # of the sphere that is blown out
HAZY_SHARE, HAZE = 0.3, (0.6, 1.0)  # of the pictures that have less contrast: the exponent of their light
REAL_SHARE = 0.05  # of the pictures that are of real maps, if there are any
# Of the pictures not exposed for their key: those that are exposed by up to 0.8 stops more than what leaves the share
# just clipped. In the rest a lamp that is evenly bright is just white, as a camera's meter leaves it.
BRIGHTER_SHARE = 0.5
KEY_SHARE = 0.4  # of the pictures that are exposed for their mean brightness, as a camera does
SQUARES = (1, 4, 16)  # pixels
# Of the energies that the clipped part may have (Koenker and Bassett, Econometrica 46, 1978), and of the gains.
QUANTILE, GAIN_QUANTILE = 0.3, 0.05
# Weight of the gains' factors where there is none; where it is half, in nats; nats that are added to both gains.
GAIN_SHARE, HALF_GAIN, LEAST_GAIN = 1.0, 0.3, 0.005
SEED = 20261126


class Batch(NamedTuple):
    """`seen` (n, 5, h, 2h) the network's input; `base`, `mask` its linear means; `truth` (n, 3, h, 2h) the radiance."""

    seen: Tensor
    base: Tensor
    mask: Tensor
    truth: Tensor


def photographed(
    rng: np.random.Generator, radiance: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A random picture of a map, turned, mirrored and tinted, and the exposed light that it shows."""
    light = np.roll(radiance, int(rng.integers(radiance.shape[1])), 1)
    if rng.random() < 0.5:
        light = light[:, ::-1]
    light = light * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    if rng.random() < HAZY_SHARE:  # how bright it is behind white is told by how fast it gets there
        light = light ** np.float32(rng.uniform(*HAZE))
    share = float(np.exp(rng.uniform(*np.log(SHARES))))
    sample = light[::2, ::2]  # enough to judge the exposure by, in a quarter of the time
    exposure = camera.exposure_for_share(sample, share)
    if rng.random() < BRIGHTER_SHARE:
        exposure *= 2.0 ** float(rng.uniform(-0.2, 0.8))
    if rng.random() < KEY_SHARE:
        keyed = camera.exposure_for_key(sample, 0.18 * 2.0 ** float(rng.normal(0, 0.8)))
        # Not so dark that nothing is clipped, not so bright that there is nothing left to go by.
        bounds = (camera.exposure_for_share(sample, s) for s in (0.0003, 0.25))
        exposure = float(np.clip(keyed, *bounds))
    light = light * np.float32(exposure)
    toned = light
    if rng.random() < 0.35:
        toned = camera.shouldered(light, float(rng.uniform(0.5, 0.85)), float(rng.uniform(1.5, 6.0)))
    picture = camera.developed(toned)
    if rng.random() < 0.5:
        picture = camera.compressed(picture, int(rng.integers(75, 96)))
    return picture, light.astype(np.float32)


def read_real(folder: Path) -> list[NDArray[np.float16]]:
    """The maps that `tools/real_maps.py` left in a folder, (256, 512, 3), as those of the cache; [] if it has none."""
    return [cache.coded(radiance) for radiance in hdr_evaluate.read_maps(folder).values()]


def batches(
    maps: list[NDArray[np.float16]], real: list[NDArray[np.float16]], rng: np.random.Generator, size: int
) -> Iterator[Batch]:
    """Endless batches of random pictures; one in three has 128 rows, the rest more than the network sees."""
    while True:
        pictures, lights = [], []
        rows = WORK_PX if rng.random() < 1 / 3 else 2 * WORK_PX
        for _ in range(size):
            chosen = real if real and rng.random() < REAL_SHARE else maps
            radiance = np.exp2(chosen[int(rng.integers(len(chosen)))].astype(np.float32))
            if rows == WORK_PX:
                radiance = radiance.reshape(WORK_PX, 2, 2 * WORK_PX, 2, 3).mean((1, 3))
            picture, light = photographed(rng, radiance)
            pictures.append(picture)
            lights.append(light)
        srgb = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
        light_ = torch.from_numpy(np.stack(lights)).permute(0, 3, 1, 2)
        seen, base, mask = inputs(srgb)
        flat = linear(srgb)
        truth = base + resized(clipping(srgb) * (light_ - flat).clamp(min=0), WORK_PX)
        yield Batch(seen, base, mask, truth)


def loss_of(network: HighlightNetwork, batch: Batch) -> Tensor:
    """The errors of log energy over the sphere (a quantile's) and of its gain, where it stands, log radiance and log
    colour."""
    restored = batch.base + excess(network(batch.seen), batch.base, batch.mask)
    weight = batch.mask * row_weights(batch.mask)
    mine, true = luminance(restored) * weight, luminance(batch.truth) * weight
    flat = ((luminance(batch.base) * weight).sum((1, 2, 3)) + 1e-6).log()
    gain, asked = (((light.sum((1, 2, 3)) + 1e-6).log() - flat).clamp(min=0) for light in (mine, true))
    times = ((gain + LEAST_GAIN) / (asked + LEAST_GAIN)).log()
    whole = _pinball(gain - asked, QUANTILE).mean()
    whole = whole + GAIN_SHARE * (_pinball(times, GAIN_QUANTILE) / (1 + asked / HALF_GAIN)).mean()
    pixels = _mean(((mine + 1e-6).log() - (true + 1e-6).log()).abs(), weight)
    tint = (_tint(restored) - _tint(batch.truth)).abs().mean(1, keepdim=True)
    places = torch.stack([_astray(mine, true, side) for side in SQUARES]).mean()
    return 2.0 * whole + places + pixels + 0.5 * (_mean(tint, weight) + _mean(tint, true))


def _pinball(over: Tensor, quantile: float) -> Tensor:
    """(n,) errors of a quantile, of which the median's is the absolute error; `over` (n,) is said minus true."""
    return 2 * torch.maximum((1 - quantile) * over, -quantile * over)


def _astray(mine: Tensor, true: Tensor, side: int) -> Tensor:
    """Kullback and Leibler's divergence of where energy stands, in squares of `side` pixels, whatever its amount."""
    a, b = (F.avg_pool2d(x, side).flatten(1) + 1e-9 for x in (mine, true))
    a, b = (x / x.sum(1, keepdim=True) for x in (a, b))
    return (b * (b.log() - a.log())).sum(1).mean()


def _tint(radiance: Tensor) -> Tensor:
    """Log colour (n, 3, h, w): each channel against the mean of the three."""
    return (radiance + 1e-3).log() - (radiance.mean(1, keepdim=True) + 1e-3).log()


def _mean(value: Tensor, weight: Tensor) -> Tensor:
    """The weighted mean within each picture, then over the pictures."""
    return ((value * weight).sum((1, 2, 3)) / (weight.sum((1, 2, 3)) + 1e-6)).mean()


def export(network: torch.nn.Module, widths: tuple[int, ...], blocks: tuple[int, ...], folder: Path) -> None:
    """Write config.json and model.safetensors (float16) to `folder`; each is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    half = {name: tensor.half().contiguous() for name, tensor in copy.deepcopy(network).state_dict().items()}
    save_file(half, folder / "model.part")
    os.replace(folder / "model.part", folder / "model.safetensors")
    aside = folder / "config.part"
    aside.write_text(json.dumps({"widths": widths, "blocks": blocks}) + "\n", encoding="utf-8")
    os.replace(aside, folder / "config.json")


def learn(
    work: Path, out: Path, clock: Clock, *, maps: int, start: Path | None = None, rate: float = 4e-4,
    widths: tuple[int, ...] = (32, 64, 128, 192), blocks: tuple[int, ...] = (1, 1, 2, 2), batch: int = BATCH,
    log: Callable[[str], None] = lambda line: print(line, flush=True),
) -> HighlightNetwork:
    """Train on the first `maps` of `work`/skies and on `work`/real, export to `out`; returns the averaged network.

    It begins as the exported network of `start`, of the same widths, or anew.
    """
    torch.manual_seed(SEED)
    network = HighlightNetwork(widths, blocks)
    if start:
        network.load_state_dict(load_network(start).state_dict())
    network.train().requires_grad_(True)
    log(f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters")
    drawn, real = cache.load(work / "skies", maps), read_real(work / "real")
    log(f"{len(drawn)} drawn maps, {len(real)} real")
    checkpoint = work / ("hdr_further.pt" if start else "hdr.pt")
    done = torch.load(checkpoint, weights_only=True)["steps"] if checkpoint.exists() else 0
    # A resumed run must not repeat its pictures, nor one process another's.
    rng = np.random.default_rng((SEED, done, together.rank()))
    return train(  # type: ignore[return-value]
        network, batches(drawn, real, rng, batch), lambda one: loss_of(network, one), clock, peak_rate=rate,
        checkpoint=checkpoint, average_decay=0.998, save_every_s=180,
        on_save=lambda averaged, _: export(averaged, widths, blocks, out), log=log,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--start", type=Path, help="exported folder to go on from, unless a run that did resumes")
    parser.add_argument("--maps", type=int, default=2656, help="maps of the cache to learn from")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    budget_s = options.minutes * 60 if options.minutes else None
    together.join()
    learn(options.work, options.out, Clock(budget_s=budget_s, budget_steps=options.steps), maps=options.maps,
          start=options.start)
    together.leave()


if __name__ == "__main__":
    main()
