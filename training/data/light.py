"""The light that makes a picture of a surface: never part of the base colour, drawn anew for every seed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.data.noise import Field, Rng, clouds, grid
from training.data.surface import Image, Maps, to_linear, to_srgb


class Light(NamedTuple):
    """One soft lamp far away, and the surroundings that give the ambient light and are mirrored.

    direction: (3,) unit vector towards the lamp, +x right, +y up, +z towards the viewer. direct: the lamp's share of
    the light on level ground, 0–1. tint: (3,) linear gain. surroundings: (H, W) linear radiance of mean 1.
    """

    direction: NDArray[np.float32]
    direct: float
    tint: NDArray[np.float32]
    surroundings: Field


def towards(azimuth_rad: float, elevation_rad: float) -> NDArray[np.float32]:
    """The unit vector at an azimuth from the right, anticlockwise, and an elevation above the surface."""
    flat = np.cos(elevation_rad)
    return np.float32([flat * np.cos(azimuth_rad), flat * np.sin(azimuth_rad), np.sin(elevation_rad)])


def draw_light(rng: Rng, size_px: int) -> Light:
    """Mostly from the upper left as in most pictures, now and then from the right, never from below.

    Below would turn every bump into a dent for the eye, and for a network that has to tell the two apart.
    """
    azimuth = float(np.clip(rng.normal(2.36, 0.8), 0.1, 3.3))
    warmth = rng.normal(0.0, 0.03)
    bands = np.sin(1.7 * clouds(rng, size_px, 110, 70, rng.uniform(-0.6, 0.6), falloff=4.5) + rng.uniform(0, 6.3))
    surroundings = np.exp(rng.uniform(0.5, 0.9) * bands).astype(np.float32)
    return Light(
        towards(azimuth, rng.uniform(0.55, 1.05)), float(rng.uniform(0.55, 0.8)),
        np.float32([1 + warmth, 1.0, 1 - warmth]), surroundings / surroundings.mean(),
    )


def lit(maps: Maps, light: Light) -> Image:
    """The picture that a camera straight above takes; (H, W, 3) sRGB-encoded, clipped to 0–1.

    Lambert's cosine and the ambient light less occlusion for what is not metal, scaled so that level ground keeps its
    base colour; a GGX highlight (Walter et al. 2007) widened by the lamp's size; and the surroundings mirrored in
    proportion to smoothness, tinted by the base colour on metal.
    """
    n, metallic = maps.normal, maps.metallic
    lamp = light.direction
    cosine = np.maximum(n @ lamp, 0.0) / lamp[2]
    # A hollow sees less of a lamp that is not overhead: the root of the occlusion stands in for its cast shadow.
    diffuse = (1 - light.direct) * maps.occlusion + light.direct * cosine * np.sqrt(maps.occlusion)
    half = lamp + np.float32([0, 0, 1])
    half /= np.linalg.norm(half)
    alpha2 = maps.roughness**4 + np.float32(0.02)
    lobe = alpha2 / (4.0 * ((n @ half) ** 2 * (alpha2 - 1.0) + 1.0) ** 2)
    highlight = light.direct / lamp[2] * np.minimum(lobe, 6.0) * np.sqrt(maps.occlusion) * (cosine > 0)
    mirrored = _mirrored(light.surroundings, n)
    sheen = maps.roughness**0.75  # a rough mirror shows the mean of its surroundings, brighter towards the lamp
    around = mirrored + (0.55 + 0.45 * cosine - mirrored) * sheen
    specular = highlight + (1 - 0.45 * light.direct) * around * maps.occlusion
    base = to_linear(maps.base_colour)
    # Of rough dielectrics, what a photographer calls their colour has the grey of this reflection in it already.
    reflectance = 0.04 * (1 - 0.9 * maps.roughness)
    colour = base * ((1 - metallic) * diffuse + metallic * specular)[..., None]
    colour = colour + ((1 - metallic) * reflectance * specular)[..., None]
    return to_srgb(colour * light.tint + maps.emission)


def _mirrored(surroundings: Field, normal: Image) -> Field:
    """What each pixel mirrors: the surroundings displaced by the slope, for mirrors lean what they show."""
    size = surroundings.shape[0]
    x, y = grid(size)
    column = (x + 70.0 * normal[..., 0]).astype(np.int32) % size
    row = (y - 70.0 * normal[..., 1]).astype(np.int32) % size
    return surroundings[row, column]
