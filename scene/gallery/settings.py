"""Settings that are another way for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

__all__ = ["changed_settings"]


@contextmanager
def changed_settings(wanted: Sequence[tuple[Any, str, Any]]) -> Iterator[None]:
    """Within the block each owner's attribute has the value that is wanted; they are set in their order."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in wanted]
    try:
        for owner, name, value in wanted:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
