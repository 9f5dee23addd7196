"""What a picture's file says of itself: EXIF, XMP, the texts of a PNG, and how it was made."""

from __future__ import annotations

import contextlib
import re
from xml.etree import ElementTree

from PIL import ExifTags, Image

from protocol.style import SOFTWARE

from .making import facts_within
from .words import clean

__all__ = ["embedded"]

_EXIF = {ExifTags.Base.ImageDescription: "title", ExifTags.Base.Artist: "artist", ExifTags.Base.Copyright: "rights",
         ExifTags.Base.DateTime: "year", ExifTags.Base.XPTitle: "title", ExifTags.Base.XPAuthor: "artist",
         ExifTags.Base.XPComment: "text"}  # later ones go before earlier ones
_WINDOWS = {ExifTags.Base.XPTitle, ExifTags.Base.XPAuthor, ExifTags.Base.XPComment}  # UTF-16 in bytes
_PNG = {"Title": "title", "Author": "artist", "Description": "text", "Copyright": "rights", "Creation Time": "year",
        "Source": "provenance"}
_XMP = {"title": "title", "creator": "artist", "rights": "rights", "description": "text"}
_DC, _RDF = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_CREATED = ("{http://ns.adobe.com/photoshop/1.0/}DateCreated", "{http://ns.adobe.com/xap/1.0/}CreateDate")
_MOST_XMP_BYTES = 1_000_000


def embedded(image: Image.Image) -> dict[str, str]:
    """What there is, by the names of `words.FIELDS`; XMP goes before PNG's texts, those before EXIF. Broken metadata
    are none.
    """
    found: dict[str, str] = {}
    for read in (_exif, _png, _xmp, lambda image: facts_within(image.info)):
        with contextlib.suppress(Exception):  # of metadata anything may be broken, and it is no harm
            found |= {name: text for name, text in read(image).items() if text}
    if "year" in found:
        year = re.search(r"\d{4}", found["year"])  # of a date only the year is told
        found["year"] = year[0] if year else found["year"]
    return found


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
    if taken:
        found["year"] = clean("year", taken)
    if SOFTWARE in str(tags.get(ExifTags.Base.Software, "")):
        found["provenance"] = SOFTWARE
    return found


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
