"""Tell how long the works of an exhibition are looked at, and how long others would be: the recipe."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput, StorageError
from protocol.exhibition import LeftOut
from protocol.exhibition_plan import ExhibitionPlan, PlannedWork
from protocol.messages import Stage
from protocol.visits import (
    VISITS_NAME,
    VISITS_PICTURE_NAME,
    Forecast,
    StyleInterest,
    VisitsRequest,
    VisitsResult,
    WorkInterest,
)
from protocol.wire import to_json

from ..exhibition.artworks import look_at
from ..exhibition.forecast import LEAST_WORKS, Foretold, foretell
from ..exhibition.page_places import as_on_page
from ..exhibition.plan_file import read_plan
from ..exhibition.visits import (
    EMPTY,
    OF_ANOTHER,
    clusters,
    counted_once,
    find_visits,
    mean_seconds,
    read_visit,
    share_stopped,
)
from ..exhibition.visits_drawing import draw_visits
from ..job import Job
from ..pictures import write_png
from ..style.fingerprint import Fingerprint, distances, fingerprint
from ..style.pictures import picture_paths
from ..texts import write_text

__all__ = ["visits"]

_SHARES = {Stage.WORKS: 0.3, Stage.COMPARE: 0.5, Stage.DRAW: 0.15, Stage.WRITE: 0.05}
_FEW = 20  # visits: with fewer, resampling them makes intervals too narrow

_Picture = NDArray[np.uint8]


def visits(request: VisitsRequest, job: Job) -> VisitsResult:
    """Write `visits.json` and `visits.png`."""
    job.follow(_SHARES)
    plan = read_plan(Path(request.plan))
    if request.house:
        plan = as_on_page(plan, Path(request.house))
    looked, left_out = _read_visits(plan, request, job)
    shown, looked = _known(plan, looked, job)
    with job.stage(Stage.WORKS, steps=len(shown)):
        thumbnails = _thumbnails(shown, request, job)
    with job.stage(Stage.COMPARE):
        works = _works(shown, looked, request.seed)
        unseen, unseen_prints = _unseen(request, left_out)
        styles, foretold = _styles(shown, looked, thumbnails, unseen_prints, request, job)
    forecasts = () if foretold is None else tuple(
        Forecast(file=str(path), **dict(zip(("seconds", "low", "high"), told.round(3).tolist(), strict=True)))
        for path, told in zip(unseen, foretold.seconds, strict=False))
    if unseen and foretold is not None and not forecasts:
        job.remark("Styles do not tell how long these works are looked at, so nothing is foretold of unseen ones.")
    with job.stage(Stage.DRAW):
        picture = draw_visits(plan, works, thumbnails, [Path(path) for path in request.fonts])
    with job.stage(Stage.WRITE):
        write_png(job.folder / VISITS_PICTURE_NAME, picture)
    result = VisitsResult(
        report=VISITS_NAME, picture=VISITS_PICTURE_NAME, visit_count=len(looked), works=works, styles=styles,
        explained=None if foretold is None else foretold.explained,
        chance=None if foretold is None else foretold.chance, forecasts=forecasts,
        left_out=tuple(left_out), seconds=job.seconds, remarks=tuple(job.remarks))
    write_text(job.folder / VISITS_NAME,
               json.dumps(to_json(result), allow_nan=False, ensure_ascii=False, indent=1) + "\n")
    return result


def _read_visits(plan: ExhibitionPlan, request: VisitsRequest, job: Job
                 ) -> tuple[NDArray[np.float64], list[LeftOut]]:
    """(visits, works) seconds, NaN where a visit does not know a work."""
    ids = [work.id for work in plan.works]
    looked, left_out = [], []
    for path in find_visits([Path(path) for path in request.visits]):
        try:
            looked.append(read_visit(path, ids))
        except (BadInput, StorageError) as error:
            left_out.append(_left_out(path, error))
    if not looked and left_out:
        raise _none_to_use(left_out)
    if not looked:
        raise BadInput("There are no visits.", "Choose the files that visitors saved, or a folder with them.")
    visits = counted_once(looked)
    if len(visits) < len(looked):
        job.remark("Number of files that are copies of other visits, or later ones of the same visit, and count with "
                   "them once: {count}.", count=len(looked) - len(visits))
    if len(visits) < _FEW:
        job.remark("Number of visits: {count}. With fewer than {few}, the intervals are narrower than they should be.",
                   count=len(visits), few=_FEW)
    return visits, left_out


def _none_to_use(left_out: Sequence[LeftOut]) -> BadInput:
    """An error that tells of each file."""
    if len(left_out) == 1:
        return left_out[0].to_error()
    names: dict[str, list[str]] = {EMPTY: [], OF_ANOTHER: [], "": []}
    for each in left_out:
        names[each.sentence if each.sentence in names else ""].append(Path(each.file).name)
    empty, others, unread = (", ".join(group) or "—" for group in names.values())
    return BadInput("None of these files is a visit to count. Without any work: {empty}. Of another exhibition: "
                    "{others}. Not saved by the exhibition's page, or not to be read: {unread}.",
                    "Choose the files that visitors saved, or a folder with them.", empty=empty, others=others,
                    unread=unread)


def _known(plan: ExhibitionPlan, looked: NDArray[np.float64], job: Job
           ) -> tuple[list[PlannedWork], NDArray[np.float64]]:
    """The works that some visit knows of, and their columns."""
    known = ~np.asarray(np.isnan(looked).all(0))
    if not known.all():
        job.remark("Number of works that came after all visits, of which nothing is told: {count}.",
                   count=int((~known).sum()))
    return [work for work, is_known in zip(plan.works, known, strict=True) if is_known], looked[:, known]


def _thumbnails(works: Sequence[PlannedWork], request: VisitsRequest, job: Job) -> dict[str, _Picture]:
    """By the works' IDs, of those that can be shown: what was looked at is known without them, too."""
    found = {}
    for work in works:
        try:
            thumbnail = look_at(Path(request.plan).parent / work.file).thumbnail
            if thumbnail is not None:
                found[work.id] = thumbnail
        except (BadInput, OSError):
            pass
        job.step()
    if len(found) < len(works):
        job.remark("Number of works whose pictures cannot be read, so that their styles are not known: {count}.",
                   count=len(works) - len(found))
    return found


def _works(works: Sequence[PlannedWork], looked: NDArray[np.float64], seed: int) -> tuple[WorkInterest, ...]:
    found = [WorkInterest(id=work.id, title=work.title, seconds=seconds, stopped=stopped)
             for work, seconds, stopped in zip(works, mean_seconds(looked, seed), share_stopped(looked), strict=True)]
    return tuple(sorted(found, key=lambda work: -work.seconds.mean))


def _styles(works: Sequence[PlannedWork], looked: NDArray[np.float64], thumbnails: dict[str, _Picture],
            unseen: list[Fingerprint], request: VisitsRequest, job: Job
            ) -> tuple[tuple[StyleInterest, ...], Foretold | None]:
    """Interest by style, and what styles foretell."""
    places = [place for place, work in enumerate(works) if work.id in thumbnails]
    prints = [_print(thumbnails[works[place].id]) for place in places]
    if not prints:
        return (), None
    apart = distances(prints, prints)["all"]
    groups = [np.array(places)[group] for group in clusters(apart)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a visit may know none of a group
        means = mean_seconds(np.stack([np.nanmean(looked[:, group], axis=1) for group in groups], axis=1),
                             request.seed)
    styles = [StyleInterest(works=tuple(works[place].id for place in group), seconds=mean)
              for group, mean in zip(groups, means, strict=True)]
    far = distances(unseen, prints)["all"] if unseen else np.zeros((0, len(prints)))
    foretold = foretell(np.nanmean(looked[:, places], axis=0), [works[place].room for place in places], apart, far,
                        request.seed)
    if foretold is None and unseen:
        job.remark("Nothing is foretold of unseen works: that takes at least {least} works with pictures that are not "
                   "looked at all alike.", least=LEAST_WORKS)
    return tuple(sorted(styles, key=lambda style: -style.seconds.mean)), foretold


def _unseen(request: VisitsRequest, left_out: list[LeftOut]) -> tuple[list[Path], list[Fingerprint]]:
    paths, prints = [], []
    for path in picture_paths(request.unseen, Path(request.plan).parent):
        try:
            thumbnail = look_at(path).thumbnail
            if thumbnail is None:
                raise BadInput("{name} cannot be read as a picture.", "Choose another copy of it.", name=path.name)
            prints.append(_print(thumbnail))
            paths.append(path)
        except BadInput as error:
            left_out.append(_left_out(path, error))
    return paths, prints


def _print(thumbnail: _Picture) -> Fingerprint:
    return fingerprint(np.asarray(thumbnail, np.float32) / np.float32(255))


def _left_out(path: Path, error: BadInput | StorageError) -> LeftOut:
    return LeftOut(file=str(path), sentence=error.sentence, remedy=error.remedy, values=error.values)
