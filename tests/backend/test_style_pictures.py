"""Pictures of every kind as they are read: files that others wrote, and arrays that Blender did."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image, ImageOps

from backend.style.pictures import Picture, picture_paths, read_file, read_picture, resized
from protocol.errors import BadInput
from tests.backend.test_style_instant import picture, save


def test_an_array_says_what_a_file_of_the_same_picture_does(tmp_path: Path):
    values = np.rint(picture(40, 48) * 255).astype(np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    np.save(tmp_path / "a.npy", values)
    np.save(tmp_path / "grey.npy", values[..., 0])
    array, file = read_picture(tmp_path / "a.npy", "a"), read_picture(tmp_path / "a.png", "a")
    assert np.array_equal(array.colours, file.colours)
    assert (array.alpha, array.deep, array.clipped) == (None, False, 0)
    grey = read_picture(tmp_path / "grey.npy", "a").colours
    assert np.array_equal(grey, np.repeat(file.colours[..., :1], 3, axis=2))
    light = np.dstack([np.full((40, 48, 3), 0.107, np.float32), np.full((40, 48), 0.5, np.float32)])
    light[0, 0] = [np.nan, np.inf, -1, 0]
    np.save(tmp_path / "light.npy", light)
    linear = read_picture(tmp_path / "light.npy", "a")
    assert linear.deep
    assert linear.alpha[5, 5] == 0.5
    assert linear.colours[5, 5] == pytest.approx(0.5, abs=2e-3)  # 0.214, not multiplied by alpha
    assert np.isfinite(linear.colours).all()
    np.save(tmp_path / "small.npy", values[:8])
    with pytest.raises(BadInput, match="48 × 8 px"):
        read_picture(tmp_path / "small.npy", "a")


@pytest.mark.parametrize("mode", ["L", "LA", "P", "CMYK", "1"])
def test_pictures_of_every_mode_are_read(mode: str, tmp_path: Path):
    image = Image.fromarray(np.rint(picture(40, 48) * 255).astype(np.uint8)).convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    image.save(path)
    read = read_picture(path, "a")
    expected = np.asarray(image.convert("RGB"), np.float32) / 255
    assert read.colours.shape == (40, 48, 3)
    assert np.abs(read.colours - expected).mean() < 0.03


def write_light(path: Path, light: np.ndarray, channels: tuple[str, ...]) -> None:
    spec = oiio.ImageSpec(light.shape[1], light.shape[0], len(channels), "float")
    spec.channelnames = channels
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), spec)
    assert out.write_image(np.ascontiguousarray(light, np.float32))
    assert out.close()


@pytest.mark.parametrize("reads", [read_picture, read_file])
def test_of_several_layers_the_combined_one_is_read(reads: Callable[..., Picture], tmp_path: Path):
    """As Blender writes them up to 4.5: by the alphabet, so that ambient occlusion comes first."""
    passes = {"AO": (1.0, 1.0, 1.0), "Combined": (0.214, 0.0, 0.0), "DiffCol": (0.0, 1.0, 0.0)}
    names = [f"View.{name}.{axis}" for name in passes for axis in "RGB"]
    light = np.full((40, 48, 9), np.concatenate(list(passes.values())), np.float32)
    write_light(tmp_path / "layers.exr", light, tuple(names))
    read = reads(tmp_path / "layers.exr", "layers")
    assert read.colours[5, 5] == pytest.approx([0.5, 0, 0], abs=2e-3)
    assert read.deep
    write_light(tmp_path / "composite.exr", np.dstack([light, np.full((40, 48, 3), 1.0)]),
                (*names, *(f"Composite.Combined.{axis}" for axis in "RGB")))
    assert reads(tmp_path / "composite.exr", "composite").colours[5, 5] == pytest.approx([1, 1, 1])
    write_light(tmp_path / "passes.exr", light[..., :3], tuple(names[:3]))  # none that is combined: the first
    assert reads(tmp_path / "passes.exr", "passes").colours[5, 5] == pytest.approx([1, 1, 1])
    light[:] = np.nan
    write_light(tmp_path / "nan.exr", light, tuple(names))
    with pytest.raises(BadInput, match="shows nothing"):
        reads(tmp_path / "nan.exr", "nan")


@pytest.mark.parametrize("is_clear", [False, True])
def test_a_gif_is_read_with_its_alpha(is_clear: bool, tmp_path: Path):
    image = Image.fromarray(np.rint(picture(40, 48) * 255).astype(np.uint8)).convert("RGBA")
    if is_clear:
        image.putalpha(Image.fromarray(np.repeat([[0], [255]], 20, axis=0).astype(np.uint8).repeat(48, axis=1)))
    (image if is_clear else image.convert("RGB")).save(tmp_path / "a.gif")
    read = read_picture(tmp_path / "a.gif", "a")
    assert read.colours.shape == (40, 48, 3)
    assert read.alpha[30:].min() == 1
    assert read.alpha[:20].max() == (0 if is_clear else 1)
    with Image.open(tmp_path / "a.gif") as expected:
        below = np.asarray(expected.convert("RGB"), np.float32)[20:] / 255
    assert read.colours[20:] == pytest.approx(below, abs=0.01)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
def test_pictures_are_upright(suffix: str, orientation: int, tmp_path: Path):
    image = Image.fromarray(np.rint(resized(picture(3, 4), 40, 56) * 255).astype(np.uint8))
    exif = image.getexif()
    exif[274] = orientation
    image.save(tmp_path / f"a.{suffix}", exif=exif)
    with Image.open(tmp_path / f"a.{suffix}") as saved:
        expected = np.asarray(ImageOps.exif_transpose(saved).convert("RGB"), np.float32) / 255
    read = read_picture(tmp_path / f"a.{suffix}", "a").colours
    assert read.shape == expected.shape
    assert np.abs(read - expected).max() < 0.02


def test_what_shows_nothing_is_refused(tmp_path: Path):
    blank = np.full((40, 48, 4), np.nan, np.float32)
    write_light(tmp_path / "nan.exr", blank, ("R", "G", "B", "A"))
    half = blank.copy()
    half[20:] = 0.5
    np.save(tmp_path / "nan.npy", blank)
    write_light(tmp_path / "half.exr", half, ("R", "G", "B", "A"))
    write_light(tmp_path / "depth.exr", np.ones((40, 48, 1)), ("Z",))
    for name, words in (("depth.exr", "has no colours: its channels are Z"), ("nan.exr", "shows nothing"),
                        ("nan.npy", "shows nothing")):
        with pytest.raises(BadInput, match=words) as caught:
            read_picture(tmp_path / name, name)
        assert caught.value.remedy
    assert np.isfinite(read_picture(tmp_path / "half.exr", "half").colours).all()


def test_arrays_are_pictures_only_as_blender_writes_them(tmp_path: Path):
    for values in (np.zeros((40, 48, 5), np.uint8), np.zeros((40, 48, 2), np.uint8), np.zeros((40, 48, 3)),
                   np.zeros(40, np.uint8), np.zeros((2, 40, 48, 3), np.uint8), np.zeros((40, 48), "U3"),
                   np.array([[{}]], object)):
        np.save(tmp_path / "a.npy", values)
        with pytest.raises(BadInput, match=r"^a is not a picture that can be read\. Choose a PNG[^.]*\.$"):
            read_picture(tmp_path / "a.npy", "a")
    for content in (b"", b"no array", b"\x93NUMPY"):
        (tmp_path / "a.npy").write_bytes(content)
        with pytest.raises(BadInput, match=r"^a is not a picture that can be read"):
            read_picture(tmp_path / "a.npy", "a")
    np.save(tmp_path / "a.npy", np.zeros((40, 48, 3), np.uint8))
    assert read_picture(tmp_path / "a.npy", "a").colours.shape == (40, 48, 3)
    with pytest.raises(BadInput, match=r"^a is not a picture"):
        read_file(tmp_path / "a.npy", "a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes that are files")
def test_pipes_are_no_pictures(tmp_path: Path):
    (tmp_path / "in" / "folder.png").mkdir(parents=True)
    os.mkfifo(tmp_path / "in" / "pipe.png")
    save(tmp_path / "in" / "a.png", picture(40, 48))
    assert list(picture_paths(["in"], tmp_path)) == [tmp_path / "in" / "a.png"]
    with pytest.raises(BadInput, match=r"pipe\.png is not a picture"):
        list(picture_paths(["in/pipe.png"], tmp_path))
