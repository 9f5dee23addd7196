"""Work that takes longer than a click: textures and installations, what they show, and the backend's life.

No windows here: operators and the command line step the same lists.
"""

from __future__ import annotations

from . import film_guard, lifetime, live, plan_key, preview, renders, style_editor

__all__ = ["register", "unregister"]


def register() -> None:
    preview.register()
    live.register()
    lifetime.register()
    plan_key.register()
    renders.register()
    style_editor.register()
    film_guard.register()


def unregister() -> None:
    film_guard.unregister()
    style_editor.unregister()
    renders.unregister()
    plan_key.unregister()
    lifetime.unregister()
    live.unregister()
    preview.unregister()
