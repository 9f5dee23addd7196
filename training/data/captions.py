"""From a seed to a picture and the words an artist would use for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.families import FAMILIES, Family
from training.data.noise import Rng
from training.data.surface import age, lit

# The prompts that the first run shows: (family, colour). They take a share of the pictures of their own.
SHOWCASE: tuple[tuple[str, str], ...] = (
    ("brick", "red"), ("wood planks", "brown"), ("marble", "green"), ("brushed metal", "gold"),
)
SHOWCASE_SHARE = 0.22

WORDS: dict[str, tuple[str, ...]] = {
    "weathered": ("weathered", "old", "aged", "worn", "ancient"), "dirty": ("dirty", "stained", "grimy"),
    "mossy": ("mossy", "moss-covered", "overgrown"), "cracked": ("cracked", "broken", "damaged"),
    "rough": ("rough", "coarse"), "smooth": ("smooth", "even", "fine"), "large": ("large", "big", "huge"),
    "small": ("small", "tiny", "little"), "dark": ("dark", "deep"), "light": ("light", "pale", "bright"),
    "wet": ("wet", "glossy", "shiny"), "horizontal": ("horizontal",), "diagonal": ("diagonal",),
}
EXCLUSIVE = (("rough", "smooth"), ("large", "small"), ("dark", "light"), ("horizontal", "diagonal"))
PREFIXES = ("", "", "", "", "", "", "a ", "texture of ", "close-up of ", "photo of ", "seamless ")
SUFFIXES = ("", "", "", "", "", "", "", " texture", " material", " surface", ", detailed")


@dataclass(frozen=True)
class Specimen:
    """One training pair. `image` is (size_px, size_px, 3) float32, sRGB in 0–1."""

    image: NDArray[np.float32]
    caption: str
    family: str
    colour: str
    traits: frozenset[str]


def _choose_traits(rng: Rng, allowed: tuple[str, ...]) -> frozenset[str]:
    count = int(rng.choice([0, 1, 2], p=[0.58, 0.32, 0.10]))
    chosen = set(rng.permutation(np.asarray(allowed))[:count].tolist())
    for a, b in EXCLUSIVE:
        if a in chosen and b in chosen:
            chosen.discard(b)
    return frozenset(chosen)


def caption(rng: Rng, family: Family, colour: str, traits: frozenset[str]) -> str:
    """A short phrase that names the material, mostly its colour, and each of its qualities."""
    weights = np.asarray([3.0] + [1.0] * (len(family.nouns) - 1))
    noun = str(rng.choice(np.asarray(family.nouns), p=weights / weights.sum()))
    words = [str(rng.choice(np.asarray(WORDS[trait]))) for trait in sorted(traits)]
    words = [words[i] for i in rng.permutation(len(words))]
    unsaid = colour == family.default and rng.random() < 0.25 and noun.replace("{}", "").strip() not in ("brushed", "beaten")
    if not unsaid:
        words.append(colour)
    phrase = " ".join(noun.format(" ".join(words)).split())
    return f"{rng.choice(np.asarray(PREFIXES))}{phrase}{rng.choice(np.asarray(SUFFIXES))}"


def _subject(rng: Rng) -> tuple[Family, str]:
    """A family and a colour: the showcase's share first, then by the families' weights, usual colours more often."""
    if rng.random() < SHOWCASE_SHARE:
        family, colour = SHOWCASE[int(rng.integers(len(SHOWCASE)))]
        return _family(family), colour
    weights = np.asarray([f.weight for f in FAMILIES])
    kind = FAMILIES[int(rng.choice(len(FAMILIES), p=weights / weights.sum()))]
    return kind, _colour(rng, kind)


def _family(name: str) -> Family:
    return next(f for f in FAMILIES if f.name == name)


def _colour(rng: Rng, kind: Family) -> str:
    names = list(kind.palette)
    usual = kind.default and rng.random() < 0.25
    return kind.default if usual else names[int(rng.integers(len(names)))]


def _generator(seed: int) -> Rng:
    return np.random.default_rng((20261125, seed))


def subject(seed: int) -> tuple[str, str]:
    """What `specimen(seed)` shows, (family, colour), without drawing it."""
    kind, colour = _subject(_generator(seed))
    return kind.name, colour


def specimen(seed: int, size_px: int = 256, family: str | None = None, colour: str | None = None,
             traits: frozenset[str] | None = None) -> Specimen:
    """Draw the picture of a seed; the same seed gives the same bytes. Fix the family, colour or traits at will."""
    rng = _generator(seed)
    if family is None:
        kind, colour = _subject(rng)
    else:
        kind = _family(family)
        colour = colour or _colour(rng, kind)
    if traits is None:
        traits = _choose_traits(rng, kind.traits)
    words = caption(rng, kind, colour, traits)
    surface = kind.draw(rng, size_px, kind.palette[colour], traits)
    if kind.name != "clouds":
        image = lit(age(rng, surface, traits))
    else:  # the sky gives light and takes none
        image = np.clip(age(rng, surface, traits).albedo, 0, 1).astype(np.float32)
    exposure = float(np.clip(rng.normal(1.0, 0.05), 0.9, 1.1))
    return Specimen(np.clip(image * exposure, 0, 1).astype(np.float32), words, kind.name, colour, traits)
