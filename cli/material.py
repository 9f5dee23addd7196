"""`--command vernissage material`: materials of prompts and pictures, on objects, in a folder, as a library."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
from bpy.types import Object

from ..client.job_folder import drop_job_folder
from ..jobs.material import MaterialJob, MaterialWork, WantedMaterial
from ..jobs.material_wanted import check_look
from ..preferences import Settings, read_settings
from ..protocol.errors import BadInput, fill
from ..protocol.material import Wrap
from ..scene.asset import Catalogue
from ..scene.ball import furnace, render_ball
from ..scene.checks import active_slot, check_can_apply, uvs_remarks
from ..scene.files import files_read, opened_file
from ..scene.objects import find_objects
from ..scene.studio import encoded, show_preview, write_png
from ..scene.surface import apply_surface, note_energy
from ..scene.surface_nodes import Projection, SurfaceLook
from .arguments import UsageError, absolute
from .batch import Batch, Made
from .cards import state_of
from .made_before import find_again, replace_earlier
from .material_folder import BALL, check_folder, keep_material, kept_material, material_files
from .material_list import chosen_materials
from .outputs import check_outputs, check_sources, make_folder
from .table import check_name

__all__ = ["MadeMaterial", "make_material"]

_BALL_PX, _BALL_SAMPLES = 256, 24
_Objects = Mapping[Object, tuple[int, ...] | None]  # the numbers of the slots to fill; None for all


@dataclass(eq=False, kw_only=True)
class MadeMaterial(Made):
    """Attributes:
        folder: where its maps lie; None where it has none.
    """

    wanted: WantedMaterial
    folder: Path | None

    @classmethod
    def of(cls, wanted: WantedMaterial, out: Path | None) -> MadeMaterial:
        return cls(name=wanted.request.name, request=wanted.request, wanted=wanted, more={"furnace_max": None},
                   folder=None if out is None else out / wanted.request.name)


def run(options: argparse.Namespace) -> int:
    """Make, put on, save, report. Returns the exit code. A signal cancels the material at work; the others stay.

    Raises:
        UsageError: nothing was begun.
    """
    scene = opened_file()
    wanted = chosen_materials(options, scene)
    look = _look(options)
    pictures = [item.picture.path for item in wanted if item.picture is not None]
    out = None if options.out is None else absolute("out", options.out, scene)
    check_name("" if out is None else out.name)
    folders = [] if out is None else [out / item.request.name for item in wanted]
    outputs = check_outputs(options, scene, [*pictures, *files_read()], folders)
    check_sources(pictures, folders)
    for folder in folders:
        check_folder(folder)
    if outputs.save is None and out is None:
        raise UsageError("there is nowhere to put it: give --out or --save.")
    objects = _objects(options, wanted)
    settings = dataclasses.replace(read_settings(bpy.context), pack=True)  # one file to hand on
    if out is not None:
        make_folder(out)
    made, batch = [MadeMaterial.of(item, out) for item in wanted], Batch("materials", outputs, Catalogue.MATERIALS)
    batch.make(made, lambda one: make_material(one, look, objects, settings, lambda work: batch.work_off(work, one),
                                               is_shown=outputs.save is not None))
    return batch.conclude(made)


def _look(options: argparse.Namespace) -> SurfaceLook:
    look = SurfaceLook(options.size_m, Projection(options.projection), options.hex_tiling, options.displacement)
    if not 0.001 <= options.size_m <= 10_000:
        raise UsageError(f"--width is {options.size_m}: must be from 0.001 to 10000 metres.")
    try:
        check_look(look, Wrap(options.wrap))
    except BadInput as error:
        raise UsageError(str(error)) from error
    return look


def _objects(options: argparse.Namespace, wanted: Sequence[WantedMaterial]) -> _Objects:
    if options.objects and len(wanted) > 1:
        raise UsageError("--object is for one material, not for a --list.")
    if options.objects and options.save is None:
        raise UsageError("--object changes only the scene that is saved: give --save too.")
    if options.active_slot and not options.objects:
        raise UsageError("--active-slot does nothing without --object: give both, or leave it out.")
    objects: dict[Object, tuple[int, ...] | None] = {}
    try:
        for obj in find_objects(options.objects, bpy.context.view_layer) if options.objects else ():
            if not hasattr(obj.data, "materials"):
                raise UsageError(f"--object: {obj.name} is of type {obj.type.lower()}, which has no material: "
                                 "choose a mesh.")
            objects[obj] = active_slot(obj) if options.active_slot else None
            check_can_apply(obj, objects[obj], adds_uv_layer=False)
    except BadInput as error:
        raise UsageError(f"--object: {error}") from error
    return objects


def make_material(made: MadeMaterial, look: SurfaceLook, objects: _Objects, settings: Settings,
                  work_off: Callable[[MaterialWork], None], *, is_shown: bool) -> None:
    """The material, in the scene and in its folder. What is there of it is taken, and put into the scene if it
    `is_shown`."""
    sources = state_of(made.wanted.picture)
    kept = kept_material(made.folder, made.request, sources) if made.folder is not None else None
    if kept is None:
        work_off(MaterialWork(made.wanted, settings, deliver=lambda job: _deliver(job, made, sources, look, objects)))
    else:
        result, card = kept
        made.keep(result)
        made.more = {"furnace_max": card["furnace_max"]}
        made.files = material_files(made.folder, result)
        if is_shown:
            _add(made, made.folder, look, objects)
    if made.asset and look.projection is Projection.UV:
        made.warnings += [fill(remark.sentence, remark.values) for remark in uvs_remarks(objects)]


def _deliver(job: MaterialJob, made: MadeMaterial, sources: str, look: SurfaceLook, objects: _Objects) -> None:
    made.result = job.result
    request = dataclasses.replace(job.request, picture=made.request.picture)

    def keep() -> None:
        if made.folder is not None:
            keep_material(made.folder, job.folder, request, job.result, sources, made.more)

    _add(made, job.folder, look, objects, keep)
    if made.folder is not None:
        made.files = material_files(made.folder, job.result)
        drop_job_folder(job.folder)


def _add(made: MadeMaterial, folder: Path, look: SurfaceLook, objects: _Objects, keep: Callable[[], None] | None = None
         ) -> None:
    """Put it into the scene, with a picture of a ball and how much light that gives back, made if they are not there,
    and keep it: what cannot be kept is not put there."""
    origin = made.folder or made.name, made.request, made.result, look
    again = find_again(bpy.data.materials, *origin) if made.is_kept and not objects else None
    if again is not None:
        made.asset = again.name
        return

    def complete(material: bpy.types.Material) -> None:
        material.use_fake_user = True  # an asset is used by none
        if not made.is_kept:
            write_png(folder / BALL, encoded(render_ball(material, _BALL_PX, _BALL_SAMPLES, size_m=look.size_m)))
            made.more = {"furnace_max": furnace(material, size_m=look.size_m)}
        note_energy(material, made.more["furnace_max"])
        show_preview(material, folder / BALL)
        if keep is not None:
            keep()

    material = apply_surface(made.name, folder, made.request, made.result, look, objects, True, complete)
    replace_earlier(bpy.data.materials, material, *origin)
    made.asset = material.name
