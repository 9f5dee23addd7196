"""Train the autoencoder of `models/mini` on crops of the drawn pictures.

    python -m training.autoencoder --minutes 20
    python -m training.autoencoder --minutes 30 --start models/mini    # goes on, with nearly the same latents
    python -m training.autoencoder --minutes 20 --start models/mini --decoder    # goes on, with the same latents

Loss: L1 on pixels and on a Laplacian pyramid (crisp edges count as much as flat colour), L1 on the local energy
of each band, and the difference of texture statistics, by which materials are told apart: where grain cannot be
predicted, the right amount and kind of grain is better than the mean's blur.
A quarter of the steps also decode latents averaged 2×2 against the picture halved (EQ-VAE, arXiv:2502.09509): latents
that scale like pictures are learned faster by a small diffusion network.

With --start the latents are held near to what they were, so that a network that has learnt them need not begin anew.
With --decoder as well they stay what they are: the decoder alone learns, with more weight on the squared error and less
noise, because by then the network that paints them does it well.
"""

import argparse
import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.material.judge import Judge
from training import together
from training.data import cache
from training.loop import Clock, train

WORK = Path(".dev/training")
CROP_PX, BATCH = 128, 8  # statistics need so much
NOISE = 0.15  # the most, in the latents' own deviation: to be forgiven
STATISTICS_SHARE, ANCHOR_SHARE = 0.2, 0.5  # of the loss
DECODER_NOISE, SQUARED_SHARE = 0.05, 20.0  # where the decoder learns alone


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """(n, h, w, 3) uint8 to (n, 3, h, w) float32 in -1…1, channels last in memory."""
    return torch.from_numpy(pixels.astype(np.float32)).permute(0, 3, 1, 2).div_(127.5).sub_(1.0)


def crops(images: NDArray[np.uint8], rng: np.random.Generator) -> Iterator[Tensor]:
    """Endless batches of random crops."""
    limit = images.shape[1] - CROP_PX
    while True:
        index = rng.integers(0, len(images), BATCH)
        corner = rng.integers(0, limit + 1, (BATCH, 2))
        picked = [images[i, y : y + CROP_PX, x : x + CROP_PX] for i, (y, x) in zip(index, corner, strict=True)]
        yield to_tensor(np.stack(picked))


def bands(picture: Tensor, levels: int = 3) -> list[Tensor]:
    """Laplacian pyramid without its last level: detail at 1, 2, 4 pixels."""
    result = []
    for _ in range(levels):
        low = F.avg_pool2d(picture, 2)
        result.append(picture - F.interpolate(low, scale_factor=2, mode="bilinear", align_corners=False))
        picture = low
    return result


def energy(band: Tensor, window: int) -> Tensor:
    """Root mean square of a band in overlapping windows."""
    return (F.avg_pool2d(band.square().mean(1, keepdim=True), window, window // 2) + 1e-4).sqrt()


def difference(decoded: Tensor, target: Tensor) -> Tensor:
    """The loss of the module's docstring, a scalar."""
    loss = F.l1_loss(decoded, target)
    for ours, theirs in zip(bands(decoded), bands(target), strict=True):
        window = 8 if ours.shape[-1] >= 48 else 4
        loss = loss + F.l1_loss(ours, theirs) + 0.5 * F.l1_loss(energy(ours, window), energy(theirs, window))
    return loss


def make_loss(module: MiniAutoencoder, judge: Judge, generator: torch.Generator, anchor: MiniAutoencoder | None,
              decoder_alone: bool = False) -> Callable[[Tensor], Tensor]:
    """The loss of a batch of crops (n, 3, h, w); `anchor` is what the latents are held near to, unless the decoder
    learns alone."""
    noise = DECODER_NOISE if decoder_alone else NOISE

    def seen(picture: Tensor) -> Tensor:
        return (judge.statistics(picture) - judge.mean) / judge.deviation

    def loss(picture: Tensor) -> Tensor:
        latents = module.raw_latents(picture)
        spread = latents.detach().std((0, 2, 3), keepdim=True)
        amount = noise * torch.rand((len(latents), 1, 1, 1), generator=generator)
        noisy = latents + amount * spread * torch.randn(latents.shape, generator=generator)
        decoded = module.decoder(noisy)
        with torch.no_grad():
            truth = seen(picture)
        value = difference(decoded, picture) + 1e-4 * latents.square().mean()
        value = value + STATISTICS_SHARE * F.smooth_l1_loss(seen(decoded.clamp(-1.1, 1.1)), truth)
        if decoder_alone:
            value = value + SQUARED_SHARE * F.mse_loss(decoded, picture)
        elif anchor is not None:
            with torch.no_grad():
                before = anchor.raw_latents(picture)
            value = value + ANCHOR_SHARE * ((latents - before) / anchor.latent_std).square().mean()
        if torch.rand((), generator=generator) < 0.25:
            half = module.decoder(F.avg_pool2d(latents, 2))
            value = value + 0.5 * difference(half, F.avg_pool2d(picture, 2))
        return value

    return loss


@torch.no_grad()
def measure_latents(module: MiniAutoencoder, images: NDArray[np.uint8], count: int = 256) -> None:
    """Set `latent_mean` and `latent_std` so that every channel has zero mean and unit variance."""
    step = max(len(images) // count, 1)
    raw = torch.cat([module.raw_latents(to_tensor(images[i : i + 1])) for i in range(0, len(images), step)])
    module.latent_mean.copy_(raw.mean((0, 2, 3), keepdim=True))
    module.latent_std.copy_(raw.std((0, 2, 3), keepdim=True))


@torch.no_grad()
def psnr(module: MiniAutoencoder, pictures: Tensor) -> float:
    """Mean over pictures of the round trip's peak signal-to-noise ratio, dB, in 0–1 sRGB."""
    decoded = module(pictures).sample.clamp(-1, 1)
    error = ((decoded - pictures) / 2).square().mean((1, 2, 3))
    return float((-10 * torch.log10(error)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--channels", type=int, default=8)
    parser.add_argument("--start", type=Path, help="exported folder to go on from")
    parser.add_argument("--work", type=Path, default=WORK, help="pictures, checkpoint and result")
    parser.add_argument("--decoder", action="store_true", help="with --start: the latents stay what they are")
    options = parser.parse_args()
    if options.decoder and not options.start:
        parser.error("--decoder goes on from a decoder: give --start FOLDER as well")
    together.join()
    torch.manual_seed(0)
    images, _ = cache.load(options.work / "data")
    anchor = options.start and MiniAutoencoder.from_pretrained(options.start / "vae", torch_dtype=torch.float32)
    module = copy.deepcopy(anchor) if anchor else MiniAutoencoder(latent_channels=options.channels)
    module = module.to(memory_format=torch.channels_last)
    module.encoder.requires_grad_(not options.decoder)
    held_out = to_tensor(images[-64:])

    def report(averaged: MiniAutoencoder, clock: Clock) -> None:
        if not anchor:
            measure_latents(averaged, images[:-64])
        averaged.save_pretrained(options.work / "vae")
        print(f"PSNR {psnr(averaged, held_out):.2f} dB on 64 held-out pictures, {clock.steps} steps", flush=True)

    judge = Judge.from_pretrained("models/judge", torch_dtype=torch.float32).eval().requires_grad_(False)
    loss = make_loss(module, judge, torch.Generator().manual_seed(torch.seed() % 2**31), anchor, options.decoder)
    name = "autoencoder_decoder" if options.decoder else "autoencoder_anchored" if anchor else "autoencoder"
    train(
        module, crops(images[:-64], np.random.default_rng()), loss,
        Clock(options.minutes and options.minutes * 60, options.steps), peak_rate=4e-4 if anchor else 2e-3,
        checkpoint=options.work / f"{name}.pt", on_save=report,
        log=lambda line: print(line, flush=True),
    )
    together.leave()


if __name__ == "__main__":
    main()
