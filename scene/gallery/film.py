"""The tour as a film."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import bpy

from ...protocol.errors import BadInput, StorageError
from .parts import find_parts
from .settings import changed_settings, cycles, film_file, png_file, put
from .tour import CAMERA, last_frame_of

__all__ = ["render_film"]

_NAME = "Vernissage Film"


def render_film(scene: bpy.types.Scene, top: bpy.types.Collection, target: Path, *, width_px: int, height_px: int,
                samples: int, every: int, tick: Callable[[int, int], None] = lambda *_: None) -> None:
    """An MP4 of what the camera of the tour sees, by Cycles, as long as the tour; the scene is as it was afterwards.

    Args:
        top: the exhibition's collection.
        width_px, height_px: even.
        every: of so many frames of the tour one is rendered.
        tick: called before each frame, and once more after all, with how many are done of how many. What it raises
            ends all, and nothing has been written.

    Raises:
        BadInput: there is no tour.
        StorageError: it cannot be written.
    """
    camera = find_parts(top).get(CAMERA)
    last = last_frame_of(camera)
    if camera is None or not last:
        raise BadInput("There is no tour to be filmed.", "Hang works, or build the exhibition anew.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{os.getpid()}.part", dir=target.parent) as scratch:
            frames = _render_frames(scene, camera, range(1, last + 1, every), Path(scratch),
                                    (width_px, height_px, samples), tick)
            film = Path(scratch, "film.mp4")
            _join(frames, film, (width_px, height_px), (scene.render.fps, scene.render.fps_base * every))
            os.replace(film, target)
    except (OSError, RuntimeError) as error:  # the latter: what Blender says
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error


def _render_frames(scene: bpy.types.Scene, camera: bpy.types.Object, frames: range, folder: Path,
                   size: tuple[int, int, int], tick: Callable[[int, int], None]) -> list[Path]:
    width_px, height_px, samples = size
    wanted = [(scene, "camera", camera), *cycles(scene, samples), *png_file(scene),
              (scene.render, "resolution_x", width_px), (scene.render, "resolution_y", height_px),
              (scene.render, "resolution_percentage", 100), (scene.render, "use_sequencer", False),
              (scene.render, "use_persistent_data", True), (scene.render, "filepath", ""),
              (scene.vernissage.style, "stylise_renders", False), (scene, "frame_current", scene.frame_current)]
    written: list[Path] = []
    seen = None
    with changed_settings(wanted), _moved_things(camera) as moved:
        for number, frame in enumerate(frames):
            tick(number, len(frames))
            scene.frame_set(frame)
            before, seen = seen, [*map(tuple, camera.matrix_world)]
            if seen == before and not moved:
                written.append(written[-1])
                continue
            written.append(folder / f"{number:06d}.png")
            scene.render.filepath = str(written[-1])
            bpy.ops.render.render(write_still=True, scene=scene.name)
        tick(len(frames), len(frames))
    return written


@contextmanager
def _moved_things(camera: bpy.types.Object) -> Iterator[list[str]]:
    """Names of what the last step in time has changed, but for the camera: where nothing has, and the camera stands,
    its last frame is this one, too. Films on walls change, and Blender does not tell of it."""
    films = [image.name for image in bpy.data.images if image.source in ("MOVIE", "SEQUENCE")]
    moved: list[str] = []

    def note(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
        moved[:] = films + [update.id.name for update in depsgraph.updates if update.id.original is not camera
                            and not isinstance(update.id, bpy.types.Action)]

    bpy.app.handlers.frame_change_post.append(note)
    try:
        yield moved
    finally:
        bpy.app.handlers.frame_change_post.remove(note)


def _join(frames: Sequence[Path], target: Path, size: tuple[int, int], rate: tuple[int, float]) -> None:
    """Frames that are as they shall be seen become a film."""
    scene = bpy.data.scenes.new(_NAME)
    try:
        scene.view_settings.view_transform = "Standard"
        render = scene.render
        render.resolution_x, render.resolution_y = size
        render.fps, render.fps_base = rate
        editor = scene.sequence_editor_create()
        strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # until Blender 4.3
        strip = strips.new_image(_NAME, str(frames[0]), 1, 1)
        for frame in frames[1:]:
            strip.elements.append(frame.name)
        scene.frame_start, scene.frame_end = 1, len(frames)
        put([*film_file(scene), (render, "filepath", str(target))])
        bpy.ops.render.render(animation=True, scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)
