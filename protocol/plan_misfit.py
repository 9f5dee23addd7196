"""What of a plan's file is not as it must be, in a sentence."""

from __future__ import annotations

import math
import re
from typing import Any

from .errors import BadInput
from .wire import Fit, Misfit

__all__ = ["PLAN_REMEDY", "check_finite", "of_plan"]

PLAN_REMEDY = "Undo the last change to the plan, or make it anew."


def of_plan(misfit: Misfit, body: Any) -> BadInput:
    """Which field of which work or room it is, and what it must be.

    Args:
        body: of the file.
    """
    told: dict[str, str] = {"field": _named(misfit.path, body), "value": misfit.value}
    match misfit.fit:
        case Fit.KNOWN:
            return BadInput("The plan cannot be read: {field} is not known.", PLAN_REMEDY, field=told["field"])
        case Fit.THERE:
            return BadInput("The plan cannot be read: {field} is missing.", PLAN_REMEDY, field=told["field"])
        case Fit.CHOICE:
            return BadInput("The plan cannot be read: {field} is {value}, and must be one of {allowed}.", PLAN_REMEDY,
                            **told, allowed=misfit.allowed)
        case Fit.FINITE:
            return BadInput("The plan cannot be read: {field} must be a number, and {value} is no number of metres.",
                            PLAN_REMEDY, **told)
        case Fit.NUMBER:
            return BadInput("The plan cannot be read: {field} is {value}, and must be a number.", PLAN_REMEDY, **told)
        case Fit.WHOLE:
            return BadInput("The plan cannot be read: {field} is {value}, and must be a whole number.", PLAN_REMEDY,
                            **told)
        case Fit.TEXT:
            return BadInput("The plan cannot be read: {field} is {value}, and must be a text in quotation marks.",
                            PLAN_REMEDY, **told)
        case Fit.TRUTH:
            return BadInput("The plan cannot be read: {field} is {value}, and must be true or false.", PLAN_REMEDY,
                            **told)
        case Fit.LIST:
            return BadInput("The plan cannot be read: {field} is {value}, and must be a list in square brackets.",
                            PLAN_REMEDY, **told)
        case Fit.OBJECT:
            return BadInput("The plan cannot be read: {field} is {value}, and must be fields in braces.", PLAN_REMEDY,
                            **told)
        case _:
            return BadInput("The plan cannot be read: {reason}.", PLAN_REMEDY, reason=misfit)


def check_finite(value: Any, body: Any, path: str = "") -> None:
    """Raises:
        BadInput: a number of what is at a path of a plan's body is none, as NaN.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise of_plan(Misfit(path, Fit.FINITE, value), body)
    if isinstance(value, dict):
        for name, item in value.items():
            check_finite(item, body, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            check_finite(item, body, f"{path}[{number}]")


def _named(path: str, body: Any) -> str:
    """A field's path; before it the ID of the work or room that it is of."""
    found = re.match(r"(works|rooms)\[(\d+)\]", path)
    if found is None:
        return path
    owner = body[found[1]][int(found[2])]
    name = owner.get("id") if isinstance(owner, dict) else None
    return f"{name}: {path}" if isinstance(name, str) and name else path
