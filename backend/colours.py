"""sRGB and light: one curve, and one lightness, for all that is computed on pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LUMA", "to_linear", "to_srgb"]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601: the lightness of sRGB values


def to_linear(encoded: NDArray[np.floating]) -> NDArray[np.floating]:
    """Linear Rec.709 of sRGB from 0 on, of any shape and in its type (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """sRGB of linear Rec.709 from 0 on, of any shape and in its type (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
