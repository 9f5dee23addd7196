"""Train a diffusion network on the latents of the drawn pictures: what `few_step` makes `models/mini` of.

    python -m training.mini --minutes 95                      # resumes from its checkpoint by itself
    python -m training.mini --minutes 60 --start models/mini  # goes on from exported weights

The network predicts v (Salimans and Ho, arXiv:2202.00512) on a schedule with zero terminal SNR. Textures are
stationary: it learns on crops of 16×16 latents (128 px), taken anywhere in pictures of 32×32 so that most have no
border; a share of the last steps sees the whole 256 px, so that larger pictures keep to what was learned.
"""

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import TOKENS, WIDTH, embed_words
from training.autoencoder import to_tensor
from training.data import cache
from training.data.mixture import label_of
from training.export import export, make_scheduler
from training.loop import Clock, train

WORK = Path(".dev/training")
CROP, BATCH = 16, 16  # latents; pictures a step: at so few samples more steps beat larger ones
WHOLE_BATCH, WHOLE_FROM, WHOLE_SHARE = 4, 0.84, 0.5  # whole pictures: a step, from this progress on, this often
DROPPED = 0.10  # share of captions replaced by "" for guidance


class Batch(NamedTuple):
    """latents (n, channels, h, w); words (n, 16, 384)."""

    latents: Tensor
    words: Tensor


def make_unet(
    latent_channels: int = 8, widths: tuple[int, ...] = (64, 128, 192), layers: int = 1
) -> UNet2DConditionModel:
    """A UNet with attention to itself and to the words on all levels but the first.

    A pooled summary of the words is added to the embedding of the step, so that every block knows the subject.
    """
    lower = len(widths) - 1
    return UNet2DConditionModel(
        sample_size=32, in_channels=latent_channels, out_channels=latent_channels, block_out_channels=widths,
        layers_per_block=layers, cross_attention_dim=WIDTH, attention_head_dim=8, norm_num_groups=16,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * lower),
        up_block_types=(*("CrossAttnUpBlock2D",) * lower, "UpBlock2D"),
        addition_embed_type="text", addition_embed_type_num_heads=8,
    )


def summarising(unet: UNet2DConditionModel) -> UNet2DConditionModel:
    """The same, with a summary of the words if it had none: at first that adds nothing, so that it paints as before."""
    if unet.config.addition_embed_type == "text":
        return unet
    fresh = make_unet(unet.config.in_channels, tuple(unet.config.block_out_channels), unet.config.layers_per_block)
    fresh.load_state_dict(unet.state_dict(), strict=False)
    torch.nn.init.zeros_(fresh.add_embedding.norm2.weight)
    return fresh


class Gallery:
    """Latents and words of all pictures, filled as training goes on so that it can start at once.

    `latents` (count, channels, 32, 32) and `words` (count, 16, 384), both float16; the first `known` rows are filled.
    Complete, they are kept in `folder` for the next run.
    """

    def __init__(self, images: NDArray[np.uint8], captions: list[str], vae: MiniAutoencoder, folder: Path) -> None:
        self.images, self.captions, self.vae, self.path = images, captions, vae.eval(), folder / "gallery.npz"
        count, side = len(images), images.shape[1] // 8
        if self.path.exists():
            kept = np.load(self.path)
            self.latents, self.words, self.known = kept["latents"], kept["words"], count
        else:
            self.latents = np.zeros((count, vae.config.latent_channels, side, side), np.float16)
            self.words = np.zeros((count, TOKENS, WIDTH), np.float16)
            self.known = 0
        self.unsaid = embed_words([""]).half().numpy()[0]

    @torch.no_grad()
    def learn(self, count: int) -> None:
        """Encode the next `count` pictures and their captions."""
        if self.known == len(self.images):
            return
        span = slice(self.known, min(self.known + count, len(self.images)))
        self.latents[span] = self.vae.encode(to_tensor(self.images[span])).latents.numpy()
        self.words[span] = embed_words(self.captions[span]).numpy()
        self.known = span.stop
        if self.known == len(self.images):
            aside = self.path.with_name("gallery.part.npz")
            np.savez(aside, latents=self.latents, words=self.words)
            os.replace(aside, self.path)


def batches(gallery: Gallery, clock: Clock, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless batches of random crops and, late, of whole pictures; a share of the captions is replaced by ""."""
    side = gallery.latents.shape[-1]
    # A rare material is taken oftener than its pictures are many, a frequent one less often.
    labels = [label_of(seed) for seed in range(len(gallery.images))]
    counts = Counter(labels)
    weight = np.cumsum([counts[label] ** -0.5 for label in labels])
    while True:
        gallery.learn(6)
        whole = clock.progress > WHOLE_FROM and rng.random() < WHOLE_SHARE
        size, count = (side, WHOLE_BATCH) if whole else (min(CROP, side), BATCH)
        index = np.searchsorted(weight, rng.uniform(0, weight[gallery.known - 1], count))
        corner = rng.integers(0, side - size + 1, (count, 2))
        cut = [gallery.latents[i, :, y : y + size, x : x + size] for i, (y, x) in zip(index, corner, strict=True)]
        words = gallery.words[index]
        words[rng.random(count) < DROPPED] = gallery.unsaid
        yield Batch(torch.from_numpy(np.stack(cut)).float(), torch.from_numpy(words).float())


def make_loss(unet: UNet2DConditionModel, generator: torch.Generator) -> Callable[[Batch], Tensor]:
    """The mean squared error of v for a batch."""
    scheduler = make_scheduler()

    def loss(batch: Batch) -> Tensor:
        clean = batch.latents.contiguous(memory_format=torch.channels_last)
        noise = torch.randn(clean.shape, generator=generator)
        # Stratified over the batch for less variance of the gradient; the power leans towards the noisy end, where
        # structure is decided.
        strata = (torch.arange(len(clean)) + torch.rand(len(clean), generator=generator)) / len(clean)
        times = (strata**0.75 * scheduler.config.num_train_timesteps).long().clamp(max=999)
        noisy = scheduler.add_noise(clean, noise, times)
        target = scheduler.get_velocity(clean, noise, times)
        return F.mse_loss(unet(noisy, times, batch.words, return_dict=False)[0], target)

    return loss


def learn(
    work: Path,
    out: Path,
    clock: Clock,
    *,
    start: Path | None = None,
    rate: float = 7e-4,
    pictures: int = 8000,
    widths: tuple[int, ...] = (64, 128, 192),
) -> UNet2DConditionModel:
    """Train from `work` (data/, vae/, mini.pt), export to `out` at every checkpoint; returns the averaged network."""
    images, captions = cache.load(work / "data")
    images, captions = images[:pictures], captions[:pictures]
    vae = MiniAutoencoder.from_pretrained(work / "vae")
    gallery = Gallery(images, captions, vae, work)
    gallery.learn(768)
    if start:
        unet = summarising(UNet2DConditionModel.from_pretrained(start / "unet", torch_dtype=torch.float32))
    else:
        unet = make_unet(vae.config.latent_channels, widths)
    unet.train().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in unet.parameters()) / 1e6:.2f} M parameters", flush=True)
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
    return train(
        unet, batches(gallery, clock, np.random.default_rng()), make_loss(unet, generator), clock,
        peak_rate=rate, checkpoint=work / "mini.pt", average_decay=0.999, save_every_s=240,
        on_save=lambda averaged, _: export(averaged, vae, out), log=lambda line: print(line, flush=True),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--start", type=Path, help="exported folder whose weights to go on from")
    parser.add_argument("--rate", type=float, default=7e-4)
    parser.add_argument("--pictures", type=int, default=8000, help="how many of the drawn pictures to learn from")
    parser.add_argument("--work", type=Path, default=WORK, help="pictures, autoencoder, checkpoint")
    parser.add_argument("--out", type=Path, default=WORK / "mini")
    options = parser.parse_args()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(
        options.work, options.out, clock, start=options.start, rate=options.rate, pictures=options.pictures
    )


if __name__ == "__main__":
    main()
