"""What a work's file says of itself: EXIF, IPTC, XMP, the texts of a PNG, the header of an OpenEXR, the tags of a film,
the asset of a GLB, and how it was made."""

from __future__ import annotations

import contextlib
import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import OpenImageIO as oiio
from PIL import ExifTags, Image, IptcImagePlugin

from protocol.style import SOFTWARE

from .film_metadata import film_tags
from .making import facts_within
from .words import clean

__all__ = ["embedded", "said_by_film", "said_by_header", "said_by_sculpture"]

_EXIF = {ExifTags.Base.ImageDescription: "title", ExifTags.Base.Artist: "artist", ExifTags.Base.Copyright: "rights",
         ExifTags.Base.DateTime: "year", ExifTags.Base.XPTitle: "title", ExifTags.Base.XPAuthor: "artist",
         ExifTags.Base.XPComment: "text"}  # later ones go before earlier ones
_WINDOWS = {ExifTags.Base.XPTitle, ExifTags.Base.XPAuthor, ExifTags.Base.XPComment}  # UTF-16 in bytes
_PNG = {"Title": "title", "Author": "artist", "Description": "text", "Copyright": "rights", "Creation Time": "year",
        "Source": "provenance"}
_IPTC = {5: "title", 80: "artist", 116: "rights", 120: "text", 55: "year", 115: "provenance"}
_XMP = {"title": "title", "creator": "artist", "rights": "rights", "description": "text"}
_DC, _RDF = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_CREATED = ("{http://ns.adobe.com/photoshop/1.0/}DateCreated", "{http://ns.adobe.com/xap/1.0/}CreateDate")
_MOST_XMP_BYTES = 1_000_000
_HEADER = {"Comments": "text", "ImageDescription": "title", "Title": "title", "Author": "artist", "Artist": "artist",
           "Copyright": "rights", "Date": "year", "DateTime": "year", "Description": "text"}  # by OpenImageIO
_FILM = {"title": "title", "artist": "artist", "date": "year", "copyright": "rights", "comment": "text",
         "description": "text"}
_ASSET = {"license": "rights", "copyright": "rights", "title": "title", "author": "artist", "artist": "artist",
          "date": "year", "source": "provenance", "description": "text", "medium": "medium"}
_JSON = 0x4E4F534A  # of a GLB's first chunk
_MOST_JSON_BYTES = 50_000_000


def embedded(image: Image.Image) -> dict[str, str]:
    """What there is, by the names of `words.FIELDS`; XMP goes before PNG's texts, those before IPTC, that before EXIF.
    Broken metadata are none.
    """
    found: dict[str, str] = {}
    for read in (_exif, _iptc, _png, _xmp, lambda image: facts_within(image.info)):
        with contextlib.suppress(Exception):  # of metadata anything may be broken, and it is no harm
            found |= {name: text for name, text in read(image).items() if text}
    return _with_year(found)


def said_by_header(path: Path) -> dict[str, str]:
    """As `embedded`, of a picture that Pillow does not read: OpenEXR, Radiance."""
    source = oiio.ImageInput.open(str(path))
    if source is None:
        return {}
    try:
        told = {each.name: str(each.value) for each in source.spec().extra_attribs}
    finally:
        source.close()
    by_name = {name.rsplit(":", 1)[-1].casefold(): text for name, text in told.items()}
    found = _named(by_name, {name.casefold(): field for name, field in _HEADER.items()})
    if SOFTWARE in told.get("Software", ""):
        found["provenance"] = SOFTWARE
    with contextlib.suppress(Exception):  # as of `embedded`
        found |= facts_within(told)
    return _with_year(found)


def said_by_film(path: Path) -> dict[str, str]:
    """As `embedded`, of a film."""
    with contextlib.suppress(Exception):  # as of `embedded`
        return _with_year(_named(film_tags(path), _FILM))
    return {}


def said_by_sculpture(path: Path) -> dict[str, str]:
    """As `embedded`, of a GLB: its asset's copyright and extras (as Sketchfab writes them), and those of its scene."""
    with contextlib.suppress(Exception):  # as of `embedded`
        with path.open("rb") as file:
            _, _, _, size, kind = struct.unpack("<4s4I", file.read(20))
            if kind != _JSON or size > _MOST_JSON_BYTES:
                return {}
            body = json.loads(file.read(size))
        asset = body["asset"]
        scene = (body.get("scenes") or [{}])[body.get("scene", 0)]
        told = {**_texts_of(scene.get("extras")), **_texts_of(asset.get("extras")), **_texts_of(asset)}
        found = _named(told, _ASSET)
        return _with_year(found)
    return {}


def _texts_of(extras: Any) -> dict[str, str]:
    return {name.casefold(): text for name, text in extras.items() if isinstance(text, str)} \
        if isinstance(extras, dict) else {}


def _named(told: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """By the names of `words.FIELDS`; what `fields` has later goes before what it has earlier."""
    return {field: words for name, field in fields.items() if (words := clean(field, told.get(name, "")))}


def _with_year(found: dict[str, str]) -> dict[str, str]:
    """Of a date only the year is told."""
    year = re.search(r"\d{4}", found.get("year", ""))
    if year and year[0] == "0000":  # what cameras without a date write
        return {name: text for name, text in found.items() if name != "year"}
    return found | {"year": year[0]} if year else found


def _exif(image: Image.Image) -> dict[str, str]:
    tags = image.getexif()
    found = {}
    for tag, name in _EXIF.items():
        value = tags.get(tag)
        if value is None:
            continue
        text = bytes(value).decode("utf-16-le", "ignore").rstrip("\0") if tag in _WINDOWS else str(value)
        if clean(name, text):
            found[name] = clean(name, text)
    taken = tags.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    if taken and not str(taken).startswith("0000"):
        found["year"] = clean("year", taken)
    if SOFTWARE in str(tags.get(ExifTags.Base.Software, "")):
        found["provenance"] = SOFTWARE
    return found


def _iptc(image: Image.Image) -> dict[str, str]:
    """Of record 2, see IPTC-IIM 4.2; of a field that comes again all."""
    fields = IptcImagePlugin.getiptcinfo(image) or {}
    found = {}
    for number, name in _IPTC.items():
        values = fields.get((2, number), [])
        words = [_decoded(each) for each in (values if isinstance(values, list) else [values])]
        if words:
            found[name] = clean(name, ", ".join(words))
    return found


def _decoded(words: bytes) -> str:
    """UTF-8, or of older programs Latin-1."""
    try:
        return words.decode("utf-8")
    except UnicodeDecodeError:
        return words.decode("latin-1")


def _png(image: Image.Image) -> dict[str, str]:
    found = {name: clean(name, image.info[key]) for key, name in _PNG.items() if isinstance(image.info.get(key), str)}
    if SOFTWARE in str(image.info.get("Software", "")):
        found["provenance"] = SOFTWARE
    return found


def _xmp(image: Image.Image) -> dict[str, str]:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    body = packet.encode() if isinstance(packet, str) else bytes(packet)
    if not body or len(body) > _MOST_XMP_BYTES or b"<!" in body:  # no entities: they could grow without bound
        return {}
    tree = ElementTree.fromstring(body.strip(b"\0 \r\n"))
    found = {}
    for tag, name in _XMP.items():
        node = tree.find(f".//{_DC}{tag}")
        if node is not None:
            items = [item.text or "" for item in node.iter(f"{_RDF}li")] or [node.text or ""]
            found[name] = clean(name, ", ".join(items) if tag == "creator" else items[0])
    for node in tree.iter(f"{_RDF}Description"):
        for date in _CREATED:
            value = node.get(date) or node.findtext(date)
            if value:
                found.setdefault("year", clean("year", value))
    return found
