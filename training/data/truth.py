"""The truth of every channel kept on disk, without light: what `training/pbr.py` lights anew for every batch.

    python -m training.data.truth .dev/training/data1/truth      # 2 min on two cores, 2 GB
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.data.captions import specimen
from training.data.families import FAMILIES
from training.data.surface import Maps

# No training sees these; half of the metals among them, and what is neither wall nor floor.
HELD_OUT = ("paving", "bark", "terrazzo", "denim", "reptile skin", "knit", "painted brick", "gravel", "hammered metal",
            "rusty metal")
GLOWING = ("lava", "clouds")  # what gives light has no base colour to be found under it
LEARNED = tuple(f.name for f in FAMILIES if f.name not in (*HELD_OUT, *GLOWING))
FIRST_SEED = {"learned": 7_000_000, "held out seeds": 8_000_000, "held out families": 8_500_000}
SIZE_PX = 256


class Store(NamedTuple):
    """`planes` (count, H, W, 8) uint8: base colour 3, normal x and y, roughness, metallic, occlusion.

    `height` (count, H, W) float16, pixels; `families` (count,) names. Picture i shows family i modulo their number.
    """

    planes: NDArray[np.uint8]
    height: NDArray[np.float16]
    families: list[str]

    def maps(self, index: int, rows: slice = slice(None), columns: slice = slice(None)) -> Maps:
        """One surface or a cut of it, as it was drawn but for 8 bits."""
        plane = self.planes[index, rows, columns].astype(np.float32) / 255.0
        slope = plane[..., 3:5] * 2.0 - 1.0
        up = np.sqrt(np.maximum(1.0 - (slope * slope).sum(-1, keepdims=True), 0.0025))
        normal = np.concatenate([slope, up], axis=-1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        return Maps(plane[..., :3], self.height[index, rows, columns].astype(np.float32), normal, plane[..., 5],
                    plane[..., 6], plane[..., 7], np.zeros((*plane.shape[:2], 3), np.float32))


def _draw(job: tuple[str, int, int]) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    family, seed, size_px = job
    m = specimen(seed, size_px, family).maps
    slope = m.normal[..., :2] * 0.5 + 0.5
    single = np.stack([m.roughness, m.metallic, m.occlusion], axis=-1)
    planes = np.concatenate([m.base_colour, slope, single], axis=-1)
    return (planes * 255.0 + 0.5).astype(np.uint8), m.height.astype(np.float16)


def jobs(part: str, each: int, size_px: int = SIZE_PX) -> list[tuple[str, int, int]]:
    """(family, seed, size) of `each` surfaces of every family of a part of FIRST_SEED."""
    names = HELD_OUT if part == "held out families" else LEARNED
    return [(name, FIRST_SEED[part] + len(names) * i + k, size_px) for i in range(each) for k, name in enumerate(names)]


def build(folder: Path, part: str, each: int, size_px: int = SIZE_PX, workers: int = 2) -> None:
    """Draw a part into `folder`. Complete or absent: written aside, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = jobs(part, each, size_px)
    aside = folder / f"{part} planes.part.npy", folder / f"{part} height.part.npy"
    shape = (len(wanted), size_px, size_px)
    planes = np.lib.format.open_memmap(aside[0], mode="w+", dtype=np.uint8, shape=(*shape, 8))
    height = np.lib.format.open_memmap(aside[1], mode="w+", dtype=np.float16, shape=shape)
    with ProcessPoolExecutor(workers) as pool:
        for i, (plane, relief) in enumerate(pool.map(_draw, wanted, chunksize=16)):
            planes[i], height[i] = plane, relief
            if (i + 1) % 200 == 0:
                print(f"{part}: {i + 1}/{len(wanted)} drawn", flush=True)
    planes.flush()
    height.flush()
    for path in aside:
        os.replace(path, path.with_name(path.name.replace(".part", "")))


def load(folder: Path, part: str) -> Store:
    """A part of the truth, memory-mapped."""
    paths = folder / f"{part} planes.npy", folder / f"{part} height.npy"
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: draw it first (python -m training.data.truth {folder})")
    planes, height = (np.load(path, mmap_mode="r") for path in paths)
    names = HELD_OUT if part == "held out families" else LEARNED
    return Store(planes, height, [names[i % len(names)] for i in range(len(planes))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=44, help="surfaces a family to learn from")
    options = parser.parse_args()
    build(options.folder, "held out families", 12)
    build(options.folder, "held out seeds", 2)
    build(options.folder, "learned", options.each)


if __name__ == "__main__":
    main()
