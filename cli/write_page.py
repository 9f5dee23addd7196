"""`--command vernissage exhibition-page`: the page for browsers of the exhibition that the opened file has."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import bpy

from ..jobs.texture_job import CANCELLED, Summary, as_error
from ..protocol.errors import Cancelled, ErrorKind, StorageError, fill
from ..protocol.exhibition import LightQuality, works_in_rooms
from ..protocol.exhibition_plan import ExhibitionPlan, plan_from_json
from ..protocol.remarks import Remark
from ..protocol.wire import to_json
from ..scene.files import opened_file
from ..scene.gallery.blank_works import remarks_of_blank
from ..scene.gallery.build import EXPOSURE, check_built, remarks_of_ways, shown_works
from ..scene.gallery.films import write_films
from ..scene.gallery.page_folder import visits_address
from ..scene.gallery.parts import exhibition_collection
from ..scene.gallery.room_files import RoomFile, check_apart, files_of_page, remarks_of_dark, write_rooms
from ..scene.gallery.standing import as_it_stands, remarks_of_unseen
from ..scene.gallery.strips import write_strips
from ..scene.gallery.surroundings import write_sky
from ..scene.gallery.surroundings_made import made_surroundings
from ..scene.gallery.tour import stops_of
from ..scene.gallery.web import write_house
from .arguments import UsageError, absolute
from .exhibition_kept import check_page_files
from .exhibition_page import checked_address, pack_rooms, put_page
from .outputs import check_outputs, write_json
from .parts import clear_all_parts
from .progress import Bar, Lines, reporter
from .quiet import quiet
from .signals import Stop, ask_at_end, stopped_by_signals

__all__ = ["Page", "run", "write_page"]

_KNOWN_FROM = 0.05  # of the bake: from there on it is told how long it takes


@dataclass(frozen=True)
class Page:
    """
    Attributes:
        files: of the rooms, and `house.json`.
        bake_s: what baking took; None where nothing was baked.
    """

    files: list[Path]
    remarks: tuple[Remark, ...]
    bake_s: float | None


def run(options: argparse.Namespace) -> int:
    """Write it. Returns the exit code.

    Raises:
        UsageError: nothing was begun.
    """
    scene = opened_file()
    top = exhibition_collection(bpy.context.scene)
    if top is None:
        raise UsageError("the opened scene has no exhibition: open a file in which one was built.")
    path, out = absolute("plan", options.exhibition, scene), absolute("out", options.out, scene)
    visits_to = checked_address(visits_address(out) if options.visits_to is None else options.visits_to)
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file: name a folder.")
    check_page_files(out, "move it, or name another --out.")
    outputs = check_outputs(options, scene, [path])
    progress, stop = reporter(sys.stderr), Stop()
    error, page = None, Page([], (), None)
    if options.until_stdin_ends and sys.platform != "win32":  # where a thread that reads it holds up children
        ask_at_end(0, stop.ask)
    with stopped_by_signals(stop.ask), quiet():
        try:
            planned = _plan(path)
            check_built(top, planned)
            plan = shown_works(planned, top)
            blank = tuple(remarks_of_blank(plan, top))
            page = write_page(top, plan, path.parent, out, LightQuality(options.light), visits_to, progress,
                              lambda: check_stop(stop))
            page = replace(page, remarks=(*blank, *page.remarks))
        except Exception as raised:
            error = as_error(raised)
    if outputs.report is not None:
        write_json(outputs.report, {
            "files": [str(file) for file in page.files], "remarks": to_json(page.remarks),
            "error": None if error is None else {"kind": str(error.kind), "sentence": error.sentence,
                                                 "remedy": error.remedy, "values": error.values}})
    for remark in page.remarks:
        progress.say(fill(remark.sentence, remark.values))
    if error is not None:
        progress.say("cancelled" if error.kind is ErrorKind.CANCELLED else str(error))
        return 1
    progress.say(f"{works_in_rooms(len(plan.works), len(plan.numbered))}: {out}")
    return 0


def _plan(path: Path) -> ExhibitionPlan:
    try:
        return plan_from_json(path.read_bytes().decode("utf-8-sig", "replace"))
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def check_stop(stop: Stop) -> None:
    """Raises `Cancelled` where that was asked for."""
    if stop.is_asked:
        raise Cancelled(CANCELLED)


def write_page(top: bpy.types.Collection, plan: ExhibitionPlan, works: Path, folder: Path,
               quality: LightQuality, visits_to: str, progress: Bar | Lines, check: Callable[[], None]) -> Page:
    """The page, its rooms as they are in the scene, and their light.

    Args:
        works: the folder that the plan's files are beside.
        check: called now and then; what it raises ends all, and rooms that were there stay.

    Raises:
        BadInput: a work lies there.
        StorageError: it cannot be written.
    """
    check_apart(plan, works, folder)
    clear_all_parts(folder)
    stands = as_it_stands(top, plan)
    before = files_of_page(folder)
    put_page(folder, visits_to)
    films, remarks = write_films(plan, works, folder)
    sky = write_sky(bpy.context.scene.world, EXPOSURE, folder)
    strips = write_strips(plan, works, folder)
    ids = [room.id for room in plan.rooms]
    begun = time.perf_counter()

    def tick(room: str, share: float) -> None:
        check()
        done = (ids.index(room) + share) / len(ids)
        spent = time.perf_counter() - begun
        progress.show(Summary(room, ids.index(room) + 1, len(ids), "Baking", round(100 * done),
                              round(spent * (1 - done) / done) if done > _KNOWN_FROM else None))

    rooms = write_rooms(top, stands, folder, quality, tick)
    is_baked = quality is not LightQuality.OFF
    bake_s = time.perf_counter() - begun if is_baked else None
    progress.say(pack_rooms([room.glb for room in rooms]))
    surroundings = made_surroundings(plan, works, top, bpy.context.scene.world)
    house = write_house(plan, stands, stops_of(stands), rooms, folder, visits_to, sky, strips, films, surroundings)
    for path in before - files_of_page(folder):
        path.unlink(missing_ok=True)
    return Page([*_files(rooms), house], (*remarks, *remarks_of_ways(plan, stands), *remarks_of_unseen(top),
                                          *(remarks_of_dark(plan, rooms) if is_baked else ())), bake_s)


def _files(rooms: Sequence[RoomFile]) -> list[Path]:
    return [path for room in rooms for path in (room.glb, room.light) if path]
