"""What a model is told of where a view is taken from."""

from __future__ import annotations

import dataclasses
import math

import pytest

from backend.diffusion import catalogue
from backend.diffusion.families import Family, Sampling
from backend.diffusion.view_words import Side, check_words, direction_of, name_view, words_of
from backend.job import Job
from backend.texturing.brief import brief_painter
from backend.texturing.surface import read_surfaces
from backend.texturing.views import look_at_surfaces
from protocol.errors import ModelError
from tests.backend import tiny_models
from tests.backend.test_geometry_shapes import cube
from tests.backend.test_texture_cameras import camera
from tests.backend.test_texture_job import desk, folders, models

__all__ = ["desk", "folders", "models"]  # the fixtures


def at(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """In degrees; 0 is the front, 90 the right."""
    turn, height = math.radians(azimuth), math.radians(elevation)
    return math.sin(turn) * math.cos(height), -math.cos(turn) * math.cos(height), math.sin(height)


@pytest.mark.parametrize(("azimuth", "elevation", "said"), [
    (0, 0, "wall, front view"), (180, 10, "wall, back view"), (90, -20, "wall, side view, from the right"),
    (-90, 25, "wall, side view, from the left"), (30, 90, "wall, top view"), (0, -70, "wall, bottom view"),
    (20, 45, "wall, front view, from above"), (100, -45, "wall, side view, from the right, from below"),
])
def test_a_view_is_named_by_where_it_is_taken_from(azimuth, elevation, said):
    assert name_view("wall", direction_of(*at(azimuth, elevation)), words_of(Family.SD, None)) == said


def test_a_model_may_have_words_of_its_own():
    own = words_of(Family.SDXL, {"front": "face-on", "above": ""})
    assert name_view("wall", direction_of(*at(0, 45)), own) == "wall, face-on"
    assert name_view("wall", direction_of(*at(180, 0)), own) == "wall, back view"
    assert name_view("wall", direction_of(*at(0, 0)), words_of(Family.SDXL, {})) == "wall"
    assert name_view("wall", (Side.FRONT,), words_of(Family.MINI, {"front": "front"})) == "wall, front"
    assert not words_of(Family.MINI, None)


@pytest.mark.parametrize("bad", [{"ahead": "x"}, {"front": 3}, {}, True, "front"])
def test_words_of_a_catalogue_that_cannot_be(bad):
    with pytest.raises(ModelError, match="view words of thing"):
        check_words("thing", bad)


def test_the_catalogue_knows_a_folder_by_its_name(tmp_path, monkeypatch):
    entries = catalogue.catalogue()
    entries["sdxl-turbo"] = dataclasses.replace(entries["sdxl-turbo"], view_words=check_words("x", False))
    monkeypatch.setattr(catalogue, "catalogue", lambda: entries)
    for name in ("sdxl-turbo", entries["sdxl-turbo"].source.revision):
        (tmp_path / name).mkdir()
        found = catalogue.resolve(str(tmp_path / name))
        assert (found.name, found.sampling, found.view_words) == (str(tmp_path / name), Sampling(4, 0.0), {})
    assert catalogue.resolve(str(tmp_path)).view_words is None


@pytest.mark.parametrize(("name", "ends"), [
    ("sd", ["front view", "side view, from the left, from above", "back view"]), ("mini", ["", "", ""])])
def test_the_painter_is_told_of_the_artists_cameras_too(desk, folders, name, ends):
    if name == "mini":
        tiny_models.save_mini(folders / "mini")
    folder, request = desk.folder(cube(), model=str(folders / name), prompt="wall", view_count=3, cameras=(
        camera((0, -6, 0)), camera((-4, -1, 4)), camera((0, 6, 1))))
    job = Job("j", folder, desk.events.append, lambda: False)
    mesh, surfaces, _ = read_surfaces(request, job)
    views = look_at_surfaces(request, mesh, surfaces, job)
    painting = brief_painter(request, desk.models.get(request.model), mesh, views, job)
    assert list(painting.prompts) == [f"wall, {end}".removesuffix(", ") for end in ends]
