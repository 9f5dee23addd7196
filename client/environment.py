"""What a backend environment is: a virtual environment of ours, and the mark that tells how far it is.

Reading only; `installation` makes and repairs one.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ..protocol.errors import StorageError

__all__ = ["Health", "Mark", "Variant", "check_environment", "environment_python", "read_mark",
           "requirements_digest", "requirements_of", "write_mark"]

MARK_NAME = "vernissage-environment.json"


class Variant(enum.StrEnum):
    CPU = "cpu"
    CUDA = "cuda"
    ROCM = "rocm"
    MPS = "mps"


class Health(enum.StrEnum):
    """How an environment's folder stands; the values are shown to people."""

    MISSING = "Not installed"
    INCOMPLETE = "Installation not finished"
    BROKEN = "Its Python is gone"
    OUTDATED = "Made for another version of Vernissage or another device"
    FOREIGN = "Not a folder of Vernissage"
    HEALTHY = "Installed"


@dataclass(frozen=True)
class Mark:
    """What lies in our environments' folders as `vernissage-environment.json`.

    Attributes:
        variant: whose requirements were installed.
        requirements: their digest.
        complete: whether the installation came to its end.
    """

    variant: str
    requirements: str
    complete: bool


def environment_python(folder: Path) -> Path:
    """The interpreter of a virtual environment, whether it exists or not."""
    return Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def check_environment(folder: Path, variant: Variant | str, root: Path) -> Health:
    """How the folder stands, from its files alone: quick enough for a panel's operator.

    Args:
        folder: where the environment is, or would be.
        variant: what it should have been made for.
        root: the extension's folder, which holds `requirements/`.
    """
    folder = Path(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return Health.MISSING
    mark = read_mark(folder)
    if mark is None:
        return Health.FOREIGN
    if not mark.complete:
        return Health.INCOMPLETE
    if not environment_python(folder).is_file():
        return Health.BROKEN
    if (mark.variant, mark.requirements) != (str(variant), requirements_digest(root, variant)):
        return Health.OUTDATED
    return Health.HEALTHY


def read_mark(folder: Path) -> Mark | None:
    """The mark of an environment of ours; None where there is none that can be read."""
    try:
        return Mark(**json.loads((folder / MARK_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_mark(folder: Path, mark: Mark) -> None:
    """Raises:
        StorageError: the folder cannot be written.
    """
    path = folder / MARK_NAME
    temporary = path.with_suffix(".part")
    try:
        temporary.write_text(json.dumps(asdict(mark), indent=2) + "\n", encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def requirements_of(root: Path, name: str) -> list[str]:
    """The requirements of `requirements/NAME.txt` and of the files that it includes, comments left out."""
    requirements = []
    for line in (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("-r "):
            requirements += requirements_of(root, line.removeprefix("-r ").strip().removesuffix(".txt"))
        elif line:
            requirements.append(line)
    return requirements


def requirements_digest(root: Path, variant: Variant | str) -> str:
    """Of what an environment of this variant consists of."""
    lines = [*requirements_of(root, str(variant)), "--no-deps", *requirements_of(root, "words")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
