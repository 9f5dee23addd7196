"""What a plan says is what a job then does."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.job import Job
from backend.jobs import run
from protocol.errors import BadInput
from protocol.messages import PlannedViews, PlanResult, Refusal
from protocol.requests import PlannedObject, PlanRequest
from protocol.wire import request_to_json
from tests.backend.test_geometry_shapes import cube, cup, join, moved, sphere
from tests.backend.test_texture_cameras import camera
from tests.backend.test_texture_job import Desk, desk, folders, models

__all__ = ["desk", "folders", "models"]  # the fixtures
ROOT = Path(__file__).resolve().parents[2]


def planned(desk: Desk, shape: dict, *objects: tuple[str, str], **fields: object) -> PlanResult:
    folder, _ = desk.folder(shape)
    np.savez(folder / "mesh.npz", **shape)
    request = PlanRequest(**{
        "mesh": "mesh.npz", "view_count": 3, "view_size_px": 128, "texture_size_px": 128,
        "objects": tuple(PlannedObject(name=name, prompt=prompt) for name, prompt in objects or [("Thing", "")]),
        **fields})
    return run(request, Job("j", folder, desk.events.append, lambda: False), None)


@pytest.mark.parametrize("shape", [cube, sphere, cup], ids=["cube", "sphere", "cup"])
def test_a_plan_is_what_the_job_then_does(desk, folders, shape):
    (views,) = planned(desk, shape()).objects
    result, _ = desk.texture(shape(), model=str(folders / "constant"))
    assert views.coverage == pytest.approx(result.coverage, abs=1e-6)
    assert len(views.cameras) == result.view_count
    again = planned(desk, shape(), cameras=views.cameras).objects[0]
    assert again.coverage == views.coverage
    assert [given.world_to_camera for given in again.cameras] == [given.world_to_camera for given in views.cameras]


def test_more_views_see_more_and_the_area_is_that_of_the_surface(desk):
    few, many = (planned(desk, cube(), view_count=count, cameras=(camera((0, -6, 0)),)).objects[0]
                 for count in (1, 6))
    assert few.coverage == pytest.approx(1 / 6, abs=0.01)
    assert many.coverage > 0.98
    assert many.area == pytest.approx(24)


def test_the_artists_cameras_keep_their_names(desk):
    (views,) = planned(desk, cube(), cameras=(camera((0, -6, 0), name="Front"),)).objects
    assert [given.name for given in views.cameras] == ["Front", "", ""]
    near = camera((0, -6, 0), name="Near")
    wide = replace(near, name="Wide", fov_rad=1.2 * near.fov_rad)
    (views,) = planned(desk, cube(), cameras=(near, wide), view_count=2).objects  # at one place, of two lenses
    assert [given.name for given in views.cameras] == ["Near", "Wide"]


def test_tiles_that_a_job_would_refuse_are_refused(desk):
    shape = cube()
    shape["corner_uvs"] = (shape["corner_uvs"] * [5, 1]).astype(np.float32)
    assert isinstance(planned(desk, shape).objects[0], PlannedViews)
    with pytest.raises(BadInput, match="5 UDIM tiles: of 8192 pixels the most is 4"):
        planned(desk, shape, texture_size_px=8192)


def test_objects_of_one_prompt_share_their_views(desk):
    shape = join(cube(), moved(cube(), (5, 0, 0)), moved(sphere(), (0, 0, 5)), ids=[0, 1, 2])
    result = planned(desk, shape, ("A", "wood"), ("B", "wood"), ("C", "ice"))
    first, second, third = result.objects
    assert first.cameras == second.cameras != third.cameras
    assert result.view_count == len(first.cameras) + len(third.cameras)


def test_what_cannot_be_painted_says_so_and_the_others_are_planned(desk):
    shape = join(cube(), moved(cube(), (5, 0, 0)), ids=[0, 1])
    shape["corner_uvs"][len(shape["triangles"]) // 2:] -= 3
    fine, bad = planned(desk, shape, ("A", ""), ("B", "")).objects
    assert fine.coverage > 0
    assert isinstance(bad, Refusal)
    assert "outside of 0 to 1" in str(bad.to_error())
    inside = join(cube(), moved(cube(), (0, 0, 0), 0.3), ids=[0, 1])
    assert "No view sees" in planned(desk, inside, ("A", ""), ("B", "")).objects[1].sentence
    with pytest.raises(BadInput, match="outside of 0 to 1"):
        planned(desk, {**cube(), "corner_uvs": cube()["corner_uvs"] - 3})


def test_a_plan_loads_neither_a_model_nor_torch(desk):
    folder, _ = desk.folder(cube())
    request = PlanRequest(mesh="mesh.npz", texture_size_px=128, objects=(PlannedObject(name="Thing"),))
    (folder / "request.json").write_text(request_to_json(request), encoding="utf-8")
    code = ("import sys; from pathlib import Path; from backend.replay import replay; code = replay(Path(sys.argv[1]));"
            "print(sorted({'torch', 'diffusers', 'transformers'} & sys.modules.keys()), file=sys.stderr);"
            "sys.exit(code)")
    done = subprocess.run([sys.executable, "-c", code, folder], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert json.loads(done.stdout)["view_count"] == 6


def test_a_plan_of_nothing_is_refused():
    with pytest.raises(BadInput, match="no object"):
        PlanRequest(mesh="mesh.npz", objects=())
