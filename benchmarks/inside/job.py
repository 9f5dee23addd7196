"""Inside the `bpy` wheel: two jobs one after another, as the command line runs them, and applying pictures."""

from __future__ import annotations

import dataclasses
import json
import statistics
import sys
import time
from importlib import import_module
from pathlib import Path

import bpy

ADDON = "bl_ext.user_default.vernissage"
APPLIES = 7
PATIENCE_S = 0.2


def main(pictures: list[str]) -> dict:
    import addon_utils  # comes with bpy, and only after it

    assert addon_utils.enable(ADDON, default_set=True) is not None
    obj = add_suzanne()
    request = import_module(f"{ADDON}.protocol.requests").TextureRequest(
        object_name="", mesh="mesh.npz", prompt="green marble", view_count=8, view_size_px=256, texture_size_px=1024)
    first, warm = run_job(obj, request), run_job(obj, request)
    import_module(f"{ADDON}.client.current").close_backend()
    return {"first": first.seconds, "warm": warm.seconds, "coverage": warm.result.coverage,
            "apply_ms": {Path(picture).name: apply_ms(obj, request, warm.result, Path(picture))
                         for picture in pictures}}


def add_suzanne() -> bpy.types.Object:
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.mesh.primitive_monkey_add(calc_uvs=True)
    obj = bpy.context.object
    obj.modifiers.new("Subdivision", "SUBSURF").levels = 2
    return obj


def run_job(obj: bpy.types.Object, request: object):  # noqa: ANN201  a TextureJob of the add-on
    settings = import_module(f"{ADDON}.preferences").read_settings(bpy.context)
    jobs = import_module(f"{ADDON}.jobs.texture").TextureJobs([obj], request, settings)
    while not jobs.is_finished:
        jobs.tick(PATIENCE_S)
    job = jobs.jobs[0]
    if job.error:
        raise job.error
    return job


def apply_ms(obj: bpy.types.Object, request: object, result: object, picture: Path) -> float:
    apply = import_module(f"{ADDON}.scene.apply")
    placement = apply.Placement(obj.data.uv_layers.active.name, None, pack=True)
    result = dataclasses.replace(result, texture=picture.name)
    seconds = []
    for _ in range(APPLIES):
        start = time.perf_counter()
        apply.apply_texture(obj, placement, picture, request, result)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


print(json.dumps(main(sys.argv[1:])))
