"""Style learnt: the generator, the discriminator, what both lose, and how a style is measured and kept."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from backend.style.adversarial.content import Heads, patch_contrast
from backend.style.adversarial.crops import crops, scaled
from backend.style.adversarial.discriminator import (
    Discriminator,
    augmented,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
)
from backend.style.adversarial.generator import Generator
from backend.style.adversarial.score import StyleScore, content_loss
from backend.style.adversarial.styles import read_card, read_style, write_style
from backend.style.instant import look_of, stylise
from backend.style.networks import fixed_style_network, fixed_style_weights, trained_style_network
from benchmarks.style import _at_equal_style
from protocol.errors import BadInput, StorageError
from tests.backend.test_style_instant import picture


def tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None]


def chance(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def changed(number: int = 3, by: float = 0.05) -> dict[str, np.ndarray]:
    """A fixed style's weights, each a little different, as training leaves them."""
    random = np.random.default_rng(number)
    return {name: value + by * np.abs(value).mean() * random.standard_normal(value.shape).astype(np.float32)
            for name, value in fixed_style_weights(number).items()}


def test_the_generator_begins_as_the_fixed_network():
    image = picture(96, 128)
    for number in (0, 17):
        style = np.eye(26, dtype=np.float32)[number]
        (theirs,), _ = fixed_style_network().measure(image[None], style)
        with torch.no_grad():
            ours = Generator(fixed_style_weights(number))(tensor(image))[0].permute(1, 2, 0).numpy()
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_what_was_learnt_runs_as_the_fixed_network_does():
    weights, image = changed(), picture(96, 128)
    generator = Generator(weights)
    with torch.no_grad():
        ours = generator(tensor(image))[0].permute(1, 2, 0).numpy()
    (theirs,), _ = trained_style_network(generator.weights()).measure(image[None], np.ones(1, np.float32))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert np.abs(ours - stylise(image, look_of([], [(3, 1.0)]))).max() > 0.01


def test_a_discriminator_that_knows_nothing_loses_two_bits_in_nats():
    nothing = torch.zeros((3, 1, 5, 5))
    assert discriminator_loss(nothing, nothing) == pytest.approx(2 * math.log(2))
    assert generator_loss(nothing) == pytest.approx(math.log(2))
    assert discriminator_loss(nothing + 5, nothing - 5) < 0.02 < 10 < discriminator_loss(nothing - 5, nothing + 5)


def test_a_logit_sees_seventy_pixels():
    torch.manual_seed(1)
    image = torch.rand((1, 3, 160, 160), requires_grad=True)
    logits = Discriminator(4)(image)
    assert logits.shape == (1, 1, 18, 18)
    logits[0, 0, 9, 9].backward()
    seen = image.grad.abs().sum((0, 1)) > 0
    assert int(seen.any(0).sum()) == int(seen.any(1).sum()) == 70


def test_the_gradient_penalty_is_that_of_finite_differences():
    torch.manual_seed(1)
    discriminator = Discriminator(4).double()
    images = torch.rand((2, 3, 32, 32), dtype=torch.float64)
    squares = 0.0
    with torch.no_grad():
        for image in images:
            for places in torch.arange(image.numel()).split(256):  # each moves in a copy of its own
                moves = 1e-6 * torch.nn.functional.one_hot(places, image.numel()).double().unflatten(1, image.shape)
                one, other = (discriminator(image + sign * moves).sum((1, 2, 3)) for sign in (1, -1))
                squares += float(((one - other) / 2e-6).square().sum())
        logits = discriminator(images).numel()
    assert gradient_penalty(discriminator, images).item() == pytest.approx(squares / (2 * logits), rel=1e-5)


def test_the_gradient_penalty_trains_the_discriminator():
    torch.manual_seed(1)
    discriminator, images = Discriminator(4), torch.rand((2, 3, 64, 64))
    before = gradient_penalty(discriminator, images)
    descent = torch.optim.Adam(discriminator.parameters(), 1e-3)
    for _ in range(5):
        descent.zero_grad()
        gradient_penalty(discriminator, images).backward()
        descent.step()
    assert gradient_penalty(discriminator, images) < 0.9 * before


def test_augmentation_differs_by_chance_and_lets_gradients_through():
    images = torch.rand((4, 3, 64, 64), generator=chance(), requires_grad=True)
    assert augmented(images, 0.0, chance()) is images
    one, same, other = (augmented(images, 0.5, chance(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    one.sum().backward()
    assert float((images.grad.abs() > 0).float().mean()) > 0.6
    assert float((one == 0).all(1).float().mean()) > 0.02  # a hole, and a border from outside


def test_patches_alike_cannot_be_told_apart():
    same = [torch.nn.functional.normalize(torch.ones((2, 64, 8)), dim=2)]
    assert patch_contrast(same, same) == pytest.approx(math.log(64), rel=1e-4)
    apart = [torch.eye(64)[None]]
    assert patch_contrast(apart, apart) < 1e-3
    shuffled = [apart[0][:, torch.randperm(64, generator=chance())]]
    assert patch_contrast(shuffled, apart) > 10


def test_heads_give_directions():
    torch.manual_seed(1)
    features = [torch.rand((2, 6, 8, 8)), torch.rand((2, 10, 4, 4))]
    places = [torch.arange(20), torch.arange(9)]
    found = Heads([6, 10])(features, places)
    assert [tuple(each.shape[:2]) for each in found] == [(2, 20), (2, 9)]
    for each in found:
        torch.testing.assert_close(each.norm(dim=2), torch.ones(each.shape[:2]))


def test_crops_repeat_with_the_chance_they_are_given():
    pictures = [scaled(picture(100, 150), 80), scaled(picture(70, 70, seed=2), 96)]
    assert [tuple(each.shape) for each in pictures] == [(3, 80, 120), (3, 96, 96)]
    one, same = (crops(pictures, 6, 64, (0.8, 1.25), chance()) for _ in range(2))
    assert one.shape == (6, 3, 64, 64)
    assert torch.equal(one, same)
    assert len({each.numpy().tobytes() for each in one}) == 6
    assert 0 <= one.min() < 0.2 < 0.8 < one.max() <= 1


def test_a_long_picture_gives_its_middle():
    image = np.zeros((40, 800, 3), np.float32)
    image[:, 350:450] = 1
    cut = scaled(image, 40, 80)
    assert cut.shape == (3, 40, 80)
    assert int(cut.min()) == 255


def test_the_patch_distance_is_nothing_for_the_style_and_grows_with_what_differs():
    style = picture(128, 128)
    score = StyleScore([tensor(style)])
    assert score.distance([tensor(style)]) == 0
    turned = score.distance([tensor(style[:, ::-1].copy())])
    darker = score.distance([tensor(0.5 * style)])
    smooth = score.distance([tensor(np.full_like(style, 0.5))])
    assert turned < 0.2 < darker
    assert 2 * turned < smooth
    again = score.distance([tensor(style), tensor(style)])
    assert again < turned + 0.1  # the same style twice is the same style


def test_films_are_compared_at_equal_style():
    """The nearer one goes back to its frames until it is as far as the other, which stays."""
    plain, style = [picture(64, 64, seed=seed) for seed in range(2)], picture(64, 64, seed=9) ** 3
    score = StyleScore([tensor(style)])
    near, far = ([(1 - share) * frame + np.float32(share) * style for frame in plain] for share in (0.9, 0.5))
    mixed, other = _at_equal_style(near, far, plain, score)
    assert other is far
    assert score.distance([tensor(mixed[0])]) == pytest.approx(score.distance([tensor(far[0])]), rel=0.02)
    assert score.distance([tensor(near[0])]) < 0.8 * score.distance([tensor(far[0])])


def test_content_is_lost_with_its_shapes_but_not_with_its_colours():
    content = picture(96, 96)
    assert content_loss([tensor(content)], [tensor(content)]) == 0
    tinted = content_loss([tensor(content * np.float32([0.9, 0.8, 0.7]))], [tensor(content)])
    other = content_loss([tensor(picture(96, 96, seed=5))], [tensor(content)])
    assert 0 < tinted < 0.6 * other


def test_a_style_comes_back_as_it_was_written(tmp_path: Path):
    weights, path = changed(), tmp_path / "new" / "Mine.safetensors"
    write_style(path, weights, {"name": "Mine", "licence": "CC0", "steps": 7})
    back = read_style(path)
    assert back.keys() == weights.keys()
    for name, value in weights.items():
        np.testing.assert_array_equal(back[name], value)
    assert read_card(path) == {"version": 1, "name": "Mine", "licence": "CC0", "steps": 7}
    assert [each.name for each in path.parent.iterdir()] == ["Mine.safetensors"]


def test_foreign_and_broken_styles_are_refused(tmp_path: Path):
    whole = tmp_path / "whole.safetensors"
    write_style(whole, changed(), {"name": "Mine"})
    (tmp_path / "half.safetensors").write_bytes(whole.read_bytes()[:5000])
    (tmp_path / "text.safetensors").write_text("no style")
    save_file(load_file(whole), tmp_path / "bare.safetensors")
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "other.safetensors",
              {"vernissage.style": json.dumps({"version": 1})})
    save_file(load_file(whole), tmp_path / "new.safetensors", {"vernissage.style": json.dumps({"version": 99})})
    sick = {name: value.copy() for name, value in changed().items()}
    sick["res.0.0.w"][0] = np.nan
    write_style(tmp_path / "sick.safetensors", sick, {"name": "Mine"})
    for name, word in (("half", "broken"), ("text", "broken"), ("bare", "no style"), ("other", "no style"),
                       ("new", "no style"), ("sick", "no style"), ("none", "not there"), ("", "broken")):
        with pytest.raises(BadInput, match=word) as caught:
            read_style(tmp_path / f"{name}.safetensors" if name else tmp_path)
        assert caught.value.remedy


def test_a_style_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        write_style(tmp_path / "file" / "Mine.safetensors", changed(), {"name": "Mine"})


def test_a_large_picture_in_a_trained_style_has_no_seam(monkeypatch: pytest.MonkeyPatch):
    from backend.style import instant

    content, look = picture(260, 388), look_of([], [(3, 1.0)], [(changed(), 2.0)])
    monkeypatch.setattr(instant, "_WHOLE_PX", 128 * 128)
    monkeypatch.setattr(instant, "_TILE_PX", 128)
    tiled = stylise(content, look)
    monkeypatch.setattr(instant, "_TILE_PX", 1024)
    np.testing.assert_array_equal(tiled, stylise(content, look))


def test_trained_styles_are_mixed_by_weight():
    content, weights = picture(64, 64), changed()
    learnt, fixed = stylise(content, look_of([], [], [(weights, 5.0)])), stylise(content, look_of([], [(9, 1.0)]))
    mixed = stylise(content, look_of([], [(9, 1.0)], [(weights, 3.0)]))
    np.testing.assert_allclose(mixed, 0.75 * learnt + 0.25 * fixed, atol=1e-6)
