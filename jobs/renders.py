"""Renders that are stylised as soon as they are finished, where the scene says so.

In background each frame is stylised when it is written, before the next one is rendered. In a window nothing may wait,
and a render's handlers are called beside the main thread: they only note what was written, and a timer stylises it once
the render has ended. What goes wrong here never ends a render.

What it needs of the client is imported when it is needed, because enabling the add-on imports this.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent
from bpy.types import Scene

from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from .current import current
from .hands import is_rendering
from .preview import load_preview
from .redraw import redraw_sidebars
from .undo import push_undo_step

if TYPE_CHECKING:
    from .picture import Picture
    from .style import StyleJob, StyleJobs

__all__ = ["register", "unregister", "written_file"]

WATCH_S = 0.5
TICK_S = 0.05
PATIENCE_S = 0.1


@dataclass
class _Finished:
    """A render in a window.

    Attributes:
        frames: the files that it wrote; none for a still.
        is_film: it wrote one film file.
        begun_s: when it began, in seconds since the epoch.
        at_work: the file of the frame that is being rendered.
    """

    scene: str
    frames: list[Path] = field(default_factory=list)
    is_film: bool = False
    begun_s: float = 0.0
    at_work: Path | None = None


_rendering: dict[str, _Finished] = {}  # by the scene's name; handlers of a render's thread write here
_finished: list[_Finished] = []  # and here, and `_watch` takes it
_at_work: StyleJobs | None = None  # of `_finished`


def written_file(scene: Scene) -> Path:
    """The file that was just written: a frame of an animation has its number, a single render has not."""
    still = Path(bpy.path.abspath(scene.render.filepath))
    suffix = scene.render.file_extension
    if scene.render.use_file_extension and still.suffix.lower() != suffix:
        still = still.with_name(still.name + suffix)
    frame = Path(bpy.path.abspath(scene.render.frame_path(frame=scene.frame_current)))
    there = [path for path in (frame, still) if path.is_file()]
    return max(there, key=lambda path: path.stat().st_mtime_ns, default=frame)


@persistent
def _begin(scene: Scene, *_: object) -> None:
    _rendering.pop(scene.name, None)
    if scene.vernissage.style.stylise_renders and not bpy.app.background:
        _rendering[scene.name] = _Finished(scene.name, begun_s=time.time())


@persistent
def _begin_frame(scene: Scene, *_: object) -> None:
    if (noted := _rendering.get(scene.name)) is not None:
        noted.at_work = Path(bpy.path.abspath(scene.render.frame_path(frame=scene.frame_current)))


@persistent
def _note_frame(scene: Scene, *_: object) -> None:
    if not scene.vernissage.style.stylise_renders:
        return
    if bpy.app.background:
        _stylise_frame(scene)
        return
    noted = _rendering.setdefault(scene.name, _Finished(scene.name, begun_s=time.time()))
    noted.is_film = scene.render.is_movie_format
    noted.frames.append(written_file(scene))


@persistent
def _note_end(scene: Scene, *_: object) -> None:
    noted = _rendering.pop(scene.name, None)
    if scene.vernissage.style.stylise_renders and not bpy.app.background:
        _finished.append(noted or _Finished(scene.name))


@persistent
def _note_cancel(scene: Scene, *_: object) -> None:
    """The frames that were written before are there all the same. Of one that was written as Esc came, Blender does
    not tell that it was; and the scene is at the frame again at which it stood before the render."""
    noted = _rendering.pop(scene.name, None)
    if noted is None or scene.render.is_movie_format or not scene.vernissage.style.stylise_renders:
        return
    if noted.at_work and noted.at_work not in noted.frames and _is_written_since(noted.at_work, noted.begun_s):
        noted.frames.append(noted.at_work)
    if noted.frames:
        _finished.append(noted)


def _is_written_since(path: Path, begun_s: float) -> bool:
    """Whether there is more than a placeholder, and it is not of a render before."""
    try:
        told = path.stat()
    except OSError:
        return False
    return told.st_size > 0 and told.st_mtime >= begun_s


@persistent
def _forget(*_: object) -> None:
    """Another file is about to be opened."""
    _rendering.clear()
    _finished.clear()


def _stylise_frame(scene: Scene) -> None:
    """In background: what was rendered, through the scene's view transform and whatever the file's format."""
    written = written_file(scene)
    try:
        from ..scene.pictures import find_render
        from .picture import Picture

        if scene.render.is_movie_format:
            written = written.with_name(f"{written.stem}_{scene.frame_current:04d}.png")
        picture = Picture(written.name, image_uid=find_render().session_uid, scene=scene.name)
        jobs = _jobs(scene, [picture], lambda job: _deliver_beside(job, written))
        while not jobs.is_finished:
            jobs.tick(PATIENCE_S)
        for job in jobs.jobs:
            _say(f"{job.object_name}: {job.error}" if job.error else f"Stylised: '{job.output}'")
    except VernissageError as error:
        _say(f"{written.name}: {error}")


def _jobs(scene: Scene, pictures: list[Picture], deliver: Callable[[StyleJob], None]) -> StyleJobs:
    """The list, known to the panel. Raises `VernissageError`."""
    from .style import StyleJobs
    from .style_wanted import wanted_style

    jobs = StyleJobs(pictures, wanted_style(scene.vernissage.style), read_settings(bpy.context), deliver=deliver)
    current.begin_style(jobs)
    return jobs


def _deliver_beside(job: StyleJob, written: Path) -> None:
    """Raises:
        StorageError: another file has the name already, or it cannot be written.
    """
    from .style_file import check_is_ours, deliver_file, styled_path

    path = styled_path(written)
    check_is_ours(path)
    deliver_file(job, path)


def _watch() -> float:
    """A timer of Blender's: stylises what a window has rendered, when nothing else is at work."""
    global _at_work
    if _at_work is not None:
        _at_work.tick()
        load_preview(_at_work.summary().preview)
        redraw_sidebars(bpy.context)
        if _at_work.is_finished:
            _at_work = None
        return TICK_S
    if _finished and not current.is_busy and not is_rendering():
        finished = _finished.pop(0)
        try:
            _at_work = _jobs_after(finished)
        except VernissageError as error:
            current.style_error = error
            redraw_sidebars(bpy.context)
    return WATCH_S


def _jobs_after(finished: _Finished) -> StyleJobs | None:
    """What is to be stylised of a render in a window; None if its scene is gone. Raises `VernissageError`."""
    from ..scene.pictures import find_render
    from .picture import Picture

    scene = bpy.data.scenes.get(finished.scene)
    if scene is None:
        return None
    if finished.is_film:
        raise BadInput("A film file is not stylised in a window.", "Choose a picture format under Output, or render "
                       "with blender -b.")
    if not finished.frames:
        render = find_render()
        picture = Picture(render.name, image_uid=render.session_uid, scene=scene.name)
        return _jobs(scene, [picture], _deliver_still)
    frames = {path.name: path for path in finished.frames}
    if len(frames) > 1 and any(item.place != "EVERYWHERE" for item in scene.vernissage.style.styles):
        raise BadInput("In a window the frames of a film are stylised as a whole only: where objects are is known for "
                       "the current frame.", "Render with blender -b, or let all styles be for everywhere.")
    pictures = [Picture(name, path=path, scene=scene.name) for name, path in frames.items()]
    return _jobs(scene, pictures, lambda job: _deliver_beside(job, job.picture.path))


def _deliver_still(job: StyleJob) -> None:
    from ..scene.pictures import add_styled_image, keep_newest_render
    from .style_editor import note_editors

    image = add_styled_image(job.object_name, job.styled, True, job.request, job.result)
    image.use_fake_user = True  # what no editor shows any more would not be saved
    keep_newest_render(image)
    job.image_name = image.name
    note_editors(job, image)
    push_undo_step("Stylise")  # the button's name, which Blender's history translates


def _say(line: str) -> None:
    print(f"Vernissage: {line}", file=sys.stderr)


_HANDLERS = (("render_init", _begin), ("render_pre", _begin_frame), ("render_write", _note_frame),
             ("render_cancel", _note_cancel), ("render_complete", _note_end), ("load_pre", _forget))


def register() -> None:
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)
    if not bpy.app.background:
        bpy.app.timers.register(_watch, first_interval=WATCH_S, persistent=True)


def unregister() -> None:
    global _at_work
    if bpy.app.timers.is_registered(_watch):
        bpy.app.timers.unregister(_watch)
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).remove(handler)
    _at_work = None
    _forget()
