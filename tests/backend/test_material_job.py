"""The recipe of materials, on tiny models: files, figures, and the same bytes again."""

from __future__ import annotations

import dataclasses

import numpy as np
import OpenImageIO as oiio
import pytest
import torch

import backend.jobs.material as recipe
from backend.colours import to_srgb
from backend.diffusion.loading import Models
from backend.job import Job
from backend.jobs import run
from backend.material.network import MaterialNet
from backend.material.read import read, read_coarse_and_fine
from backend.material.relief import curl
from backend.style.pictures import write_picture
from protocol.errors import BadInput, ModelError
from protocol.material import MaterialReader, MaterialRequest, NormalConvention, Wrap
from tests.backend.test_material_seamless import gravel
from tests.backend.tiny_models import save_marigold, save_mini

SMALL = {"name": "Gravel", "width_px": 128, "height_px": 64, "steps": 2}


@pytest.fixture(scope="module")
def models():
    return Models()


@pytest.fixture(scope="module")
def tiny_mini(tmp_path_factory):
    return str(save_mini(tmp_path_factory.mktemp("models") / "mini"))


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    monkeypatch.setattr(recipe, "READER", tmp_path / "nowhere")


@pytest.fixture
def network(monkeypatch, tmp_path):
    torch.manual_seed(0)
    reader = MaterialNet(widths=(16, 16, 16), depths=(1, 1, 1)).eval()
    torch.nn.init.normal_(reader.head.weight, std=0.2)
    reader.save_pretrained(tmp_path / "mini-pbr")
    monkeypatch.setattr(recipe, "READER", tmp_path / "mini-pbr")
    return reader


def make(tmp_path, models, **fields):
    request = MaterialRequest(**SMALL | fields)
    tmp_path.mkdir(exist_ok=True)
    return run(request, Job("material", tmp_path, lambda event: None, is_cancelled=lambda: False), models)


def opened(folder, name):
    pixels = oiio.ImageInput.open(str(folder / name))
    return pixels.read_image("float"), pixels.spec()


def test_a_prompt_becomes_seven_files_that_tile(tmp_path, models, tiny_mini, network):
    result = make(tmp_path, models, prompt="gravel", model=tiny_mini)
    assert result.reader is MaterialReader.EMBEDDED and not result.remarks
    for name, channels, depth in [("base_colour", 3, "uint8"), ("normal", 3, "uint16"), ("roughness", 1, "uint8"),
                                  ("metallic", 1, "uint8"), ("height", 1, "uint16"), ("occlusion", 1, "uint8"),
                                  ("orm", 3, "uint8")]:
        pixels, spec = opened(tmp_path, getattr(result.maps, name))
        assert pixels.shape == (64, 128, channels) and str(spec.format) == depth, name
    assert result.wrap_ratio_x == pytest.approx(1, abs=0.1)
    assert result.wrap_ratio_y == pytest.approx(1, abs=0.1)
    assert result.border_ratio_x < 1.3 and result.border_ratio_y < 1.3
    assert (result.steps, result.guidance_scale, result.model) == (2, 2.5, tiny_mini)


def test_the_files_are_of_one_relief(tmp_path, models, tiny_mini, network):
    result = make(tmp_path, models, prompt="gravel", model=tiny_mini)
    normal = opened(tmp_path, result.maps.normal)[0].astype(float) * 2 - 1
    assert np.abs(np.linalg.norm(normal, axis=-1) - 1).max() < 1e-4
    assert curl(normal, wraps_x=True, wraps_y=True) < 1e-3
    assert result.normal_curl < 1e-3
    low, high = result.height_low_px, result.height_high_px
    height = opened(tmp_path, result.maps.height)[0][..., 0].astype(float) * (high - low) + low
    right = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 2
    assert np.abs(right + normal[..., 0] / normal[..., 2]).max() < 1e-3 * max(1, high - low)


def test_the_packed_file_holds_occlusion_roughness_metallic(tmp_path, models, tiny_mini, network):
    result = make(tmp_path, models, prompt="gravel", model=tiny_mini)
    packed = opened(tmp_path, result.maps.orm)[0]
    for place, name in enumerate(("occlusion", "roughness", "metallic")):
        assert (packed[..., place] == opened(tmp_path, getattr(result.maps, name))[0][..., 0]).all()


def test_the_same_request_gives_the_same_bytes(tmp_path, models, tiny_mini, network):
    made = {name: make(tmp_path / name, models, prompt="gravel", model=tiny_mini, seed=seed)
            for name, seed in (("a", 3), ("b", 3), ("c", 4))}
    for name in dataclasses.asdict(made["a"].maps).values():
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    colour = made["a"].maps.base_colour
    assert (tmp_path / "a" / colour).read_bytes() != (tmp_path / "c" / colour).read_bytes()


def test_directx_is_opengl_with_green_the_other_way(tmp_path, models, no_network):
    tmp_path = tmp_path / "jobs"
    tmp_path.mkdir()
    found = {}
    for convention in NormalConvention:
        folder = tmp_path / convention
        folder.mkdir()
        write_picture(folder / "in.png", gravel(), None, deep=False)
        result = make(folder, models, picture="in.png", normals=convention)
        found[convention] = opened(folder, result.maps.normal)[0]
    opengl, directx = found[NormalConvention.OPENGL], found[NormalConvention.DIRECTX]
    assert np.abs(opengl[..., 1] + directx[..., 1] - 1).max() < 1e-4
    assert (opengl[..., [0, 2]] == directx[..., [0, 2]]).all()
    assert np.abs(opengl[..., 1] - 0.5).max() > 0.01


@pytest.mark.parametrize("wrap", list(Wrap))
def test_a_picture_tiles_where_it_shall(tmp_path, models, no_network, wrap):
    write_picture(tmp_path / "in.png", gravel(), None, deep=False)
    result = make(tmp_path, models, picture="in.png", wrap=wrap)
    assert (result.wrap_ratio_x is None) == (not wrap.along_x)
    assert (result.wrap_ratio_y is None) == (not wrap.along_y)
    assert all(ratio is None or 0.9 < ratio < 1.1 for ratio in (result.wrap_ratio_x, result.wrap_ratio_y))
    assert all(ratio is None or ratio < 1.1 for ratio in (result.border_ratio_x, result.border_ratio_y))
    assert result.reader is MaterialReader.GUESS
    assert any("guessed" in remark.sentence for remark in result.remarks)
    assert (result.model, result.steps) == ("", None)


def test_a_picture_that_may_not_change_keeps_its_place(tmp_path, models, network):
    torch.nn.init.zeros_(network.head.weight)  # which then gives the picture itself as the base colour
    network.save_pretrained(tmp_path / "mini-pbr")
    picture = gravel(64, 128)
    write_picture(tmp_path / "in.png", picture, None, deep=False)
    result = make(tmp_path, models, picture="in.png", change=0.0)
    kept = opened(tmp_path, result.maps.base_colour)[0]
    assert np.abs(kept - picture).max() < 2 / 255
    assert result.border_ratio_x > 1.5


def test_joints_are_painted_over_and_the_rest_stays(tmp_path, models, tiny_mini, network):
    torch.nn.init.zeros_(network.head.weight)
    network.save_pretrained(tmp_path / "mini-pbr")
    pictures = []
    for name, prompt in (("cut", ""), ("painted", "gravel")):
        folder = tmp_path / name
        folder.mkdir()
        write_picture(folder / "in.png", gravel(), None, deep=False)
        result = make(folder, models, picture="in.png", prompt=prompt, model=tiny_mini, wrap=Wrap.X, change=0.2)
        pictures.append(opened(folder, result.maps.base_colour)[0])
    # Each is rolled to where it is cut: the one is looked for in the other.
    cut, painted = pictures
    same = max(float((np.abs(np.roll(painted, shift, 1) - cut).max(axis=(0, 2)) < 2 / 255).mean())
               for shift in range(cut.shape[1]))
    assert 0.6 < same < 0.99


def test_a_surface_is_read_as_it_tiles(network):
    """Rolled in, rolled out, in one piece and in windows of it."""
    torch.manual_seed(1)
    picture = torch.rand(64, 96, 3).numpy()
    plain = read(network, picture, wraps_x=True, wraps_y=True, check=lambda: None)
    rolled = read(network, np.roll(picture, (16, 32), (0, 1)), wraps_x=True, wraps_y=True, check=lambda: None)
    assert np.abs(np.roll(plain.base_colour, (16, 32), (0, 1)) - rolled.base_colour).max() < 1e-4
    across = read(network, picture, wraps_x=True, wraps_y=False, check=lambda: None)
    rolled = read(network, np.roll(picture, 32, 1), wraps_x=True, wraps_y=False, check=lambda: None)
    assert np.abs(np.roll(across.roughness, 32, 1) - rolled.roughness).max() < 0.05
    assert plain.base_colour.shape == across.base_colour.shape == picture.shape


def test_a_large_surface_is_read_in_windows_without_a_seam(network):
    asked = []
    picture = np.random.default_rng(0).random((32, 2112, 3), np.float32)
    reading = read(network, picture, wraps_x=True, wraps_y=True, check=lambda: asked.append(1))
    assert len(asked) >= 3
    steps = np.abs(np.diff(np.concatenate([reading.height, reading.height[:, :1]], axis=1), axis=1)).mean(axis=0)
    assert steps[-1] < 2 * steps[:-1].max()


def test_coarse_forms_are_read_small_and_fine_ones_large(network):
    """Where both say the same, so does what is joined of them; it tiles as they do."""
    flat = np.full((64, 128, 3), 0.4, np.float32)
    how = {"wraps_x": True, "wraps_y": True, "check": lambda: None}
    joined = read_coarse_and_fine(network, flat, 2.0, **how)
    assert np.abs(joined.base_colour.mean((0, 1)) - read(network, flat, **how).base_colour.mean((0, 1))).max() < 0.05
    assert np.abs(np.linalg.norm(joined.normal, axis=-1) - 1).max() < 1e-5
    plain = read(network, flat, **how)
    assert all(np.array_equal(getattr(read_coarse_and_fine(network, flat, 1.0, **how), name), getattr(plain, name))
               for name in ("base_colour", "roughness", "height"))
    picture = np.random.default_rng(0).random((64, 128, 3), np.float32)
    first, second = (read_coarse_and_fine(network, np.roll(picture, shift, 1), 2.0, **how) for shift in (0, 32))
    assert np.abs(np.roll(first.height, 32, 1) - second.height).max() < 1e-3 * np.ptp(first.height)


@pytest.fixture(scope="module")
def marigold(tmp_path_factory):
    return tuple(str(folder) for folder in save_marigold(tmp_path_factory.mktemp("marigold")))


def test_marigold_tells_the_maps_when_its_folders_are_given(tmp_path, models, no_network, marigold):
    folder = tmp_path / "job"
    folder.mkdir()
    write_picture(folder / "in.png", to_srgb(gravel()), None, deep=False)
    result = make(folder, models, picture="in.png", intrinsics_model=marigold[0], normals_model=marigold[1])
    assert result.reader is MaterialReader.MARIGOLD and not result.remarks
    assert opened(folder, result.maps.metallic)[0].std() > 0
    assert result.normal_curl < 0.05  # random normals are steep, and 16 bit are few for those
    again = make(folder, models, picture="in.png", intrinsics_model=marigold[0], normals_model=marigold[1])
    assert dataclasses.replace(again, seconds={}) == dataclasses.replace(result, seconds={})


def test_a_folder_that_is_not_marigolds_is_refused(tmp_path, models, no_network, marigold, tiny_mini):
    folder = tmp_path / "job"
    folder.mkdir()
    write_picture(folder / "in.png", gravel(), None, deep=False)
    with pytest.raises(ModelError, match="MarigoldIntrinsicsPipeline"):
        make(folder, models, picture="in.png", intrinsics_model=tiny_mini, normals_model=marigold[1])


@pytest.mark.parametrize(("fields", "words"), [
    ({"prompt": " "}, "prompt is empty"),
    ({"prompt": "a", "width_px": 100}, "Width is 100"),
    ({"prompt": "a", "height_px": 8256}, "64 to 8192"),
    ({"picture": "in.png", "change": 1.1}, "Change is 1.1"),
    ({"picture": "../in.png"}, "plain file name"),
    ({"prompt": "a", "intrinsics_model": "/a"}, "two models"),
    ({"prompt": "a", "model": " "}, "No model"),
    ({"prompt": "a", "steps": 0}, "Steps"),
])
def test_a_request_that_cannot_be_run_is_refused(fields, words):
    with pytest.raises(BadInput, match=words):
        MaterialRequest(**SMALL | fields)
