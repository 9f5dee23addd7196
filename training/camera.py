"""What a camera, or a model that learned from photographs, makes of light: exposure, tone curve, 8 bits, JPEG."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.data.skies.sphere import luminance, solid_angles

Picture = NDArray[np.float32]


def encoded(linear: Picture) -> Picture:
    """IEC 61966-2-1: linear Rec.709 → sRGB, both 0–1."""
    curve = 1.055 * np.maximum(linear, 1e-6) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curve).astype(np.float32)


def decoded(picture: NDArray[np.uint8]) -> Picture:
    """IEC 61966-2-1: sRGB of 8 bits → linear Rec.709 0–1."""
    srgb = picture.astype(np.float32) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def exposure_for_share(radiance: Picture, share: float) -> float:
    """The exposure that blows out `share` (0–1) of the sphere's solid angle: there the brightest channel passes 1."""
    brightest = radiance.max(-1)
    order = np.argsort(brightest, axis=None)[::-1]
    angle = np.broadcast_to(solid_angles(len(radiance)), brightest.shape).reshape(-1)[order]
    last = int(np.searchsorted(np.cumsum(angle), share * 4 * np.pi))
    return 1.0 / max(float(brightest.reshape(-1)[order[min(last, len(order) - 1)]]), 1e-9)


def exposure_for_key(radiance: Picture, key: float) -> float:
    """The exposure that brings the geometric mean of luminance to `key` (Reinhard et al., SIGGRAPH 2002: 0.18)."""
    weight = solid_angles(len(radiance))
    return key / float(np.exp((np.log(luminance(radiance) + 1e-8) * weight).sum() / (4 * np.pi)))


def shouldered(linear: Picture, start: float, white: float) -> Picture:
    """A mild film-like curve: the identity up to `start`, then an exponential shoulder that reaches 1 at `white`."""
    room = 1 - start
    over = np.maximum(linear - start, 0) / room
    bent = start + room * (1 - np.exp(-over)) / (1 - np.exp(-(white - start) / room))
    return np.where(linear <= start, linear, np.minimum(bent, 1.0)).astype(np.float32)


def developed(exposed: Picture) -> NDArray[np.uint8]:
    """Exposed linear light → clipped sRGB of 8 bits."""
    return (np.clip(encoded(np.clip(exposed, 0, 1)), 0, 1) * 255 + 0.5).astype(np.uint8)


def compressed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The picture after a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
