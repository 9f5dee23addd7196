"""Inside the `bpy` wheel: how long Blender's start takes, and what enabling adds to it."""

from __future__ import annotations

import json
import time
from importlib import import_module


def start_seconds() -> float:
    begin = time.perf_counter()
    import_module("bpy")
    return time.perf_counter() - begin


def enable_seconds(module: str) -> tuple[float, float]:
    """On the clock, and of the processor: they part when others want it too."""
    enable = import_module("addon_utils").enable
    begin, cpu_begin = time.perf_counter(), time.process_time()
    assert enable(module) is not None
    return time.perf_counter() - begin, time.process_time() - cpu_begin


blender_s = start_seconds()
theirs_s, _ = enable_seconds("node_wrangler")
ours_s, ours_cpu_s = enable_seconds("bl_ext.user_default.vernissage")
print(json.dumps({"blender_ms": blender_s * 1000, "node_wrangler_ms": theirs_s * 1000,
                  "vernissage_ms": ours_s * 1000, "vernissage_cpu_ms": ours_cpu_s * 1000}))
