"""The styles that a command names."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..jobs.picture import Picture
from ..jobs.trained_styles import shipped_names, trained_names, trained_path
from ..protocol.film import FilmRequest
from ..protocol.style import ControlKind, Style, StyleMethod, StyleRequest
from ..protocol.wire import to_json
from .arguments import UsageError, absolute, checked, chosen_model
from .style_options import split_weight

__all__ = ["chosen_looks", "chosen_manner", "describe_style", "existing"]

_UNBROUGHT = "-"  # a picture's file has its name once it is in the job's folder


def chosen_looks(options: argparse.Namespace, scene: Path | None) -> tuple[list[Picture | None], list[Style]]:
    """The styles, and for each its picture, or None where it has none.

    Args:
        scene: the opened file; None for an unsaved scene.

    Raises:
        UsageError: one of them cannot be.
    """
    looks: list[Picture | None] = []
    styles: list[Style] = []
    with checked():
        for text in options.styles:
            name, weight = split_weight(text)
            looks.append(Picture.of_file(existing("style", name, scene).path, bpy.context.scene.name))
            styles.append(Style(picture=_UNBROUGHT, weight=weight))
        for text in options.numbers:
            name, weight = split_weight(text)
            if not name.isdecimal():
                raise UsageError(f"--number {text} is no number: give one, or N=WEIGHT.")
            looks.append(None)
            styles.append(Style(fixed=int(name), weight=weight))
        for text in options.trained:
            name, weight = split_weight(text)
            looks.append(None)
            styles.append(Style(trained=str(_trained(name, scene)), weight=weight))
    return looks, styles


def _chosen_encoder(options: argparse.Namespace, scene: Path | None) -> str:
    """Absolute path of the folder of an encoder; "" for none. Raises as `chosen_looks`."""
    if options.encoder is None:
        return ""
    path = absolute("encoder", options.encoder, scene)
    if not path.is_dir():
        raise UsageError(f"--encoder {options.encoder} is not there: name a folder.")
    return str(path)


def chosen_manner(options: argparse.Namespace, scene: Path | None) -> dict[str, Any]:
    """The fields of a `Manner`. Raises as `chosen_looks`."""
    return {
        "strength": options.strength, "keep_colours": options.keep_colours, "stroke_scale": options.stroke_scale,
        "method": StyleMethod(options.method), "content_weight": options.content_weight, "steps": options.steps,
        "seed": options.seed, "encoder": _chosen_encoder(options, scene),
        "model": chosen_model(options.model, scene), "prompt": options.prompt,
        "controlnet": "" if options.controlnet is None else str(absolute("controlnet", options.controlnet, scene)),
        "control_kind": ControlKind(options.control_kind),
        "ip_adapter": "" if options.ip_adapter is None else str(absolute("ip-adapter", options.ip_adapter, scene)),
        "ip_adapter_scale": options.ip_adapter_scale}


def describe_style(request: StyleRequest | FilmRequest, looks: Sequence[Picture | None]) -> dict[str, Any]:
    """A request as JSON, without what differs from picture to picture, and the styles' pictures by their paths."""
    body = {name: value for name, value in to_json(request).items() if name not in ("name", "content", "matte")}
    styles = [*body["styles"], *(style for area in body.get("areas", ()) for style in area["styles"])]
    for style, look in zip(styles, looks, strict=True):
        if look is not None:
            style["picture"] = str(look.path)
        style.pop("name")
    return body


def existing(option: str, text: str, scene: Path | None) -> Picture:
    """Raises:
        UsageError: there is no such file.
    """
    path = absolute(option, text, scene)
    if not path.is_file():
        raise UsageError(f"--{option} {text} is not there: name a file.")
    return Picture.of_file(path)


def _trained(text: str, scene: Path | None) -> Path:
    """A file of the shell's, or a style of the list by its name."""
    path = absolute("trained", text, scene)
    if not path.is_file() and os.path.basename(text) == text:
        path = trained_path(text)
    if not path.is_file():
        known = ", ".join([*trained_names(), *shipped_names()])
        raise UsageError(f"--trained {text} is not there: name a file" + (f", or one of {known}." if known else "."))
    return path
