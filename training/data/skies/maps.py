"""From a seed to a panorama of light and the words an artist would use for it."""

from dataclasses import dataclass, replace

import numpy as np

from training.data.skies.chance import between
from training.data.skies.interiors import INTERIORS
from training.data.skies.outdoors import OUTDOORS, outdoor
from training.data.skies.shelters import SHELTERS, shelter
from training.data.skies.sphere import DRAWN_PX, Field, luminance, reduced, solid_angles

KINDS: tuple[str, ...] = (*OUTDOORS, *INTERIORS)
KEYS = {"night": 0.03, "city at night": 0.03, "dusk": 0.08, "storm": 0.12, "studio": 0.10, "neon room": 0.08}
PREFIXES = ("", "", "", "", "HDRI of ", "panorama of ", "equirectangular panorama, ", "360 degree view, ")
CAPTION_PX = 16  # rows


@dataclass(frozen=True)
class Sky:
    """One map. `radiance` (H, 2H, 3) float32 linear Rec.709, in no unit: exposures are random.

    `sun_direction` (3,) unit, z up, where the sun is in the sky (clouds or hills may hide it); None without a sun.
    """

    radiance: Field
    caption: str
    kind: str
    sun_direction: Field | None


def balanced(radiance: Field, share: float) -> Field:
    """White balance as a camera's in a room: its mean colour is taken out by `share` 0–1, its luminance is kept."""
    weight = solid_angles(len(radiance))[..., None]
    mean = (np.minimum(radiance, 8 * np.median(radiance)) * weight).sum((0, 1))
    return (radiance * (luminance(mean) / mean) ** share).astype(np.float32)


def sky(seed: int, height_px: int = 128, kind: str | None = None) -> Sky:
    """Draw the map of a seed; the same seed gives the same map at every size. `kind` is one of KINDS,
    SHELTERS or EVENINGS, or any of KINDS.

    Small maps are drawn with 256 rows and averaged, so that `height_px` must divide 256 or be 256 or more.
    """
    if height_px < DRAWN_PX and DRAWN_PX % height_px:
        raise ValueError(f"height_px is {height_px}: must divide {DRAWN_PX} or be at least that (try 128)")
    drawn = _drawn(seed, max(height_px, DRAWN_PX), kind)
    return replace(drawn, radiance=reduced(drawn.radiance, height_px)) if height_px < DRAWN_PX else drawn


def caption(seed: int, kind: str | None = None) -> str:
    """The words of `sky(seed, …, kind)`, by a map too small to look at: in a tenth of the time."""
    return _drawn(seed, CAPTION_PX, kind).caption


def _drawn(seed: int, height_px: int, kind: str | None) -> Sky:
    rng = np.random.default_rng((20261126, seed))
    kind = kind or KINDS[int(rng.integers(len(KINDS)))]
    if kind in INTERIORS:
        (radiance, words), sun = INTERIORS[kind](rng, height_px), None
        radiance = balanced(radiance, between(rng, 0.4, 0.9) if kind != "neon room" else 0.2)
    else:
        radiance, words, sun = shelter(rng, height_px) if kind in SHELTERS else outdoor(rng, height_px, kind)
    key = KEYS.get(kind, 0.18) * 2.0 ** float(rng.normal(0.0, 1.0))
    grey = np.log(luminance(radiance) + 1e-8)
    mean = float(np.exp((grey * solid_angles(height_px)).sum() / (4 * np.pi)))
    radiance = radiance * np.float32(key / mean)
    return Sky(radiance, f"{rng.choice(np.asarray(PREFIXES))}{words}", kind, sun)
