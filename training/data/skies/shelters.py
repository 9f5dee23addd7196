"""Places that look out: a porch, an arcade, a shed with open sides. What is bright there is the open air, and mostly
not by much: the sun stands behind the roof."""

from typing import NamedTuple

import numpy as np

from training.data.skies.chance import Rng, between, new_seed, one_of
from training.data.skies.outdoors import outdoor
from training.data.skies.sphere import Field, directions, fractal, mix, smoothstep, solid_angles

OUTSIDE = ("clear day", "clear day", "cumulus", "cirrus", "overcast", "sunset", "dusk", "city", "city", "hills", "forest",
           "snow")  # kinds of places that are looked out at
WALLS = ((0.30, 0.13, 0.08), (0.52, 0.46, 0.38), (0.22, 0.14, 0.08), (0.6, 0.6, 0.58), (0.12, 0.12, 0.12),
         (0.45, 0.33, 0.16))
FLOORS = ((0.18, 0.17, 0.16), (0.30, 0.27, 0.23), (0.12, 0.08, 0.05))
SHELTERS = ("shelter",)
EYE_M = 1.6


class _Opening(NamedTuple):
    """Metres on a wall: from `left` to `right` along it, from `low` to `high`; pillars stand `apart`, `wide`."""

    left: float
    right: float
    low: float
    high: float
    apart: float
    wide: float


def _opening(rng: Rng, half_m: float, ceiling_m: float) -> _Opening | None:
    """Of a wall `half_m` to either side; None in half of the walls."""
    if rng.random() < 0.5:
        return None
    left, right = -half_m, half_m
    if rng.random() < 0.5:
        width = between(rng, 0.3, 0.9) * 2 * half_m
        left = between(rng, -half_m, half_m - width)
        right = left + width
    low = -EYE_M if rng.random() < 0.7 else between(rng, -0.9, -0.3)
    high = ceiling_m - (0.0 if rng.random() < 0.4 else between(rng, 0.1, 0.6) * min(ceiling_m, 1.5))
    return _Opening(left, right, low, high, between(rng, 1.4, 5.0), between(rng, 0.06, 0.4))


def shelter(rng: Rng, height_px: int) -> tuple[Field, str, Field | None]:
    """(H, 2H, 3) radiance, caption, and where the sun stands if it is in the sky outside."""
    outside, words, sun = outdoor(rng, height_px, one_of(rng, OUTSIDE))
    towards, angles = directions(height_px), solid_angles(height_px)[..., None]
    half = rng.uniform(1.5, 9.0, 2)
    ceiling_m = between(rng, 0.8, 4.0)
    turn = between(rng, -np.pi, np.pi)
    c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    ray = np.stack([c * towards[..., 0] - s * towards[..., 1], s * towards[..., 0] + c * towards[..., 1],
                    towards[..., 2]], -1)
    stands = (rng.uniform(-0.6, 0.6, 2) * half).astype(np.float32)  # of the shed's middle, from the eye
    far = np.stack([np.where(ray[..., i] > 0, stands[i] + half[i], half[i] - stands[i]) for i in (0, 1)]
                   + [np.where(ray[..., 2] > 0, ceiling_m, EYE_M)], -1)
    reach = far / np.maximum(np.abs(ray), 1e-6)
    axis = reach.argmin(-1)
    hit = ray * reach.min(-1)[..., None]
    free = np.zeros(axis.shape, bool)
    openings = {(i, side): _opening(rng, float(half[1 - i]), ceiling_m) for i in (0, 1) for side in (False, True)}
    if not any(openings.values()):
        openings[0, True] = _Opening(-float(half[1]), float(half[1]), -EYE_M, ceiling_m, 3.0, 0.2)
    for (i, side), gap in openings.items():
        if gap is not None:
            along, up = hit[..., 1 - i] - stands[1 - i], hit[..., 2]
            pillar = (along - gap.left) % gap.apart < gap.wide
            free |= ((axis == i) & ((ray[..., i] > 0) == side) & (along > gap.left) & (along < gap.right)
                     & (up > gap.low) & (up < gap.high) & ~pillar)
    seen = outside * free[..., None]
    # Light that comes in is spread over all that is inside, and thrown back some times.
    inside = float((~free * angles[..., 0]).sum())
    soft = np.minimum(seen, 20 * np.median(outside))
    thrown = (soft * angles).sum((0, 1)) / np.float32(max(inside, 1.0))
    wall, floor = np.asarray(WALLS[int(rng.integers(len(WALLS)))]), np.asarray(FLOORS[int(rng.integers(len(FLOORS)))])
    roof = wall * between(rng, 0.3, 1.0)
    albedo = np.where((axis == 2)[..., None], np.where(ray[..., 2:] > 0, roof, floor), wall).astype(np.float32)
    grain = fractal(hit * np.float32(between(rng, 2.0, 7.0)), new_seed(rng), 5)
    albedo = albedo * np.exp(between(rng, 0.1, 0.7) * grain)[..., None].clip(0.4, 2.0)
    depth = smoothstep(0.0, float(half.max()), np.abs(hit[..., :2]).max(-1))  # lighter the farther away, as a camera sees a dark room
    shade = albedo * thrown * (0.5 + depth)[..., None] * np.float32(2 ** between(rng, -0.5, 1.0))
    radiance = mix(shade, outside, free.astype(np.float32))
    place = one_of(rng, ["a porch", "an arcade", "an open shed", "a covered courtyard", "a shelter"])
    return radiance.astype(np.float32), one_of(rng, [f"{place}, {words}", f"view from {place}, {words}"]), sun
