"""What an artist tells of the works of an exhibition, in a list of the scene; it goes before what the plan says."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..protocol.errors import BadInput, StorageError
from ..protocol.exhibition_plan import ExhibitionPlan, PlannedWork, WorkKind, plan_from_json, plan_to_json

if TYPE_CHECKING:
    from ..properties.exhibited_work import VERNISSAGE_PG_exhibited_work
    from ..properties.exhibition import VERNISSAGE_PG_exhibition

__all__ = ["fill_list", "put_edits", "read_plan", "told_by_hand"]

_TEXTS = ("title", "artist", "year", "medium", "text", "alt", "rights", "provenance")
_SAME_CM = 0.05  # what a person who types a width cannot mean


def read_plan(path: Path) -> ExhibitionPlan:
    """Raises:
        StorageError: it cannot be read.
        BadInput: it is no plan.
    """
    try:
        return plan_from_json(path.read_bytes().decode("utf-8-sig", "replace"))
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def fill_list(exhibition: VERNISSAGE_PG_exhibition, plan: ExhibitionPlan, folder: Path) -> None:
    """The list shows what a plan says, and still knows what was told by hand.

    Args:
        folder: the plan's.
    """
    by_hand = {item.file: {**json.loads(item.by_hand), **edits} for item, edits in _edits(exhibition)}
    exhibition.listed.clear()
    for work in plan.works:
        item = exhibition.listed.add()
        item.name, item.id, item.file, item.kind = work.title, work.id, work.file, str(work.kind)
        item.ratio = work.height_m / work.width_m
        for name, value in _said(work).items():
            setattr(item, name, value)
        item.planned = json.dumps(_said(work), ensure_ascii=False)
        item.by_hand = json.dumps(by_hand.get(work.file, {}), ensure_ascii=False)
    exhibition.listed_folder = str(folder)
    exhibition.active_listed = min(exhibition.active_listed, max(len(plan.works) - 1, 0))


def told_by_hand(exhibition: VERNISSAGE_PG_exhibition) -> dict[str, dict[str, str]]:
    """What was told in the list: by a work's absolute path, as columns of a sidecar."""
    told = {}
    for item, new in _edits(exhibition):
        edits = {**json.loads(item.by_hand), **new}
        texts = {name: value for name, value in edits.items() if name in _TEXTS}
        width_cm = edits.get("width_cm", item.width_cm)
        size = {"width_cm": f"{width_cm:g}", "height_cm": f"{width_cm * item.ratio:g}"}
        if edits:
            path = os.path.abspath(Path(exhibition.listed_folder) / item.file)
            told[path] = texts | (size if "width_cm" in edits else {})
    return told


def put_edits(exhibition: VERNISSAGE_PG_exhibition, path: Path) -> None:
    """Write what was changed in the list into its plan, which says it from now on.

    Raises:
        StorageError: the plan cannot be read, or written.
        BadInput: it is none, or the list is of another.
    """
    edited = [(item, said) for item, said in _edits(exhibition) if said]
    if not edited:
        return
    if os.path.abspath(exhibition.listed_folder) != os.path.abspath(path.parent):
        raise BadInput("What you have told of works is of the plan in {folder}.",
                       "Choose that Plan Folder, or press Read Plan.", folder=exhibition.listed_folder)
    edits = {item.id: said for item, said in edited}
    plan = read_plan(path)
    works = tuple(_changed(work, edits[work.id]) if work.id in edits else work for work in plan.works)
    partial = path.with_name(f".{os.getpid()}.part")
    try:
        partial.write_text(plan_to_json(dataclasses.replace(plan, works=works)), encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    finally:
        partial.unlink(missing_ok=True)
    for item, said in edited:
        item.planned = json.dumps({**json.loads(item.planned), **said}, ensure_ascii=False)
        item.by_hand = json.dumps({**json.loads(item.by_hand), **said}, ensure_ascii=False)


def _said(work: PlannedWork) -> dict[str, Any]:
    size = {} if work.kind is WorkKind.SCULPTURE else {"width_cm": round(100 * work.width_m, 2)}
    return {name: getattr(work, name) for name in _TEXTS} | size


def _edits(exhibition: VERNISSAGE_PG_exhibition) -> Iterator[tuple[VERNISSAGE_PG_exhibited_work, dict[str, Any]]]:
    """Of each of the list, what was changed since it was read or built."""
    for item in exhibition.listed:
        planned = json.loads(item.planned)
        yield item, {name: getattr(item, name) for name, value in planned.items()
                     if not _same(getattr(item, name), value)}


def _same(one: Any, other: Any) -> bool:
    return abs(one - other) < _SAME_CM if isinstance(one, float) and isinstance(other, float) else one == other


def _changed(work: PlannedWork, edits: dict[str, Any]) -> PlannedWork:
    texts = {name: value for name, value in edits.items() if name in _TEXTS}
    if "width_cm" not in edits:
        return dataclasses.replace(work, **texts)
    width_m = round(edits["width_cm"] / 100, 4)
    return dataclasses.replace(work, **texts, width_m=width_m,
                               height_m=round(work.height_m * width_m / work.width_m, 4))
