"""Style at once: the networks, tiles, mixing, and pictures of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException as OrtError
from PIL import Image, ImageOps

from backend.job import Job
from backend.jobs import run
from backend.style import instant
from backend.style.instant import look_of, measure_look, stylise
from backend.style.mix import keep_colours, over_mean
from backend.style.networks import any_style_network, fixed_style_network, style_vector
from backend.style.pictures import read_picture, resized
from protocol.errors import BadInput, Cancelled, OutOfMemory
from protocol.style import Style, StyleRequest, StyleResult
from protocol.wire import request_from_json, request_to_json

LUMA = np.array([0.299, 0.587, 0.114])


def picture(height: int, width: int, seed: int = 1) -> np.ndarray:
    """(height, width, 3) float32: blotches of colour with grain."""
    random = np.random.default_rng(seed)
    coarse = resized(random.random((height // 16 + 1, width // 16 + 1, 3), np.float32), height, width)
    return (0.8 * coarse + 0.2 * random.random((height, width, 3), np.float32)).astype(np.float32)


def save(path: Path, image: np.ndarray, **options: object) -> Path:
    Image.fromarray(np.rint(image * 255).astype(np.uint8)).save(path, **options)
    return path


@pytest.fixture
def style(tmp_path: Path) -> Callable[..., StyleResult]:
    """Runs a job in `tmp_path` on its content.png and look.png, or on other files."""
    save(tmp_path / "content.png", picture(64, 96))
    save(tmp_path / "look.png", picture(80, 72, seed=2))

    def go(**choices: object) -> StyleResult:
        request = StyleRequest(**{"name": "Content", "content": "content.png",
                                  "styles": (Style(picture="look.png"),), **choices})
        assert request_from_json(request_to_json(request)) == request
        return run(request, Job("1", tmp_path, lambda event: None, lambda: False), None)  # type: ignore[arg-type]

    return go


def written(folder: Path, result: StyleResult) -> np.ndarray:
    with Image.open(folder / result.picture) as image:
        return np.asarray(image)


@pytest.mark.parametrize("network", ["any", "fixed"])
def test_a_tile_with_the_statistics_of_the_whole_is_a_part_of_the_whole(network: str):
    chosen = any_style_network() if network == "any" else fixed_style_network()
    look = style_vector(resized(picture(90, 90), 256, 256)) if network == "any" else np.eye(26, dtype=np.float32)[7]
    whole = picture(192, 320)
    (styled,), statistics = chosen.measure(whole[None], look)
    (part,) = chosen.apply(whole[None, :, :160 + 64], look, statistics)
    np.testing.assert_array_equal(part[:, :160], styled[:, :160])
    (alone,), _ = chosen.measure(whole[None, :, :160 + 64], look)
    assert np.abs(alone[:, :160] - styled[:, :160]).max() > 0.01  # by its own statistics it would be another


def test_frames_of_a_batch_do_not_touch_each_other():
    network, look = any_style_network(), style_vector(resized(picture(64, 64), 256, 256))
    frames = np.stack([picture(64, 64), picture(64, 64, seed=3)])
    both, _ = network.measure(frames, look)
    (second,), _ = network.measure(frames[1:], look)
    np.testing.assert_allclose(both[1], second, atol=1e-5)


def test_a_large_picture_has_no_seam_between_its_tiles(monkeypatch: pytest.MonkeyPatch):
    content, look = picture(260, 388), look_of([(picture(64, 64, seed=2), 1.0)], [(3, 1.0)])
    monkeypatch.setattr(instant, "_WHOLE_PX", 128 * 128)
    monkeypatch.setattr(instant, "_TILE_PX", 128)
    steps: list[int] = []
    tiled = stylise(content, look, step=lambda: steps.append(1))
    assert len(steps) == instant.tile_count(260, 388, 1.0, look) == 2 * (1 + 3 * 4)
    monkeypatch.setattr(instant, "_TILE_PX", 1024)
    np.testing.assert_array_equal(tiled, stylise(content, look))


def test_frames_by_the_statistics_of_one_look_alike():
    """Something white comes into the picture: what is far from it stays bit by bit, which it does not by itself."""
    first, look = picture(96, 256), look_of([(picture(64, 64, seed=2), 1.0)], [(3, 1.0)])
    second = first.copy()
    second[:, 160:] = 1
    statistics = measure_look([first], look)
    np.testing.assert_allclose(stylise(first, look, statistics=statistics), stylise(first, look), atol=1e-6)
    before, after = (stylise(frame, look, statistics=statistics)[:, :96] for frame in (first, second))
    np.testing.assert_array_equal(before, after)
    assert np.abs(stylise(second, look)[:, :96] - before).max() > 0.02
    mean = measure_look([first, second], look)
    assert all(np.allclose((one + other) / 2, both, atol=1e-5) for part in range(2) for one, other, both in zip(
        statistics[part], measure_look([second], look)[part], mean[part], strict=True))


@pytest.mark.parametrize("error", [MemoryError(), OrtError(
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Failed to allocate memory for requested buffer of size 9")],
    ids=["numpy", "onnxruntime"])
def test_what_does_not_fit_into_the_memory_is_told_by_its_size(error: Exception, style: Callable[..., StyleResult],
                                                               monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(any_style_network()), "measure", refuse)
    with pytest.raises(OutOfMemory, match="A picture of 96 × 64 px does not fit into the memory") as caught:
        style()
    assert "smaller picture" in caught.value.remedy


def test_a_layer_over_its_content_is_the_result(tmp_path: Path, style: Callable[..., StyleResult]):
    """But for the rounding of both to 8 bit."""
    cover = np.zeros((64, 96, 3), np.float32)
    cover[:, 20:60], cover[:, 60:80] = 1, 0.4
    save(tmp_path / "mask.png", cover)
    whole, layer = (written(tmp_path, style(mask="mask.png", strength=0.7, layer=layer)).astype(float)
                    for layer in (False, True))
    with Image.open(tmp_path / "content.png") as image:
        content = np.asarray(image).astype(float)
    share = layer[..., 3:] / 255
    assert share[:, 30] == pytest.approx(1)
    assert share[:, :20].max() == 0
    assert np.abs(whole - content)[:, 60:80].max() > 10
    laid = content + share * (layer[..., :3] - content)
    assert np.abs(laid - whole).max() < 2


def test_a_picture_that_is_too_wide_says_so(tmp_path: Path, style: Callable[..., StyleResult]):
    save(tmp_path / "wide.png", np.zeros((40, 20_000, 3)))
    with pytest.raises(BadInput, match="Wide is 20000 × 40 px: both sides must be from 32 to 16384 px") as caught:
        style(content="wide.png", name="Wide")
    assert caught.value.remedy == "Scale it to that size."


def test_strokes_grow_with_their_scale():
    content, look = picture(192, 192), look_of([], [(19, 1.0)])

    def roughness(image: np.ndarray) -> float:
        return float(np.abs(np.diff(image, axis=1)).mean() / image.std())

    fine, coarse = (stylise(content, look, scale) for scale in (1.0, 3.0))
    assert fine.shape == coarse.shape == content.shape
    assert roughness(coarse) < 0.6 * roughness(fine)


def test_weights_mix_looks():
    content, two = picture(64, 64), [picture(64, 64, seed=2), picture(64, 64, seed=3)]
    first, second = (stylise(content, look_of([(each, 1.0)], [])) for each in two)
    mixed = stylise(content, look_of([(two[0], 3.0), (two[1], 1.0)], []))
    assert 0 < np.abs(mixed - first).mean() < np.abs(second - first).mean()
    fixed = stylise(content, look_of([], [(3, 1.0)]))
    both = stylise(content, look_of([(two[0], 1.0)], [(3, 1.0)]))
    np.testing.assert_allclose(both, (first + fixed) / 2, atol=1e-6)


def test_without_strength_nothing_changes(style: Callable[..., StyleResult], tmp_path: Path):
    before = np.asarray(Image.open(tmp_path / "content.png"))
    assert np.array_equal(written(tmp_path, style(strength=0.0)), before)
    half, full = (written(tmp_path, style(strength=share)).astype(float) for share in (0.5, 1.0))
    assert np.abs(full - before).mean() > 10
    np.testing.assert_allclose(half, (full + before) / 2, atol=1)


def test_a_layer_is_transparent_where_nothing_is_stylised(style: Callable[..., StyleResult], tmp_path: Path):
    assert (written(tmp_path, style(layer=True, strength=0.0))[..., 3] == 0).all()
    save(tmp_path / "mask.png", np.repeat(np.arange(96)[None] < 48, 64, axis=0).astype(np.float32))
    layer = written(tmp_path, style(layer=True, mask="mask.png"))
    assert (layer[:, :40, 3] == 255).all()
    assert (layer[:, 56:, 3] == 0).all()


def test_the_same_request_gives_the_same_bytes(style: Callable[..., StyleResult], tmp_path: Path):
    first = (tmp_path / style().picture).read_bytes()
    assert (tmp_path / style().picture).read_bytes() == first


def test_colours_of_the_content_can_stay():
    content, styled = picture(32, 32), picture(32, 32, seed=2)
    kept = keep_colours(styled, 0.25 + 0.5 * content, 1.0)
    np.testing.assert_allclose(kept @ LUMA, styled @ LUMA, atol=0.12)  # what is cut at black and white is lost
    chroma = kept - (kept @ LUMA)[..., None]
    ours = 0.5 * (content - (content @ LUMA)[..., None])
    assert np.corrcoef(chroma.ravel(), ours.ravel())[0, 1] > 0.95
    assert keep_colours(styled, content, 0.0) is styled


def test_a_mask_keeps_what_is_black(style: Callable[..., StyleResult], tmp_path: Path):
    mask = np.zeros((64, 96, 3), np.float32)
    mask[:, 48:] = 1
    save(tmp_path / "mask.png", mask)
    before, after = np.asarray(Image.open(tmp_path / "content.png")), written(tmp_path, style(mask="mask.png"))
    assert np.array_equal(after[:, :48], before[:, :48])
    assert np.abs(after[:, 48:].astype(float) - before[:, 48:]).mean() > 10


def test_alpha_stays_and_hides_no_black_edge(style: Callable[..., StyleResult], tmp_path: Path):
    rgba = np.dstack([picture(64, 96), np.zeros((64, 96))]).astype(np.float32)
    rgba[8:40, 8:80, 3] = 1
    rgba[rgba[..., 3] == 0, :3] = 0
    save(tmp_path / "content.png", rgba)
    after = written(tmp_path, style())
    assert after.shape == (64, 96, 4)
    assert np.array_equal(after[..., 3], np.rint(rgba[..., 3] * 255))
    filled = over_mean(rgba[..., :3], rgba[..., 3])
    np.testing.assert_allclose(filled[0, 0], rgba[8:40, 8:80, :3].mean(axis=(0, 1)), atol=1e-5)


def test_sixteen_bits_stay_sixteen(style: Callable[..., StyleResult], tmp_path: Path):
    values = (picture(64, 96) * 65535).astype(np.uint16)
    out = oiio.ImageOutput.create("x.png")
    assert out.open(str(tmp_path / "deep.png"), oiio.ImageSpec(96, 64, 3, "uint16"))
    assert out.write_image(values)
    assert out.close()
    result = style(content="deep.png", strength=0.0)
    back = oiio.ImageInput.open(str(tmp_path / result.picture))
    assert back.spec().format == oiio.UINT16
    assert np.array_equal(back.read_image("uint16"), values)


def test_openexr_is_linear_and_its_light_is_cut(tmp_path: Path, style: Callable[..., StyleResult]):
    linear = np.full((64, 64, 3), 0.214, np.float32)
    linear[:32] = 4.0
    out = oiio.ImageOutput.create("x.exr")
    assert out.open(str(tmp_path / "light.exr"), oiio.ImageSpec(64, 64, 3, "half"))
    assert out.write_image(linear)
    assert out.close()
    read = read_picture(tmp_path / "light.exr", "light")
    assert read.colours[40, 0] == pytest.approx(0.5, abs=2e-3)
    assert read.clipped == 0.5
    (remark,) = style(content="light.exr").remarks
    assert remark.values["percent"] == 50.0


def test_a_styled_picture_is_upright_without_a_tag(tmp_path: Path, style: Callable[..., StyleResult]):
    image = Image.fromarray(np.rint(picture(40, 56) * 255).astype(np.uint8))
    exif = image.getexif()
    exif[274] = 6
    image.save(tmp_path / "lying.png", exif=exif)
    result = style(content="lying.png", strength=0.0)
    assert (result.width_px, result.height_px) == (40, 56)
    with Image.open(tmp_path / result.picture) as after:
        assert 274 not in after.getexif()
        assert np.array_equal(np.asarray(after), np.asarray(ImageOps.exif_transpose(image)))


def test_of_a_moving_picture_the_first_one_is_taken(tmp_path: Path, style: Callable[..., StyleResult]):
    frames = [Image.fromarray(np.full((64, 64, 3), value, np.uint8)) for value in (10, 200)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert read_picture(tmp_path / "a.webp", "a").colours.max() < 0.06
    (remark,) = style(content="a.webp").remarks
    assert remark.values["count"] == 2


def test_a_style_that_is_the_picture_itself_is_told(style: Callable[..., StyleResult]):
    (remark,) = style(styles=(Style(picture="content.png"),)).remarks
    assert "itself" in remark.sentence


def test_bad_pictures_are_refused_in_one_sentence(tmp_path: Path, style: Callable[..., StyleResult]):
    save(tmp_path / "dot.png", picture(40, 48)[:1, :1])
    (tmp_path / "text.png").write_text("no picture")
    whole = (tmp_path / "content.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[:len(whole) // 2])
    save(tmp_path / "whole.jpg", picture(64, 96))
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[:len(whole) // 2])
    save(tmp_path / "black.png", np.zeros((64, 96, 3), np.float32))
    for wrong, word in (({"content": "dot.png"}, "1 × 1"), ({"content": "text.png"}, "picture that can be read"),
                        ({"content": "half.png"}, "broken"), ({"mask": "black.png"}, "black"),
                        ({"content": "half.jpg"}, "Content is broken: JPEG error: Premature end of JPEG file"),
                        ({"mask": "half.png", "mask_name": "My mask"}, "My mask is broken"),
                        ({"styles": (Style(picture="text.png", name="Mine"),)}, "Mine is not a picture"),
                        ({"content": "none.png"}, "picture that can be read"),
                        ({"styles": (Style(picture="dot.png"),)}, "1 × 1")):
        with pytest.raises(BadInput, match=word) as caught:
            style(**wrong)
        assert caught.value.remedy
    assert not (tmp_path / "styled.png").exists()


def test_requests_know_their_bounds():
    for wrong in ({"styles": ()}, {"strength": 1.5}, {"strength": float("nan")}, {"stroke_scale": 0.0},
                  {"keep_colours": -1.0}, {"content": "../a.png"}, {"content": ""}, {"mask": "/a.png"}):
        with pytest.raises(BadInput):
            StyleRequest(**{"name": "a", "content": "a.png", "styles": (Style(fixed=0),), **wrong})
    for wrong in ({}, {"fixed": 26}, {"picture": "a.png", "fixed": 1}, {"fixed": 1, "weight": 0.0},
                  {"picture": "..\\a.png"}):
        with pytest.raises(BadInput):
            Style(**wrong)


def test_a_cancelled_job_stops_between_tiles(tmp_path: Path):
    save(tmp_path / "content.png", picture(64, 96))
    request = StyleRequest(name="a", content="content.png", styles=(Style(fixed=0),))
    told: list[object] = []
    job = Job("1", tmp_path, told.append, lambda: len(told) > 2)
    with pytest.raises(Cancelled):
        run(request, job, None)  # type: ignore[arg-type]
    assert not (tmp_path / "styled.png").exists()


def test_progress_never_falls_and_reaches_its_end(tmp_path: Path):
    save(tmp_path / "content.png", picture(64, 96))
    request = StyleRequest(name="a", content="content.png", styles=(Style(fixed=0),))
    told: list[float] = []
    run(request, Job("1", tmp_path, lambda event: told.append(event.fraction), lambda: False), None)  # type: ignore[arg-type, attr-defined]
    assert told == sorted(told)
    assert told[-1] >= 0.9
    assert json.loads(request_to_json(request))["type"] == "style"
