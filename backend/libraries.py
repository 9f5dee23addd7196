"""How the libraries of models are to behave: quiet, without the network, and the same each time."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["no_collection", "prepare_libraries"]

# Read by the libraries when they are imported.
_SETTINGS = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
             "TRANSFORMERS_VERBOSITY": "error", "DIFFUSERS_VERBOSITY": "error",
             "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}  # without it, cuBLAS is not deterministic


def prepare_libraries() -> None:
    """To be called before diffusers or transformers is imported."""
    os.environ.update(_SETTINGS)


@contextmanager
def no_collection() -> Iterator[None]:
    """Importing makes a million objects and no garbage: collections take a quarter of the time of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
