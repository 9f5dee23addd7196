"""What `models/mini` learns from: of four pictures in a row three are of materials, one is a painting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.captions import specimen, subject
from training.data.families import FAMILIES
from training.data.paintings import KINDS, painting

__all__ = ["LABELS", "Example", "example", "label_of", "subject_of"]

_CYCLE = 4
_KINDS = tuple(KINDS)

# What a classifier tells apart: the materials, then the kinds of painting.
LABELS = (*(family.name for family in FAMILIES), *(f"painting/{kind}" for kind in _KINDS))


@dataclass(frozen=True)
class Example:
    """One training pair. `image` is (size_px, size_px, 3) float32, sRGB in 0–1; `label` is one of `LABELS`."""

    image: NDArray[np.float32]
    caption: str
    label: str


def example(seed: int, size_px: int = 256) -> Example:
    """The picture of a seed; the same seed gives the same bytes."""
    if _is_painting(seed):
        painted = painting(seed // _CYCLE, size_px, _kind(seed))
        return Example(painted.image, painted.caption, label_of(seed))
    drawn = specimen(seed, size_px)
    return Example(drawn.image, drawn.caption, drawn.family)


def subject_of(seed: int) -> tuple[str, str]:
    """What `example(seed)` shows, without drawing it: (material, colour), or (kind of painting, "")."""
    return (_kind(seed), "") if _is_painting(seed) else subject(seed)


def label_of(seed: int) -> str:
    """The label of `example(seed)`, without drawing it."""
    return f"painting/{_kind(seed)}" if _is_painting(seed) else subject(seed)[0]


def _kind(seed: int) -> str:
    return _KINDS[seed // _CYCLE % len(_KINDS)]


def _is_painting(seed: int) -> bool:
    return seed % _CYCLE == _CYCLE - 1
