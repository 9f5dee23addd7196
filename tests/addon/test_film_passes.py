"""What Cycles writes into its vector pass, by a film whose motion is known: the convention that films in a style rely
on, as sources on the web disagree."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
FRAMES = 3

# By the backend's Python, which reads OpenEXR: share of the pixels that are known again, and how far their position
# differs from that of the place where they come from.
CHECK = """
import json, sys
from pathlib import Path
import numpy as np
from backend.style.motion import Frame, Origin, follow
from backend.style.passes import passes_of, read_layers
folder = Path(sys.argv[1])
frames = []
for number in (1, 2, 3):
    passes = passes_of(read_layers(folder / f"{number:04d}.exr"))
    frames.append(Frame(np.zeros((*passes.backward.shape[:2], 3), np.float32), passes.backward, passes.forward,
                        passes.surface))
_, new = follow(Origin.new(0, *frames[0].surface.shape), frames[1], frames[2], 1)
ball, wall = frames[1].surface == 1, frames[1].surface == 2
middle = np.argwhere(ball).mean(axis=0).round().astype(int)
print(json.dumps({"new": new, "ball": float(ball.mean()), "backward": frames[1].backward[tuple(middle)].tolist(),
                  "forward": frames[1].forward[tuple(middle)].tolist(),
                  "wall": float((np.abs(frames[1].backward[wall]) > 1e-3).mean())}))
"""


@pytest.fixture
def rendered(empty_scene: bpy.types.Scene, tmp_path: Path) -> Path:
    """A ball that goes a tenth of a metre a frame to the right and a twentieth up, before a wall; 20 pixels a metre."""
    scene = empty_scene
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.8, location=(0, -1, 0))
    ball = bpy.context.object
    ball.pass_index = 1
    ball.animation_data_clear()
    for frame in (1, 2, 3):
        ball.location = (0.1 * frame, -1, 0.05 * frame)
        ball.keyframe_insert("location", frame=frame)
    bpy.ops.mesh.primitive_plane_add(size=4.8, location=(0, 0, 0), rotation=(1.5707963, 0, 0))
    bpy.context.object.pass_index = 2
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0, -6, 0), (1.5707963, 0, 0)
    camera.data.type, camera.data.ortho_scale = "ORTHO", 4.8
    scene.camera = camera
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 96
    scene.render.resolution_percentage = 100
    layer = bpy.context.view_layer
    layer.use_pass_vector = layer.use_pass_object_index = True
    settings = scene.render.image_settings
    if bpy.app.version >= (5, 0, 0):
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    scene.render.filepath = f"{tmp_path}{os.sep}"
    for fcurve in _curves(ball):
        for key in fcurve.keyframe_points:
            key.interpolation = "LINEAR"
        fcurve.extrapolation = "LINEAR"
    bpy.ops.render.render(animation=True)
    return tmp_path


def _curves(obj: bpy.types.Object) -> list[bpy.types.FCurve]:
    action = obj.animation_data.action
    if bpy.app.version < (4, 4, 0):
        return list(action.fcurves)
    return [curve for layer in action.layers for strip in layer.strips for bag in strip.channelbags
            for curve in bag.fcurves]


def test_vectors_lead_to_where_a_pixel_was_and_will_be(rendered: Path) -> None:
    python = os.environ["VERNISSAGE_PYTHON"]
    answer = subprocess.run([python, "-c", CHECK, str(rendered)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout.splitlines()[-1])
    assert found["ball"] > 0.05
    assert found["new"] < 0.05
    # 0.1 m to the right and 0.05 m up are 2 pixels and 1; y goes down here.
    assert found["backward"] == pytest.approx([-2, 1], abs=0.02)
    assert found["forward"] == pytest.approx([2, -1], abs=0.02)
    assert found["wall"] < 0.02  # of its pixels, those at the ball's rim
