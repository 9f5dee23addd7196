"""How far does `models/mini` follow a shape's normals with its ControlNet, and without?

    python -m training.control_evaluate --json out/control.json --sheet out/control.png

Of shapes that no training saw the renders' own captions are painted. Compared with the render are how much lighter
edges and how much darker hollows are than the rest of the shape; and where the material has a direction, that one.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from backend.material.judge import Judge
from training.contest import STEPS, make_scheduler, times_of
from training.data.mixture import LABELS
from training.data.renders import Render, family_of, render
from training.evaluate import judged
from training.sheet import contact_sheet

FIRST, COUNT = 1_000_000, 96  # seeds of the renders
SHOWN = 10
DIRECTION_PX = 8.0  # deviation of the Gaussian
EVEN, WORN = 0.05, 0.15  # nats of wear up to which a place is even, and from which it is an edge or a hollow
CLEAR = 0.5  # coherence (0–1) from which a place has a direction


@torch.no_grad()
def painted(model: Path, controlnet: Path | None, drawn: list[Render]) -> list[NDArray[np.float32]]:
    """Pictures (H, W, 3), sRGB 0–1, of the renders' captions, the same noise for each with and without control."""
    unet = UNet2DConditionModel.from_pretrained(model / "unet", torch_dtype=torch.float32).eval()
    vae = MiniAutoencoder.from_pretrained(model / "vae", torch_dtype=torch.float32).eval()
    control = controlnet and ControlNetModel.from_pretrained(controlnet, torch_dtype=torch.float32).eval()
    result = []
    for number, one in enumerate(drawn):
        generator, scheduler = torch.Generator().manual_seed(number), make_scheduler()
        scheduler.set_timesteps(STEPS)
        words = embed_words([one.caption]).float()
        normals = torch.from_numpy(one.normals).permute(2, 0, 1)[None].float() / 255
        latents = torch.randn(1, vae.config.latent_channels, *(side // 8 for side in one.mask.shape),
                              generator=generator)
        for time in times_of(STEPS):
            down, mid = control(latents, time, words, normals, return_dict=False) if control else (None, None)
            v = unet(latents, time, words, down_block_additional_residuals=down, mid_block_additional_residual=mid,
                     return_dict=False)[0]
            step = scheduler.step(v, time, latents, generator=generator)
            latents = step.prev_sample
        picture = vae.decode(step.denoised).sample.clamp(-1, 1)[0].permute(1, 2, 0)
        result.append(((picture + 1) / 2).numpy())
    return result


def light(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W): luma."""
    return picture @ np.array([0.299, 0.587, 0.114], np.float32)


def direction(luma: NDArray[np.float32]) -> NDArray[np.complex128]:
    """(H, W): twice the angle of the structure tensor's larger axis, as long as it is coherent, 0 to 1."""
    y, x = np.gradient(gaussian_filter(luma, 1.0))
    xx, yy, xy = (gaussian_filter(part, DIRECTION_PX) for part in (x * x, y * y, x * y))
    return ((xx - yy) + 2j * xy) / (xx + yy + 1e-6)


def lighter(pictures: list[NDArray[np.float32]], drawn: list[Render]) -> dict[str, float]:
    """The mean log light of edges and of hollows less that of the shape where it is even, in nats, over all shapes that
    have some of it."""
    found: dict[str, list[float]] = {"edges": [], "hollows": []}
    for picture, one in zip(pictures, drawn, strict=True):
        log = np.log(light(picture) + 0.02)
        even = one.mask & (np.abs(np.log(one.wear)) < EVEN)
        for name, where in (("edges", one.wear > np.exp(WORN)), ("hollows", one.wear < np.exp(-WORN))):
            if where.sum() >= 100 and even.sum() >= 1000:
                found[name].append(float(log[where].mean() - log[even].mean()))
    return {name: float(np.mean(values)) for name, values in found.items()}


def direction_agreement(picture: NDArray[np.float32], drawn: Render) -> float:
    """-1 (across) to 1 (along): the mean of cos 2θ between directions where the render has one; nan if nowhere."""
    ours, theirs = direction(light(picture)), direction(light(drawn.image))
    amid = gaussian_filter(drawn.mask.astype(np.float32), DIRECTION_PX) > 0.95  # of the shape, away from its outline
    where = amid & (np.abs(theirs) > CLEAR)
    if where.sum() < 200:
        return float("nan")
    turn = ours[where] * theirs[where].conj()
    return float((turn.real / (np.abs(theirs[where]) * np.maximum(np.abs(ours[where]), 1e-6))).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/mini"))
    parser.add_argument("--controlnet", type=Path, default=Path("models/mini/controlnet-normal"))
    parser.add_argument("--judge", type=Path, default=Path("models/judge"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    drawn = [render(FIRST + number) for number in range(COUNT)]
    families = np.array([LABELS.index(family_of(FIRST + number)) for number in range(COUNT)])
    judge = Judge.from_pretrained(options.judge, torch_dtype=torch.float32).eval()
    pictures = {"with": painted(options.model, options.controlnet, drawn),
                "without": painted(options.model, None, drawn), "render": [one.image for one in drawn]}
    figures = {}
    for name, images in pictures.items():
        pairs = list(zip(images, drawn, strict=True))
        said, _ = judged(judge, images)
        figures[name] = lighter(images, drawn) | {
            "direction_agreement": float(np.nanmean([direction_agreement(*pair) for pair in pairs])),
            "family_accuracy": float((said == families).mean())}
        print(name, figures[name])
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if options.sheet:
        rows = [[Image.fromarray(one.normals) for one in drawn[:SHOWN]],
                *(images[:SHOWN] for images in (pictures["render"], pictures["with"], pictures["without"]))]
        contact_sheet([np.asarray(image, np.float32) / (255 if isinstance(image, Image.Image) else 1)
                       for row in rows for image in row],
                      [one.caption for one in drawn[:SHOWN]] * len(rows), SHOWN, 256).save(options.sheet)


if __name__ == "__main__":
    main()
