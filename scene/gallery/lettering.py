"""Lines of text as objects: what an artist may edit, in any script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import bpy
import numpy as np

from .filled_letters import LETTERS, filled_letters, is_filled_badly
from .line_breaks import EM, wrapped
from .parts import Part
from .rooms import Finish
from .visual_order import is_right_to_left, visual_order

__all__ = ["LEADING", "OFF_M", "Line", "blocks", "line_of", "text_part", "wrapped_lines"]

LEADING = 1.3
OFF_M = 0.0006  # letters lie so far before what they are printed on


@dataclass(frozen=True)
class Line:
    text: str
    size_m: float
    is_right_to_left: bool = False


def text_part(name: str, room: str, lines: Sequence[Line], location: tuple[float, float, float], finish: Finish,
               surface: str, *, entry: str, parent: str = "", angle: float = 0.0, centred: bool = False,
               extrude: float = 0.0, extras: dict[str, str] | None = None, most_m: float = 0.0) -> Part:
    """Args:
        lines: of one size and direction.
        location: of the corner at which they begin, which is the upper right one of right-to-left ones; of centred
            ones the middle.
        most_m: how wide it may be: what is wider is narrowed; 0 for any width.
    """
    size, is_reversed = lines[0].size_m, lines[0].is_right_to_left
    body = "\n".join(visual_order(line.text, right_to_left=line.is_right_to_left) for line in lines)
    align = "CENTER" if centred else "RIGHT" if is_reversed else "LEFT"
    is_mesh = is_filled_badly(body)
    if is_mesh:
        extras = {**(extras or {}), LETTERS: "\n".join(line.text for line in lines)}

    def make() -> bpy.types.Object:
        curve = bpy.data.curves.new(name, "FONT")
        curve.body, curve.size, curve.extrude, curve.space_line = body, size, extrude, LEADING
        curve.align_x, curve.align_y = align, "CENTER" if centred else "TOP"
        curve.resolution_u = 3 if size < 0.05 else 6
        # Blender's built-in font: the outlines of Inter overlap, and of its e Blender fills a half, of its D all
        curve.materials.append(finish.material(surface))
        each = bpy.data.objects.new(name, curve)
        if most_m:
            _narrow(each, most_m)
        if is_mesh:
            mesh = filled_letters(each)
            bpy.data.objects.remove(each)
            bpy.data.curves.remove(curve)
            each = bpy.data.objects.new(name, mesh)
        each.location, each.rotation_euler = location, (math.pi / 2, 0, angle)
        return each
    return Part(name, room, entry, [body, size, location, angle, centred, most_m, extrude,
                                    asdict(finish.paints[surface])], make, parent, extras or {})


def _narrow(each: bpy.types.Object, most_m: float) -> None:
    """Scale letters down, which no count of letters foretells exactly."""
    mesh = bpy.data.meshes.new_from_object(each)
    points = np.zeros(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    bpy.data.meshes.remove(mesh)
    wide = float(np.abs(points[::3]).max(initial=0.0))
    if wide > most_m:
        each.data.size *= most_m / wide


def blocks(lines: Sequence[Line]) -> list[tuple[float, list[Line]]]:
    """Lines of one size and direction that follow each other, and how far down each block begins."""
    blocks: list[tuple[float, list[Line]]] = []
    down, before = 0.0, Line("", 0.0)
    for line in lines:
        if line.text and before.text and (line.size_m, line.is_right_to_left) == (before.size_m,
                                                                                  before.is_right_to_left):
            blocks[-1][1].append(line)
        elif line.text:
            blocks.append((down, [line]))
        down, before = down + line.size_m * LEADING, line
    return blocks


def line_of(text: str, size_m: float) -> Line:
    return Line(text, size_m, is_right_to_left(text))


def wrapped_lines(text: str, size_m: float, width_m: float) -> list[Line]:
    """All of them with the direction of the whole."""
    is_reversed = is_right_to_left(text)
    return [Line(line, size_m, is_reversed) for line in wrapped(text, width_m / (size_m * EM))]
