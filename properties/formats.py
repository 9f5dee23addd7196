"""How a picture that is made may be kept: the items of every choice of a `PictureFormat`, named as its members are."""

from __future__ import annotations

__all__ = ["FORMATS"]

FORMATS = (
    ("PNG_8", "PNG, 8 Bit", "sRGB with 256 tones a channel: small, and what every program reads"),
    ("PNG_16", "PNG, 16 Bit", "sRGB with 65,536 tones a channel: no steps in soft gradients, also after grading"),
    ("EXR_HALF", "OpenEXR, Half", "Linear Rec.709 in 16-bit floats: what film pipelines keep colours in"),
    ("EXR_FLOAT", "OpenEXR, Float", "Linear Rec.709 in 32-bit floats: all that was computed, in the largest files"),
)
