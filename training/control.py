"""Train the ControlNet of `models/mini`: it shows the network the normals of the shape that it paints.

    python -m training.data.renders .dev/training/renders --count 8000    # once
    python -m training.control --minutes 60                               # resumes from its checkpoint by itself

The network of `models/mini` stays as it is; the ControlNet begins as a copy of its encoder that changes nothing
(Zhang et al., arXiv:2302.05543). What lies beyond the shape is no part of the loss.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from torch import Tensor
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from training.autoencoder import to_tensor
from training.data import renders
from training.export import make_scheduler, save_half
from training.loop import Clock, train

WORK = Path(".dev/training")
CROP, BATCH = 16, 16  # latents, as training.mini
WHOLE_BATCH, WHOLE_SHARE = 4, 0.2
DROPPED = 0.10
REDUCTION = 8


class Batch(NamedTuple):
    """latents (n, c, h, w); words (n, 16, 384); normals (n, 3, 8h, 8w) in 0–1; inside (n, 1, h, w) 0–1."""

    latents: Tensor
    words: Tensor
    normals: Tensor
    inside: Tensor


def make_controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """A copy of the network's encoder that reads normals and at first adds nothing."""
    return ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(16, 32, 64, 64))


@torch.no_grad()
def batches(folder: Path, vae: MiniAutoencoder, clock: Clock, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless batches of cuts of the renders, encoded when they are first needed."""
    images, normals, masks, captions = renders.load(folder)
    side = images.shape[1] // REDUCTION
    latents: Tensor = torch.zeros(len(images), vae.config.latent_channels, side, side, dtype=torch.float16)
    words = torch.zeros(len(images), *embed_words([""]).shape[1:], dtype=torch.float16)
    known = np.zeros(len(images), bool)
    unsaid = embed_words([""])[0]
    while True:
        whole = rng.random() < WHOLE_SHARE
        size, count = (side, WHOLE_BATCH) if whole else (min(CROP, side), BATCH)
        index = rng.integers(0, len(images), count)
        new = np.unique(index[~known[index]])
        if len(new):
            latents[new] = vae.encode(to_tensor(images[new])).latents.half()
            words[new] = embed_words([captions[i] for i in new]).half()
            known[new] = True
        cuts: list[tuple[Tensor, Tensor, Tensor]] = []
        for i, (y, x) in zip(index, rng.integers(0, side - size + 1, (count, 2)), strict=True):
            rows, columns = (slice(REDUCTION * start, REDUCTION * (start + size)) for start in (y, x))
            cuts.append((latents[i, :, y : y + size, x : x + size], torch.from_numpy(normals[i, rows, columns].copy()),
                         torch.from_numpy(masks[i, rows, columns].copy())))
        said = words[index].float()
        said[torch.from_numpy(rng.random(count) < DROPPED)] = unsaid
        inside = F.avg_pool2d(torch.stack([mask for _, _, mask in cuts])[:, None].float(), REDUCTION)
        yield Batch(torch.stack([cut for cut, _, _ in cuts]).float(), said,
                    torch.stack([normal for _, normal, _ in cuts]).permute(0, 3, 1, 2).float() / 255, inside)


def make_loss(unet: UNet2DConditionModel, controlnet: ControlNetModel, generator: torch.Generator
              ) -> Callable[[Batch], Tensor]:
    """The mean squared error of v on the shape."""
    scheduler = make_scheduler()

    def loss(batch: Batch) -> Tensor:
        clean = batch.latents
        noise = torch.randn(clean.shape, generator=generator)
        strata = (torch.arange(len(clean)) + torch.rand(len(clean), generator=generator)) / len(clean)
        times = (strata**0.6 * scheduler.config.num_train_timesteps).long().clamp(max=999)  # form is decided early
        noisy = scheduler.add_noise(clean, noise, times)
        down, mid = controlnet(noisy, times, batch.words, batch.normals, return_dict=False)
        said = unet(noisy, times, batch.words, down_block_additional_residuals=down, mid_block_additional_residual=mid,
                    return_dict=False)[0]
        error = (said - scheduler.get_velocity(clean, noise, times)).square() * batch.inside
        return error.sum() / (batch.inside.sum() * clean.shape[1]).clamp(min=1)

    return loss


def learn(work: Path, base: Path, out: Path, clock: Clock, *, rate: float = 4e-4, seed: int = 1) -> ControlNetModel:
    """Train beside the exported folder `base` on `work`/renders; export to `out` at every checkpoint."""
    unet = UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32).requires_grad_(False).eval()
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32).eval()
    torch.manual_seed(seed)
    controlnet = make_controlnet(unet).train().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in controlnet.parameters()) / 1e6:.2f} M parameters", flush=True)
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
    return train(  # type: ignore[return-value]
        controlnet, batches(work / "renders", vae, clock, np.random.default_rng()),
        make_loss(unet, controlnet, generator), clock, peak_rate=rate, checkpoint=work / "control.pt",
        save_every_s=240, on_save=lambda averaged, _: save_half(averaged, out),
        log=lambda line: print(line, flush=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="renders and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"))
    parser.add_argument("--out", type=Path, default=Path("models/mini/controlnet-normal"))
    options = parser.parse_args()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.out, clock)


if __name__ == "__main__":
    main()
