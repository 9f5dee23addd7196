"""The sidebars and the preferences: they draw, and decide nothing."""

from __future__ import annotations

from . import comparison, style, style_training, texture

__all__ = ["register", "unregister"]


def register() -> None:
    texture.register()
    style.register()
    style_training.register()
    comparison.register()


def unregister() -> None:
    comparison.unregister()
    style_training.unregister()
    style.unregister()
    texture.unregister()
