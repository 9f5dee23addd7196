"""Worlds as jobs: the recipe with tiny models of the real classes, and what their pictures must be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from math import pi
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file

from backend.diffusion import loading
from backend.diffusion.catalogue import licence_of
from backend.diffusion.families import Family
from backend.diffusion.generate import paint_views
from backend.diffusion.loading import LoadedModel, Models
from backend.job import Job
from backend.jobs import run
from backend.jobs.world_light import sun_by_prompt
from backend.jobs.world_painting import Painter, painter_of
from backend.panorama import HighlightNetwork, restore
from backend.panorama.horizon import find_horizon
from backend.panorama.measure import LUMINANCE, measure_picture
from backend.panorama.sphere import View, directions, enlarged
from backend.panorama.views import SphereViews, views_around
from protocol.errors import BadInput, ModelError
from protocol.messages import Stage
from protocol.world import SunChoice, WorldRequest, WorldResult, WorldSource, WorldSourceKind
from tests.backend.test_panorama_horizon import place
from tests.backend.tiny_models import save_flux, save_mini, save_sd, save_sdxl

SAVERS = {"mini": save_mini, "sd": save_sd, "sdxl": save_sdxl, "flux": save_flux}
STRIDE_PX = 32  # what the tiny networks' downsampling comes to, and more

Run = Callable[..., tuple[WorldResult, Path]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], LoadedModel]:
    models = Models()
    folder = tmp_path_factory.mktemp("models")

    def load(family: str) -> LoadedModel:
        if not (folder / family).exists():
            SAVERS[family](folder / family)
        return models.get(str(folder / family))

    return load


@pytest.fixture
def run_world(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a request of 128 rows with the tiny model and a small random network for highlights."""
    torch.manual_seed(3)
    network = HighlightNetwork((8, 8, 16, 16), (1, 1, 1, 1)).eval()
    torch.nn.init.constant_(network.gain[-1].bias, 6.0)
    folder = tmp_path / "mini-hdr"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"widths": [8, 8, 16, 16], "blocks": [1, 1, 1, 1]}))
    save_file({name: tensor.half() for name, tensor in network.state_dict().items()}, folder / "model.safetensors")
    monkeypatch.setattr("backend.jobs.world.load_network", lambda: restore.load_network(folder))
    models = Models()
    count = 0

    def run_one(request: WorldRequest | None = None, **fields: object) -> tuple[WorldResult, Path]:
        nonlocal count
        count += 1
        job_folder = tmp_path / str(count)
        job_folder.mkdir()
        source = fields.pop("files", {})
        for name, pixels in source.items():  # type: ignore[attr-defined]
            Image.fromarray(pixels).save(job_folder / name)
        wanted = {"prompt": "sky", "model": str(tiny_model), "height_px": 128, "steps": 2, "detail": 0.0} | fields
        result = run(request or WorldRequest(**wanted), job_at(job_folder), models)
        assert isinstance(result, WorldResult)
        return result, job_folder

    return run_one


def job_at(folder: Path, events: list | None = None) -> Job:
    return Job("test", folder, (events if events is not None else []).append, is_cancelled=lambda: False)


def read_exr(path: Path) -> NDArray[np.float32]:
    source = oiio.ImageInput.open(str(path))
    pixels = source.read_image(0, 0, 0, 3, oiio.FLOAT)
    assert source.spec().getattribute("oiio:ColorSpace") .startswith("lin_rec709")
    source.close()
    return pixels.reshape(source.spec().height, source.spec().width, 3)


def read_picture(path: Path) -> NDArray[np.float32]:
    return np.asarray(Image.open(path), np.float32) / 255


def painter(model: LoadedModel, folder: Path, **fields: object) -> Painter:
    job = job_at(folder)
    job.stage(Stage.PANORAMA, steps=100).__enter__()
    return painter_of(WorldRequest(**{"prompt": "sky", "steps": 2, "guidance_scale": 2.0} | fields), model, job)


@pytest.mark.parametrize("family", ["mini", "sd", "sdxl"])
def test_turned_noise_gives_the_turned_panorama(loaded: Callable[[str], LoadedModel], family: str, tmp_path: Path
                                                ) -> None:
    """By multiples of the network's stride; to what float32 can hold, in which latents are handed over."""
    model = loaded(family)
    whole = dataclasses.replace(painter(model, tmp_path), sees_views=False)
    model.pipe.to(torch.float64)
    try:
        scale = model.pipe.vae_scale_factor
        noise = torch.randn(1, model.latent_channels, whole.base // scale, 2 * whole.base // scale,
                            generator=torch.Generator().manual_seed(1))
        first = dataclasses.replace(whole, noise=noise).paint_whole(None)
        turned = dataclasses.replace(whole, noise=noise.roll(STRIDE_PX // scale, 3)).paint_whole(None)
        assert first.std() > 1e-3
        np.testing.assert_allclose(turned, np.roll(first, STRIDE_PX, 1), atol=2e-5)
    finally:
        model.pipe.to(torch.float32)


@pytest.mark.parametrize("family", ["mini", "sd", "sdxl", "flux"])
def test_every_family_paints_panoramas(loaded: Callable[[str], LoadedModel], family: str, tmp_path: Path,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(loading._USUAL_SIZE_PX, Family.FLUX, 64)  # its folders do not say what it was trained at
    model = loaded(family)
    whole = painter(model, tmp_path, height_px=4096)
    picture = whole.paint_whole(None)
    assert picture.shape == (model.native_size_px, 2 * model.native_size_px, 3)
    assert np.array_equal(picture, whole.paint_whole(None))
    assert whole.larger[0] == 2 * model.native_size_px
    assert whole.sees_views == (family != "mini")


@pytest.mark.parametrize("family", ["mini", "sd", "flux"])
def test_a_larger_panorama_is_painted_into_and_goes_round(
        loaded: Callable[[str], LoadedModel], family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By models of flat pictures in perspective views."""
    monkeypatch.setitem(loading._USUAL_SIZE_PX, Family.FLUX, 64)
    model = loaded(family)
    whole = painter(model, tmp_path, height_px=4 * model.native_size_px, detail=0.5, steps=4)
    assert whole.larger == (2 * model.native_size_px, 4 * model.native_size_px)
    before = enlarged(whole.paint_whole(None), whole.larger[0]).clip(0, 1)
    steps: list[int] = []
    monkeypatch.setattr(whole.job, "step", lambda: steps.append(1))
    after = whole.paint_into(before, 0)
    assert sum(steps) == whole.steps_into(whole.larger[0])
    assert np.abs(after - before).mean() > 1e-3
    assert measure_picture(after).border_ratio < 1.5
    assert np.array_equal(after, whole.paint_into(before, 0))


def test_views_that_are_denoised_together_agree(loaded: Callable[[str], LoadedModel], tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    """How far views differ from what all see, beside views that are painted each by itself."""
    model = loaded("sd")
    whole = painter(model, tmp_path, height_px=2 * model.native_size_px, detail=1.0)
    before = enlarged(whole.paint_whole(None), whole.larger[0]).clip(0, 1)

    differences, scale = SphereViews.differences, model.pipe.vae_scale_factor
    height, size = whole.larger[0] // scale, whole.base // scale

    def apart() -> float:
        painted: list[torch.Tensor] = []

        def paint(*arguments: object) -> torch.Tensor:
            painted.append(paint_views(*arguments))  # type: ignore[arg-type]
            return painted[0]

        monkeypatch.setattr("backend.jobs.world_views.paint_views", paint)
        whole.paint_into(before, 0)
        shown = [np.ascontiguousarray(view) for view in painted[0].permute(0, 2, 3, 1).numpy()]
        return float(np.sqrt(np.mean(np.square(differences(SphereViews(views_around(height, size), height), shown)))))

    together = apart()
    monkeypatch.setattr(SphereViews, "differences", lambda views, pictures: [0 * picture for picture in pictures])
    assert together < apart() / 5


def test_a_world_is_written_whole_and_twice_the_same(run_world: Run) -> None:
    result, folder = run_world(seed=3)
    radiance, picture = read_exr(folder / result.radiance), read_picture(folder / result.picture)
    assert radiance.shape == picture.shape == (128, 256, 3)
    assert np.isfinite(radiance).all()
    assert radiance.min() >= 0
    assert 0 < result.light < np.inf
    assert result.licence == ""  # the catalogue knows no such folder
    assert result.seam_ratio <= 1
    assert result.border_ratio <= 1
    _, other = run_world(seed=3)
    for name in (result.radiance, result.picture):
        assert (folder / name).read_bytes() == (other / name).read_bytes()
    different, third = run_world(seed=4)
    assert (folder / result.picture).read_bytes() != (third / different.picture).read_bytes()


def test_a_leaning_horizon_is_made_level(run_world: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Painter, "paint_whole", lambda painter, known: place(0.1, 2.0))
    level, folder = run_world()
    assert level.horizon_tilt_deg is not None and level.horizon_tilt_deg < 0.6
    said = {remark.sentence: remark.values for remark in level.remarks}
    assert said["The horizon leaned by {degrees}° and was made level."]["degrees"] == pytest.approx(5.7, abs=0.6)
    assert find_horizon(read_picture(folder / level.picture)) is not None
    monkeypatch.setattr(Painter, "paint_whole", lambda painter, known: place(0.4, 2.0))  # too much for a horizon
    assert run_world()[0].horizon_tilt_deg == pytest.approx(0.4 * 180 / pi, abs=1)


def test_models_of_the_catalogue_have_licences() -> None:
    assert licence_of(" mini-sky ") == "GPL-3.0-or-later"


def test_exposure_multiplies_every_pixel_exactly(run_world: Run) -> None:
    plain, folder = run_world()
    for stops in (3.0, -2.0):
        bright, other = run_world(exposure_ev=stops)
        expected = read_exr(folder / plain.radiance) * np.float32(2**stops)
        assert np.array_equal(read_exr(other / bright.radiance), expected)
        assert (other / bright.picture).read_bytes() == (folder / plain.picture).read_bytes()


@pytest.mark.parametrize(("prompt", "choice"), [
    ("clear blue sky at noon", "added"), ("Mountains on a sunny day", "added"), ("cloudless desert", "added"),
    ("晴天的草原", "added"), ("sunset over the sea", "painted"), ("evening sun over hills", "painted"),
    ("white clouds over hills", "painted"), ("clear night sky", "none"), ("sunny living room", "none"),
    ("overcast sky", "none"), ("softbox studio", "none"), ("foggy sunrise", "none")])
def test_a_prompt_says_whether_there_is_a_sun(prompt: str, choice: str) -> None:
    assert sun_by_prompt(prompt) == choice


def test_a_clear_sky_gets_a_sun_that_is_not_painted_and_says_so(run_world: Run) -> None:
    sun, folder = run_world(prompt="clear sky")
    assert sun.sun is not None
    assert sun.sun.is_added
    assert sun.sun.is_estimated
    assert sun.sun.direction[2] > 0.15
    assert sun.peak_to_median > 1000
    assert {"No sun is painted: one was added where the sky is brightest.",
            "The sun's {irradiance} W/m² are estimated from the picture."} <= {
                remark.sentence for remark in sun.remarks}
    apart, _ = run_world(prompt="clear sky", sun_apart=True)
    assert apart.sun == sun.sun
    assert sun.light - apart.light == pytest.approx(float(np.dot(sun.sun.irradiance, LUMINANCE)), rel=0.02)
    set_to, _ = run_world(prompt="a sky", sun_irradiance=7.0)
    assert set_to.sun is not None
    assert not set_to.sun.is_estimated
    assert np.dot(set_to.sun.irradiance, LUMINANCE) == pytest.approx(7.0)
    bright, third = run_world(prompt="clear sky", exposure_ev=-3.0)
    assert np.array_equal(read_exr(third / bright.radiance), read_exr(folder / sun.radiance) / 8)
    radiance = read_exr(folder / sun.radiance)
    row, column = np.unravel_index(radiance.sum(axis=-1).argmax(), radiance.shape[:2])
    assert np.dot(directions(128)[row, column], sun.sun.direction) > np.cos(0.02)
    for choice in (SunChoice.PAINTED, SunChoice.NONE):
        other, _ = run_world(prompt="clear sky", sun=choice)
        assert other.sun is None


def sunny(height: int = 128) -> NDArray[np.uint8]:
    """A blue sky with a blown-out sun over dark ground."""
    toward = directions(height)
    sky = np.where(toward[..., 2:] > 0, [90, 140, 220], [60, 50, 40])
    sun = toward @ np.array([0.5, -0.5, np.sqrt(0.5)]) > np.cos(0.06)
    return np.where(sun[..., None], 255, sky).astype(np.uint8)


def kept_source(**fields: object) -> WorldSource:
    return WorldSource(**{"name": "sky.png", "picture": "source.png", "kind": WorldSourceKind.PANORAMA,
                          "mask": "mask.png"} | fields)


def below_horizon(height: int = 128) -> NDArray[np.uint8]:
    """White where a panorama is to be painted anew."""
    mask = np.zeros((height, 2 * height), np.uint8)
    mask[3 * height // 4:] = 255
    return mask


def test_what_a_mask_leaves_black_stays_and_the_sun_in_it_is_found_and_set(run_world: Run) -> None:
    files = {"source.png": sunny(), "mask.png": below_horizon()}
    result, folder = run_world(files=files, source=kept_source())
    picture = read_picture(folder / result.picture)
    np.testing.assert_allclose(picture[:88], sunny()[:88] / 255, atol=0.1)  # a JPEG, at the sun's rim
    assert result.sun is not None
    assert result.sun.is_estimated
    assert np.dot(result.sun.direction, [0.5, -0.5, np.sqrt(0.5)]) > np.cos(0.02)
    assert any("estimated" in remark.sentence for remark in result.remarks)
    assert result.peak_to_median > 1000
    set_to, _ = run_world(files=files, source=kept_source(), sun_irradiance=5.0, sun_ev=1.0)
    assert set_to.sun is not None
    assert not set_to.sun.is_estimated
    assert np.dot(set_to.sun.irradiance, [0.2126, 0.7152, 0.0722]) == pytest.approx(10.0)
    assert not any("estimated" in remark.sentence for remark in set_to.remarks)
    apart, bare = run_world(files=files, source=kept_source(), sun_irradiance=5.0, sun_apart=True)
    assert set_to.light - apart.light == pytest.approx(10.0, rel=0.01)
    assert read_exr(bare / apart.radiance)[32, 160].max() < 1  # where it stood


def test_around_a_camera_s_picture_all_is_painted_and_it_stays(run_world: Run) -> None:
    view = View(0.8, 0.1, pi / 3, 64, 48)
    green = np.zeros((48, 64, 3), np.uint8)
    green[..., 1] = 200
    source = WorldSource(name="photo.png", picture="source.png", kind=WorldSourceKind.CAMERA, fov_rad=view.fov,
                         yaw_rad=view.yaw, pitch_rad=view.pitch)
    result, folder = run_world(files={"source.png": green}, source=source)
    picture = read_picture(folder / result.picture)
    inside = view.pixels(directions(128))[2]
    assert np.abs(picture[inside > 4] - np.array([0, 200 / 255, 0])).max() < 0.1  # a JPEG, beside another colour
    assert np.abs(picture[inside < -20] - [0, 200 / 255, 0]).mean() > 0.1


def test_holes_of_a_panorama_are_painted_and_the_rest_stays(run_world: Run) -> None:
    below = below_horizon()
    result, folder = run_world(files={"source.png": np.dstack([sunny(), 255 - below])}, source=kept_source(mask=""))
    picture = read_picture(folder / result.picture)
    np.testing.assert_allclose(picture[:88], sunny()[:88] / 255, atol=0.1)
    assert np.abs(picture[100:] - sunny()[100:] / 255).mean() > 0.1


def test_another_light_leaves_the_place_as_far_as_its_strength_says(run_world: Run) -> None:
    """A whole panorama and no mask: the same place, relit by the prompt. It counts from what one last step leaves, as
    the tiny autoencoder gives back nothing."""
    pictures = []
    for strength in (0.05, 0.3, 0.6, 1.0):
        result, folder = run_world(prompt="dusk", files={"source.png": sunny()}, steps=10,
                                   source=kept_source(mask="", strength=strength))
        pictures.append(read_picture(folder / result.picture))
    little, more, most = (np.abs(picture - pictures[0]).mean() for picture in pictures[1:])
    assert 0 < little < more < most


def test_a_job_that_starts_from_turned_noise_makes_the_same_world(
        run_world: Run, loaded: Callable[[str], LoadedModel], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole jobs, with light, sun and edge: what is turned is cut at the same place again. With a model of panoramas:
    others paint the poles as views, whose noise does not turn."""
    model = loaded("mini").name
    turns = [0, STRIDE_PX, 3 * STRIDE_PX]

    def painter_from(*arguments: object) -> Painter:
        painter = painter_of(*arguments)  # type: ignore[arg-type]
        scale = painter.loaded.pipe.vae_scale_factor
        noise = torch.randn(1, painter.loaded.latent_channels, painter.base // scale, 2 * painter.base // scale,
                            generator=torch.Generator().manual_seed(1))
        return dataclasses.replace(painter, noise=noise.roll(turns.pop() // scale, 3))

    monkeypatch.setattr("backend.jobs.world.painter_of", painter_from)
    worlds = []
    while turns:
        result, folder = run_world(prompt="clear sky", model=model)
        worlds.append((result, read_exr(folder / result.radiance)))
    for result, radiance in worlds[1:]:
        np.testing.assert_allclose(np.log1p(radiance), np.log1p(worlds[0][1]), atol=1e-5)
        assert result.sun is not None and worlds[0][0].sun is not None
        np.testing.assert_allclose(result.sun.direction, worlds[0][0].sun.direction, atol=1e-6)


def test_a_lora_is_painted_with_and_taken_out_again(run_world: Run, tiny_model: Path, tmp_path: Path) -> None:
    plain, folder = run_world()
    weights = tmp_path / "round.safetensors"
    save_lora(tiny_model, weights)
    changed, other = run_world(lora=str(weights))
    assert (other / changed.picture).read_bytes() != (folder / plain.picture).read_bytes()
    again, third = run_world()
    assert (third / again.picture).read_bytes() == (folder / plain.picture).read_bytes()
    nothing, fourth = run_world(lora=str(weights), lora_weight=0.0)
    assert np.abs(read_picture(fourth / nothing.picture) - read_picture(folder / plain.picture)).max() < 0.02


def save_lora(model: Path, path: Path) -> None:
    """A LoRA of the tiny UNet's attention, loud."""
    from diffusers import UNet2DConditionModel

    torch.manual_seed(9)
    unet = UNet2DConditionModel.from_pretrained(model / "unet")
    tensors = {}
    for name, layer in unet.named_modules():
        if name.endswith(("to_q", "to_v")):
            out, into = layer.weight.shape
            tensors[f"unet.{name}.lora_A.weight"] = torch.randn(2, into)
            tensors[f"unet.{name}.lora_B.weight"] = torch.randn(out, 2)
    save_file(tensors, path)


def test_a_file_that_is_no_lora_is_refused(run_world: Run, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="must be a safetensors file"):
        run_world(lora=str(tmp_path / "lora.bin"))
    strange = tmp_path / "strange.safetensors"
    save_file({"weight": torch.zeros(2)}, strange)
    with pytest.raises(ModelError, match="does not fit"):
        run_world(lora=str(strange))


def test_a_panorama_of_another_shape_is_refused(run_world: Run) -> None:
    with pytest.raises(BadInput, match="twice as wide as high"):
        run_world(files={"source.png": np.zeros((64, 64, 3), np.uint8)}, source=kept_source(mask=""))
