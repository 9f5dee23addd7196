"""The import table of the house, read from the source without running any of it."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 400

BLENDER = {"bpy", "bmesh", "mathutils", "gpu", "gpu_extras", "bpy_extras", "blf", "imbuf", "addon_utils", "freestyle",
           "aud"}
LIBRARIES = {"numpy", "scipy", "numba", "PIL", "torch", "diffusers", "transformers", "tokenizers", "safetensors",
             "accelerate", "peft", "trimesh", "OpenImageIO", "onnx", "onnxruntime",
             "sklearn", "tensorboardX"}  # each is pinned in requirements/

# What a room may import beside the standard library and itself.
MAY_IMPORT = {
    "protocol": set(),
    "client": {"protocol"},
    "scene": {*BLENDER, "numpy", "protocol"},
    "properties": {*BLENDER, "protocol"},
    "preferences": {*BLENDER, "protocol", "properties", "panels"},
    "translations": {*BLENDER, "protocol"},
    "jobs": {*BLENDER, "numpy", "protocol", "client", "scene", "preferences", "properties"},
    "operators": {*BLENDER, "protocol", "client", "scene", "jobs", "preferences", "properties", "translations"},
    "panels": {*BLENDER, "protocol", "jobs", "preferences", "properties", "translations"},
    "cli": {*BLENDER, "protocol", "client", "scene", "jobs", "preferences", "properties", "translations"},
    "__init__": {*BLENDER, "cli", "jobs", "operators", "panels", "preferences", "properties", "translations"},
    "backend": {*LIBRARIES, "protocol"},
    "training": {*LIBRARIES, "protocol", "backend"},
    "tools": {*BLENDER, "PIL", "numpy", "training"},
    "dev": {"tools"},
}

# Within the backend: the crafts know nothing of each other, nor of the recipes that use them.
BACKEND_MUST_NOT_IMPORT = {
    "backend.geometry": {"backend.diffusion", "backend.jobs", "backend.texturing", "backend.server"},
    "backend.diffusion": {"backend.geometry", "backend.jobs", "backend.texturing", "backend.server"},
    "backend.texturing": {"backend.jobs", "backend.server"},
    "backend.material": {"backend.diffusion", "backend.geometry", "backend.jobs", "backend.texturing",
                         "backend.server"},
    "backend.panorama": {"backend.diffusion", "backend.geometry", "backend.jobs", "backend.texturing",
                         "backend.server"},
    "backend.style": {"backend.diffusion", "backend.geometry", "backend.jobs", "backend.texturing", "backend.server"},
    "backend.exhibition": {"backend.diffusion", "backend.geometry", "backend.jobs", "backend.material",
                           "backend.panorama", "backend.texturing", "backend.server"},
    "backend.jobs": {"backend.server"},
}

OUTSIDE = {"tests", "benchmarks", "out", "docs"}


@functools.cache
def source_files() -> list[Path]:
    return [path for path in sorted(ROOT.rglob("*.py"))
            if not any(part.startswith(".") or part in OUTSIDE for part in path.relative_to(ROOT).parts)]


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else path.stem


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_modules(path: Path, tree: ast.AST | None = None) -> Iterator[str]:
    """The absolute name of each import; those of the repository start with their room."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree or tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[:len(package) - node.level + 1])
            for alias in node.names:  # `from . import jobs` names the room itself
                yield ".".join(part for part in (base, node.module or alias.name) if part)


def breaches(path: Path) -> list[str]:
    room = room_of(path)
    allowed = {room, *MAY_IMPORT[room], *sys.stdlib_module_names}
    return [f"{path.relative_to(ROOT)} imports {name}" for name in imported_modules(path)
            if name.split(".")[0] not in allowed]


def test_every_room_is_in_the_table() -> None:
    assert {room_of(path) for path in source_files()} <= MAY_IMPORT.keys()


def test_rooms_import_only_what_they_may() -> None:
    found = [breach for path in source_files() for breach in breaches(path)]
    assert not found, "\n".join(found)


def test_crafts_of_the_backend_do_not_know_each_other() -> None:
    found = []
    for path in source_files():
        package = ".".join(path.relative_to(ROOT).parent.parts)
        for name in imported_modules(path):
            if any(name == other or name.startswith(f"{other}.")
                   for other in BACKEND_MUST_NOT_IMPORT.get(package, ())):
                found.append(f"{path.relative_to(ROOT)} imports {name}")
    assert found == []


def test_the_root_imports_nothing_when_it_is_imported() -> None:
    top = [node for node in tree_of(ROOT / "__init__.py").body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in top] == ["from __future__ import annotations"]


def test_the_backend_speaks_of_the_protocol_by_its_absolute_name() -> None:
    """It is started in the extension's folder as a top-level package: `..protocol` would leave it."""
    for path in source_files():
        if room_of(path) in {"backend", "protocol"}:
            depth = len(path.relative_to(ROOT).parts) - 1
            assert all(node.level <= depth for node in ast.walk(tree_of(path))
                       if isinstance(node, ast.ImportFrom)), path


def test_files_are_short_enough_to_read() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
               for path in source_files()}
    assert {name: length for name, length in lengths.items() if length >= LINES_MAX} == {}


@pytest.mark.parametrize(("source", "name"), [
    ("import bpy", "bpy"),
    ("def f():\n    from bpy.types import Object", "bpy"),
    ("from ..scene import apply", "scene"),
    ("from .. import scene", "scene"),
    ("import torch.nn as nn", "torch"),
])
def test_a_breach_would_be_found(source: str, name: str) -> None:
    found = imported_modules(ROOT / "client" / "backend.py", ast.parse(source))
    assert [module.split(".")[0] for module in found] == [name]
    assert name not in MAY_IMPORT["client"]


def test_the_table_of_the_rooms_of_geometry_is_that_of_its_files() -> None:
    package = ROOT / "backend" / "geometry"
    table = ast.get_docstring(tree_of(package / "__init__.py")) or ""
    rooms = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(rooms) == sorted(path.stem for path in package.glob("[!_]*.py"))
