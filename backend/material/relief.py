"""Height and normals that say the same: a gradient field has no curl, and a height is what it is the gradient of.

Slopes are central differences on a torus; along an axis that does not wrap the surface goes on as its mirror image.
Everything is solved exactly by Fourier transforms. Heights and distances are in pixels.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

__all__ = ["curl", "height_from", "normals_of", "slopes_from", "slopes_of"]

Array = NDArray[np.float64]

_STEEPEST = 0.05  # of a normal's z: a slope of 20; what leans more is no height field any more
_TRUSTED_PX = 64.0  # waves longer than this are the height's to say, shorter ones the normals'


def slopes_of(height: NDArray[np.floating], *, wraps_x: bool, wraps_y: bool) -> tuple[Array, Array]:
    """How a height (H, W) rises to the right and upwards (rows go down), each (H, W) float64."""
    height = height.astype(np.float64)

    def central(axis: int, wraps: bool) -> Array:
        padded = np.pad(height, [(1, 1) if place == axis else (0, 0) for place in (0, 1)],
                        mode="wrap" if wraps else "symmetric")
        after, before = (np.take(padded, range(start, start + height.shape[axis]), axis) for start in (2, 0))
        return (after - before) / 2

    return central(1, wraps_x), -central(0, wraps_y)


def normals_of(height: NDArray[np.floating], *, wraps_x: bool, wraps_y: bool) -> Array:
    """Unit normals (H, W, 3) of a height (H, W): x right, y up, z out of the surface (OpenGL's way)."""
    right, up = slopes_of(height, wraps_x=wraps_x, wraps_y=wraps_y)
    normals = np.stack([-right, -up, np.ones_like(right)], axis=-1)
    return normals / np.linalg.norm(normals, axis=-1, keepdims=True)


def slopes_from(normals: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """How a surface with normals (H, W, 3) rises to the right and upwards, each (H, W); a slope of 20 at most where it
    leans more than a height can."""
    outwards = np.maximum(normals[..., 2], _STEEPEST)
    return -normals[..., 0] / outwards, -normals[..., 1] / outwards


def height_from(normals: NDArray[np.floating], coarse: NDArray[np.floating] | None, *, wraps_x: bool, wraps_y: bool
                ) -> Array:
    """The height (H, W) float64, about a mean of 0, whose slopes come nearest to those of normals (H, W, 3).

    Least squares in the slopes; with a coarse height (H, W) also in that, so that it decides the long waves and the
    normals the short ones (Nehab et al., "Efficiently Combining Positions and Normals for Precise 3D Geometry", 2005).
    Without one it is the projection onto the fields without curl (Frankot and Chellappa, "A Method for Enforcing
    Integrability in Shape from Shading Algorithms", 1988): the height of normals that have none is found again.
    """
    high, wide = normals.shape[:2]
    right, up = slopes_from(normals.astype(np.float64))
    down = -up
    if not wraps_x:
        right, down = _mirrored(right, 1, odd=True), _mirrored(down, 1)
    if not wraps_y:
        right, down = _mirrored(right, 0), _mirrored(down, 0, odd=True)
    shape = right.shape
    # The central difference of a wave exp(2πi f n) is i sin(2π f) times it.
    along_y = np.sin(2 * np.pi * scipy.fft.fftfreq(shape[0]))[:, None]
    along_x = np.sin(2 * np.pi * scipy.fft.rfftfreq(shape[1]))[None]
    power = along_x**2 + along_y**2
    found = -1j * (along_x * scipy.fft.rfft2(right, workers=2) + along_y * scipy.fft.rfft2(down, workers=2))
    if coarse is not None:
        if not wraps_x:
            coarse = _mirrored(coarse, 1)
        if not wraps_y:
            coarse = _mirrored(coarse, 0)
        trust = (2 * np.pi / _TRUSTED_PX) ** 2
        found = found + trust * scipy.fft.rfft2(coarse.astype(np.float64), workers=2)
        power = power + trust
    # What the differences do not see (the mean, and waves of two pixels) is 0.
    unseen = power < 1e-12
    spectrum = np.where(unseen, 0, found / np.where(unseen, 1, power))
    spectrum[0, 0] = 0
    return np.ascontiguousarray(scipy.fft.irfft2(spectrum, s=shape, workers=2)[:high, :wide])


def curl(normals: NDArray[np.floating], *, wraps_x: bool, wraps_y: bool) -> float:
    """How far normals (H, W, 3) are from being those of a height: the root mean square of the part of their slopes
    that no height has, over that of the slopes; 0 for those of a height and for a plane."""
    own = height_from(normals, None, wraps_x=wraps_x, wraps_y=wraps_y)
    slopes = np.stack(slopes_from(normals.astype(np.float64)))
    rest = slopes - np.stack(slopes_of(own, wraps_x=wraps_x, wraps_y=wraps_y))
    size = float(np.sqrt(np.mean(slopes**2)))
    return float(np.sqrt(np.mean(rest**2))) / size if size > 1e-9 else 0.0


def _mirrored(field: NDArray[np.floating], axis: int, *, odd: bool = False) -> NDArray[np.floating]:
    """Twice as long: the field, then its mirror image; a slope along the axis changes its sign there."""
    return np.concatenate([field, np.flip(field, axis) * (-1 if odd else 1)], axis)
