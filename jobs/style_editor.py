"""The Image Editor that a styled picture was asked for in: it shows the result, and after an undo what it showed.

An editor is known by its pointer, which is only compared: it may be gone when the picture is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent
from bpy.types import Image, SpaceImageEditor

from .current import current

if TYPE_CHECKING:
    from .style import StyleJob

__all__ = ["register", "show_result", "unregister"]


def show_result(job: StyleJob, image: Image, editor: int) -> None:
    """Args:
        editor: the pointer of its space.
    """
    job.editor = editor
    for space in _spaces(editor):
        space.image = image


def _spaces(editor: int) -> Iterator[SpaceImageEditor]:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            space = area.spaces.active
            if isinstance(space, SpaceImageEditor) and space.as_pointer() == editor:
                yield space


@persistent
def _show_content_again(*_: object) -> None:
    """The undone image is gone, and Blender leaves its editor empty."""
    for job in current.style.done if current.style is not None else ():
        for space in _spaces(job.editor):
            if space.image is None:
                space.image = next((image for image in bpy.data.images if image.session_uid == job.picture.image_uid),
                                   None)


def register() -> None:
    bpy.app.handlers.undo_post.append(_show_content_again)


def unregister() -> None:
    bpy.app.handlers.undo_post.remove(_show_content_again)
