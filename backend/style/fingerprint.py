"""The style of a picture in numbers: its palette, the direction and scale of its strokes, its texture, and what a
network sees in it. Two of them have a distance.

Each aspect is a vector, and the distance of two pictures is the weighted mean of how far these are apart (the root mean
square of their differences), each over a unit: what two pictures of different kinds differ by on median. It is
symmetric, keeps the triangle's inequality, is 0 for the same picture, and about 1 for two pictures of different kinds.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ..colours import from_oklab, to_linear, to_oklab, to_srgb
from .features import LAYERS, mobile_net
from .pictures import resized

__all__ = ["ANGLES", "ASPECTS", "SCALES", "UNITS", "WEIGHTS", "Fingerprint", "distances", "fingerprint"]

ASPECTS = ("palette", "strokes", "scale", "texture", "features")
# The median distance of drawn paintings of different kinds (`training.data.paintings`, 34 kinds, five of each).
UNITS = {"palette": 0.138, "strokes": 0.223, "scale": 0.123, "texture": 0.698, "features": 0.0146}
# Of those paintings 88 % have one of their own kind as their nearest, of equal weights 87 %, by the palette alone 38 %.
WEIGHTS = {"palette": 1 / 6, "strokes": 1 / 6, "scale": 1 / 6, "texture": 1 / 6, "features": 1 / 3}

SIDE_PX = 320  # of the square that has as many pixels as the picture that is looked at
TONES = 8
ANGLES = 18  # of the rose, from 0 on, in half a turn
_STEP_PX = 16  # sides are multiples of it, so that features of all layers come out even
_SIGMAS = 0.7 * 2 ** (np.arange(11) / 2)  # pixels
SCALES = np.sqrt(_SIGMAS[1:] * _SIGMAS[:-1]) / SIDE_PX  # of the scale curve, in shares of the picture's side
_ORIENTED = (1.0, 2.0, 4.0)  # pixels: at these scales strokes are looked at
_DIRECTIONS, _QUANTILES = 24, 16  # of colours
_PROJECTIONS = 64  # of each layer's features
_COLOUR = 2.0  # a and b against lightness: in pictures they vary half as much
_STRIDE = 7  # of the pixels whose colours are counted
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """
    Attributes:
        tones: (TONES, 3) OKLab, the most frequent first.
        shares: (TONES,) how much of the picture each has; sums to 1.
        rose: (ANGLES,) how much of the strokes runs at each angle, from 0 (level) against the clock; sums to 1.
        order: how far strokes lie in one direction at their place, 0 to 1.
        scales: (10,) how much of the lightness's change is at each of `SCALES`; sums to 1.
        vectors: by aspect (n,) float32.
    """

    tones: NDArray[np.float64]
    shares: NDArray[np.float64]
    rose: NDArray[np.float64]
    order: float
    scales: NDArray[np.float64]
    vectors: dict[str, NDArray[np.float32]]

    @property
    def colours(self) -> NDArray[np.uint8]:
        """(TONES, 3) the tones in sRGB; what that lacks is cut."""
        return np.rint(to_srgb(from_oklab(self.tones).clip(0, 1)) * 255).astype(np.uint8)

    @property
    def stroke_share(self) -> float:
        """How large strokes are on average, as a share of the picture's side."""
        return float(np.exp((self.scales * np.log(SCALES)).sum()))


def fingerprint(picture: NDArray[np.float32]) -> Fingerprint:
    """Of a picture (H, W, 3) in 0 to 1, sRGB, of any size and shape: it is looked at with 320² pixels, so that a scan
    and its copy in half the size have about the same.
    """
    height, width = picture.shape[:2]
    scale = SIDE_PX / np.sqrt(height * width)
    small = resized(picture, *(max(_STEP_PX, round(side * scale / _STEP_PX) * _STEP_PX) for side in (height, width)))
    colours = to_oklab(to_linear(small)).astype(np.float64)
    tones, shares = _palette(colours)
    light = colours[..., 0]
    bands = _bands(light)
    energy = (bands ** 2).mean(axis=(1, 2)) + _LEAST ** 2
    scales = energy / energy.sum()
    tensors = [_structure(light, sigma) for sigma in _ORIENTED]
    roses = [_rose(*tensor) for tensor in tensors]
    orders = [_order(*tensor) for tensor in tensors]
    vectors = {
        "palette": _colour_quantiles(colours),
        "strokes": np.concatenate([*(np.fft.rfft(rose)[1:5] for rose in roses)]).view(np.float64),
        "scale": np.cumsum(scales)[:-1],
        "texture": _texture(colours, bands, orders),
        "features": _feature_statistics(small),
    }
    return Fingerprint(tones, shares, np.mean(roses, axis=0), float(np.mean(orders)), scales,
                       {name: vector.astype(np.float32) for name, vector in vectors.items()})


def distances(one: list[Fingerprint], other: list[Fingerprint]) -> dict[str, NDArray[np.float64]]:
    """For each aspect (n, m) how far each of `one` is from each of `other`, over its unit; and under "all" their
    weighted mean.
    """
    result = {}
    for name in ASPECTS:
        here, there = (np.stack([each.vectors[name] for each in prints]).astype(np.float64) for prints in (one, other))
        apart = np.stack([np.sqrt(((there - row) ** 2).mean(axis=1)) for row in here])
        result[name] = apart / UNITS[name]
    result["all"] = np.sum([WEIGHTS[name] * result[name] for name in ASPECTS], axis=0)
    return result


def _palette(colours: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lloyd's k-means, begun with colours that are far from each other; the same picture gives the same."""
    pixels = colours.reshape(-1, 3)[::_STRIDE]
    centres = pixels.mean(axis=0, keepdims=True)
    away = np.full(len(pixels), np.inf)
    for _ in range(TONES - 1):
        away = np.minimum(away, ((pixels - centres[-1]) ** 2).sum(axis=1))
        centres = np.concatenate([centres, pixels[[away.argmax()]]])
    for _ in range(12):
        nearest = ((centres ** 2).sum(axis=1) - 2 * pixels @ centres.T).argmin(axis=1)  # of squares, less the pixel's
        counts = np.bincount(nearest, minlength=TONES)
        sums = np.stack([np.bincount(nearest, pixels[:, axis], TONES) for axis in range(3)], axis=1)
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
    order = np.argsort(-counts, kind="stable")
    return centres[order], counts[order] / counts.sum()


def _colour_quantiles(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """The colours' quantiles along directions: the root mean square of two pictures' differences is the sliced
    Wasserstein distance of their colours (Rabin et al., "Wasserstein Barycenter and its Application to Texture Mixing",
    2011).
    """
    pixels = colours.reshape(-1, 3)[::_STRIDE] * [1, _COLOUR, _COLOUR]
    turns = np.arange(_DIRECTIONS) * np.pi * (3 - np.sqrt(5))  # a spiral over half a sphere
    heights = (np.arange(_DIRECTIONS) + 0.5) / _DIRECTIONS
    flat = np.sqrt(1 - heights ** 2)
    directions = np.stack([heights, flat * np.cos(turns), flat * np.sin(turns)])
    at = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.quantile(pixels @ directions, at, axis=0).T.ravel()


def _bands(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """(10, H, W): what lies between each two of `_SIGMAS`."""
    levels = np.stack([gaussian_filter(light, sigma, mode="reflect") for sigma in _SIGMAS])
    return levels[:-1] - levels[1:]


def _structure(light: NDArray[np.float64], sigma: float) -> tuple[NDArray[np.float64], ...]:
    """The structure tensor (H, W): across², down², across times down (Förstner and Gülch, 1987)."""
    across, down = (gaussian_filter(light, sigma, order=order, mode="reflect") for order in ((0, 1), (1, 0)))
    xx, yy, xy = (gaussian_filter(product, 2 * sigma, mode="reflect")
                  for product in (across * across, down * down, across * down))
    return xx, yy, xy


def _rose(xx: NDArray[np.float64], yy: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """(ANGLES,) how much runs at each angle: across the gradient, by how clear its direction is."""
    angle = (0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2)  # down is against the clock in rows that begin at the top
    weight = np.hypot(xx - yy, 2 * xy)
    places = (-angle / np.pi * ANGLES) % ANGLES
    low = np.floor(places).astype(int)
    share = places - low
    rose = np.bincount(low.ravel() % ANGLES, (weight * (1 - share)).ravel(), ANGLES)
    rose += np.bincount((low.ravel() + 1) % ANGLES, (weight * share).ravel(), ANGLES)
    return (rose + _LEAST) / (rose + _LEAST).sum()


def _order(xx: NDArray[np.float64], yy: NDArray[np.float64], xy: NDArray[np.float64]) -> float:
    """The coherence of the structure tensor, weighted by its energy."""
    return float(np.hypot(xx - yy, 2 * xy).sum() / ((xx + yy).sum() + _LEAST))


def _texture(colours: NDArray[np.float64], bands: NDArray[np.float64], orders: list[float]) -> NDArray[np.float64]:
    """For octaves of lightness: how much there is, how sparse it is, how unevenly it lies, how much it leans to light;
    the colour's share of it; and how far strokes lie in one direction.
    """
    numbers = [4 * np.asarray(orders)]
    tints = [gaussian_filter(colours[..., 1:], (sigma, sigma, 0)) for sigma in _SIGMAS[:9:2]]
    for place in range(0, 8, 2):
        band = bands[place] + bands[place + 1]
        energy = (band ** 2).mean() + _LEAST
        local = gaussian_filter(band ** 2, 8.0, mode="reflect")
        colour = tints[place // 2] - tints[place // 2 + 1]
        numbers.append(np.array([
            0.5 * np.log(energy),
            np.log((band ** 4).mean() / energy ** 2 + 1),
            np.log(local.std() / (local.mean() + _LEAST) + 0.1),
            (band ** 3).mean() / energy ** 1.5 / 2,
            0.5 * np.log((np.square(colour).sum(axis=2).mean() + _LEAST) / energy)]))
    return np.concatenate(numbers)


def _feature_statistics(picture: NDArray[np.float32]) -> NDArray[np.float64]:
    """For each layer of the network the mean and the deviation of each channel (Huang and Belongie, 2017), and how
    strong its features are along fixed directions: a sketch of their Gram matrix (Gatys et al., 2016).
    """
    with torch.no_grad():
        layers = mobile_net()(torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None])
    numbers = []
    for place, layer in enumerate(layers):
        flat = layer[0].flatten(1)
        mean = flat.mean(dim=1, keepdim=True)
        centred = flat - mean
        along = torch.from_numpy(_projections(place, len(flat))) @ centred
        parts = [mean[:, 0].double().numpy(), *(each.square().mean(dim=1).sqrt().double().numpy()
                                                for each in (centred, along))]
        # Layers count alike, and so do the three parts of each, however many numbers they have. The root lets the many
        # weak channels be heard beside the few strong ones.
        numbers += [np.sqrt(part.clip(0, None) / len(part)) for part in parts]
    return np.concatenate(numbers)


@functools.cache
def _projections(place: int, channels: int) -> NDArray[np.float32]:
    """(_PROJECTIONS, channels) of length 1, always the same."""
    assert place < len(LAYERS)
    directions = np.random.default_rng(place).normal(size=(_PROJECTIONS, channels))
    return (directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32)
