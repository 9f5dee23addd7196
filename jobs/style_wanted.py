"""What the Style panel asks for, as a job list takes it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..properties.style import VERNISSAGE_PG_style, VERNISSAGE_PG_style_item
from ..protocol.errors import BadInput
from ..protocol.style import FIRST_STYLE, ControlKind, Style, StyleArea, StyleMethod, StyleRequest
from ..scene.mattes import object_names
from .picture import Picture
from .style import Wanted
from .trained_styles import trained_path

__all__ = ["wanted_style"]

_EVERYWHERE = ("EVERYWHERE", "", False)
_UNBROUGHT = "?"  # a picture's file has its name once it is in the job's folder


def wanted_style(style: VERNISSAGE_PG_style) -> Wanted:
    """Without any style in its list the instant method takes `FIRST_STYLE`.

    Raises:
        BadInput: something cannot be asked, or a style of the list has no picture.
    """
    chosen = [(item, _style(number, item), _look(number, item, style.id_data.name))
              for number, item in enumerate(style.styles, 1)]
    places: dict[tuple[str, str, bool], list[tuple[VERNISSAGE_PG_style_item, Style, Picture | None]]] = {}
    for number, entry in enumerate(chosen, 1):
        places.setdefault(_place(number, entry[0]), []).append(entry)
    everywhere = places.pop(_EVERYWHERE, [])
    areas = tuple(_area(entries) for entries in places.values())
    looks = [look for entries in (everywhere, *places.values()) for _, _, look in entries]
    styles = [own for _, own, _ in everywhere]
    if not chosen and style.style_method() is StyleMethod.INSTANT:
        looks, styles = [None], [Style(fixed=FIRST_STYLE)]
    request = StyleRequest(
        name="", content=_UNBROUGHT, styles=tuple(styles), areas=areas, layer=style.layer, strength=style.strength,
        keep_colours=style.keep_colours, stroke_scale=style.stroke_scale, method=style.style_method(),
        content_weight=style.content_weight, seed=style.seed, encoder=_folder(style.encoder),
        **(_of_diffusion(style) if style.style_method() is StyleMethod.DIFFUSION else {"steps": style.steps}))
    return Wanted(request, tuple(looks), Picture.of_image(style.mask) if style.mask else None)


def _of_diffusion(style: VERNISSAGE_PG_style) -> dict[str, Any]:
    """What is asked of a diffusion model: of the one that the scene's textures are painted with."""
    texture = style.id_data.vernissage.texture
    is_followed = style.follows != "NOTHING" and texture.model == "FOLDER"
    controlnet = _folder(texture.controlnet) if is_followed else ""
    return {"model": texture.model_name(), "prompt": style.prompt,
            "controlnet": controlnet, "control_kind": ControlKind[style.follows] if controlnet else ControlKind.DEPTH,
            "steps": style.diffusion_steps,
            "ip_adapter": _folder(style.ip_adapter), "ip_adapter_scale": style.ip_adapter_scale}


def _place(number: int, item: VERNISSAGE_PG_style_item) -> tuple[str, str, bool]:
    """What those have in common that are mixed."""
    if item.place == "EVERYWHERE":
        return _EVERYWHERE
    block = item.object if item.place == "OBJECT" else item.collection
    if block is None:
        raise BadInput("It is not chosen what style {number} of the list is for.",
                       "Choose an object or a collection, or let it be for everywhere.", number=number)
    return item.place, block.name_full, item.is_outside


def _area(entries: Sequence[tuple[VERNISSAGE_PG_style_item, Style, Picture | None]]) -> StyleArea:
    first, styles = entries[0][0], tuple(own for _, own, _ in entries)
    strength = sum(item.weight * item.strength for item, _, _ in entries) / sum(own.weight for own in styles)
    if first.place == "OBJECT":
        name, objects = first.object.name, [first.object]
    else:
        name, objects = first.collection.name, list(first.collection.all_objects)
    return StyleArea(name=name, objects=object_names(objects), is_outside=first.is_outside,
                     strength=min(strength, 1.0), styles=styles)


def _folder(text: str) -> str:
    """Absolute; "" stays "". What begins with "//" lies beside the .blend."""
    return os.path.abspath(bpy.path.abspath(text.strip())) if text.strip() else ""


def _look(number: int, item: VERNISSAGE_PG_style_item, scene: str) -> Picture | None:
    """Where the picture of a style comes from; None for one that has none. Light is seen as the scene's is."""
    if item.kind in ("NUMBER", "TRAINED"):
        return None
    if item.kind == "IMAGE" and item.image:
        return Picture.of_image(item.image)
    if item.kind == "FILE" and item.path.strip():
        return Picture.of_file(Path(bpy.path.abspath(item.path)), scene)
    raise BadInput("Style {number} of the list has no picture.", "Choose one, or remove the style.", number=number)


def _style(number: int, item: VERNISSAGE_PG_style_item) -> Style:
    match item.kind:
        case "NUMBER":
            return Style(fixed=item.number, weight=item.weight)
        case "TRAINED" if item.trained.strip():
            return Style(trained=str(trained_path(item.trained)), weight=item.weight)
        case "TRAINED":
            raise BadInput("Style {number} of the list has no file.", "Choose one, or remove the style.", number=number)
    return Style(picture=_UNBROUGHT, weight=item.weight)
