"""The sidebars and the preferences: they draw, and decide nothing."""

from __future__ import annotations

from . import (
    comparison,
    exhibited_works,
    exhibition,
    film,
    material,
    picture,
    style,
    style_texture,
    style_training,
    texture,
    world,
)

__all__ = ["register", "unregister"]


def register() -> None:
    texture.register()
    material.register()
    style.register()
    picture.register()
    style_texture.register()
    film.register()
    style_training.register()
    comparison.register()
    world.register()
    exhibition.register()
    exhibited_works.register()


def unregister() -> None:
    exhibited_works.unregister()
    exhibition.unregister()
    world.unregister()
    comparison.unregister()
    style_training.unregister()
    film.unregister()
    style_texture.unregister()
    picture.unregister()
    style.unregister()
    material.unregister()
    texture.unregister()
