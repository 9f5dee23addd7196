"""Measure `models/mini-hdr` on real maps that it never saw: the table of its card, and a sheet to look at.

    python -m training.hdr_evaluate .dev/training/held_out --json out/hdr.json --sheet out/hdr.png

Each map is exposed so that a share of the sphere is blown out, brought to 8 bits, and restored. What is compared is the
energy, luminance times solid angle, of the pixels that were clipped: restored over true, and linearised over true.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from backend.panorama import HighlightNetwork, load_network, restore_radiance
from backend.panorama.restore import MODEL
from training import camera
from training.data.skies.sphere import luminance, solid_angles

SHARES = (0.005, 0.02, 0.05)
CLIPPED = 254  # of 255, in any channel
ROWS_MAX = 256  # larger maps are averaged down to it: as the embedded models make them


@dataclass(frozen=True)
class Measure:
    """One map at one share: energies over the true one; the pixel-wise error of log2 radiance, in stops."""

    name: str
    share: float
    restored: float
    linearised: float
    restored_stops: float
    linearised_stops: float

    @property
    def better(self) -> bool:
        return bool(abs(np.log(self.restored)) < abs(np.log(self.linearised)))


def energy(radiance: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    """Luminance times solid angle over a part of a map (H, 2H, 3)."""
    return float((luminance(radiance) * solid_angles(len(radiance)) * where).sum(dtype=np.float64))


def halved(radiance: NDArray[np.float32]) -> NDArray[np.float32]:
    """The map with at most ROWS_MAX rows, by means."""
    while len(radiance) > ROWS_MAX:
        h, w, c = radiance.shape
        radiance = radiance.reshape(h // 2, 2, w // 2, 2, c).mean((1, 3))
    return radiance


def measure(network: HighlightNetwork, name: str, radiance: NDArray[np.float32], share: float) -> Measure:
    """Expose, clip, restore and compare one map."""
    light = radiance * np.float32(camera.exposure_for_share(radiance, share))
    picture = camera.developed(light)
    flat = camera.decoded(picture)
    mine = restore_radiance(network, picture)
    where = picture.max(-1) >= CLIPPED
    true = energy(light, where)
    weight = solid_angles(len(light)) * where

    def stops(other: NDArray[np.float32]) -> float:
        error = np.abs(np.log2((luminance(other) + 1e-3) / (luminance(light) + 1e-3)))
        return float((error * weight).sum() / weight.sum())

    return Measure(name, share, energy(mine, where) / true, energy(flat, where) / true, stops(mine), stops(flat))


def summary(measures: list[Measure]) -> dict[str, float]:
    """`hdr_energy_ratio`: the median map's factor, 1 or more, either way; and how often the picture was bettered."""
    factors = [float(np.exp(abs(np.log(m.restored)))) for m in measures]
    flat = [float(np.exp(abs(np.log(m.linearised)))) for m in measures]
    return {
        "hdr_energy_ratio": float(np.median(factors)), "hdr_energy_ratio_linearised": float(np.median(flat)),
        "hdr_energy_ratio_worst": max(factors),
        "hdr_better": sum(m.better for m in measures), "hdr_maps": len(measures),
        "hdr_stops": float(np.median([m.restored_stops for m in measures])),
        "hdr_stops_linearised": float(np.median([m.linearised_stops for m in measures])),
    }


def sheet(network: HighlightNetwork, maps: dict[str, NDArray[np.float32]], share: float) -> Image.Image:
    """Rows of: the picture, and true and restored light four stops darker."""
    tiles = []
    for name, radiance in maps.items():
        light = radiance * np.float32(camera.exposure_for_share(radiance, share))
        picture = camera.developed(light)
        dark = (camera.developed(x / 16) for x in (light, restore_radiance(network, picture)))
        tile = Image.fromarray(np.concatenate([picture, *dark], 1)).resize((768, 128), Image.Resampling.BOX)
        ImageDraw.Draw(tile).text((4, 114), name, fill="white")
        tiles.append(np.asarray(tile))
    return Image.fromarray(np.concatenate(tiles))


def read_maps(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The maps that `tools/real_maps.py` left in a folder, by name."""
    return {path.stem: halved(np.load(path)) for path in sorted(folder.glob("*.npy"))}


def measured(network: HighlightNetwork, maps: dict[str, NDArray[np.float32]]) -> dict[str, Any]:
    """Print the tables of the card; by share of the sphere the summary, and each map's measures."""
    results = {}
    for share in SHARES:
        measures = [measure(network, name, radiance, share) for name, radiance in maps.items()]
        results[f"{share:g}"] = summary(measures) | {"each": [asdict(m) for m in measures]}
        print(f"\n{share:.1%} of the sphere blown out: {summary(measures)}")
        for m in measures:
            figures = f"{m.restored:.2f} | {m.linearised:.3f} | {m.restored_stops:.2f} | {m.linearised_stops:.2f}"
            print(f"| {m.name} | {figures} |{'' if m.better else ' worse'}")
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maps", type=Path, help="folder of NAME.npy from tools/real_maps.py")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    network = load_network(options.model)
    maps = read_maps(options.maps)
    results = measured(network, maps)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.sheet:
        sheet(network, maps, 0.02).save(options.sheet)


if __name__ == "__main__":
    main()
