"""How long works are looked at, as a picture: warm places on the floor plan, and the works by their seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.exhibition_plan import ExhibitionPlan
from protocol.visits import WorkInterest

from .drawing import WIDTH_PX, draw_head
from .floor_drawing import draw_floor
from .letters import Letters
from .sheet import ACCENT, FAINT, INK, Panel

__all__ = ["draw_visits"]

_MARGIN_PX = 40
_ROW_PX = 58
_BAR_LEFT, _BAR_RIGHT = 900, 2080
_GREY = (110, 108, 104)


def draw_visits(plan: ExhibitionPlan, works: Sequence[WorkInterest], thumbnails: Mapping[str, NDArray[np.uint8]],
                fonts: Sequence[Path] = ()) -> NDArray[np.uint8]:
    """(H, 2400, 3) uint8 sRGB. Bars are the mean seconds with their interval of 95 %, the share is of the visits that
    stopped. There are no words but those of the plan.

    Args:
        works: the longest looked at first.
        thumbnails: (H, W, 3) uint8 sRGB by the ID of the work; not all need one.
        fonts: the preferred first; see `Letters`.
    """
    letters = Letters(fonts)
    longest = max((work.seconds.mean for work in works), default=0.0)
    warmth = {work.id: work.seconds.mean / longest for work in works} if longest else {}
    return np.concatenate([draw_head(plan, letters),
                           draw_floor(plan, thumbnails, letters, WIDTH_PX, warmth).pixels(),
                           _list(plan, works, thumbnails, letters)])


def _list(plan: ExhibitionPlan, works: Sequence[WorkInterest], thumbnails: Mapping[str, NDArray[np.uint8]],
          letters: Letters) -> NDArray[np.uint8]:
    numbers = {work.id: work.number for work in plan.works}
    panel = Panel(WIDTH_PX, len(works) * _ROW_PX + 2 * _MARGIN_PX, letters)
    panel.line([(_MARGIN_PX, _MARGIN_PX / 2), (WIDTH_PX - _MARGIN_PX, _MARGIN_PX / 2)], FAINT)
    largest = max((work.seconds.high or work.seconds.mean for work in works), default=0.0) or 1.0
    scale = (_BAR_RIGHT - _BAR_LEFT) / largest
    for place, work in enumerate(works):
        middle = _MARGIN_PX + (place + 0.5) * _ROW_PX
        panel.text(_MARGIN_PX + 50, middle, str(numbers[work.id]), 20, INK, "r")
        if work.id in thumbnails:
            _draw_thumbnail(panel, thumbnails[work.id], _MARGIN_PX + 66, middle)
        panel.text(_MARGIN_PX + 150, middle, panel.fitted(work.title, 20, _BAR_LEFT - _MARGIN_PX - 190), 20, INK)
        end = _BAR_LEFT + work.seconds.mean * scale
        panel.rectangle(_BAR_LEFT, middle - 12, max(end, _BAR_LEFT + 2), middle + 12, fill=ACCENT)
        if work.seconds.low is not None and work.seconds.high is not None:
            low, high = (_BAR_LEFT + bound * scale for bound in (work.seconds.low, work.seconds.high))
            panel.line([(low, middle), (high, middle)], INK, 2)
            for bound in (low, high):
                panel.line([(bound, middle - 7), (bound, middle + 7)], INK, 2)
        panel.text(_BAR_RIGHT + 130, middle, f"{work.seconds.mean:.1f} s", 20, INK, "r")
        panel.text(WIDTH_PX - _MARGIN_PX, middle, f"{work.stopped.mean:.0%}", 20, _GREY, "r")
    return panel.pixels()


def _draw_thumbnail(panel: Panel, thumbnail: NDArray[np.uint8], left: float, middle: float) -> None:
    scale = (_ROW_PX - 8) / max(thumbnail.shape[:2])
    high, wide = thumbnail.shape[0] * scale, thumbnail.shape[1] * scale
    panel.picture(thumbnail, left + (_ROW_PX - 8 - wide) / 2, middle - high / 2, wide, high)
