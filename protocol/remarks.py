"""What a job has to say beside its result."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Remark"]


@dataclass(frozen=True)
class Remark:
    """Something worth knowing that did not stop the job: a template and its values, as in an error."""

    sentence: str
    values: dict[str, str | int | float] = field(default_factory=dict)
