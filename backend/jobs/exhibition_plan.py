"""Plan an exhibition, or check a plan that somebody edited: the recipe."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput
from protocol.exhibition import (
    FILE_FAULT,
    PLAN_NAME,
    PLAN_PICTURE_NAME,
    Curation,
    ExhibitionPlanRequest,
    ExhibitionPlanResult,
    LeftOut,
)
from protocol.exhibition_plan import ExhibitionPlan, WorkKind, plan_to_json
from protocol.messages import Stage
from protocol.remarks import Remark

from ..exhibition.artworks import Artwork, find_works, look_at, read_work
from ..exhibition.checking import faults
from ..exhibition.curation import Alike, curate, resolved
from ..exhibition.drawing import draw_plan
from ..exhibition.plan_file import read_plan
from ..exhibition.planning import plan_exhibition
from ..exhibition.sidecar import NAMES, Sidecar, known_of, read_sidecar
from ..exhibition.words import clean
from ..job import Job
from ..pictures import write_png
from ..texts import write_text

__all__ = ["exhibition_plan"]

_SHARES = {Stage.WORKS: 0.35, Stage.CURATE: 0.35, Stage.HANG: 0.05, Stage.DRAW: 0.2, Stage.WRITE: 0.05}
_MOST = 500  # works

_Thumbnails = Mapping[str, NDArray[np.uint8]]


def exhibition_plan(request: ExhibitionPlanRequest, job: Job) -> ExhibitionPlanResult:
    """Write `exhibition.json` and `plan.png`."""
    job.follow(_SHARES)
    if request.plan:
        plan, thumbnails, found = _read_plan(Path(request.plan), request, job)
        left_out: list[LeftOut] = []
    else:
        works, left_out = _read_works(request, job)
        plan, thumbnails = _plan(works, request, job)
        found = []
    with job.stage(Stage.DRAW):
        picture = draw_plan(plan, thumbnails, [Path(path) for path in request.fonts])
    with job.stage(Stage.WRITE):
        write_text(job.folder / PLAN_NAME, plan_to_json(plan))
        write_png(job.folder / PLAN_PICTURE_NAME, picture)
    return ExhibitionPlanResult(
        plan=PLAN_NAME, picture=PLAN_PICTURE_NAME, work_count=len(plan.works), room_count=len(plan.numbered),
        floor_m2=round(sum(room.width_m * room.depth_m for room in plan.rooms), 1), left_out=tuple(left_out),
        faults=tuple(found), seconds=job.seconds, remarks=tuple(job.remarks))


def _read_works(request: ExhibitionPlanRequest, job: Job) -> tuple[list[Artwork], list[LeftOut]]:
    """Those that can be shown, in the order of the sidecar, what it does not tell of last; and those that cannot."""
    paths = list(find_works([Path(path) for path in request.works], [Path(path) for path in request.passed_over]))
    sidecars = _sidecars(request)
    job.remarks += [remark for sidecar in sidecars for remark in sidecar.remarks]
    order = [row for sidecar in sidecars for row in sidecar.rows.values()]
    passed_over = [Path(path) for path in request.passed_over]
    named = {path.resolve() for path in paths}
    rows = _rows(sidecars, [*paths, *(path for path in passed_over if path.resolve() not in named)])
    ranks = {id(row): rank for rank, row in enumerate(order)}
    paths.sort(key=lambda path: ranks.get(id(rows.get(path)), len(ranks)))
    # a folder may name them in another way
    told = {Path(path).resolve(): known_of(row) for path, row in request.told.items()}
    edits = {Path(path).resolve(): dict.fromkeys(row, "") | known_of(row) for path, row in request.edits.items()}
    said = {path: {**told.get(path.resolve(), {}), **rows.get(path, {}), **edits.get(path.resolve(), {})}
            for path in paths}
    gone = [name for sidecar in sidecars for name in sidecar.rows]
    if gone:
        job.remark("The sidecar tells of works that are not there: {count}, the first of them {name}.",
                   count=len(gone), name=gone[0])
    if passed_over:
        job.remark("Pictures of earlier briefs do not hang: {count}, the first of them {name}. To hang them, name "
                   "their files among the works.", count=len(passed_over), name=passed_over[0].name)
    works: list[Artwork] = []
    left_out: list[LeftOut] = []
    with job.stage(Stage.WORKS, steps=len(paths)):
        for path in paths:
            try:
                if len(works) == _MOST:
                    raise BadInput("{name} is one work too many: the most is {most}.", "Make two exhibitions.",
                                   name=path.name, most=_MOST)
                still = request.stills.get(str(path))
                work, remarks = read_work(path, said[path], None if still is None else job.folder / still)
                works.append(work)
                job.remarks += remarks
            except BadInput as error:
                left_out.append(LeftOut(file=str(path), sentence=error.sentence, remedy=error.remedy,
                                        values=error.values))
            job.step()
    if not works and left_out:
        raise left_out[0].to_error()
    if not works:
        raise _nothing()
    silent = [work for work in works if not (work.alt or work.text or work.made.get("prompt"))]
    if silent:
        job.remark("Number of works of which visitors who cannot see them hear nothing but the title: {count}, the "
                   "first of them {name}. Tell in the column “alt” what they show.",
                   count=len(silent), name=silent[0].title)
    return works, left_out


def _nothing() -> BadInput:
    return BadInput("There are no works to exhibit.", "Choose a folder with pictures, films or GLB files.")


def _sidecars(request: ExhibitionPlanRequest) -> list[Sidecar]:
    """The one that is named, or those of the folders, of each one."""
    paths = [Path(request.sidecar)] if request.sidecar else [
        path for folder in request.works for name in NAMES if os.path.isfile(path := Path(folder) / name)]
    sidecars: dict[Path, Sidecar] = {}
    for path in dict.fromkeys(paths):
        found = read_sidecar(path)
        known = sidecars.setdefault(path.parent, Sidecar(path.parent))
        known.rows |= {name: row for name, row in found.rows.items() if name not in known.rows}
        known.remarks += found.remarks
    return list(sidecars.values())


def _rows(sidecars: Sequence[Sidecar], paths: Sequence[Path]) -> dict[Path, dict[str, str]]:
    """What they say of files: each first of those in its own folder, then of what others do not tell of."""
    rows: dict[Path, dict[str, str]] = {}
    for is_own in (True, False):
        for sidecar in sidecars:
            rows |= sidecar.take([path for path in paths if path not in rows
                                  and (not is_own or path.is_relative_to(sidecar.folder))])
    return rows


def _plan(works: Sequence[Artwork], request: ExhibitionPlanRequest, job: Job) -> tuple[ExhibitionPlan, _Thumbnails]:
    curation = resolved(request.curation, works)
    seen = [place for place, work in enumerate(works) if work.kind is not WorkKind.SCULPTURE]
    alike = None
    with job.stage(Stage.CURATE, steps=len(seen)):
        if curation is Curation.STYLE:
            alike = _alike(works, seen, job)
        rooms = curate(works, curation, request.works_per_room, request.seed, alike)
    with job.stage(Stage.HANG):
        plan = plan_exhibition(request.title, rooms, request.architecture, request.seed)
    plan = _with_texts(plan, request, job)
    pictures = {str(work.path): work.thumbnail for work in works if work.thumbnail is not None}
    thumbnails = {work.id: pictures[work.file] for work in plan.works if work.file in pictures}
    plan = replace(plan, floor=request.floor, walls=request.walls, outside=request.outside)
    return (_relative(plan, Path(request.plan_folder)) if request.plan_folder else plan), thumbnails


def _relative(plan: ExhibitionPlan, folder: Path) -> ExhibitionPlan:
    """The same, as it names its files in a folder."""
    floor, walls = (each and replace(each, folder=_beside(folder, Path(each.folder)))
                    for each in (plan.floor, plan.walls))
    return replace(plan, floor=floor, walls=walls, outside=plan.outside and _beside(folder, Path(plan.outside)),
                   works=tuple(replace(work, file=_beside(folder, Path(work.file))) for work in plan.works))


def _with_texts(plan: ExhibitionPlan, request: ExhibitionPlanRequest, job: Job) -> ExhibitionPlan:
    texts = {clean("title", title): clean("text", text) for title, text in request.room_texts.items()}
    missing = texts.keys() - {room.title for room in plan.rooms}
    if missing:
        job.remark("There is a text for the room {title}, but no room of that title.", title=min(missing))
    return replace(plan, text=clean("text", request.text), language=request.language, rooms=tuple(
        replace(room, text=texts.get(room.title, room.text)) for room in plan.rooms))


def _beside(folder: Path, file: Path) -> str:
    """How a plan in a folder names a file."""
    file = Path(os.path.abspath(file))
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _alike(works: Sequence[Artwork], seen: Sequence[int], job: Job) -> Alike:
    """How far those works are apart that can be seen."""
    from ..style.fingerprint import distances, fingerprint  # and torch with it, which nothing else here needs

    prints = []
    for place in seen:
        thumbnail = works[place].thumbnail
        assert thumbnail is not None
        prints.append(fingerprint(np.asarray(thumbnail, np.float32) / np.float32(255)))
        job.step()
    if not prints:
        return Alike((), np.zeros((0, 0)), np.zeros((0, 0)))
    apart = distances(prints, prints)
    return Alike(seen, apart["all"], apart["palette"])


def _read_plan(path: Path, request: ExhibitionPlanRequest, job: Job
               ) -> tuple[ExhibitionPlan, _Thumbnails, list[Remark]]:
    """A plan that somebody edited, how its works look, and what of it cannot be so."""
    plan = read_plan(path)
    if not plan.works:
        raise _nothing()
    found, thumbnails = [], {}
    with job.stage(Stage.WORKS, steps=len(plan.works)):
        for work in plan.works:
            try:
                file = path.parent / work.file  # an absolute path stays what it is
                list(find_works([file]))  # is there
                still = request.stills.get(str(file))
                looks = look_at(file, None if still is None else job.folder / still)
                if looks.thumbnail is not None:
                    thumbnails[work.id] = looks.thumbnail
            except BadInput as error:
                found.append(Remark(FILE_FAULT, {"name": f"{work.number} {work.title}", "reason": str(error)}))
            job.step()
    with job.stage(Stage.HANG):
        found += faults(plan)
    return plan, thumbnails, found
