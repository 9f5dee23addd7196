"""A surface before the light falls on it, what age and weather do to it, and the light.

Colours are sRGB-encoded float32 in 0–1: the network learns display pictures, so mixing in display space is meant.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from training.data.noise import Field, Rng, cells, clouds, grid, smoothstep

Image = NDArray[np.float32]
Tones = Sequence[tuple[float, float, float]]


class Surface(NamedTuple):
    """albedo (H, W, 3); height (H, W) in pixels; gloss 0–1: how much of a highlight the relief catches."""

    albedo: Image
    height: Field
    gloss: float = 0.0


def flat(colour: Sequence[float], size_px: int) -> Image:
    """One colour everywhere, (size_px, size_px, 3)."""
    return np.broadcast_to(np.asarray(colour, np.float32), (size_px, size_px, 3)).copy()


def ramp(tones: Tones, value: Field) -> Image:
    """The colours of `tones`, dark to light, at positions `value` 0–1; (..., 3)."""
    stops = np.linspace(0.0, 1.0, len(tones))
    table = np.asarray(tones, np.float32)
    return np.stack([np.interp(value, stops, table[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def over(below: Image, above: Image | Sequence[float], amount: Field) -> Image:
    """`above` laid over `below` with opacity `amount` (H, W)."""
    above = np.asarray(above, np.float32)
    return (below + (above - below) * amount[..., None]).astype(np.float32)


def tinted(albedo: Image, gain: Field) -> Image:
    """Brightness times 1 + gain."""
    return albedo * (1.0 + gain[..., None])


def age(rng: Rng, surface: Surface, traits: frozenset[str]) -> Surface:
    """What the words weathered, dirty, mossy, cracked, dark, light, wet do to any surface."""
    albedo, height, gloss = surface
    size = height.shape[0]
    x, y = grid(size)
    if "cracked" in traits:
        warp = 4.0 * clouds(rng, size, 30)
        _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 31), rng.uniform(55, 80))
        fade = smoothstep(-0.9, 0.3, clouds(rng, size, 90))
        line = (1.0 - smoothstep(0.6, 2.6, edge)) * fade
        albedo, height = over(albedo, albedo * 0.25, line), height - 2.5 * line
    if "weathered" in traits:
        patches = smoothstep(0.0, 1.6, clouds(rng, size, 70, falloff=2.6))
        grey = albedo.mean(axis=-1, keepdims=True) * 0.7 + 0.18
        albedo = over(albedo, grey * np.float32([1.0, 0.98, 0.93]), 0.25 + 0.4 * patches)
        albedo = tinted(albedo, -0.30 * smoothstep(0.5, 1.8, clouds(rng, size, 20, falloff=2.4)))
    if "dirty" in traits:
        grime = smoothstep(-0.4, 1.6, clouds(rng, size, 80, falloff=2.6))
        albedo = over(albedo, albedo * np.float32([0.42, 0.36, 0.28]), 0.85 * grime)
    if "mossy" in traits:
        low = -(height - gaussian_filter(height, 12.0, mode="wrap"))
        field = clouds(rng, size, 60, falloff=2.4) + 1.2 * low / (low.std() + 1e-3)
        amount = smoothstep(0.1, 0.9, field)
        green = ramp([(0.13, 0.20, 0.06), (0.27, 0.37, 0.12), (0.42, 0.50, 0.20)],
                     0.5 + 0.22 * clouds(rng, size, 5, falloff=2.2))
        albedo, height = over(albedo, green, amount), height + amount * (1.0 + 0.5 * clouds(rng, size, 5))
    if "dark" in traits:
        albedo = albedo * 0.62
    if "light" in traits:
        albedo = 1.0 - (1.0 - albedo) * 0.66
    if "wet" in traits:
        albedo, gloss = albedo ** 1.25, max(gloss, 0.7)
    return Surface(albedo.astype(np.float32), height.astype(np.float32), gloss)


def lit(surface: Surface) -> Image:
    """The surface under a soft light from the upper left; (H, W, 3) clipped to 0–1.

    Lambert's cosine by the slope along the light, an occlusion term from the height against its surroundings,
    and a highlight where the slope faces the light, in proportion to gloss.
    """
    height = surface.height
    gy, gx = np.gradient(np.pad(height, 2, mode="wrap"))
    slope = (gx + gy)[2:-2, 2:-2] * np.float32(0.7071)
    shade = np.tanh(0.55 * slope)
    hollow = np.tanh(0.12 * (height - gaussian_filter(height, 6.0, mode="wrap")))
    picture = surface.albedo * (1.0 + 0.45 * shade + 0.35 * hollow)[..., None]
    if surface.gloss:
        facing = np.exp(-((slope - 0.9) ** 2) / 0.18)
        picture = picture + (surface.gloss * 0.45 * facing)[..., None]
    return np.clip(picture, 0.0, 1.0).astype(np.float32)
