"""`--command vernissage material`: materials of prompts and pictures, on objects, in a folder, as a library."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Object

from ..client.job_folder import drop_job_folder
from ..jobs.material import MaterialJob, MaterialWork, WantedMaterial
from ..jobs.material_wanted import check_look
from ..jobs.texture_job import CANCELLED, JobState, as_error
from ..preferences import Settings, read_settings
from ..protocol.errors import BadInput, Cancelled, ErrorKind, StorageError, VernissageError, fill
from ..protocol.material import MaterialResult, Wrap
from ..protocol.wire import to_json
from ..scene.asset import Catalogue, write_catalogue
from ..scene.ball import furnace, render_ball
from ..scene.checks import active_slot
from ..scene.files import files_read
from ..scene.objects import find_objects
from ..scene.studio import encoded, show_preview, write_png
from ..scene.surface import apply_surface, note_energy
from ..scene.surface_nodes import Projection, SurfaceLook
from ..scene.version import version
from .arguments import UsageError, absolute
from .material_folder import check_folder, keep_material, kept_material
from .material_list import chosen_materials
from .outputs import check_outputs, write_json
from .progress import Bar, Lines, reporter
from .report import Written, describe_error, describe_machine
from .signals import Stop, stopped_by_signals
from .texture import attempt, save_scene

PATIENCE_S = 0.2
BALL = "ball.png"
_BALL_PX, _BALL_SAMPLES = 256, 24
_Objects = Mapping[Object, tuple[int, ...] | None]  # the numbers of the slots to fill; None for all


@dataclass(eq=False)
class _Made:
    """One material of the run, and what became of it.

    Attributes:
        folder: where its maps lie; None where it has none.
        is_kept: it was there before.
        card: of its folder, if it was.
    """

    wanted: WantedMaterial
    folder: Path | None = None
    result: MaterialResult | None = None
    error: VernissageError | None = None
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    furnace_max: float | None = None
    is_kept: bool = False
    card: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.wanted.request.name


def run(options: argparse.Namespace) -> int:
    """Make, put on, save, report. Returns the exit code. A signal cancels the material at work; the others stay.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    scene = Path(bpy.data.filepath) if bpy.data.filepath else None
    wanted = chosen_materials(options, scene)
    look = _look(options)
    pictures = [item.picture.path for item in wanted if item.picture is not None]
    outputs = check_outputs(options, scene, [*pictures, *files_read()])
    out = None if options.out is None else absolute("out", options.out, scene)
    for item in wanted if out is not None else ():
        check_folder(out / item.request.name)
    if outputs.save is None and out is None:
        raise UsageError("there is nowhere to put it: give --out or --save.")
    objects = {obj: active_slot(obj) if options.active_slot else None for obj in _objects(options, wanted)}
    settings = dataclasses.replace(read_settings(bpy.context), pack=True)  # one file to hand on
    progress, stop = reporter(sys.stderr), Stop()
    made: list[_Made] = []
    with stopped_by_signals(stop.ask):
        for item in wanted:
            made.append(_Made(item, error=Cancelled(CANCELLED)) if stop.is_asked else _make(
                item, out, look, objects, settings, progress, stop, is_shown=outputs.save is not None))
    done = [item for item in made if item.error is None]
    written: list[Written] = []
    if outputs.save is not None and done:  # who stopped the list gets what is done
        written.append(attempt("scene", outputs.save, save_scene))
        written.append(attempt("catalogue", outputs.save.parent, partial(
            write_catalogue, catalogue=Catalogue.MATERIALS)))
    is_whole = len(done) == len(made) and not any(item.error for item in written)
    status = "cancelled" if stop.is_asked else "done" if is_whole else "partly done" if done else "failed"
    if outputs.report is not None:
        body = _describe(made, written, status, time.perf_counter() - start)
        written.append(attempt("report", outputs.report, lambda path: write_json(path, body)))
    for output in written:
        progress.say(f"{output.what}: {output.error or output.path}")
    return 0 if status == "done" and not any(item.error for item in written) else 1


def _look(options: argparse.Namespace) -> SurfaceLook:
    look = SurfaceLook(options.size_m, Projection(options.projection), options.hex_tiling, options.displacement)
    if not 0.001 <= options.size_m <= 10_000:
        raise UsageError(f"--width is {options.size_m}: must be from 0.001 to 10000 metres.")
    try:
        check_look(look, Wrap(options.wrap))
    except BadInput as error:
        raise UsageError(str(error)) from error
    return look


def _objects(options: argparse.Namespace, wanted: Sequence[WantedMaterial]) -> list[Object]:
    if options.objects and len(wanted) > 1:
        raise UsageError("--object is for one material, not for a --list.")
    try:
        return find_objects(options.objects, bpy.context.view_layer) if options.objects else []
    except BadInput as error:
        raise UsageError(f"--object: {error}") from error


def _make(wanted: WantedMaterial, out: Path | None, look: SurfaceLook, objects: _Objects, settings: Settings,
          progress: Bar | Lines, stop: Stop, *, is_shown: bool) -> _Made:
    """The material, in the scene and in its folder. What is there of it is taken, and put into the scene if it
    `is_shown`."""
    made = _Made(wanted, folder=None if out is None else out / wanted.request.name)
    try:
        source = _source(wanted)
        kept = kept_material(made.folder, wanted.request, source) if made.folder is not None else None
        if kept is not None:
            made.is_kept, (made.result, made.card) = True, kept
            made.furnace_max = made.card["furnace_max"]
            if is_shown:
                _add(made, made.folder, look, objects)
            progress.say(f"{made.name}: is there")
            return made
        work = MaterialWork(wanted, settings, deliver=lambda job: _deliver(job, made, source, look, objects))
        while not work.is_finished:
            if stop.is_asked:
                work.cancel()
            work.tick(PATIENCE_S)
            progress.show(work.summary())
        job = work.job
        made.warnings = [fill(remark.sentence, remark.values) for remark in job.remarks]
        made.seconds = job.seconds
        if job.state is not JobState.DONE:
            made.error = job.error
    except Exception as error:
        made.error = as_error(error)
    progress.say(f"{made.name}: " + (str(made.error) if made.error else " ".join(
        ["made", f"in {sum(made.seconds.values()):.1f} s.", *made.warnings])))
    return made


def _deliver(job: MaterialJob, made: _Made, source: str, look: SurfaceLook, objects: _Objects) -> None:
    made.result = job.result
    request = dataclasses.replace(job.request, picture=made.wanted.request.picture)
    _add(made, job.folder, look, objects)
    if made.folder is not None:
        keep_material(made.folder, job.folder, request, job.result, source, {"furnace_max": made.furnace_max},
                      beside=(BALL,))
        drop_job_folder(job.folder)


def _add(made: _Made, folder: Path, look: SurfaceLook, objects: _Objects) -> None:
    """Put it into the scene, with a picture of a ball and how much light that gives back, made if they are not there.
    """
    material = apply_surface(made.name, folder, made.wanted.request, made.result, look, objects, pack=True)
    material.use_fake_user = True  # an asset is used by none
    if not made.is_kept:
        write_png(folder / BALL, encoded(render_ball(material, _BALL_PX, _BALL_SAMPLES, size_m=look.size_m)))
        made.furnace_max = furnace(material, size_m=look.size_m)
    note_energy(material, made.furnace_max)
    show_preview(material, folder / BALL)


def _source(wanted: WantedMaterial) -> str:
    """Tells a picture from another, and from itself after a change.

    Raises:
        StorageError: it is not there any more.
    """
    if wanted.picture is None:
        return ""
    try:
        stat = wanted.picture.path.stat()
    except OSError as error:
        raise StorageError.from_os_error(wanted.picture.path, error) from error
    return f"{wanted.picture.path} {stat.st_size} {stat.st_mtime_ns}"


def _describe(made: Sequence[_Made], written: Sequence[Written], status: str, seconds: float) -> dict[str, Any]:
    return {
        "version": version(), "status": status, "seconds": round(seconds, 3), "scene": bpy.data.filepath,
        "machine": describe_machine(),
        "files": {item.what: item.path for item in written if item.error is None},
        "errors": [{"file": item.path, **describe_error(item.error)} for item in written if item.error is not None],
        "materials": [_describe_one(item) for item in made]}


def _describe_one(made: _Made) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    is_cancelled = made.error is not None and made.error.kind is ErrorKind.CANCELLED
    return {
        "name": made.name,
        "status": "cancelled" if is_cancelled else "failed" if made.error else "kept" if made.is_kept else "done",
        "error": None if made.error is None else describe_error(made.error),
        "warnings": made.warnings,
        "request": to_json(made.wanted.request),
        "result": None if made.result is None else {
            name: value for name, value in to_json(made.result).items() if name not in ("remarks", "seconds")},
        "furnace_max": made.furnace_max,
        "folder": None if made.folder is None else str(made.folder),
        "seconds": {stage: round(taken, 4) for stage, taken in made.seconds.items()},
    }
