"""The sphere of directions that a panorama shows, and what is drawn on it: noise, discs, averages.

Equirectangular pictures are (H, 2H, …), row 0 at the zenith, centre column along +x, as Blender reads them; z is up.
Every field is a function of the 3D direction, never of the pixel, so that it wraps in x and has no pinch at the poles.
"""

from functools import lru_cache

import numba
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

DRAWN_PX = 256  # rows that a smaller map is drawn with before it is averaged: edges and small lamps keep their share


@lru_cache(maxsize=4)
def directions(height_px: int) -> Field:
    """(H, 2H, 3) float32 unit directions of the pixel centres. Read-only: shared between callers."""
    latitude = np.pi / 2 - (np.arange(height_px) + 0.5) / height_px * np.pi
    azimuth = np.pi - (np.arange(2 * height_px) + 0.5) / height_px * np.pi
    across, up = np.cos(latitude)[:, None], np.sin(latitude)[:, None]
    axes = (across * np.cos(azimuth), across * np.sin(azimuth), up * np.ones_like(azimuth))
    field = np.stack(axes, -1).astype(np.float32)
    field.flags.writeable = False
    return field


@lru_cache(maxsize=8)
def solid_angles(height_px: int) -> Field:
    """(H, 1) float32 steradians of one pixel in each row, exact: the map's sum is 4π."""
    edges = np.sin(np.pi / 2 - np.arange(height_px + 1) / height_px * np.pi)
    field = ((edges[:-1] - edges[1:]) * np.pi / height_px).astype(np.float32)[:, None]
    field.flags.writeable = False
    return field


def reduced(picture: Field, height_px: int) -> Field:
    """(h, 2h, c) → (H, 2H, c) by means over blocks, weighted by solid angle: energy stays."""
    h, _, channels = picture.shape
    k = h // height_px
    weight = solid_angles(h)[:, :, None]
    blocks = (picture * weight).reshape(height_px, k, 2 * height_px, k, channels).sum((1, 3))
    return (blocks / (solid_angles(height_px)[:, :, None])).astype(np.float32)


def luminance(colour: Field) -> Field:
    """(…, 3) linear Rec.709 → (…)."""
    return colour @ np.asarray((0.2126, 0.7152, 0.0722), np.float32)


def smoothstep(low: float | Field, high: float | Field, value: Field) -> Field:
    """0 below `low`, 1 above `high`, smooth between; `low` > `high` turns it round."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def mix(under: Field | NDArray, over: Field | NDArray, alpha: Field) -> Field:
    """Colours (…, 3) laid over each other by `alpha` (…)."""
    return (under + (over - under) * alpha[..., None]).astype(np.float32)


def direction(azimuth_rad: float, elevation_rad: float) -> Field:
    """(3,) float32."""
    c = np.cos(elevation_rad)
    return np.asarray((c * np.cos(azimuth_rad), c * np.sin(azimuth_rad), np.sin(elevation_rad)), np.float32)


def disc(height_px: int, towards: Field, radius_rad: float) -> Field:
    """(H, 2H) float32: the share of each pixel that a disc covers; Σ share · solid angle is the disc's own.

    Pixels near it are sampled 16×16 times; then the sum is set right, however small the disc is.
    """
    share = np.zeros((height_px, 2 * height_px), np.float32)
    reach = radius_rad + 1.5 * np.pi / height_px
    near = np.argwhere(directions(height_px) @ towards > np.cos(reach))
    offset = (np.arange(16) + 0.5) / 16
    rows = near[:, 0, None, None] + offset[None, :, None]
    columns = near[:, 1, None, None] + offset[None, None, :]
    latitude, azimuth = np.pi / 2 - rows / height_px * np.pi, np.pi - columns / height_px * np.pi
    level = np.cos(azimuth) * towards[0] + np.sin(azimuth) * towards[1]
    cosine = np.cos(latitude) * level + np.sin(latitude) * towards[2]
    share[near[:, 0], near[:, 1]] = (cosine > np.cos(radius_rad)).mean((1, 2))
    if not share.any():  # smaller than the samples' pitch: all in the pixel that it lies in
        nearest = near[np.argmax(cosine.mean((1, 2)))]
        share[nearest[0], nearest[1]] = 1.0
    own = 2 * np.pi * (1 - np.cos(radius_rad))
    return share * np.float32(own / (share * solid_angles(height_px)).sum())


@numba.njit(cache=True, inline="always")
def _gradient(ix: int, iy: int, iz: int, seed: int, x: float, y: float, z: float) -> float:
    h = (ix * 374761393 + iy * 668265263 + iz * 2147483647 + seed * 974634777) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = (h ^ (h >> 16)) & 15
    u = x if h < 8 else y
    v = y if h < 4 else (x if h in (12, 14) else z)
    return (u if h & 1 == 0 else -u) + (v if h & 2 == 0 else -v)


@numba.njit(cache=True, inline="always")
def _fade(t: float) -> float:
    return t * t * t * (t * (t * 6 - 15) + 10)


@numba.njit(cache=True)
def noise_at(x: float, y: float, z: float, seed: int) -> float:
    """Gradient noise at a point, about -1…1 (Perlin, Improving Noise, SIGGRAPH 2002)."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    ix, iy, iz = int(fx), int(fy), int(fz)
    x, y, z = x - fx, y - fy, z - fz
    u, v, w = _fade(x), _fade(y), _fade(z)
    a = _gradient(ix, iy, iz, seed, x, y, z)
    b = _gradient(ix + 1, iy, iz, seed, x - 1, y, z)
    c = _gradient(ix, iy + 1, iz, seed, x, y - 1, z)
    d = _gradient(ix + 1, iy + 1, iz, seed, x - 1, y - 1, z)
    e = _gradient(ix, iy, iz + 1, seed, x, y, z - 1)
    f = _gradient(ix + 1, iy, iz + 1, seed, x - 1, y, z - 1)
    g = _gradient(ix, iy + 1, iz + 1, seed, x, y - 1, z - 1)
    h = _gradient(ix + 1, iy + 1, iz + 1, seed, x - 1, y - 1, z - 1)
    a, c = a + u * (b - a), c + u * (d - c)
    e, g = e + u * (f - e), g + u * (h - g)
    a, e = a + v * (c - a), e + v * (g - e)
    return a + w * (e - a)


@numba.njit(cache=True)
def fractal_at(x: float, y: float, z: float, seed: int, octaves: int) -> float:
    """Octaves of noise, each twice as fine and half as strong as the last; deviation about 0.3."""
    total, gain = 0.0, 1.0
    for octave in range(octaves):
        total += gain * noise_at(x, y, z, seed + octave)
        x, y, z, gain = 2.03 * x + 17.1, 2.03 * y + 5.7, 2.03 * z + 31.3, 0.5 * gain
    return total


@numba.njit(cache=True)
def _fractals(points: NDArray, seed: int, octaves: int, out: NDArray) -> None:
    for i in range(len(points)):
        out[i] = fractal_at(points[i, 0], points[i, 1], points[i, 2], seed, octaves)


def fractal(points: Field, seed: int, octaves: int = 5) -> Field:
    """Fractal noise at `points` (…, 3), in cells; (…) float32 of zero mean and deviation about 0.3."""
    out = np.empty(points.shape[:-1], np.float32)
    _fractals(np.ascontiguousarray(points, np.float32).reshape(-1, 3), seed, octaves, out.reshape(-1))
    return out
