"""The extension's zip, validated and built by Blender's own tool, which the `bpy` wheel carries."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

from . import environments
from .failures import WorkshopError
from .places import ROOT
from .viewer import build_viewer

__all__ = ["build_zip", "extension_tool", "manifest", "validate"]


def build_zip(out: str | Path) -> Path:
    """Build into the folder `out`, and return the zip's path."""
    build_viewer()  # the zip carries the page, so that exhibitions are made without Node.js
    folder = (ROOT / out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    body = manifest()
    path = folder / f"{body['id']}-{body['version']}.zip"
    _call("build", "--source-dir", str(ROOT), "--output-filepath", str(path))
    return path


def validate(path: Path) -> None:
    """Raise a `WorkshopError` with what Blender finds wrong in a source folder or a zip."""
    _call("validate", str(path))


def manifest() -> dict:
    return tomllib.loads((ROOT / "blender_manifest.toml").read_text(encoding="utf-8"))


def extension_tool(python: Path) -> Path:
    tool = next(python.parent.parent.glob(
        "[Ll]ib/**/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"), None)
    if tool is None:
        raise WorkshopError(f"{python} has no Blender module: delete {python.parent.parent} and try again.")
    return tool


def _call(*arguments: str) -> None:
    python = environments.blender_module()
    answer = subprocess.run([python, extension_tool(python), *arguments], cwd=ROOT, capture_output=True, text=True,
                            check=False)
    if answer.returncode != 0:
        raise WorkshopError(f"Blender's extension tool refuses to {arguments[0]}: "
                            f"{(answer.stderr + answer.stdout).strip()[-800:]}")
