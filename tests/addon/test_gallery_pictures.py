"""Pictures of an exhibition: they hang as they are seen, whatever their files are like."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.conftest import _write_png
from tests.addon.two_rooms import gallery_parts, two_rooms

STORED = {1: lambda seen: seen, 2: np.fliplr, 3: lambda seen: np.rot90(seen, 2), 4: np.flipud,
          5: np.transpose, 6: lambda seen: np.rot90(seen), 7: lambda seen: np.rot90(seen, 2).T,
          8: lambda seen: np.rot90(seen, -1)}  # how the pixels of what is seen upright lie in a file, by EXIF


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


@pytest.fixture
def plan(parts: SimpleNamespace, tmp_path: Path) -> object:
    return two_rooms(parts, tmp_path)


@pytest.mark.parametrize("orientation", STORED)
def test_pictures_of_cameras_hang_upright(parts, plan, tmp_path, orientation: int) -> None:
    work = dataclasses.replace(plan.works[0], orientation=orientation)
    plan = dataclasses.replace(plan, works=(work, *plan.works[1:]))
    works, surroundings = (importlib.import_module(f"{parts.build.__package__}.{name}")
                           for name in ("works", "surroundings"))
    finish = parts.rooms.Finish(plan, plan.rooms[0], surroundings.covers_of(plan, tmp_path))
    slab = works._slab(work, tmp_path / work.file, finish)
    front = next(face for face in slab.polygons if face.normal.y < -0.9)
    uvs = np.array([slab.uv_layers[0].uv[loop].vector for loop in front.loop_indices])
    seen = np.arange(4).reshape(2, 2)  # row 0 at the top
    stored = STORED[orientation](seen)
    for vertex, (u, v) in zip(front.vertices, uvs, strict=True):
        x, _, z = slab.vertices[vertex].co
        assert stored[1 - round(v), round(u)] == seen[int(z < 0), int(x > 0)]


def test_what_is_transparent_in_a_picture_is_paper(parts, tmp_path) -> None:
    seen = np.zeros((4, 6, 4), np.uint8)
    seen[:, :3] = 200, 100, 0, 255
    seen[:, 3] = 0, 0, 0, 51  # black, seen for a fifth
    _write_png(tmp_path / "a.png", seen)
    _write_png(tmp_path / "b.png", seen[..., :3])
    images = [next(node.image for node in parts.surfaces.picture_material(name, tmp_path / name).node_tree.nodes
                   if node.type == "TEX_IMAGE") for name in ("a.png", "b.png")]
    pixels = np.empty(4 * 6 * 4, np.float32)
    images[0].pixels.foreach_get(pixels)
    row = np.rint(pixels.reshape(4, 6, 4)[0] * 255).astype(int).tolist()
    assert row == [[200, 100, 0, 255]] * 3 + [[204, 204, 204, 255], [255] * 4, [255] * 4]
    assert images[0].packed_file is not None and not images[0].is_dirty
    assert images[1].filepath  # what is not transparent stays a file
    assert [each.name for each in bpy.data.images] == ["a.png on paper", "b.png"]


def test_of_a_large_picture_only_a_small_copy_is_read(parts, tmp_path) -> None:
    """As numbers of floating point a picture of 100 megapixels would be 1.6 GB, twice."""
    pixels = np.zeros((900, 1600, 3), np.uint8)
    pixels[:450, :800], pixels[450:, 800:] = (200, 40, 40), (40, 40, 200)
    _write_png(tmp_path / "large.png", pixels)
    smaller = importlib.import_module(parts.build.__name__.replace("build", "smaller"))
    image = bpy.data.images.load(str(tmp_path / "large.png"))
    material = bpy.data.materials.new("large")
    if material.node_tree is None:
        material.use_nodes = True
    material.node_tree.nodes.new("ShaderNodeTexImage").image = image
    before = len(bpy.data.images)
    with contextlib.ExitStack() as undo:
        mesh = SimpleNamespace(mesh=SimpleNamespace(materials=[material]))
        (copy,) = smaller.Smaller(undo).materials(mesh, 0.2)
        small = next(node.image for node in copy.node_tree.nodes if node.type == "TEX_IMAGE")
        assert tuple(small.size) == (256, 144)
        seen = np.array(small.pixels[:]).reshape(144, 256, 4)[::-1, :, :3] * 255
        assert seen[30, 60] == pytest.approx((200, 40, 40), abs=1.5)
        assert seen[110, 190] == pytest.approx((40, 40, 200), abs=1.5)
        assert seen[30, 190] == pytest.approx(0, abs=1.5)
        assert not image.has_data
    assert len(bpy.data.images) == before
    image.pixels[:4] = [0, 1, 0, 1]
    image.update()
    with contextlib.ExitStack() as undo:  # what was painted on is shown as it is now
        (copy,) = smaller.Smaller(undo).materials(mesh, 2.0)
        small = next(node.image for node in copy.node_tree.nodes if node.type == "TEX_IMAGE")
        assert tuple(small.pixels[:3]) == pytest.approx((0, 1, 0), abs=0.01)
    gone = bpy.data.images.new("gone", 4, 4)
    gone.source, gone.filepath = "FILE", str(tmp_path / "gone.png")
    material.node_tree.nodes.new("ShaderNodeTexImage").image = gone
    with contextlib.ExitStack() as undo:  # a texture that a sculpture has lost costs the page nothing else
        (copy,) = smaller.Smaller(undo).materials(mesh, 2.0)
        assert [node.image.size[0] > 0 for node in copy.node_tree.nodes if node.type == "TEX_IMAGE"] == [True]
