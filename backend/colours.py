"""sRGB and light: one curve, and one lightness, for all that is computed on pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LUMA", "from_oklab", "to_linear", "to_oklab", "to_srgb"]

# Björn Ottosson, "A perceptual color space for image processing", 2020: light to cones, cones to lightness and colour.
_CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                   [0.0883024619, 0.2817188376, 0.6299787005]])
_OPPONENTS = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                       [0.0259040371, 0.7827717662, -0.8086757660]])
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601: the lightness of sRGB values


def to_linear(encoded: NDArray[np.floating]) -> NDArray[np.floating]:
    """Linear Rec.709 of sRGB from 0 on, of any shape and in its type (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """sRGB of linear Rec.709 from 0 on, of any shape and in its type (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def to_oklab(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """OKLab (…, 3) of linear Rec.709 (…, 3): lightness, 1 is white, then green to red and blue to yellow about 0."""
    return np.cbrt(linear @ _CONES.T) @ _OPPONENTS.T


def from_oklab(colours: NDArray[np.floating]) -> NDArray[np.floating]:
    """Linear Rec.709 (…, 3) of OKLab (…, 3)."""
    return (colours @ np.linalg.inv(_OPPONENTS).T) ** 3 @ np.linalg.inv(_CONES).T
