"""Normals for ControlNets: what is drawn of meshes, and what reaches the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.geometry.camera import Camera
from backend.geometry.control import normals_of, render_control
from backend.geometry.mesh import Mesh
from backend.geometry.view_raster import rasterise_view
from backend.jobs import texture_style
from backend.jobs.matte import area_covers, control_picture
from backend.jobs.style_slow import Around, Slow
from protocol.errors import BadInput
from protocol.film import FilmRequest
from protocol.requests import ViewCamera
from protocol.style import ControlKind, Matte, Style, StyleArea, StyleMethod, StyleRequest
from protocol.wire import request_from_json, request_to_json
from tests.backend.test_geometry_shapes import cube, sphere
from tests.backend.test_style_diffusion import Desk, desk, folders, models
from tests.backend.test_style_texture import stylise, texels

__all__ = ["desk", "folders", "models", "stylise", "texels"]  # the fixtures

EYES = ((0.0, -5.0, 0.0), (3.0, 2.0, 1.0), (-1.0, 4.0, -3.0))
SIDE_PX, SCALE = 96, 2.4


def arrays_of(shape: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (shape["positions"].astype(np.float32), shape["triangles"].astype(np.int32),
            shape["corner_normals"].astype(np.float32))


def flat_normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(T, 3, 3): those of the faces; 0 where they have no area."""
    a, b, c = (positions[triangles[:, corner]].astype(np.float64) for corner in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return np.repeat(normals[:, None], 3, axis=1).astype(np.float32)


def places() -> tuple[np.ndarray, np.ndarray]:
    """(SIDE_PX, SIDE_PX) each: where an orthographic view of `SCALE` shows a pixel's centre, x right and y up."""
    along = ((np.arange(SIDE_PX) + 0.5) / SIDE_PX - 0.5) * SCALE
    return np.broadcast_to(along, (SIDE_PX, SIDE_PX)), np.broadcast_to(-along[:, None], (SIDE_PX, SIDE_PX))


@pytest.mark.parametrize("eye", EYES)
def test_a_sphere_looks_the_same_from_everywhere(eye: tuple[float, float, float]):
    """In the camera's space its normal is where it is seen: x, y and what is left towards the viewer."""
    drawn = normals_of(*arrays_of(sphere(128)), Camera.look_at(eye, (0, 0, 0), size_px=SIDE_PX, scale=SCALE))
    x, y = places()
    radius = np.hypot(x, y)
    inside = radius < 0.97
    expected = np.stack([x, y, np.sqrt(np.maximum(1 - radius**2, 0))], axis=2)
    assert np.abs(2 * drawn - 1 - expected)[inside].max() < 0.01
    assert np.array_equal(drawn[radius > 1.01], np.broadcast_to(np.float32([0.5, 0.5, 1]), drawn.shape)[radius > 1.01])
    assert drawn[SIDE_PX // 2, 70, 0] > 0.7 and drawn[20, SIDE_PX // 2, 1] > 0.7  # red is right, green is up


@pytest.mark.parametrize("lens", [{"scale": 4.0}, {"fov_rad": 0.8}], ids=["orthographic", "perspective"])
def test_a_cube_has_three_of_them_whichever_way_it_is_wound(lens: dict[str, float]):
    camera = Camera.look_at((4, -5, 3), (0, 0, 0), size_px=64, **lens)
    positions, triangles, normals = arrays_of(cube())
    drawn = normals_of(positions, triangles, normals, camera)
    seen = np.unique(np.rint(255 * drawn[(drawn != [0.5, 0.5, 1]).any(axis=2)]), axis=0)
    expected = camera.world_to_camera[:3, :3] @ np.float64([[1, 0, 0], [0, -1, 0], [0, 0, 1]]).T
    assert np.abs(np.sort(seen, axis=0) - np.sort(127.5 * (expected.T + 1), axis=0)).max() <= 0.51
    inside_out = normals_of(positions, np.ascontiguousarray(triangles[:, ::-1]), -normals[:, ::-1], camera)
    assert np.abs(inside_out - drawn).max() < 1e-6


def test_smooth_and_flat_are_told_apart():
    positions, triangles, smooth = arrays_of(sphere(12))
    camera = Camera.look_at((1, -3, 1), (0, 0, 0), size_px=SIDE_PX, fov_rad=0.8)
    round_ball, facets = (normals_of(positions, triangles, normals, camera)
                          for normals in (smooth, flat_normals(positions, triangles)))
    steps = [np.abs(np.diff(image[30:66, 30:66], axis=1)).max(axis=2) for image in (round_ball, facets)]
    assert (steps[0] > 1e-4).mean() > 0.95
    assert (steps[1] < 1e-4).mean() > 0.7
    assert 0.02 < np.abs(round_ball - facets).max() < 0.2


def test_a_mesh_that_was_checked_gives_the_same():
    mesh = Mesh.load(Path(__file__).parent / "suzanne.npz")
    camera = Camera.look_at((2, -4, 1), (0, 0, 0), size_px=128, fov_rad=0.7)
    drawn = normals_of(mesh.positions, mesh.triangles, mesh.corner_normals, camera)
    assert np.abs(drawn - render_control(mesh, rasterise_view(mesh, camera)).normal).max() < 1e-6


def scene(folder: Path, with_normals: bool = True) -> Matte:
    """A ball in the middle of a picture of 96 x 72, from a camera that is turned; its pixels are twice as wide as high.
    """
    positions, triangles, normals = arrays_of(sphere(64))
    np.savez(folder / "scene.npz", positions=positions, triangles=triangles,
             object_ids=np.zeros(len(triangles), np.int32), **({"corner_normals": normals} if with_normals else {}))
    matrix = Camera.look_at((3, 4, -2), (0, 0, 0), size_px=64, scale=4).world_to_camera
    camera = ViewCamera(name="Camera", world_to_camera=tuple(matrix.ravel().tolist()), scale=4.8, clip_near=0.1,
                        clip_far=100.0)
    return Matte(mesh="scene.npz", names=("Ball",), camera=camera, aspect=96 / 72, pixel_aspect=0.5)


def asked(matte: Matte | None, **choices: object) -> StyleRequest:
    return StyleRequest(**{"name": "a", "content": "content.png", "styles": (Style(picture="look.png"),),
                           "method": StyleMethod.DIFFUSION, "controlnet": "/normal",
                           "control_kind": ControlKind.NORMAL, "matte": matte, **choices})


def test_the_controlnet_follows_the_normals_of_the_meshes(folders: Path, desk: Desk):
    """Another kind gives another picture, and the normals as a picture of its own the same."""
    matte = scene(desk.folder)
    control = control_picture(asked(matte), 72, 96, desk.job())
    x, y = np.meshgrid((np.arange(96) + 0.5) / 20 - 2.4, 2 * (1.8 - (np.arange(72) + 0.5) / 20))
    inside = np.hypot(x, y) < 0.95
    expected = np.stack([x, y, np.sqrt(np.maximum(1 - x**2 - y**2, 0))], axis=2)
    assert np.abs(2 * control - 1 - expected)[inside].max() < 0.02
    Image.fromarray(np.rint(control * 255).astype(np.uint8)).save(desk.folder / "normal.png")
    choices = {"controlnet": str(folders / "sd-depth")}
    shown = desk.stylise(folders / "sd", matte=matte, control_kind=ControlKind.NORMAL, **choices).astype(int)
    same = desk.stylise(folders / "sd", control="normal.png", **choices)
    assert np.abs(same - shown).max() <= 2  # the file has 8 bit
    assert np.abs(desk.stylise(folders / "sd", matte=matte, **choices) - shown).max() > 4


def test_what_is_missing_of_the_normals_is_said(desk: Desk):
    for matte in (None, Matte(passes="passes.exr")):
        with pytest.raises(BadInput, match="no picture that the ControlNet could follow"):
            control_picture(asked(matte), 72, 96, desk.job())
    with pytest.raises(BadInput, match="has no corner_normals"):
        control_picture(asked(scene(desk.folder, with_normals=False)), 72, 96, desk.job())


def test_a_matte_of_both_tells_areas_by_its_passes(desk: Desk):
    """Without the file of the passes areas are not found, and normals are."""
    both = Matte(**{**{name: getattr(scene(desk.folder), name) for name in Matte.__dataclass_fields__},
                    "passes": "passes.exr"})
    request = asked(both, areas=(StyleArea(name="Ball", objects=("Ball",), styles=(Style(picture="look.png"),)),))
    assert request_from_json(request_to_json(request)) == request
    assert control_picture(request, 72, 96, desk.job()).std() > 0.05
    with pytest.raises(BadInput, match=r"passes\.exr"):
        area_covers(request, 72, 96, desk.job())


def test_a_texture_s_views_show_their_normals(stylise: Callable[..., object], monkeypatch: pytest.MonkeyPatch):
    shown: list[Around] = []

    def keep(picture: np.ndarray, around: Around, show: object) -> np.ndarray:
        shown.append(around)
        return picture

    monkeypatch.setattr(texture_style, "slow_method", lambda *_arguments: Slow(lambda around: 0, keep))
    stylise(views=3, controlnet="/normal", control_kind=ControlKind.NORMAL, method=StyleMethod.DIFFUSION,
            styles=(Style(picture="png8.png"),))
    assert len(shown) == 6  # each of three, and again from what was joined
    for around in shown:
        vectors, is_seen = 2 * around.control - 1, around.cover > 0
        assert np.abs(np.linalg.norm(vectors[is_seen], axis=1) - 1).max() < 0.02
        assert vectors[is_seen][:, 2].mean() > 0.5  # they face the viewer
        assert np.abs(vectors[~is_seen] - [0, 0, 1]).max() < 0.01


def test_what_cannot_follow_normals():
    with pytest.raises(BadInput, match="no ControlNet that could follow the normals"):
        asked(None, controlnet="")
    film = {"name": "Film", "folder": "/a", "frames": ("1.exr",), "passes": ("1.exr",), "out": "/b",
            "styles": (Style(picture="b.png"),), "method": StyleMethod.DIFFUSION, "controlnet": "/normal"}
    assert FilmRequest(**film).control_kind is ControlKind.DEPTH
    with pytest.raises(BadInput, match="do not tell which way surfaces face as the camera sees them"):
        FilmRequest(**film, control_kind=ControlKind.NORMAL)
    for controlnet in ("/normal", ""):  # other methods follow nothing
        FilmRequest(**film | {"method": StyleMethod.GRAM, "controlnet": controlnet}, control_kind=ControlKind.NORMAL)
