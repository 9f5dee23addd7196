"""What sets a scene as it was, where a render of a film's frame did not come to its end: the artist went back in the
history to the middle of it, or opened a file that was saved in the middle of it.
"""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent

from .hands import is_rendering

__all__ = ["register", "unregister"]


@persistent
def _restore(*_: object) -> None:
    if not is_rendering() and any(scene.vernissage.film.before for scene in bpy.data.scenes):
        from ..scene.film import restore_scenes

        restore_scenes()


_HANDLERS = ("undo_post", "redo_post", "load_post")


def register() -> None:
    for name in _HANDLERS:
        getattr(bpy.app.handlers, name).append(_restore)


def unregister() -> None:
    for name in _HANDLERS:
        getattr(bpy.app.handlers, name).remove(_restore)
