"""A list of objects to be textured, one after another or together, without a window: read, run, apply.

Objects are held by their session UID and never by reference, because an undo or a deletion may come between
any two ticks.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import bpy
from bpy.types import Object

from ..client.job_folder import drop_old_job_folders, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import Cancelled
from ..protocol.messages import Event, Preview, Progress, Refusal, SceneResult, TextureResult
from ..protocol.requests import PaintedObject, PaintingRequest, Region, SceneRequest, TextureRequest
from ..scene.apply import Placement, apply_texture
from ..scene.images import storage_remark
from ..scene.meshes import MeshArrays, write_meshes
from ..scene.objects import identity, object_of, own_prompt
from ..scene.overlay import skin_of
from ..scene.present import present_texture
from .backend import require_backend, run_job
from .beside import beside
from .hands import is_scene_in_use
from .retouch import Retouch
from .stepped import Stepped
from .target import Target
from .texture_job import CANCELLED, JobState, Summary, TextureJob

__all__ = ["TextureJobs"]

_ALL = Target()


class TextureJobs(Stepped[TextureJob]):
    """The list.

    Args:
        objects: what to texture, in this order.
        request: what to paint, the same for all; the object is filled in for each, and its own prompt if it has one.
        settings: the preferences.
        prompts: of objects by their names, which go before their own.
        together: paint all in one job, in which they hide each other.
        retouch: paint a region of what each object shows; not together.
        target: what of each object is painted, and in which layout.
        on_applied: called after each object that was applied, for the undo step.
    """

    def __init__(self, objects: Sequence[Object], request: TextureRequest, settings: Settings, *,
                 prompts: Mapping[str, str] = MappingProxyType({}), together: bool = False,
                 retouch: Retouch | None = None, target: Target = _ALL,
                 on_applied: Callable[[TextureJob], None] = lambda job: None) -> None:
        super().__init__([TextureJob(obj.name, identity(obj), prompts.get(obj.name) or own_prompt(obj)
                                     or request.prompt) for obj in objects], settings)
        self.request = request
        self._retouch = retouch
        self._groups = [self.jobs] if together and not retouch else [[job] for job in self.jobs]
        self._target = target
        self._on_applied = on_applied

    def summary(self) -> Summary:
        running = self.running
        if not running:
            return Summary()
        number = next(number for number, group in enumerate(self._groups, 1) if running[0] in group)
        return self._summary(running[0], ", ".join(job.object_name for job in running), number, len(self._groups))

    def _run(self) -> Generator[None]:
        yield from beside(lambda: drop_old_job_folders(self._settings.user_folder), self._patience)
        for group in self._groups:
            for job in group:
                job.state = JobState.RUNNING
            try:
                yield from self._texture(group)
            finally:
                for job in group:
                    job.skin = None

    def _texture(self, group: Sequence[TextureJob]) -> Generator[None]:
        """From top to bottom. Each `yield` gives the window back to the artist. What fails for one object of several
        does not end the others.
        """
        meshes: dict[int, tuple[MeshArrays, tuple[int, ...] | None]] = {}
        for job in group:
            with _ending(job):
                yield
                self._check_cancel()
                meshes[job.object_uid] = self._read(job)
        jobs = [job for job in group if job.state is JobState.RUNNING]
        with _ending(*jobs):
            if not jobs:
                return
            yield
            folder = make_job_folder(self._settings.user_folder)
            request = self._request(jobs, folder)
            for number, job in enumerate(jobs):
                job.folder, job.request, job.number = folder, request, number
            arrays = [meshes[job.object_uid][0] for job in jobs]
            yield
            yield from beside(lambda: write_meshes(
                arrays, folder / request.mesh,
                with_selection=bool(self._retouch) and self._retouch.region is Region.FACES), self._patience)
            write_request(folder, request)
            yield
            yield from self._paint(jobs, folder)
            yield from self._wait_for_artist(jobs)
        for job in [job for job in jobs if job.state is JobState.RUNNING]:
            with _ending(job):
                self._check_cancel()
                self._apply(job, *meshes[job.object_uid])
                self._on_applied(job)
                job.state = JobState.DONE
            yield

    def _check_cancel(self) -> None:
        if self.is_cancelled:
            raise Cancelled(CANCELLED)

    def _read(self, job: TextureJob) -> tuple[MeshArrays, tuple[int, ...] | None]:
        """The mesh, and the slots that are to be painted (None: all of them)."""
        require_backend(self._settings)
        with job.timed("Reading the scene"):
            obj = object_of(job.object_uid, job.object_name)
            target = self._retouch.target(obj) if self._retouch else self._target
            arrays, slots = target.read(obj, self.request.texture_size_px)
            if not bpy.app.background:
                job.skin = skin_of(obj, arrays)
        job.remarks += arrays.remarks
        return arrays, slots

    def _own_request(self, job: TextureJob, folder: Path) -> TextureRequest:
        """What is asked for an object that is painted alone. What is to be touched up is written into the folder."""
        request = dataclasses.replace(self.request, object_name=job.object_name, prompt=job.prompt)
        if not self._retouch:
            return request
        with job.timed("Reading the texture"):
            obj, camera = object_of(job.object_uid, job.object_name), self._retouch.camera
            present = present_texture(obj)
            return dataclasses.replace(
                request, texture_size_px=present.image.size[0], picture_format=present.picture_format,
                cameras=(camera,) if camera else (), view_count=1 if camera else request.view_count,
                touch_up=self._retouch.write(obj, folder))

    def _request(self, jobs: Sequence[TextureJob], folder: Path) -> PaintingRequest:
        if len(jobs) == 1:
            return self._own_request(jobs[0], folder)
        shared = {field.name: getattr(self.request, field.name) for field in dataclasses.fields(SceneRequest)
                  if field.name != "objects"}
        return SceneRequest(**shared, objects=tuple(
            PaintedObject(name=job.object_name, prompt=job.prompt) for job in jobs))

    def _paint(self, jobs: Sequence[TextureJob], folder: Path) -> Generator[None]:
        """Let the backend work until it tells an end. Raises what it failed with."""
        result = yield from run_job(self._settings, folder, note=lambda event: _note(jobs, event),
                                    is_cancelled=lambda: self.is_cancelled, patience_s=self._patience)
        assert isinstance(result, TextureResult | SceneResult), "nobody asked for anything else"
        for job, own in zip(jobs, result.objects if isinstance(result, SceneResult) else (result,), strict=True):
            if isinstance(own, Refusal):
                job.fail(own.to_error())
                continue
            job.result = own
            job.remarks += own.remarks
            job.seconds.update(own.seconds)

    def _wait_for_artist(self, jobs: Sequence[TextureJob]) -> Generator[None]:
        while _is_in_the_way() and not self.is_cancelled:
            for job in jobs:
                job.waits_for_artist = True
            yield
        for job in jobs:
            job.waits_for_artist = False

    def _apply(self, job: TextureJob, arrays: MeshArrays, slots: tuple[int, ...] | None) -> None:
        with job.timed("Applying"):
            obj = object_of(job.object_uid, job.object_name)
            job.object_name = obj.name
            placement = Placement(arrays.uv_layer, arrays.own_uvs, self._settings.pack, slots)
            picture = job.folder / job.result.texture
            job.image_name = apply_texture(obj, placement, picture, job.request, job.result, job.number).name
            job.remarks += storage_remark(placement.pack)


def _note(jobs: Sequence[TextureJob], event: Event) -> None:
    """Keep what an event tells of the jobs that run in the backend as one."""
    match event:
        case Progress():
            for job in jobs:
                job.progress = event
        case Preview(path=path, surface=None):
            for job in jobs:
                job.preview = Path(path)
        case Preview(path=path, surface=number) if 0 <= number < len(jobs):
            jobs[number].surface = Path(path)
            jobs[number].surface_number += 1


@contextlib.contextmanager
def _ending(*jobs: TextureJob) -> Iterator[None]:
    """An error in the block is the end of these jobs, and of nothing else."""
    try:
        yield
    except Exception as error:
        for job in jobs:
            job.fail(error)


def _is_in_the_way() -> bool:
    """Whether a change of an object would get in the artist's way, or into a render at work."""
    return not bpy.app.background and (bpy.context.mode != "OBJECT" or is_scene_in_use())
