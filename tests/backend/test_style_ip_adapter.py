"""Styles that an IP-Adapter shows to the network: what changes, what must not, and what is refused."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from backend.diffusion import memory
from backend.diffusion.ip_adapter import Showing, adapting, see_styles, showing
from backend.diffusion.ip_adapter_folder import read_ip_adapter_folder
from backend.diffusion.loading import LoadedModel, Models
from backend.diffusion.memory import Tier
from backend.diffusion.transfer import Transfer, evaluations, transfer_style
from protocol.errors import BadInput, Cancelled, ModelError
from protocol.messages import Progress, Stage
from protocol.style import Style, StyleMethod, StyleRequest
from tests.backend import tiny_models
from tests.backend.test_style_diffusion import Desk, tensor
from tests.backend.test_style_instant import picture, save

ADAPTERS = {"sd": "sd", "sdxl": "sdxl", "plus": "sd", "small": "small"}  # name of the adapter, of its model
FILE = "ip-adapter_tiny.safetensors"
SIZES = {"content": (40, 56), "look": (48, 40)}  # heights and widths


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, models: Models) -> Path:
    """Models whose decoders have attention where their families have it, one of another build, and their adapters."""
    root = tmp_path_factory.mktemp("models")
    tiny_models.save_sd(root / "sd", layers_per_block=2, up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
    tiny_models.save_sdxl(root / "sdxl", layers_per_block=2)
    tiny_models.save_sd(root / "small")
    tiny_models.save_mini(root / "mini")
    tiny_models.save_flux(root / "flux")
    tiny_models.save_controlnet(root / "depth")
    for name, model in ADAPTERS.items():
        tiny_models.save_ip_adapter(root / f"ip-{name}", models.get(str(root / model)).network, plus=name == "plus")
    return root


@pytest.fixture
def desk(tmp_path: Path, models: Models) -> Desk:
    return Desk(tmp_path, models, **SIZES)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, models: Models) -> Callable[..., np.ndarray]:
    """What a model makes of a prompt without an adapter."""
    return functools.cache(Desk(tmp_path_factory.mktemp("plain"), models, **SIZES).stylise)


def state(loaded: LoadedModel) -> tuple[Any, ...]:
    """Of a pipeline everything that an adapter changes."""
    network = loaded.network
    return (dict(loaded.pipe.config), set(loaded.pipe.components), loaded.pipe.feature_extractor,
            loaded.pipe.image_encoder, network.encoder_hid_proj, network.config.encoder_hid_dim_type,
            {name: type(processor) for name, processor in network.attn_processors.items()},
            sorted(network.state_dict()))


def shown_by(loaded: LoadedModel, folder: Path, *images: np.ndarray, scale: float = 1.0) -> Showing:
    return see_styles(loaded, read_ip_adapter_folder(folder), images, [1 / len(images)] * len(images), scale)


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_job_is_changed_by_it_and_leaves_the_model_as_it_was(name: str, folders: Path, models: Models, desk: Desk,
                                                               plain: Callable[..., np.ndarray]):
    model, adapter = folders / ADAPTERS[name], str(folders / f"ip-{name}")
    loaded = models.get(str(model))
    without, before = plain(model), state(loaded)
    first = desk.stylise(model, ip_adapter=adapter)
    assert max((event.step, event.steps) for event in desk.told if isinstance(event, Progress)) \
        == (evaluations(1, 3, is_guided=True),) * 2
    assert state(models.get(str(model))) == before
    assert models.get(str(model)) is loaded
    assert np.abs(first.astype(int) - without).mean() > 0.1
    assert np.array_equal(first, desk.stylise(model, ip_adapter=adapter))
    assert not np.array_equal(first, desk.stylise(model, ip_adapter=adapter, ip_adapter_scale=0.4))
    assert np.array_equal(without, desk.stylise(model))


@pytest.mark.parametrize("prompt", ["", "red brick"])
@pytest.mark.parametrize("name", ADAPTERS)
def test_at_scale_0_each_byte_is_as_without(name: str, prompt: str, folders: Path, desk: Desk,
                                            plain: Callable[..., np.ndarray]):
    model, adapter = folders / ADAPTERS[name], str(folders / f"ip-{name}")
    assert np.array_equal(plain(model, prompt=prompt) if prompt else plain(model),
                          desk.stylise(model, prompt=prompt, ip_adapter=adapter, ip_adapter_scale=0.0))


@pytest.mark.parametrize("name", ADAPTERS)
def test_what_is_shown_matters(name: str, folders: Path, models: Models, desk: Desk):
    """Where the styles that are injected stay the same."""
    loaded = models.get(str(folders / ADAPTERS[name]))
    content, style = tensor(picture(64, 64)), picture(64, 64, seed=2) ** 3

    def paint(shown: Showing) -> torch.Tensor:
        transfer = Transfer(content, (tensor(style),), (1.0,), 2, shown=shown)
        with adapting(loaded, shown.folder), (job := desk.job()).stage(Stage.STYLISE, 99):
            loaded.fit(64)
            return transfer_style(loaded, transfer, job, lambda now: None)

    one, other = (shown_by(loaded, folders / f"ip-{name}", seen) for seen in (style, picture(80, 60, seed=9)))
    assert torch.equal(paint(one), paint(one))
    assert (paint(one) - paint(other)).abs().mean() > 1e-4


@pytest.mark.parametrize("name", ["sd", "plus"])
def test_several_styles_are_mixed_by_weight(name: str, folders: Path, models: Models):
    loaded, folder = models.get(str(folders / "sd")), read_ip_adapter_folder(folders / f"ip-{name}")
    one, other = picture(40, 30, seed=1), picture(24, 50, seed=2)
    mixed = see_styles(loaded, folder, [one, other], [0.25, 0.75], 1.0)
    alone = [see_styles(loaded, folder, [seen], [1.0], 1.0) for seen in (one, other)]
    assert torch.allclose(mixed.styles, 0.25 * alone[0].styles + 0.75 * alone[1].styles, atol=1e-6)
    assert not torch.allclose(alone[0].styles, alone[1].styles, atol=1e-3)
    assert mixed.styles.shape == mixed.nothing.shape == ((1, 1, 17, 16) if name == "plus" else (1, 1, 12))
    assert torch.equal(alone[0].nothing, alone[1].nothing)


@pytest.mark.parametrize(("name", "wanted"), [
    ("sdxl", lambda layer: layer.startswith("up_blocks.0.attentions.1.")),
    ("sd", lambda layer: layer.startswith("up_blocks.1.")), ("small", lambda layer: True)])
def test_only_where_it_decides_on_style_the_network_sees_it(name: str, wanted: Callable[[str], bool], folders: Path,
                                                            models: Models, desk: Desk,
                                                            monkeypatch: pytest.MonkeyPatch):
    """In painting, twice a step for guidance; never where pictures are looked at."""
    looked: dict[str, int] = {}

    def count(loaded: LoadedModel, scale: float) -> Any:
        """From the first time of painting on, what each layer's keys are made of."""
        for layer, processor in loaded.network.attn_processors.items():
            if hasattr(processor, "to_k_ip") and layer not in looked:
                looked[layer] = 0
                processor.to_k_ip[0].register_forward_hook(
                    lambda _m, _a, _r, layer=layer: looked.__setitem__(layer, looked[layer] + 1))
        return showing(loaded, scale)

    monkeypatch.setattr("backend.diffusion.transfer.showing", count)
    desk.stylise(folders / name, ip_adapter=str(folders / f"ip-{name}"))
    assert len(looked) >= 3
    assert looked == {layer: 6 if wanted(layer) else 0 for layer in looked}
    assert any(looked.values())


@pytest.mark.parametrize("name", ["sd", "plus", "sdxl"])
def test_guidance_leads_from_no_picture_to_the_styles(name: str, folders: Path, models: Models, desk: Desk):
    loaded = models.get(str(folders / ADAPTERS[name]))
    shown = shown_by(loaded, folders / f"ip-{name}", picture(*SIZES["look"], seed=2) ** 3)
    seen: list[bool] = []  # the styles, or nothing

    def watch(_network: Any, _given: Any, options: dict[str, Any]) -> None:
        (pictures,) = options["added_cond_kwargs"]["image_embeds"]
        is_style = pictures.allclose(shown.styles, atol=1e-3)
        assert is_style or pictures.equal(shown.nothing)
        seen.append(is_style)

    hook = loaded.network.register_forward_pre_hook(watch, with_kwargs=True)
    desk.stylise(folders / ADAPTERS[name], ip_adapter=str(folders / f"ip-{name}"))
    hook.remove()
    assert seen == 12 * [False] + 3 * [False, False, False, True]  # twice a step to noise and once back, of each


def test_a_controlnet_and_it_are_both_followed(folders: Path, desk: Desk):
    save(desk.folder / "depth.png", picture(40, 36, seed=5))
    control = {"controlnet": str(folders / "depth"), "control": "depth.png"}
    adapter = {"ip_adapter": str(folders / "ip-small")}
    pictures = [desk.stylise(folders / "small", **choices) for choices in (control, adapter, control | adapter)]
    for place, one in enumerate(pictures):
        for other in pictures[:place]:
            assert not np.array_equal(one, other)


@pytest.mark.parametrize("name", ["sd", "sdxl"])
def test_after_a_cancel_and_a_failure_the_model_is_as_it_was(name: str, folders: Path, models: Models, desk: Desk,
                                                             tmp_path: Path, plain: Callable[..., np.ndarray],
                                                             monkeypatch: pytest.MonkeyPatch):
    def cancelled(loaded: LoadedModel, scale: float) -> Any:
        """In the middle of painting."""
        desk.patience = -1
        return showing(loaded, scale)

    loaded = models.get(str(folders / name))
    without, before = plain(folders / name), state(loaded)
    with monkeypatch.context() as patch:
        patch.setattr("backend.diffusion.transfer.showing", cancelled)
        with pytest.raises(Cancelled):
            desk.stylise(folders / name, ip_adapter=str(folders / f"ip-{name}"))
    desk.patience = None
    assert state(loaded) == before
    broken = changed(folders / f"ip-{name}", tmp_path, lambda weights: weights.pop("image_proj.norm.bias"))
    with pytest.raises(ModelError, match="cannot be loaded"):
        desk.stylise(folders / name, ip_adapter=str(broken))
    assert state(loaded) == before
    assert np.array_equal(without, desk.stylise(folders / name))


def test_a_model_that_is_kept_in_parts_takes_it_too(folders: Path, models: Models, desk: Desk,
                                                    plain: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch):
    """With accelerate's hooks, which move each part to the device as it is wanted: here to where it is."""
    model, adapter = folders / "sd", {"ip_adapter": str(folders / "ip-sd")}
    loaded = models.get(str(model))
    without, shown = plain(model), desk.stylise(model, **adapter)
    with monkeypatch.context() as patch:
        patch.setattr(memory, "choose_tier", lambda *_: Tier.PARTS)
        in_parts = [desk.stylise(model, **choices) for choices in ({}, adapter, {})]
        assert loaded.tier == Tier.PARTS
        with adapting(loaded, read_ip_adapter_folder(folders / "ip-sd")):
            assert not loaded.is_placed  # hooks know only of what was there when they were put on
            loaded.fit(64)
        assert not loaded.is_placed
    for found, wanted in zip(in_parts, (without, shown, without), strict=True):
        assert np.abs(found.astype(int) - wanted).max() <= 2  # of rounding, where tensors are aligned differently
    assert np.abs(shown.astype(int) - without).max() > 20


def changed(folder: Path, tmp_path: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> Path:
    """A copy of an adapter with other weights."""
    copy = shutil.copytree(folder, tmp_path / "changed")
    weights = load_file(copy / FILE)
    change(weights)
    save_file(weights, copy / FILE)
    return copy


def no_encoder(folder: Path) -> None:
    shutil.rmtree(folder / "image_encoder")


def other_encoder(folder: Path) -> None:
    config = folder / "image_encoder" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"model_type": "siglip_vision_model"}))


def wider_encoder(folder: Path) -> None:
    config = folder / "image_encoder" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"projection_dim": 20}))


def pickled_encoder(folder: Path) -> None:
    (folder / "image_encoder" / "model.safetensors").rename(folder / "image_encoder" / "pytorch_model.bin")


def empty_encoder(folder: Path) -> None:
    weights = load_file(folder / "image_encoder" / "model.safetensors")
    del weights["vision_model.post_layernorm.bias"]
    save_file(weights, folder / "image_encoder" / "model.safetensors", metadata={"format": "pt"})


def pickled(folder: Path) -> None:
    (folder / FILE).rename(folder / "ip-adapter_tiny.bin")


def gone(folder: Path) -> None:
    (folder / FILE).unlink()


def cut(folder: Path) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:-5])


def two(folder: Path) -> None:
    shutil.copy(folder / FILE, folder / "ip-adapter-plus.safetensors")


def of_faces(folder: Path) -> None:
    weights = load_file(folder / FILE)
    weights["image_proj.proj.0.weight"] = weights.pop("image_proj.proj.weight")
    save_file(weights, folder / FILE)


def of_other_layers(folder: Path) -> None:
    weights = load_file(folder / FILE)
    weights["ip_adapter.1.to_k_ip.weight"] = torch.zeros(24, tiny_models.SD_WIDTH)
    weights["ip_adapter.1.to_v_ip.weight"] = torch.zeros(24, tiny_models.SD_WIDTH)
    save_file(weights, folder / FILE)


def not_finite(folder: Path) -> None:
    weights = load_file(folder / "image_encoder" / "model.safetensors")
    weights["visual_projection.weight"][:] = float("nan")
    save_file(weights, folder / "image_encoder" / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(("spoil", "said"), [
    (shutil.rmtree, "There is no IP-Adapter's folder at"), (no_encoder, "has no image encoder"),
    (other_encoder, "is a siglip_vision_model, not CLIP's"), (wider_encoder, "tells 20 numbers, but .* wants 12"),
    (pickled_encoder, "are pickled"), (empty_encoder, "do not fit its config.json"), (pickled, "are pickled"),
    (gone, "holds no IP-Adapter"), (cut, "is cut off or damaged"), (two, "holds 2 IP-Adapters"),
    (of_faces, "no IP-Adapter that sees pictures by CLIP"), (of_other_layers, "do not fit those of"),
    (not_finite, "sees what is not finite")])
def test_what_cannot_be_used_is_said_before_work_begins(spoil: Callable[[Path], object], said: str, folders: Path,
                                                        models: Models, desk: Desk, tmp_path: Path):
    adapter = shutil.copytree(folders / "ip-sd", tmp_path / "adapter")
    spoil(adapter)
    before = state(models.get(str(folders / "sd")))
    with pytest.raises(ModelError, match=said):
        desk.stylise(folders / "sd", ip_adapter=str(adapter))
    assert desk.steps == 0
    assert state(models.get(str(folders / "sd"))) == before


@pytest.mark.parametrize(("model", "adapter", "said"), [
    ("mini", "ip-sd", "wants a Stable Diffusion or SDXL model, and mini is Vernissage mini"),
    ("flux", "ip-sd", "wants a Stable Diffusion or SDXL model, and flux is FLUX"),
    ("sdxl", "ip-sd", "is 32 wide, but .*sdxl .* is 56"), ("sd", "ip-sdxl", "is 56 wide, but .*sd .* is 32"),
    ("sd", "ip-small", "The layers of the IP-Adapter .* do not fit")])
def test_a_model_of_another_kind_is_refused(model: str, adapter: str, said: str, folders: Path, desk: Desk):
    with pytest.raises(ModelError, match=said):
        desk.stylise(folders / model, ip_adapter=str(folders / adapter))
    assert desk.steps == 0


def test_the_encoder_may_lie_deeper(folders: Path, tmp_path: Path):
    adapter = shutil.copytree(folders / "ip-sd", tmp_path / "adapter")
    (adapter / "models").mkdir()
    (adapter / "image_encoder").rename(adapter / "models" / "image_encoder")
    assert read_ip_adapter_folder(adapter).encoder == adapter / "models" / "image_encoder"


@pytest.mark.parametrize("scale", [-0.1, 1.6, float("nan")])
def test_a_scale_has_bounds(scale: float):
    with pytest.raises(BadInput, match="IP-Adapter Scale"):
        StyleRequest(name="a", content="a.png", styles=(Style(picture="b.png"),), method=StyleMethod.DIFFUSION,
                     ip_adapter_scale=scale)
