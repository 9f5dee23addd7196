"""Pictures and films in their real size on walls, sculptures on plinths."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import bpy

from ...protocol.exhibition_plan import ExhibitionPlan, PlannedWork, Standing, WorkKind
from .frames import Border
from .parts import Part
from .rooms import Finish, on_wall
from .sculptures import sculpture_mesh
from .shapes import Shape
from .surfaces import film_material, picture_material

__all__ = ["WORK", "find_picture", "work_file", "work_parts"]

WORK = "vernissage_work"  # custom property with its ID
_FRAME_MOST_M = 0.09  # deep
_MOUNT_BACK_M = 0.004  # how far a mount lies behind the work
_FILM_LX = 260.0  # a white frame is as bright as a white wall under so much light


def work_file(folder: Path, work: PlannedWork) -> Path:
    """Where it lies. Args:
        folder: of the plan.
    """
    return Path(os.path.abspath(folder / work.file))


def work_parts(plan: ExhibitionPlan, work: PlannedWork, border: Border, finish: Finish, folder: Path
               ) -> Iterator[Part]:
    """The work, named as it is in the plan, and what goes with it.

    Args:
        folder: of the plan.
    """
    extras = {WORK: work.id}
    file = work_file(folder, work)
    told = {"kind": work.kind, "file": work.file, "size": (work.width_m, work.height_m, work.depth_m),
            "orientation": work.orientation,
            "content": _content(file, file.stat().st_mtime_ns) if file.is_file() else ""}
    if isinstance(work.place, Standing):
        place = work.place
        yield Part(work.id, work.room, work.id, [told, asdict(place)],
                   lambda: _placed(bpy.data.objects.new(work.id, sculpture_mesh(work, file)),
                                   ((place.x_m, place.y_m, place.plinth_m), 0.0)), extras=extras,
                   content=told)
        if place.plinth_m > 0:
            plinth, half = Shape(), place.side_m / 2
            plinth.box((-half, -half, 0), (half, half, place.plinth_m), "plinth")
            yield finish.part(f"{work.id} plinth", work.room, plinth, asdict(place), entry=work.id,
                              place=((place.x_m, place.y_m, 0.0), 0.0))
        return
    where = on_wall(plan.room(work.room), work.place.wall, work.place.along_m, work.place.centre_m)
    yield Part(work.id, work.room, work.id, [told, where],
               lambda: _placed(bpy.data.objects.new(work.id, _slab(work, file, finish)), where), extras=extras,
               place=where, content=told)
    if border.width_m:
        yield finish.part(f"{work.id} frame", work.room, _frame(work, border), [told["size"], asdict(border)],
                          entry=work.id, parent=work.id)


@functools.lru_cache(maxsize=4096)
def _content(file: Path, changed_ns: int) -> str:
    """A hash of what it has, the same wherever its folder was moved to; read anew when it was written since."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "blake2b").hexdigest()[:24]
    except OSError:  # whoever makes the work of it says so
        return ""


def find_picture(each: bpy.types.Object, file: Path) -> None:
    """Let what a work shows be read where it lies now, if it is no more where it was."""
    for material in filter(None, each.data.materials if isinstance(each.data, bpy.types.Mesh) else ()):
        for node in material.node_tree.nodes if material.node_tree is not None else ():
            image = getattr(node, "image", None)
            if image is None or image.packed_file is not None or image.library is not None:
                continue
            before = Path(bpy.path.abspath(image.filepath))
            if before.name == file.name and not before.exists() and file.exists():
                image.filepath = str(file)
                image.reload()


def _placed(each: bpy.types.Object, where: tuple[tuple[float, float, float], float]) -> bpy.types.Object:
    each.location, each.rotation_euler = where[0], (0, 0, where[1])
    return each


def _slab(work: PlannedWork, file: Path, finish: Finish) -> bpy.types.Mesh:
    """Its back, which is on the wall, in the xz plane; the middle of that is the origin. It looks to -y."""
    x, z, deep = work.width_m / 2, work.height_m / 2, work.depth_m
    shape = Shape()
    shape.quad([(-x, -deep, -z), (x, -deep, -z), (x, -deep, z), (-x, -deep, z)], "work",
               _upright(work.orientation))
    shape.box((-x, -deep, -z), (x, 0, z), "canvas", without="sn")
    front = film_material(work.id, file, _FILM_LX) if work.kind is WorkKind.FILM else picture_material(work.id, file)
    return shape.mesh(work.id, [front, finish.material("steel" if work.kind is WorkKind.FILM else "canvas")])


def _upright(orientation: int) -> list[tuple[float, float]]:
    """Where the lower left, lower right, upper right and upper left corner of a picture are in its file, which Blender
    reads as its pixels lie there, with any of the eight orientations of EXIF."""
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    if orientation >= 5:  # rows and columns are exchanged
        corners = [(1 - v, 1 - u) for u, v in corners]
    is_across, is_down = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0)}[
        orientation]
    return [(1 - u if is_across else u, 1 - v if is_down else v) for u, v in corners]


def _frame(work: PlannedWork, border: Border) -> Shape:
    """Bars around the work, and a mount between."""
    shape = Shape()
    deep = min(work.depth_m + border.lip_m, max(_FRAME_MOST_M, work.depth_m + 0.002))
    for surface, inner, width, front in (
            ("mount", 0.0, border.mount_m, work.depth_m - min(_MOUNT_BACK_M, work.depth_m / 2)),
            ("frame", border.mount_m, border.frame_m, deep)):
        if not width:
            continue
        x, z = work.width_m / 2 + inner, work.height_m / 2 + inner
        for low, high in (((-x - width, z), (x + width, z + width)), ((-x - width, -z - width), (x + width, -z)),
                          ((-x - width, -z), (-x, z)), ((x, -z), (x + width, z))):
            shape.box((low[0], -front, low[1]), (high[0], 0, high[1]), surface, without="n")
    return shape
