"""Train the ControlNet of `models/mini`: it shows the network the normals of the shape that it paints.

    python -m training.data.renders .dev/training/renders --count 5000    # once
    python -m training.control --minutes 57                               # resumes from its checkpoint by itself

The network of `models/mini` stays as it is; the ControlNet begins as a copy of its encoder that changes nothing
(Zhang et al., arXiv:2302.05543). That network paints in few steps and has to choose what it paints, so that a squared
error against renders would only blur it. Instead it is its own teacher: from the same noise, over a render before its
wear, it paints without control; what it painted is worn as the shape wears, lighter on edges and darker in hollows; and
that is what it should paint with control over the worn render. The render says which way its grain should run, too.
"""

import argparse
import hashlib
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
from backend.material.statistics import TextureStatistics
from training import together
from training.autoencoder import to_tensor
from training.bank import WINDOW, decoded
from training.contest import STEPS, make_scheduler, times_of
from training.data import renders
from training.export import save_half
from training.lattice import REDUCTION
from training.loop import Clock, train

WORK = Path(".dev/training")
CUTS = 8  # parts of renders a step
TRIED = 4  # of so many cuts of a render that is taken which the shape fills most
LIGHT_SHARE, LIGHT_PX = 10.0, 4  # of the difference of the light, and the squares in which it is compared
WORN_SHARE = 20.0  # how much more it counts where it is worn, by nat
DIRECTION_SHARE, SQUARE_PX, SCALES = 3.0, 32, 3  # of that of the directions; their squares; sizes of detail
_TINY = 1e-3


class Batch(NamedTuple):
    """Cuts of renders: pictures (n, 3, h, w) in -1…1; words (n, 16, 384); normals (n, 3, h, w) in 0–1; inside
    (n, 1, h, w), 1 where the shape is, else 0; wear (n, 1, h, w), the factor of its light."""

    pictures: Tensor
    words: Tensor
    normals: Tensor
    inside: Tensor
    wear: Tensor


def make_controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """A copy of the network's encoder that reads normals and at first adds nothing: what it adds begins as zero, but
    what it reads does not as well, or each would wait for the other."""
    controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(16, 32, 64, 64))
    controlnet.controlnet_cond_embedding.conv_out.reset_parameters()
    return controlnet


def batches(folder: Path, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless batches of cuts of the renders in a folder."""
    drawn = renders.load(folder)
    size = WINDOW * REDUCTION
    limit = drawn.images.shape[1] - size
    words: Tensor = torch.cat([embed_words(drawn.captions[start : start + 256]).half()
                               for start in range(0, len(drawn.captions), 256)])

    def cut(arrays: np.ndarray, index: np.ndarray, corners: list[tuple[int, int]]) -> np.ndarray:
        return np.stack([arrays[i, y : y + size, x : x + size] for i, (y, x) in zip(index, corners, strict=True)])

    while True:
        index = rng.integers(0, len(drawn.captions), CUTS)
        corners = []
        for i in index:
            tried = rng.integers(0, limit + 1, (TRIED, 2)).tolist()
            corners.append(max(tried, key=lambda at: drawn.masks[i][at[0] : at[0] + size, at[1] : at[1] + size].mean()))
        normals, inside, wear = (torch.from_numpy(cut(arrays, index, corners)).float()
                                 for arrays in (drawn.normals, drawn.masks, drawn.wear))
        yield Batch(to_tensor(cut(drawn.images, index, corners)), words[index].float(),
                    normals.permute(0, 3, 1, 2) / 255, inside[:, None], wear[:, None])


def worn(pictures: Tensor, wear: Tensor) -> Tensor:
    """Pictures (n, 3, h, w) in -1…1 as `renders.lit` makes them by `wear` (n, 1, h, w)."""
    return torch.where(wear < 1, (pictures + 1) * wear - 1, 1 - (1 - pictures) / wear).clamp(-1.1, 1.1)


def unworn(pictures: Tensor, wear: Tensor) -> Tensor:
    """What was worn so."""
    return torch.where(wear < 1, (pictures + 1) / wear - 1, 1 - (1 - pictures) * wear).clamp(-1.1, 1.1)


def directions(statistics: TextureStatistics, pictures: Tensor) -> Tensor:
    """(n, 6 * SCALES, h / SQUARE_PX, w / SQUARE_PX): how many times the mean of six directions the light of each square
    varies in each of them."""
    luma = pictures.mul(torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
    squares, found = [side // SQUARE_PX for side in pictures.shape[2:]], []
    for _ in range(SCALES):
        energy = F.adaptive_avg_pool2d(statistics.energies(luma), squares)
        found.append(energy / (energy.mean(1, keepdim=True) + _TINY))
        luma = statistics.down(luma)
    return torch.cat(found, 1)


def make_loss(unet: UNet2DConditionModel, controlnet: ControlNetModel, vae: MiniAutoencoder,
              generator: torch.Generator) -> Callable[[Batch], Tensor]:
    """The loss of the module's docstring, at a random one of the network's steps."""
    statistics, scheduler, times = TextureStatistics(), make_scheduler(), times_of(STEPS)
    alpha, sigma = scheduler.alphas_cumprod.sqrt(), (1 - scheduler.alphas_cumprod).sqrt()

    def painted(noisy: Tensor, time: int, batch: Batch, normals: Tensor | None) -> Tensor:
        down, mid = (None, None) if normals is None else controlnet(
            noisy, time, batch.words, normals, return_dict=False)
        v = unet(noisy, time, batch.words, down_block_additional_residuals=down, mid_block_additional_residual=mid,
                 return_dict=False)[0]
        return alpha[time] * noisy - sigma[time] * v

    def loss(batch: Batch) -> Tensor:
        time = times[int(torch.randint(len(times), (), generator=generator))]
        with torch.no_grad():
            # As if an earlier step had painted them: of the first one, whose noise hides all, nothing is seen.
            noisy, even = (vae.encode(one).latents for one in (batch.pictures, unworn(batch.pictures, batch.wear)))
            fresh = torch.randn(noisy.shape, generator=generator).contiguous(memory_format=torch.channels_last)
            noisy, even = (alpha[time] * one + sigma[time] * fresh for one in (noisy, even))
            target = worn(decoded(vae, painted(even, time, batch, None)), batch.wear)
            aim, share = directions(statistics, batch.pictures), F.avg_pool2d(batch.inside, SQUARE_PX)
        picture = decoded(vae, painted(noisy, time, batch, batch.normals))
        error = (F.avg_pool2d(picture, LIGHT_PX) - F.avg_pool2d(target, LIGHT_PX)).abs()
        light = (error * F.avg_pool2d(1 + WORN_SHARE * batch.wear.log().abs(), LIGHT_PX)).mean()
        turned = ((directions(statistics, picture) - aim).abs() * share).sum() / (
            share.sum() * aim.shape[1]).clamp(min=1)
        return LIGHT_SHARE * light + DIRECTION_SHARE * turned

    return loss


def key_of(work: Path, base: Path) -> str:
    """Which networks it stands beside, and what it learns from."""
    digest = hashlib.sha256()
    for part in ("unet", "vae"):
        digest.update((base / part / "diffusion_pytorch_model.safetensors").read_bytes())
    drawn = renders.load(work / "renders")
    digest.update("\n".join(drawn.captions).encode() + drawn.images[0].tobytes() + drawn.wear[0].tobytes())
    return digest.hexdigest()


def learn(work: Path, base: Path, out: Path, clock: Clock, *, rate: float = 1e-3, save_every_s: float = 240.0,
          log: Callable[[str], None] = lambda line: print(line, flush=True)) -> ControlNetModel:
    """Train beside the exported folder `base` on `work`/renders; export to `out` at every checkpoint.

    Returns the averaged network. Resumes from the checkpoint in `work` that stood beside the same networks.
    """
    unet = UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32)
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    for module in (unet, vae):
        module.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    torch.manual_seed(1)
    controlnet = make_controlnet(unet).train().requires_grad_(True).to(memory_format=torch.channels_last)
    log(f"{sum(p.numel() for p in controlnet.parameters()) / 1e6:.2f} M parameters")
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
    return train(  # type: ignore[return-value]
        controlnet, batches(work / "renders", np.random.default_rng()), make_loss(unet, controlnet, vae, generator),
        clock, peak_rate=rate, checkpoint=work / f"control-{key_of(work, base)[:12]}.pt", average_decay=0.995,
        weight_decay=0.0, warmup_steps=50, save_every_s=save_every_s,
        on_save=lambda averaged, _: save_half(averaged, out), log=log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="renders and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"))
    parser.add_argument("--out", type=Path, default=Path("models/mini/controlnet-normal"))
    options = parser.parse_args()
    together.join()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.out, clock)
    together.leave()


if __name__ == "__main__":
    main()
