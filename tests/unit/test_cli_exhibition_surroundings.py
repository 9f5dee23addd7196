"""What an exhibition's brief says of floors, walls and the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vernissage.cli.arguments import UsageError
from vernissage.cli.exhibition_surroundings import wanted_surroundings
from vernissage.protocol.exhibition import Covering
from vernissage.protocol.world import SunChoice


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with a material and a panorama."""
    (tmp_path / "oak").mkdir()
    (tmp_path / "oak" / "base_colour.png").touch()
    (tmp_path / "sky.exr").touch()
    return tmp_path


def test_prompts_are_made_and_files_are_taken(kept: Path) -> None:
    brief = {"floor": {"material": "oak", "width_m": 3}, "walls": {"prompt": "grey plaster", "seed": 7},
             "outside": {"prompt": "misty hills"}}
    fields, wanted = wanted_surroundings(brief, kept, Path("/out"), None)
    assert fields == {"floor": Covering(folder=str(kept / "oak"), width_m=3.0),
                      "walls": Covering(folder="/out/surroundings/walls"), "outside": "/out/surroundings/outside.exr"}
    walls, outside = wanted
    assert (walls.request.prompt, walls.request.seed, walls.request.name) == ("grey plaster", 7, "walls")
    assert outside.request.prompt == "misty hills"
    assert outside.request.sun is SunChoice.NONE  # it would burn a patch onto a work
    assert wanted_surroundings({"outside": {"panorama": "sky.exr"}}, kept, Path("/out"), None) == (
        {"outside": str(kept / "sky.exr")}, [])
    assert wanted_surroundings({}, kept, Path("/out"), None) == ({}, [])
    for named in ("oak", "./oak"):  # a model's folder, too, is beside the brief
        _, (walls,) = wanted_surroundings({"walls": {"prompt": "x", "model": named}}, kept, Path("/out"), None)
        assert walls.request.model == str(kept / "oak")


@pytest.mark.parametrize(("brief", "said"), [
    ({"floor": {}}, "floor: give it either a prompt or a material"),
    ({"outside": {"prompt": "hills", "panorama": "sky.exr"}}, "either a prompt or a panorama"),
    ({"floor": {"material": "beech"}}, "is no folder that"), ({"outside": {"panorama": "oak"}}, "is no panorama"),
    ({"floor": {"material": "oak", "seed": 3}}, "seed does nothing"), ({"walls": {"prompt": " "}}, "prompt is empty"),
    ({"walls": {"prompt": "plaster", "width_m": 0}}, "width_m is 0"),
    ({"walls": {"prompt": "plaster", "width": 1}}, "width is not known"),
    ({"walls": {"prompt": "plaster", "seed": True}}, "no number"), ({"outside": {"prompt": 3}}, "no text"),
    ({"outside": {"prompt": "hills", "width_m": 3}}, "width_m is not known"),
    ({"walls": {"prompt": "plaster", "model": "/nowhere/model"}}, "not there")])
def test_what_cannot_be_so_is_refused_in_a_sentence(kept: Path, brief: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        wanted_surroundings(brief, kept, Path("/out"), None)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_normals_of_directx_are_refused(kept: Path) -> None:
    (kept / "oak" / "material.json").write_text(json.dumps({"request": {"normals": "directx"}}))
    with pytest.raises(UsageError, match="--normals opengl"):
        wanted_surroundings({"floor": {"material": "oak"}}, kept, Path("/out"), None)
