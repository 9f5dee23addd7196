"""Which room may import which: the table of the design, read off the sources without running them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLENDER = {"bpy", "bpy_extras", "bmesh", "mathutils", "gpu", "gpu_extras", "blf", "addon_utils"}
ADDON_ROOMS = {"client", "cli", "jobs", "operators", "panels", "preferences", "properties", "protocol", "scene",
               "translations"}
ELSEWHERE = {"backend", "training", "tools", "tests", "benchmarks"}

# What each room may import beside the standard library and itself.
ALLOWED: dict[str, set[str]] = {
    "protocol": set(),
    "client": {"protocol"},
    "translations": BLENDER | {"protocol"},
    "properties": BLENDER | {"protocol"},
    "preferences": BLENDER | {"protocol", "properties", "panels"},  # panels draws it
    "scene": BLENDER | {"numpy", "protocol"},
    "jobs": BLENDER | {"client", "preferences", "protocol", "scene"},
    "operators": BLENDER | {"client", "jobs", "preferences", "properties", "protocol", "scene", "translations"},
    "panels": BLENDER | {"jobs", "preferences", "properties", "protocol", "translations"},
    "cli": BLENDER | {"client", "jobs", "preferences", "protocol", "scene", "translations"},
    "__init__": BLENDER | ADDON_ROOMS,
}


def _room_files(room: str) -> list[Path]:
    path = ROOT / room
    return sorted(path.rglob("*.py")) if path.is_dir() else [ROOT / f"{room}.py"]


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """The first name of each import, relative ones resolved to the room that they reach, and its line."""
    depth = len(path.relative_to(ROOT).parts) - 1
    own_room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield (node.module or "").split(".")[0], node.lineno
            elif node.level <= depth:  # stays within its room
                yield own_room, node.lineno
            elif node.module:
                yield node.module.split(".")[0], node.lineno
            else:  # from .. import a, b
                yield from ((alias.name, node.lineno) for alias in node.names)


def _breaches(room: str, is_allowed) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line} imports {name}"
            for path in _room_files(room) for name, line in _imports(path)
            if name != room and name not in sys.stdlib_module_names and not is_allowed(name)]


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_of_the_add_on_imports_what_the_table_allows(room):
    assert _breaches(room, ALLOWED[room].__contains__) == []


def test_the_backend_imports_neither_blender_nor_the_add_on():
    forbidden = (BLENDER | ADDON_ROOMS | ELSEWHERE) - {"protocol", "backend", "jobs"}  # it has a room jobs of its own
    assert _breaches("backend", lambda name: name not in forbidden) == []


def test_only_the_rooms_beside_the_pipe_import_the_backend():
    importers = [breach for room in ALLOWED for breach in _breaches(room, lambda name: name not in ELSEWHERE)]
    assert importers == []


def test_the_package_can_be_imported_without_blender():
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    names = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert set(names) <= {"__future__"}


def test_the_table_names_every_room():
    """A new room at the root must be entered above, or this test would not see it."""
    named = set(ALLOWED) | ELSEWHERE | {"dev"}
    found = {path.stem for path in ROOT.glob("*.py")}
    found |= {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found - named == set()
