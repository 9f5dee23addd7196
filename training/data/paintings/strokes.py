"""Marks of a brush, a chalk or a drop of paint, laid on a picture one after the other.

Strokes that take their colour from a sketch, follow a flow and stop where the colour leaves it: Hertzmann, "Painterly
rendering with curved brush strokes of multiple sizes", SIGGRAPH 1998. Line integral convolution: Cabral and Leedom,
"Imaging vector fields using line integral convolution", SIGGRAPH 1993.
"""

from dataclasses import dataclass

import numba
import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Field, Rng, clouds, smoothstep
from training.data.paintings.palettes import chroma
from training.data.surface import Image

BRISTLES = 64


@dataclass(frozen=True)
class Brush:
    """One pass over the picture. Widths and lengths are pixels of a picture of 256.

    `cover`: how often a pixel is painted on average. `value` and `hue`: deviation of a stroke's brightness and of its
    channels from the sketch. `wander`: deviation from the flow in radians. `bristle`: contrast of the streaks.
    `tolerance`: how far the sketch may depart from the stroke's colour before the stroke ends (sum over channels).
    """

    width: float
    length: float
    cover: float = 1.6
    value: float = 0.05
    hue: float = 0.02
    wander: float = 0.12
    bristle: float = 0.10
    opacity: float = 0.95
    tolerance: float = 0.35


@numba.njit(cache=True, fastmath=True)
def _lay(picture, relief, sketch, flow, tooth, marks, colours, streaks, contrast, opacity, end):  # noqa: ANN001, ANN202
    """Strokes in order, in place. `marks` (N, 5): x, y, turn off the flow, width, length; `streaks` (64,) across."""
    height, width = flow.shape
    owner = np.full((height, width), -1, np.int32)
    for k in range(len(marks)):
        cx, cy, turn, length = marks[k, 0], marks[k, 1], marks[k, 2], marks[k, 4]
        half = 0.5 * marks[k, 3]
        first_row, first_column = int(cy), int(cx)
        angle = flow[first_row, first_column] + turn
        dx, dy = np.cos(angle), np.sin(angle)
        if k % 2 == 1:
            dx, dy = -dx, -dy
        shift = (k * 17) % 64
        travelled = 0.0
        while travelled < length:
            ix, iy = int(np.floor(cx)), int(np.floor(cy))
            if ix < 0 or iy < 0 or ix >= width or iy >= height:
                break
            if travelled > half:
                away = 0.0
                for c in range(3):
                    away += abs(sketch[iy, ix, c] - sketch[first_row, first_column, c])
                if away > end:
                    break
            angle = flow[iy, ix] + turn
            fx, fy = np.cos(angle), np.sin(angle)
            if fx * dx + fy * dy < 0:
                fx, fy = -fx, -fy
            dx, dy = 0.7 * dx + 0.3 * fx, 0.7 * dy + 0.3 * fy
            norm = np.sqrt(dx * dx + dy * dy) + 1e-6
            dx, dy = dx / norm, dy / norm
            rest = min(travelled + 0.5, length - travelled) / (half + 0.5)
            reach = half * np.sqrt(min(1.0, 0.25 + rest))
            v = -reach - 1.0
            while v <= reach + 1.0:
                qx, qy = int(np.floor(cx - dy * v)), int(np.floor(cy + dx * v))
                v += 0.6
                if qx < 0 or qy < 0 or qx >= width or qy >= height or owner[qy, qx] == k:
                    continue
                across = (qy + 0.5 - cy) * dx - (qx + 0.5 - cx) * dy
                cover = min(1.0, reach + 0.5 - abs(across))
                if cover <= 0.0:
                    continue
                owner[qy, qx] = k
                place = (across / (half + 1e-6) + 1.0) * 7.0
                low = int(np.floor(place))
                part = place - low
                streak = streaks[(shift + low) % 64] * (1 - part) + streaks[(shift + low + 1) % 64] * part
                alpha = cover * opacity * tooth[qy, qx] * min(1.0, max(0.0, 1.0 + 0.4 * streak * contrast / 0.1))
                for c in range(3):
                    paint = colours[k, c] * (1.0 + contrast * streak)
                    picture[qy, qx, c] += alpha * (paint - picture[qy, qx, c])
                rim = abs(across) / (half + 0.5)
                relief[qy, qx] += alpha * (1.0 + 0.45 * streak + 0.5 * rim * rim * rim - relief[qy, qx])
            cx += 0.7 * dx
            cy += 0.7 * dy
            travelled += 0.7


def brushed(
    rng: Rng,
    picture: Image,
    relief: Field,
    sketch: Image,
    flow: Field,
    brush: Brush,
    where: Field | None = None,
    tooth: Field | None = None,
) -> None:
    """Paint one pass of strokes onto `picture` (H, W, 3) and `relief` (H, W), both in place.

    Colours come from `sketch` (H, W, 3), directions from `flow` (H, W) in radians. `where`, 0–1, is the chance of a
    stroke to start at a pixel; `tooth`, 0–1, is how much paint the ground takes there.
    """
    size = picture.shape[0]
    scale = size / 256
    width, length = brush.width * scale, max(brush.length * scale, 1.5)
    count = int(brush.cover * size * size / (width * (length + width)))
    x, y = rng.uniform(0, size - 0.01, (2, count))
    if where is not None:
        kept = rng.random(count) < where[y.astype(int), x.astype(int)]
        x, y = x[kept], y[kept]
    count = len(x)
    colours = sketch[y.astype(int), x.astype(int)] * (1 + rng.normal(0, brush.value, (count, 1)))
    freedom = np.minimum(chroma(colours) / 0.12, 1)  # greys stay grey
    colours = np.clip(colours + rng.normal(0, brush.hue, (count, 3)) * freedom, 0, 1).astype(np.float32)
    bristles = np.clip(rng.standard_normal(BRISTLES), -2, 2).astype(np.float32)
    turn, widths = rng.normal(0, brush.wander, count), width * rng.uniform(0.7, 1.25, count)
    marks = np.stack([x, y, turn, widths, length * rng.uniform(0.6, 1.3, count)], axis=-1)
    tooth = np.ones_like(flow) if tooth is None else tooth
    _lay(picture, relief, sketch, flow, tooth, marks, colours, bristles, brush.bristle, brush.opacity, brush.tolerance)


def painted(rng: Rng, sketch: Image, flow: Field, brushes: tuple[Brush, ...], thickness: float = 0.5) -> Image:
    """The sketch in oil: an underpainting, each brush in turn, and the light on the relief."""
    picture = gaussian_filter(sketch, (sketch.shape[0] / 80, sketch.shape[0] / 80, 0)).astype(np.float32)
    relief = np.zeros_like(flow)
    for brush in brushes:
        brushed(rng, picture, relief, sketch, flow, brush)
    return lit_paint(picture, relief, thickness)


def lit_paint(picture: Image, relief: Field, thickness: float) -> Image:
    """Paint of the given relief under a soft light from the upper left, 0–1."""
    gy, gx = np.gradient(relief)
    slope = np.tanh(thickness * (gx + gy))
    return np.clip(picture * (1 + 0.32 * slope)[..., None] + 0.04 * np.maximum(slope, 0)[..., None], 0, 1).astype(
        np.float32
    )


@numba.njit(cache=True, fastmath=True)
def stamp_discs(picture, x, y, radii, colours, opacity, softness):  # noqa: ANN001, ANN201 - numba infers
    """Round marks in order, in place: centres, radii, soft edge in pixels; colours (N, C), opacity (N,)."""
    height, width, channels = picture.shape
    for k in range(x.size):
        reach = radii[k] + softness
        for i in range(max(0, int(y[k] - reach)), min(height, int(y[k] + reach) + 1)):
            for j in range(max(0, int(x[k] - reach)), min(width, int(x[k] + reach) + 1)):
                d = np.sqrt((i + 0.5 - y[k]) ** 2 + (j + 0.5 - x[k]) ** 2)
                alpha = opacity[k] * min(1.0, max(0.0, (radii[k] - d) / softness + 0.5))
                for c in range(channels):
                    picture[i, j, c] += alpha * (colours[k, c] - picture[i, j, c])


def contours(image: Image, width_px: float, threshold: float) -> Field:
    """Where the picture changes sharply, 0–1: a drawn line of about twice `width_px`."""
    soft = gaussian_filter(image, (width_px, width_px, 0))
    gy, gx = np.gradient(soft, axis=(0, 1))
    return smoothstep(0.6 * threshold, 1.4 * threshold, np.sqrt(gx**2 + gy**2).sum(-1) * width_px)


@numba.njit(cache=True, fastmath=True)
def _convolve_lines(noise, along_x, along_y, steps):  # noqa: ANN001, ANN202 - numba infers
    height, width = noise.shape
    out = np.empty((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            total = noise[i, j]
            for side in (-1.0, 1.0):
                x, y, dx, dy = j + 0.5, i + 0.5, 0.0, 0.0
                for _ in range(steps):
                    r, c = min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)
                    fx, fy = along_x[r, c] * side, along_y[r, c] * side
                    if fx * dx + fy * dy < 0:
                        fx, fy = -fx, -fy
                    dx, dy = fx, fy
                    x, y = x + dx, y + dy
                    total += noise[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)]
            out[i, j] = total
    return out


def hatching(rng: Rng, flow: Field, spacing_px: float, length_px: float) -> Field:
    """Lines along the flow (H, W, radians), as even ranks 0–1: below t lies the share t of the picture."""
    noise = gaussian_filter(rng.standard_normal(flow.shape).astype(np.float32), spacing_px / 4)
    lines = _convolve_lines(noise, np.cos(flow), np.sin(flow), int(length_px / 2))
    ranks = np.empty(lines.size, np.float32)
    ranks[np.argsort(lines, axis=None)] = np.linspace(0, 1, lines.size, dtype=np.float32)
    return ranks.reshape(lines.shape)


def paper_tooth(rng: Rng, size_px: int, pressure: float) -> Field:
    """How much chalk a grained paper takes, 0–1; a `pressure` of 0 catches the peaks alone, 1 fills most hollows."""
    grain = clouds(rng, size_px, 2.0 * size_px / 256, falloff=2.2)
    return smoothstep(0.9 - 2.2 * pressure, 1.7 - 2.2 * pressure, grain)
