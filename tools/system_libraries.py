"""The libraries of the system that Blender's Python module links to, which a bare machine lacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .failures import WorkshopError

__all__ = ["DEBIAN_PACKAGES", "explain_missing"]

# Read off `ldd` on bpy 4.2.23, 4.5.15, 5.0.1 and 5.2.3; `.ci/run` installs them.
DEBIAN_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libICE.so.6": "libice6",
    "libSM.so.6": "libsm6",
    "libX11.so.6": "libx11-6",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXrender.so.1": "libxrender1",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libgomp.so.1": "libgomp1",
    "libxkbcommon.so.0": "libxkbcommon0",
}


def explain_missing(python: Path) -> None:
    """Raise a `WorkshopError` that names what to install, when that Python's `bpy` lacks libraries."""
    if sys.platform != "linux":
        return
    module = next(python.parent.parent.glob("lib/python*/site-packages/bpy/__init__*.so"), None)
    if module is None:
        return
    listing = subprocess.run(["ldd", str(module)], capture_output=True, text=True, check=False).stdout
    missing = sorted({text.split()[0] for text in listing.splitlines() if "not found" in text})
    if missing:
        packages = sorted({DEBIAN_PACKAGES[name] for name in missing if name in DEBIAN_PACKAGES})
        raise WorkshopError(f"Blender's Python module needs libraries that this system lacks "
                            f"({', '.join(missing)}): on Debian and Ubuntu, "
                            f"apt-get install {' '.join(packages) or 'the packages that hold them'}.")
