"""`--command vernissage world`: panoramas from prompts, their light, and the scene lit by it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..client.job_folder import drop_job_folder
from ..jobs.picture import Picture
from ..jobs.world import UNBROUGHT, WantedWorld, WorldJob, WorldWork
from ..preferences import read_settings
from ..protocol.names import name_of_prompt
from ..protocol.requests import check_range
from ..protocol.world import SunChoice, WorldRequest, WorldSource, WorldSourceKind
from ..scene.asset import Catalogue
from ..scene.cameras import Sight, camera_sight
from ..scene.files import files_read, opened_file
from ..scene.world import WorldSetup, add_world, light_with
from ..scene.world_preview import write_world_preview
from .arguments import UsageError, absolute, checked, existing_model, existing_path
from .batch import Batch, Made
from .cards import state_of
from .looks import existing
from .made_before import find_again, replace_earlier
from .outputs import check_outputs, check_sources, make_folder
from .table import check_name, free_name, read_rows
from .world_files import PREVIEW, check_target, keep_world, kept_world, world_files

__all__ = ["MadeWorld", "make_world"]

_COLUMNS = ("prompt", "name", "negative_prompt", "seed")
_BRIGHTEST = 1e6


@dataclass(eq=False, kw_only=True)
class MadeWorld(Made):
    """Attributes:
        target: of the OpenEXR.
    """

    wanted: WantedWorld
    target: Path


def run(options: argparse.Namespace) -> int:
    """Paint, write, save, report. Returns the exit code. A signal ends it; what is written stays.

    Raises:
        UsageError: nothing was begun.
    """
    opened = opened_file()
    _check(options)
    worlds = _worlds(options, opened)
    results = [path for made in worlds for path in world_files(made.target).values()]
    outputs = check_outputs(options, opened, files_read(), results)
    for made in worlds:
        sources = (made.wanted.picture, made.wanted.mask)
        check_sources([source.path for source in sources if source is not None], results)
        check_target(made.target)
    make_folder(worlds[0].target.parent)
    batch = Batch("worlds", outputs, Catalogue.WORLDS)
    batch.make(worlds, lambda made: make_world(made, lambda work: batch.work_off(work, made)))
    if outputs.save is not None:
        _add(worlds, options, batch)
    return batch.conclude(worlds)


def make_world(made: MadeWorld, work_off: Callable[[WorldWork], None]) -> None:
    """Painted, or taken where it lies already."""
    sources = state_of(made.wanted.picture, made.wanted.mask)
    made.files = world_files(made.target)
    kept = kept_world(made.target, made.request, sources)
    if kept is not None:
        made.keep(kept)
        return

    def deliver(job: WorldJob) -> None:
        write_world_preview(job.folder / PREVIEW, job.folder, made.request, job.result)
        made.result = keep_world(made.target, job.folder, made.request, job.result, sources)
        drop_job_folder(job.folder)

    work_off(WorldWork(made.wanted, read_settings(bpy.context), deliver=deliver))


def _add(worlds: Sequence[MadeWorld], options: argparse.Namespace, batch: Batch) -> None:
    """Those that are done, into the scene. Worlds of a list are assets; the last one is the scene's, with its lamp: it
    is put there first, so that the one before takes its place where it cannot be."""
    setup = WorldSetup(rotation_rad=math.radians(options.rotation), strength=options.light,
                       background=options.background, has_ground=options.ground, catches_shadows=options.shadow_catcher)

    def put(made: MadeWorld) -> None:
        lights = not any(other.asset for other in worlds)
        origin = made.target, made.request, made.result, setup
        world = find_again(bpy.data.worlds, *origin) if made.is_kept else None
        if world is None:
            world = add_world(bpy.context.scene, made.target.parent, made.request, made.result, setup, lights=lights,
                              preview=made.files["preview"])
            replace_earlier(bpy.data.worlds, world, *origin)
        elif lights and bpy.context.scene.world != world:
            light_with(bpy.context.scene, world, made.request, made.result, setup)
        made.asset = world.name

    batch.put(worlds[::-1], put)


def _check(options: argparse.Namespace) -> None:
    for name, picture in (("mask", "panorama"), ("strength", "panorama"), ("fov", "around")):
        if getattr(options, name) is not None and getattr(options, picture) is None:
            raise UsageError(f"--{name} does nothing without --{picture}: give both, or leave it out.")
    with checked():
        check_range("--rotation", options.rotation, (-360.0, 360.0))
        check_range("--light", options.light, (0.0, _BRIGHTEST))
        check_range("--background", options.background, (0.0, _BRIGHTEST))


def _worlds(options: argparse.Namespace, opened: Path | None) -> list[MadeWorld]:
    out = absolute("out", options.out, opened)
    check_name(out.stem)
    if options.table is None:
        if not options.prompt:
            raise UsageError("give a --prompt or a --list.")
        if out.suffix.lower() != ".exr" or out.is_dir():
            raise UsageError(f"--out {out} must end in .exr.")
        return [_world(options, {"prompt": options.prompt}, out, opened)]
    if options.prompt:
        raise UsageError("--list has the prompts: leave out --prompt.")
    if out.suffix.lower() == ".exr":
        raise UsageError(f"--out {out} is one file, and --list has many worlds: name a folder.")
    table = absolute("list", options.table, opened)
    worlds: list[MadeWorld] = []
    taken: set[str] = set()
    for number, row in enumerate(read_rows(table, _COLUMNS), 1):
        name = free_name(row.get("name") or name_of_prompt(row["prompt"]), taken, "world")
        try:
            worlds.append(_world(options, row, out / f"{name}.exr", opened))
        except UsageError as error:
            raise UsageError(f"--list, world {number}: {error}") from error
    if not worlds:
        raise UsageError(f"--list {options.table} names no world.")
    return worlds


def _world(options: argparse.Namespace, row: Mapping[str, str], target: Path, opened: Path | None) -> MadeWorld:
    seed = row.get("seed", str(options.seed))
    if not seed.isdecimal() or len(seed) > 20:
        raise UsageError(f"the seed {seed[:20]} is no number that a seed can be.")
    source, picture, mask = _source(options, opened)
    with checked():
        request = WorldRequest(
            prompt=row["prompt"], negative_prompt=row.get("negative_prompt", options.negative_prompt),
            model=existing_model(options.model, opened),
            lora="" if options.lora is None else existing_path("lora", options.lora, opened, is_file=True),
            lora_weight=options.lora_weight, height_px=options.height, detail=options.detail, steps=options.steps,
            guidance_scale=options.guidance, seed=int(seed), exposure_ev=options.exposure,
            sun=SunChoice(options.sun_choice), sun_irradiance=options.sun, sun_ev=options.sun_exposure,
            sun_apart=options.sun_lamp, source=source)
    return MadeWorld(name=target.stem, request=request, wanted=WantedWorld(request, picture, mask), target=target)


def _source(options: argparse.Namespace, opened: Path | None
            ) -> tuple[WorldSource | None, Picture | None, Picture | None]:
    with checked():
        if options.around is not None:
            picture, (wide, high) = _picture("around", options.around, opened)
            sight = Sight(math.radians(options.fov)) if options.fov is not None else camera_sight(
                bpy.context.scene, wide / high)
            source = WorldSource(name=picture.name, picture=UNBROUGHT, kind=WorldSourceKind.CAMERA, fov_rad=sight.fov,
                                 yaw_rad=sight.yaw, pitch_rad=sight.pitch, roll_rad=sight.roll)
            return source, picture, None
        if options.panorama is None:
            return None, None, None
        picture, _ = _picture("panorama", options.panorama, opened)
        mask = None if options.mask is None else _picture("mask", options.mask, opened)[0]
        strength = options.strength if options.strength is not None else 0.6 if mask is None else 1.0
        return WorldSource(name=picture.name, picture=UNBROUGHT, kind=WorldSourceKind.PANORAMA,
                           mask="" if mask is None else UNBROUGHT, strength=strength), picture, mask


def _picture(option: str, text: str, opened: Path | None) -> tuple[Picture, tuple[int, int]]:
    """A picture that can be read, and its width and height in pixels."""
    picture = existing(option, text, opened)
    image = bpy.data.images.load(str(picture.path), check_existing=False)
    wide, high = image.size
    bpy.data.images.remove(image)
    if not high:
        raise UsageError(f"--{option} {text} cannot be read as a picture: name another.")
    return picture, (wide, high)
