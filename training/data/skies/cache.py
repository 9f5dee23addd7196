"""The drawn maps kept on disk: NNNNN.npy (16, 256, 512, 3) float16 of log2 radiance, seeds 16 N … 16 N + 15, and
their captions, NNNNN.json.

    python -m training.data.skies.cache .dev/training/skies --count 2656

Logarithms keep a sun of 10⁵ and a shadow of 10⁻⁵ to 0.4 % in half precision.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data.skies.interiors import INTERIORS
from training.data.skies.maps import caption, sky
from training.data.skies.outdoors import OUTDOORS
from training.data.skies.shelters import SHELTERS

SHARD, HEIGHT_PX = 16, 256
# Seeds below the first are of skies and rooms, those from it on of shelters, from the second on of evenings: they came
# later, and what was drawn before stays what it was.
SHELTERED, EVENING = 2272, 2528
FLOOR = 2.0**-16  # radiance below it is kept as this


def kind_of(seed: int) -> str:
    """Kinds in turn, two rooms for three places outdoors: lamps are more varied than suns."""
    if seed >= SHELTERED:
        return SHELTERS[0] if seed < EVENING else "dusk" if seed < EVENING + 64 else "afterglow"
    group = list(INTERIORS) if seed % 5 < 2 else list(OUTDOORS)
    return group[int(np.random.default_rng((7, seed)).integers(len(group)))]


def coded(radiance: NDArray[np.float32]) -> NDArray[np.float16]:
    """log2 of radiance, at least FLOOR's."""
    return np.log2(np.maximum(radiance, FLOOR)).astype(np.float16)


def _draw(shard: int, folder: Path) -> int:
    maps, words = folder / f"{shard:05d}.npy", folder / f"{shard:05d}.json"
    seeds = range(SHARD * shard, SHARD * (shard + 1))
    if not maps.exists():
        drawn = np.stack([coded(sky(seed, HEIGHT_PX, kind_of(seed)).radiance) for seed in seeds])
        aside = maps.with_suffix(".part")
        with aside.open("wb") as file:
            np.save(file, drawn)
        os.replace(aside, maps)
    if not words.exists():
        aside = words.with_suffix(".said")
        aside.write_text(json.dumps([caption(seed, kind_of(seed)) for seed in seeds], indent=0) + "\n", encoding="utf-8")
        os.replace(aside, words)
    return shard


def build(folder: Path, count: int, workers: int = 2) -> None:
    """Draw seeds 0 … count - 1, `count` a multiple of 16; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        for shard in pool.map(_draw, range(count // SHARD), repeat(folder)):
            print(f"{SHARD * (shard + 1)}/{count} maps drawn", flush=True)


def load(folder: Path, count: int) -> list[NDArray[np.float16]]:
    """The first `count` maps, memory-mapped, (256, 512, 3) each."""
    paths = sorted(folder.glob("?????.npy"))[: count // SHARD]
    if len(paths) * SHARD < count:
        raise FileNotFoundError(f"{folder} holds {len(paths) * SHARD} maps of {count}: draw them first "
                                f"(python -m training.data.skies.cache {folder} --count {count})")
    return [one for path in paths for one in np.load(path, mmap_mode="r")]


def captions(folder: Path, count: int) -> list[str]:
    """The words of the first `count` maps."""
    paths = [folder / f"{shard:05d}.json" for shard in range(count // SHARD)]
    if not all(path.exists() for path in paths):
        raise FileNotFoundError(f"{folder} lacks captions: draw them first, the maps that are there stay "
                                f"(python -m training.data.skies.cache {folder} --count {count})")
    return [words for path in paths for words in json.loads(path.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2656)
    options = parser.parse_args()
    build(options.folder, options.count)
