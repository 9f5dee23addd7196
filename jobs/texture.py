"""A list of objects to be textured, one after another or together, without a window: read, run, apply.

Who owns a list calls `tick` until it `is_finished`: an operator's timer in a window, a loop in background.
Objects are held by their session UID and never by reference, because an undo or a deletion may come between
any two ticks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import bpy
from bpy.types import Object

from ..client.job_folder import drop_old_job_folders, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import BadInput, Cancelled
from ..protocol.messages import Event, Failed, Finished, Preview, Progress, Refusal, SceneResult
from ..protocol.requests import PaintedObject, Region, Request, SceneRequest, TextureRequest, TouchUp
from ..scene.apply import Placement, apply_texture
from ..scene.images import storage_remark
from ..scene.meshes import MeshArrays, read_mesh, write_meshes
from ..scene.objects import identity, object_of, own_prompt
from ..scene.overlay import skin_of
from ..scene.present import present_texture, write_pixels
from .backend import backend_for, require_backend
from .texture_job import CANCELLED, JobState, Retouch, Summary, TextureJob

__all__ = ["TextureJobs"]

_BEFORE, _MASK = "before.npy", "mask.npy"


class TextureJobs:
    """The list.

    Args:
        objects: what to texture, in this order.
        request: what to paint, the same for all; the object is filled in for each, and its own prompt if it has one.
        settings: the preferences.
        prompts: of objects by their names, which go before their own.
        together: paint all in one job, in which they hide each other.
        retouch: paint a region of what each object shows; not together.
        uv_layer, unwrap: as in `read_mesh`.
        active_slot_only: paint only the faces of each object's active material slot; the others hide what lies
            behind them, and keep their materials.
        on_applied: called after each object that was applied, for the undo step.
    """

    def __init__(self, objects: Sequence[Object], request: TextureRequest, settings: Settings, *,
                 prompts: Mapping[str, str] = MappingProxyType({}), together: bool = False,
                 retouch: Retouch | None = None, uv_layer: str = "", unwrap: bool = False,
                 active_slot_only: bool = False,
                 on_applied: Callable[[TextureJob], None] = lambda job: None) -> None:
        self.jobs = [TextureJob(obj.name, identity(obj), prompts.get(obj.name) or own_prompt(obj) or request.prompt)
                     for obj in objects]
        self.request = request
        self.is_cancelled = False
        self._retouch = retouch
        self._groups = [self.jobs] if together and not retouch else [[job] for job in self.jobs]
        self._settings = settings
        self._uv_layer = uv_layer
        self._unwrap = unwrap
        self._active_slot_only = active_slot_only
        self._on_applied = on_applied
        self._patience_s = 0.0
        self._steps = self._run()
        self._is_finished = False

    @property
    def is_finished(self) -> bool:
        return self._is_finished

    @property
    def running(self) -> list[TextureJob]:
        return [job for job in self.jobs if job.state is JobState.RUNNING]

    @property
    def failed(self) -> list[TextureJob]:
        return [job for job in self.jobs if job.state is JobState.FAILED]

    @property
    def done(self) -> list[TextureJob]:
        return [job for job in self.jobs if job.state is JobState.DONE]

    def summary(self) -> Summary:
        running = self.running
        if not running:
            return Summary()
        job = running[0]
        if job.progress is None:
            stage, percent, remaining_s = "Starting", 0, None
        else:
            stage, percent = job.progress.stage.value, round(job.progress.fraction * 100)
            remaining_s = job.progress.remaining_s
        if self.is_cancelled:
            stage, remaining_s = "Cancelling", None
        number = next(number for number, group in enumerate(self._groups, 1) if job in group)
        return Summary(", ".join(job.object_name for job in running), number, len(self._groups), stage, percent,
                       None if remaining_s is None else math.ceil(remaining_s), job.preview, job.waits_for_artist)

    def tick(self, patience_s: float = 0.0) -> None:
        """One short step: what came from the backend, or the next thing to be done in Blender.

        Args:
            patience_s: how long it may wait for the backend; 0 in a window.
        """
        self._patience_s = patience_s
        if next(self._steps, StopIteration) is StopIteration:
            self._is_finished = True

    def cancel(self) -> None:
        """Stop after the step at work. What is applied stays. Safe to call from a signal handler."""
        self.is_cancelled = True

    def abandon(self) -> None:
        """Stop at once and never touch the scene again: it is about to be replaced."""
        self.cancel()
        self._steps.close()
        for job in self.running:
            job.fail(Cancelled(CANCELLED))
        self._is_finished = True

    def _run(self) -> Generator[None]:
        yield from self._beside(lambda: drop_old_job_folders(self._settings.user_folder))
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
            request = self._request(jobs)
            for number, job in enumerate(jobs):
                job.folder, job.request, job.number = folder, request, number
            arrays = [meshes[job.object_uid][0] for job in jobs]
            if isinstance(request, TextureRequest) and request.touch_up:
                self._write_present(jobs[0], request.touch_up)
                yield
            yield from self._beside(lambda: write_meshes(
                arrays, folder / request.mesh,
                with_selection=bool(self._retouch) and self._retouch.region is Region.FACES))
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
            depsgraph = bpy.context.evaluated_depsgraph_get()
            obj = object_of(job.object_uid, job.object_name)
            slots = (obj.active_material_index,) if self._active_slot_only and obj.material_slots else None
            layer, unwrap = self._uv_layer, self._unwrap
            if self._retouch:
                present = present_texture(obj)
                layer, unwrap, slots = present.uv_layer, False, (present.slot,)
            arrays = read_mesh(obj, depsgraph, uv_layer=layer, unwrap=unwrap, slots=slots,
                               texture_size_px=self.request.texture_size_px)
            if not bpy.app.background:
                job.skin = skin_of(obj, arrays)
        job.remarks += arrays.remarks
        return arrays, slots

    def _own_request(self, job: TextureJob) -> TextureRequest:
        """What is asked for an object that is painted alone."""
        request = dataclasses.replace(self.request, object_name=job.object_name, prompt=job.prompt)
        if not self._retouch:
            return request
        retouch = self._retouch
        present = present_texture(object_of(job.object_uid, job.object_name))
        return dataclasses.replace(
            request, texture_size_px=present.image.size[0], cameras=(retouch.camera,) if retouch.camera else (),
            view_count=1 if retouch.camera else request.view_count, touch_up=TouchUp(
                name=job.object_name, texture=_BEFORE, region=retouch.region, mask=_MASK if retouch.mask else "",
                strength=retouch.strength, feather_px=retouch.feather_px))

    def _write_present(self, job: TextureJob, touch_up: TouchUp) -> None:
        with job.timed("Reading the texture"):
            folder = job.folder
            write_pixels(present_texture(object_of(job.object_uid, job.object_name)).image, folder / _BEFORE)
            if touch_up.mask:
                mask = bpy.data.images.get(self._retouch.mask)
                if mask is None:
                    raise BadInput("There is no image {image}.", "Choose the mask again.", image=self._retouch.mask)
                write_pixels(mask, folder / _MASK, grey=True)

    def _request(self, jobs: Sequence[TextureJob]) -> Request:
        if len(jobs) == 1:
            return self._own_request(jobs[0])
        shared = {field.name: getattr(self.request, field.name) for field in dataclasses.fields(SceneRequest)
                  if field.name != "objects"}
        return SceneRequest(**shared, objects=tuple(
            PaintedObject(name=job.object_name, prompt=job.prompt) for job in jobs))

    def _beside(self, call: Callable[[], object]) -> Generator[None]:
        """Run a call that needs no bpy beside the window, until it has returned: a million triangles take a second to
        write.
        """
        thread = _Beside(call)
        while not thread.is_done(self._patience_s):
            yield

    def _paint(self, jobs: Sequence[TextureJob], folder: Path) -> Generator[None]:
        """Let the backend work until it tells an end. Raises what it failed with."""
        backend = backend_for(self._settings)
        job_id = backend.run(folder)
        asked_to_cancel = False
        try:
            while not any(job.result or job.error for job in jobs):
                if self.is_cancelled and not asked_to_cancel:
                    backend.cancel(job_id)
                    asked_to_cancel = True
                events = backend.wait(self._patience_s) if self._patience_s else backend.poll()
                for event in events:
                    _note(jobs, job_id, event)
                yield
        except GeneratorExit:
            backend.cancel(job_id)
            raise

    def _wait_for_artist(self, jobs: Sequence[TextureJob]) -> Generator[None]:
        while _hands_are_busy() and not self.is_cancelled:
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


def _note(jobs: Sequence[TextureJob], job_id: str, event: Event) -> None:
    """Keep what an event tells of the jobs that run in the backend as one. A failure is raised."""
    if getattr(event, "job_id", None) != job_id:
        return
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
        case Finished(result=result):
            results = result.objects if isinstance(result, SceneResult) else (result,)
            for job, own in zip(jobs, results, strict=True):
                if isinstance(own, Refusal):
                    job.fail(own.to_error())
                    continue
                job.result = own
                job.remarks += own.remarks
                job.seconds.update(own.seconds)
        case Failed():
            raise event.to_error()


@contextlib.contextmanager
def _ending(*jobs: TextureJob) -> Iterator[None]:
    """An error in the block is the end of these jobs, and of nothing else."""
    try:
        yield
    except Exception as error:
        for job in jobs:
            job.fail(error)


def _hands_are_busy() -> bool:
    """Whether a change of the scene would get in the artist's way, or into a render at work."""
    context = bpy.context
    if bpy.app.background:
        return False
    if context.mode != "OBJECT" or any(map(bpy.app.is_job_running, ("RENDER", "OBJECT_BAKE"))):
        return True
    return any(operator.bl_idname.startswith("TRANSFORM_OT_")
               for window in context.window_manager.windows for operator in window.modal_operators)


class _Beside:
    """A call on a thread of its own. It must not touch bpy."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, args=(call,), daemon=True)
        self._thread.start()

    def _work(self, call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # handed to the thread that asks
            self._error = error

    def is_done(self, patience_s: float) -> bool:
        """Whether the call has returned; what it raised is raised here."""
        self._thread.join(patience_s)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True
