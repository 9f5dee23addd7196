"""What every painting has: a scene to show, and the outline of its land."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from training.data.noise import Field, Rng
from training.data.paintings.palettes import Palette
from training.data.surface import Image


class Scene(NamedTuple):
    """image (H, W, 3) float32 sRGB 0–1; flow (H, W) radians from the x axis, y downwards; what it shows."""

    image: Image
    flow: Field
    subject: str


Composition = Callable[[Rng, int, Palette], Scene]
Work = tuple[Image, str]  # the picture and what it shows


def choose(rng: Rng, *compositions: Composition) -> Composition:
    """One of the compositions."""
    return compositions[int(rng.integers(len(compositions)))]


def profile(rng: Rng, size_px: int, level: float, swing: float, jagged: bool = False) -> Field:
    """The height of a ridge for every column, (size_px,) in 0–1 from the top: waves, or peaks of straight flanks."""
    x = np.linspace(0, 1, size_px)
    height = np.zeros(size_px)
    for octave in range(5 if jagged else 3):
        wave = (rng.uniform(0.7, 1.3) if jagged else rng.uniform(0.4, 0.9)) * 2**octave
        phase = x * wave + rng.uniform(0, 1)
        height += (4 * np.abs(phase % 1 - 0.5) - 1 if jagged else np.sin(2 * np.pi * phase)) * 0.5**octave
    return (level + swing * height / 1.6).astype(np.float32)


def below(ridge: Field, y: Field) -> Field:
    """Mask 0–1 of what lies below a ridge, soft over one pixel."""
    return np.clip((y - ridge[None, :]) * y.shape[0] + 0.5, 0, 1).astype(np.float32)
