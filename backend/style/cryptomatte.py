"""Which objects does each pixel of a render show, as the renderer itself says it: Cryptomatte.

Friedman and Jones, "Fully automatic ID mattes with support for motion blur and transparency" (2015), as its
specification 1.2.0 stores it: in each rank a hash of the name and the share of the pixel that it covers.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput

from .passes import read_layers

__all__ = ["cover_of_objects", "id_of"]

_RANK = "cryptoobject"
_SHARE_OF = {"r": "g", "b": "a"}  # channels of an ID's share of the pixel, by that of the ID


def cover_of_objects(path: Path, areas: list[Collection[str]]) -> NDArray[np.float32]:
    """(A, H, W) float32 in 0 to 1: for each collection of object names the share of each pixel that shows them, in the
    view layer that shows most of them.

    Raises:
        BadInput: the file cannot be read, or has no Cryptomatte of objects.
    """
    wanted = [np.array(sorted({id_of(name) for name in names}), np.uint32) for names in areas]
    layers = read_layers(path)
    channels = layers.channels
    covers: dict[str, NDArray[np.float32]] = {}
    for layer, rank, letter in sorted(channels):
        share = _SHARE_OF.get(letter)
        if (not rank.startswith(_RANK) or share is None or (layer, rank, share) not in channels
                or (layer, rank, letter) in layers.half):  # the number of an object fills all of its 32 bit
            continue
        number = np.ascontiguousarray(channels[layer, rank, letter], np.float32).view(np.uint32)
        cover = covers.setdefault(layer, np.zeros((len(areas), *number.shape), np.float32))
        for place, own in enumerate(wanted):
            cover[place] += np.where(np.isin(number, own), channels[layer, rank, share], np.float32(0))
    if not covers:
        raise BadInput("{path} has no Cryptomatte of objects in 32 bit.",
                       "Turn on Cryptomatte: Object in the view layer's passes and Full Float in the output, and "
                       "render again.", path=path.name)
    return np.max(list(covers.values()), axis=0).clip(0, 1)


def id_of(name: str) -> int:
    """The 32 bits that stand for a name: MurmurHash3, never those of a float that is no number."""
    number = _murmur3(name.encode("utf-8", "surrogateescape"))
    return number ^ 1 << 23 if number >> 23 & 255 in (0, 255) else number


def _murmur3(body: bytes) -> int:
    """Appleby's MurmurHash3_x86_32, seed 0."""
    def mixed(block: int) -> int:
        block = block * 0xCC9E2D51 & 0xFFFFFFFF
        return (block << 15 | block >> 17) * 0x1B873593 & 0xFFFFFFFF

    state, whole = 0, len(body) // 4 * 4
    for start in range(0, whole, 4):
        state ^= mixed(int.from_bytes(body[start:start + 4], "little"))
        state = (state << 13 | state >> 19) & 0xFFFFFFFF
        state = state * 5 + 0xE6546B64 & 0xFFFFFFFF
    if body[whole:]:
        state ^= mixed(int.from_bytes(body[whole:], "little"))
    state ^= len(body)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        state = (state ^ state >> shift) * factor & 0xFFFFFFFF
    return state
