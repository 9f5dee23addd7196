"""What works tell of themselves, what a table tells of them, and which of them share a room."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

from backend.exhibition.artworks import Artwork, find_works, look_at, read_work
from backend.exhibition.curation import Alike, curate, resolved, year_of
from backend.exhibition.letters import Letters
from backend.exhibition.sidecar import read_sidecar
from backend.exhibition.words import clean
from backend.style.pictures import write_picture
from protocol.errors import BadInput, fill
from protocol.exhibition import Curation
from protocol.exhibition_plan import WorkKind
from protocol.making import facts_of_style
from protocol.remarks import Remark
from protocol.style import Style, StyleRequest
from tests.backend.test_exhibition_planning import artwork


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


# What cannot be shown

@pytest.mark.parametrize(("name", "body", "sentence"), [
    ("a.png", b"", "a.png is not a picture that can be read"),
    ("a.jpg", b"no picture", "a.jpg is not a picture that can be read"),
    ("a.glb", b"glTF\x02\0\0\0", "a.glb is not a GLB file that can be read"),
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


def test_a_name_that_is_no_text_is_refused(tmp_path) -> None:
    with pytest.raises(BadInput, match=r"The name of a\?.png is not valid UTF-8 text."):
        read_work(tmp_path / "a\udcff.png", {})


def test_a_work_that_is_larger_than_any_wall_is_refused(tmp_path) -> None:
    path = save(tmp_path / "a.png")
    with pytest.raises(BadInput, match=r"a.png is 16.0 × 12.0 m: no wall is larger than 12.0 × 7.0 m."):
        read_work(path, {"width_cm": "1600"})


# Sculptures and films

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


# Words

def test_a_title_is_that_of_the_table_else_of_the_picture_else_of_the_file(tmp_path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Title", "夕阳")
    info.add_text("Author", "Mira")
    info.add_text("Copyright", "CC0")
    info.add_text("Creation Time", "2024-05-01T10:00:00")
    info.add_text("Software", "Vernissage")
    path = save(tmp_path / "evening_sea.png", pnginfo=info)
    work, _ = read_work(path, {})
    assert (work.title, work.artist, work.rights, work.year, work.provenance) == (
        "夕阳", "Mira", "CC0", "2024", "Vernissage")
    work, _ = read_work(path, {"title": "Dusk"})
    assert (work.title, work.artist) == ("Dusk", "Mira")
    assert read_work(save(tmp_path / "morning_sea.png"), {})[0].title == "morning sea"


def test_exif_and_xmp_are_read(tmp_path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "From EXIF"
    exif[ExifTags.Base.Artist] = "Lin"
    exif[ExifTags.Base.DateTime] = "1999:12:31 23:59:59"
    xmp = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
        <rdf:li xml:lang="x-default">From XMP</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"""
    work, _ = read_work(save(tmp_path / "a.jpg", exif=exif, xmp=xmp), {})
    assert (work.title, work.artist, work.year) == ("From XMP", "Lin", "1999")


def test_broken_metadata_are_no_harm(tmp_path) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'
    for xmp in (bomb, b"<not xml", b"\xff" * 50):
        work, _ = read_work(save(tmp_path / "sea.jpg", xmp=xmp, exif=b"Exif\0\0II*\0\xff\xff\xff\x7f"), {})
        assert work.title == "sea"


@pytest.mark.parametrize(("words", "kept"), [
    ("<b onclick='x()'>Sea</b> &amp;", "<b onclick='x()'>Sea</b> &amp;"),  # is text, and stays so
    ("שלום עולם", "שלום עולם"),
    ("👩‍🎨 🌊", "👩‍🎨 🌊"),
    ("a\x1b[2Jb\0c\td", "a [2Jb c d"),
    ("one\r\n\r\n two ", "one two"),
    ("\udcff", "?"),
    ("e\u0301", "é"),
    ("x" * 400, "x" * 299 + "…"),
])
def test_words_stay_as_they_are_but_for_what_no_script_writes(words: str, kept: str) -> None:
    assert clean("title", words) == kept


def test_a_text_keeps_its_lines() -> None:
    assert clean("text", " one \r\n\n two ") == "one\n\ntwo"


@pytest.mark.parametrize(("year", "number"), [("c. 1890–95", 1890), ("1907", 1907), ("", None), ("undated", None),
                                              ("um 850", 850)])
def test_the_first_year_that_is_told_counts(year: str, number: int | None) -> None:
    work = artwork(1, 1, 1)
    assert year_of(Artwork(**{**vars(work), "year": year})) == number


def test_letters_that_no_font_has_are_dots() -> None:
    letters = Letters([Path("/no/font.ttf")])
    image = Image.new("L", (200, 30))
    letters.draw(ImageDraw.Draw(image), (0, 15), "Sea 海 🌊", 20, 255)  # type: ignore[arg-type]
    assert image.getbbox() is not None
    assert letters.width("海", 20) == letters.width("·", 20)
    assert letters.cut("a long title of a work", 20, 80).endswith("…")
    assert letters.width(letters.cut("a long title of a work", 20, 80), 20) <= 80


# Tables

CSV = 'file;title;width_cm;room\na.png;"Sea; calm";120,5;North\nsub/b.png;;;South\n'


@pytest.mark.parametrize("text", [
    CSV, CSV.replace(";", "\t").replace("\t calm", "; calm"), "\ufeff" + CSV.replace("\n", "\r\n"),
    json.dumps([{"file": "a.png", "title": "Sea; calm", "width_cm": "120,5", "room": "North"},
                {"file": "sub/b.png", "room": "South", "title": None}]),
    json.dumps({"works": [{"FILE": "./A.PNG", "title": "Sea; calm", "width_cm": "120,5", "room": "North"},
                          {"file": "sub\\b.png", "room": "South"}]}),
], ids=["semicolons", "tabs", "mark", "list", "object"])
def test_a_table_is_read_however_it_was_saved(tmp_path, text: str) -> None:
    path = tmp_path / ("works.json" if text[0] in "[{" else "works.csv")
    path.write_text(text, encoding="utf-8", newline="")
    sidecar = read_sidecar(path)
    assert sidecar.remarks == []
    assert sidecar.take(tmp_path / "a.png") == {"title": "Sea; calm", "width_cm": "120,5", "room": "North"}
    assert sidecar.take(tmp_path / "b.png") is None
    assert sidecar.take(tmp_path / "sub" / "b.png") == {"room": "South"}
    assert sidecar.rows == {}


def test_what_a_table_says_in_vain_is_told(tmp_path) -> None:
    path = tmp_path / "works.csv"
    path.write_text("file,colour\na.png,red\n,blue\nA.png,green\n", encoding="utf-8")
    sidecar = read_sidecar(path)
    assert "these columns are not used: colour" in said(sidecar.remarks)
    assert "Entry 2 of the sidecar names no file" in said(sidecar.remarks)
    assert "tells of A.png twice" in said(sidecar.remarks)


@pytest.mark.parametrize(("name", "body", "sentence"), [
    ("a.csv", b"name,title\n", "The sidecar a.csv has no column “file”."),
    ("a.csv", b"", "The sidecar a.csv has no column “file”."),
    ("a.csv", "file,title\na.png,Größe".encode("latin-1"), "The sidecar a.csv is not UTF-8 text."),
    ("a.json", b"{", "The sidecar a.json cannot be read"),
    ("a.json", b'{"works": 3}', "The sidecar a.json is no list of works."),
    ("a.json", b'["a.png"]', "The sidecar a.json is no list of works."),
])
def test_a_table_that_is_none_is_refused(tmp_path, name: str, body: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(BadInput) as caught:
        read_sidecar(tmp_path / name)
    assert sentence in str(caught.value)


def test_works_are_found_once_in_the_order_of_their_names(tmp_path) -> None:
    for name in ("b.png", "A.jpg", "sub/c.glb", ".hidden/d.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = list(find_works([tmp_path, tmp_path / "b.png"]))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["A.jpg", "b.png", "sub/c.glb"]
    for path in (tmp_path / "gone", tmp_path / "notes.txt"):
        with pytest.raises(BadInput):
            list(find_works([path]))


# Rooms

def works_with(**columns: list[str]) -> list[Artwork]:
    count = len(next(iter(columns.values())))
    return [Artwork(**{**vars(artwork(number, 1, 1)), "title": str(number),
                       **{name: values[number] for name, values in columns.items()}}) for number in range(count)]


def titles(rooms: list) -> list[tuple[str, str]]:
    return [(room.title, "".join(work.title for work in room.works)) for room in rooms]


def test_rooms_by_hand_are_as_they_are_told() -> None:
    works = works_with(room=["Sea", "", "Sky", "Sea", "Sky"])
    assert resolved(Curation.AUTO, works) is Curation.HAND
    assert titles(curate(works, Curation.HAND, 1, 0)) == [("Sea", "03"), ("Sky", "24"), ("", "1")]


def test_large_themes_have_several_rooms() -> None:
    works = works_with(theme=list("aaaaaab"))
    assert resolved(Curation.AUTO, works) is Curation.THEME
    assert titles(curate(works, Curation.THEME, 3, 0)) == [("a", "012"), ("a", "345"), ("b", "6")]


def test_rooms_by_date_are_cut_where_most_years_lie_between() -> None:
    works = works_with(year=["1950", "1900", "1905", "?", "1955", "1902", "1957"])
    assert titles(curate(works, Curation.DATE, 3, 0)) == [("1900–1905", "152"), ("1950–1957", "046"), ("", "3")]


def test_rooms_by_style_hold_clusters_and_go_smoothly() -> None:
    """Works on a line, in three clusters, shuffled: the walk goes along the line."""
    rng = random.Random(4)
    at = [0.0, 0.1, 0.2, 0.3, 5.0, 5.1, 5.2, 5.3, 9.0, 9.1, 9.2, 9.3]
    rng.shuffle(at)
    works = works_with(title=[f"{place:.1f} " for place in at])
    apart = np.abs(np.subtract.outer(at, at))
    alike = Alike(range(len(at)), apart, apart)
    rooms = curate(works, Curation.STYLE, 4, 0, alike)
    walk = [float(title) for _, room in titles(rooms) for title in room.split()]
    assert walk in (sorted(at), sorted(at, reverse=True))
    assert [len(room.works) for room in rooms] == [4, 4, 4]
    assert titles(rooms) == titles(curate(works, Curation.STYLE, 4, 0, alike))


@pytest.mark.parametrize("curation", [Curation.HAND, Curation.THEME, Curation.DATE, Curation.STYLE])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 47])
def test_every_work_is_in_one_room(curation: Curation, count: int) -> None:
    rng = random.Random(count)
    works = works_with(room=[rng.choice(["", "a", "b"]) for _ in range(count)],
                       theme=[rng.choice(["", "a", "b"]) for _ in range(count)],
                       year=[rng.choice(["", "1900", "2000"]) for _ in range(count)])
    seen = range(0, count, 3)
    places = np.random.default_rng(count).random((len(seen), 3))
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    for per_room in (1, 4, 9):
        rooms = curate(works, curation, per_room, 1, Alike(seen, apart, apart))
        assert sorted(int(work.title) for room in rooms for work in room.works) == list(range(count))
        assert all(room.works for room in rooms)
        if curation is not Curation.HAND:
            groups = 3 if curation in (Curation.THEME, Curation.DATE) else 1
            assert len(rooms) <= count / per_room + groups


# How works were made

CARD = {"vernissage": "world", "request": {"prompt": "sunset over the sea", "negative_prompt": "", "seed": 7},
        "sources": "", "result": {"picture": "a b.jpg", "model": r"C:\Users\me\models\sky", "seed": 7, "steps": 20,
                                  "guidance_scale": 3.0, "licence": "GPL-3.0-or-later", "device": "cpu"}}


def test_a_card_beside_a_picture_tells_how_it_was_made(tmp_path) -> None:
    save(tmp_path / "a b.jpg")
    (tmp_path / "a b.json").write_text(json.dumps(CARD))
    work, _ = read_work(tmp_path / "a b.jpg", {"licence": "mine"})
    assert work.made == {"prompt": "sunset over the sea", "model": "sky", "licence": "mine", "steps": "20",
                         "guidance_scale": "3.0", "seed": "7"}  # no folder of the artist's
    save(tmp_path / "m" / "base_colour.png")
    (tmp_path / "m" / "material.json").write_text(json.dumps({
        **CARD, "vernissage": "material", "result": {"maps": {"base_colour": "base_colour.png"}, "model": "mini"}}))
    work, _ = read_work(tmp_path / "m" / "base_colour.png", {})
    assert (work.made["prompt"], work.made["model"]) == ("sunset over the sea", "mini")


@pytest.mark.parametrize("card", [b"", b"\xff{", b"[1]", b'{"vernissage": 1, "result": [{}], "request": 3}',
                                  json.dumps({**CARD, "vernissage": None, "result": {"picture": "other.png"}}).encode(),
                                  json.dumps({"result": CARD["result"], "request": CARD["request"]}).encode()])
def test_a_file_beside_a_picture_that_is_no_card_of_it_tells_nothing(tmp_path, card: bytes) -> None:
    save(tmp_path / "a b.jpg")
    (tmp_path / "a b.json").write_bytes(card)
    assert read_work(tmp_path / "a b.jpg", {})[0].made == {}


def test_what_a_picture_itself_says_of_how_it_was_made(tmp_path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a seascape: grey, heavy\nin oil\nNegative prompt: people, text\n"
                                 'Steps: 30, Sampler: Euler, CFG scale: 6.5, Seed: 42, '
                                 'Size: 512x512, Model: "a, b", Denoising strength: 0.4')
    work, _ = read_work(save(tmp_path / "a.png", pnginfo=texts), {"prompt": "the sea"})
    assert work.made == {"prompt": "the sea", "negative_prompt": "people, text", "steps": "30", "guidance_scale": "6.5",
                         "seed": "42", "model": "a, b", "strength": "0.4"}
    assert read_work(tmp_path / "a.png", {})[0].made["prompt"] == "a seascape: grey, heavy in oil"
    request = StyleRequest(name="n", content="c.png", styles=(Style(trained="/home/me/墨.safetensors"),))
    write_picture(tmp_path / "b.png", np.full((40, 40, 3), 0.5, np.float32), None, deep=False,
                  made=facts_of_style(request))
    assert read_work(tmp_path / "b.png", {})[0].made == {"style": "墨"}
