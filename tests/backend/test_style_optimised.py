"""Style by optimisation: the features, the losses, and pictures that take on a look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from backend.job import Job
from backend.jobs import run
from backend.style import optimised
from backend.style.features import LAYERS, mobile_net
from backend.style.networks import model_path
from backend.style.optimised import (
    gram_loss,
    level_sizes,
    optimise,
    relaxed_emd,
    self_similarity_loss,
    transport_loss,
)
from protocol.errors import BadInput, OutOfMemory
from protocol.messages import Preview
from protocol.style import Style, StyleMethod, StyleRequest
from tests.backend.test_style_instant import picture, save


@pytest.fixture(autouse=True)
def sized_for_small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transport compares as many points as they have features."""
    monkeypatch.setattr(optimised, "_POINTS", 256)


def tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None]


def test_the_float_network_sees_what_the_packed_one_sees():
    image = picture(256, 256)
    model = onnx.load(model_path("arbitrary_predict"))
    names = [node.output[0] for node in model.graph.node if node.op_type == "Clip"
             and any(f"MobilenetV2/{layer}/" in node.input[0] for layer, _ in LAYERS)]
    for name in names:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    theirs = session.run(names, {session.get_inputs()[0].name: image[None]})
    ours = mobile_net()(tensor(image))
    assert len(names) == len(ours) == len(LAYERS)
    for one, other, (_, shrink) in zip(ours, theirs, LAYERS, strict=True):
        assert one.shape[2:] == (256 // shrink, 256 // shrink)
        assert np.corrcoef(one.numpy().ravel(), other.ravel())[0, 1] > 0.9  # 8 bits, and another padding


def test_losses_are_nothing_for_the_same_picture():
    seen = mobile_net()(tensor(picture(64, 64)))
    other = mobile_net()(tensor(picture(64, 64, seed=2)))
    where = torch.rand((256, 2), generator=torch.Generator().manual_seed(1))
    pictures = [tensor(picture(64, 64)), tensor(picture(64, 64, seed=2))]
    assert gram_loss(seen, seen) == 0 < gram_loss(other, seen)
    columns = torch.rand((50, 9), generator=torch.Generator().manual_seed(1))
    assert relaxed_emd(columns, columns) == pytest.approx(0, abs=1e-6)
    assert relaxed_emd(columns, columns.flip(0)) == pytest.approx(0, abs=1e-6)
    same = transport_loss([pictures[0], *seen], [pictures[0], *seen], where, where)
    assert same == pytest.approx(0, abs=1e-4)
    assert transport_loss([pictures[1], *other], [pictures[0], *seen], where, where) > 0.05
    assert self_similarity_loss([pictures[0], *seen], [pictures[0], *seen], where) == 0


def test_relaxed_transport_is_the_larger_of_both_mean_distances():
    """One point of two is far from all of the other set, which is near the first: by hand 0.5 against 0."""
    one = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    other = torch.tensor([[1.0, 0.0], [2.0, 0.0]])
    assert relaxed_emd(one, other) == pytest.approx(0.5, abs=1e-6)
    assert relaxed_emd(other, one) == pytest.approx(0.5, abs=1e-6)


def test_sizes_grow_to_that_of_the_picture():
    assert level_sizes(256, 192) == [(64, 48), (128, 96), (256, 192)]
    assert level_sizes(40, 40) == [(40, 40)]
    assert level_sizes(33, 71)[-1] == (32, 72)  # even, and scaled back at the end


@pytest.mark.parametrize("transport", [False, True], ids=["gram", "transport"])
def test_a_picture_comes_nearer_to_its_style(transport: bool):
    content, style = picture(64, 64), np.ascontiguousarray(np.tile(np.eye(8, dtype=np.float32)[..., None], (8, 8, 3)))
    styled = optimise(content, [(style, 1.0)], transport=transport, steps=30)
    wanted, before, after = (mobile_net()(tensor(image)) for image in (style, content, styled))
    assert styled.shape == content.shape
    assert gram_loss(after, wanted) < 0.5 * gram_loss(before, wanted)


@pytest.mark.parametrize(("transport", "share", "steps"), [(False, 0.5, 40), (True, 0.8, 15)],
                         ids=["gram", "transport"])
def test_a_part_takes_on_all_of_the_style(transport: bool, share: float, steps: int):
    """The upper left quarter, of a style whose halves are red and blue."""
    content, style = picture(96, 96), np.zeros((96, 96, 3), np.float32)
    style[:48, :, 0] = style[48:, :, 2] = 0.9
    cover = np.zeros((96, 96), np.float32)
    cover[:48, :48] = 1
    guided, whole = (optimise(content, [(style, 1.0)], transport=transport, cover=each, steps=steps)
                     for each in (cover, None))
    wanted = mobile_net()(tensor(style))
    of_guided, of_whole = (gram_loss(mobile_net()(tensor(np.ascontiguousarray(image[:48, :48]))), wanted)
                           for image in (guided, whole))
    assert of_guided < share * of_whole
    assert np.array_equal(optimise(content, [(style, 1.0)], transport=transport, cover=0 * cover, steps=1),
                          optimise(content, [(style, 1.0)], transport=transport, steps=1))


def test_places_are_drawn_where_a_cover_is_however_large():
    cover = torch.zeros(1, 1, 4100, 4100)
    cover[..., 1000:1100, 4000:] = 0.5
    where = optimised._places(cover, torch.Generator().manual_seed(1)) * 4100
    assert ((where[:, 0] >= 4000) & (where[:, 1] >= 1000) & (where[:, 1] < 1100)).all()
    assert where[:, 0].std() > 20


def test_a_guide_leaves_out_what_it_does_not_cover():
    seen = [torch.rand((1, 5, 8, 8), generator=torch.Generator().manual_seed(1))]
    guide = torch.zeros(1, 1, 8, 8)
    guide[..., :4] = 0.5
    assert gram_loss(seen, [seen[0][..., :4]], [guide]) < 1e-10
    assert gram_loss(seen, [seen[0][..., :4]]) > 1e-3


def test_the_content_stays_by_its_weight():
    content, style = picture(64, 64), picture(64, 64, seed=9)
    light, heavy = (optimise(content, [(style, 1.0)], transport=True, content_weight=weight, steps=20)
                    for weight in (0.1, 20.0))
    where = torch.rand((1024, 2), generator=torch.Generator().manual_seed(1))
    seen, of_light, of_heavy = ([tensor(image), *mobile_net()(tensor(image))] for image in (content, light, heavy))
    assert self_similarity_loss(of_heavy, seen, where) < 0.8 * self_similarity_loss(of_light, seen, where)


def test_a_job_shows_how_far_it_is_and_repeats(tmp_path: Path):
    save(tmp_path / "content.png", picture(80, 96))
    save(tmp_path / "look.png", picture(64, 64, seed=2))
    request = StyleRequest(name="a", content="content.png", styles=(Style(picture="look.png"),), steps=3, seed=5,
                           method=StyleMethod.TRANSPORT)
    told: list[object] = []
    results = [(run(request, Job("1", tmp_path, told.append, lambda: False), None),  # type: ignore[arg-type]
                (tmp_path / "styled.png").read_bytes()) for _ in range(2)]
    assert results[0][1] == results[1][1]
    assert sum(isinstance(event, Preview) for event in told) == 2 * len(level_sizes(80, 96))


def test_what_does_not_fit_into_the_memory_is_told_by_its_size():
    class Large:
        content_layer = 2

        def __call__(self, pictures: torch.Tensor) -> list[torch.Tensor]:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")

    with pytest.raises(OutOfMemory, match="A picture of 96 × 64 px does not fit into the memory"):
        optimise(picture(64, 96), [(picture(64, 64), 1.0)], transport=False, network=Large())


def test_numbered_styles_are_for_the_instant_method():
    with pytest.raises(BadInput, match="instant method only"):
        StyleRequest(name="a", content="a.png", styles=(Style(fixed=1),), method=StyleMethod.GRAM)


@pytest.mark.parametrize("transport", [False, True])
def test_what_is_held_stays_and_the_rest_fits_to_it(transport: bool):
    content, look, held = picture(64, 96), picture(64, 64, seed=2), picture(64, 96, seed=5)
    where = np.zeros((64, 96), np.float32)
    where[:, :40] = 1
    shown, alone = (optimise(content, [(look, 1.0)], transport=transport, steps=3, held=given)
                    for given in ((held, where), None))
    assert np.abs(shown - held)[:, :40].max() < 1e-6
    assert np.abs(shown - alone)[:, 40:].max() > 1e-3  # strokes beside it are others
    nothing = optimise(content, [(look, 1.0)], transport=transport, steps=3, held=(held, np.zeros_like(where)))
    assert np.abs(nothing - alone).mean() < 1e-3  # Adam makes a step of a gradient that is only rounding


@pytest.mark.parametrize("transport", [False, True])
def test_a_part_looks_like_what_is_there_of_its_own_and_the_rest_like_the_styles(transport: bool):
    content, look = np.full((64, 96, 3), 0.5, np.float32), picture(64, 64, seed=2) * np.float32([0.2, 0.3, 1])
    held, left, middle, right = picture(64, 96, seed=5) * np.float32([1, 0.3, 0.2]), *np.zeros((3, 64, 96), np.float32)
    left[:, :32], middle[:, 32:64], right[:, 64:] = 1, 1, 1
    plain, alike = (optimise(content, [(look, 1.0)], transport=transport, steps=10, cover=1 - left, held=(held, left),
                             alike=pairs) for pairs in ((), [(middle, left)]))
    redness = [[(shown[..., 0] - shown[..., 2])[part > 0].mean() for part in (middle, right)]
               for shown in (plain, alike)]
    assert redness[0][0] < 0 < redness[1][0]
    assert redness[1][1] < 0
