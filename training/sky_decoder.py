"""Train the decoder of `models/mini-sky` on drawn panoramas, from that of `models/mini`.

    python -m training.sky_decoder --minutes 25    # then `training.sky` exports with it

The encoder stays, so that the latents do, and with them what `training.sky` learned. `models/mini` decodes crops of
materials sharply; a sky is smooth, and there its decoder leaves a fine lattice. Latents get up to twice the noise that
it learned to forgive: what a small network paints is never exact.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.tiling import wrapping
from training.autoencoder import difference, psnr, to_tensor
from training.data.skies import cache
from training.data.skies.sphere import reduced
from training.export import save_half
from training.loop import Clock, train
from training.sky import ROWS_PX, START, VAE, WORK, photographed

BATCH = 4
NOISE = 0.3  # the most, in the latents' own deviation
HELD_OUT = 32  # maps


def panoramas(maps: list[NDArray[np.float16]], captions: list[str], rows_px: int, rng: np.random.Generator
              ) -> Iterator[Tensor]:
    """Endless batches (n, 3, H, 2H) in -1 to 1, turned at random."""
    while True:
        index = rng.integers(0, len(maps), BATCH)
        pictures = [_picture(maps[i], captions[i], rows_px) for i in index]
        yield torch.stack([torch.roll(one, int(rng.integers(2 * rows_px)), -1) for one in pictures])


def _picture(radiance: NDArray[np.float16], caption: str, rows_px: int) -> Tensor:
    """(3, H, 2H)."""
    return to_tensor(photographed(reduced(np.exp2(radiance.astype(np.float32)), rows_px), caption)[None])[0]


def make_loss(vae: MiniAutoencoder, generator: torch.Generator) -> Callable[[Tensor], Tensor]:
    """Of a batch of panoramas, every convolution wrapping in x."""

    def loss(picture: Tensor) -> Tensor:
        with wrapping(vae, vertically=False):
            with torch.no_grad():
                latents = vae.encode(picture).latents
            amount = NOISE * torch.rand((len(latents), 1, 1, 1), generator=generator)
            noisy = latents + amount * torch.randn(latents.shape, generator=generator)
            return difference(vae.decode(noisy).sample, picture)

    return loss


def learn(work: Path, clock: Clock, *, maps: int, start: Path = START, rate: float = 4e-4, rows_px: int = ROWS_PX,
          log: Callable[[str], None] = lambda line: print(line, flush=True)) -> MiniAutoencoder:
    """Train on the first `maps` of `work`/skies; returns the averaged weights, which are in `work`/`sky.VAE` too."""
    vae = MiniAutoencoder.from_pretrained(start / "vae", torch_dtype=torch.float32)
    vae.encoder.requires_grad_(False)
    checkpoint = work / "sky_decoder.pt"
    done = torch.load(checkpoint, weights_only=True)["steps"] if checkpoint.exists() else 0
    rng = np.random.default_rng((20261127, done))
    drawn, captions = cache.load(work / "skies", maps), cache.captions(work / "skies", maps)
    held = min(HELD_OUT, maps // 4)
    seen = torch.stack([_picture(*one, rows_px) for one in zip(drawn[-held:], captions[-held:], strict=True)])

    def report(averaged: MiniAutoencoder, clock: Clock) -> None:
        save_half(averaged, work / VAE)
        with wrapping(averaged, vertically=False):
            log(f"PSNR {psnr(averaged, seen):.2f} dB on {held} held-out panoramas, {clock.steps} steps")

    return train(vae, panoramas(drawn[:-held], captions[:-held], rows_px, rng),
                 make_loss(vae, torch.Generator().manual_seed(int(rng.integers(2**31)))), clock, peak_rate=rate,
                 checkpoint=checkpoint, average_decay=0.995, weight_decay=0.0, save_every_s=240, on_save=report,
                 log=log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--maps", type=int, default=1136, help="maps of the cache to learn from")
    parser.add_argument("--work", type=Path, default=WORK)
    options = parser.parse_args()
    learn(options.work, Clock(options.minutes and options.minutes * 60, options.steps), maps=options.maps)


if __name__ == "__main__":
    main()
