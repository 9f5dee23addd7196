"""The drawn pictures kept on disk: images.npy (count, size, size, 3) uint8 sRGB, captions.json.

    python -m training.data.cache .dev/training/data --count 12000
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data.mixture import example

SIZE_PX = 256


def _draw(seeds: range, size_px: int) -> tuple[NDArray[np.uint8], list[str]]:
    drawn = [example(seed, size_px) for seed in seeds]
    pixels = np.stack([(s.image * 255.0 + 0.5).astype(np.uint8) for s in drawn])
    return pixels, [s.caption for s in drawn]


def build(
    folder: Path, count: int, size_px: int = SIZE_PX, workers: int = 2, chunk: int = 200
) -> None:
    """Draw seeds 0 … count - 1: a picture's index is its seed. Complete or absent: written aside, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / "images.part.npy"
    images = np.lib.format.open_memmap(aside, mode="w+", dtype=np.uint8, shape=(count, size_px, size_px, 3))
    captions: list[str] = []
    spans = [range(i, min(i + chunk, count)) for i in range(0, count, chunk)]
    with ProcessPoolExecutor(workers) as pool:
        for span, (pixels, words) in zip(spans, pool.map(_draw, spans, repeat(size_px)), strict=False):
            images[span.start : span.stop] = pixels
            captions += words
            print(f"{span.stop}/{count} pictures drawn", flush=True)
    images.flush()
    (folder / "captions.json").write_text(json.dumps(captions))
    os.replace(aside, folder / "images.npy")


def load(folder: Path) -> tuple[NDArray[np.uint8], list[str]]:
    """The pictures (memory-mapped) and their captions."""
    path = folder / "images.npy"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: draw the pictures first (python -m training.data.cache {folder})")
    return np.load(path, mmap_mode="r"), json.loads((folder / "captions.json").read_text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=12000)
    options = parser.parse_args()
    build(options.folder, options.count)
