"""Clouds: heaps of cumulus marched through in 3D, veils of cirrus, and closed grey covers.

A layer gives three fields over the directions: what passes through it, and how strongly the sun and the sky show in it.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from training.data.skies.atmosphere import EARTH_KM
from training.data.skies.sphere import Field, fractal, fractal_at, noise_at, smoothstep

FAR_KM = 45.0  # distance at which two thirds of a cloud are lost in the air before it


class Layer(NamedTuple):
    """Fields (…) float32. `passed` 0–1: light from behind; `sunlit`: radiance for a sun of irradiance 1; `skylit`:
    share of the sky's mean radiance; `distance_km`."""

    passed: Field
    sunlit: Field
    skylit: Field
    distance_km: Field


@numba.njit(cache=True)
def _reach(up: float, height_km: float) -> float:
    """Distance along a ray to a shell about the earth, km."""
    b = EARTH_KM * up
    return -b + np.sqrt(b * b + 2 * EARTH_KM * height_km + height_km * height_km)


@numba.njit(cache=True)
def _density(x: float, y: float, level: float, seed: int, size_km: float, cover: float, octaves: int) -> float:
    """Extinction 0–1 at a point; `level` 0 at the layer's foot, 1 at its top: flat feet, ragged heads."""
    form = noise_at(x / (4 * size_km), y / (4 * size_km), 0.37, seed) * 0.35
    form += fractal_at(x / size_km, y / size_km, level * 0.7, seed + 7, octaves) * 0.75
    threshold = 0.55 - 1.1 * cover + 0.75 * max(0.0, level - 0.15) ** 1.3
    foot = min(1.0, level * 8.0)
    return min(1.0, max(0.0, (form - threshold) * 3.5)) * foot


@numba.njit(cache=True)
def _lobe(cosine: float, g: float) -> float:
    return (1 - g * g) / (4 * np.pi * (1 + g * g - 2 * g * cosine) ** 1.5)


@numba.njit(cache=True)
def _heap(
    towards: NDArray, sun: NDArray, seed: int, base_km: float, depth_km: float, size_km: float, cover: float,
    extinction: float, passed: NDArray, sunlit: NDArray, skylit: NDArray, distance: NDArray,
) -> None:
    for i in range(len(towards)):
        dx, dy, dz = towards[i, 0], towards[i, 1], towards[i, 2]
        through, sun_sum, sky_sum = 1.0, 0.0, 0.0
        near = 0.0
        if dz > 0.012:
            near, far = _reach(dz, base_km), _reach(dz, base_km + depth_km)
            steps = 14
            length = (far - near) / steps
            cosine = dx * sun[0] + dy * sun[1] + dz * sun[2]
            octaves = 6 if dz > 0.08 else 4
            for k in range(steps):
                t = near + (k + 0.5) * length
                level = (k + 0.5) / steps
                density = _density(dx * t, dy * t, level, seed, size_km, cover, octaves)
                if density <= 0.0:
                    continue
                shade = 0.0  # optical depth towards the sun
                stride = 0.06 * size_km
                at = 0.0
                for _ in range(4):
                    at += stride
                    up = level + at * max(sun[2], 0.06) / depth_km
                    if up < 1.0:
                        shade += stride * extinction * _density(
                            dx * t + at * sun[0], dy * t + at * sun[1], up, seed, size_km, cover, 4
                        )
                    stride *= 1.9
                # Orders of scattering as ever weaker, wider, less dimmed copies of the first (Wrenninge, 2013).
                light, weight, spread = 0.0, 1.0, 1.0
                for _ in range(4):
                    light += weight * np.exp(-shade * spread) * (
                        0.75 * _lobe(cosine, 0.82 * spread) + 0.25 * _lobe(cosine, -0.25 * spread)
                    )
                    weight, spread = weight * 0.65, spread * 0.42
                kept = np.exp(-density * extinction * length)
                sun_sum += through * (1 - kept) * light
                sky_sum += through * (1 - kept) * (0.45 + 0.55 * level)
                through *= kept
                if through < 0.003:
                    through = 0.0
                    break
        passed[i], sunlit[i], skylit[i], distance[i] = through, sun_sum, sky_sum, near


def cumulus(
    towards: Field, sun: Field, seed: int, *, base_km: float, depth_km: float, size_km: float, cover: float,
    thickness: float,
) -> Layer:
    """Heaped clouds over the directions (…, 3). `cover` about 0 (few) to 1 (closed); `thickness` optical, 3–40.

    Single scattering with Beer's law and a two-lobe Henyey-Greenstein phase: thin edges before the sun turn to silver.
    """
    shape = towards.shape[:-1]
    layer = Layer(*(np.empty(shape, np.float32) for _ in range(4)))
    _heap(
        towards.reshape(-1, 3), sun, seed, base_km, depth_km, size_km, cover, thickness / depth_km,
        *(field.reshape(-1) for field in layer),
    )
    return layer


def _on_shell(towards: Field, height_km: float) -> tuple[Field, Field]:
    """Points (…, 3) in km where rays meet the shell, and their distance; rays below the horizon are taken as level."""
    up = np.maximum(towards[..., 2], 0.012)
    b = EARTH_KM * up
    way = -b + np.sqrt(b * b + 2 * EARTH_KM * height_km + height_km**2)
    return (towards * way[..., None]).astype(np.float32), way.astype(np.float32)


def cirrus(towards: Field, sun: Field, seed: int, *, cover: float, thickness: float, along_rad: float) -> Layer:
    """Thin streaks 9 km up, drawn out along `along_rad`. `cover` 0–1, `thickness` optical, 0.1–1.5."""
    place, way = _on_shell(towards, 9.0)
    c, s = np.float32(np.cos(along_rad)), np.float32(np.sin(along_rad))
    warp = fractal(place / 14.0, seed + 50, 3) * 3.0
    along, across = c * place[..., 0] + s * place[..., 1], c * place[..., 1] - s * place[..., 0] + warp
    streaks = fractal(np.stack([along / 16.0, across / 4.0, np.full_like(along, 0.5)], -1), seed, 6)
    patches = fractal(place / 30.0, seed + 90, 3)
    density = smoothstep(0.45 - 0.9 * cover, 1.25 - 0.9 * cover, streaks + 0.8 * patches)
    depth = thickness * density * np.minimum(1.0 / np.maximum(towards[..., 2], 0.15), 4.0)
    cosine = towards @ sun
    phase = 0.8 * _lobe_field(cosine, 0.75) + 0.2 * _lobe_field(cosine, 0.0)
    lost = 1 - np.exp(-depth)
    fields = (1 - lost, lost * phase * 1.3, lost * 0.9, way)
    return Layer(*(field.astype(np.float32) for field in fields))


def _lobe_field(cosine: Field, g: float) -> Field:
    """Henyey and Greenstein's phase function, 1/sr."""
    return ((1 - g * g) / (4 * np.pi * (1 + g * g - 2 * g * cosine) ** 1.5)).astype(np.float32)


def closed_cover(towards: Field, sun: Field, seed: int, *, height_km: float, contrast: float, glow: float) -> Field:
    """Relative radiance (…) of a sky that is closed all over, 1 in the mean.

    The CIE's overcast sky (Moon and Spencer 1942: three times brighter in the zenith than at the horizon), folds of
    `contrast` 0–1, and a `glow` 0–1 where the sun stands behind.
    """
    place, _ = _on_shell(towards, height_km)
    warp = fractal(place / (3.0 * height_km), seed + 20, 3)[..., None] * height_km * 0.6
    folds = fractal((place + warp) / (2.2 * height_km), seed, 6)
    up = np.maximum(towards[..., 2], 0.0)
    base = (1 + 2 * up) / 3 * (9 / 7)
    thin = np.exp(contrast * np.minimum(2.2 * folds, 1.2) * smoothstep(0.0, 0.25, up))
    behind = 1 + glow * 8.0 * np.exp((towards @ sun - 1) * 14.0) * (1 + 0.8 * folds)
    return (base * thin * behind).astype(np.float32)


def overlaid(sky: Field, layer: Layer, sunlight: Field, mean_sky: Field, horizon: Field) -> Field:
    """A layer over the sky (…, 3), lit by `sunlight` and `mean_sky` (3,), lost in `horizon` (…, 3) with distance."""
    lit = layer.sunlit[..., None] * sunlight + layer.skylit[..., None] * mean_sky
    near = np.exp(-layer.distance_km / FAR_KM)[..., None]
    covered = 1 - layer.passed[..., None]
    lit = lit * near + horizon * covered * (1 - near)
    return (sky * layer.passed[..., None] + lit).astype(np.float32)
