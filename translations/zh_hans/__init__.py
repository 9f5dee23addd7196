"""Simplified Chinese, in the words of Blender's own interface (随机种, 关联, 大纲视图, 使其独立化 …).

Where Blender translates a word itself, its translation is shown rather than ours; they agree here. Plain
data: no bpy.
"""

from __future__ import annotations

from . import (
    backend,
    client,
    comparison,
    exhibition,
    exhibition_panel,
    film,
    interface,
    material,
    picture,
    scene,
    style,
    style_training,
    world,
)

__all__ = ["TEXTS"]

TEXTS: dict[str, str] = {**interface.TEXTS, **scene.TEXTS, **client.TEXTS, **backend.TEXTS, **style.TEXTS,
                         **style_training.TEXTS, **comparison.TEXTS, **film.TEXTS, **material.TEXTS,
                         **world.TEXTS, **exhibition.TEXTS, **exhibition_panel.TEXTS, **picture.TEXTS}
