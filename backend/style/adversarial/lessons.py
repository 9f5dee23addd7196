"""What is learnt from and what is learnt on: pictures read, named by their hashes, and some of them held out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from protocol.errors import BadInput
from protocol.style_train import MIN_CONTENTS, StyleTrainRequest

from ..mix import over_mean
from ..pictures import Picture, picture_paths, read_file, read_picture
from .crops import scaled
from .drawn import DRAWN, draw_content

__all__ = ["Lessons", "read_lessons"]

_MOST = 1000  # contents; 400 MB at 256 px
_MOST_HELD_OUT = 12  # a test takes half a second for each of them
_SIDE_STEP_PX = 16  # that features of all layers come out even
_LONGEST = 4  # times the shorter side


@dataclass(frozen=True, eq=False)
class Lessons:
    """
    Attributes:
        styles, contents: (3, H, W) uint8, sRGB.
        held_out: (1, 3, H, W) float32 in 0 to 1, contents to be tested on; sides are multiples of 16.
        style_names, content_names, held_out_names: the name of each file, and the SHA-256 of its bytes.
        unread: what is wrong with each content that was left out.
        left_over: how many contents were more than can be used.
    """

    styles: list[Tensor]
    contents: list[Tensor]
    held_out: list[Tensor]
    style_names: list[tuple[str, str]]
    content_names: list[tuple[str, str]]
    held_out_names: list[tuple[str, str]]
    unread: list[BadInput]
    left_over: int

    @property
    def style_tensors(self) -> list[Tensor]:
        """(1, 3, H, W) float32 in 0 to 1."""
        return [style[None].float() / 255 for style in self.styles]


def read_lessons(request: StyleTrainRequest, folder: Path, step: Callable[[], None]) -> Lessons:
    """Read all pictures of a request.

    Args:
        folder: of the request.
        step: called after each; may raise to stop.

    Raises:
        BadInput: a style cannot be read, or too few contents can.
    """
    styles, style_names = [], []
    for file, name in zip(request.styles, request.names or request.styles, strict=True):
        picture, digest = _read(folder / file, name, read_picture, request)
        styles.append(picture)
        style_names.append((name, digest))
        step()
    paths = list(picture_paths(request.contents, folder))
    found = {} if request.contents else _drawn(request.size_px, step)
    unread: list[BadInput] = []
    for path in paths[:_MOST]:
        try:
            picture, digest = _read(path, path.name, read_file, request)
            found.setdefault(digest, (path.name, picture))  # a copy would be trained on and tested on
        except BadInput as error:
            unread.append(error)
        step()
    if len(found) < MIN_CONTENTS:
        raise _too_few(len(found), unread)
    # By their bytes, so that the order does not depend on names or folders.
    digests = sorted(found)
    np.random.default_rng(request.seed).shuffle(digests)
    count = min(max(1, round(request.held_out * len(digests))), _MOST_HELD_OUT)
    return Lessons(styles, [found[digest][1] for digest in digests[count:]],
                   [_even(found[digest][1]) for digest in digests[:count]], style_names,
                   [(found[digest][0], digest) for digest in digests[count:]],
                   [(found[digest][0], digest) for digest in digests[:count]], unread, max(0, len(paths) - _MOST))


def _drawn(side_px: int, step: Callable[[], None]) -> dict[str, tuple[str, Tensor]]:
    """By the SHA-256 of its pixels the name of each, and the picture (3, side_px, side_px) uint8."""
    found = {}
    for number in range(DRAWN):
        picture = scaled(draw_content(number, side_px), side_px)
        found[hashlib.sha256(picture.numpy().tobytes()).hexdigest()] = f"drawn {number:02}", picture
        step()
    return found


def _read(path: Path, name: str, reader: Callable[[Path, str], Picture], request: StyleTrainRequest
          ) -> tuple[Tensor, str]:
    """The picture (3, H, W) uint8 at the request's size, and the SHA-256 of its file."""
    read = reader(path, name)
    colours = over_mean(read.colours, read.alpha)
    if min(colours.shape[:2]) < request.crop_px:
        raise BadInput("{name} is {width} × {height} px: smaller than the crops of {crop} px.",
                       "Choose a larger picture, or a smaller crop.", name=name, width=colours.shape[1],
                       height=colours.shape[0], crop=request.crop_px)
    return (scaled(colours, request.size_px, _LONGEST * request.size_px),
            hashlib.sha256(path.read_bytes()).hexdigest())


def _too_few(count: int, unread: Sequence[BadInput]) -> BadInput:
    if unread:
        return BadInput("Only {count} pictures can be learnt on, at least {low} are needed; {bad} cannot be used, the "
                        "first because: {reason}", "Add more pictures that differ from each other.", count=count,
                        low=MIN_CONTENTS, bad=len(unread), reason=unread[0])
    return BadInput("There are {count} different pictures to learn on: at least {low} are needed.",
                    "Choose a folder with many pictures.", count=count, low=MIN_CONTENTS)


def _even(picture: Tensor) -> Tensor:
    height, width = (side // _SIDE_STEP_PX * _SIDE_STEP_PX for side in picture.shape[1:])
    return picture[None, :, :height, :width].float() / 255
