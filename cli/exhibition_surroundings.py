"""What the tables `floor`, `walls` and `outside` of an exhibition's brief say: the surfaces of rooms, and what lies out
of doors. No bpy here."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..protocol.exhibition import Covering
from ..protocol.material import MapNames, MaterialRequest, NormalConvention
from ..protocol.world import SunChoice, WorldRequest
from .arguments import UsageError, checked, existing_model
from .table import check_text

__all__ = ["SURROUNDINGS", "WantedSurrounding", "wanted_surroundings"]

SURROUNDINGS = ("floor", "walls", "outside")
_FOLDER = "surroundings"  # of --out
_OTHERWISE = {"floor": "material", "walls": "material", "outside": "panorama"}  # than by a prompt
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "prompt": str, "negative_prompt": str, "model": str, "seed": int, "steps": int, "guidance": (int, float)}
_SIZE_PX, _WIDTH_M = 512, 2.0


@dataclass(frozen=True)
class WantedSurrounding:
    """One that is to be made.

    Attributes:
        target: the folder of a material, the OpenEXR of a world.
    """

    request: MaterialRequest | WorldRequest
    target: Path


def wanted_surroundings(brief: Mapping[str, Any], beside: Path, out: Path, scene: Path | None
                        ) -> tuple[dict[str, Any], list[WantedSurrounding]]:
    """Fields of a request for a plan, and what has to be made for them.

    Args:
        beside: the brief's folder.
        out: the exhibition's folder.
        scene: the opened file; None for an unsaved scene.

    Raises:
        UsageError: one of them cannot be so.
    """
    fields: dict[str, Any] = {}
    wanted: list[WantedSurrounding] = []
    model = functools.partial(existing_model, scene=scene, beside=beside)
    for name in (name for name in SURROUNDINGS if name in brief):
        try:
            table = brief[name]
            path = _there(name, table, beside)
            if path is None:
                path = out / _FOLDER / (f"{name}.exr" if name == "outside" else name)
                wanted.append(WantedSurrounding(_request(name, table, model), path))
            fields[name] = str(path) if name == "outside" else _covering(str(path), table)
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from error
    return fields, wanted


def _there(name: str, table: Any, beside: Path) -> Path | None:
    """The folder or file that a table names; None where it has a prompt."""
    other = _OTHERWISE[name]
    known = {**_KINDS, other: str} | ({} if name == "outside" else {"width_m": (int, float)})
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"{key} is not known: allowed are {', '.join(known)}.")
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise UsageError(f"{key} is {value!r}, which is no {'text' if known[key] is str else 'number'}.")
        if isinstance(value, str):
            check_text(key, value)
    if ("prompt" in table) == (other in table):
        raise UsageError(f"give it either a prompt or a {other}.")
    if other not in table:
        return None
    for key in table:
        if key in _KINDS:
            raise UsageError(f"{key} does nothing beside {other}: leave it out.")
    path = beside / Path(table[other]).expanduser()
    wanted: Callable[[], bool] = path.is_file if name == "outside" else (path / MapNames().base_colour).is_file
    if not wanted():
        what = "panorama" if name == "outside" else "folder that `vernissage material` writes"
        raise UsageError(f"{path} is no {what}: name another, or give a prompt.")
    if name != "outside" and _is_directx(path):
        raise UsageError(f"the normals of {path} are DirectX's: make it with --normals opengl.")
    return path


def _is_directx(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / "material.json").read_text("utf-8"))["request"]["normals"]
                    == NormalConvention.DIRECTX)
    except (OSError, ValueError, KeyError, TypeError):
        return False  # no card of ours: as glTF has them


def _covering(folder: str, table: Mapping[str, Any]) -> Covering:
    with checked():
        return Covering(folder=folder, width_m=float(table.get("width_m", _WIDTH_M)))


def _request(name: str, table: Mapping[str, Any], model: Callable[[str], str]) -> MaterialRequest | WorldRequest:
    """A world is without its sun, which no museum lets shine on works."""
    said: dict[str, Any] = {
        "prompt": table["prompt"], "negative_prompt": table.get("negative_prompt", ""), "steps": table.get("steps"),
        "guidance_scale": table.get("guidance"), "seed": table.get("seed", 0), "height_px": _SIZE_PX}
    with checked():
        if name == "outside":
            return WorldRequest(**said, model=model(table.get("model", "mini-sky")), sun=SunChoice.NONE)
        return MaterialRequest(**said, name=name, width_px=_SIZE_PX,
                               model=model(table.get("model", "mini")))
