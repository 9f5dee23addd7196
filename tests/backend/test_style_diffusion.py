"""Style by diffusion: the way back to noise, injected attention, patches of latents, and jobs with tiny models."""

from __future__ import annotations

import base64
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, FlowMatchEulerDiscreteScheduler
from PIL import Image
from safetensors.torch import load_file, save_file

from backend.diffusion import injection
from backend.diffusion.decode import decode_latents, encode_pictures
from backend.diffusion.injection import Injection, adapted, injecting
from backend.diffusion.inversion import invert, noise_levels
from backend.diffusion.latent_patches import restyled
from backend.diffusion.loading import Models
from backend.diffusion.transfer import Transfer, evaluations, side_step_px, transfer_style
from backend.job import Job
from backend.jobs import run
from backend.jobs.matte import control_picture
from protocol.errors import BadInput, Cancelled, ModelError, OutOfMemory
from protocol.making import STRIPS_KEY
from protocol.messages import Event, Preview, Progress, Stage
from protocol.png import png_text
from protocol.requests import ViewCamera
from protocol.style import Matte, Style, StyleMethod, StyleRequest, StyleResult
from tests.backend import tiny_models
from tests.backend.test_style_instant import picture, save, written

MODELS = ("sd", "sdxl", "mini")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("models")
    tiny_models.save_sd(root / "sd")
    tiny_models.save_sdxl(root / "sdxl")
    tiny_models.save_mini(root / "mini")
    tiny_models.save_flux(root / "flux")
    tiny_models.save_controlnet(root / "sd-depth")
    return root


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


class Desk:
    """A job's folder with content.png and look.png; what a job told, and when it is cancelled."""

    def __init__(self, folder: Path, models: Models, content: tuple[int, int] = (72, 96),
                 look: tuple[int, int] = (80, 72)) -> None:
        """Args:
            content, look: heights and widths.
        """
        self.folder, self.told, self.patience = folder, [], None
        self._models = models
        save(folder / "content.png", picture(*content))
        save(folder / "look.png", picture(*look, seed=2) ** 3)

    def job(self) -> Job:
        self.told: list[Event] = []
        return Job("1", self.folder, self.told.append, lambda: self.patience is not None and self.steps > self.patience)

    @property
    def steps(self) -> int:
        return sum(isinstance(event, Progress) and event.step > 0 for event in self.told)

    def stylise(self, model: Path, **choices: object) -> np.ndarray:
        request = StyleRequest(**{"name": "Content", "content": "content.png", "styles": (Style(picture="look.png"),),
                                  "method": StyleMethod.DIFFUSION, "model": str(model), "steps": 3, **choices})
        result = run(request, self.job(), self._models)
        assert isinstance(result, StyleResult)
        return written(self.folder, result)


@pytest.fixture
def desk(tmp_path: Path, models: Models) -> Desk:
    return Desk(tmp_path, models)


def tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image)[None]


def latents(height: int, width: int, seed: int) -> torch.Tensor:
    return torch.randn((1, 4, height, width), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_what_a_level_consists_of_makes_it_again(prediction: str):
    levels = noise_levels(DDIMScheduler(prediction_type=prediction), 5, "a")
    clean, noise = latents(6, 4, 1), latents(6, 4, 2)
    for place, signal in enumerate(levels.signal):
        mixed = levels.mixed(clean, noise, place)
        predicted = {"epsilon": noise, "sample": clean,
                     "v_prediction": signal**0.5 * noise - (1 - signal) ** 0.5 * clean}[prediction]
        for found, wanted in zip(levels.parts(mixed, predicted, place), (clean, noise), strict=True):
            assert torch.allclose(found, wanted, atol=1e-4)
    assert torch.equal(levels.mixed(clean, noise, -1), clean)
    assert list(levels.signal) == sorted(levels.signal, reverse=True)


def test_the_way_to_noise_leads_back():
    """Of a network that knows the noise to depend on the latents smoothly."""
    levels = noise_levels(DDIMScheduler(), 10, "a")
    start = latents(8, 8, 1)

    def predict(given: torch.Tensor, time: int) -> torch.Tensor:
        return 0.2 * torch.tanh(given) + time / 2000

    path = invert(start, levels, predict)
    now = path[-1]
    for place in reversed(range(len(levels))):
        now = levels.mixed(*levels.parts(now, predict(now, levels.times[place]), place), place - 1)
    assert len(path) == 10
    assert (path[-1] - start).abs().mean() > 0.3
    assert (now - start).abs().mean() < 0.02


def test_a_scheduler_of_another_kind_is_refused():
    with pytest.raises(ModelError, match=r"cannot be followed back from a picture .*FlowMatch"):
        noise_levels(FlowMatchEulerDiscreteScheduler(), 5, "a")


@pytest.mark.parametrize("name", MODELS)
def test_in_its_own_style_the_picture_comes_back(name: str, folders: Path, models: Models, desk: Desk,
                                                 monkeypatch: pytest.MonkeyPatch):
    """As its autoencoder shows it, where queries are held and the attention is not sharper than the network's own.
    The way back is one of a network whose answer changes little from step to step, as that of a trained one.
    """
    monkeypatch.setattr(injection, "_SHARPNESS", 1.0)
    loaded = models.get(str(folders / name))
    loaded.fit(64)
    monkeypatch.setattr(loaded.network.conv_out, "weight", torch.nn.Parameter(0.02 * loaded.network.conv_out.weight))
    content, other = tensor(picture(64, 64)), tensor(picture(64, 64, seed=2) ** 3)
    wanted = decode_latents(loaded, encode_pictures(loaded, content))

    def apart(style: torch.Tensor, weight: float) -> float:
        transfer = Transfer(content, (style,), (1.0,), 8, weight)
        with (job := desk.job()).stage(Stage.STYLISE, evaluations(1, 8, is_guided=False)):
            found = transfer_style(loaded, transfer, job, lambda now: None)
        return float((found - wanted).square().mean().sqrt() / wanted.std())

    own = apart(content, 100.0)
    assert own < 0.15
    assert own < 0.5 * apart(other, 1.0)


@pytest.mark.parametrize("name", MODELS)
def test_who_looks_at_itself_with_its_own_eyes_sees_what_it_saw(name: str, folders: Path, models: Models):
    """With the content as the style and held queries the injected attention is that of the content, but sharper."""
    loaded = models.get(str(folders / name))
    network = loaded.network
    content, other = latents(8, 8, 1), latents(8, 8, 2)
    injected = Injection([1.0], 1.0)
    layers = [module for path, module in network.named_modules() if path.endswith("attn1") and "up_blocks" in path]
    seen: list[torch.Tensor] = []
    with injecting(network, injected), torch.no_grad():
        hooks = [layer.register_forward_hook(lambda _m, _a, result: seen.append(result)) for layer in layers]
        words = torch.zeros((1, 4, loaded.folder.context_width))
        options = {"added_cond_kwargs": {"text_embeds": torch.zeros((1, tiny_models.POOLED_WIDTH)),
                                         "time_ids": torch.zeros((1, 6))}} if name == "sdxl" else {}
        for place in (0, 1):
            with injected.looking(place):
                network(content, 300, words, **options)
        plain = seen[len(layers):]
        with injected.painting():
            network(other, 300, words, **options)
        for hook in hooks:
            hook.remove()
    assert len(layers) >= 1
    for before, after in zip(plain, seen[2 * len(layers):], strict=True):
        assert torch.corrcoef(torch.stack([before.ravel(), after.ravel()]))[0, 1] > 0.95
    assert not any("Injecting" in type(processor).__name__ for processor in network.attn_processors.values())


def test_adapted_latents_have_the_mean_and_the_deviation_of_the_styles():
    one, other = 3 * latents(8, 8, 2) + 1, 0.5 * latents(6, 10, 3) - 2
    found = adapted(latents(8, 4, 1), [one, other], [0.25, 0.75])
    for measure in (torch.Tensor.mean, torch.Tensor.std):
        wanted = 0.25 * measure(one, (2, 3)) + 0.75 * measure(other, (2, 3))
        assert torch.allclose(measure(found, (2, 3)), wanted, atol=1e-4)


def test_patches_of_a_picture_in_its_own_style_are_its_own():
    given = latents(12, 10, 1)
    found = restyled(given, given, given, 0.5)
    assert (found - given).abs().max() < 0.05
    assert (restyled(latents(12, 10, 4), given, given, 1.0) - given).abs().max() < 0.05  # the content decides


def test_patches_are_taken_from_all_of_a_style():
    """Of a style that is half black and half white as much is taken of either, whatever the picture is like."""
    style = torch.ones((1, 4, 12, 12))
    style[..., :6] = -1
    style += 0.1 * latents(12, 12, 5)
    dark = latents(16, 16, 6) - 3
    found = restyled(dark, dark, style, 0.5)
    assert abs(found.mean() - style.mean()) < 0.1
    assert found.std() > 0.5


@pytest.mark.parametrize("name", MODELS)
def test_a_job_shows_how_far_it_is_and_repeats(name: str, folders: Path, desk: Desk):
    first = desk.stylise(folders / name)
    assert first.shape == (72, 96, 3)
    assert max(event.steps for event in desk.told if isinstance(event, Progress)) == evaluations(1, 3, is_guided=False)
    assert any(isinstance(event, Preview) for event in desk.told)
    assert np.array_equal(first, desk.stylise(folders / name))
    assert not np.array_equal(first, desk.stylise(folders / name, styles=(Style(picture="content.png"),)))


@pytest.mark.parametrize("choices", [{"prompt": "red brick"}, {"content_weight": 5.0}, {"stroke_scale": 2.0}, {
    "styles": (Style(picture="look.png"), Style(picture="content.png", weight=3.0))}],
    ids=["prompt", "held", "large", "mixed"])
def test_each_choice_tells(choices: dict[str, object], folders: Path, desk: Desk):
    plain = desk.stylise(folders / "mini").astype(int)
    assert np.abs(desk.stylise(folders / "mini", **choices) - plain).mean() > 0.1


def test_a_controlnet_follows_its_picture(folders: Path, desk: Desk):
    save(desk.folder / "depth.png", picture(40, 36, seed=5))
    save(desk.folder / "other.png", picture(40, 36, seed=6))
    asked = {"controlnet": str(folders / "sd-depth")}
    plain, one, other = (desk.stylise(folders / "sd", **choices).astype(int) for choices in (
        {}, {**asked, "control": "depth.png"}, {**asked, "control": "other.png"}))
    assert np.abs(one - plain).mean() > 0.05
    assert np.abs(one - other).mean() > 0.01


def test_no_strength_is_the_picture_itself(folders: Path, desk: Desk):
    given = np.rint(picture(72, 96) * 255)
    assert np.array_equal(desk.stylise(folders / "mini", strength=0.0), given)


def test_a_cancel_waits_for_one_evaluation(folders: Path, desk: Desk):
    desk.patience = 4
    with pytest.raises(Cancelled):
        desk.stylise(folders / "sd", steps=50)
    assert desk.steps <= 6
    desk.patience = None
    assert desk.stylise(folders / "sd").shape == (72, 96, 3)


@pytest.mark.parametrize(("name", "said"), [
    ("flux", r"Styles are injected into UNets, and flux is FLUX\.1"), ("gone", "There is no model folder"),
    ("empty", "has no model_index.json")])
def test_a_model_that_cannot_says_so(name: str, said: str, folders: Path, desk: Desk):
    (folders / "empty").mkdir(exist_ok=True)
    with pytest.raises(ModelError, match=said):
        desk.stylise(folders / name)


def test_broken_weights_are_no_picture(folders: Path, tmp_path: Path, desk: Desk):
    broken = shutil.copytree(folders / "mini", tmp_path / "broken")
    (path,) = (broken / "unet").glob("*.safetensors")
    weights = load_file(path)
    weights["conv_out.bias"][:] = float("nan")
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match="not finite"):
        desk.stylise(broken)


@pytest.mark.parametrize(("choices", "said"), [
    ({"control": "a.png"}, "no ControlNet that could follow"),
    ({"control": "../a.png", "controlnet": "/a"}, "is not a plain file name"), ({"model": " "}, "No model is chosen"),
    ({"prompt": "\udc80"}, "not valid UTF-8"), ({"styles": (Style(fixed=1),)}, "instant method only")])
def test_what_cannot_be_asked(choices: dict[str, object], said: str):
    with pytest.raises(BadInput, match=said):
        StyleRequest(**{"name": "a", "content": "a.png", "styles": (Style(picture="b.png"),),
                        "method": StyleMethod.DIFFUSION, **choices})


def test_memory_that_runs_out_is_told(folders: Path, models: Models, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    loaded = models.get(str(folders / "mini"))

    def refuse(*_arguments: object, **_options: object) -> None:
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(loaded.network, "forward", refuse)
    content = tensor(picture(64, 64))
    with pytest.raises(OutOfMemory, match="64 × 64 px does not fit"):
        transfer_style(loaded, Transfer(content, (content,), (1.0,), 2), desk.job(), lambda now: None)


def test_sides_fit_the_network(folders: Path, models: Models):
    assert side_step_px(models.get("mini")) == 32
    assert side_step_px(models.get(str(folders / "sd"))) == 16


@pytest.mark.parametrize("name", MODELS)
def test_what_is_painted_already_stays_and_the_rest_takes_after_it(name: str, folders: Path, models: Models,
                                                                   desk: Desk):
    loaded = models.get(str(folders / name))
    content, held = tensor(picture(64, 96)), tensor(picture(64, 96, seed=5))
    where = torch.zeros((1, 1, 64, 96))
    where[..., :48] = 1
    plain = Transfer(content, (tensor(picture(64, 64, seed=2)),), (1.0,), 3)

    def painted(transfer: Transfer) -> torch.Tensor:
        job = desk.job()
        steps = evaluations(1, 3, is_guided=False, is_held=transfer.held is not None)
        with job.stage(Stage.STYLISE, steps=steps):
            shown = transfer_style(loaded, transfer, job, lambda now: None)
        assert desk.told[-1].step == steps  # it took as many as it said
        return shown

    whole = painted(replace(plain, held=held, where=torch.ones_like(where)))
    assert torch.allclose(whole, decode_latents(loaded, encode_pictures(loaded, held)), atol=2e-3)
    half, alone = painted(replace(plain, held=held, where=where)), painted(plain)
    assert (half - alone).abs()[:, :, 72:].mean() > 1e-4
    assert (half - whole).abs()[:, :, 72:].mean() > 1e-4


def test_the_controlnet_of_a_render_follows_its_meshes(folders: Path, desk: Desk):
    """How far they are: another scene gives another picture, and the depth as a picture of its own the same."""
    camera = ViewCamera(name="Camera", world_to_camera=tuple(np.eye(4).ravel().tolist()), fov_rad=0.8, clip_near=0.1,
                        clip_far=100.0)
    shown = []
    for depths in ((2.0, 4.0), (4.0, 2.0)):
        corners = np.float32([[-3, -3, -depths[0]], [3, -3, -depths[1]], [3, 3, -depths[1]], [-3, 3, -depths[0]]])
        np.savez(desk.folder / "scene.npz", positions=corners, triangles=np.int32([[0, 1, 2], [0, 2, 3]]),
                 object_ids=np.zeros(2, np.int32))
        matte = Matte(mesh="scene.npz", names=("Wall",), camera=camera, aspect=96 / 72)
        choices = {"controlnet": str(folders / "sd-depth"), "matte": matte}
        shown.append(desk.stylise(folders / "sd", **choices))
        request = StyleRequest(name="a", content="content.png", styles=(Style(picture="look.png"),),
                               method=StyleMethod.DIFFUSION, **choices)
        depth = control_picture(request, 72, 96, desk.job())
        assert depth.shape == (72, 96, 3) and depth.min() > 0.15 and depth.max() == 1
        assert (depth[36, 2, 0] > depth[36, 93, 0]) is np.bool_(depths[0] < depths[1])  # near is white
        Image.fromarray(np.rint(depth * 255).astype(np.uint8)).save(desk.folder / "depth.png")
        (sources,) = json.loads(png_text(desk.folder / "styled.png", STRIPS_KEY))
        assert (sources["kind"], sources["captions"]) == ("sources", ["content", "style", "depth"])
        with Image.open(io.BytesIO(base64.b64decode(sources["jpeg"]))) as image:
            small = np.asarray(image, np.float32).reshape(120, 3, 160, 3) / 255
        for place, whole in ((0, picture(72, 96)), (2, depth)):  # a JPEG of them, larger
            there = np.asarray(Image.fromarray(np.rint(whole * 255).astype(np.uint8)).resize((160, 120))) / 255
            assert np.abs(small[:, place] - there).mean() < 0.02
        same = desk.stylise(folders / "sd", controlnet=choices["controlnet"], control="depth.png")
        assert json.loads(png_text(desk.folder / "styled.png", STRIPS_KEY))[0]["captions"][-1] == "control"
        assert np.abs(same.astype(int) - shown[-1]).max() <= 1
    assert np.abs(shown[0].astype(int) - shown[1]).max() > 4


def test_a_controlnet_without_anything_to_follow_says_so(folders: Path, desk: Desk):
    with pytest.raises(BadInput, match="no picture that the ControlNet could follow"):
        desk.stylise(folders / "sd", controlnet=str(folders / "sd-depth"))
