"""A finished film in the .blend: as an image, and as a strip of the sequencer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import bpy

from ..protocol.errors import BadInput, StorageError
from ..protocol.film import FilmRequest, FilmResult
from ..protocol.wire import request_to_json, to_json
from .images import texture_name
from .version import version

__all__ = ["add_film", "show_film"]

_FIRST, _COUNT = "film_first", "film_count"  # what an editor must know to play it
_CHANNELS_MAX = 128


def add_film(scene: bpy.types.Scene, files: Sequence[Path], first: int, request: FilmRequest, result: FilmResult, *,
             with_strip: bool) -> tuple[bpy.types.Image, bpy.types.bpy_struct | None]:
    """A new image sequence, "NAME - stylised film", and its strip where one is wanted. What the film was made from is
    in the image's custom properties. No undo step is pushed: that is the operator's.

    Args:
        files: of consecutive frames, from `first` on.

    Raises:
        StorageError: they cannot be read; nothing has changed.
        BadInput: the sequencer has no free channel; nothing has changed.
    """
    with ExitStack() as undo:
        try:
            image = bpy.data.images.load(_shown_path(files[0]), check_existing=False)
        except RuntimeError as error:
            raise StorageError("The picture {path} cannot be read: {reason}.", "Make the film again.", path=files[0],
                               reason=error) from error
        undo.callback(bpy.data.images.remove, image)
        image.name = texture_name(request.name, "stylised film")
        image.source = "SEQUENCE"
        image.use_fake_user = True  # what no editor shows any more would not be saved
        image[_FIRST], image[_COUNT] = first, len(files)
        image["vernissage_version"] = version()
        image["report"] = json.dumps({"request": json.loads(request_to_json(request)), "result": to_json(result)},
                                     ensure_ascii=False)
        strip = _add_strip(scene, files, first, image.name) if with_strip else None
        undo.pop_all()
    return image, strip


def show_film(space: bpy.types.SpaceImageEditor, image: bpy.types.Image) -> None:
    """Let an editor show it, and follow the scene's frame."""
    space.image = image
    user = space.image_user
    user.frame_start, user.frame_offset, user.frame_duration = image[_FIRST], image[_FIRST] - 1, image[_COUNT]
    user.use_auto_refresh = True


def _add_strip(scene: bpy.types.Scene, files: Sequence[Path], first: int, name: str) -> bpy.types.bpy_struct:
    """On the first channel above all strips."""
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # until Blender 4.3
    channel = max((strip.channel for strip in strips), default=0) + 1
    if channel > _CHANNELS_MAX:
        raise BadInput("The sequencer of {scene} has no free channel above its strips.",
                       "Move its strips down, or turn off Add Strip.", scene=scene.name)
    strip = strips.new_image(name, _shown_path(files[0]), channel, first)
    for file in files[1:]:
        strip.elements.append(file.name)
    return strip


def _shown_path(path: Path) -> str:
    """Beside the .blend, as the artist's preferences have it."""
    if bpy.data.filepath and bpy.context.preferences.filepaths.use_relative_paths:
        try:
            return bpy.path.relpath(str(path))
        except ValueError:  # Windows: on another drive
            pass
    return str(path)
