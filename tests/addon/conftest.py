"""Blender for the tests of the add-on: the `bpy` wheel (or a real Blender that runs pytest), with user folders
of its own, and the add-on enabled in it as a real extension."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDON = "bl_ext.user_default.vernissage"


def _let_go_of_bpy() -> None:
    """The wheel ends itself when the last reference to `bpy` goes, and 4.2 crashes after Python's end if it never does
    (`bpy_class_free` in `SpaceType::~SpaceType`). Two that are not ours keep it, in scripts without any of our code,
    too: Blender's glTF add-on once it has read or written, and pytest's fixtures, which Blender's own functions lead to
    by the caches of `typing` and hypothesis's plugin. What the add-on under test keeps crashes as before.
    """
    if bpy.app.version < (4, 5, 0):
        wheel = bpy
        for name, module in list(sys.modules.items()):
            if not name.startswith(f"{ADDON}.") and getattr(module, "__dict__", {}).get("bpy") is wheel:
                del module.bpy


if "bpy" not in sys.modules:  # Blender reads the variable once, when it starts
    os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="vernissage-user-")
    atexit.register(shutil.rmtree, os.environ["BLENDER_USER_RESOURCES"], ignore_errors=True)
    atexit.register(_let_go_of_bpy)  # before Blender's own, and so called after them

import bpy  # noqa: E402
import numpy as np  # noqa: E402

# Where Blender's versions differ, in files: what a version between the oldest and the newest is tried on.
OF_EVERY_VERSION = ("test_addon_enable", "test_blend_versions", "test_scene_")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In wheels before the newest of this Python, what is long and no matter of Blender's version is left to that."""
    if bpy.app.version >= (5, 0, 0):
        return
    is_oldest = bpy.app.version < (4, 5, 0)
    kept = [item for item in items if not item.get_closest_marker("of_no_version")
            and (is_oldest or item.path.name.startswith(OF_EVERY_VERSION))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session")
def addon() -> Iterator[ModuleType]:
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


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A PNG of noise, 64 x 64, as a job leaves it: `texture.png` in a folder of its own."""
    (tmp_path / "job").mkdir()
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    return _write_png(tmp_path / "job" / "texture.png", pixels)


@pytest.fixture
def cube(empty_scene: bpy.types.Scene) -> bpy.types.Object:
    """Blender's cube with its UVs, active in an empty scene."""
    bpy.ops.mesh.primitive_cube_add()
    return bpy.context.object


@pytest.fixture
def snapshot() -> Callable[[], dict[str, object]]:
    """A function that tells all that a test may not find changed: compare two calls with ==."""
    return _snapshot


@pytest.fixture(scope="session")
def backend_python() -> Path:
    """The Python that runs the backend: without it nothing here can be tested, and nothing may be skipped."""
    path = os.environ.get("VERNISSAGE_PYTHON")
    assert path, "set VERNISSAGE_PYTHON to a Python with the backend's packages, as `dev.py test addon` does"
    return Path(path)


@pytest.fixture(scope="session")
def tiny_model(backend_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Stable Diffusion folder of the real classes, so small that a job takes no time. The runs of `dev.py test` share
    one, as its libraries take ten seconds to import."""
    shared = os.environ.get("VERNISSAGE_TINY_MODELS")
    folder = (Path(shared) if shared else tmp_path_factory.mktemp("models")) / "tiny"
    if folder.exists():
        return folder
    new = folder.with_name(f"{os.getpid()}")
    make = "import sys, pathlib, tiny_models; tiny_models.save_sd(pathlib.Path(sys.argv[1]))"
    subprocess.run([backend_python, "-c", make, new], check=True, capture_output=True, text=True,
                   env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'backend'}"})
    with contextlib.suppress(OSError):  # another run was quicker
        new.rename(folder)
    return folder


def _snapshot() -> dict[str, object]:
    state: dict[str, object] = {
        "scene": bpy.context.scene.name,
        "view layer": bpy.context.view_layer.name,
        "active": bpy.context.view_layer.objects.active and bpy.context.view_layer.objects.active.name,
        "mode": bpy.context.mode,
        "frame": bpy.context.scene.frame_current,
        "dirty": bpy.data.is_dirty,
    }
    for collection in bpy.data.bl_rna.properties:
        if collection.type == "COLLECTION":
            for block in getattr(bpy.data, collection.identifier):
                state[f"{collection.identifier}/{block.name}"] = (
                    getattr(block, "users", 0), getattr(block, "use_fake_user", False), *_details(block))
    return state


def _details(block: object) -> tuple[object, ...]:
    match block:
        case bpy.types.Object():
            return (block.data and block.data.name, block.mode, block.hide_get(), block.select_get(),
                    [tuple(row) for row in block.matrix_world], [(m.name, m.type) for m in block.modifiers],
                    [(slot.link, slot.material and slot.material.name) for slot in block.material_slots])
        case bpy.types.Mesh():
            return (len(block.vertices), len(block.polygons), _attributes(block),
                    [material and material.name for material in block.materials],
                    [(layer.name, layer.active, layer.active_render) for layer in block.uv_layers])
        case bpy.types.Material():
            return ([(node.name, node.bl_idname) for node in block.node_tree.nodes] if block.node_tree else (),)
        case bpy.types.Image():
            return (block.filepath_raw, block.source, bool(block.packed_file), sorted(block.keys()))
        case bpy.types.Scene():
            return ([obj.name for obj in block.collection.all_objects],
                    block.tool_settings.use_uv_select_sync, tuple(block.tool_settings.mesh_select_mode))
    return ()


def _attributes(mesh: bpy.types.Mesh) -> dict[str, bytes]:
    """Name, domain and type with the bytes of what foreach_get can read."""
    layouts = {"FLOAT_VECTOR": ("vector", 3, np.float32), "FLOAT2": ("vector", 2, np.float32),
               "FLOAT": ("value", 1, np.float32), "INT": ("value", 1, np.int32), "BOOLEAN": ("value", 1, bool),
               "FLOAT_COLOR": ("color", 4, np.float32), "INT32_2D": ("value", 2, np.int32)}
    found = {}
    for attribute in mesh.attributes:
        field, width, dtype = layouts.get(attribute.data_type, ("", 0, None))
        values = np.empty(len(attribute.data) * width, dtype)
        if width:
            attribute.data.foreach_get(field, values)
        found[f"{attribute.name} {attribute.domain} {attribute.data_type}"] = values.tobytes()
    return found


def _write_png(path: Path, pixels: np.ndarray) -> Path:
    """8-bit RGB or RGBA; pixels (H,W,3 or 4) uint8, row 0 at the top."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
                     + chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)) + chunk(b"IEND", b""))
    return path
