"""Many small things strewn over a picture, one over the other, round its edges: leaves, blossoms, ribbons,
brush strokes.

Compiled, because each covers few pixels and there are hundreds: 10 times faster than array slices.
"""

import numba
import numpy as np

from training.data.noise import Field, Rng


@numba.njit(cache=True, inline="always")
def _step(low, high, value):  # noqa: ANN001, ANN202 - numba infers
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@numba.njit(cache=True)
def _leaves(tone, relief, places, length):  # noqa: ANN001, ANN202
    size, count = tone.shape[0], places.shape[0]
    reach = min(int(length) + 2, size // 2)
    for k in range(count):
        cx, cy, turn, shade = places[k]
        c, s = np.cos(turn), np.sin(turn)
        for i in range(int(cy) - reach, int(cy) + reach):
            for j in range(int(cx) - reach, int(cx) + reach):
                dx, dy = j + 0.5 - cx, i + 0.5 - cy
                u, v = (dx * c + dy * s) / (length * 0.8), (dy * c - dx * s) / (length * 0.8)
                if abs(u) >= 1.0:
                    continue
                half = 0.46 * (1.0 - u * u) * (1.1 - 0.35 * u)
                inside = _step(-0.02, 0.05, half - abs(v))
                if inside == 0.0:
                    continue
                rib = _step(0.07, 0.02, abs(v))
                vein = _step(0.75, 1.0, np.sin(18.0 * (u - 0.9 * abs(v))))
                fold = 0.04 if v > 0 else 0.0
                y, x = i % size, j % size
                tone[y, x] += (shade + 0.13 * rib - 0.06 * vein - fold - tone[y, x]) * inside
                # Later leaves lie higher, each bent up at the rim and along its veins.
                high = 6.0 * k / count + 3.0 * v * v - 0.35 * rib + 0.12 * vein + 1.2 * u * u
                relief[y, x] += (high - relief[y, x]) * inside


def leaves(rng: Rng, size_px: int, length_px: float) -> tuple[Field, Field]:
    """Pointed leaves lying every way: tone (0 on the ground between them) and height in pixels."""
    count = int(5.7 * (size_px / length_px) ** 2)
    turn, shade = rng.uniform(0, 2 * np.pi, count), 0.36 + 0.30 * np.arange(count) / count + rng.normal(0, 0.10, count)
    places = np.stack([*rng.uniform(0, size_px, (2, count)), turn, shade], axis=-1)
    tone, relief = np.zeros((size_px, size_px), np.float32), np.zeros((size_px, size_px), np.float32)
    _leaves(tone, relief, places, length_px)
    return tone, relief


@numba.njit(cache=True)
def _blossoms(tone, cover, heart, relief, places):  # noqa: ANN001, ANN202
    size = tone.shape[0]
    for k in range(places.shape[0]):
        cx, cy, turn, radius, shade = places[k]
        reach = min(int(radius) + 2, size // 2)
        for i in range(int(cy) - reach, int(cy) + reach):
            for j in range(int(cx) - reach, int(cx) + reach):
                dx, dy = j + 0.5 - cx, i + 0.5 - cy
                d = np.hypot(dx, dy) / radius
                wave = abs(np.cos(2.5 * (np.arctan2(dy, dx) + turn)))
                petal = _step(0.0, 0.08, 0.42 + 0.55 * wave**0.7 - d)
                if petal == 0.0:
                    continue
                y, x = i % size, j % size
                centre = _step(0.26, 0.18, d)
                tone[y, x] += (shade + 0.45 * d + 0.10 * wave - tone[y, x]) * petal
                cover[y, x] += (1.0 - cover[y, x]) * petal
                heart[y, x] += (centre - heart[y, x]) * petal
                relief[y, x] += (8.0 + 2.5 * d + 1.2 * wave + 1.5 * centre - relief[y, x]) * petal


def blossoms(rng: Rng, relief: Field, radius_px: float) -> tuple[Field, Field, Field]:
    """Five-petalled blossoms laid over `relief`, which is changed: their tone, cover 0–1, and yellow hearts 0–1."""
    size = relief.shape[0]
    count = max(int(1.1 * (size / (radius_px * 2.3)) ** 2), 1)
    places = np.stack([*rng.uniform(0, size, (2, count)), rng.uniform(0, 2 * np.pi, count),
                       radius_px * rng.uniform(0.7, 1.15, count), 0.38 + rng.normal(0, 0.06, count)], axis=-1)
    tone, cover, heart = (np.zeros_like(relief) for _ in range(3))
    _blossoms(tone, cover, heart, relief, places)
    return tone, cover, heart


@numba.njit(cache=True)
def _strokes(colour, relief, places, shades, bristles, length, width, scale):  # noqa: ANN001, ANN202
    size = relief.shape[0]
    reach = min(int(length) + 2, size // 2)
    for k in range(places.shape[0]):
        cx, cy, turn = places[k]
        c, s = np.cos(turn), np.sin(turn)
        for i in range(int(cy) - reach, int(cy) + reach):
            for j in range(int(cx) - reach, int(cx) + reach):
                dx, dy = j + 0.5 - cx, i + 0.5 - cy
                u = dx * c + dy * s
                v = dy * c - dx * s + 0.004 * u * u
                if abs(v) >= width:
                    continue
                bristle = bristles[int(np.floor((v + width) / (1.6 * scale))) % 64]
                inside = _step(0.0, 1.5, width - abs(v)) * _step(0.0, 4.0, length * 0.8 + 3 * bristle - abs(u))
                y, x = i % size, j % size
                for band in range(3):
                    paint = shades[k, band] * (1.0 + 0.07 * bristle)
                    colour[y, x, band] += (paint - colour[y, x, band]) * inside * 0.93
                relief[y, x] += (1.8 + 0.5 * bristle - 0.02 * v * v / scale - relief[y, x]) * inside


def strokes(rng: Rng, colour: Field, flow: Field, shades: Field, length_px: float, width_px: float) -> Field:
    """Bristled strokes in `shades` (count, 3) along the angles of `flow`, painted into `colour` (H, W, 3): height."""
    size, count = flow.shape[0], len(shades)
    cx, cy = rng.uniform(0, size, (2, count))
    turn = flow[cy.astype(int), cx.astype(int)] + rng.normal(0, 0.25, count)
    relief = np.zeros_like(flow)
    _strokes(colour, relief, np.stack([cx, cy, turn], axis=-1), shades, rng.standard_normal(64), length_px, width_px,
             width_px / 9.0)
    return relief


@numba.njit(cache=True)
def _ribbons(tone, relief, places):  # noqa: ANN001, ANN202
    size, count = tone.shape[0], places.shape[0]
    for k in range(count):
        cx, cy, turn, length, width, bend, shade = places[k]
        reach = min(int(length + 2 * width + abs(bend)) + 2, size // 2)
        c, s = np.cos(turn), np.sin(turn)
        for i in range(int(cy) - reach, int(cy) + reach):
            for j in range(int(cx) - reach, int(cx) + reach):
                dx, dy = j + 0.5 - cx, i + 0.5 - cy
                u = (dx * c + dy * s) / length
                if u < -1.0 or u > 1.0:
                    continue
                v = (dy * c - dx * s - bend * np.sin(2.6 * u + bend)) / width
                half = np.sqrt(1.0 - u * u) * (1.0 - 0.35 * u)
                inside = _step(0.0, 1.2, (half - abs(v)) * width)
                if inside == 0.0:
                    continue
                y, x = i % size, j % size
                rib = _step(0.22, 0.08, abs(v))
                side = 0.05 if v > 0 else -0.05
                tone[y, x] += (shade + 0.12 * rib + side - 0.14 * abs(v) - tone[y, x]) * inside
                relief[y, x] += (7.0 * k / count + 0.25 * width * (half - v * v) - relief[y, x]) * inside


def ribbons(places: Field, size_px: int) -> tuple[Field, Field]:
    """Wavy ribbons with a midrib, tapering at both ends, later ones on top: tone (0 between them), height in pixels.

    `places` (count, 7): x, y, angle, half the length, half the width, the wave's height, the tone.
    """
    tone, relief = np.zeros((size_px, size_px), np.float32), np.zeros((size_px, size_px), np.float32)
    _ribbons(tone, relief, places)
    return tone, relief
