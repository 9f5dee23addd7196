"""Objects as they are, also those that an artist has hidden while working: Blender evaluates none of these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import bpy

from .settings import changed_settings

__all__ = ["all_evaluated"]

_NAME = "Vernissage Evaluated"


@contextmanager
def all_evaluated(top: bpy.types.Collection) -> Iterator[None]:
    """Within the block whatever is in a collection is in the view layer, where it is evaluated: else the world matrix
    of an object is that of long ago, or of the origin, and its mesh lacks its modifiers; and what is in an excluded
    collection does not shine in renders. What `hide_render` hides stays hidden, and so does what an eye does."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    collections = [top, *top.children_recursive]
    with ExitStack() as undo:
        undo.enter_context(changed_settings([(each, "hide_viewport", False) for each in (*collections, *top.all_objects)
                                             if each.hide_viewport]))
        if not set(top.all_objects) <= set(layer.objects):  # their collection is excluded: here it is another time
            undo.callback(layer.update)
            holder = bpy.data.collections.new(_NAME)
            undo.callback(bpy.data.collections.remove, holder)
            holder.children.link(top)
            scene.collection.children.link(holder)
        layer.update()
        yield
