"""One file a request type: the recipe, to be read from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from protocol.compare import CompareRequest, CompareResult
from protocol.errors import BadInput
from protocol.exhibition import ExhibitionPlanRequest, ExhibitionPlanResult
from protocol.film import FilmRequest, FilmResult
from protocol.material import MaterialRequest, MaterialResult
from protocol.messages import PlanResult, Refusal, SceneResult, TextureResult
from protocol.picture import PictureRequest, PictureResult
from protocol.requests import PlanRequest, SceneRequest, TextureRequest
from protocol.style import StyleRequest, StyleResult
from protocol.style_texture import TextureStyleRequest, TextureStyleResult
from protocol.style_train import StyleTrainRequest, StyleTrainResult
from protocol.visits import VisitsRequest, VisitsResult
from protocol.wire import AnyRequest
from protocol.world import WorldRequest, WorldResult

from ..job import Job
from ..libraries import no_collection

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["run"]

_R = TypeVar("_R")
_FILES: Mapping[type, str] = {
    TextureRequest: "texture", SceneRequest: "texture", PlanRequest: "plan", TextureStyleRequest: "texture_style",
    StyleRequest: "style", FilmRequest: "film", StyleTrainRequest: "style_train", MaterialRequest: "material",
    CompareRequest: "compare", WorldRequest: "world", ExhibitionPlanRequest: "exhibition_plan",
    VisitsRequest: "visits", PictureRequest: "picture"}


def run(request: AnyRequest, job: Job, models: Models) -> (
        TextureResult | SceneResult | PlanResult | StyleResult | FilmResult | StyleTrainResult | CompareResult
        | TextureStyleResult | MaterialResult | WorldResult | ExhibitionPlanResult | VisitsResult | PictureResult):
    """Make what was asked for, with the recipe of its type; torch and numba are imported with it."""
    with no_collection():
        import_module(f".{_FILES[type(request)]}", __name__)
    match request:
        case TextureRequest():
            from .texture import texture

            (result,) = texture(request, job, models)
            if isinstance(result, BadInput):
                raise result
            return result
        case SceneRequest():
            from .texture import texture

            results = texture(request, job, models)
            return SceneResult(objects=_with_refusals(results))
        case PlanRequest():
            from .plan import plan

            planned, view_count = plan(request, job)
            return PlanResult(objects=_with_refusals(planned), view_count=view_count, remarks=tuple(job.remarks))
        case TextureStyleRequest():
            from .texture_style import texture_style

            return texture_style(request, job, models)
        case StyleRequest():
            from .style import style

            return style(request, job, models)
        case FilmRequest():
            from .film import film

            return film(request, job, models)
        case StyleTrainRequest():
            from .style_train import style_train

            return style_train(request, job)
        case MaterialRequest():
            from .material import material

            return material(request, job, models)
        case CompareRequest():
            from .compare import compare

            return compare(request, job)
        case WorldRequest():
            from .world import world

            return world(request, job, models)
        case ExhibitionPlanRequest():
            from .exhibition_plan import exhibition_plan

            return exhibition_plan(request, job)
        case VisitsRequest():
            from .visits import visits

            return visits(request, job)
        case PictureRequest():
            from .picture import picture

            return picture(request, job, models)


def _with_refusals(results: Sequence[_R | BadInput]) -> tuple[_R | Refusal, ...]:
    """What can be sent of several results; raises the first of nothing but errors."""
    refusals = [result for result in results if isinstance(result, BadInput)]
    if len(refusals) == len(results):
        raise refusals[0]
    return tuple(Refusal(result.sentence, result.remedy, result.values) if isinstance(result, BadInput) else result
                 for result in results)
