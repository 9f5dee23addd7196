"""The materials that a command names, one or many."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from ..jobs.material import WantedMaterial
from ..jobs.material_wanted import UNBROUGHT
from ..jobs.picture import Picture
from ..protocol.material import MaterialRequest, NormalConvention, Wrap
from ..protocol.names import name_of_prompt
from ..protocol.requests import check_words
from .arguments import UsageError, absolute, checked, existing_model, existing_path
from .table import check_text, free_name, number_of, read_rows, size_of

__all__ = ["chosen_materials"]

_COLUMNS = ("prompt", "name", "negative_prompt", "picture", "seed", "size", "change")


def chosen_materials(options: argparse.Namespace, scene: Path | None) -> list[WantedMaterial]:
    """Each has a name of its own, which can name a folder.

    Raises:
        UsageError: one of them cannot be made, or there is none.
    """
    if options.table is None:
        rows: list[dict[str, str]] = [{}]
    elif options.prompt or options.picture or options.name:
        raise UsageError("--list has the prompts, pictures and names: leave out --prompt, --picture and --name.")
    else:
        rows = list(read_rows(absolute("list", options.table, scene), _COLUMNS))
    taken: set[str] = set()
    wanted = []
    for number, row in enumerate(rows, 1):
        try:
            wanted.append(_wanted({**_given(options), **row}, options, scene, taken))
        except UsageError as error:
            raise UsageError(str(error) if options.table is None else f"--list, material {number}: {error}") from error
    if not wanted:
        raise UsageError(f"--list {options.table} names no material.")
    return wanted


def _given(options: argparse.Namespace) -> dict[str, str]:
    return {"prompt": options.prompt, "name": options.name, "negative_prompt": options.negative_prompt,
            "picture": options.picture or "", "seed": str(options.seed), "size": options.size,
            "change": str(options.change)}


def _wanted(row: Mapping[str, str], options: argparse.Namespace, scene: Path | None, taken: set[str]) -> WantedMaterial:
    picture = None
    if row["picture"]:
        path = absolute("picture", row["picture"], scene)
        if not path.is_file():
            raise UsageError(f"--picture {row['picture']} is not there: name a file.")
        check_text("--picture", path.name)
        picture = Picture.of_file(path)
    with checked():
        check_words(row["prompt"])
    if not row["prompt"].strip() and picture is None:
        raise UsageError("give a --prompt, a --picture or a --list.")
    name = free_name(row["name"] or name_of_prompt(row["prompt"], "" if picture is None else picture.name), taken,
                     "material")
    width, height = size_of(row["size"])
    marigold = ["", ""] if options.marigold is None else [
        existing_path("marigold", folder, scene) for folder in options.marigold]
    with checked():
        return WantedMaterial(MaterialRequest(
            name=name, prompt=row["prompt"], negative_prompt=row["negative_prompt"],
            picture=UNBROUGHT if picture else "", picture_name=picture.name if picture else "", width_px=width,
            height_px=height, wrap=Wrap(options.wrap), change=number_of("change", row["change"], float),
            normals=NormalConvention(options.normals), model=existing_model(options.model, scene), steps=options.steps,
            guidance_scale=options.guidance, seed=number_of("seed", row["seed"], int), intrinsics_model=marigold[0],
            normals_model=marigold[1]), picture)
