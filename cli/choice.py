"""What of the opened scene a command means: objects, cameras, prompts."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import bpy
from bpy.types import Object

from ..protocol.errors import BadInput, VernissageError
from ..protocol.requests import ViewRequest
from ..scene.cameras import find_cameras, read_camera
from ..scene.objects import find_objects, visible_meshes
from ..scene.present import present_texture
from .arguments import UsageError

__all__ = ["check_prompts", "choose_objects", "with_cameras"]

R = TypeVar("R", bound=ViewRequest)


def choose_objects(options: argparse.Namespace) -> tuple[list[Object], list[tuple[str, VernissageError]]]:
    """The objects that are meant, and what is to be said of each name that there is not."""
    view_layer = bpy.context.view_layer
    if not options.objects:
        meshes = visible_meshes(view_layer)
        shows = [obj for obj in meshes if _shows_texture(obj)] if options.action == "touch-up" else []
        return shows or meshes, []
    objects: list[Object] = []
    failed = []
    for name in dict.fromkeys(options.objects):
        try:
            objects += find_objects([name], view_layer)
        except VernissageError as error:
            failed.append((name, error))
    return objects, failed


def with_cameras(request: R, names: Sequence[str]) -> R:
    """Raises:
        UsageError: one of the cameras is not there or cannot be used, or there are more than views.
    """
    depsgraph = bpy.context.evaluated_depsgraph_get()
    try:
        cameras = tuple(read_camera(obj, bpy.context.scene, depsgraph) for obj in find_cameras(names))
        return dataclasses.replace(request, cameras=cameras)
    except BadInput as error:
        raise UsageError(str(error)) from error


def check_prompts(prompts: Sequence[tuple[str, str]], names: Sequence[str]) -> None:
    """Raises:
        UsageError: a prompt is for nothing that is textured, or says nothing.
    """
    for name, prompt in prompts:
        if name not in names:
            raise UsageError(f"--object-prompt {name}: no object of this name is to be textured.")
        if not prompt.strip():
            raise UsageError(f"--object-prompt {name} is empty: write what the object shall look like.")


def _shows_texture(obj: Object) -> bool:
    try:
        present_texture(obj)
    except BadInput:
        return False
    return True
