"""The sidebar and the preferences: they draw, and decide nothing."""

from __future__ import annotations

from . import preview, texture

__all__ = ["register", "unregister"]


def register() -> None:
    preview.register()
    texture.register()


def unregister() -> None:
    texture.unregister()
    preview.unregister()
