"""How large works are, how they look, and which cannot be shown."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
import trimesh
from PIL import ExifTags, Image

from backend.exhibition.artworks import find_works, look_at, read_work
from protocol.errors import BadInput, fill
from protocol.exhibition_plan import WorkKind
from protocol.remarks import Remark


def save(path: Path, width: int = 40, height: int = 30, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((width, height), 60).convert("RGB").save(path, **options)
    return path


def said(remarks: list[Remark]) -> str:
    return "\n".join(fill(remark.sentence, remark.values) for remark in remarks)


# Sizes

@pytest.mark.parametrize(("column", "size_m"), [
    ({}, (0.8, 0.6)),  # a diagonal of a metre
    ({"width_cm": "120"}, (1.2, 0.9)),
    ({"height_cm": "90,5"}, (1.207, 0.905)),
    ({"width_cm": "80 cm", "height_cm": "60.0"}, (0.8, 0.6)),
    ({"width_cm": "wide"}, (0.8, 0.6)),
    ({"width_cm": "-3"}, (0.8, 0.6)),
    ({"width_cm": "1e99"}, (0.8, 0.6)),
])
def test_a_picture_is_as_large_as_it_is_said_to_be(tmp_path, column: dict[str, str], size_m) -> None:
    work, remarks = read_work(save(tmp_path / "a.png"), column)
    assert (work.width_m, work.height_m) == pytest.approx(size_m, abs=5e-4)
    assert ("no length in centimetres" in said(remarks)) == (column.get("width_cm") in ("wide", "-3", "1e99"))


@pytest.mark.parametrize(("width_cm", "width_m", "readings"), [
    ("1,200", 0.8, "the width_cm 1,200, which may be 1200 or 1.2 cm: it is not used. Write 1200 or 1.2."),
    ("12,500 cm", 0.8, "which may be 12500 or 12.5 cm"), ("12,5", 0.125, ""), ("0,125", 0.01, ""),
    ("1.200", 0.012, "")])
def test_a_comma_before_three_digits_may_be_either(tmp_path, width_cm: str, width_m: float, readings: str) -> None:
    work, remarks = read_work(save(tmp_path / "a.png"), {"width_cm": width_cm})
    assert work.width_m == pytest.approx(width_m, abs=5e-4)
    assert ("a.png" in said(remarks) and readings in said(remarks)) if readings else "may be" not in said(remarks)


def test_a_picture_that_would_be_stretched_is_told(tmp_path) -> None:
    work, remarks = read_work(save(tmp_path / "a.png"), {"width_cm": "50", "height_cm": "50"})
    assert (work.width_m, work.height_m) == (0.5, 0.5)  # its artist knows
    assert "a.png has 40 × 30 pixels, which are stretched to 50.0 × 50.0 cm." in said(remarks)


def test_a_picture_on_its_side_stands_up(tmp_path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    work, _ = read_work(save(tmp_path / "a.jpg", 40, 30, exif=exif), {})
    assert work.height_m > work.width_m
    assert work.thumbnail is not None
    assert work.thumbnail.shape == (40, 30, 3)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (400, 20), (20, 400), (3000, 2), (1, 900)])
def test_extreme_pictures_have_a_sane_size(tmp_path, width: int, height: int) -> None:
    work, _ = read_work(save(tmp_path / "a.png", width, height), {})
    assert min(work.width_m, work.height_m) >= 0.01
    assert max(work.width_m, work.height_m) <= 1.0
    assert (work.width_m > work.height_m) == (width > height)
    assert work.thumbnail is not None
    assert max(work.thumbnail.shape[:2]) <= 480


def test_a_picture_of_100_megapixels_has_a_small_thumbnail(tmp_path) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "a.png")
    looks = look_at(tmp_path / "a.png")
    assert (looks.width, looks.height) == (10_000, 10_000)
    assert looks.thumbnail is not None
    assert looks.thumbnail.shape == (480, 480, 3)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "CMYK", "I;16"])
def test_pictures_of_any_kind_are_shown(tmp_path, mode: str) -> None:
    grey = np.tile(np.linspace(0, 65535, 64), (48, 1))
    picture = Image.fromarray(grey.astype(np.uint16)) if mode == "I;16" else Image.fromarray(
        (grey / 257).astype(np.uint8)).convert(mode)
    picture.save(tmp_path / "a.tif")
    thumbnail = look_at(tmp_path / "a.tif").thumbnail
    assert thumbnail is not None
    assert thumbnail.shape == (48, 64, 3)
    assert thumbnail[:, :8].mean() < 60 < 190 < thumbnail[:, -8:].mean()


@pytest.mark.parametrize("side", [100, 1000])  # as it is, and made smaller
@pytest.mark.parametrize("kind", ["RGBA.png", "LA.png", "P.png", "PA.tif", "RGB.png", "L.png", "RGBA.tif", "RGBA.webp",
                                  "RGBA.tga", "deep.png", "light.exr"])
def test_what_is_clear_is_white_without_a_dark_seam(tmp_path, kind: str, side: int) -> None:
    """A picture whose left half is bright, and whose right half is clear, and black beneath."""
    bright = Image.new("L", (side, side), 0)
    bright.paste(220, (0, 0, side // 2, side))
    path = tmp_path / kind
    if kind == "light.exr" or kind == "deep.png":
        pixels = np.zeros((side, side, 4), np.float32)
        pixels[:, :side // 2] = 0.9, 0.9, 0.9, 1.0
        buffer = oiio.ImageBuf(oiio.ImageSpec(side, side, 4, oiio.HALF if kind == "light.exr" else oiio.UINT16))
        assert buffer.set_pixels(oiio.ROI(), pixels)
        assert buffer.write(str(path))
    elif kind in ("RGB.png", "L.png"):  # one colour is clear
        bright.convert(kind[:-4]).save(path, transparency=0 if kind == "L.png" else (0, 0, 0))
    elif kind == "P.png":
        bright.convert("P").save(path, transparency=0)
    else:
        clear = bright.convert("RGB")
        clear.putalpha(bright.point(lambda value: 255 if value else 0))
        clear.convert(path.stem).save(path)
    thumbnail = look_at(path).thumbnail
    assert thumbnail is not None
    assert (thumbnail[:, -40:] == 255).all()
    assert thumbnail.min() > 200
    assert thumbnail[:, :40].max() < 250


# What cannot be shown

@pytest.mark.parametrize(("name", "body", "sentence"), [
    ("a.png", b"", "a.png is not a picture that can be read"),
    ("a.jpg", b"no picture", "a.jpg is not a picture that can be read"),
    ("a.glb", b"glTF\x02\0\0\0", "a.glb is not a GLB file that can be read: it is empty or ends in the middle."),
    ("a.glb", b"", "a.glb is not a GLB file that can be read: it is empty or ends in the middle."),
    ("a.glb", b"glTF\x02\0\0\0\xff\0\0\0", "it is empty or ends in the middle. Choose another copy of it."),
    ("a.glb", b"glTF\x01\0\0\0\x0c\0\0\0", "it is no glTF 2.0 in one file. Export it again, as GLB."),
    ("a.glb", b"\x14\0\0\0glTF\x02\0\0\0", "it is no glTF 2.0 in one file."),
    ("a.mp4", b"", "a.mp4 is no film that can be read."),
])
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path, name: str, body: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(BadInput) as caught:
        read_work(tmp_path / name, {})
    assert sentence in str(caught.value)
    assert caught.value.remedy


def test_a_picture_that_ends_in_the_middle_is_refused(tmp_path) -> None:
    for name in ("a.png", "a.jpg"):
        whole = save(tmp_path / name, 200, 200).read_bytes()
        (tmp_path / name).write_bytes(whole[:len(whole) // 2])
        with pytest.raises(BadInput, match=f"The file of {name} is broken"):
            look_at(tmp_path / name)


@pytest.mark.parametrize(("name", "options", "kind"), [
    ("a.gif", {}, "GIF"), ("a.GIF", {"save_all": True}, "GIF"), ("a.png", {"format": "GIF"}, "GIF"),
    ("a.jpg", {"format": "PPM"}, "PPM"), ("a.webp", {"save_all": True}, "moving WebP")])
def test_a_picture_that_blender_does_not_read_is_refused_with_what_to_save_it_as(tmp_path, name: str, options: dict,
                                                                                kind: str) -> None:
    still = Image.effect_noise((40, 30), 60).convert("RGB")
    more = {"append_images": [still.rotate(90), still.rotate(180)]} if options.get("save_all") else {}
    still.save(tmp_path / name, **options, **more)
    assert list(find_works([tmp_path])) == [tmp_path / name]  # so that it is told of
    with pytest.raises(BadInput, match=f"{name} is a {kind} picture, which an exhibition does not show. Save a still "
                                       "picture as PNG, what moves as MP4"):
        read_work(tmp_path / name, {})


def test_what_blender_reads_is_shown(tmp_path) -> None:
    for name in ("a.png", "a.jpeg", "a.tiff", "a.webp", "a.bmp", "a.tga"):
        assert read_work(save(tmp_path / name), {})[0].thumbnail is not None
    still = Image.effect_noise((40, 30), 60).convert("RGB")
    still.save(tmp_path / "b.png", save_all=True, append_images=[still.rotate(90)])  # of which Blender reads the first
    assert read_work(tmp_path / "b.png", {})[0].thumbnail is not None
    still.save(tmp_path / "c.jpg", "MPO", save_all=True, append_images=[still.rotate(90)])  # as some phones do
    assert read_work(tmp_path / "c.jpg", {})[0].thumbnail is not None


def test_a_name_that_is_no_text_is_refused(tmp_path) -> None:
    with pytest.raises(BadInput, match=r"The name of a\?.png is not valid UTF-8 text."):
        read_work(tmp_path / "a\udcff.png", {})


def test_a_work_that_is_larger_than_any_wall_is_refused(tmp_path) -> None:
    path = save(tmp_path / "a.png")
    with pytest.raises(BadInput, match=r"a.png is 16.0 × 12.0 m: no wall is larger than 12.0 × 7.0 m."):
        read_work(path, {"width_cm": "1600"})


# Sculptures and films

def test_a_glb_without_any_mesh_is_refused_in_our_words(tmp_path) -> None:
    head = json.dumps({"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
                       "nodes": [{"name": "Empty"}]}).encode()
    head += b" " * (-len(head) % 4)
    (tmp_path / "a.glb").write_bytes(struct.pack("<4sIIII", b"glTF", 2, 20 + len(head), len(head), 0x4E4F534A) + head)
    with pytest.raises(BadInput, match=r"a.glb shows nothing: it has no faces. Export it again, with its meshes."):
        read_work(tmp_path / "a.glb", {})


def test_a_sculpture_is_as_large_as_its_box_y_up(tmp_path) -> None:
    box = trimesh.creation.box((0.4, 1.2, 0.3))
    box.apply_translation((5, 5, 5))
    box.export(tmp_path / "a.glb")
    work, remarks = read_work(tmp_path / "a.glb", {})
    assert (work.width_m, work.height_m, work.depth_m) == pytest.approx((0.4, 1.2, 0.3))
    assert work.kind is WorkKind.SCULPTURE
    assert remarks == []
    work, _ = read_work(tmp_path / "a.glb", {"height_cm": "60"})
    assert (work.width_m, work.height_m, work.depth_m) == pytest.approx((0.2, 0.6, 0.15))


def test_a_sculpture_is_shown_from_its_front(tmp_path) -> None:
    """A ball on the left of a far plate: round, lit from the upper left, and before the plate."""
    plate = trimesh.creation.box((2.0, 1.0, 0.01))
    ball = trimesh.creation.icosphere(3, 0.4)
    ball.apply_translation((-0.5, 0.0, 1.0))
    trimesh.Scene([plate, ball]).export(tmp_path / "a.glb")
    thumbnail = look_at(tmp_path / "a.glb").thumbnail
    assert thumbnail is not None
    assert thumbnail.shape == (101, 200, 3)
    light = thumbnail.mean(axis=2)
    assert light[50, 130:195].std() < 1  # the plate is even, without holes
    assert light[35, 35] > light[50, 150] > light[68, 68]  # of the ball what is turned to the light, and away
    trimesh.creation.icosphere(3, 0.4).export(tmp_path / "b.glb")
    corners = look_at(tmp_path / "b.glb").thumbnail
    assert corners is not None
    assert (corners[[0, 0, -1, -1], [0, -1, 0, -1]] == (247, 246, 242)).all()
    assert (corners[100, 100] < 230).all()


def test_a_sculpture_in_millimetres_is_shown_at_a_metre(tmp_path) -> None:
    trimesh.creation.box((400, 1200, 300)).export(tmp_path / "a.glb")
    work, remarks = read_work(tmp_path / "a.glb", {})
    assert work.height_m == 1.0
    assert "a.glb is 1200.0 m long in its file: it is shown at 1.0 m." in said(remarks)


def test_a_film_is_as_its_first_frame(tmp_path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"film")
    np.save(tmp_path / "still.npy", np.full((90, 160, 3), 200, np.uint8))
    work, _ = read_work(tmp_path / "a.mp4", {}, tmp_path / "still.npy")
    assert work.kind is WorkKind.FILM
    assert work.width_m / work.height_m == pytest.approx(16 / 9, rel=1e-2)
    assert work.thumbnail is not None
    assert (work.thumbnail == 200).all()


def test_works_are_found_once_in_the_order_of_their_names(tmp_path) -> None:
    for name in ("b.png", "A.jpg", "sub/c.glb", ".hidden/d.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = list(find_works([tmp_path, tmp_path / "b.png"]))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["A.jpg", "b.png", "sub/c.glb"]
    for path in (tmp_path / "gone", tmp_path / "notes.txt"):
        with pytest.raises(BadInput):
            list(find_works([path]))
