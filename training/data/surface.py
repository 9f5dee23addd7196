"""A surface before the light falls on it, and the truth that follows from it for every channel.

Base colours are sRGB-encoded float32 in 0–1: mixing in display space is what a painter's eye expects.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from training.data.noise import Field

Image = NDArray[np.float32]
Tones = Sequence[tuple[float, float, float]]


class Surface(NamedTuple):
    """What a material is, pixel by pixel: (H, W) fields and (H, W, 3) pictures, all float32.

    albedo: base colour, sRGB-encoded, 0–1, without any light or shadow. height: in pixels, up towards the viewer.
    roughness, metallic: 0–1 as in the Principled shader (perceptual roughness). emission: linear RGB.
    """

    albedo: Image
    height: Field
    roughness: Field
    metallic: Field
    emission: Image


class Maps(NamedTuple):
    """A surface with what follows from its height; what a shader takes and `mini-pbr` learns.

    normal: (H, W, 3) unit vectors in tangent space, OpenGL: +x right, +y up, +z towards the viewer.
    occlusion: (H, W), the share of the hemisphere's cosine-weighted light that reaches the pixel, 0–1.
    """

    base_colour: Image
    height: Field
    normal: Image
    roughness: Field
    metallic: Field
    occlusion: Field
    emission: Image


def material(
    albedo: Image, height: Field, roughness: float | Field, metallic: float | Field = 0.0, emission: Image | None = None
) -> Surface:
    """A surface from fields or constants, each brought into its range."""
    size = height.shape

    def filled(value: float | Field, low: float) -> Field:
        return np.broadcast_to(np.clip(np.asarray(value, np.float32), low, 1.0), size).astype(np.float32)

    glow = np.zeros((*size, 3), np.float32) if emission is None else emission.astype(np.float32)
    # Below 0.03 a highlight is smaller than any light: no renderer shows the difference.
    return Surface(np.clip(albedo, 0, 1).astype(np.float32), height.astype(np.float32), filled(roughness, 0.03),
                   filled(metallic, 0.0), glow)


def maps(surface: Surface) -> Maps:
    """Every channel's truth: normal and occlusion follow from the height, which is taken to tile."""
    return Maps(surface.albedo, surface.height, normals(surface.height), surface.roughness, surface.metallic,
                occlusion(surface.height), surface.emission)


def normals(height: Field) -> Image:
    """Unit normals (H, W, 3), +y up, of a periodic height in pixels, by central differences."""
    right = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * np.float32(0.5)
    down = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * np.float32(0.5)
    length = np.sqrt(right * right + down * down + np.float32(1.0))
    return np.stack([-right / length, down / length, 1.0 / length], axis=-1).astype(np.float32)


@numba.njit(cache=True, fastmath=True)
def _occlusion(height, dx, dy, distance):  # noqa: ANN001, ANN202 - numba infers
    rows, columns = height.shape
    result = np.empty((rows, columns), np.float32)
    directions, steps = dx.shape
    for i in range(rows):
        for j in range(columns):
            here = height[i, j]
            visible = np.float32(0.0)
            for k in range(directions):
                steepest = np.float32(0.0)
                for s in range(steps):
                    there = height[(i + dy[k, s]) % rows, (j + dx[k, s]) % columns]
                    steepest = max(steepest, (there - here) / distance[k, s])
                visible += np.float32(1.0) / (np.float32(1.0) + steepest * steepest)
            result[i, j] = visible / directions
    return result


def occlusion(height: Field) -> Field:
    """Ambient occlusion of a periodic height field in pixels: 1 in the open.

    Horizon angles h in eight directions out to 16 px; a slice of the cosine-weighted hemisphere is visible to the
    share cos² h (horizon mapping, Max 1988; horizon-based ambient occlusion, Bavoil, Sainz and Dimitrov 2008).
    """
    angle = np.arange(8)[:, None] * (np.pi / 4)
    reach = np.asarray([1.0, 2.0, 4.0, 7.0, 11.0, 16.0])
    dx, dy = np.rint(np.cos(angle) * reach).astype(np.int32), np.rint(np.sin(angle) * reach).astype(np.int32)
    return _occlusion(height, dx, dy, np.hypot(dx, dy).astype(np.float32))


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


def mixed(below: float | Field, above: float | Field, amount: Field) -> Field:
    """`over` for one channel: roughness, metallic, height."""
    return (below + (above - below) * amount).astype(np.float32)


def tinted(albedo: Image, gain: Field) -> Image:
    """Brightness times 1 + gain."""
    return albedo * (1.0 + gain[..., None])


def to_linear(encoded: Image) -> Image:
    """sRGB-encoded 0–1 to linear light (IEC 61966-2-1)."""
    value = np.clip(encoded, 0.0, 1.0)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: Image) -> Image:
    """Linear light to sRGB-encoded, clipped to 0–1 (IEC 61966-2-1)."""
    value = np.clip(linear, 0.0, 1.0)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055).astype(np.float32)
