"""Work that takes longer than a click: textures and installations, what they show, and the backend's life.

No windows here: operators and the command line step the same lists.
"""

from __future__ import annotations

from . import lifetime, live, preview

__all__ = ["register", "unregister"]


def register() -> None:
    preview.register()
    live.register()
    lifetime.register()


def unregister() -> None:
    lifetime.unregister()
    live.unregister()
    preview.unregister()
