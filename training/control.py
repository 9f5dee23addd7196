"""Train the ControlNet of `models/mini`: it shows the network the normals of the shape that it paints.

    python -m training.data.renders .dev/training/renders --count 8000    # once
    python -m training.control --minutes 60                               # resumes from its checkpoint by itself

The network of `models/mini` stays as it is; the ControlNet begins as a copy of its encoder that changes nothing
(Zhang et al., arXiv:2302.05543). That network paints in few steps, and so its ControlNet learns as it did (see
`contest`): a critic that sees the normals beside the latents tells renders from what is painted for their normals
(Isola et al., arXiv:1611.07004), and what is seen of the one should be seen of the other: as a whole, and square by
square how much detail there is of which size and direction, which is what follows a form. What lies beyond the shape
is taken from the render.
"""

import argparse
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from backend.material.judge import Judge
from training import together
from training.autoencoder import to_tensor
from training.bank import WINDOW, decoded
from training.contest import COARSE, MATCH_SHARE, MEAN_SHARE, REACHED, STEPS, held, make_scheduler, times_of
from training.critic import PatchCritic, StatisticsCritic, critic_loss, painter_loss
from training.data import renders
from training.data.mixture import LABELS
from training.export import save_half
from training.lattice import REDUCTION
from training.loop import Clock, compete, learning_rate

WORK = Path(".dev/training")
CUTS = 8
TRIED = 4  # of so many cuts of a render that is taken which the shape fills most
BY_PATCHES_SHARE, SMOOTHNESS = 3.0, 0.01
# Of the difference of local detail: the squares' sides in pixels; the sizes of detail, each twice the last.
DETAIL_SHARE, SQUARE_PX, SCALES = 4.0, 32, 4
_PARTS = ("painter", "patches", "painting", "judging")  # that are kept


class Batch(NamedTuple):
    """Cuts of renders: pictures (n, 3, 8h, 8w) in -1…1; latents (n, c, h, w); words (n, 16, 384); labels (n,); normals
    (n, 3, 8h, 8w) in 0–1; inside (n, 1, h, w), 1 where the shape is, else 0."""

    pictures: Tensor
    latents: Tensor
    words: Tensor
    labels: Tensor
    normals: Tensor
    inside: Tensor


def make_controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """A copy of the network's encoder that reads normals and at first adds nothing: what it adds begins as zero, but
    what it reads does not as well, or each would wait for the other."""
    controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(16, 32, 64, 64))
    controlnet.controlnet_cond_embedding.conv_out.reset_parameters()
    return controlnet


def pixels(y: int, x: int, size: int) -> tuple[slice, slice]:
    """Rows and columns of a picture, of a square of its latents."""
    return tuple(slice(REDUCTION * start, REDUCTION * (start + size)) for start in (y, x))  # type: ignore[return-value]


@torch.no_grad()
def batches(folder: Path, vae: MiniAutoencoder, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless batches of cuts of the renders, encoded when they are first needed."""
    images, normals, masks, captions = renders.load(folder)
    side = images.shape[1] // REDUCTION
    size = min(WINDOW, side)
    labels = torch.tensor([LABELS.index(renders.family_of(seed)) for seed in range(len(images))])
    latents: Tensor = torch.zeros(len(images), vae.config.latent_channels, side, side, dtype=torch.float16)
    words = torch.zeros(len(images), *embed_words([""]).shape[1:], dtype=torch.float16)
    known = np.zeros(len(images), bool)
    while True:
        index = rng.integers(0, len(images), CUTS)
        new = np.unique(index[~known[index]])
        if len(new):
            latents[new] = vae.encode(to_tensor(images[new])).latents.half()
            words[new] = embed_words([captions[i] for i in new]).half()
            known[new] = True
        cuts = []
        for i in index:
            tried = rng.integers(0, side - size + 1, (TRIED, 2)).tolist()
            y, x = max(tried, key=lambda corner: masks[i][pixels(*corner, size)].mean())
            near = pixels(y, x, size)
            cuts.append((images[i][near], normals[i][near], masks[i][near], latents[i, :, y : y + size, x : x + size]))
        pictures, towards, shapes, clean = zip(*cuts, strict=True)
        share = F.avg_pool2d(torch.from_numpy(np.stack(shapes))[:, None].float(), REDUCTION)
        yield Batch(to_tensor(np.stack(pictures)), torch.stack(clean).float(), words[index].float(), labels[index],
                    torch.from_numpy(np.stack(towards)).permute(0, 3, 1, 2).float() / 255, (share > 0.5).float())


class Following:
    """A ControlNet beside a network that stays as it is, its critic, and their steps: a `Game`."""

    def __init__(self, unet: UNet2DConditionModel, controlnet: ControlNetModel, vae: MiniAutoencoder, judge: Judge, *,
                 painter_rate: float, critic_rate: float) -> None:
        self.unet, self.vae = unet.eval().requires_grad_(False), vae.eval().requires_grad_(False)
        self.painter, self.patches = controlnet, PatchCritic(vae.config.latent_channels + 3)
        self.parts = nn.ModuleList([controlnet, self.patches])
        self.statistics, self.seen = judge.statistics, StatisticsCritic(judge)
        self.generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise
        self.rates = painter_rate, critic_rate
        self.painting = torch.optim.AdamW(controlnet.parameters(), lr=painter_rate, betas=(0.5, 0.99),
                                          weight_decay=0.0, fused=True)
        self.judging = torch.optim.Adam(self.patches.parameters(), lr=critic_rate, betas=(0.0, 0.99), fused=True)
        scheduler = make_scheduler()
        self.times = torch.tensor(times_of(STEPS))
        self.alpha, self.sigma = scheduler.alphas_cumprod.sqrt(), (1 - scheduler.alphas_cumprod).sqrt()

    def paint(self, noisy: Tensor, time: Tensor, batch: Batch) -> Tensor:
        """Clean latents (n, c, h, w) as the network paints them from noisy ones at one time, for the normals."""
        down, mid = self.painter(noisy, time, batch.words, batch.normals, return_dict=False)
        v = self.unet(noisy, time, batch.words, down_block_additional_residuals=down,
                      mid_block_additional_residual=mid, return_dict=False)[0]
        return self.alpha[time] * noisy - self.sigma[time] * v

    @torch.no_grad()
    def reached(self, step: int, batch: Batch) -> Tensor:
        """Its own noisy latents before the `step`-th step."""
        noisy = torch.randn(batch.latents.shape, generator=self.generator)
        for now, then in zip(self.times[:step], self.times[1 : step + 1], strict=True):
            clean = self.paint(noisy, now, batch)
            noisy = self.alpha[then] * clean + self.sigma[then] * torch.randn(clean.shape, generator=self.generator)
        return noisy

    def detail(self, pictures: Tensor) -> Tensor:
        """(n, 6 * SCALES, h, w): in each square how strongly its light varies in each direction, a logarithm."""
        luma = pictures.mul(torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
        squares, found = [side // SQUARE_PX for side in pictures.shape[2:]], []
        for _ in range(SCALES):
            found.append((F.adaptive_avg_pool2d(self.statistics.energies(luma), squares) + 1e-3).log())
            luma = self.statistics.down(luma)
        return torch.cat(found, 1)

    def step(self, batch: Batch, progress: float, steps: int) -> dict[str, float]:
        """One step of the ControlNet and one of its critic; their losses and shares."""
        for optimizer, rate in zip((self.painting, self.judging), self.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(progress, rate, steps, 50)
        words = batch.words.mean(1)
        normals = F.avg_pool2d(batch.normals, REDUCTION) * 2 - 1
        step = int(torch.multinomial(torch.tensor(REACHED), 1, generator=self.generator))
        self.patches.requires_grad_(False)
        painted = held(self.paint(self.reached(step, batch), self.times[step], batch), batch.latents, batch.inside)
        picture = decoded(self.vae, painted)
        with torch.no_grad():
            truth, detail = self.seen.normalised(self.statistics(batch.pictures)), self.detail(batch.pictures)
        match = (self.seen.normalised(self.statistics(picture)) - truth).abs().mean()
        share = F.adaptive_avg_pool2d(batch.inside, detail.shape[2:])
        astray = ((self.detail(picture) - detail).abs() * share).sum() / (share.sum() * detail.shape[1]).clamp(min=1)
        by_patches = painter_loss(self.patches(torch.cat([painted, normals], 1), batch.labels, words))
        layout = layout_error_within(painted, batch)
        self.painting.zero_grad(set_to_none=True)
        (MATCH_SHARE * match + DETAIL_SHARE * astray + BY_PATCHES_SHARE * by_patches + MEAN_SHARE * layout).backward()
        together.average_gradients(self.painter.parameters())
        norm = nn.utils.clip_grad_norm_(self.painter.parameters(), 1.0)
        self.painting.step()
        self.patches.requires_grad_(True)
        loss, right = critic_loss(
            self.patches, (torch.cat([batch.latents, normals], 1), batch.labels, words),
            (torch.cat([painted.detach(), normals], 1), batch.labels, words), SMOOTHNESS)
        self.judging.zero_grad(set_to_none=True)
        loss.backward()
        together.average_gradients(self.patches.parameters())
        self.judging.step()
        return {"match": match.item(), "detail": astray.item(), "by_patches": by_patches.item(),
                "layout": layout.item(), "gradient": norm.item(), "patches_right": right}

    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name).state_dict() for name in _PARTS}

    def load(self, state: dict[str, Any]) -> None:
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])


def layout_error_within(painted: Tensor, batch: Batch) -> Tensor:
    """The squared error of the shape's coarse light and colour, a scalar."""
    within = F.avg_pool2d(batch.inside, COARSE)
    error = F.avg_pool2d((painted - batch.latents) * batch.inside, COARSE).square() / within.clamp(min=0.1)
    return error.sum() / (within.sum() * painted.shape[1])


def key_of(work: Path, base: Path) -> str:
    """Which networks it stands beside, and what it learns from."""
    digest = hashlib.sha256()
    for part in ("unet", "vae"):
        digest.update((base / part / "diffusion_pytorch_model.safetensors").read_bytes())
    digest.update((work / "renders" / "captions.json").read_bytes())
    return digest.hexdigest()


def learn(work: Path, base: Path, out: Path, clock: Clock, *, judge: Path = Path("models/judge"),
          painter_rate: float = 1e-3, critic_rate: float = 1e-3, save_every_s: float = 240.0,
          log: Callable[[str], None] = lambda line: print(line, flush=True)) -> ControlNetModel:
    """Train beside the exported folder `base` on `work`/renders; export to `out` at every checkpoint.

    Returns the averaged network. Resumes from `work`/control.pt if it is there; ValueError if that stood beside another
    network.
    """
    unet = UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32)
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    torch.manual_seed(1)
    controlnet = make_controlnet(unet).train().to(memory_format=torch.channels_last)
    torch.seed()
    game = Following(unet.to(memory_format=torch.channels_last), controlnet, vae,
                     Judge.from_pretrained(judge, torch_dtype=torch.float32).eval(), painter_rate=painter_rate,
                     critic_rate=critic_rate)
    log(f"{sum(p.numel() for p in controlnet.parameters()) / 1e6:.2f} M parameters")
    return compete(  # type: ignore[return-value]
        game, batches(work / "renders", vae, np.random.default_rng()), clock, checkpoint=work / "control.pt",
        made_of=key_of(work, base), average_decay=0.995, save_every_s=save_every_s, begin=lambda: None,
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
