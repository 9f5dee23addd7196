"""Works that an artist has moved show what the plan has for them by now: where they are is the artist's, and what they
show is the plan's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import bpy

from ...protocol.errors import BadInput
from ...protocol.exhibition_plan import ExhibitionPlan
from ...protocol.remarks import Remark
from .parts import CONTENT, STATE, Part, find_parts, put_new
from .state import PLACE, is_like, state_of

__all__ = ["Renewed", "remarks_of_renewed", "renew"]


@dataclass
class Renewed:
    """IDs of works.

    Attributes:
        moved: those that show something else, where the artist has put them.
        outdated: those that show what they did, because the artist has changed more than their place, or because there
            is nothing else that can be read.
    """

    moved: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)


def renew(top: bpy.types.Collection, parts: Iterable[Part]) -> Renewed:
    """Args:
        parts: of works, those that show them.
    """
    found, renewed = find_parts(top), Renewed()
    for part in parts:
        each = found.get(part.name)
        if each is None or each.get(CONTENT, part.content_hash) == part.content_hash \
                or is_like(each[STATE], state_of(each)):
            continue
        try:
            if is_like(each[STATE], state_of(each), {PLACE}):
                put_new(part, each)
                renewed.moved.append(part.name)
                continue
        except BadInput:
            pass
        renewed.outdated.append(part.name)
    return renewed


def remarks_of_renewed(plan: ExhibitionPlan, renewed: Renewed) -> Iterator[Remark]:
    names = {work.id: work.title or work.id for work in plan.works}
    if renewed.moved:
        yield Remark("Number of works that show their new picture, or have their new size, where you have put them: "
                     "{count}, the first of them {name}.",
                     {"count": len(renewed.moved), "name": names[renewed.moved[0]]})
    for work in renewed.outdated:
        yield Remark("{name} still shows its old picture, or has its old size: it was changed by hand, or its new "
                     "file cannot be read. Put the new picture into its material.", {"name": names[work]})
