"""`house.json`, which tells a browser what is where in an exhibition."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ...protocol.errors import StorageError
from ...protocol.exhibition_plan import ExhibitionPlan, PlannedWork, Room, Standing, centre_of, point_on_wall
from ...protocol.languages import language_of, work_language
from .films import PageFilm
from .light_map import MOST_LIGHT
from .room_files import RoomFile
from .tour import Stop
from .visit import EYES_M, front_of, start_of, walk_grid

__all__ = ["house_of", "write_house"]

_FORMAT = 1
_TEXTS = ("title", "artist", "medium", "text", "alt", "rights", "provenance")


def write_house(plan: ExhibitionPlan, stands: ExhibitionPlan, stops: Sequence[Stop], rooms: Sequence[RoomFile],
                folder: Path, visits_to: str = "", sky: str = "",
                strips: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({}),
                films: Mapping[str, PageFilm] = MappingProxyType({}),
                surroundings: Sequence[Mapping[str, Any]] = ()) -> Path:
    """Write `house.json`; its path.

    Args:
        stands: the plan as it stands in the scene, by which it is told what is where.
        stops: of that.
        rooms: the files of the rooms, as they will stay.
        visits_to: the address that takes what visitors send of their looking times; "" for none.
        sky: the name of the panorama outside, in the folder; "" for none.
        strips: of works, by their ID, as `write_strips` tells them.
        films: that the page plays, by their works' IDs.
        surroundings: as `made_surroundings` tells them.

    Raises:
        StorageError: it cannot be written.
    """
    target = folder / "house.json"
    try:
        body = house_of(plan, stands, stops, rooms) | ({"visits": visits_to} if visits_to else {}) | (
            {"sky": sky} if sky else {}) | ({"surroundings": list(surroundings)} if surroundings else {})
        for work in body["works"]:
            if work["id"] in strips:
                work["made"]["images"] = strips[work["id"]]
            if work["id"] in films:
                work["film"] = asdict(films[work["id"]])
        body["made"] = _digest(body, rooms)
        target.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError.from_os_error(target, error) from error
    return target


def _digest(body: Mapping[str, Any], rooms: Sequence[RoomFile]) -> str:
    """Of what the page shows: browsers keep files by their addresses, and would show old rooms in a new house."""
    digest = hashlib.sha256(json.dumps(body).encode())
    for path in (path for room in rooms for path in (room.glb, room.light) if path):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def house_of(plan: ExhibitionPlan, stands: ExhibitionPlan, stops: Sequence[Stop], files: Sequence[RoomFile]
             ) -> dict[str, Any]:
    """The body of `house.json`: positions as glTF has them, in metres, y up. Args as those of `write_house`, but:

    Args:
        files: of the rooms, in their order.
    """
    at = {stop.work: stop for stop in stops}
    start, (dx, dy) = start_of(stands)
    grid = walk_grid(stands)
    # rows go along +z, which is to the south
    bits = np.packbits(grid.free[::-1].ravel()).tobytes()
    rows, columns = grid.free.shape
    return {
        "format": _FORMAT, "title": plan.title, "text": plan.text,
        "language": plan.main_language,
        **_languages(plan.main_language, {"title": plan.title, "text": plan.text}),
        "rooms": [_room(plan, room, file) for room, file in zip(plan.rooms, files, strict=True)],
        "works": [_work(stands, work, size, at[work.id])
                  for work, size in zip(stands.works, map(_size_cm, plan.works), strict=True)],
        "walk": {"cell_m": grid.cell_m, "origin": _rounded(grid.west, -(grid.south + rows * grid.cell_m)),
                 "columns": columns, "rows": rows, "bits": base64.b64encode(bits).decode("ascii")},
        "tour": [{"work": stop.work, "stand": _point((*stop.at, 0.0)), "look": _point(stop.look)} for stop in stops],
        "start": {"stand": _point((*start, 0.0)), "look": _point((start[0] + 4 * dx, start[1] + 4 * dy, EYES_M))}}


def _languages(main: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """What the texts' letters tell of them that is not said of all."""
    other = {name: found for name, text in texts.items() if (found := language_of(text, main)) != main}
    return {"languages": other} if other else {}


def _room(plan: ExhibitionPlan, room: Room, file: RoomFile) -> dict[str, Any]:
    east, north = room.x_m + room.width_m, room.y_m + room.depth_m
    return {"id": room.id, "title": room.title, "text": room.text,
            **_languages(plan.main_language, {"title": room.title, "text": room.text}), "glb": f"rooms/{file.glb.name}",
            "bytes": file.glb.stat().st_size, "height_m": room.height_m,
            "floor": [_rounded(x, -y) for x, y in ((room.x_m, room.y_m), (east, room.y_m), (east, north),
                                                   (room.x_m, north))],
            "light": file.light and f"rooms/{file.light.name}", "light_scale": MOST_LIGHT if file.light else 1.0,
            "doors": [{"to": door.to or None, "at": _point((*point_on_wall(room, door.wall, door.along_m), 0.0)),
                       "width_m": door.width_m} for door in plan.doors_of(room)]}


def _size_cm(work: PlannedWork) -> list[float]:
    """The real one, as the label tells it, in whatever size a work is shown."""
    sides = [work.width_m, work.height_m, *([work.depth_m] if isinstance(work.place, Standing) else [])]
    return _rounded(*(side * 100 for side in sides))


def _work(plan: ExhibitionPlan, work: PlannedWork, size_cm: list[float], stop: Stop) -> dict[str, Any]:
    x, y, z = centre_of(plan, work)
    dx, dy = front_of(plan, work)
    size = [work.width_m, work.height_m]
    if isinstance(work.place, Standing):
        if dx:
            size[0] = work.depth_m
    else:
        x, y = x + dx * work.depth_m, y + dy * work.depth_m
    language = work_language(plan, work)
    return {"id": work.id, "kind": str(work.kind), "room": work.room, "language": language,
            **_languages(language, {name: getattr(work, name) for name in _TEXTS}), "title": work.title,
            "artist": work.artist, "year": work.year, "medium": work.medium,
            "size_cm": size_cm, "text": work.text, "rights": work.rights,
            "provenance": work.provenance, "alt": work.alt, "made": work.made or None, "at": _point((x, y, z)),
            "normal": _point((dx, dy, 0.0)), "size_m": _rounded(*size), "stand": _point((*stop.at, 0.0))}


def _point(at: tuple[float, float, float]) -> list[float]:
    return _rounded(at[0], at[2], -at[1])


def _rounded(*values: float) -> list[float]:
    return [round(value, 4) + 0.0 for value in values]
