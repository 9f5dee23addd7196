"""Textures that cannot be applied: everything is as it was, files included."""

from __future__ import annotations

import resource
import signal
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest

from vernissage.protocol.errors import BadInput, StorageError
from vernissage.protocol.messages import TextureResult
from vernissage.protocol.requests import TextureRequest
from vernissage.scene.apply import Placement, apply_texture
from vernissage.scene.meshes import OwnUVs, read_mesh

REQUEST = TextureRequest(object_name="Cube", mesh="mesh.npz", prompt="red brick wall")
RESULT = TextureResult(texture="texture.png", size_px=64, coverage=0.93, planned_coverage=0.95, view_disagreement=0.01,
                       view_count=8, evaluations=44, crossview_by_step=(0.2, 0.1), strayed=0, seam_step=0.1,
                       seam_step_worst=0.3, seam_step_most=0.2, changed_outside=None, model="mini", seed=0, steps=20,
                       guidance_scale=4.5, device="cpu", seconds={})


def apply(obj: bpy.types.Object, picture: Path, **options: object) -> bpy.types.Image:
    placement = Placement(**{"uv_layer": "UVMap", "own_uvs": None, "pack": True, **options})
    return apply_texture(obj, placement, picture, REQUEST, RESULT)


def own_uvs(obj: bpy.types.Object) -> OwnUVs:
    return read_mesh(obj, bpy.context.evaluated_depsgraph_get(), unwrap=True).own_uvs


def save(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "project" / "scene.blend"))
    return tmp_path / "project"


def add_materials(obj: bpy.types.Object, *names: str) -> None:
    for name in names:
        obj.data.materials.append(bpy.data.materials.new(name))


def eight_layers(obj, picture):
    uvs = own_uvs(obj)
    while len(obj.data.uv_layers) < 8:
        obj.data.uv_layers.new()
    return {"own_uvs": uvs, "uv_layer": "Vernissage"}


def mesh_changed(obj, picture):
    return {"own_uvs": OwnUVs(np.zeros((47, 2), np.float32), np.zeros(47, np.int32)), "uv_layer": "Vernissage"}


def corners_changed(obj, picture):
    uvs = own_uvs(obj)
    obj.data.flip_normals()  # as many corners as before, in another order
    return {"own_uvs": uvs, "uv_layer": "Vernissage"}


def layer_gone(obj, picture):
    return {"uv_layer": "Removed"}


def slot_gone(obj, picture):
    return {"slots": [2]}


def edit_mode(obj, picture):
    uvs = own_uvs(obj)
    bpy.ops.object.mode_set(mode="EDIT")
    return {"own_uvs": uvs, "uv_layer": "Vernissage"}


def picture_gone(obj, picture):
    picture.unlink()
    return {}


def picture_torn(obj, picture):
    picture.write_bytes(picture.read_bytes()[:-100])
    return {}


def no_folder(obj, picture):
    (Path(bpy.data.filepath).parent / "textures").write_text("a file where the folder should be")
    return {"pack": False}


FAILURES = [
    (eight_layers, BadInput, "Cube has 8 UV layers already", "Remove one"),
    (mesh_changed, BadInput, "The mesh of Cube was changed", "Paint it again"),
    (corners_changed, BadInput, "The mesh of Cube was changed", "Paint it again"),
    (layer_gone, BadInput, "The UV layer Removed of Cube was removed", "Undo that"),
    (slot_gone, BadInput, "Cube has no material slot 2: it has 1", "Choose a slot"),
    (edit_mode, BadInput, "Cube is in Edit Mode", "Leave Edit Mode"),
    (picture_gone, StorageError, "cannot be read", "Paint the object again"),
    (picture_torn, StorageError, "is not a whole PNG", "Paint the object again"),
    (no_folder, StorageError, "The texture cannot be saved in", "packed"),
]


@pytest.mark.parametrize(("prepare", "error", "sentence", "remedy"), FAILURES, ids=[f[0].__name__ for f in FAILURES])
def test_failures_change_nothing(cube, picture, tmp_path, snapshot, prepare, error, sentence, remedy):
    add_materials(cube, "Paint")
    project = save(tmp_path)
    options = prepare(cube, picture)
    bpy.context.view_layer.update()
    before, files = snapshot(), sorted(project.rglob("*"))
    with pytest.raises(error) as caught:
        apply(cube, picture, **options)
    assert sentence in str(caught.value)
    assert remedy in caught.value.remedy
    assert snapshot() == before
    assert sorted(project.rglob("*")) == files
    if cube.mode == "EDIT":
        bpy.ops.object.mode_set(mode="OBJECT")


def test_a_full_disk_leaves_nothing_behind(cube, picture, tmp_path, snapshot):
    add_materials(cube, "Paint")
    project = save(tmp_path)
    before, limits = snapshot(), resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(StorageError, match="cannot be saved in"):
            apply(cube, picture, pack=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert snapshot() == before
    assert [path.name for path in project.rglob("*")] == ["scene.blend"]


def after_the_image(uvs):
    """A property cannot hold this text."""
    return {"controlnet": "/models/\ud800"}, {"own_uvs": uvs}


def after_the_layer(uvs):
    return {}, {"own_uvs": replace(uvs, uvs=np.full(uvs.uvs.shape, "not a number"))}


def after_the_first_slot(uvs):
    return {}, {"own_uvs": uvs, "slots": (0, 1.5)}


@pytest.mark.parametrize(("fault", "error"), [(after_the_image, UnicodeEncodeError), (after_the_layer, ValueError),
                                              (after_the_first_slot, TypeError)])
def test_a_step_that_fails_late_takes_the_earlier_ones_back(cube, picture, tmp_path, snapshot, fault, error):
    add_materials(cube, "A", "B", "C")
    cube.material_slots[1].link = "OBJECT"
    cube.material_slots[1].material = bpy.data.materials.new("Own")
    project = save(tmp_path)
    words, options = fault(own_uvs(cube))
    request = TextureRequest(**{"object_name": "Cube", "mesh": "mesh.npz", "prompt": "wall", **words})
    before, files = snapshot(), sorted(project.rglob("*"))
    with pytest.raises(error):
        apply_texture(cube, Placement(uv_layer="Vernissage", pack=False, **options), picture, request, RESULT)
    assert snapshot() == before
    assert sorted(project.rglob("*")) == files
