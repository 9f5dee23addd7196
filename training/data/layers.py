"""What age, weather and people do to any surface: each word changes every channel that it would change."""

import numpy as np

from training.data.colours import DYE, RUST, SNOW
from training.data.noise import Field, Rng, blurred, cells, clouds, grid, smoothstep
from training.data.surface import Image, Surface, mixed, over, ramp, tinted

# The coats of paint that a caption can name.
COATS = ("white", "black", "red", "blue", "green", "yellow", "grey", "turquoise", "orange", "pink", "cream")


def laid(below: Surface, amount: Field, albedo: Image | tuple[float, float, float], roughness: float | Field,
         height: Field, metallic: float = 0.0) -> Surface:
    """A layer with opacity `amount` over all channels; it hides what glows below."""
    return Surface(
        over(below.albedo, albedo, amount), mixed(below.height, height, amount),
        mixed(below.roughness, roughness, amount), mixed(below.metallic, metallic, amount),
        (below.emission * (1 - amount)[..., None]).astype(np.float32),
    )


def _standing(height: Field, sigma_px: float) -> Field:
    """How far each pixel stands above its surroundings, in deviations; 0 where the surface is level."""
    relief = height - blurred(height, sigma_px)
    return relief / (relief.std() + np.float32(0.05))


def _cracked(rng: Rng, below: Surface) -> Surface:
    size = below.height.shape[0]
    x, y = grid(size)
    warp = 4.0 * clouds(rng, size, 30)
    _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 31), rng.uniform(55, 80))
    line = (1.0 - smoothstep(0.6, 2.6, edge)) * smoothstep(-0.9, 0.3, clouds(rng, size, 90))
    return laid(below, line, below.albedo * 0.35, 0.9, below.height - 2.8)


def _worn(rng: Rng, below: Surface) -> Surface:
    """Rubbed where it stands out: paler, smoother to the touch, its edges rounded off."""
    size = below.height.shape[0]
    rubbed = smoothstep(0.0, 1.3, _standing(below.height, 5.0) + 0.8 * clouds(rng, size, 45, falloff=2.4))
    pale = below.albedo * 0.78 + 0.22 * np.float32([0.86, 0.82, 0.76])
    result = laid(below, 0.85 * rubbed, pale, 0.12 + below.roughness * 0.65, blurred(below.height, 1.5))
    return result._replace(metallic=below.metallic)


def _painted(rng: Rng, below: Surface, coat: str) -> Surface:
    """A coat of paint that fills the fine relief, flaked off here and there, first where the surface stands out."""
    size = below.height.shape[0]
    flaking = clouds(rng, size, 50, falloff=2.2) + 0.5 * _standing(below.height, 4.0)
    flaking = flaking + 0.3 * clouds(rng, size, 7, falloff=2.0)
    there = smoothstep(1.5, 1.35, flaking - rng.uniform(-0.3, 0.6))
    tone = 0.55 + 0.06 * clouds(rng, size, 70) + 0.025 * clouds(rng, size, 5, falloff=2.0)
    gloss = rng.uniform(0.30, 0.65)
    return laid(below, there, ramp(DYE[coat], tone), gloss + 0.05 * clouds(rng, size, 30),
                0.5 * (below.height + blurred(below.height, 1.2)) + 0.7)


def _weathered(rng: Rng, below: Surface) -> Surface:
    size = below.height.shape[0]
    patches = smoothstep(0.0, 1.6, clouds(rng, size, 70, falloff=2.6))
    amount = 0.25 + 0.4 * patches
    grey = (below.albedo.mean(axis=-1, keepdims=True) * 0.7 + 0.18) * np.float32([1.0, 0.98, 0.93])
    result = laid(below, amount, grey, 0.88, below.height, 0.0)
    # Metal turns dull and stays metal: what has oxidised through is called rusty.
    metallic = np.maximum(result.metallic, 0.75 * below.metallic)
    stains = -0.30 * smoothstep(0.5, 1.8, clouds(rng, size, 20, falloff=2.4))
    return result._replace(albedo=tinted(result.albedo, stains), metallic=metallic)


def _dirty(rng: Rng, below: Surface) -> Surface:
    size = below.height.shape[0]
    field = clouds(rng, size, 90, falloff=2.0) + 0.4 * clouds(rng, size, 9, falloff=2.0) - 0.3 * _standing(below.height, 6.0)
    grime = 0.8 * smoothstep(-0.6, 2.0, field)
    return laid(below, grime, below.albedo * np.float32([0.42, 0.36, 0.28]), 0.85, below.height)


def _rusty(rng: Rng, below: Surface) -> Surface:
    size = below.height.shape[0]
    spread = clouds(rng, size, 60, falloff=2.2) + 0.4 * clouds(rng, size, 5, 50, falloff=2.4)
    grain = clouds(rng, size, 6, falloff=1.8)
    amount = smoothstep(0.25, 0.85, spread)
    return laid(below, amount, ramp(RUST["brown"], 0.5 + 0.12 * spread + 0.14 * grain), 0.9 + 0.05 * grain,
                below.height + 0.9 + 0.45 * grain)


def _dusty(rng: Rng, below: Surface) -> Surface:
    """A pale film that gathers in hollows and takes all gloss away."""
    size = below.height.shape[0]
    settled = 0.5 - 0.28 * _standing(below.height, 7.0) + 0.28 * clouds(rng, size, 60, falloff=2.5)
    amount = np.clip(settled + 0.05 * clouds(rng, size, 3, falloff=1.6), 0.12, 0.85).astype(np.float32)
    dust = np.float32([0.66, 0.60, 0.52]) * (1 + rng.normal(0, 0.05))
    return laid(below, amount, tuple(dust), 0.96, below.height)


def _mossy(rng: Rng, below: Surface) -> Surface:
    size = below.height.shape[0]
    amount = smoothstep(0.1, 0.9, clouds(rng, size, 60, falloff=2.4) - 1.2 * _standing(below.height, 12.0))
    tuft = clouds(rng, size, 5, falloff=2.2)
    green = ramp([(0.12, 0.17, 0.06), (0.24, 0.31, 0.11), (0.39, 0.44, 0.20)], 0.5 + 0.22 * tuft)
    return laid(below, amount, green, 0.97, below.height + 1.0 + 0.5 * tuft)


def _wet(rng: Rng, below: Surface) -> Surface:
    """Water darkens what drinks it, smooths what it covers and stands level in the hollows."""
    size = below.height.shape[0]
    low = -_standing(below.height, 10.0) + 0.8 * clouds(rng, size, 70, falloff=3.0)
    pool = smoothstep(1.0, 1.6, low)
    film = 0.55 + 0.4 * smoothstep(-1.0, 1.0, clouds(rng, size, 50, falloff=2.8))
    drinks = (1 - below.metallic) * below.roughness
    albedo = below.albedo ** (1.0 + 0.45 * drinks)[..., None]
    level = blurred(below.height, 6.0)
    return below._replace(
        albedo=albedo.astype(np.float32), height=mixed(below.height, level, 0.85 * pool),
        roughness=mixed(mixed(below.roughness, 0.16 + 0.12 * below.roughness, film), 0.04, pool),
    )


def _snowy(rng: Rng, below: Surface) -> Surface:
    size = below.height.shape[0]
    drift = clouds(rng, size, 60, falloff=2.6)
    amount = smoothstep(-0.25, 0.45, drift + 0.55 * _standing(below.height, 8.0) + 0.12 * clouds(rng, size, 5))
    grain = clouds(rng, size, 3, falloff=1.6)
    return laid(below, amount, ramp(SNOW["white"], 0.74 + 0.10 * drift + 0.03 * grain), 0.72 + 0.06 * grain,
                blurred(below.height, 3.0) + 2.2 + 0.8 * drift + 0.12 * grain)


def weathered(rng: Rng, surface: Surface, traits: frozenset[str], coat: str = "") -> Surface:
    """The surface after all that `traits` say, from what is in it to what falls on it; `coat` names its paint."""
    if "dark" in traits:
        surface = surface._replace(albedo=surface.albedo * np.float32(0.62), emission=surface.emission * np.float32(0.4))
    if "light" in traits:
        surface = surface._replace(albedo=1 - (1 - surface.albedo) * np.float32(0.66),
                                   emission=surface.emission * np.float32(1.4))
    if "painted" in traits:
        surface = _painted(rng, surface, coat)
    for trait, change in (("cracked", _cracked), ("worn", _worn), ("weathered", _weathered), ("rusty", _rusty),
                          ("dirty", _dirty), ("dusty", _dusty), ("mossy", _mossy), ("wet", _wet), ("snowy", _snowy)):
        if trait in traits:
            surface = change(rng, surface)
    return surface._replace(albedo=np.clip(surface.albedo, 0, 1), roughness=np.clip(surface.roughness, 0.03, 1),
                            metallic=np.clip(surface.metallic, 0, 1))
