"""The recipe from a request to `texture.png`, with tiny models of the real classes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backend.diffusion.loading import Models
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.job import STAGE_SHARES, Job
from backend.jobs import run
from protocol.errors import BadInput, Cancelled, ModelError
from protocol.messages import Preview, Progress, Stage, TextureResult
from protocol.picture import StripKind
from protocol.requests import TextureRequest
from protocol.wire import request_to_json
from tests.backend import tiny_models
from tests.backend.test_geometry_shapes import cube, cup, join, plane, sphere

COLOUR = (200, 96, 31)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("models")
    tiny_models.save_sd(root / "sd")
    tiny_models.save_sd(root / "constant", vae=tiny_models.make_vae(tuple(c / 255 for c in COLOUR)))
    tiny_models.save_flux(root / "flux")
    tiny_models.save_flux_controlnet(root / "flux-depth")
    tiny_models.save_flux_controlnet(root / "flux-union", num_mode=3)
    tiny_models.save_controlnet(root / "depth")
    tiny_models.save_controlnet(root / "xl-depth", sdxl=True)
    return root


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


class Desk:
    """Runs jobs in folders of their own."""

    def __init__(self, root: Path, models: Models) -> None:
        self.root, self.models = root, models
        self.events: list[object] = []
        self.cancel_at: Stage | None = None

    def folder(self, mesh: dict[str, NDArray], **fields: object) -> tuple[Path, TextureRequest]:
        folder = self.root / f"job{len(list(self.root.iterdir()))}"
        folder.mkdir()
        arrays = {"paintable": np.ones(len(mesh["triangles"]), bool), **mesh}
        arrays.pop("object_ids", None)
        np.savez(folder / "mesh.npz", **arrays)
        request = TextureRequest(**{
            "object_name": "Thing", "mesh": "mesh.npz", "prompt": "red brick", "view_count": 3, "view_size_px": 128,
            "texture_size_px": 128, "steps": 2, "seed": 7, **fields})
        (folder / "request.json").write_text(request_to_json(request), encoding="utf-8")
        return folder, request

    def texture(self, mesh: dict[str, NDArray], **fields: object) -> tuple[TextureResult, NDArray[np.uint8]]:
        folder, request = self.folder(mesh, **fields)
        result = run(request, Job(folder.name, folder, self.events.append, self._is_cancelled), self.models)
        return result, read(folder / result.texture)

    def _is_cancelled(self) -> bool:
        return any(isinstance(event, Progress) and event.stage is self.cancel_at and
                   (event.step > 0 or event.steps == 0) for event in self.events)


@pytest.fixture
def desk(tmp_path, models) -> Desk:
    return Desk(tmp_path, models)


def read(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.array(image)


def sentences(result: TextureResult) -> str:
    return " ".join(remark.sentence.format_map(remark.values) for remark in result.remarks)


def test_mini_is_shown_the_shape_unless_it_is_to_ignore_it(desk):
    shown, ignored = (desk.texture(cube(), model="mini", steps=None, follow_shape=follow) for follow in (True, False))
    assert [strip.kind for strip in shown[0].strips] == [StripKind.SOURCES]
    assert ignored[0].strips == ()
    assert shown[0].evaluations == ignored[0].evaluations
    assert not np.array_equal(shown[1], ignored[1])


def test_a_controlnet_that_is_given_goes_before_the_model_s_own(desk, folders):
    with pytest.raises(ModelError, match="is for"):  # of another width
        desk.texture(cube(), model="mini", controlnet=str(folders / "depth"))


def test_the_result_tells_how_it_was_made(desk, folders):
    result, image = desk.texture(cube(), model=str(folders / "sd"), guidance_scale=None, steps=None)
    assert image.shape == (128, 128, 3)
    assert image.dtype == np.uint8
    assert image.reshape(-1, 3).std(axis=0).min() > 5
    assert (result.size_px, result.seed, result.view_count) == (128, 7, 3)
    assert (result.steps, result.guidance_scale, result.evaluations) == (25, 7.5, 75)
    assert result.model == str(folders / "sd")
    assert result.device in ("cpu", "cuda", "mps")
    assert 0.5 < result.coverage <= 1
    assert abs(result.coverage - result.planned_coverage) < 0.1
    assert 0 < result.view_disagreement < 1
    assert 0 < result.seam_step < 0.5
    assert result.seam_step_most <= result.seam_step_worst
    assert result.seam_step <= result.seam_step_worst
    assert result.changed_outside is None
    assert len(result.crossview_by_step) > 5
    assert min(result.crossview_by_step) > 0
    assert set(result.seconds) == {stage.value for stage in STAGE_SHARES}
    assert "ControlNet" in sentences(result)


def test_views_of_one_colour_bake_to_exactly_that_colour(desk, folders):
    for mesh in (cube(), sphere(), cup()):
        result, image = desk.texture(mesh, model=str(folders / "constant"), view_count=4)
        assert np.array_equal(image, np.broadcast_to(np.uint8(COLOUR), image.shape))
        assert result.view_disagreement < 1e-3


def test_the_same_request_gives_the_same_bytes_in_one_process_and_in_another(desk, folders, root):
    fields = {"model": str(folders / "sd"), "controlnet": str(folders / "depth")}
    _, first = desk.texture(sphere(), **fields)
    _, second = desk.texture(sphere(), **fields)
    assert np.array_equal(first, second)
    assert np.array_equal(elsewhere(desk, root, **fields), first)
    _, other = desk.texture(sphere(), **fields | {"seed": 8})
    assert not np.array_equal(other, first)


def elsewhere(desk: Desk, root: Path, **fields: object) -> NDArray[np.uint8]:
    """The texture of a sphere, painted by a process of its own, with one thread as here: the last bits are theirs."""
    folder, _ = desk.folder(sphere(), **fields)
    command = [sys.executable, "-s", "-E", "-B", "-u", "-m", "backend", "run", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    return read(folder / "texture.png")


def test_flux_paints_with_its_own_habits_and_in_a_process_of_its_own(desk, folders, root):
    fields = {"model": str(folders / "flux"), "steps": None, "guidance_scale": None, "negative_prompt": "blue"}
    result, image = desk.texture(sphere(), **fields)
    assert image.reshape(-1, 3).std(axis=0).min() > 5
    assert (result.steps, result.guidance_scale, result.evaluations) == (4, 0.0, 12)
    assert "made without one" in sentences(result)
    assert np.array_equal(elsewhere(desk, root, **fields), image)


@pytest.mark.parametrize("controlnet", ["flux-depth", "flux-union"])
def test_a_controlnet_of_flux_sees_the_object(desk, folders, controlnet):
    _, guided = desk.texture(sphere(), model=str(folders / "flux"), controlnet=str(folders / controlnet))
    _, free = desk.texture(sphere(), model=str(folders / "flux"))
    assert not np.array_equal(guided, free)


def test_a_controlnet_sees_the_object(desk, folders):
    result, guided = desk.texture(sphere(), model=str(folders / "sd"), controlnet=str(folders / "depth"))
    (strip,) = result.strips
    assert strip.captions == ("depth",) * result.view_count
    _, free = desk.texture(sphere(), model=str(folders / "sd"))
    assert not np.array_equal(guided, free)
    assert "ControlNet" not in sentences(result)


@pytest.mark.parametrize("stage", [stage for stage in STAGE_SHARES if stage is not Stage.AGREE])
def test_cancel_in_each_stage_leaves_no_picture(desk, folders, stage):
    desk.cancel_at = stage
    folder, request = desk.folder(cube(), model=str(folders / "sd"))
    job = Job(folder.name, folder, desk.events.append, desk._is_cancelled)
    if stage is Stage.WRITE:  # what is written by then is the finished result
        run(request, job, desk.models)
        return
    with pytest.raises(Cancelled):
        run(request, job, desk.models)
    assert {path.name for path in folder.iterdir()} <= {"mesh.npz", "request.json", "preview.png", "surface-0.npy"}


def test_a_full_disk_leaves_no_half_picture(desk, folders, monkeypatch):
    folder, request = desk.folder(cube(), model=str(folders / "sd"))
    (folder / "texture.png").mkdir()  # nothing can be put in its place
    with pytest.raises(OSError, match=r"texture\.png"):
        run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)
    assert not list(folder.glob("*.part"))


def test_only_paintable_triangles_have_texels_and_the_others_hide(desk, folders):
    vessel, lid = cup(), plane()
    x, _, z = lid["positions"].T
    lid["positions"] = np.stack([x * 0.7, z * 0.7, np.full_like(x, 0.5)], axis=1)  # within the rim, facing up
    vessel["corner_uvs"][:, :, 0] /= 2
    lid["corner_uvs"][:, :, 0] = lid["corner_uvs"][:, :, 0] / 2 + 0.5
    both = join(vessel, lid)
    both["paintable"] = np.arange(len(both["triangles"])) < len(vessel["triangles"])
    hidden, image = desk.texture(both, model=str(folders / "sd"), view_count=6)
    seen, _ = desk.texture(vessel, model=str(folders / "sd"), view_count=6)
    assert hidden.coverage < seen.coverage - 0.05
    beyond_gutter = image[:, 64 + 20:]
    assert (beyond_gutter == beyond_gutter[0, 0]).all()


def test_what_the_artist_is_told(desk, folders):
    box = cube()
    everything = {"model": str(folders / "sd"), "guidance_scale": 1.0, "negative_prompt": "blue", "view_count": 1}
    box["corner_uvs"] = np.tile(box["corner_uvs"][:2], (len(box["triangles"]) // 2, 1, 1))
    box["triangles"] = np.concatenate([box["triangles"], [[0, 0, 1]]]).astype(np.int32)
    box["corner_uvs"] = np.concatenate([box["corner_uvs"], box["corner_uvs"][:1]])
    box["corner_normals"] = np.concatenate([box["corner_normals"], box["corner_normals"][:1]])
    result, _ = desk.texture(box, **everything)
    told = sentences(result)
    for words in ("no area", "several faces", "New UV Layer", "negative prompt has no effect", "ControlNet"):
        assert words in told
    low, _ = desk.texture(cube(), **everything)
    assert low.coverage < 0.9
    assert "filled in" in sentences(low)


def test_faces_that_are_turned_inwards_are_named(desk, folders):
    """An open ball of which half is flipped: nobody can tell which half is meant."""
    ball = sphere(16)
    turned = ball["positions"][ball["triangles"]][..., 0].mean(axis=1) > 0
    turned[:3] = False
    for name in ("triangles", "corner_uvs", "corner_normals"):
        ball[name] = np.where(turned.reshape(-1, *[1] * (ball[name].ndim - 1)), ball[name][:, ::-1], ball[name])
    ball["corner_normals"][turned] *= -1
    result, _ = desk.texture(ball, model=str(folders / "constant"))
    assert result.coverage < 0.6
    assert "turned inwards" in sentences(result)
    result, _ = desk.texture(sphere(16), model=str(folders / "constant"))
    assert "turned inwards" not in sentences(result)


@pytest.mark.parametrize("prompt", ["red brick " * 1000, "红砖" * 5000])
def test_what_is_said_of_a_long_prompt_is_short(desk, folders, prompt):
    result, _ = desk.texture(cube(), model=str(folders / "sd"), view_count=1, prompt=prompt)
    told, = (remark for remark in result.remarks if "too long" in remark.sentence)
    assert 50 < len(told.values["unread"]) <= 62
    assert told.values["unread"][:20] in prompt


def bad(**changes: NDArray) -> dict[str, NDArray]:
    return {**cube(), **changes}


@pytest.mark.parametrize(("mesh", "words"), [
    (bad(positions=np.full_like(cube()["positions"], np.nan)), "NaN"),
    (bad(positions=np.zeros_like(cube()["positions"])), "area"),
    (bad(triangles=np.empty((0, 3), np.int32), corner_uvs=np.empty((0, 3, 2), np.float32),
         corner_normals=np.empty((0, 3, 3), np.float32)), "faces"),
    (bad(corner_uvs=cube()["corner_uvs"] * 15), "New UV Layer"),
    (bad(corner_uvs=cube()["corner_uvs"] - 0.2), "Pack the UVs"),
    (bad(corner_uvs=cube()["corner_uvs"] * np.float32(1e30)), "to 9.83e+29, outside of 0 to 1"),
    (bad(corner_uvs=cube()["corner_uvs"] * 0), "Unwrap"),
    (bad(paintable=np.zeros(len(cube()["triangles"]), bool)), "No face of Thing"),
], ids=["nan", "no area", "no faces", "large uvs", "negative uvs", "endless uvs", "uvs without area",
        "nothing to paint"])
def test_a_mesh_that_cannot_be_painted(desk, folders, mesh, words):
    with pytest.raises(BadInput) as caught:
        desk.texture(mesh, model=str(folders / "sd"))
    assert words in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not really", b"\x80\x04pickle"])
def test_a_mesh_file_that_is_missing_or_broken(desk, folders, content):
    folder, request = desk.folder(cube(), model=str(folders / "sd"))
    (folder / "mesh.npz").unlink()
    if content is not None:
        (folder / "mesh.npz").write_bytes(content)
    with pytest.raises(BadInput, match=r"mesh\.npz"):
        run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)


def test_a_wrong_model_is_told_before_the_mesh_is_read(desk, folders):
    for fields in ({"model": str(folders / "none")}, {"model": "unheard-of"},
                   {"model": str(folders / "sd"), "controlnet": str(folders / "xl-depth")}):
        folder, request = desk.folder(cube(), **fields)
        (folder / "mesh.npz").unlink()
        with pytest.raises(ModelError):
            run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)


def test_previews_are_whole_pictures(desk, folders):
    desk.texture(cube(), model=str(folders / "sd"))
    shown = [event.path for event in desk.events if isinstance(event, Preview)]
    assert shown
    with Image.open(shown[-1]) as sheet:
        assert sheet.size == (256, 256)  # three views in two columns


def test_texels_are_those_of_the_uv_layout(desk, folders):
    small = cube()
    small["corner_uvs"] = small["corner_uvs"] / 2
    _, image = desk.texture(small, model=str(folders / "sd"), view_count=6)
    small.pop("object_ids", None)
    covered = rasterise_uv(Mesh.from_arrays(small), 128).covered
    near = np.zeros_like(covered)
    for row, column in np.argwhere(covered):
        near[max(row - 16, 0):row + 17, max(column - 16, 0):column + 17] = True
    assert image[covered].std(axis=0).min() > 5
    assert image[~near].std(axis=0).max() == 0
