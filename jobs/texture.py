"""A list of objects to be textured, one after another, without a window: read, run, apply.

Who owns a list calls `tick` until it `is_finished`: an operator's timer in a window, a loop in background.
Objects are held by their session UID and never by reference, because an undo or a deletion may come between
any two ticks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import math
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bpy
from bpy.types import Object

from ..client.job_folder import drop_old_job_folders, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import Cancelled, InternalError, VernissageError
from ..protocol.messages import Event, Failed, Finished, Preview, Progress, Remark, TextureResult
from ..protocol.requests import TextureRequest
from ..scene.apply import Placement, apply_texture
from ..scene.images import storage_remark
from ..scene.meshes import MeshArrays, read_mesh, write_mesh
from ..scene.objects import identity, object_of
from .backend import backend_for, require_backend

__all__ = ["CANCELLED", "JobState", "Summary", "TextureJob", "TextureJobs"]

CANCELLED = "The job was cancelled."


class JobState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class TextureJob:
    """One object of the list, and how far it is.

    Attributes:
        object_name, object_uid: the object; the name is for messages.
        folder: the job's folder, once it is made.
        progress, preview: the newest that the backend told.
        result: what the backend made.
        image_name: the image in the .blend, once it is applied.
        error: why there is none.
        remarks: what the artist should know, of the mesh and of the result.
        seconds: what each part took, in the order in which they ran.
        waits_for_artist: the result is there, but the artist is in another mode, or a render is at work.
    """

    object_name: str
    object_uid: int
    state: JobState = JobState.WAITING
    folder: Path | None = None
    progress: Progress | None = None
    preview: Path | None = None
    result: TextureResult | None = None
    image_name: str = ""
    error: VernissageError | None = None
    remarks: tuple[Remark, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    waits_for_artist: bool = False


@dataclass(frozen=True)
class Summary:
    """What a panel shows of a list at work; two that are equal look the same.

    Attributes:
        number, count: which object of how many.
        stage: an English name, to be looked up.
        percent: how far this object is.
        remaining_s: for this object; None until there is an estimate.
    """

    object_name: str = ""
    number: int = 0
    count: int = 0
    stage: str = ""
    percent: int = 0
    remaining_s: int | None = None
    preview: Path | None = None
    waits_for_artist: bool = False


class TextureJobs:
    """The list.

    Args:
        objects: what to texture, in this order.
        request: what to paint, the same for all; its object is filled in for each.
        settings: the preferences.
        uv_layer, unwrap: as in `read_mesh`.
        active_slot_only: paint only the faces of each object's active material slot; the others hide what lies
            behind them, and keep their materials.
        on_applied: called after each object that was applied, for the undo step.
    """

    def __init__(self, objects: Sequence[Object], request: TextureRequest, settings: Settings, *,
                 uv_layer: str = "", unwrap: bool = False, active_slot_only: bool = False,
                 on_applied: Callable[[TextureJob], None] = lambda job: None) -> None:
        self.jobs = [TextureJob(obj.name, identity(obj)) for obj in objects]
        self.request = request
        self.is_cancelled = False
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
    def running(self) -> TextureJob | None:
        return next((job for job in self.jobs if job.state is JobState.RUNNING), None)

    @property
    def failed(self) -> list[TextureJob]:
        return [job for job in self.jobs if job.state is JobState.FAILED]

    @property
    def done(self) -> list[TextureJob]:
        return [job for job in self.jobs if job.state is JobState.DONE]

    def summary(self) -> Summary:
        job = self.running
        if job is None:
            return Summary()
        progress = job.progress
        if progress is None:
            stage, percent, remaining_s = "Starting", 0, None
        else:
            stage, percent, remaining_s = progress.stage.value, round(progress.fraction * 100), progress.remaining_s
        if self.is_cancelled:
            stage, remaining_s = "Cancelling", None
        return Summary(job.object_name, self.jobs.index(job) + 1, len(self.jobs), stage, percent,
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
        self._is_finished = True

    def _run(self) -> Generator[None]:
        for job in self.jobs:
            job.state = JobState.RUNNING
            try:
                self._check_cancel()
                yield from self._texture(job)
                job.state = JobState.DONE
            except GeneratorExit:
                job.state, job.error = JobState.FAILED, Cancelled(CANCELLED)
                raise
            except VernissageError as error:
                job.state, job.error = JobState.FAILED, error
            except Exception as error:
                job.state = JobState.FAILED
                job.error = InternalError("Something in Vernissage broke: {error}.",
                                          "Report it with the text in Blender's console.", error=repr(error))
                traceback.print_exc()
            yield

    def _texture(self, job: TextureJob) -> Generator[None]:
        """The life of one job, from top to bottom. Each `yield` gives the window back to the artist."""
        yield
        arrays, slots = self._read(job)
        job.remarks += arrays.remarks
        yield
        if job is self.jobs[0]:  # once, so that a long list never drops what it made itself
            yield from self._beside(lambda: drop_old_job_folders(self._settings.user_folder))
        job.folder = make_job_folder(self._settings.user_folder)
        request = dataclasses.replace(self.request, object_name=job.object_name)
        yield from self._write(job, arrays, request)
        yield from self._paint(job)
        try:
            while _hands_are_busy() and not self.is_cancelled:
                job.waits_for_artist = True
                yield
            job.waits_for_artist = False
            self._check_cancel()
            placement = Placement(arrays.uv_layer, arrays.own_uvs, self._settings.pack, slots)
            self._apply(job, placement, request)
        except VernissageError:
            job.remarks += (Remark("The finished texture lies in {path}.",
                                   {"path": str(job.folder / job.result.texture)}),)
            raise
        self._on_applied(job)

    def _check_cancel(self) -> None:
        if self.is_cancelled:
            raise Cancelled(CANCELLED)

    def _read(self, job: TextureJob) -> tuple[MeshArrays, tuple[int, ...] | None]:
        """The mesh, and the slots that are to be painted (None: all of them)."""
        require_backend(self._settings)
        with _timed(job, "Reading the scene"):
            depsgraph = bpy.context.evaluated_depsgraph_get()
            obj = object_of(job.object_uid, job.object_name)
            slots = (obj.active_material_index,) if self._active_slot_only and obj.material_slots else None
            return read_mesh(obj, depsgraph, uv_layer=self._uv_layer, unwrap=self._unwrap, slots=slots,
                             texture_size_px=self.request.texture_size_px), slots

    def _write(self, job: TextureJob, arrays: MeshArrays, request: TextureRequest) -> Generator[None]:
        """Beside the window: a million triangles take a second to write."""
        yield from self._beside(lambda: write_mesh(arrays, job.folder / request.mesh))
        write_request(job.folder, request)
        yield

    def _beside(self, call: Callable[[], object]) -> Generator[None]:
        """Run a call that needs no bpy beside the window, until it has returned."""
        thread = _Beside(call)
        while not thread.is_done(self._patience_s):
            yield

    def _paint(self, job: TextureJob) -> Generator[None]:
        """Let the backend work until it tells an end. Raises what it failed with."""
        backend = backend_for(self._settings)
        job_id = backend.run(job.folder)
        asked_to_cancel = False
        try:
            while job.result is None:
                if self.is_cancelled and not asked_to_cancel:
                    backend.cancel(job_id)
                    asked_to_cancel = True
                events = backend.wait(self._patience_s) if self._patience_s else backend.poll()
                for event in events:
                    _note(job, job_id, event)
                yield
        except GeneratorExit:
            backend.cancel(job_id)
            raise

    def _apply(self, job: TextureJob, placement: Placement, request: TextureRequest) -> None:
        with _timed(job, "Applying"):
            obj = object_of(job.object_uid, job.object_name)
            job.object_name = obj.name
            picture = job.folder / job.result.texture
            job.image_name = apply_texture(obj, placement, picture, request, job.result).name
            job.remarks += storage_remark(placement.pack)


def _note(job: TextureJob, job_id: str, event: Event) -> None:
    """Keep what an event tells of the job. A failure is raised."""
    if getattr(event, "job_id", None) != job_id:
        return
    match event:
        case Progress():
            job.progress = event
        case Preview(path=path):
            job.preview = Path(path)
        case Finished(result=result):
            job.result = result
            job.remarks += result.remarks
            job.seconds.update(result.seconds)
        case Failed():
            raise event.to_error()


def _hands_are_busy() -> bool:
    """Whether a change of the scene would get in the artist's way, or into a render at work."""
    context = bpy.context
    if bpy.app.background:
        return False
    if context.mode != "OBJECT" or any(map(bpy.app.is_job_running, ("RENDER", "OBJECT_BAKE"))):
        return True
    return any(operator.bl_idname.startswith("TRANSFORM_OT_")
               for window in context.window_manager.windows for operator in window.modal_operators)


@contextlib.contextmanager
def _timed(job: TextureJob, name: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        job.seconds[name] = time.perf_counter() - start


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
