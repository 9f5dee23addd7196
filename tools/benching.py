"""Runs a file of `benchmarks/` in the backend's environment. They print a table and write JSON; none asserts."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from . import environments
from .failures import WorkshopError
from .places import ROOT

__all__ = ["run"]


def run(name: str, json_path: str | None) -> int:
    """Run `benchmarks/NAME.py`, whose `main(path)` writes the figures; `-` prints them as one line at the end."""
    folder = ROOT / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if "def main(" in path.read_text(encoding="utf-8"))
    if name not in names:
        raise WorkshopError(f"there is no benchmark {name}; choose from {', '.join(names)}.", 2)
    python = environments.backend()
    environments.blender_module()
    with tempfile.TemporaryDirectory() as scratch:
        figures = Path(scratch) / "figures.json"
        code = subprocess.run([python, "-c", f"from benchmarks.{name} import main; main({str(figures)!r})"], cwd=ROOT,
                              env={**os.environ, "VERNISSAGE_PYTHON": str(python), "PYTHONPATH": str(ROOT)},
                              stdin=subprocess.DEVNULL, check=False).returncode
        if code != 0:
            return code
        body = json.loads(figures.read_text(encoding="utf-8"))
    if json_path == "-":
        print(json.dumps(body), flush=True)
    elif json_path:
        Path(json_path).write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    return 0
