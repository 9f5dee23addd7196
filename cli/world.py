"""`--command vernissage world`: panoramas from prompts, their light, and the scene lit by it."""

from __future__ import annotations

import argparse
import math
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ..client.job_folder import drop_job_folder
from ..jobs.picture import Picture
from ..jobs.texture_job import JobState
from ..jobs.world import UNBROUGHT, WantedWorld, WorldJob, WorldWork
from ..preferences import read_settings
from ..protocol.errors import BadInput, ErrorKind, VernissageError, fill
from ..protocol.wire import to_json
from ..protocol.world import SunChoice, WorldRequest, WorldResult, WorldSource, WorldSourceKind
from ..scene.cameras import Sight, camera_sight
from ..scene.files import files_read
from ..scene.version import version
from ..scene.world import WorldSetup, add_world
from ..scene.world_preview import write_world_preview
from .arguments import UsageError, absolute, checked, chosen_model
from .looks import existing
from .outputs import check_outputs, write_json
from .progress import Bar, Lines, reporter
from .report import describe_error, describe_machine
from .signals import Stop, stopped_by_signals
from .table import read_rows
from .world_files import PREVIEW, check_target, keep_world, kept_world, world_files

PATIENCE_S = 0.2
_COLUMNS = ("prompt", "name", "negative_prompt", "seed")


@dataclass(eq=False)
class _Entry:
    """One world of the run, its file, and what became of it; `is_old` was there already."""

    wanted: WantedWorld
    target: Path
    sources: str
    job: WorldJob
    is_old: bool = False


def run(options: argparse.Namespace) -> int:
    """Paint, write, save, report. Returns the exit code. A signal ends it; what is written stays.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    opened = Path(bpy.data.filepath) if bpy.data.filepath else None
    entries = _entries(options, opened)
    made = [path for entry in entries for path in world_files(entry.target)]
    outputs = check_outputs(options, opened, files_read(), made)
    for entry in entries:
        check_target(entry.target)
    _make_folder(entries[0].target.parent)
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        for entry in entries:
            if not stop.is_asked:
                _make(entry, progress, stop)
    failure = None
    if outputs.save is not None and any(entry.job.result is not None for entry in entries) and not stop.is_asked:
        try:
            _save(entries, options, outputs.save)
            progress.say(f"saved: {outputs.save}")
        except VernissageError as error:
            failure = error
            progress.say(f"{outputs.save}: {error}")
    if stop.is_asked:
        progress.say("cancelled")
    is_done = failure is None and all(entry.job.state is JobState.DONE for entry in entries)
    if outputs.report is not None:
        write_json(outputs.report, _describe(entries, outputs.save, failure, time.perf_counter() - start, is_done))
    return 0 if is_done else 1


def _make(entry: _Entry, progress: Bar | Lines, stop: Stop) -> None:
    name, request = entry.target.name, entry.wanted.request
    kept = kept_world(entry.target, request, entry.sources)
    if kept is not None:
        entry.job.result, entry.job.state, entry.is_old = kept, JobState.DONE, True
        progress.say(f"{name}: made already, left as it was")
        return

    def deliver(job: WorldJob) -> None:
        write_world_preview(job.folder / PREVIEW, job.folder, request, job.result)
        job.result = keep_world(entry.target, job.folder, request, job.result, entry.sources)
        drop_job_folder(job.folder)

    work = WorldWork(entry.wanted, read_settings(bpy.context), deliver=deliver)
    entry.job = work.job
    while not work.is_finished:
        if stop.is_asked:
            work.cancel()
        work.tick(PATIENCE_S)
        progress.show(work.summary())
    remarks = "".join(f" {fill(remark.sentence, remark.values)}" for remark in work.job.remarks)
    progress.say(f"{name}: {work.job.error or f'{sum(work.job.seconds.values()):.1f} s.'}{remarks}")


def _save(entries: Sequence[_Entry], options: argparse.Namespace, path: Path) -> None:
    """Raises `VernissageError`."""
    setup = WorldSetup(rotation_rad=math.radians(options.rotation), strength=options.light,
                       background=options.background, has_ground=options.ground)
    scene = bpy.context.scene
    done = [entry for entry in entries if entry.job.result is not None]
    for entry in done:
        is_last = entry is done[-1]
        # Worlds of a list are assets; one is the scene's, with its lamp.
        world = add_world(scene, entry.target.parent, entry.wanted.request, entry.job.result, 
                          replace(setup, catches_shadows=is_last and options.shadow_catcher), with_lamp=is_last,
                          preview=world_files(entry.target)[2])
        entry.job.world_name = world.name
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
    except RuntimeError as error:
        raise BadInput("{path} cannot be saved: {reason}.", "Free space there, or choose another folder.", path=path,
                       reason=str(error).strip().rstrip(".")) from error


def _entries(options: argparse.Namespace, opened: Path | None) -> list[_Entry]:
    out = absolute("out", options.out, opened)
    if options.table is None:
        if not options.prompt:
            raise UsageError("give a --prompt or a --list.")
        if out.suffix.lower() != ".exr" or out.is_dir():
            raise UsageError(f"--out {out} must end in .exr.")
        return [_entry(options, {"prompt": options.prompt}, out, opened)]
    if options.prompt:
        raise UsageError("--list has the prompts: leave out --prompt.")
    if out.suffix.lower() == ".exr":
        raise UsageError(f"--out {out} is one file, and --list has many worlds: name a folder.")
    table = absolute("list", options.table, opened)
    entries: list[_Entry] = []
    taken: set[str] = set()
    for number, row in enumerate(read_rows(table, _COLUMNS), 1):
        name = _free(row.get("name") or row["prompt"], taken)
        try:
            entries.append(_entry(options, row, out / f"{name}.exr", opened))
        except UsageError as error:
            raise UsageError(f"--list, world {number}: {error}") from error
    if not entries:
        raise UsageError(f"--list {options.table} names no world.")
    return entries


def _entry(options: argparse.Namespace, row: Mapping[str, str], target: Path, opened: Path | None) -> _Entry:
    seed = row.get("seed", str(options.seed))
    if not seed.isdecimal():
        raise UsageError(f"the seed {seed} is no number.")
    source, picture, mask = _source(options, opened)
    with checked():
        request = WorldRequest(
            prompt=row["prompt"], negative_prompt=row.get("negative_prompt", options.negative_prompt),
            model=chosen_model(options.model, opened),
            lora="" if options.lora is None else str(absolute("lora", options.lora, opened)),
            lora_weight=options.lora_weight, height_px=options.height, detail=options.detail, steps=options.steps,
            guidance_scale=options.guidance, seed=int(seed), exposure_ev=options.exposure,
            sun=SunChoice(options.sun_choice), sun_irradiance=options.sun, sun_ev=options.sun_exposure,
            sun_apart=options.sun_lamp, source=source)
    sources = " ".join(f"{look.path} {look.path.stat().st_size} {look.path.stat().st_mtime_ns}"
                       for look in (picture, mask) if look is not None)
    return _Entry(WantedWorld(request, picture, mask), target, sources, WorldJob(request.prompt))


def _source(options: argparse.Namespace, opened: Path | None
            ) -> tuple[WorldSource | None, Picture | None, Picture | None]:
    with checked():
        if options.around is not None:
            picture = existing("around", options.around, opened)
            image = bpy.data.images.load(str(picture.path), check_existing=False)
            wide, high = image.size
            bpy.data.images.remove(image)
            sight = Sight(math.radians(options.fov)) if options.fov is not None else camera_sight(
                bpy.context.scene, wide / max(high, 1))
            source = WorldSource(name=picture.name, picture=UNBROUGHT, kind=WorldSourceKind.CAMERA, fov_rad=sight.fov,
                                 yaw_rad=sight.yaw, pitch_rad=sight.pitch, roll_rad=sight.roll)
            return source, picture, None
        if options.panorama is None:
            return None, None, None
        picture = existing("panorama", options.panorama, opened)
        mask = None if options.mask is None else existing("mask", options.mask, opened)
        strength = options.strength if options.strength is not None else 0.6 if mask is None else 1.0
        return WorldSource(name=picture.name, picture=UNBROUGHT, kind=WorldSourceKind.PANORAMA,
                           mask="" if mask is None else UNBROUGHT, strength=strength), picture, mask


def _free(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^\w-]+", "_", name)[:60].strip("_") or "world"
    free, number = plain, 2
    while free.lower() in taken:
        free, number = f"{plain}_{number}", number + 1
    taken.add(free.lower())
    return free


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {path} cannot be a folder ({error.strerror or error}): name another.") from error


def _describe(entries: Sequence[_Entry], saved: Path | None, failure: VernissageError | None, seconds: float,
              is_done: bool) -> dict[str, Any]:
    done = sum(entry.job.state is JobState.DONE for entry in entries)
    cancelled = any(entry.job.error is not None and entry.job.error.kind is ErrorKind.CANCELLED for entry in entries) \
        or any(entry.job.state is JobState.WAITING for entry in entries)
    return {
        "version": version(),
        "status": "done" if is_done else "cancelled" if cancelled else "partly done" if done else "failed",
        "seconds": round(seconds, 3),
        "machine": describe_machine(),
        "files": {"save": None if saved is None else str(saved)},
        "errors": [] if failure is None else [describe_error(failure)],
        "worlds": [_describe_entry(entry) for entry in entries],
    }


def _describe_entry(entry: _Entry) -> dict[str, Any]:
    job, result = entry.job, entry.job.result
    radiance, picture, preview, _ = world_files(entry.target)
    assert result is None or isinstance(result, WorldResult)
    return {
        "prompt": entry.wanted.request.prompt,
        "status": str(job.state),
        "error": None if job.error is None else describe_error(job.error),
        "made_before": entry.is_old,
        "warnings": [fill(remark.sentence, remark.values) for remark in (result.remarks if result else job.remarks)],
        "files": {"radiance": str(radiance), "picture": str(picture), "preview": str(preview)} if result else {},
        "world": job.world_name or None,
        "request": to_json(entry.wanted.request),
        "result": result and to_json(result),
        "seconds": {stage: round(value, 4) for stage, value in job.seconds.items()},
    }
