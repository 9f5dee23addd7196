"""Works of which a page shows nothing, because their files are gone or broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy

from ...protocol.exhibition_plan import ExhibitionPlan
from ...protocol.remarks import Remark
from .parts import find_parts

__all__ = ["remarks_of_blank"]


def remarks_of_blank(plan: ExhibitionPlan, top: bpy.types.Collection) -> Iterator[Remark]:
    """One of each such work. Pictures that are packed into the .blend need no file."""
    there = find_parts(top)
    for work in plan.works:
        blank = next((image for image in _images(there[work.id]) if not _has_pixels(image)), None)
        if blank is not None:
            yield Remark("The page shows nothing of {name}: {file} is not there, or cannot be read. Put another copy "
                         "there.", {"name": work.title or work.id,
                                    "file": Path(bpy.path.abspath(blank.filepath)).name})


def _images(each: bpy.types.Object) -> Iterator[bpy.types.Image]:
    """That its materials have."""
    for tree in (slot.material.node_tree for slot in each.material_slots if slot.material):
        yield from (node.image for node in (tree.nodes if tree else ()) if node.type == "TEX_IMAGE" and node.image)


def _has_pixels(image: bpy.types.Image) -> bool:
    was_read = image.has_data
    try:
        return bool(image.size[0])  # which reads the file
    finally:
        if not was_read and not image.is_dirty:
            image.buffers_free()  # all works together may be more than memory holds
