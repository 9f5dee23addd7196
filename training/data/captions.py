"""From a seed to a picture, its truth, and the words an artist would use for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.families import FAMILIES, Family
from training.data.layers import COATS, weathered
from training.data.light import draw_light, lit
from training.data.noise import Rng
from training.data.surface import Maps, maps

# The prompts that the first run shows: (family, colour). They take a share of the pictures of their own.
SHOWCASE: tuple[tuple[str, str], ...] = (
    ("brick", "red"), ("wood planks", "brown"), ("marble", "green"), ("brushed metal", "gold"),
)
SHOWCASE_SHARE = 0.22

# What is said before the noun.
WORDS: dict[str, tuple[str, ...]] = {
    "weathered": ("weathered", "old", "aged", "ancient", "faded"), "dirty": ("dirty", "stained", "grimy", "filthy"),
    "mossy": ("mossy", "moss-covered", "overgrown"), "cracked": ("cracked", "broken", "damaged", "fractured"),
    "rough": ("rough", "coarse", "rugged"), "smooth": ("smooth", "even", "fine"),
    "large": ("large", "big", "huge", "large-scale"), "small": ("small", "tiny", "little", "fine-scale"),
    "dark": ("dark", "deep"), "light": ("light", "pale", "bright"), "wet": ("wet", "rain-soaked", "damp"),
    "horizontal": ("horizontal",), "diagonal": ("diagonal",), "dusty": ("dusty", "dust-covered"),
    "worn": ("worn", "scuffed", "rubbed", "used"), "snowy": ("snowy", "snow-covered"), "rusty": ("rusty", "rusting", "corroded"),
    "painted": ("{}-painted", "{} painted"), "irregular": ("irregular", "uneven", "crooked"), "regular": ("regular", "neat", "precise"),
}
# What can be said after it instead.
PHRASES: dict[str, tuple[str, ...]] = {
    "mossy": ("with moss", "overgrown with moss", "with moss in the joints"), "cracked": ("with cracks", "full of cracks"),
    "dirty": ("with stains", "covered in grime"), "wet": ("after rain", "with puddles", "glistening with water"),
    "dusty": ("under dust", "covered in dust"), "worn": ("with worn edges", "rubbed by use"),
    "snowy": ("under snow", "covered in snow", "dusted with snow"), "rusty": ("with rust", "eaten by rust", "with patches of rust"),
    "painted": ("painted {}", "with {} paint", "under flaking {} paint"), "large": ("in a large scale",),
    "small": ("in a small scale",), "irregular": ("of uneven pieces",), "weathered": ("bleached by weather",),
}
EXCLUSIVE = (("rough", "smooth"), ("large", "small"), ("dark", "light"), ("horizontal", "diagonal"), ("regular", "irregular"),
             ("dusty", "wet"), ("snowy", "mossy"), ("snowy", "dusty"), ("painted", "rusty"))
SHADES: dict[str, tuple[str, ...]] = {
    "red": ("scarlet",), "crimson": ("dark red",), "grey": ("gray",), "turquoise": ("teal", "aqua"), "navy": ("dark blue",),
    "purple": ("violet",), "beige": ("tan",), "white": ("off-white",), "black": ("jet black",), "golden": ("honey-coloured",),
    "blue grey": ("bluish grey",), "dark grey": ("charcoal",), "yellow": ("ochre",), "pink": ("rose",), "cream": ("creamy",),
}
IRON = ("steel", "silver", "black", "blue", "red")  # the other metals do not rust
# What stands about the phrase; half the captions have nothing there.
FRAMES = ("a {}", "texture of {}", "close-up of {}", "photo of {}", "seamless {}", "tileable {}", "material: {}",
          "macro shot of {}", "top view of {}", "{} texture", "{} material", "{} surface", "{}, detailed", "{} background",
          "{}, seamless", "{}, high detail", "{}, soft light", "{} seen from above", "seamless texture of {}",
          "{}, seamless texture, high detail", "close-up photo of {}, soft light", "tileable {} material, detailed")


@dataclass(frozen=True)
class Specimen:
    """One training pair. `image` is (size_px, size_px, 3) float32, sRGB in 0–1; `maps` is what was lit to make it."""

    image: NDArray[np.float32]
    caption: str
    family: str
    colour: str
    traits: frozenset[str]
    maps: Maps


def _pick(rng: Rng, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _choose_traits(rng: Rng, kind: Family, colour: str) -> frozenset[str]:
    count = int(rng.choice([0, 1, 2, 3], p=[0.46, 0.35, 0.15, 0.04]))
    chosen = set(rng.permutation(np.asarray(kind.traits))[:count].tolist())
    for a, b in EXCLUSIVE:
        if a in chosen and b in chosen:
            chosen.discard(b)
    if colour not in IRON:
        chosen.discard("rusty")
    return frozenset(chosen)


def _article(phrase: str) -> str:
    """The phrase with its article, or without one when it names many."""
    if phrase.endswith("s") and not phrase.endswith(("ss", "moss")):
        return phrase
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"


def caption(rng: Rng, family: Family, colour: str, traits: frozenset[str], coat: str) -> str:
    """A phrase that names the material, mostly its colour, and each of its qualities: two words or a dozen."""
    weights = np.asarray([3.0] + [1.0] * (len(family.nouns) - 1))
    noun = str(rng.choice(np.asarray(family.nouns), p=weights / weights.sum()))
    before, after = [], []
    for trait in sorted(traits):
        said_after = trait in PHRASES and rng.random() < 0.35
        words = _pick(rng, PHRASES[trait] if said_after else WORDS[trait]).format(coat)
        (after if said_after else before).append(words)
    before = [before[i] for i in rng.permutation(len(before))]
    shade = _pick(rng, SHADES[colour]) if colour in SHADES and rng.random() < 0.15 else colour
    bare = "brushed {}"  # a noun that is nothing without its colour
    if colour != family.default or rng.random() > 0.25 or noun == bare:
        style = rng.random()
        if style < 0.10 and noun != bare:
            after.insert(0, f"in {shade}")
        elif style < 0.18:
            before.insert(0, shade)
        else:
            before.append(shade)
    if rng.random() < 0.10 and before and noun != bare:  # the noun first, as tags
        phrase = ", ".join([" ".join(noun.replace("{}", " ").split()), *before, *after])
    else:
        phrase = " ".join([" ".join(noun.format(" ".join(before)).split()), *after])
    frame = "{}" if rng.random() < 0.5 else _pick(rng, FRAMES)
    return _article(phrase) if frame == "a {}" else frame.format(phrase)


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


def _generator(seed: int, *purpose: int) -> Rng:
    """Each purpose has numbers of its own: another caption leaves the surface and its light as they are."""
    return np.random.default_rng((20261125, seed, *purpose))


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
        traits = _choose_traits(rng, kind, colour)
    coat = _pick(rng, tuple(name for name in COATS if name != colour))
    words = caption(rng, kind, colour, traits, coat)
    surface = kind.draw(_generator(seed, 1), size_px, kind.palette[colour], traits)
    truth = maps(weathered(_generator(seed, 2), surface, traits, coat))
    lamp = _generator(seed, 3)
    image = lit(truth, draw_light(lamp, size_px))
    exposure = float(np.clip(lamp.normal(1.0, 0.05), 0.9, 1.1))
    return Specimen(np.clip(image * exposure, 0, 1).astype(np.float32), words, kind.name, colour, traits, truth)
