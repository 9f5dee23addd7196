"""The clear sky: sunlight scattered by air, haze and ozone, from noon to the end of dusk.

Single scattering after Nishita et al., Display of The Earth Taking into Account Atmospheric Scattering (SIGGRAPH 1993),
with air and haze as Hillaire lists them (A Scalable and Production Ready Sky and Atmosphere Rendering Technique, EGSR
2020), but at 630, 550 and 460 nm, nearer to the Rec.709 primaries than his 680, 550, 440: there ozone takes more of the
red, and dusk turns blue, not purple. The higher orders are taken as isotropic and as strong as the mean of the first,
summed as a geometric series; without them dusk is too dark and the horizon too yellow.

Radiance is in units of the sun's irradiance above the air over π: a white board under it would show 1.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from training.data.skies.sphere import Field

SUN_RADIUS_RAD = np.radians(0.2665)
SUN_IRRADIANCE = np.pi * np.asarray((0.92, 1.0, 1.08))  # above the air
EARTH_KM, AIR_KM = 6360.0, 100.0
RAYLEIGH = np.asarray((7.88e-3, 13.56e-3, 27.7e-3))  # 1/km at sea level, as the inverse fourth power of wavelength
MIE_SCATTERED, MIE_ABSORBED = 3.996e-3, 0.444e-3  # 1/km at sea level for haze 1
OZONE = np.asarray((2.10e-3, 1.88e-3, 0.40e-3))  # 1/km where it is densest: Chappuis band
MIE_G = 0.78
HIGHER_ORDERS = 1.8  # 1 / (1 - share of scattered light that is scattered again)
ROWS, COLUMNS = 48, 24


@numba.njit(cache=True, inline="always")
def _depths(height_km: float) -> tuple[float, float, float]:
    """Density of air, haze and ozone, 1 where each is densest."""
    return np.exp(-height_km / 8.0), np.exp(-height_km / 1.2), max(0.0, 1.0 - abs(height_km - 25.0) / 15.0)


@numba.njit(cache=True)
def _way_out(radius: float, cosine: float) -> float:
    """Distance to the top of the air, km."""
    b = radius * cosine
    top = EARTH_KM + AIR_KM
    return -b + np.sqrt(max(b * b - radius * radius + top * top, 0.0))


@numba.njit(cache=True)
def _columns(radius: float, cosine: float, out: NDArray) -> bool:
    """Air, haze and ozone from a point to the top of the air, km at full density; False where the earth bars it."""
    low = radius * np.sqrt(max(0.0, 1.0 - cosine * cosine))
    if cosine < 0.0 and low < EARTH_KM:
        return False
    way, out[:] = _way_out(radius, cosine), 0.0
    steps = 16
    for i in range(steps):
        a, b = (i / steps) ** 2 * way, ((i + 1) / steps) ** 2 * way
        t = 0.5 * (a + b)
        air, haze, ozone = _depths(np.sqrt(radius * radius + t * t + 2 * radius * t * cosine) - EARTH_KM)
        out[0] += air * (b - a)
        out[1] += haze * (b - a)
        out[2] += ozone * (b - a)
    return True


@numba.njit(cache=True)
def _march(
    up: float, azimuth: float, sun_up: float, haze: float, rayleigh: NDArray, ozone: NDArray,
    first: NDArray, scattered: NDArray,
) -> None:
    """One view ray: single scattering into `first` (3,), light scattered from an isotropic 1 into `scattered` (3,)."""
    radius = EARTH_KM + 0.05
    way = _way_out(radius, up)
    across, sun_across = np.sqrt(1 - up * up), np.sqrt(1 - sun_up * sun_up)
    angle = up * sun_up + across * sun_across * np.cos(azimuth)
    phase_air = 3 / (16 * np.pi) * (1 + angle * angle)
    g = MIE_G
    forward = (1 - g * g) / ((2 + g * g) * (1 + g * g - 2 * g * angle) ** 1.5)
    phase_haze = 3 / (8 * np.pi) * (1 + angle * angle) * forward
    depth, sun_depth = np.zeros(3), np.zeros(3)
    first[:], scattered[:] = 0.0, 0.0
    steps = 28
    for i in range(steps):
        a, b = (i / steps) ** 2 * way, ((i + 1) / steps) ** 2 * way
        t, length = 0.5 * (a + b), b - a
        here = np.sqrt(radius * radius + t * t + 2 * radius * t * up)
        air, mie, tent = _depths(here - EARTH_KM)
        sun_cosine = (radius * sun_up + t * angle) / here
        seen = _columns(here, sun_cosine, sun_depth)
        for c in range(3):
            out = rayleigh[c] * (depth[0] + 0.5 * air * length) + ozone[c] * (depth[2] + 0.5 * tent * length)
            out += haze * (MIE_SCATTERED + MIE_ABSORBED) * (depth[1] + 0.5 * mie * length)
            through = np.exp(-out)
            scattered[c] += through * (rayleigh[c] * air + haze * MIE_SCATTERED * mie) * length
            if seen:
                sun_out = rayleigh[c] * sun_depth[0] + ozone[c] * sun_depth[2]
                sun_out += haze * (MIE_SCATTERED + MIE_ABSORBED) * sun_depth[1]
                gain = rayleigh[c] * air * phase_air + haze * MIE_SCATTERED * mie * phase_haze
                first[c] += through * np.exp(-sun_out) * gain * length
        depth[0] += air * length
        depth[1] += mie * length
        depth[2] += tent * length


@numba.njit(cache=True)
def _table(sun_up: float, haze: float, rayleigh: NDArray, ozone: NDArray, first: NDArray, scattered: NDArray) -> None:
    for i in range(ROWS):
        up = (i / (ROWS - 1)) ** 2
        for j in range(COLUMNS):
            _march(up, np.pi * j / (COLUMNS - 1), sun_up, haze, rayleigh, ozone, first[i, j], scattered[i, j])


@dataclass(frozen=True)
class Atmosphere:
    """A clear sky for one sun.

    `table` (ROWS, COLUMNS, 3) holds radiance by √(sine of elevation) and by azimuth from the sun, 0–π;
    `sunlight` (3,) the sun's irradiance across its rays at the ground; `sun` (3,) points to it.
    """

    sun: Field
    sunlight: Field
    table: Field

    def radiance(self, towards: Field) -> Field:
        """(…, 3) directions → (…, 3) float32. Below the horizon it is the horizon's."""
        up = np.clip(towards[..., 2], 0.0, 1.0)
        across = np.hypot(towards[..., 0], towards[..., 1]) * np.hypot(self.sun[0], self.sun[1]) + 1e-9
        cosine = (towards[..., 0] * self.sun[0] + towards[..., 1] * self.sun[1]) / across
        place = (np.sqrt(up) * (ROWS - 1), np.arccos(np.clip(cosine, -1, 1)) / np.pi * (COLUMNS - 1))
        channels = [map_coordinates(self.table[..., c], place, order=1, mode="nearest") for c in range(3)]
        return np.stack(channels, -1).astype(np.float32)

    def horizon(self, towards: Field) -> Field:
        """The sky's radiance at the foot of each direction: what far land fades into."""
        level = np.concatenate([towards[..., :2], np.full_like(towards[..., :1], 0.02)], -1)
        return self.radiance(level)


def atmosphere(sun: Field, haze: float) -> Atmosphere:
    """The clear sky under a sun at `sun` (3,), also below the horizon; `haze` from 0.3 (mountain air) to 8 (mist)."""
    shape = (ROWS, COLUMNS, 3)
    first, scattered, column = np.zeros(shape), np.zeros(shape), np.zeros(3)
    sun_up = float(sun[2])
    _table(sun_up, haze, RAYLEIGH, OZONE, first, scattered)
    sunlight = np.zeros(3)
    # The disc's centre may be set while its rim is not, and refraction lifts both by half a degree.
    if _columns(EARTH_KM + 0.05, max(sun_up, 1e-3), column) and sun_up > -0.008:
        sunlight = SUN_IRRADIANCE * np.exp(
            -RAYLEIGH * column[0] - haze * (MIE_SCATTERED + MIE_ABSORBED) * column[1] - OZONE * column[2]
        )
    ups = np.linspace(0, 1, ROWS) ** 2
    weight = np.gradient(ups)[:, None, None] / COLUMNS
    ground = 0.25 * max(sun_up, 0.0) * sunlight / np.pi  # light from below: a quarter of it comes back
    mean = 0.5 * ((first * SUN_IRRADIANCE) * weight).sum((0, 1)) + 0.5 * ground
    table = SUN_IRRADIANCE * first + scattered * mean * HIGHER_ORDERS
    return Atmosphere(sun, sunlight.astype(np.float32), table.astype(np.float32))
