"""From a seed to a painting and the words a visitor would use for it."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from training.data.noise import Rng
from training.data.paintings.kinds import KINDS, Kind
from training.data.paintings.palettes import PALETTES, Palette

UNCOUNTABLE = (
    "art",
    "graffiti",
    "glass",
    "impasto",
    "splatter",
    "fabric",
    "cloth",
    "fields",
    "batik",
    "enso",
    "watercolour",
    "oil",
    "gouache",
    "night",
)


@dataclass(frozen=True)
class Painting:
    """One training pair. `image` is (size_px, size_px, 3) float32, sRGB in 0–1."""

    image: NDArray[np.float32]
    caption: str
    kind: str
    palette: str


def _with_article(phrase: str) -> str:
    last = phrase.split()[-1]
    if last in UNCOUNTABLE or last.endswith(("ism", "tion")):
        return phrase
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def caption(rng: Rng, kind: Kind, subject: str, palette: Palette) -> str:
    """A phrase that always names the kind, mostly the subject and the colours, in one of several orders."""
    weights = np.asarray([2.5] + [1.0] * (len(kind.nouns) - 1))
    words = [str(rng.choice(np.asarray(kind.nouns), p=weights / weights.sum()))]
    colours = str(rng.choice(["before", "after", "unsaid"], p=[0.40, 0.44, 0.16]))
    if colours == "before":
        words.insert(0, str(rng.choice(np.asarray(palette.adjectives))))
    adjective = str(rng.choice(np.asarray(kind.adjectives)))
    if rng.random() < 0.25 and adjective not in " ".join(words):
        words.insert(0, adjective)
    body = " ".join(words)
    link = ", " if kind.link == "," or body.endswith("ism") else f" {kind.link} "
    order = str(rng.choice(["body, subject", "subject, body", "apart", "body"], p=[0.50, 0.18, 0.10, 0.22]))
    if order != "subject, body" and rng.random() < 0.2:
        body = _with_article(body)
    text = {
        "body, subject": body + link + subject,
        "subject, body": f"{subject}, {body}",
        "apart": f"{body}, {subject}",
        "body": body,
    }[order]
    if colours == "after":
        text += str(rng.choice([" ", ", "])) + str(rng.choice(np.asarray(palette.phrases)))
    return text


def painting(seed: int, size_px: int = 256, kind: str | None = None) -> Painting:
    """Draw the painting of a seed, of any kind or of the named one; the same arguments give the same bytes.

    Raises ValueError for a kind that is not in `KINDS`.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind is {kind!r}: must be one of {', '.join(KINDS)}")
    chosen = KINDS[kind or list(KINDS)[int(np.random.default_rng((20261126, seed)).integers(len(KINDS)))]]
    own = (20261126, seed, crc32(chosen.name.encode()))  # kinds drawn from one seed share nothing else
    rng, words = np.random.default_rng((*own, 0)), np.random.default_rng((*own, 1))
    names = chosen.palettes or tuple(PALETTES)
    palette = PALETTES[names[int(rng.integers(len(names)))]]
    image, subject = chosen.draw(rng, size_px, palette)
    return Painting(
        np.clip(image, 0, 1).astype(np.float32), caption(words, chosen, subject, palette), chosen.name, palette.name
    )
