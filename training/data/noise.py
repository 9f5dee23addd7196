"""Random fields: the grain, clouds, veins and cells that every material is drawn from.

All fields are float32 of shape (size_px, size_px), row 0 at the top, and periodic: the left edge goes on at the right.
What is laid in rows and columns tiles too when its pitch is `fitted` to the picture.
"""

from functools import lru_cache

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import fft

Field = NDArray[np.float32]
Rng = np.random.Generator


@lru_cache(maxsize=8)
def _frequencies(size_px: int) -> tuple[Field, Field]:
    fy = np.fft.fftfreq(size_px).astype(np.float32)[:, None]
    fx = np.fft.rfftfreq(size_px).astype(np.float32)[None, :]
    return fy, fx


@lru_cache(maxsize=8)
def grid(size_px: int) -> tuple[Field, Field]:
    """(x, y) of the pixel centres, in pixels; y grows downwards. Read-only: shared between callers."""
    axis = np.arange(size_px, dtype=np.float32) + 0.5
    x, y = np.meshgrid(axis, axis)
    x.flags.writeable = y.flags.writeable = False
    return x, y


def clouds(
    rng: Rng, size_px: int, length_px: float, across_px: float | None = None,
    angle_rad: float = 0.0, falloff: float = 3.0,
) -> Field:
    """Periodic Gaussian field of zero mean and unit deviation: white noise through a power-law low-pass.

    Features are `length_px` long at `angle_rad` from the x axis and `across_px` wide (the same if None).
    A `falloff` of 2 is rough, 3 natural, 6 smooth.
    """
    across_px = length_px if across_px is None else across_px
    fy, fx = _frequencies(size_px)
    c, s = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
    along, across = (c * fx + s * fy) * np.float32(length_px), (c * fy - s * fx) * np.float32(across_px)
    gain = (1.0 + along * along + across * across) ** np.float32(-falloff / 2.0)
    gain[0, 0] = 0.0
    white = fft.rfft2(rng.standard_normal((size_px, size_px), dtype=np.float32))
    field = fft.irfft2(white * gain, s=(size_px, size_px)).astype(np.float32)
    return field / (field.std() + np.float32(1e-6))


def blurred(field: Field, sigma_px: float) -> Field:
    """The periodic field under a Gaussian of `sigma_px`; by Fourier transform, so that a wide blur costs no more."""
    fy, fx = _frequencies(field.shape[0])
    gain = np.exp(np.float32(-2.0 * (np.pi * sigma_px) ** 2) * (fy * fy + fx * fx))
    return fft.irfft2(fft.rfft2(field) * gain, s=field.shape).astype(np.float32)


def fitted(size_px: int, pitch_px: float, multiple: int = 1) -> float:
    """The pitch nearest to `pitch_px` of which a multiple of `multiple` fills the picture, so that the rows tile."""
    return size_px / (multiple * max(1, round(size_px / (pitch_px * multiple))))


def wrapped(offset: Field, size_px: int) -> Field:
    """Offsets taken the short way round a periodic picture, in -size_px/2 … size_px/2."""
    return (offset + size_px / 2) % size_px - size_px / 2


def smoothstep(low: float | Field, high: float | Field, value: Field) -> Field:
    """0 below `low`, 1 above `high`, smooth between; `low` > `high` turns it round."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def shifted(field: Field, dx: NDArray, dy: NDArray) -> Field:
    """The periodic field read at pixel (x + dx, y + dy), whole pixels, shapes as the field's."""
    n = field.shape[0]
    x, y = grid(n)
    column = (x + dx).astype(np.int32) % n
    row = (y + dy).astype(np.int32) % n
    return field[row, column]


@numba.njit(cache=True, fastmath=True)
def _cells(x, y, ox, oy, metric):  # noqa: ANN001, ANN202 - numba infers
    height, width = x.shape
    rows, columns = ox.shape
    near = np.empty((height, width), np.float32)
    edge = np.empty((height, width), np.float32)
    index = np.empty((height, width), np.int32)
    for i in range(height):
        for j in range(width):
            px, py = x[i, j], y[i, j]
            cx, cy = int(np.floor(px)), int(np.floor(py))
            best, second, which = 1e9, 1e9, 0
            for a in range(-2, 3):
                for b in range(-2, 3):
                    r, c = (cy + a) % rows, (cx + b) % columns
                    dx, dy = cx + b + ox[r, c] - px, cy + a + oy[r, c] - py
                    if metric == 0:
                        d = np.sqrt(dx * dx + dy * dy)
                    else:
                        d = max(abs(dx), abs(dy))
                    if d < best:
                        second, best, which = best, d, r * columns + c
                    elif d < second:
                        second = d
            near[i, j], edge[i, j], index[i, j] = best, second - best, which
    return near, edge, index


def cells(
    rng: Rng, x: Field, y: Field, pitch_px: float, jitter: float = 1.0, square: bool = False, aspect: float = 1.0,
    stagger: bool = False,
) -> tuple[Field, Field, NDArray[np.int32]]:
    """Voronoi cells about one jittered point in each box of `pitch_px`, as many as fill the picture.

    `x` and `y` are pixel positions, warped at will by periodic fields. Returns the distance to the nearest point, the
    difference to the second nearest (0 on the joints), both in pixels, and the cell's number. `square` measures by
    the larger axis, which gives blocky cells; `aspect` stretches them along x; `stagger` shifts every other row.
    """
    size = x.shape[0]
    columns = max(1, round(size / (pitch_px * aspect)))
    rows = round(size / fitted(size, pitch_px, 2 if stagger else 1))
    low = 0.5 - jitter / 2.0
    ox = (low + jitter * rng.random((rows, columns))).astype(np.float32)
    oy = (low + jitter * rng.random((rows, columns))).astype(np.float32)
    if stagger:
        ox[1::2] += np.float32(0.5)
    u, v = (x * np.float32(columns / size)).astype(np.float32), (y * np.float32(rows / size)).astype(np.float32)
    near, edge, index = _cells(u, v, ox, oy, 1 if square else 0)
    return near * np.float32(pitch_px), edge * np.float32(pitch_px), index


def each(rng: Rng, number: NDArray[np.int32]) -> Field:
    """A normal number for every piece, cut off at 2 deviations so that no brick is a scandal; shape of `number`."""
    return np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)[number % 4096]


def lozenges(
    rng: Rng, x: Field, y: Field, across_px: float, tall_px: float,
) -> tuple[Field, Field, NDArray[np.int32]]:
    """Crossing slanted lines that part the picture into lozenges, `across_px` by `tall_px` or nearly so, so that they tile.

    `x` and `y` are pixel positions, warped at will by periodic fields. Returns how far each pixel is from one line of
    either direction to the next, 0 … 1, and the lozenge's number.
    """
    size = x.shape[0]
    columns, rows = max(1, round(size / across_px)), max(1, round(size / tall_px))
    u, v = x * np.float32(columns / size), y * np.float32(rows / size)
    down, up = u + v + np.float32(rng.random()), u - v + np.float32(rng.random())
    row, column = np.floor(down), np.floor(up)
    number = (row + column) % (2 * columns) * (2 * rows) + (row - column) % (2 * rows)
    return down - row, up - column, number.astype(np.int32)
