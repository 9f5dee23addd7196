"""Runs a script of `inside/` on the `bpy` wheel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools import blender, environments
from tools.places import ROOT

__all__ = ["INSIDE", "run_inside"]

INSIDE = ROOT / "benchmarks" / "inside"


def run_inside(script: str, *arguments: str) -> dict[str, Any]:
    """The JSON that a script prints last. The backend's Python is the one that runs this."""
    version, python = environments.newest_blender_module()
    variables = blender.environment(version, Path(sys.executable))
    answer = subprocess.run([str(python), "-s", str(INSIDE / script), *arguments], env=variables,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode != 0:
        sys.exit(f"{script} failed with exit code {answer.returncode}:\n{answer.stdout[-3000:]}")
    return json.loads(answer.stdout.splitlines()[-1])
