"""The add-on as an extension: what enabling brings and leaves, the preferences, the built zip."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
BL_PKG = Path(bpy.utils.system_resource("SCRIPTS")) / "addons_core" / "bl_pkg"

ENABLE = """
import json, pathlib, sys
import bpy, addon_utils
repository = pathlib.Path(bpy.utils.user_resource("EXTENSIONS", path="user_default", create=True))
(repository / "vernissage").symlink_to(sys.argv[1], target_is_directory=True)
addon_utils.extensions_refresh(ensure_wheels=False)
before, folder = set(sys.modules), {path.name for path in pathlib.Path(sys.argv[1]).iterdir()}
module = addon_utils.enable("bl_ext.user_default.vernissage", default_set=True)
print(json.dumps(sorted(set(sys.modules) - before)))
"""

INSTALL = """
import sys
import bpy
bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
assert "bl_ext.user_default.vernissage" in bpy.context.preferences.addons
assert bpy.context.scene.vernissage.texture.view_count == 8
print("installed at", sys.modules["bl_ext.user_default.vernissage"].__file__)
"""


def in_blender(script: str, profile: Path, *arguments: object) -> str:
    """The script's output, run by this Blender with user folders of its own."""
    answer = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True,
                            env={**os.environ, "BLENDER_USER_RESOURCES": str(profile)})
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def extension_tool(*arguments: object) -> None:
    answer = subprocess.run([sys.executable, BL_PKG / "cli" / "blender_ext.py", *map(str, arguments)],
                            capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "vernissage.zip"
    extension_tool("build", "--source-dir", ROOT, "--output-filepath", path)
    return path


def test_enabling_imports_neither_the_backend_nor_what_it_needs(tmp_path) -> None:
    imported = in_blender(ENABLE, tmp_path, ROOT).splitlines()[-1]
    assert '"bl_ext.user_default.vernissage.cli"' in imported
    for name in ("torch", "diffusers", "numpy", "vernissage.backend", "vernissage.scene", '"backend'):
        assert name not in imported, name


def test_the_sources_and_the_zip_are_valid(built) -> None:
    extension_tool("validate", ROOT)
    extension_tool("validate", built)


def test_the_zip_holds_what_runs_and_nothing_else(built) -> None:
    names = zipfile.ZipFile(built).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {"__init__.py", "blender_manifest.toml", "backend", "client", "protocol", "requirements", "LICENSE"} <= tops
    assert not tops & {"tests", "training", "benchmarks", "tools", "dev.py", ".dev", ".git", ".ci", "out", "docs"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_zip_installs_and_enables(built, tmp_path) -> None:
    assert str(tmp_path) in in_blender(INSTALL, tmp_path, built)


def own_handlers(addon: str) -> list[tuple[str, str]]:
    """The add-on's handlers of Blender's events: event and function."""
    return [(event, handler.__name__) for event in dir(bpy.app.handlers)
            if isinstance(handlers := getattr(bpy.app.handlers, event), list)
            for handler in handlers if handler.__module__.startswith(f"{addon}.")]


def test_disabling_leaves_nothing_and_enabling_again_works(addon) -> None:
    import addon_utils

    name = addon.__name__
    handlers = own_handlers(name)
    assert {event for event, _ in handlers} >= {"load_pre", "depsgraph_update_post", "render_write", "undo_post"}
    addon_utils.disable(name)
    try:
        assert not hasattr(bpy.types.Scene, "vernissage")
        assert not hasattr(bpy.types, "VERNISSAGE_PT_texture")
        assert own_handlers(name) == []
    finally:
        addon_utils.enable(name)
    assert own_handlers(name) == handlers
    assert bpy.context.scene.vernissage.texture.prompt == ""


def test_classes_of_properties_do_not_hold_bpy(addon) -> None:
    """4.2 never lets go of a `PropertyGroup`. With `bpy` in reach of its methods the wheel crashes at Python's end,
    because it waits for the last reference to `bpy` to go.
    """
    groups = [group for group in bpy.types.PropertyGroup.__subclasses__()
              if group.__module__.startswith(f"{addon.__name__}.")]
    own = {each for group in groups for each in group.__mro__ if each.__module__.startswith(f"{addon.__name__}.")}
    methods = [method for each in own for method in vars(each).values() if inspect.isfunction(method)]
    assert "model_name" in {method.__name__ for method in methods}
    assert [method.__qualname__ for method in methods if bpy in method.__globals__.values()] == []


def test_every_property_tells_an_artist_what_it_changes(addon) -> None:
    texture = bpy.context.scene.vernissage.texture
    preferences = bpy.context.preferences.addons[addon.__name__].preferences
    for group, own in ((texture, "VERNISSAGE_PG_texture"), (preferences, "VERNISSAGE_AP_preferences")):
        bases = [base for base in getattr(bpy.types, own, type(group)).__mro__
                 if base.__module__.startswith(f"{addon.__name__}.")]
        for name in (name for base in bases for name in inspect.get_annotations(base)):
            described = group.bl_rna.properties[name]
            assert len(described.description) > 20, name
            assert not described.description.endswith("."), name  # as in Blender, which adds it


def test_settings_of_an_addon_that_was_only_named(addon, monkeypatch) -> None:
    """`--addons` enables without an entry in the preferences: then the defaults count."""
    preferences = importlib.import_module(f"{addon.__name__}.preferences")
    monkeypatch.setattr(preferences, "EXTENSION", "bl_ext.user_default.another")
    settings = preferences.read_settings(bpy.context)
    assert settings.pack
    assert settings.idle_s == 600
    assert settings.environment_folder.is_absolute()


def test_paths_of_the_preferences(addon, monkeypatch, tmp_path) -> None:
    preferences = importlib.import_module(f"{addon.__name__}.preferences")
    stored = bpy.context.preferences.addons[addon.__name__].preferences
    monkeypatch.delenv("VERNISSAGE_PYTHON", raising=False)
    try:
        assert preferences.read_settings(bpy.context).python is None
        stored.backend_source, stored.python_path = "EXISTING", "//venv/bin/python"  # crashed 5.0.1 without an option
        stored.environment_folder = str(tmp_path)
        settings = preferences.read_settings(bpy.context)
        assert settings.python.is_absolute()
        assert settings.environment_folder == tmp_path
        monkeypatch.setenv("VERNISSAGE_PYTHON", "/studio/python")
        assert preferences.read_settings(bpy.context).python == Path("/studio/python")
        stored.idle_minutes = 0
        assert preferences.read_settings(bpy.context).idle_s is None
    finally:
        for name in ("backend_source", "python_path", "environment_folder", "idle_minutes"):
            stored.property_unset(name)


@pytest.mark.of_no_version
def test_an_idle_backend_gives_its_memory_back(addon: ModuleType, empty_scene, tiny_model, monkeypatch) -> None:
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    lifetime = importlib.import_module(f"{addon.__name__}.jobs.lifetime")
    process = importlib.import_module(f"{addon.__name__}.client.current")
    bpy.ops.mesh.primitive_cube_add()
    texture = empty_scene.vernissage.texture
    texture.prompt, texture.model, texture.model_folder = "wall", "FOLDER", str(tiny_model)
    texture.view_count, texture.view_size, texture.texture_size, texture.steps = 1, 128, 64, 1
    bpy.ops.vernissage.texture_object()
    current.forget_scene()  # another file is opened: the backend is as idle as before
    for _ in range(2):
        lifetime._stop_when_idle()
        assert process.running_backend() is not None  # it has only just become idle
    current.idle_since_s -= 601
    lifetime._stop_when_idle()
    assert process.running_backend() is None


def test_a_random_seed_is_one_that_a_request_takes(addon, empty_scene) -> None:
    seeds = set()
    for _ in range(5):
        bpy.ops.vernissage.random_seed()
        seeds.add(empty_scene.vernissage.texture.seed)
    assert len(seeds) > 1
    assert min(seeds) >= 0
