"""`--command vernissage touch-up`: what of the objects' textures a command means."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import bpy

from ..jobs.retouch import Retouch
from ..protocol.errors import BadInput
from ..protocol.requests import Region, TouchUp, ViewCamera
from ..scene.cameras import find_cameras, read_camera
from .arguments import UsageError, absolute, checked

__all__ = ["chosen_retouch"]


def chosen_retouch(options: argparse.Namespace, scene: Path | None) -> Retouch:
    """The region, and how it is painted.

    Args:
        scene: the opened file; None for an unsaved scene.

    Raises:
        UsageError: a value is out of its bounds, or what is named is not there.
    """
    least_cosine = TouchUp.least_cosine if options.missing is None else options.missing
    with checked():  # once, and not for each object
        TouchUp(name="", texture="-", region=Region.FACES, strength=options.strength, feather_px=options.feather,
                least_cosine=least_cosine)
    plain = Retouch(Region.FACES, options.strength, options.feather, faces=options.faces or "")
    if options.missing is not None:
        return replace(plain, region=Region.MISSING, least_cosine=least_cosine)
    if options.from_camera is not None:
        return replace(plain, region=Region.VIEW, camera=_camera(options.from_camera))
    if options.mask is not None:
        return _within(options.mask, scene, plain)
    if options.faces == "":
        raise UsageError("--faces is empty: name a face attribute, or give --selected.")
    return plain


def _camera(name: str) -> ViewCamera:
    try:
        (camera,) = find_cameras([name])
        return read_camera(camera, bpy.context.scene, bpy.context.evaluated_depsgraph_get())
    except BadInput as error:
        raise UsageError(str(error)) from error


def _within(mask: str, scene: Path | None, plain: Retouch) -> Retouch:
    """An image of the scene goes before a file of its name."""
    if bpy.data.images.get(mask) is not None:
        return replace(plain, region=Region.MASK, mask=mask)
    path = absolute("mask", mask, scene)
    if not path.is_file():
        raise UsageError(f"--mask {mask} is neither an image of the scene nor a file: name one of both.")
    return replace(plain, region=Region.MASK, mask_file=path)
