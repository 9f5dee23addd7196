"""Pictures compared through the operator, the job and the real backend."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_operators_style import blotches, new_image


@pytest.fixture
def wall(addon: ModuleType, empty_scene: bpy.types.Scene, tmp_path: Path):
    """A folder with three pictures, and the parts of the add-on."""
    (tmp_path / "wall").mkdir()
    for number in range(3):
        _write_png(tmp_path / "wall" / f"{number}.png", blotches(64, 96, number))
    comparison = empty_scene.vernissage.comparison
    comparison.folder = str(tmp_path / "wall")
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    yield SimpleNamespace(comparison=comparison, folder=tmp_path / "wall", current=current)
    current.forget_scene()


def test_the_plot_is_a_new_image(wall, snapshot) -> None:
    before = snapshot()
    assert bpy.ops.vernissage.compare_pictures() == {"FINISHED"}
    (job,) = wall.current.comparison.done
    image = bpy.data.images[job.image_name]
    assert image.name == "wall - compared"
    assert image.size[0] == 1600
    assert image.packed_file is not None
    assert image.use_fake_user
    assert (job.result.count, job.result.nearest) == (3, ())
    assert job.fingerprints.is_file()
    assert Path(job.request.font).is_file()
    bpy.data.images.remove(image)
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_an_image_of_the_file_is_compared_with_them(wall) -> None:
    new_image("Mine", blotches(64, 96, 1))
    assert bpy.ops.vernissage.compare_pictures(image="Mine") == {"FINISHED"}
    (job,) = wall.current.comparison.done
    assert job.result.nearest[0].name == "1.png"
    assert job.result.nearest[0].distance < 0.01
    assert job.result.nearest[1].distance > 0.1
    assert job.result.count == 4


def test_what_cannot_be_compared_says_so_and_leaves_nothing(wall, snapshot) -> None:
    before = snapshot()
    with pytest.raises(RuntimeError, match="no image to compare with"):
        bpy.ops.vernissage.compare_pictures(image="Nothing")
    wall.comparison.to_image = True
    with pytest.raises(RuntimeError, match="no image to compare with"):
        bpy.ops.vernissage.compare_pictures()
    wall.comparison.to_image = False
    wall.comparison.folder = str(wall.folder / "gone")
    with pytest.raises(RuntimeError, match="are not there"):
        bpy.ops.vernissage.compare_pictures()
    wall.comparison.folder = " "
    with pytest.raises(RuntimeError, match="No folder is chosen to compare"):
        bpy.ops.vernissage.compare_pictures()
    assert wall.current.comparison_error.remedy
    assert snapshot() == before
