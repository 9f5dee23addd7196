"""The sidebar and the preferences: they draw, and decide nothing."""

from __future__ import annotations

from .texture import register, unregister

__all__ = ["register", "unregister"]
