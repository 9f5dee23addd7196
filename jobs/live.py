"""What is being painted, on the objects themselves: laid over them in the 3D viewports while their job runs.

What is drawn follows from the job list that runs and from nothing else: a job that was cancelled, failed or ended, an
object that was deleted, another file, and there is nothing to be drawn. See `scene.overlay` for why it is no material.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import bpy

from .current import current

if TYPE_CHECKING:
    from ..scene.overlay import Overlay
    from .texture import TextureJobs
    from .texture_job import TextureJob

__all__ = ["register", "shown_pictures", "unregister"]

_handle: Any = None  # Blender wants it back: see unregister
_overlays: dict[int, tuple[Overlay, int]] = {}  # by the object's identity: what the card holds, and which picture


def shown_pictures(jobs: TextureJobs | None) -> tuple[tuple[int, int], ...]:
    """Which picture of which object (its identity) is to be seen; another answer asks for a redraw."""
    return tuple((job.object_uid, job.surface_number) for job in _shown_jobs(jobs))


def _shown_jobs(jobs: TextureJobs | None) -> list[TextureJob]:
    if jobs is None or jobs.is_finished or jobs.is_cancelled:
        return []
    return [job for job in jobs.running if job.surface is not None and job.skin is not None]


def _draw() -> None:
    """Called by Blender for each 3D viewport that it draws, after the scene."""
    context = bpy.context
    jobs = _shown_jobs(current.texture)
    for gone in _overlays.keys() - {job.object_uid for job in jobs}:
        del _overlays[gone]
    space = context.space_data
    if not jobs or space is None or space.type != "VIEW_3D":  # a render of the viewport may have none
        return
    if not context.scene.vernissage.texture.show_while_painting:
        return
    from ..scene.objects import find_identity
    from ..scene.overlay import is_laid_over

    for job in jobs:
        obj = find_identity(job.object_uid, job.object_name)
        if obj is not None and is_laid_over(obj, context):
            try:
                _overlay_of(job).draw(obj, space.shading)
            except Exception:  # what the graphics card refuses once it is not asked again: the job goes on without
                traceback.print_exc()
                job.skin = None


def _overlay_of(job: TextureJob) -> Overlay:
    """With the newest picture; the one before, where that cannot be read."""
    import numpy as np

    from ..scene.overlay import Overlay

    overlay, number = _overlays.get(job.object_uid, (None, 0))
    if overlay is None or overlay.skin is not job.skin:
        overlay, number = Overlay(job.skin), 0
    if number != job.surface_number:
        with suppress(OSError, ValueError):
            overlay.set_picture(np.load(job.surface, allow_pickle=False))
        _overlays[job.object_uid] = overlay, job.surface_number
    return overlay


def register() -> None:
    global _handle
    if not bpy.app.background:  # there is nothing to be drawn
        _handle = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_VIEW")


def unregister() -> None:
    global _handle
    if _handle is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handle, "WINDOW")
    _handle = None
    _overlays.clear()
