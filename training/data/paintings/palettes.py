"""Named palettes: a few colours that belong together, and the words for them.

Colours are sRGB in 0–1. Every palette has the same roles, so that any composition can be painted in any of them:
a dark for contours and night, three tones (the first for skies and water, the second for land and masses, the third
as their counterpart), an accent for what shines, and a light for paper, clouds and glints.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float32]


@dataclass(frozen=True)
class Palette:
    """Six colours, each (3,) float32 sRGB 0–1; `adjectives` go before a noun, `phrases` after it."""

    name: str
    dark: Colour
    tones: tuple[Colour, Colour, Colour]
    accent: Colour
    light: Colour
    adjectives: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def bright(self) -> list[Colour]:
        """The four colours that are neither the dark nor the light."""
        return [*self.tones, self.accent]


def mix(a: Colour, b: Colour, amount: float) -> Colour:
    """The colour `amount` of the way from a to b, (3,) float32."""
    return np.asarray(a + (b - a) * np.float32(amount), np.float32)


def luminance(colour: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rec. 709 weights on display values (..., 3): how light a colour looks, well enough to order tones by."""
    return np.asarray(colour @ np.float32([0.2126, 0.7152, 0.0722]), np.float32)


def chroma(colour: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far colours (..., 3) are from grey: largest minus smallest channel, (..., 1)."""
    return np.asarray(np.ptp(colour, axis=-1)[..., None], np.float32)


def _colour(code: str) -> Colour:
    return np.float32([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def _palette(name: str, codes: str, adjectives: tuple[str, ...], phrases: tuple[str, ...]) -> Palette:
    dark, first, second, third, accent, light = (_colour(code) for code in codes.split())
    return Palette(name, dark, (first, second, third), accent, light, adjectives, phrases)


#                          dark   sky    land   third  accent light
PALETTES: dict[str, Palette] = {p.name: p for p in (
    _palette("blue and gold", "14213d 2a4d8f 4f7fb5 c8963e f2c14e f3ead7",
             ("blue and gold", "golden blue"), ("in blues and golds", "in blue and gold")),
    _palette("warm", "3b1320 c2503a 9c2f2f e2803f f6c453 fbe8c8",
             ("warm", "fiery", "glowing"), ("in warm colours", "in reds and oranges", "in warm tones")),
    _palette("cool", "10222e 3f87a6 1f5a6b 7fb5b0 d9e6b5 e9f3ee",
             ("cool", "cold"), ("in cool colours", "in cool tones", "in cold blues")),
    _palette("earth", "2a1d14 b59a72 7a5534 7c7a4c cf9a4e efe3c8",
             ("earthy", "brown", "ochre"), ("in earth tones", "in browns and ochres", "in ochre and umber")),
    _palette("muted", "34363b 7d8b95 8c8478 a9ab98 c08f7a e6e1d7",
             ("muted", "subdued", "faded"), ("in muted colours", "in muted tones", "in soft greys")),
    _palette("pastel", "6d6a8a a8c5e2 b4d6b4 f2b8c6 f8d99b fbf5ee",
             ("pastel", "pastel-coloured", "delicate"), ("in pastel colours", "in pastel tones", "in pale colours")),
    _palette("monochrome", "161616 8a8a8a 474747 b4b4b4 d8d8d6 f4f3f0",
             ("monochrome", "black and white", "grey"), ("in black and white", "in greys", "in monochrome")),
    _palette("sepia", "2b1b10 a8845a 6b4a2d c29d70 dcc398 f3e6cd",
             ("sepia", "sepia-toned", "old brown"), ("in sepia", "in sepia tones", "in faded browns")),
    _palette("primary", "121214 1f4fa3 d7261e f2c417 e9531d f5f2e8",
             ("red, yellow and blue", "primary-coloured"), ("in red, yellow and blue", "in primary colours")),
    _palette("green", "12261a 7fae8c 2e5d3a 9db668 e3c65b eff1dc",
             ("green", "verdant", "leafy"), ("in greens", "in green tones", "in shades of green")),
    _palette("purple and pink", "23143a 7a5ab5 54307f e089b5 f9c0a8 f9ecf2",
             ("purple and pink", "violet"), ("in purples and pinks", "in purple and pink", "in violets")),
    _palette("red and black", "0f0b0b 8e1a1d 3a0d10 c9382c e9c9a0 f2e6d6",
             ("red and black", "dramatic red"), ("in red and black", "in reds and blacks", "in deep reds")),
    _palette("teal and orange", "0f2a30 3d8c8c 1c5a5f e08a3c f6b565 f6ecd9",
             ("teal and orange",), ("in teal and orange", "in teals and oranges")),
    _palette("autumn", "2d1a12 c98f4a 7a3a1d b8562a e8b84a f4e5c2",
             ("autumnal", "autumn-coloured"), ("in autumn colours", "in autumnal tones", "in russet and gold")),
    _palette("night", "090e22 29447f 14224a 5c7cb5 f4d06f dfe6f0",
             ("dark blue", "nocturnal", "midnight blue"), ("in deep blues", "in night blues", "in dark blue")),
    _palette("vivid", "1b1b3a 1d6fd1 1fa877 e8384f ffb627 fdf7ea",
             ("vivid", "colourful", "bright"), ("in vivid colours", "in bright colours", "in many colours")),
    _palette("turquoise and coral", "123a44 59bcc0 1f8f94 f08370 f9c6a8 fdf3e7",
             ("turquoise and coral",), ("in turquoise and coral", "in turquoise and pink")),
    _palette("spring", "27402c 9fd0e0 7fb069 f4a6b8 f7d774 fbf8ea",
             ("fresh", "spring-like", "light green"), ("in spring colours", "in fresh greens and pinks")),
)}
