"""`--command vernissage exhibition`: artworks become rooms in a .blend, a page to visit them, pictures, and a film."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ..jobs.exhibition import ExhibitionPlanJob, ExhibitionPlanning
from ..jobs.texture_job import JobState, Summary, as_error
from ..preferences import read_settings
from ..protocol.errors import BadInput, ErrorKind, StorageError, VernissageError, fill
from ..protocol.exhibition import FILE_FAULT, PLAN_NAME, ExhibitionPlanRequest, works_in_rooms
from ..protocol.exhibition_plan import ExhibitionPlan, plan_from_json
from ..protocol.remarks import Remark
from ..protocol.wire import to_json
from ..scene.asset import Catalogue, catalogue_folder, write_catalogue
from ..scene.files import files_read, opened_file
from ..scene.gallery.build import Exhibition, build_exhibition, remark_world, set_up_scene
from ..scene.gallery.film import render_film
from ..scene.gallery.measure import hang_error_mm
from ..scene.gallery.parts import exhibition_collection
from ..scene.gallery.stills import render_still
from ..scene.version import version
from .arguments import UsageError, absolute, checked
from .exhibition_brief import Making, chosen_exhibition, chosen_making
from .exhibition_kept import check_page_files, check_stills, save_exhibition
from .exhibition_page import WEB, check_page
from .made_surroundings import MadeSurrounding, chosen_surroundings, make_surroundings
from .outputs import check_outputs, check_sources, write_json
from .painted_works import chosen_works, paint_works
from .picture import MadePicture
from .plan_exhibition import deliver_plan, plan_files
from .progress import Bar, Lines, reporter, work_off
from .quiet import quiet
from .report import describe_error, describe_machine
from .signals import Stop, stopped_by_signals
from .texture import attempt
from .unfinished import Unfinished
from .write_page import check_stop, write_page

BLEND_NAME, STILLS = "exhibition.blend", "stills"
_KNOWN_FROM = 0.05  # of a bake or a film: from there on it is told how long it takes
_STILL_PX, _FILM_PX, _SAMPLES, _EVERY = (64, 8192), (32, 4096), (1, 4096), (1, 240)


@dataclass
class _Run:
    """What became of each step.

    Attributes:
        painted: works that are painted for it.
        surroundings: that are made for it.
        job: of the planning, or of the check of a plan that was given; None until then.
        error: why it ended early.
        remarks: of the page, besides those of the job and the exhibition.
        files: by what they are.
    """

    painted: list[MadePicture]
    surroundings: list[MadeSurrounding]
    plan: ExhibitionPlan | None = None
    job: ExhibitionPlanJob | None = None
    exhibition: Exhibition | None = None
    error: VernissageError | None = None
    remarks: tuple[Remark, ...] = ()
    hang_mm: dict[str, float] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def faults(self) -> list[Remark]:
        """Of a plan that was given, what cannot be built. A work without its file is told of by the building."""
        return [fault for fault in self.job.result.faults if fault.sentence != FILE_FAULT] if self.job else []

    @property
    def is_whole(self) -> bool:
        return self.error is None and not (self.job and self.job.result.left_out) \
            and not (self.exhibition and self.exhibition.built.failed)

    @property
    def was_cancelled(self) -> bool:
        return self.error is not None and self.error.kind is ErrorKind.CANCELLED


def run(options: argparse.Namespace) -> int:
    """Plan, build, write, render. Returns the exit code. A signal ends it; what is written stays.

    Raises:
        UsageError: nothing was begun.
        StorageError: the report cannot be written.
    """
    start = time.perf_counter()
    scene = opened_file()
    out = absolute("out", options.out, scene)
    fields, paintings, surroundings = chosen_exhibition(options, scene, out)
    with checked():
        request = ExhibitionPlanRequest(**fields)
    _check_numbers(options)
    making = chosen_making(options, scene, out)
    if making.web:
        check_page()
    blend, unfinished = out / BLEND_NAME, Unfinished(out)
    planned = {} if request.plan else plan_files(out, request,
                                                 overwrite=options.overwrite or unfinished.has(out / PLAN_NAME))
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file: name a folder.")
    if blend.exists() and not (options.overwrite or unfinished.has(blend)):
        raise UsageError(f"{blend} is there, and may have been edited: open it and give --overwrite to bring it up to "
                         "date, or name another --out.")
    if not (options.overwrite or unfinished.is_there):
        if making.web:
            check_page_files(out / WEB, "give --overwrite to replace it, or name another --out.")
        if making.stills:
            check_stills(out / STILLS)
    inputs = [Path(path) for path in (*request.works, request.sidecar, request.plan) if path]
    film = [making.film] if making.film else []
    outputs = check_outputs(options, scene, [*inputs, *files_read()], [*planned.values(), blend, *film])
    check_sources([*inputs, *files_read()], film)
    for path in film:
        if path.exists() and not options.overwrite:
            raise UsageError(f"--film {path} is there: give --overwrite to replace it, or name another.")
        if any(work in path.parents for work in inputs):
            raise UsageError(f"--film {path} lies among the works: name another.")
    progress, stop = reporter(sys.stderr), Stop()
    made = _Run(chosen_works(paintings), chosen_surroundings(surroundings))
    unfinished.clear()
    with stopped_by_signals(stop.ask), quiet():
        try:
            paint_works(made.painted, progress, stop)
            make_surroundings(made.surroundings, progress, stop)
            _plan(made, request, planned, out, progress, stop)
            if planned:
                unfinished.note(planned["plan"])
            check_stop(stop)
            folder = Path(request.plan).parent if request.plan else out
            _build(made, folder, is_new=scene is None)
            check_stop(stop)
            _save_all(made, blend, scene, is_ours=unfinished.has(blend))
            if scene is None:  # what is in an opened file is the artist's
                unfinished.note(blend)
            check_stop(stop)
            _write(made, options, making, out, folder, progress, stop)
            unfinished.finish()
        except Exception as error:
            made.error = as_error(error)
    _tell(made, progress, out)
    if outputs.report is not None:
        write_json(outputs.report, _describe(made, request, time.perf_counter() - start))
    return 0 if made.is_whole else 1


def _check_numbers(options: argparse.Namespace) -> None:
    for name, values, (low, high) in (("still-size", options.still_size, _STILL_PX),
                                      ("samples", [options.samples], _SAMPLES),
                                      ("film-size", options.film_size, _FILM_PX),
                                      ("film-samples", [options.film_samples], _SAMPLES),
                                      ("film-every", [options.film_every], _EVERY)):
        for value in values:
            if not low <= value <= high:
                raise UsageError(f"--{name} is {value}: must be from {low} to {high}.")
    for value in options.film_size:
        if value % 2:
            raise UsageError(f"--film-size is {value}: must be even (try {value + 1}).")


def _plan(made: _Run, request: ExhibitionPlanRequest, planned: dict[str, Path], out: Path, progress: Bar | Lines,
          stop: Stop) -> None:
    """A plan that is given is checked, and stays as it is.

    Raises:
        VernissageError: it could not be made, or cannot be built as it is.
    """
    begun = time.perf_counter()
    path = Path(request.plan) if request.plan else out / PLAN_NAME
    work = ExhibitionPlanning(path.name if request.plan else request.title or out.name, request,
                              read_settings(bpy.context), deliver=lambda job: deliver_plan(job, planned))
    work_off(work, progress, stop)
    if work.job.state is not JobState.DONE:
        raise work.job.error
    made.job = work.job
    if made.faults:
        raise BadInput("The plan cannot be built as it is.", "Correct what is wrong in it, or plan anew.")
    made.files.update({name: str(file) for name, file in planned.items()})
    try:
        made.plan = plan_from_json(path.read_bytes().decode("utf-8-sig", "replace"))
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    made.seconds["plan"] = time.perf_counter() - begun


def _build(made: _Run, folder: Path, *, is_new: bool) -> None:
    """Into the opened file; a new one is emptied of what Blender begins with."""
    assert made.plan is not None
    begun = time.perf_counter()
    scene = bpy.context.scene
    if is_new and exhibition_collection(scene) is None:
        bpy.data.batch_remove(list(scene.collection.all_objects))
        bpy.data.batch_remove(list(scene.collection.children))
    made.exhibition = build_exhibition(scene, made.plan, folder)
    if is_new:
        set_up_scene(scene, made.exhibition, made.plan, folder)
    else:
        made.exhibition.remarks += remark_world(scene, made.plan)
    made.hang_mm = hang_error_mm(made.exhibition.collection, made.plan)
    made.seconds["build"] = time.perf_counter() - begun


def _save_all(made: _Run, blend: Path, opened: Path | None, *, is_ours: bool) -> None:
    def save(path: Path) -> None:
        kept = save_exhibition(path, opened, is_ours=is_ours)
        if kept is not None:
            made.remarks += (Remark("What was there is kept as {name}.", {"name": kept.name}),)

    saved = attempt("blend", blend, save)
    if saved.error is not None:
        raise saved.error
    made.files["blend"] = saved.path
    attempt("catalogue", catalogue_folder(blend), lambda folder_: write_catalogue(folder_, Catalogue.EXHIBITIONS))


def _write(made: _Run, options: argparse.Namespace, making: Making, out: Path, folder: Path,
           progress: Bar | Lines, stop: Stop) -> None:
    """What is made of it besides. Args:
        folder: the plan's.
    """
    if making.web:
        _write_page(made, making, out / WEB, folder, progress, stop)
    if making.stills:
        _write_stills(made, options, out / STILLS, progress, stop)
    if making.film is not None:
        _write_film(made, options, making.film, progress, stop)


def _write_page(made: _Run, making: Making, target: Path, folder: Path, progress: Bar | Lines, stop: Stop) -> None:
    assert made.exhibition is not None
    begun = time.perf_counter()
    page = write_page(made.exhibition.collection, made.exhibition.plan, folder, target, making.light, making.visits_to,
                      progress, lambda: check_stop(stop))
    made.files["web"] = [str(path) for path in page.files]
    made.remarks += tuple(each for each in page.remarks if each not in made.exhibition.remarks)
    if page.bake_s is not None:
        made.seconds["bake"] = page.bake_s
    made.seconds["web"] = time.perf_counter() - begun


def _write_stills(made: _Run, options: argparse.Namespace, folder: Path, progress: Bar | Lines, stop: Stop) -> None:
    assert made.plan is not None
    begun = time.perf_counter()
    width, height = options.still_size
    for room in made.plan.rooms:
        check_stop(stop)
        target = folder / f"{bpy.path.clean_name(room.id)}.png"
        render_still(bpy.context.scene, made.plan, room, target, width_px=width, height_px=height,
                     samples=options.samples)
        progress.say(f"{room.id}: {target}")
        made.files.setdefault("stills", []).append(str(target))
    made.seconds["stills"] = time.perf_counter() - begun


def _write_film(made: _Run, options: argparse.Namespace, target: Path, progress: Bar | Lines, stop: Stop) -> None:
    assert made.exhibition is not None
    begun = time.perf_counter()
    width, height = options.film_size

    def tick(done: int, count: int) -> None:
        check_stop(stop)
        progress.show(Summary("tour", 1, 1, "Rendering", round(100 * done / count), _left_s(begun, done / count)))

    render_film(bpy.context.scene, made.exhibition.collection, target, width_px=width, height_px=height,
                samples=options.film_samples, every=options.film_every, tick=tick)
    progress.say(f"tour: {target}")
    made.files["film"] = str(target)
    made.seconds["film"] = time.perf_counter() - begun


def _left_s(begun: float, done: float) -> int | None:
    return round((time.perf_counter() - begun) * (1 - done) / done) if done > _KNOWN_FROM else None


def _tell(made: _Run, progress: Bar | Lines, out: Path) -> None:
    for remark in (*(made.job.remarks if made.job else ()), *(made.exhibition.remarks if made.exhibition else ()),
                   *made.remarks):
        progress.say(fill(remark.sentence, remark.values))
    for left_out in made.job.result.left_out if made.job else ():
        progress.say(f"left out: {left_out.to_error()}")
    for fault in made.faults:
        progress.say(f"wrong: {fill(fault.sentence, fault.values)}")
    if made.error is not None:
        progress.say("cancelled" if made.was_cancelled else str(made.error))
        return
    assert made.plan is not None
    assert made.exhibition is not None
    built = made.exhibition.built
    for name, error in built.failed.items():
        progress.say(f"not built: {name}: {error}")
    progress.say(f"{works_in_rooms(len(made.plan.works), len(made.plan.numbered))}: {len(built.made)} objects made, "
                 f"{len(built.replaced)} replaced, {len(built.removed)} removed, {len(built.kept)} kept: {out}")


def _describe(made: _Run, request: ExhibitionPlanRequest, seconds: float) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    exhibition, job = made.exhibition, made.job
    remarks = (*(job.remarks if job else ()), *(exhibition.remarks if exhibition else ()), *made.remarks)
    lit = [each for room in exhibition.lit.values() for each in room.works] if exhibition else []
    deviations = [each.deviation for each in lit if each.deviation is not None]
    return {
        "version": version(), "machine": describe_machine(), "seconds": round(seconds, 3),
        "status": "done" if made.is_whole else "cancelled" if made.was_cancelled else
        "partly done" if exhibition else "failed",
        "error": None if made.error is None else describe_error(made.error),
        "request": {name: value for name, value in to_json(request).items() if name not in ("fonts", "stills")},
        "files": made.files,
        "painted": [each.describe() for each in (*made.painted, *made.surroundings)],
        "warnings": [fill(remark.sentence, remark.values) for remark in remarks],
        "left_out": [{"file": each.file, **describe_error(each.to_error())} for each in job.result.left_out]
        if job else [],
        "faults": [fill(fault.sentence, fault.values) for fault in made.faults],
        "work_count": made.plan and len(made.plan.works),
        "room_count": made.plan and len(made.plan.numbered),
        "failed": [{"part": name, **describe_error(error)} for name, error in exhibition.built.failed.items()]
        if exhibition else [],
        "objects": {name: len(value) for name, value in vars(exhibition.built).items()} if exhibition else None,
        "kept": exhibition and exhibition.built.kept,
        "hang_error_mm": round(max(made.hang_mm.values()), 4) if made.hang_mm else None,
        "light_deviation": round(max(deviations), 4) if deviations else None,
        "light": [{"work": each.work, "lux": round(each.lux, 1),
                   "deviation": None if each.deviation is None else round(each.deviation, 4),
                   "angle_deg": round(each.angle_deg, 1)} for each in lit],
        "stages": {stage: round(taken, 4) for stage, taken in made.seconds.items()},
    }
