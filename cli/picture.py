"""`--command vernissage picture`: pictures painted from prompts."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..client.job_folder import drop_job_folder
from ..jobs.one_job import OneJob
from ..jobs.painting import PaintingWork
from ..preferences import read_settings
from ..protocol.names import name_of_prompt
from ..protocol.picture import PictureRequest
from ..scene.files import files_read, opened_file
from .arguments import UsageError, absolute, checked, existing_model
from .batch import Batch, Made
from .outputs import check_outputs, check_sources, make_folder
from .picture_files import check_picture, keep_picture, kept_picture, picture_files
from .table import check_name, free_name, free_seed, number_of, read_rows, size_of

__all__ = ["MadePicture", "make_picture"]

_COLUMNS = ("prompt", "name", "negative_prompt", "seed", "size")


@dataclass(eq=False, kw_only=True)
class MadePicture(Made):
    """Attributes:
        target: of the PNG.
    """

    target: Path

    @classmethod
    def of(cls, request: PictureRequest, target: Path) -> MadePicture:
        return cls(name=target.stem, request=request, target=target)


def run(options: argparse.Namespace) -> int:
    """Paint, write, report. Returns the exit code. A signal cancels the picture at work; the others stay.

    Raises:
        UsageError: nothing was begun.
    """
    opened = opened_file()
    pictures = _pictures(options, opened)
    results = [path for made in pictures for path in picture_files(made.target).values()]
    outputs = check_outputs(options, opened, files_read(), results)
    if options.table is not None:
        check_sources([absolute("list", options.table, opened)], results)
    for made in pictures:
        check_picture(made.target, made.request)
    make_folder(pictures[0].target.parent)
    batch = Batch("pictures", outputs)
    batch.make(pictures, lambda made: make_picture(made, lambda work: batch.work_off(work, made)))
    return batch.conclude(pictures)


def make_picture(made: MadePicture, work_off: Callable[[PaintingWork], None]) -> None:
    """Painted, or taken where it lies already."""
    made.files = picture_files(made.target)
    kept = kept_picture(made.target, made.request)
    if kept is not None:
        made.keep(kept)
        return

    def deliver(job: OneJob) -> None:
        assert job.folder is not None
        made.result = keep_picture(made.target, job.folder, made.request, job.result)
        drop_job_folder(job.folder)

    work_off(PaintingWork(made.name, made.request, read_settings(bpy.context), deliver=deliver))


def _pictures(options: argparse.Namespace, opened: Path | None) -> list[MadePicture]:
    out = absolute("out", options.out, opened)
    check_name(out.stem)
    if options.table is None:
        if not options.prompt.strip():
            raise UsageError("give a --prompt or a --list.")
        if out.suffix.lower() != ".png":
            raise UsageError(f"--out {out} must end in .png.")
        if out.is_dir():
            raise UsageError(f"--out {out} is a folder: name a file.")
        return [MadePicture.of(_request(options, {"prompt": options.prompt}, opened), out)]
    if options.prompt:
        raise UsageError("--list has the prompts: leave out --prompt.")
    if out.suffix.lower() == ".png":
        raise UsageError(f"--out {out} is one file, and --list has many pictures: name a folder.")
    pictures: list[MadePicture] = []
    taken: set[str] = set()
    rows = list(read_rows(absolute("list", options.table, opened), _COLUMNS))
    seeds: set[tuple[str, int]] = set()
    for row in rows:
        if row.get("seed", "").isdecimal():
            free_seed(row["prompt"], int(row["seed"]), seeds)  # no other row gets it
    for number, row in enumerate(rows, 1):
        try:
            seed = row.get("seed") or str(free_seed(row["prompt"], options.seed, seeds))
            name = free_name(row.get("name") or name_of_prompt(row["prompt"]), taken, "picture")
            pictures.append(MadePicture.of(_request(options, {**row, "seed": seed}, opened), out / f"{name}.png"))
        except UsageError as error:
            raise UsageError(f"--list, picture {number}: {error}") from error
    if not pictures:
        raise UsageError(f"--list {options.table} names no picture.")
    return pictures


def _request(options: argparse.Namespace, row: Mapping[str, str], opened: Path | None) -> PictureRequest:
    width, height = size_of(row.get("size", options.size))
    with checked():
        return PictureRequest(
            prompt=row["prompt"], negative_prompt=row.get("negative_prompt", options.negative_prompt), width_px=width,
            height_px=height, model=existing_model(options.model, opened), steps=options.steps,
            guidance_scale=options.guidance, seed=number_of("seed", row.get("seed", str(options.seed)), int))
