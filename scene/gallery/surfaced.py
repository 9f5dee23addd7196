"""What has a surface that is seen: of its own, or as instances of something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import bpy
from mathutils import Matrix

from .parts import PART

__all__ = ["has_surface", "is_without_surface", "surfaces_of"]

_SURFACED = ("MESH", "FONT", "CURVE", "SURFACE", "META")
_UNSHOWN = ("VOLUME", "CURVES", "POINTCLOUD", "GREASEPENCIL", "GPENCIL")  # no mesh can be made of them


def has_surface(each: bpy.types.Object) -> bool:
    """Whether it may have one; the path of our tour has none."""
    if each.type == "EMPTY":
        return _has_instances(each)
    return each.type in _SURFACED and not (each.type == "CURVE" and PART in each)


def is_without_surface(each: bpy.types.Object) -> bool:
    """Whether it is seen in renders, and nowhere else."""
    return each.type in _UNSHOWN


def surfaces_of(objects: Iterable[bpy.types.Object], depsgraph: bpy.types.Depsgraph
                ) -> Iterator[tuple[bpy.types.Object, bpy.types.Object, Matrix]]:
    """Of each object what is seen, evaluated, and where it is in the world: itself, and its instances. They are good
    until the next one is asked for."""
    instancers = set()
    for each in objects:
        if _has_instances(each):
            instancers.add(each)
        if each.type in _SURFACED and (each.instance_type == "NONE" or each.show_instancer_for_render):
            yield each, each.evaluated_get(depsgraph), each.matrix_world.copy()
    for instance in depsgraph.object_instances if instancers else ():
        if instance.is_instance and instance.parent.original in instancers \
                and instance.object.type in _SURFACED and not instance.object.hide_render:
            yield instance.parent.original, instance.object, instance.matrix_world.copy()


def _has_instances(each: bpy.types.Object) -> bool:
    return each.instance_type != "NONE" or any(modifier.type in ("NODES", "PARTICLE_SYSTEM")
                                               for modifier in each.modifiers)
