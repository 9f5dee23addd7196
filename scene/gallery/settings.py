"""Settings that are another way for a while, and those of pictures and films of an exhibition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import bpy

__all__ = ["Setting", "changed_settings", "cycles", "film_file", "png_file", "put"]

Setting = tuple[Any, str, Any]  # owner, attribute, value


@contextmanager
def changed_settings(wanted: Sequence[Setting]) -> Iterator[None]:
    """Within the block each owner's attribute has the value that is wanted; they are set in their order."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in wanted]
    try:
        put(wanted)
        yield
    finally:
        put(before)


def put(wanted: Sequence[Setting]) -> None:
    for owner, name, value in wanted:
        setattr(owner, name, value)


def cycles(scene: bpy.types.Scene, samples: int) -> list[Setting]:
    """Few samples, denoised: walls and pictures have no noise that tells."""
    return [(scene.render, "engine", "CYCLES"), (scene.cycles, "samples", samples),
            (scene.cycles, "use_denoising", True), (scene.cycles, "max_bounces", 6),
            (scene.cycles, "sample_clamp_indirect", 4.0)]


def png_file(scene: bpy.types.Scene) -> list[Setting]:
    return _kind(scene, "IMAGE", "PNG")


def film_file(scene: bpy.types.Scene) -> list[Setting]:
    """MP4 with H.264, which every browser plays: sides have to be even."""
    ffmpeg = scene.render.ffmpeg
    return [*_kind(scene, "VIDEO", "FFMPEG"), (ffmpeg, "format", "MPEG4"), (ffmpeg, "codec", "H264"),
            (ffmpeg, "constant_rate_factor", "HIGH"), (ffmpeg, "audio_codec", "NONE")]


def _kind(scene: bpy.types.Scene, media: str, kind: str) -> list[Setting]:
    settings = scene.render.image_settings
    of_media = [(settings, "media_type", media)] if hasattr(settings, "media_type") else []  # Blender 5.0
    return [*of_media, (settings, "file_format", kind)]
