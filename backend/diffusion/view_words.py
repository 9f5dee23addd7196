"""Where a view is taken from, in the words that models of things know (as in DreamFusion, Poole et al., 2022, and
TEXTure, Richardson et al., 2023). Standard library only.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from protocol.errors import ModelError

from .families import Family

__all__ = ["Side", "check_words", "direction_of", "name_view", "words_of"]

_STEEP, _RAISED = 0.8, 0.5  # sines of the elevation: 53 and 30 degrees


class Side(enum.StrEnum):
    """What a view can be called; the values are the keys of `view_words` in catalogue.toml."""

    FRONT = "front"
    BACK = "back"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    ABOVE = "above"  # beside one of the first four
    BELOW = "below"


_WORDS: dict[str, str] = {
    Side.FRONT: "front view",
    Side.BACK: "back view",
    Side.LEFT: "side view, from the left",
    Side.RIGHT: "side view, from the right",
    Side.TOP: "top view",
    Side.BOTTOM: "bottom view",
    Side.ABOVE: "from above",
    Side.BELOW: "from below",
}


def direction_of(x: float, y: float, z: float) -> tuple[Side, ...]:
    """The sides of a view that is taken from the direction (x, y, z), of length 1. Blender's front is from -y."""
    if abs(z) > _STEEP:
        return (Side.TOP if z > 0 else Side.BOTTOM,)
    if abs(x) > abs(y):
        side = Side.RIGHT if x > 0 else Side.LEFT
    else:
        side = Side.FRONT if y < 0 else Side.BACK
    return (side,) if abs(z) < _RAISED else (side, Side.ABOVE if z > 0 else Side.BELOW)


def words_of(family: Family, own: Mapping[str, str] | None) -> Mapping[str, str]:
    """What a model is told of each side; nothing of those that are not there.

    Args:
        own: of the model itself, before its family's; {} says nothing at all, None has no say.
    """
    if own is not None:
        return own and {**_WORDS, **own}
    return {} if family is Family.MINI else _WORDS  # mini knows materials, not things that have a front


def name_view(prompt: str, sides: tuple[Side, ...], words: Mapping[str, str]) -> str:
    """The prompt with what is said of those sides."""
    return ", ".join([prompt, *filter(None, (words.get(side, "") for side in sides))])


def check_words(model: str, own: object) -> dict[str, str] | None:
    """The `view_words` of an entry of the catalogue: a table, False for none, or None where it has no say.

    Raises:
        ModelError: it is of another kind, or names what is no side.
    """
    if own is None:
        return None
    if own is False:
        return {}
    if not isinstance(own, dict) or not own or not own.keys() <= set(Side) \
            or not all(isinstance(word, str) for word in own.values()):
        raise ModelError("The catalogue's view words of {model} cannot be read.",
                         "Give words for some of {sides}, or false.", model=model, sides=", ".join(Side))
    return own
