"""The list of styles that were learnt: a folder of the extension's, each style a file that is known by its name; and
those that come with it, which the artist's own of the same name go before.

Trainings that can be gone on with lie in the folders of their jobs.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import bpy

from ..client.job_folder import REQUEST_NAME
from ..preferences import user_folder
from ..protocol.errors import BadInput, VernissageError
from ..protocol.style_train import CHECKPOINT_NAME, STYLE_SUFFIX, StyleTrainRequest
from ..protocol.wire import request_from_json

__all__ = ["free_name", "last_training", "read_training", "shipped_names", "style_title", "styles_folder",
           "trained_names", "trained_path"]

_STYLES_NAME = "styles"
_SHIPPED = Path(__file__).resolve().parents[1] / "models" / "styles"


def styles_folder() -> Path:
    """Where styles lie that were learnt; it may not be there yet. Raises as `preferences.user_folder`."""
    return user_folder() / _STYLES_NAME


def trained_names() -> list[str]:
    """The names of all that are in the list, in order."""
    try:
        return sorted(path.stem for path in styles_folder().glob(f"*{STYLE_SUFFIX}"))
    except (OSError, VernissageError):
        return []


def shipped_names() -> list[str]:
    """The names of those that come with Vernissage, in order."""
    return sorted(path.stem for path in _SHIPPED.glob(f"*{STYLE_SUFFIX}"))


def trained_path(text: str) -> Path:
    """The file of a style that is named by its name in the list or by a path, where that begins with "//" beside the
    .blend; absolute, there or not. Raises as `preferences.user_folder`.
    """
    text = text.strip()
    if os.path.basename(text) == text and not text.endswith(STYLE_SUFFIX):
        own, shipped = (folder / f"{text}{STYLE_SUFFIX}" for folder in (styles_folder(), _SHIPPED))
        return shipped if shipped.is_file() and not own.is_file() else own
    return Path(os.path.abspath(bpy.path.abspath(text)))


def style_title(text: str) -> str:
    """What a style is called, by its name or its path."""
    return os.path.basename(text.strip().replace("\\", "/")).removesuffix(STYLE_SUFFIX)


def free_name(wished: str) -> str:
    """A name that no style of the list has: the wished one, as far as it can name a file, or that with a number."""
    plain = re.sub(r'[/\\:*?"<>|\x00-\x1f]+', " ", wished).strip(" .") or "Style"
    name, number = plain, 1
    while (styles_folder() / f"{name}{STYLE_SUFFIX}").exists():
        number += 1
        name = f"{plain} {number}"
    return name


def last_training() -> Path | None:
    """The folder of the newest training that can be gone on with."""
    try:
        checkpoints = list((user_folder() / "jobs").glob(f"job-*/{CHECKPOINT_NAME}"))
        return max(checkpoints, key=lambda path: path.stat().st_mtime_ns).parent if checkpoints else None
    except (OSError, VernissageError):
        return None


def read_training(folder: Path) -> StyleTrainRequest:
    """What was asked of a training in a folder.

    Raises:
        BadInput: there is none that can be gone on with.
    """
    try:
        request = request_from_json((folder / REQUEST_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, VernissageError) as error:
        raise _none_in(folder) from error
    if not isinstance(request, StyleTrainRequest) or not (folder / CHECKPOINT_NAME).is_file():
        raise _none_in(folder)
    return request


def _none_in(folder: Path) -> BadInput:
    return BadInput("{path} holds no training that can be gone on with.",
                    "Choose the folder of one, or begin a training.", path=folder)
