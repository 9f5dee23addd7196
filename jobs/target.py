"""What of an object is painted, and in which layout."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
from bpy.types import Object

from ..scene.checks import active_slot
from ..scene.meshes import MeshArrays, read_mesh

__all__ = ["Target"]


@dataclass(frozen=True)
class Target:
    """
    Attributes:
        uv_layer, unwrap, faces: as in `read_mesh`.
        active_slot_only: only the faces of each object's active material slot; the others hide what lies behind them,
            and keep their materials.
    """

    uv_layer: str = ""
    unwrap: bool = False
    active_slot_only: bool = False
    faces: str = ""

    def read(self, obj: Object, texture_size_px: int) -> tuple[MeshArrays, tuple[int, ...] | None]:
        """The mesh, and the slots that are to be painted (None: all of them). Raises as `read_mesh`."""
        depsgraph = bpy.context.evaluated_depsgraph_get()
        slots = active_slot(obj) if self.active_slot_only else None
        return read_mesh(obj, depsgraph, uv_layer=self.uv_layer, unwrap=self.unwrap, slots=slots,
                         texture_size_px=texture_size_px, faces=self.faces), slots
