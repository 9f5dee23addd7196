"""Work that takes longer than a click: textures and installations, what they show, and the backend's life.

No windows here: operators and the command line step the same lists.
"""

from __future__ import annotations

from .lifetime import register, unregister

__all__ = ["register", "unregister"]
