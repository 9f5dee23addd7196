"""Textures as files: what is stored is what was painted, to the depth of the file, and the same bytes each time."""

from __future__ import annotations

import time

import numpy as np
import OpenImageIO as oiio
import pytest

from backend.job import Job
from backend.jobs import run
from backend.textures import kept_as, read_texture, shown, stored, write_texture
from protocol.errors import BadInput, StorageError
from protocol.requests import PictureFormat
from tests.backend.test_geometry_shapes import sphere
from tests.backend.test_texture_job import desk, folders, models

__all__ = ["desk", "folders", "models"]  # the fixtures

KINDS = list(PictureFormat)
# Half a step of the file, in sRGB: an EXR of halves has 11 bits of mantissa.
WORST = {PictureFormat.PNG_8: 0.5 / 255, PictureFormat.PNG_16: 0.5 / 65535, PictureFormat.EXR_HALF: 3e-4,
         PictureFormat.EXR_FLOAT: 1e-6}


def ramp() -> np.ndarray:
    """All tones of 16 bit and what lies between them, beyond 0 to 1 too: (300, 300, 3)."""
    return np.linspace(-0.1, 1.1, 300 * 300 * 3, dtype=np.float32).reshape(300, 300, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stored_is_read_as_it_was_painted(kind, tmp_path):
    path = tmp_path / f"texture{kind.suffix}"
    write_texture(path, stored(ramp(), kind))
    read = read_texture(path)
    assert np.array_equal(read, stored(ramp(), kind))
    assert np.abs(shown(read) - ramp().clip(0, 1)).max() <= WORST[kind] * 1.01
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_texture_is_the_same_bytes_a_second_later(kind, tmp_path):
    path = tmp_path / f"texture{kind.suffix}"
    write_texture(path, stored(ramp(), kind))
    first = path.read_bytes()
    time.sleep(1.1)
    write_texture(path, stored(ramp(), kind))
    assert path.read_bytes() == first


def test_a_file_says_what_it_holds(tmp_path):
    for kind, depth in zip(KINDS, ("uint8", "uint16", "half", "float"), strict=True):
        path = tmp_path / f"{kind}{kind.suffix}"
        write_texture(path, stored(ramp(), kind))
        file = oiio.ImageInput.open(str(path))
        assert str(file.spec().format) == depth
        assert file.spec().nchannels == 3
        file.close()


def test_light_beyond_one_stays_in_an_exr_that_is_kept_as_it_is():
    light = np.array([[[0.5, 4.0, 100.0]]], np.float32)
    assert np.array_equal(kept_as(light, PictureFormat.EXR_FLOAT), light)
    assert np.array_equal(kept_as(light.astype(np.float16), PictureFormat.EXR_FLOAT), light)
    assert shown(light)[0, 0, 1:].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_folder_that_is_not_there_is_told(kind, tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        write_texture(tmp_path / "none" / f"texture{kind.suffix}", stored(ramp(), kind))


@pytest.mark.parametrize("name", ["none.png", "broken.png", "broken.exr", "broken.npy"])
def test_what_is_no_picture_is_told(name, tmp_path):
    if name != "none.png":
        (tmp_path / name).write_bytes(b"not a picture")
    with pytest.raises(BadInput, match=name):
        read_texture(tmp_path / name)


def test_a_job_keeps_more_tones_than_eight_bits_have(desk, folders):
    results = {}
    for kind in KINDS:
        folder, request = desk.folder(sphere(), model=str(folders / "sd"), picture_format=kind)
        result = run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)
        assert result.texture == f"texture{kind.suffix}"
        results[kind] = read_texture(folder / result.texture)
    image = shown(results[PictureFormat.EXR_FLOAT])
    for kind in KINDS[:3]:
        assert np.abs(shown(results[kind]) - image).max() <= WORST[kind] * 1.01
    assert len(np.unique(results[PictureFormat.EXR_FLOAT])) > 20 * len(np.unique(results[PictureFormat.PNG_8]))
