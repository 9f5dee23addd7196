"""What `training.few_step` knows of every drawn picture before it starts, so that no step has to find it out again.

    python -m training.bank        # 12 min on two cores for 26,000 pictures; few_step does it by itself
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from backend.material.statistics import TextureStatistics
from training.autoencoder import to_tensor
from training.data import cache
from training.data.mixture import LABELS, label_of
from training.lattice import REDUCTION, lattice

WINDOW = 16  # latents: 128 px, the least that texture statistics are made for
_EDITION = b"2"  # another one whenever something else is kept of the pictures
_PORTION = 8  # pictures at once: more do not fit into the processor's cache


class Bank(NamedTuple):
    """Of each drawn picture: what it is, and what is seen where it is looked at.

    Attributes:
        latents: (n, channels, 32, 32) float16.
        words: (n, 16, 384) float16, of its caption.
        labels: (n,) int64, indices into `LABELS`.
        corners: (n, 2) int64, y and x of the window of `WINDOW` latents in which a material is looked at.
        statistics: (n, s) float16, of that window, or of the whole picture if it is a painting, as it was drawn and
            not as it is decoded, so that the painter makes up for what the autoencoder loses.
        regular: (n,) float32, how much of its detail there is a lattice of the latents when it is decoded.
    """

    latents: NDArray[np.float16]
    words: NDArray[np.float16]
    labels: NDArray[np.int64]
    corners: NDArray[np.int64]
    statistics: NDArray[np.float16]
    regular: NDArray[np.float32]


def is_painting(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) whether the labels are of paintings: they are composed, so that a part of one does not say what it is."""
    return np.array([label.startswith("painting/") for label in LABELS])[labels]


def decoded(vae: MiniAutoencoder, latents: Tensor) -> Tensor:
    """(n, 3, h, w): what is looked at of latents, to a little beyond black and white, where a gradient leads back."""
    return vae.decode(latents).sample.clamp(-1.1, 1.1)  # type: ignore[union-attr]


@torch.no_grad()
def _known(work: Path, vae_folder: Path, seeds: Sequence[int]) -> Bank:
    torch.set_num_threads(1)
    images, captions = cache.load(work / "data")
    vae = MiniAutoencoder.from_pretrained(vae_folder, torch_dtype=torch.float32).eval()
    statistics = TextureStatistics()
    labels = np.array([LABELS.index(label_of(seed)) for seed in seeds])
    side = images.shape[1] // REDUCTION
    corners = np.stack([np.random.default_rng(seed).integers(0, side - WINDOW + 1, 2) for seed in seeds])
    latents, seen, regular = [], [], []
    for start in range(0, len(seeds), _PORTION):
        part = slice(start, start + _PORTION)
        drawn = to_tensor(images[seeds[part]])
        latents.append(vae.encode(drawn).latents)
        whole = is_painting(labels[part])
        for picture, one, (y, x), painting in zip(drawn, latents[-1], corners[part], whole, strict=True):
            y, x, size = (0, 0, side) if painting else (y, x, WINDOW)
            near = slice(y * REDUCTION, (y + size) * REDUCTION), slice(x * REDUCTION, (x + size) * REDUCTION)
            seen.append(statistics(picture[None, :, *near]))
            regular.append(lattice(decoded(vae, one[None, :, y : y + size, x : x + size])))
    return Bank(torch.cat(latents).half().numpy(), embed_words([captions[seed] for seed in seeds]).half().numpy(),
                labels, corners, torch.cat(seen).half().numpy(), torch.cat(regular).numpy())


def key_of(work: Path, vae_folder: Path) -> str:
    """What a bank is made of: the autoencoder, the drawn pictures and their captions, the subjects that are told
    apart."""
    digest = hashlib.sha256((vae_folder / "diffusion_pytorch_model.safetensors").read_bytes())
    digest.update((work / "data" / "captions.json").read_bytes())
    digest.update(np.ascontiguousarray(cache.load(work / "data")[0][:, ::64, ::64]))  # another drawing of the same
    digest.update("\n".join(LABELS).encode() + _EDITION)
    return digest.hexdigest()


def load(work: Path, vae_folder: Path, pictures: int) -> Bank:
    """Of the first `pictures` drawn ones of `work`/data, or of all if there are fewer; kept in `work`/bank.npz, but
    made anew where that is of something else."""
    pictures = min(pictures, len(cache.load(work / "data")[0]))
    return _load(work / "bank.npz", work, vae_folder, range(pictures), key_of(work, vae_folder))


def load_some(work: Path, vae_folder: Path, materials: Sequence[str]) -> Bank:
    """The same of those that show one of some materials, in `work`/bank_some.npz. ValueError if none shows
    one of them."""
    labels = [label_of(seed) for seed in range(len(cache.load(work / "data")[0]))]
    if missing := sorted({*materials} - {*labels}):
        raise ValueError(f"no picture of {work / 'data'} shows {', '.join(missing)}: at least one must "
                         "(draw more of them, or name materials of training/data/families.py)")
    seeds = [seed for seed, label in enumerate(labels) if label in materials]
    key = "\n".join([key_of(work, vae_folder), *materials])
    return _load(work / "bank_some.npz", work, vae_folder, seeds, key)


def _load(path: Path, work: Path, vae_folder: Path, seeds: Sequence[int], key: str) -> Bank:
    pictures = len(seeds)
    if path.exists():
        with np.load(path) as kept:
            if str(kept["key"]) == key and len(kept["labels"]) >= pictures:
                return Bank(*(kept[name][:pictures] for name in Bank._fields))
    portions = [seeds[start : start + 104] for start in range(0, pictures, 104)]
    parts = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for part in pool.map(partial(_known, work, vae_folder), portions):
            parts.append(part)
            if len(parts) % 10 == 0 or len(parts) == len(portions):
                print(f"{sum(len(part.labels) for part in parts)} of {pictures} pictures known", flush=True)
    bank = Bank(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    aside = path.with_name(f"{path.stem}.part.npz")
    np.savez(aside, key=key, **bank._asdict())
    os.replace(aside, path)
    return bank


if __name__ == "__main__":
    load(Path(".dev/training"), Path("models/mini/vae"), 26_000)
