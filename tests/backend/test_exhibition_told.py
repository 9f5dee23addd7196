"""What works tell of themselves, what a table tells of them, and how they were made."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
import trimesh
from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

from backend.exhibition.artworks import read_work
from backend.exhibition.letters import Letters
from backend.exhibition.metadata import said_by_film
from backend.exhibition.sidecar import read_sidecar
from backend.exhibition.words import clean
from backend.style.pictures import write_picture
from protocol.errors import BadInput
from protocol.making import facts_of_style
from protocol.style import Style, StyleRequest
from tests.backend.test_exhibition_works import said, save

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


def test_a_picture_that_lies_on_its_side_says_so(tmp_path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    work, _ = read_work(save(tmp_path / "a.jpg", exif=exif), {"width_cm": "60"})
    assert (work.orientation, work.width_m, work.height_m) == (6, 0.6, 0.8)
    exif[ExifTags.Base.Orientation] = 9  # there is none
    work, _ = read_work(save(tmp_path / "b.jpg", exif=exif), {"width_cm": "60"})
    assert (work.orientation, work.height_m) == (1, 0.45)


def test_a_table_tells_the_language_and_what_is_none_is_told_of(tmp_path) -> None:
    path = save(tmp_path / "sea.png")
    work, remarks = read_work(path, {"language": "pt-BR"})
    assert (work.language, remarks) == ("pt-BR", [])
    work, (remark,) = read_work(path, {"language": "Portuguese"})
    assert work.language == ""
    assert remark.values == {"name": "sea.png", "language": "Portuguese"}
    assert "such as en, pt-BR" in remark.sentence


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


def test_deep_pictures_tell_of_themselves_too(tmp_path) -> None:
    deep = Image.fromarray(np.arange(2000, dtype=np.uint16).reshape(40, 50) * 30)
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Title", "海")
    info.add_text("Author", "Mira")
    deep.save(tmp_path / "deep.png", pnginfo=info)
    work, _ = read_work(tmp_path / "deep.png", {})
    assert (work.title, work.artist) == ("海", "Mira")
    light = oiio.ImageBuf(oiio.ImageSpec(50, 40, 3, oiio.HALF))
    for name, text in {"Artist": "Lin", "ImageDescription": "Dusk", "Copyright": "CC0",
                       "DateTime": "1999:12:31 23:59:59"}.items():
        light.specmod().attribute(name, text)
    assert light.write(str(tmp_path / "light.exr"))
    work, _ = read_work(tmp_path / "light.exr", {"rights": "CC BY"})
    assert (work.title, work.artist, work.rights, work.year) == ("Dusk", "Lin", "CC BY", "1999")


@pytest.mark.parametrize("name", ["itunes.mp4", "quicktime.mov", "classic.mov", "vp9.webm"])
def test_films_tell_of_themselves(tmp_path, name: str) -> None:
    """As FFmpeg writes it into each container; of one that is cut anywhere nothing but its words are missing."""
    film = Path(__file__).parents[1] / "films" / name
    told = said_by_film(film)
    assert told.pop("text") in ("The sea moves.", "A sea")
    assert told == {"title": "Wellen", "artist": "A. Filmer", "year": "2021", "rights": "CC BY 4.0"}
    body = film.read_bytes()
    for length in range(0, len(body), 61):
        (tmp_path / name).write_bytes(body[:length])
        assert said_by_film(tmp_path / name).items() <= {*told.items(), ("text", "The sea moves."), ("text", "A sea"),
                                                         ("title", "Wellen")}
    np.save(tmp_path / "still.npy", np.full((48, 64, 3), 200, np.uint8))
    assert read_work(film, {}, tmp_path / "still.npy")[0].title == "Wellen"


def test_a_sculpture_tells_of_itself(tmp_path) -> None:
    """As Sketchfab writes it."""
    path = tmp_path / "a.glb"
    path.write_bytes(trimesh.creation.box((0.3, 0.5, 0.3)).export(file_type="glb"))
    _, _, _, size, kind = struct.unpack("<4s4I", path.read_bytes()[:20])
    body, rest = json.loads(path.read_bytes()[20:20 + size]), path.read_bytes()[20 + size:]
    for asset, told in (({"copyright": "2021 Lin", "extras": {"author": "Lin", "license": "CC-BY", "title": "箱",
                                                             "source": "https://example.org/box"}},
                         ("箱", "Lin", "2021 Lin", "https://example.org/box")),
                        ({"extras": {"license": "CC-BY", "title": 7}}, ("a", "", "CC-BY", "")), ({"extras": []},
                                                                                               ("a", "", "", ""))):
        text = json.dumps({**body, "asset": {"version": "2.0", **asset}}).encode()
        text += b" " * (-len(text) % 4)
        path.write_bytes(struct.pack("<4s4I", b"glTF", 2, 20 + len(text) + len(rest), len(text), kind) + text + rest)
        work, _ = read_work(path, {})
        assert (work.title, work.artist, work.rights, work.provenance) == told


def test_iptc_is_read_and_goes_before_exif(tmp_path) -> None:
    said = {5: "Flut", 80: "Zoë", 55: "20240501", 115: "Estate", 116: "CC0", 120: "Ebb and flood"}
    body = b"\x1c\x01\x5a\x00\x03\x1b%G" + b"".join(
        b"\x1c\x02" + bytes([number]) + len(text.encode()).to_bytes(2, "big") + text.encode()
        for number, text in said.items())
    body += b"\x1c\x02\x50\x00\x02J\xf6"  # a second artist, by an older program
    resource = b"8BIM\x04\x04\0\0" + len(body).to_bytes(4, "big") + body + b"\0" * (len(body) % 2)
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "From EXIF"
    plain = save(tmp_path / "a.jpg", exif=exif).read_bytes()
    segment = b"Photoshop 3.0\0" + resource
    head = b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big")
    (tmp_path / "a.jpg").write_bytes(plain[:2] + head + segment + plain[2:])
    work, _ = read_work(tmp_path / "a.jpg", {})
    assert (work.title, work.artist, work.year, work.provenance, work.rights, work.text) == (
        "Flut", "Zoë, Jö", "2024", "Estate", "CC0", "Ebb and flood")


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


@pytest.mark.parametrize(("changed", "year"), [("1999:12:31 23:59:59", "1999"), ("0000:00:00 00:00:00", "")])
def test_cameras_without_a_date_tell_none(tmp_path, changed: str, year: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = changed
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "0000:00:00 00:00:00"
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert read_work(tmp_path / "a.jpg", {})[0].year == year


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
    assert sidecar.take([tmp_path / "a.png", tmp_path / "b.png", tmp_path / "sub" / "b.png"]) == {
        tmp_path / "a.png": {"title": "Sea; calm", "width_cm": "120,5", "room": "North"},
        tmp_path / "sub" / "b.png": {"room": "South"}}
    assert sidecar.rows == {}


@pytest.mark.parametrize(("files", "rows", "taken"), [
    (["good.png", "GOOD.png"], ["good.png"], {"good.png": "good.png"}),
    (["GOOD.png", "good.png"], ["good.png"], {"good.png": "good.png"}),
    (["GOOD.png", "good.png"], ["good.png", "GOOD.png"], {"good.png": "good.png", "GOOD.png": "GOOD.png"}),
    (["GOOD.png", "good.png"], ["Good.png"], {}),  # which of them is meant nobody knows
    (["GOOD.PNG", "b/good.png"], ["good.png", "B/Good.png"], {"GOOD.PNG": "good.png", "b/good.png": "B/Good.png"}),
    (["a/GOOD.png", "b/good.png"], ["good.png"], {"b/good.png": "good.png"}),
    (["GOOD.png", "b/good.png"], ["good.png"], {"b/good.png": "good.png"}),
    (["a/good.png", "good.png"], ["good.png"], {"good.png": "good.png"}),
    (["good.png"], ["GOOD.png", "Good.png", "good.png"], {"good.png": "good.png"}),
    (["good.png"], ["GOOD.png", "Good.png"], {"good.png": "GOOD.png"}),
])
def test_a_row_is_of_the_file_that_is_spelled_so(tmp_path, files: list[str], rows: list[str], taken: dict[str, str]
                                                 ) -> None:
    (tmp_path / "works.csv").write_text("\n".join(["file,title", *(f"{row},{row}" for row in rows)]), "utf-8")
    sidecar = read_sidecar(tmp_path / "works.csv")
    said = sidecar.take([tmp_path / file for file in files])
    assert {path.relative_to(tmp_path).as_posix(): row["title"] for path, row in said.items()} == taken
    assert sidecar.rows.keys() == set(rows) - set(taken.values())  # and of these the job tells


def test_a_table_names_files_by_whole_paths_too(tmp_path) -> None:
    file = tmp_path / "a.png"
    (tmp_path / "works.csv").write_text(f"file,title\na.png,Short\n{file.as_posix()},Whole\n", "utf-8")
    assert read_sidecar(tmp_path / "works.csv").take([file]) == {file: {"title": "Whole"}}


def test_what_a_table_says_in_vain_is_told(tmp_path) -> None:
    path = tmp_path / "works.csv"
    path.write_text("file,colour\nA.png,red\n,blue\n./A.png,green\n", encoding="utf-8")
    sidecar = read_sidecar(path)
    assert "these columns are not used: colour" in said(sidecar.remarks)
    assert "Entry 2 of the sidecar names no file" in said(sidecar.remarks)
    assert "tells of ./A.png twice" in said(sidecar.remarks)
    path.write_text("file,title,artist\na.png,Sea, calm,Lin\nb.png,Sea,Lin,\n", "utf-8")
    assert said(read_sidecar(path).remarks).count("more cells") == 1


@pytest.mark.parametrize(("text", "line", "words", "used"), [
    ('a.png,"One,Bob\nb.png,Two,Al\nc.png,Three,Cy\n', 2, "One,Bob", {"b.png": "Two", "c.png": "Three"}),
    ('a.png,"One\nfor all",Bob\r\nb.png,"Two,Al\r\nc.png,"Three, or so",Cy\r\n', 4, "Two,Al",
     {"a.png": "One for all", "c.png": "Three, or so"}),
    ('a.png,"One"" of all" ,Bob\nb.png,"Two" by two,Al\nc.png,Three,"Cy', 4, "Cy",
     {"a.png": 'One" of all', "b.png": "Two by two"}),
])
def test_a_quote_that_is_not_closed_costs_its_own_row_alone(tmp_path, text: str, line: int, words: str,
                                                            used: dict[str, str]) -> None:
    (tmp_path / "works.csv").write_text("file,title,artist\n" + text, encoding="utf-8", newline="")
    sidecar = read_sidecar(tmp_path / "works.csv")
    assert {file: row["title"] for file, row in sidecar.rows.items()} == used
    assert said(sidecar.remarks) == (f"Line {line} of the sidecar works.csv is not used: its quote before “{words}” is "
                                     "not closed. Close it, or take it out.")


def test_rows_end_where_lines_end_alone(tmp_path) -> None:
    """And not where `str.splitlines` sees a line's end."""
    (tmp_path / "works.csv").write_text("file,title,artist\ra.png,one\u2028two\x0bthree\x85four,Bob\r\nb.png,Two\n",
                                        encoding="utf-8", newline="")
    sidecar = read_sidecar(tmp_path / "works.csv")
    assert (sidecar.rows["a.png"]["artist"], sidecar.rows["b.png"]["title"], sidecar.remarks) == ("Bob", "Two", [])
    assert sidecar.rows["a.png"]["title"].endswith("three four")


def test_json_tells_of_nought_and_lists_are_no_labels(tmp_path) -> None:
    (tmp_path / "works.json").write_text(json.dumps([
        {"file": "a.png", "seed": 0, "steps": 0, "title": ["a", "b"], "artist": {"name": "Mira"}, "focal": False},
        {"file": ["b.png"], "title": "Two"}]), "utf-8")
    sidecar = read_sidecar(tmp_path / "works.json")
    assert sidecar.rows == {"a.png": {"seed": "0", "steps": "0"}}
    assert [remark.values for remark in sidecar.remarks] == [
        {"name": "a.png", "column": "title"}, {"name": "a.png", "column": "artist"}, {"number": 2}]


@pytest.mark.parametrize(("name", "body", "sentence"), [
    ("a.csv", b'file,"title\na.png,One\n',
     "Line 1 of the sidecar a.csv has a quote before “title” that is not closed. Close it, or take it out."),
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
