"""Tell how alike the styles of pictures are: the recipe."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocol.compare import FINGERPRINTS_NAME, PLOT_NAME, CompareRequest, CompareResult, Neighbour
from protocol.errors import BadInput
from protocol.messages import Stage

from ..job import Job
from ..pictures import write_png
from ..style.comparison_plot import Shown, draw_comparison
from ..style.fingerprint import SCALES, UNITS, WEIGHTS, Fingerprint, distances, fingerprint
from ..style.mix import over_mean
from ..style.pictures import Picture, picture_paths, read_file, read_picture, resized
from ..texts import write_text

__all__ = ["compare"]

_SHARES = {Stage.PICTURES: 0.92, Stage.COMPARE: 0.06, Stage.WRITE: 0.02}
_MOST = 500  # pictures; four minutes on two cores
_NEIGHBOURS = 8  # of each picture in the JSON
_THUMBNAIL_PX = 240


@dataclass(frozen=True, eq=False)
class _Seen:
    name: str
    path: Path
    width_px: int
    height_px: int
    thumbnail: NDArray[np.uint8]
    print: Fingerprint


@dataclass(frozen=True)
class _LeftOut:
    """A picture that is not compared, and why."""

    path: Path
    reason: str


def compare(request: CompareRequest, job: Job) -> CompareResult:
    """Take each picture's fingerprint, compare all with all, and write `compared.png` and `fingerprints.json`."""
    job.follow(_SHARES)
    paths = list(picture_paths(request.pictures, job.folder))
    target = job.folder / request.to if request.to else None  # an absolute path stays what it is
    if target is not None:
        paths = [path for path in paths if not _is_same(path, target)]
    with job.stage(Stage.PICTURES, steps=min(len(paths), _MOST) + (target is not None)):
        seen = [] if target is None else [_see_target(target, request)]
        if target is not None:
            job.step()
        others, left_out = _see_all(paths[:_MOST], job)
        seen += others
        if len(paths) > _MOST:
            job.remark("{count} pictures were not compared: there are more than {most}.", count=len(paths) - _MOST,
                       most=_MOST)
            left_out += [_LeftOut(path, f"There are more than {_MOST} pictures.") for path in paths[_MOST:]]
    if len(seen) < 2:
        raise BadInput("Number of pictures to compare: {count}; at least 2 are needed.",
                       "Choose a folder with more pictures.", count=len(seen))
    with job.stage(Stage.COMPARE):
        prints = [each.print for each in seen]
        apart = distances(prints, prints)
        order = np.argsort(apart["all"][0], kind="stable") if target is not None else np.arange(len(seen))
        plot = draw_comparison([Shown(each.name, each.thumbnail, each.print) for each in seen], apart["all"],
                               [int(place) for place in order], has_target=target is not None,
                               font=Path(request.font) if request.font else None)
    with job.stage(Stage.WRITE):
        write_png(job.folder / PLOT_NAME, plot)
        body = _measured(seen, apart, left_out, has_target=target is not None)
        write_text(job.folder / FINGERPRINTS_NAME,
                   json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")
    nearest = [_neighbour(seen[place], apart["all"][0, place]) for place in order[1:]] if target is not None else []
    return CompareResult(plot=PLOT_NAME, fingerprints=FINGERPRINTS_NAME, count=len(seen), nearest=tuple(nearest),
                         seconds=job.seconds, remarks=tuple(job.remarks))


def _see_target(path: Path, request: CompareRequest) -> _Seen:
    """A name in the job's folder is one that Blender wrote."""
    name = request.to_name or path.name
    return _see(path, (read_file if Path(request.to).is_absolute() else read_picture)(path, name), name)


def _see_all(paths: Sequence[Path], job: Job) -> tuple[list[_Seen], list[_LeftOut]]:
    """Those that can be read, and those that cannot."""
    seen = []
    unread = []
    for path in paths:
        try:
            seen.append(_see(path, read_file(path, path.name), path.name))
        except BadInput as error:
            unread.append(_LeftOut(path, str(error)))
        job.step()
    if unread:
        job.remark("{count} pictures were not compared, the first because: {reason}", count=len(unread),
                   reason=unread[0].reason)
    return seen, unread


def _see(path: Path, picture: Picture, name: str) -> _Seen:
    colours = over_mean(picture.colours, picture.alpha)
    height, width = colours.shape[:2]
    scale = _THUMBNAIL_PX / max(height, width)
    small = resized(colours, *(max(1, round(side * scale)) for side in (height, width)))
    return _Seen(name, path, width, height, np.rint(small * 255).astype(np.uint8), fingerprint(colours))


def _is_same(path: Path, target: Path) -> bool:
    return target.exists() and os.path.samefile(path, target)


def _neighbour(seen: _Seen, distance: float) -> Neighbour:
    return Neighbour(name=seen.name, path=str(seen.path), distance=float(distance))


def _measured(seen: Sequence[_Seen], apart: dict[str, NDArray[np.float64]], left_out: Sequence[_LeftOut], *,
              has_target: bool) -> dict[str, Any]:
    nearest = np.argsort(apart["all"] + np.diag(np.full(len(seen), np.inf)), axis=1, kind="stable")[:, :_NEIGHBOURS]
    return {
        "units": UNITS, "weights": WEIGHTS, "scales": [round(float(scale), 5) for scale in SCALES],
        "has_target": has_target,
        "pictures": [{**_described(each), "nearest": [
            {"name": seen[other].name, "path": str(seen[other].path), "distance": float(apart["all"][place, other])}
            for other in nearest[place] if other != place]} for place, each in enumerate(seen)],
        "left_out": [{"name": each.path.name, "path": str(each.path), "reason": each.reason} for each in left_out],
        "distances": {name: values.tolist() for name, values in apart.items()}}


def _described(seen: _Seen) -> dict[str, Any]:
    """Of a picture all that its fingerprint is made of; vectors to 6 digits."""
    return {
        "name": seen.name, "path": str(seen.path), "width_px": seen.width_px, "height_px": seen.height_px,
        "palette": [
            {"hex": f"#{bytes(colour).hex()}", "oklab": [round(float(x), 4) for x in tone], "share": round(share, 4)}
            for colour, tone, share in zip(seen.print.colours, seen.print.tones, seen.print.shares.tolist(),
                                           strict=True)],
        "rose": [round(float(share), 5) for share in seen.print.rose], "order": round(seen.print.order, 4),
        "scale_curve": [round(float(share), 5) for share in seen.print.scales],
        "stroke_share": round(seen.print.stroke_share, 5),
        "vectors": {name: [float(f"{value:.6g}") for value in vector] for name, vector in seen.print.vectors.items()}}
