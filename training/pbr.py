"""Train the network of `models/mini-pbr`: from a lit picture to the truth behind it.

    python -m training.data.truth .dev/training/data1/truth     # once
    python -m training.pbr --minutes 30                         # resumes from its checkpoint by itself
    python -m training.evaluate_pbr                             # the table of the model card

The surfaces lie on disk without light. Every batch lights them anew: another lamp, another exposure, contrast and
white balance, a little blur and noise, so that the network cannot take the light for the colour. Most batches are
cuts, padded by reflection: of 64² first, for the network is short of steps before it is short of pixels; of 128² in the
second half, for what is metal or rough is seldom seen in 64². The rest is whole surfaces of 256², which tile, padded
round the edges.
"""

import argparse
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from backend.material.network import HEIGHT_UNIT_PX, Channels, MaterialNet
from training.data import truth
from training.data.light import draw_light, lit
from training.data.noise import Rng, blurred
from training.data.surface import Maps
from training.loop import Clock, train

WORK = Path(".dev/training")
DATA = WORK / "data1" / "truth"
SMALL_CUT_PX, SMALL_CUTS, SMALL_WHOLE_SHARE = 64, 8, 1 / 8
LARGE_CUT_PX, LARGE_CUTS, LARGE_WHOLE_SHARE, LARGE_FROM = 128, 3, 1 / 4, 0.5  # from this progress on
WHOLES = 2
METAL_SHARE = 2.0  # metals are taken this much oftener: 12 % of the surfaces, and the rarest thing to be told


class Batch(NamedTuple):
    """picture (n, 3, h, w) sRGB 0–1; the truth as the network's channels, metallic 0–1; how the border goes on."""

    picture: Tensor
    truth: Channels
    padding: str


def mirrored(maps: Maps) -> Maps:
    """Left and right changed, the normals with them."""
    turned = Maps(*(channel[:, ::-1] for channel in maps))
    return turned._replace(normal=turned.normal * np.float32([-1, 1, 1]))


def photographed(rng: Rng, maps: Maps) -> NDArray[np.float32]:
    """A picture (H, W, 3), sRGB 0–1, of a square surface under a light and through a camera of its own."""
    light = draw_light(rng, len(maps.height))
    light = light._replace(direct=float(rng.uniform(0.2, 0.8)))  # down to an overcast sky
    picture = lit(maps, light)
    gain = rng.uniform(0.75, 1.25) * np.exp(rng.normal(0, 0.03, 3))
    picture = np.clip(picture * gain, 0, 1) ** np.exp(rng.normal(0, 0.12))
    if rng.random() < 0.3:  # generated pictures are softer than drawn ones
        sigma = rng.uniform(0.4, 1.0)
        picture = np.stack([blurred(picture[..., c].astype(np.float32), sigma) for c in range(3)], axis=-1)
    picture = picture + rng.normal(0, rng.uniform(0, 0.015), picture.shape)
    return np.clip(picture, 0, 1).astype(np.float32)


def tensors(surfaces: list[Maps]) -> Channels:
    """The truth of square surfaces of one size as the network's channels, heights about a mean of 0."""

    def stacked(name: str) -> Tensor:
        values = np.stack([np.atleast_3d(getattr(maps, name)) for maps in surfaces])
        return torch.from_numpy(np.ascontiguousarray(values.transpose(0, 3, 1, 2), np.float32))

    height = stacked("height") / HEIGHT_UNIT_PX
    return Channels(stacked("base_colour"), height - height.mean((2, 3), keepdim=True), stacked("normal"),
                    stacked("roughness"), stacked("metallic"), stacked("occlusion"))


def batches(store: truth.Store, rng: Rng, clock: Clock) -> Iterator[Batch]:
    """Endless batches of cuts, larger ones late, and now and then of wholes."""
    size = store.height.shape[1]
    metal = store.planes[:, ::16, ::16, 6].mean((1, 2)) / 255.0
    share = np.cumsum(1.0 + METAL_SHARE * metal)
    while True:
        large = clock.progress > LARGE_FROM
        whole = rng.random() < (LARGE_WHOLE_SHARE if large else SMALL_WHOLE_SHARE)
        side, count = (LARGE_CUT_PX, LARGE_CUTS) if large else (SMALL_CUT_PX, SMALL_CUTS)
        side, count = (size, WHOLES) if whole else (min(side, size), count)
        surfaces = []
        for index in np.searchsorted(share, rng.uniform(0, share[-1], count)):
            y, x = rng.integers(0, size - side + 1, 2)
            maps = store.maps(int(index), slice(y, y + side), slice(x, x + side))
            surfaces.append(mirrored(maps) if rng.random() < 0.5 else maps)
        pictures = np.stack([photographed(rng, maps) for maps in surfaces])
        picture = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        yield Batch(picture, tensors(surfaces), "circular" if whole else "reflect")


def slopes(height: Tensor) -> Tensor:
    """Unit normals (n, 3, h - 2, w - 2), +y up, of heights (n, 1, h, w) in HEIGHT_UNIT_PX, without the border."""
    scaled = height * HEIGHT_UNIT_PX
    right = (scaled[..., 1:-1, 2:] - scaled[..., 1:-1, :-2]) / 2
    down = (scaled[..., 2:, 1:-1] - scaled[..., :-2, 1:-1]) / 2
    return F.normalize(torch.cat([-right, down, torch.ones_like(right)], dim=1), dim=1)


def difference(said: Channels, true: Channels) -> Tensor:
    """The loss, a scalar: L1 on each channel, the angle of both normals, the logistic loss of metallic.

    The height is held to the true normals by its slopes; its level only loosely, for a picture tells little of it.
    The two normals are held to the same truth and so to each other.
    """
    height = said.height - said.height.mean((2, 3), keepdim=True)
    angle = (1 - (said.normal * true.normal).sum(1)).mean() + 0.5 * F.l1_loss(said.normal, true.normal)
    inner = true.normal[..., 1:-1, 1:-1]
    fallen = (1 - (slopes(said.height) * inner).sum(1)).mean() + 0.5 * F.l1_loss(slopes(said.height), inner)
    # Weights under which each term pulls about as hard on the trunk, measured after 1,200 steps: with 4 for metallic it
    # pulled ten times as hard as all others, and they were hardly learned.
    return (
        4.0 * F.l1_loss(said.base_colour, true.base_colour) + 6.0 * angle + 4.0 * fallen
        + 1.0 * F.l1_loss(height, true.height) + 2.0 * F.l1_loss(said.roughness, true.roughness)
        + 1.0 * F.binary_cross_entropy_with_logits(said.metallic, true.metallic.clamp(0, 1))
        + 6.0 * F.l1_loss(said.occlusion, true.occlusion)
    )


def make_loss(network: MaterialNet) -> Callable[[Batch], Tensor]:
    """The loss of a batch."""

    def loss(batch: Batch) -> Tensor:
        return difference(network(batch.picture, batch.padding), batch.truth)

    return loss


def export(network: MaterialNet, folder: Path) -> None:
    """Weights as float16 safetensors and their config; half the size, for less than an 8-bit step of difference."""
    copy.deepcopy(network).half().save_pretrained(folder)


def learn(data: Path, checkpoint: Path, out: Path, clock: Clock, *, rate: float = 8e-4,
          widths: tuple[int, ...] = (64, 128, 192)) -> MaterialNet:
    """Train on the truth in `data` and export to `out` at every checkpoint; returns the averaged network."""
    torch.manual_seed(0)
    network = MaterialNet(widths=widths).train().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters", flush=True)
    store = truth.load(data, "learned")
    # A resumed run draws on from another place: its batches differ from those that it has had.
    seen = torch.load(checkpoint, weights_only=True)["steps"] if checkpoint.exists() else 0
    rng = np.random.default_rng((20261126, seen))
    return train(
        network, batches(store, rng, clock), make_loss(network), clock, peak_rate=rate, checkpoint=checkpoint,
        average_decay=0.998, save_every_s=180, on_save=lambda averaged, _: export(averaged, out),
        log=lambda line: print(line, flush=True),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--data", type=Path, default=DATA, help="what training.data.truth has drawn")
    parser.add_argument("--checkpoint", type=Path, default=WORK / "pbr.pt")
    parser.add_argument("--out", type=Path, default=Path("models/mini-pbr"))
    options = parser.parse_args()
    learn(options.data, options.checkpoint, options.out, Clock(options.minutes and options.minutes * 60, options.steps))


if __name__ == "__main__":
    main()
