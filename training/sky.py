"""Train the network of `models/mini-sky`: words to panoramas of skies and rooms.

    python -m training.data.skies.cache .dev/training/skies --count 1136   # first: draw them, with their captions
    python -m training.sky --minutes 90                                    # resumes from its checkpoint by itself

It goes on from the weights of `models/mini` and keeps its autoencoder, but for the decoder of `training.sky_decoder`.
The drawn maps are photographed as a panorama camera does, exposed for the place so that suns and lamps are clipped and
little else, and turned about at random. Convolutions wrap in x as they do when a panorama is painted; the border above
and below tells the network where the poles are. It sees 256×128 px: in so little time a larger size is not learned, and
there it paints two horizons. What is larger is painted into the small panorama, enlarged.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache as remembered
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.tiling import wrapping
from backend.diffusion.words import embed_words
from training import camera, mini
from training.autoencoder import to_tensor
from training.data.skies import cache
from training.data.skies.sphere import reduced
from training.export import export
from training.loop import Clock, train

WORK, START, OUT = Path(".dev/training"), Path("models/mini"), Path("models/mini-sky")
VAE = "sky-vae"  # in the work folder, where `training.sky_decoder` has been
ROWS_PX, BATCH = 128, 8  # of a panorama; panoramas a step
# The mean brightness (geometric, linear) that a place is exposed for: the first whose word is in the caption.
KEYS = {"black": 0.05, "neon": 0.07, "nightclub": 0.07, "cyberpunk": 0.07, "night": 0.02, "star": 0.02, "milky": 0.02,
        "after sunset": 0.09, "dusk": 0.09, "twilight": 0.09, "blue hour": 0.09, "storm": 0.11, "rain": 0.11,
        "white": 0.36, "gallery": 0.36, "museum": 0.36, "exhibition": 0.36, "snow": 0.26, "winter": 0.26,
        "sunset": 0.15, "sunrise": 0.15, "golden hour": 0.15, "evening": 0.15}
KEY = 0.24
CLIPPED = 0.05  # the most of the sphere that may be blown out


def photographed(radiance: NDArray[np.float32], caption: str) -> NDArray[np.uint8]:
    """The picture (H, 2H, 3) of a map: exposed for what it shows, with a mild shoulder."""
    key = next((value for word, value in KEYS.items() if word in caption), KEY)
    exposure = min(camera.exposure_for_key(radiance, key), camera.exposure_for_share(radiance, CLIPPED))
    return camera.developed(camera.shouldered(radiance * np.float32(exposure), 0.8, 2.0))


class Panoramas:
    """The maps as latents, encoded when they are first asked for, and `words` (count, 16, 384) of their captions."""

    def __init__(
        self, maps: list[NDArray[np.float16]], captions: list[str], vae: MiniAutoencoder, rows_px: int
    ) -> None:
        self.maps, self.captions, self.vae, self.rows_px = maps, captions, vae.eval(), rows_px
        self.words = embed_words(captions)
        self.latents = remembered(self._latents)

    @torch.no_grad()
    def _latents(self, index: int) -> Tensor:
        radiance = reduced(np.exp2(self.maps[index].astype(np.float32)), self.rows_px)
        picture = photographed(radiance, self.captions[index])
        with wrapping(self.vae, vertically=False):
            return self.vae.encode(to_tensor(picture[None])).latents[0]


def batches(panoramas: Panoramas, rng: np.random.Generator) -> Iterator[mini.Batch]:
    """Endless batches of turned panoramas; every kind of place is taken as often as any other."""
    kinds = [cache.kind_of(seed) for seed in range(len(panoramas.maps))]
    counts = Counter(kinds)
    weight = np.asarray([1.0 / counts[kind] for kind in kinds]) / len(counts)
    unsaid = embed_words([""])[0]
    while True:
        index = rng.choice(len(weight), BATCH, p=weight)
        pictures = [panoramas.latents(int(i)) for i in index]
        turned = [torch.roll(one, int(rng.integers(one.shape[-1])), -1) for one in pictures]
        words = panoramas.words[torch.from_numpy(index)]
        words[torch.from_numpy(rng.random(BATCH) < mini.DROPPED)] = unsaid
        yield mini.Batch(torch.stack(turned), words)


def make_loss(unet: UNet2DConditionModel, generator: torch.Generator) -> Callable[[mini.Batch], Tensor]:
    """The mean squared error of v, every convolution wrapping in x."""
    inner = mini.make_loss(unet, generator)

    def loss(batch: mini.Batch) -> Tensor:
        with wrapping(unet, vertically=False):
            return inner(batch)

    return loss


def learn(
    work: Path, out: Path, clock: Clock, *, maps: int, start: Path = START, rate: float = 6e-4, rows_px: int = ROWS_PX,
    log: Callable[[str], None] = lambda line: print(line, flush=True),
) -> UNet2DConditionModel:
    """Train on the first `maps` of `work`/skies from the weights in `start`; returns the averaged network.

    The checkpoint is `work`/sky.pt. Exports to `out` with every one.
    """
    vae = MiniAutoencoder.from_pretrained(start / "vae", torch_dtype=torch.float32)
    unet = UNet2DConditionModel.from_pretrained(start / "unet", torch_dtype=torch.float32)
    unet.register_to_config(sample_size=rows_px // 8)
    unet.train()  # channels last is slower here: padding that wraps undoes it
    checkpoint = work / "sky.pt"
    done = torch.load(checkpoint, weights_only=True)["steps"] if checkpoint.exists() else 0
    rng = np.random.default_rng((20261126, done))  # a resumed run must repeat neither its pictures nor its noise
    panoramas = Panoramas(cache.load(work / "skies", maps), cache.captions(work / "skies", maps), vae, rows_px)
    log(f"{maps} maps, {sum(p.numel() for p in unet.parameters()) / 1e6:.2f} M parameters")
    return train(
        unet, batches(panoramas, rng),
        make_loss(unet, torch.Generator().manual_seed(int(rng.integers(2**31)))), clock, peak_rate=rate,
        checkpoint=checkpoint, average_decay=0.998, save_every_s=240,
        on_save=lambda averaged, _: export(averaged, _decoding(work, vae), out), log=log,
    )


def _decoding(work: Path, vae: MiniAutoencoder) -> MiniAutoencoder:
    """With the decoder for panoramas, if there is one; the encoders are the same."""
    if not (work / VAE).exists():
        return vae
    return MiniAutoencoder.from_pretrained(work / VAE, torch_dtype=torch.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--maps", type=int, default=1136, help="maps of the cache to learn from")
    parser.add_argument("--start", type=Path, default=START, help="exported folder whose weights to go on from")
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.out, clock, maps=options.maps, start=options.start, rate=options.rate)


if __name__ == "__main__":
    main()
