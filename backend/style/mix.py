"""What a style leaves of its content: colours, and what is transparent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..colours import LUMA

__all__ = ["keep_colours", "over_mean"]


def keep_colours(styled: NDArray[np.float32], content: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """The lightness of the one with the colours of the other, (H, W, 3) in sRGB (Gatys et al., "Preserving Color in
    Neural Artistic Style Transfer", 2016, luminance-only transfer); `share` 0 leaves the styled colours, 1 takes all of
    the content's.
    """
    if share == 0:
        return styled
    lightness = (styled - content) @ LUMA
    return styled + np.float32(share) * ((content + lightness[..., None]).clip(0, 1) - styled)


def over_mean(colours: NDArray[np.float32], alpha: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """The picture (H, W, 3) with its own mean colour behind what is transparent, so that no network sees an edge to
    black there; as it is without alpha.
    """
    if alpha is None:
        return colours
    cover = alpha[..., None]
    total = float(cover.sum())
    mean = (colours * cover).sum(axis=(0, 1)) / total if total > 0 else np.full(3, 0.5, np.float32)
    return (mean + cover * (colours - mean)).astype(np.float32)
