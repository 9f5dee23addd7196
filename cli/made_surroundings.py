"""The surfaces of an exhibition, and what lies outside of it, that are made for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bpy

from ..jobs.material import WantedMaterial
from ..jobs.world import WantedWorld
from ..preferences import read_settings
from ..protocol.material import MaterialRequest
from ..scene.surface_nodes import SurfaceLook
from .batch import make_all
from .exhibition_surroundings import WantedSurrounding
from .material import MadeMaterial, make_material
from .material_folder import check_folder
from .outputs import make_folder
from .progress import Bar, Lines
from .signals import Stop
from .world import MadeWorld, make_world
from .world_files import check_target

__all__ = ["MadeSurrounding", "chosen_surroundings", "make_surroundings"]

MadeSurrounding = MadeMaterial | MadeWorld


def chosen_surroundings(wanted: Sequence[WantedSurrounding]) -> list[MadeSurrounding]:
    """Raises:
        UsageError: one of them cannot be written.
    """
    for each in wanted:
        (check_folder if isinstance(each.request, MaterialRequest) else check_target)(each.target)
    if wanted:
        make_folder(wanted[0].target.parent)
    return [MadeMaterial.of(WantedMaterial(each.request), each.target.parent)
            if isinstance(each.request, MaterialRequest)
            else MadeWorld(name=each.target.stem, request=each.request, wanted=WantedWorld(each.request),
                           target=each.target) for each in wanted]


def make_surroundings(surroundings: Sequence[MadeSurrounding], progress: Bar | Lines, stop: Stop) -> None:
    """Those that are not there yet; the first that fails ends it, and what is made stays.

    Raises:
        VernissageError: one could not be made, or a stop was asked for.
    """
    make_all(surroundings, _make, progress, stop)


def _make(made: MadeSurrounding, run: Callable[[Any], None]) -> None:
    if isinstance(made, MadeWorld):
        make_world(made, run)
        return
    make_material(made, SurfaceLook(), {}, read_settings(bpy.context), run, is_shown=False)
    if made.asset:  # which was put onto a ball; the gallery's own material reads the files
        bpy.data.materials.remove(bpy.data.materials[made.asset])
        made.asset = ""
