"""One file a request type: the recipe, to be read from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import BadInput
from protocol.messages import Refusal, SceneResult, TextureResult
from protocol.requests import Request, SceneRequest, TextureRequest

from ..job import Job

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["run"]


def run(request: Request, job: Job, models: Models) -> TextureResult | SceneResult:
    """Make what was asked for, with the recipe of its type; torch and numba are imported with it."""
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
            refusals = [result for result in results if isinstance(result, BadInput)]
            if len(refusals) == len(results):
                raise refusals[0]
            return SceneResult(objects=tuple(
                Refusal(result.sentence, result.remedy, result.values) if isinstance(result, BadInput) else result
                for result in results))
