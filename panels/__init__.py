"""The sidebars and the preferences: they draw, and decide nothing."""

from __future__ import annotations

from . import style, texture

__all__ = ["register", "unregister"]


def register() -> None:
    texture.register()
    style.register()


def unregister() -> None:
    style.unregister()
    texture.unregister()
