"""Networks that the artist brings: VGG19 and AdaIN, by random weights of their layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from backend.job import Job
from backend.jobs import run
from backend.style.adain import AdainNetwork, Vgg19, adain, adain_network, statistics_of
from backend.style.instant import look_of, stylise
from protocol.errors import BadInput
from protocol.style import Style, StyleMethod, StyleRequest
from tests.backend.test_style_instant import picture, save

NORMALISED = (2, 5, 9, 12, 16, 19, 22, 25, 29, 32, 35, 38, 42)
TORCHVISION = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28)
WIDTHS = (3, 4, 4, 6, 6, 8, 8, 8, 8, 10, 10, 10, 10, 10)
DECODER = ((1, 10, 8), (5, 8, 8), (8, 8, 8), (11, 8, 8), (14, 8, 6), (18, 6, 6), (21, 6, 4), (25, 4, 4), (28, 4, 3))


def convolution(chance: torch.Generator, wide: int, made: int, side: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    scale = (2 / (wide * side * side)) ** 0.5
    return scale * torch.randn((made, wide, side, side), generator=chance), 0.1 * torch.rand(made, generator=chance)


def vgg_weights(*, normalised: bool) -> dict[str, torch.Tensor]:
    chance = torch.Generator().manual_seed(1)
    places, prefix = (NORMALISED, "") if normalised else (TORCHVISION, "features.")
    layers = {place: convolution(chance, *WIDTHS[number:number + 2]) for number, place in enumerate(places)}
    if normalised:
        layers[0] = convolution(chance, 3, 3, 1)
    return {f"{prefix}{place}.{name}": value for place, pair in layers.items()
            for name, value in zip(("weight", "bias"), pair, strict=True)}


@pytest.fixture(params=[True, False], ids=["normalised", "torchvision"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "networks"
    path.mkdir()
    save_file(vgg_weights(normalised=request.param), path / "vgg19.safetensors")
    chance = torch.Generator().manual_seed(2)
    layers = {place: convolution(chance, wide, made) for place, wide, made in DECODER}
    save_file({f"{place}.{name}": value for place, pair in layers.items()
               for name, value in zip(("weight", "bias"), pair, strict=True)}, path / "decoder.safetensors")
    return path


def request_of(tmp_path: Path, folder: Path, method: StyleMethod = StyleMethod.INSTANT) -> StyleRequest:
    save(tmp_path / "content.png", picture(70, 90, seed=1))
    save(tmp_path / "look.png", picture(64, 64, seed=2))
    return StyleRequest(name="Content", content="content.png", styles=(Style(picture="look.png"),), method=method,
                        steps=3, encoder=str(folder))


def go(request: StyleRequest, folder: Path) -> bytes:
    result = run(request, Job("1", folder, lambda event: None, lambda: False), None)  # type: ignore[arg-type]
    return (folder / result.picture).read_bytes()


def test_the_output_has_the_statistics_of_the_style():
    chance = torch.Generator().manual_seed(3)
    content, style = (scale * torch.rand((2, 5, 12, 9), generator=chance, dtype=torch.float64) for scale in (1, 7))
    wanted = statistics_of(style)
    for ours, theirs in zip(statistics_of(adain(content, wanted)), wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(adain(content, statistics_of(content)), content)


@pytest.mark.parametrize("normalised", [True, False])
def test_layers_see_smaller_and_smaller_pictures(normalised: bool):
    features = Vgg19(vgg_weights(normalised=normalised))(torch.rand((1, 3, 64, 48)))
    assert [tuple(each.shape[1:]) for each in features] == [
        (4, 64, 48), (6, 32, 24), (8, 16, 12), (10, 8, 6), (10, 4, 3)]
    assert all((each >= 0).all() for each in features)


def test_a_tile_by_the_statistics_of_the_whole_is_a_part_of_the_whole(folder: Path, monkeypatch: pytest.MonkeyPatch):
    content = picture(400, 480, seed=4)
    look = look_of([(picture(64, 64, seed=2), 1.0)], [], brought=adain_network(folder))
    whole = stylise(content, look)
    monkeypatch.setattr("backend.style.instant._WHOLE_PX", 400 * 400)
    monkeypatch.setattr("backend.style.instant._TILE_PX", 160)
    statistics = look.parts[0][1].measure(content[None], look.parts[0][2])[1]
    in_tiles = stylise(content, look, statistics=[statistics])
    np.testing.assert_allclose(in_tiles[100:300, 100:300], whole[100:300, 100:300], atol=2e-5)


@pytest.mark.parametrize("method", list(StyleMethod)[:3])
def test_every_method_sees_by_it_and_repeats(method: StyleMethod, tmp_path: Path, folder: Path):
    request = request_of(tmp_path, folder, method)
    made = go(request, tmp_path)
    assert made == go(request, tmp_path)
    own = StyleRequest(**{**request.__dict__, "encoder": ""})
    assert made != go(own, tmp_path)


def test_what_is_missing_or_strange_is_told(tmp_path: Path, folder: Path):
    (folder / "decoder.safetensors").unlink()
    go(request_of(tmp_path, folder, StyleMethod.GRAM), tmp_path)  # needs none
    with pytest.raises(BadInput, match=r"decoder\.safetensors is not there") as caught:
        go(request_of(tmp_path, folder), tmp_path)
    assert "Encoder" in caught.value.remedy
    other = tmp_path / "other"
    other.mkdir()
    save_file({"a": torch.zeros(3)}, other / "vgg19.safetensors")
    with pytest.raises(BadInput, match="another network"):
        go(request_of(tmp_path, other), tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "vgg19.safetensors").write_bytes(b"no network")
    with pytest.raises(BadInput, match="cannot be read"):
        go(request_of(tmp_path, broken), tmp_path)
    chance = torch.Generator().manual_seed(2)
    with pytest.raises(ValueError, match="after one of 10 channels"):
        AdainNetwork(Vgg19(vgg_weights(normalised=True)), {
            f"{place}.{name}": value for place, *widths in ((1, 12, 8), *DECODER[1:])
            for name, value in zip(("weight", "bias"), convolution(chance, *widths), strict=True)})
    wide = vgg_weights(normalised=False) | {"features.5.weight": torch.zeros((6, 5, 3, 3))}
    with pytest.raises(ValueError, match="after one of 4 channels"):
        Vgg19(wide)
