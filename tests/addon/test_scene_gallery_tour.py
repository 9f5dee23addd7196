"""The tour of an exhibition: where its camera goes, how fast it turns, and the film of it."""

from __future__ import annotations

import importlib
import itertools
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.two_rooms import gallery_parts, two_rooms


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


@pytest.fixture
def tour(parts: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """An exhibition in a scene of its own, with its plan."""
    plan = two_rooms(parts, tmp_path)
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    parts.build.set_up_scene(parts.scene, built, plan, tmp_path)
    return SimpleNamespace(plan=plan, built=built, camera=parts.parts.find_parts(built.collection)["tour camera"])


def test_the_tour_walks_softly_on_free_floor_and_stops_before_each_work(parts, tour) -> None:
    assert [stop.work for stop in tour.built.stops] == ["work-0", "work-1", "work-2", "block"]
    assert parts.scene.camera is tour.camera
    at, ahead = [], []
    for frame in range(parts.scene.frame_start, parts.scene.frame_end + 1):
        parts.scene.frame_set(frame)
        at.append(np.array(tour.camera.matrix_world.translation))
        ahead.append(-np.array(tour.camera.matrix_world.col[2].xyz))
    for stop in tour.built.stops:
        seen = np.subtract(stop.look, (*stop.at, 1.6))
        held = [np.linalg.norm(place[:2] - stop.at) < 0.01 and look @ seen > 0.9999 * np.linalg.norm(seen)
                for place, look in zip(at, ahead, strict=True)]
        assert sum(held) >= 3 * 24, stop.work
    assert max(math.degrees(math.acos(min(one @ two, 1))) * 24 for one, two in itertools.pairwise(ahead)) <= 40
    steps = np.diff(at, axis=0) * 24
    assert np.linalg.norm(steps, axis=1).max() < 1.5
    walked = steps[np.linalg.norm(steps, axis=1) > 0.4]  # where it goes on: no corner
    turns = [np.degrees(np.arccos((one @ two / np.linalg.norm(one) / np.linalg.norm(two)).clip(-1, 1)))
             for one, two in itertools.pairwise(walked) if np.abs(one - two).max() < 0.3]
    assert max(turns) < 15
    # walls, which the door between the rooms divides, the bench, and the plinth: west, south, east, north
    solid = np.array([(-1, -1, 0, 7), (13.8, -1, 15, 7), (-1, -1, 15, 0), (-1, 6, 15, 7), (7, 0, 7.3, 2.2),
                      (7, 3.8, 7.3, 6), (2.6, 2.775, 4.4, 3.225), (10.2, 2.7, 10.8, 3.3)])
    for place in at:
        off = np.maximum(np.maximum(solid[:, :2] - place[:2], place[:2] - solid[:, 2:]), 0)
        assert np.hypot(*off.T).min() > 0.37, place


def test_the_tour_becomes_a_film_and_the_scene_stays(parts, tour, tmp_path) -> None:
    film = importlib.import_module("bl_ext.user_default.vernissage.scene.gallery.film")
    scene, target, told = parts.scene, tmp_path / "film" / "tour.mp4", []
    last = tour.built.last_frame

    def state() -> list[object]:
        settings = scene.render.image_settings
        return [scene.render.filepath, settings.file_format, scene.render.resolution_x, scene.cycles.samples,
                scene.frame_current, scene.render.use_sequencer, scene.camera, len(bpy.data.scenes),
                [image.name for image in bpy.data.images if image.type != "RENDER_RESULT"],
                len(bpy.app.handlers.frame_change_post)]

    assert state()[:2] == ["//tour.mp4", "FFMPEG"]  # Render Animation makes one at once
    assert (scene.render.engine, scene.render.fps) == ("CYCLES", 24)
    before = state()
    size = {"width_px": 64, "height_px": 36, "samples": 1, "every": last // 3 + 1}
    film.render_film(scene, tour.built.collection, target, **size, tick=lambda *done: told.append(done))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert state() == before
    clip = bpy.data.movieclips.load(str(target))
    assert (tuple(clip.size), clip.frame_duration) == ((64, 36), 3)
    assert clip.frame_duration / clip.fps == pytest.approx(last / 24, rel=0.01)
    image = bpy.data.images.load(str(target))
    assert 0.2 < np.array(image.pixels).reshape(-1, 4)[:, :3].mean() < 0.95
    made = target.read_bytes()

    def stopped(done: int, count: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film.render_film(scene, tour.built.collection, target, **size, tick=stopped)
    assert target.read_bytes() == made
    assert [path.name for path in target.parent.iterdir()] == ["tour.mp4"]
    bpy.data.movieclips.remove(clip)
    bpy.data.images.remove(image)
    assert state() == before


def test_frames_of_a_film_in_which_nothing_moves_are_rendered_once(parts, tour, tmp_path) -> None:
    film = importlib.import_module("bl_ext.user_default.vernissage.scene.gallery.film")
    keys = next(iter(parts.state.curves_of(tour.camera))).keyframe_points
    for curve in parts.state.curves_of(tour.camera):
        while len(curve.keyframe_points) > 3:  # the beginning, and three seconds before the first work
            curve.keyframe_points.remove(curve.keyframe_points[-1])
    every = round(keys[2].co.x - keys[1].co.x) // 2
    rendered: list[int] = []

    def count(scene: bpy.types.Scene, _: object) -> None:
        if scene is parts.scene:
            rendered.append(scene.frame_current)

    def frames() -> int:
        rendered.clear()
        film.render_film(parts.scene, tour.built.collection, tmp_path / "tour.mp4", width_px=32, height_px=18,
                         samples=1, every=every)
        return len(rendered)

    bpy.app.handlers.render_post.append(count)
    try:
        count_all = len(range(1, round(keys[-1].co.x) + 1, every))
        assert frames() == count_all - 1
        lamp = bpy.data.objects["work-0 spot 1"]
        lamp.data.keyframe_insert("energy", frame=1)
        lamp.data.energy *= 2
        lamp.data.keyframe_insert("energy", frame=500)
        assert frames() == count_all
    finally:
        bpy.app.handlers.render_post.remove(count)
