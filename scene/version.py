"""The version of Vernissage, as the manifest has it."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

__all__ = ["version"]


@functools.cache
def version() -> str:
    manifest = Path(__file__).parent.parent / "blender_manifest.toml"
    return tomllib.loads(manifest.read_text("utf-8"))["version"]
