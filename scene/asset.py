"""What is made as assets of the asset browser: where they come from, and the catalogues that they are in."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterable
from pathlib import Path

import bpy

from ..protocol.remarks import Remark
from .version import version

__all__ = ["CATALOGUE_FILE", "Catalogue", "catalogue_folder", "catalogue_remark", "mark_asset", "write_catalogue"]

CATALOGUE_FILE = "blender_assets.cats.txt"
_HEAD = ("# This is an Asset Catalog Definition file for Blender.\n#\n# Empty lines and lines starting with `#` will "
         "be ignored.\n# The first non-ignored line should be the version indicator.\n# Other lines are of the format "
         "\"UUID:catalog/path/for/assets:simple catalog name\"\n\nVERSION 1\n\n")


class Catalogue(enum.Enum):
    """Its path in the asset browser."""

    MATERIALS = "Vernissage/Materials"
    WORLDS = "Vernissage/Worlds"
    EXHIBITIONS = "Vernissage/Exhibitions"

    @property
    def uid(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"vernissage:{self.value}"))


def mark_asset(block: bpy.types.ID, catalogue: Catalogue, description: str, licence: str, tags: Iterable[str]) -> None:
    """Args:
        description: also cut into tags.
        licence: "" where it is not known.
        tags: empty ones are left out.
    """
    block.asset_mark()
    data = block.asset_data
    data.description = description
    data.author = f"Vernissage {version()}"
    data.license = licence
    data.catalog_id = catalogue.uid
    words = [word for word in description.lower().replace(",", " ").split() if len(word) > 2]
    for tag in dict.fromkeys(["vernissage", *words, *tags]):
        if tag:
            data.tags.new(tag, skip_if_exists=True)


def write_catalogue(folder: Path, catalogue: Catalogue) -> None:
    """Add a catalogue to those of a folder, if it is not among them. Those stay as they are.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / CATALOGUE_FILE
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    if catalogue.uid not in text:
        begin = _HEAD if not text else "" if text.endswith("\n") else "\n"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{begin}{catalogue.uid}:{catalogue.value}:{catalogue.value.replace('/', '-')}\n")


def catalogue_folder(blend: Path) -> Path:
    """Where Blender looks for the catalogues of a file: at the root of the asset library that it lies in, the first of
    the preferences' list where one lies in another, as `BKE_preferences_asset_library_containing_path` has it; or
    beside it.
    """
    around = blend.resolve().parents
    libraries = (Path(bpy.path.abspath(library.path))
                 for library in bpy.context.preferences.filepaths.asset_libraries if library.path)
    return next((library for library in libraries if library.resolve() in around), blend.parent)


def catalogue_remark(catalogue: Catalogue) -> tuple[Remark, ...]:
    """Write the catalogue where Blender looks for those of the opened file, which has no place before it is saved; says
    so if it cannot be written.
    """
    if not bpy.data.filepath:
        return ()
    folder = catalogue_folder(Path(bpy.data.filepath))
    try:
        write_catalogue(folder, catalogue)
    except OSError as error:
        return (Remark("The catalogue {path} cannot be written ({reason}): the asset is found under All.",
                       {"path": str(folder / CATALOGUE_FILE), "reason": str(error)}),)
    return ()
