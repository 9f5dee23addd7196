"""Blender for the tests of the add-on: the `bpy` wheel (or a real Blender that runs pytest), with user folders
of its own, and the add-on enabled in it as a real extension."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDON = "bl_ext.user_default.vernissage"

if "bpy" not in sys.modules:  # Blender reads the variable once, when it starts
    os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="vernissage-user-")
    atexit.register(shutil.rmtree, os.environ["BLENDER_USER_RESOURCES"], ignore_errors=True)

import bpy

if "vernissage" not in sys.modules:  # tests of one room import it as `vernissage.scene…`, without the add-on
    spec = importlib.util.spec_from_file_location(
        "vernissage", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    package = importlib.util.module_from_spec(spec)
    sys.modules["vernissage"] = package
    if (ROOT / "__init__.py").exists():
        spec.loader.exec_module(package)


@pytest.fixture(scope="session")
def addon() -> ModuleType:
    """The add-on, registered as the extension `bl_ext.user_default.vernissage`; its package."""
    import addon_utils

    repository = Path(bpy.utils.user_resource("EXTENSIONS", path="user_default", create=True))
    link = repository / "vernissage"
    if not link.exists():
        link.symlink_to(ROOT, target_is_directory=True)
    addon_utils.extensions_refresh(ensure_wheels=False)
    failures: list[BaseException] = []
    addon_utils.enable(ADDON, default_set=True, handle_error=failures.append)
    if failures:
        raise failures[0]
    yield sys.modules[ADDON]
    addon_utils.disable(ADDON, default_set=True)


@pytest.fixture
def empty_scene() -> bpy.types.Scene:
    """A new, empty, unsaved file; add-ons stay enabled. Its scene."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True, load_ui=False)
    return bpy.context.scene
