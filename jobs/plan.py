"""From where the objects of a list would be painted, and how much that shows: read and asked, nothing painted.

What a plan depends on is compared by its owner: see `plan_key`.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bpy.types import Object

from ..client.job_folder import drop_job_folder, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import VernissageError
from ..protocol.messages import PlannedViews, PlanResult, Refusal, Remark
from ..protocol.requests import PlannedObject, PlanRequest, ViewRequest
from ..scene.meshes import MeshArrays, write_meshes
from ..scene.objects import identity, object_of, own_prompt
from .backend import require_backend, run_job
from .beside import beside
from .stepped import Stepped
from .target import Target
from .texture_job import JobState, Summary, as_error

__all__ = ["ObjectPlan", "ViewPlans"]


@dataclass
class ObjectPlan:
    """One object of the list.

    Attributes:
        views: from where it would be painted, once that is known.
        error: why it cannot be.
    """

    object_name: str
    object_uid: int
    prompt: str
    state: JobState = JobState.WAITING
    views: PlannedViews | None = None
    error: VernissageError | None = None

    def fail(self, error: Exception) -> None:
        """Keep why it cannot be painted."""
        self.state, self.error = JobState.FAILED, as_error(error)


class ViewPlans(Stepped[ObjectPlan]):
    """The list.

    Args:
        objects, settings, prompts, together, target: as for `TextureJobs`.
        request: what is asked for each.
        key: what the plan depends on, to be compared.

    Attributes:
        view_count: of all objects; those that share views count them once.
        is_outdated: something that the plan depends on was changed.
        remarks: what the artist should know.
    """

    def __init__(self, objects: Sequence[Object], request: ViewRequest, settings: Settings, *,
                 prompts: Mapping[str, str] = MappingProxyType({}), together: bool = False,
                 target: Target, key: object = None) -> None:
        super().__init__([ObjectPlan(obj.name, identity(obj), prompts.get(obj.name) or own_prompt(obj))
                          for obj in objects], settings)
        self.key = key
        self.view_count = 0
        self.is_outdated = False
        self.remarks: tuple[Remark, ...] = ()
        self._request = request
        self._groups = [self.jobs] if together else [[job] for job in self.jobs]
        self._target = target

    @property
    def coverage(self) -> float:
        """Share of the surface of all that can be painted, 0 to 1."""
        planned = [job.views for job in self.done]
        area = sum(views.area for views in planned)
        return sum(views.coverage * views.area for views in planned) / area if area else 0.0

    def summary(self) -> Summary:
        return Summary()

    def _run(self) -> Generator[None]:
        for group in self._groups:
            yield
            yield from self._plan(group)

    def _plan(self, group: Sequence[ObjectPlan]) -> Generator[None]:
        meshes: list[MeshArrays] = []
        jobs: list[ObjectPlan] = []
        for job in group:
            with _ending(job):
                self._check_cancel()
                require_backend(self._settings)
                obj = object_of(job.object_uid, job.object_name)
                meshes.append(self._target.read(obj, self._request.texture_size_px)[0])
                jobs.append(job)
            yield
        with _ending(*jobs):
            if jobs:
                yield from self._ask(jobs, meshes)

    def _ask(self, jobs: Sequence[ObjectPlan], meshes: Sequence[MeshArrays]) -> Generator[None]:
        """The backend needs a folder for the mesh. Nothing of it is kept."""
        shared = {field.name: getattr(self._request, field.name) for field in dataclasses.fields(ViewRequest)}
        request = PlanRequest(**shared, objects=tuple(
            PlannedObject(name=job.object_name, prompt=job.prompt) for job in jobs))
        folder = make_job_folder(self._settings.user_folder)
        try:
            yield from beside(lambda: write_meshes(meshes, folder / request.mesh), self._patience)
            write_request(folder, request)
            result = yield from run_job(self._settings, folder, note=lambda event: None,
                                        is_cancelled=lambda: self.is_cancelled, patience_s=self._patience)
        finally:
            drop_job_folder(folder)
        assert isinstance(result, PlanResult)
        self.view_count += result.view_count
        self.remarks += tuple(remark for mesh in meshes for remark in mesh.remarks) + result.remarks
        for job, views in zip(jobs, result.objects, strict=True):
            if isinstance(views, Refusal):
                job.fail(views.to_error())
            else:
                job.state, job.views = JobState.DONE, views


@contextlib.contextmanager
def _ending(*jobs: ObjectPlan) -> Iterator[None]:
    """An error in the block is the end of these objects, and of nothing else."""
    try:
        yield
    except Exception as error:
        for job in jobs:
            job.fail(error)
