"""Give the scene's frames the look of others, as a film that does not flicker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Context, Operator, SpaceImageEditor
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.hands import is_rendering
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..translations.lookup import hint, label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.film import FilmJob, FilmJobs


class VERNISSAGE_OT_stylise_film(JobList, Operator):
    """Frames are rendered beside the artist, one by one, and stylised when all are there."""

    bl_idname = "vernissage.stylise_film"
    bl_label = "Stylise Film"
    bl_description = ("Render the frames of the scene, and give them the look of the chosen styles, so that nothing "
                      "flickers: as an image sequence in a folder. The scene's own settings stay as they are. A film "
                      "that was broken off goes on where it was, if the file was not changed since it was saved")
    bl_options = {"REGISTER"}  # an undo step is pushed once the film is there

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return hint("Wait until the render has ended") if is_rendering() else ""

    def make_jobs(self, context: Context) -> FilmJobs:
        from ..jobs.film import FilmJobs, FilmWanted  # these bring numpy, which enabling the add-on shall not
        from ..jobs.film_source import SceneFrames
        from ..jobs.style_wanted import wanted_style

        scene, settings = context.scene, read_settings(context)
        film = scene.vernissage.film
        chosen = (film.start, film.end) if film.use_range else (None, None)
        source = SceneFrames.of_scene(scene, film.film_anchor(), *chosen, is_as_saved=not bpy.data.is_dirty)
        wanted = FilmWanted(source, wanted_style(scene.vernissage.style), film.film_anchor(), film.film_format(),
                            _folder(film.folder), makes_anew=True)
        space = context.space_data
        editor = space.as_pointer() if isinstance(space, SpaceImageEditor) else 0
        with_strip = film.add_strip
        return FilmJobs(wanted, settings, deliver=lambda job: _add(job, source, editor, with_strip))

    def begin(self, jobs: Any) -> None:
        current.begin_film(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.film_error = error


def _folder(text: str) -> Path:
    """Absolute. Raises `BadInput`."""
    if not text.strip():
        raise BadInput("There is no folder for the film.", "Choose one.")
    if text.startswith("//") and not bpy.data.filepath:
        raise BadInput("The folder {path} lies beside the file, which was never saved.",
                       "Save the file, or choose another folder.", path=text)
    return Path(bpy.path.abspath(text)).absolute()


def _add(job: FilmJob, source: Any, editor: int, with_strip: bool) -> None:
    from ..jobs.style_editor import editors
    from ..scene.film import find_scene
    from ..scene.film_result import add_film, show_film

    files = [job.out / name for name in job.result.frames]
    image, strip = add_film(find_scene(source.uid, source.name), files, source.start, job.request, job.result,
                            with_strip=with_strip)
    job.image_name = image.name
    job.strip_name = "" if strip is None else strip.name
    for space in editors():
        if space.as_pointer() == editor:
            show_film(space, image)
    push_undo_step(label("Stylise {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_stylise_film,))
