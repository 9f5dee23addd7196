"""The file of a plan."""

from __future__ import annotations

from pathlib import Path

from protocol.errors import BadInput, StorageError
from protocol.exhibition_plan import ExhibitionPlan, plan_from_json

__all__ = ["read_plan"]


def read_plan(path: Path) -> ExhibitionPlan:
    """Raises:
        BadInput: it is no plan.
        StorageError: it cannot be read.
    """
    try:
        return plan_from_json(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    except UnicodeDecodeError as error:
        raise BadInput("The plan cannot be read: {reason}.", "Save it as UTF-8.", reason=error) from error
