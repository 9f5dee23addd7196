"""A file with a material and a world of ours: saved by one Blender, told by another. Runs in any, or with `bpy`.

    blender -b --python tests/addon/blend_of_versions.py -- save|tell FILE.blend
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
COLOUR, SKY = 200 / 255, 64 / 255  # as they are in their pictures, sRGB
RADIANCE = 3.5
SIZE = 32


def save(path: str) -> None:
    """A factory file with both, packed."""
    package = _package()
    surface, nodes, world = (_part(package, f"scene.{name}") for name in ("surface", "surface_nodes", "world"))
    material_words, world_words = _part(package, "protocol.material"), _part(package, "protocol.world")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True, load_ui=False)
    with tempfile.TemporaryDirectory() as temporary:
        folder, names = Path(temporary), material_words.MapNames()
        for name, value in ((names.base_colour, (COLOUR, COLOUR, COLOUR)), (names.orm, (1.0, 0.6, 0.0)),
                            (names.normal, (0.5, 0.5, 1.0)), (names.height, (0.5, 0.5, 0.5)),
                            ("world.jpg", (SKY, SKY, SKY)), ("world.exr", (RADIANCE, RADIANCE, RADIANCE))):
            _write(folder / name, value)
        surface.apply_surface("Wall", folder, material_words.MaterialRequest(name="Wall", prompt="wall"),
                              material_words.MaterialResult(
            maps=names, width_px=SIZE, height_px=SIZE, height_low_px=-1.0, height_high_px=1.0,
            reader=material_words.MaterialReader.EMBEDDED, wrap_ratio_x=1.0, wrap_ratio_y=1.0, border_ratio_x=0.5,
            border_ratio_y=0.5, repetition=0.1, normal_curl=0.0, model="mini", licence="", seed=3, steps=20,
            guidance_scale=2.5, device="cpu", seconds={}), nodes.SurfaceLook(), {}, pack=True)
        bpy.data.materials["Wall"].use_fake_user = True
        world.add_world(bpy.context.scene, folder, world_words.WorldRequest(prompt="noon"), world_words.WorldResult(
            radiance="world.exr", picture="world.jpg", width_px=2 * SIZE, height_px=SIZE, sun=None, wrap_ratio=1.0,
            seam_ratio=1.0, border_ratio=0.5, pole_deviation=0.0, light=6.3, peak_to_median=1.0, model="mini-sky",
            seed=1, steps=2, guidance_scale=2.0, device="cpu", seconds={}), world.WorldSetup(has_ground=True))
    bpy.ops.wm.save_as_mainfile(filepath=path)


def tell(path: str) -> dict[str, object]:
    """What a Blender finds in it, and how it renders that."""
    package = _package()
    bpy.ops.wm.open_mainfile(filepath=path)
    studio, preview = _part(package, "scene.studio"), _part(package, "scene.world_preview")
    scene, material = bpy.context.scene, bpy.data.materials["Wall"]
    radiance = next(image for image in bpy.data.images if image.name.startswith("World"))
    with studio.studio(16, 16, 16) as room:
        room.scene.world = scene.world
        room.scene.render.film_transparent = False
        seen = room.rendered()[8, 8, :3]
        lit = room.place_ball(material)
        lit.visible_glossy = False
        ball = room.rendered()[8, 8, :3]
    return {
        "version": bpy.app.version_string, "saved": {"colour": COLOUR, "sky": SKY, "radiance": RADIANCE},
        "images": {image.name: [image.colorspace_settings.name, bool(image.packed_file), image.size[0]]
                   for image in bpy.data.images if image.packed_file},
        "prompt": material["prompt"],
        "assets": sorted(asset.name for asset in (material, scene.world) if asset.asset_data is not None),
        "background": [float(value) for value in seen], "ball": [float(value) for value in ball],
        "grey ball": float(preview.render_balls(radiance, None, 16)[5:11, 21:27, 1].mean())}


def _write(path: Path, value: tuple[float, float, float]) -> None:
    is_light = path.suffix == ".exr"
    width = 2 * SIZE if path.stem == "world" else SIZE
    image = bpy.data.images.new("map", width, SIZE, float_buffer=is_light)
    if is_light:
        image.colorspace_settings.name = "Non-Color"  # or it would be written as sRGB
    image.pixels.foreach_set(np.tile(np.float32([*value, 1.0]), width * SIZE))
    image.file_format = {".exr": "OPEN_EXR", ".png": "PNG", ".jpg": "JPEG"}[path.suffix]
    image.filepath_raw = str(path)
    image.save()
    bpy.data.images.remove(image)


def _package() -> str:
    """The extension's sources as a package, whether it is enabled or not; its name."""
    name = "vernissage_sources"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "__init__.py",
                                                      submodule_search_locations=[str(ROOT)])
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return name


def _part(package: str, name: str) -> ModuleType:
    return importlib.import_module(f"{package}.{name}")


if __name__ == "__main__":
    what, file = sys.argv[sys.argv.index("--") + 1:]
    if what == "save":
        save(file)
    else:
        print(json.dumps(tell(file)))
