"""The Image Editors that show a styled picture: the one that it was asked for in, and after an undo what it showed.

An editor is known by its pointer, which is only compared: it may be gone when the picture is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent
from bpy.types import Area, Image, SpaceImageEditor, Window

from .current import current

if TYPE_CHECKING:
    from .style import StyleJob

__all__ = ["add_result", "editors", "note_editors", "register", "show_in_editor", "unregister"]


def add_result(job: StyleJob, pack: bool, editor: int) -> None:
    """The styled picture as a new image. No undo step is pushed: that is the operator's.

    Args:
        editor: the pointer of the space that shall show it; 0 for none.
    """
    from ..scene.images import storage_remark  # these bring numpy, which enabling the add-on shall not
    from ..scene.pictures import add_styled_image

    image = add_styled_image(job.object_name, job.styled, pack, job.request, job.result)
    image.use_fake_user = True  # what no editor shows any more would not be saved
    job.image_name = image.name
    job.remarks += storage_remark(pack)
    show_in_editor(image, editor)
    note_editors(job, image)


def show_in_editor(image: Image, editor: int, *, is_fitted: bool = False) -> None:
    """Args:
        editor: the pointer of its space.
        is_fitted: all of it is shown, however large it is.
    """
    for window, area in _areas():
        if area.spaces.active.as_pointer() == editor:
            area.spaces.active.image = image
            if is_fitted:
                region = next(region for region in area.regions if region.type == "WINDOW")
                with bpy.context.temp_override(window=window, area=area, region=region):
                    bpy.ops.image.view_all(fit_view=True)


def note_editors(job: StyleJob, image: Image) -> None:
    """Those that show it now."""
    job.editors = tuple(space.as_pointer() for space in editors() if space.image == image)


def editors() -> Iterator[SpaceImageEditor]:
    """All that are open."""
    return (area.spaces.active for _, area in _areas())


def _areas() -> Iterator[tuple[Window, Area]]:
    """Theirs."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if isinstance(area.spaces.active, SpaceImageEditor):
                yield window, area


@persistent
def _show_content_again(*_: object) -> None:
    """The undone image is gone, and Blender leaves its editor empty."""
    for job in current.style.done if current.style is not None else ():
        for space in editors():
            if space.image is None and space.as_pointer() in job.editors:
                space.image = next((image for image in bpy.data.images if image.session_uid == job.picture.image_uid),
                                   None)


def register() -> None:
    bpy.app.handlers.undo_post.append(_show_content_again)


def unregister() -> None:
    bpy.app.handlers.undo_post.remove(_show_content_again)
