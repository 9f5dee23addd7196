"""A scene of its own that Cycles renders on the processor, and of which nothing is left."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bmesh
import bpy
import numpy as np

__all__ = ["Studio", "encoded", "show_preview", "studio", "write_png"]

_NAME = "Vernissage Ball"
_PREVIEW_PX = 256


class Studio:
    """
    Attributes:
        scene: with a camera that looks along +y.
        undo: takes back what was made for it.
    """

    def __init__(self, undo: ExitStack, width_px: int, height_px: int, samples: int) -> None:
        self.undo = undo
        self.scene = bpy.data.scenes.new(_NAME)
        undo.callback(bpy.data.scenes.remove, self.scene)
        _set_up(self.scene, width_px, height_px, samples)
        self.camera = bpy.data.cameras.new(_NAME)
        undo.callback(bpy.data.cameras.remove, self.camera)
        self.eye = bpy.data.objects.new(_NAME, self.camera)
        self.eye.location, self.eye.rotation_euler = (0, -6, 0), (math.radians(90), 0, 0)
        self.scene.collection.objects.link(self.eye)
        self.scene.camera = self.eye

    def place(self, data: bpy.types.ID, location: Sequence[float] = (0, 0, 0), rotation: Sequence[float] = (0, 0, 0)
              ) -> bpy.types.Object:
        """A new object of a mesh or a lamp, which are the caller's to remove."""
        holder = bpy.data.objects.new(_NAME, data)
        self.undo.callback(bpy.data.objects.remove, holder)
        holder.location, holder.rotation_euler = location, rotation
        self.scene.collection.objects.link(holder)
        return holder

    def place_ball(self, material: bpy.types.Material, location: Sequence[float] = (0, 0, 0), *,
                   repeats: float = 1.0) -> bpy.types.Object:
        """A ball of radius 1, whose UVs go so often around it, and half as often from pole to pole."""
        mesh = _ball(material, repeats)
        self.undo.callback(bpy.data.meshes.remove, mesh)
        return self.place(mesh, location)

    def rendered(self) -> np.ndarray:
        """(H, W, 4) float32, linear Rec.709, multiplied by alpha, row 0 at the top."""
        had_result = "Render Result" in bpy.data.images
        with tempfile.TemporaryDirectory() as folder:
            settings = self.scene.render.image_settings
            settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
            path = Path(folder, "ball.exr")
            self.scene.render.filepath = str(path)
            bpy.ops.render.render(write_still=True, scene=self.scene.name)
            image = bpy.data.images.load(str(path))
            try:
                image.colorspace_settings.name = "Linear Rec.709"
                values = np.empty(len(image.pixels), np.float32)
                image.pixels.foreach_get(values)
                pixels = values.reshape(image.size[1], image.size[0], 4)[::-1].copy()
            finally:
                bpy.data.images.remove(image)
        if not had_result and (result := bpy.data.images.get("Render Result")) is not None:
            bpy.data.images.remove(result)
        return pixels


@contextmanager
def studio(width_px: int, height_px: int, samples: int) -> Generator[Studio]:
    """A `Studio` for as long as it is needed, without light, and transparent where nothing stands."""
    with ExitStack() as undo:
        yield Studio(undo, width_px, height_px, samples)


def encoded(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) float32 in 0 to 1, sRGB and alpha beside it, of linear light that is multiplied by alpha
    (IEC 61966-2-1)."""
    alpha = pixels[..., 3:].clip(0, 1)
    light = (pixels[..., :3] / np.maximum(alpha, 1e-6)).clip(0, 1)
    colours = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.concatenate([colours, alpha], axis=-1).astype(np.float32)


def write_png(path: Path, pixels: np.ndarray) -> None:
    """Of what `encoded` gives.

    Raises:
        RuntimeError: it cannot be written.
    """
    image = bpy.data.images.new(_NAME, pixels.shape[1], pixels.shape[0], alpha=True)
    try:
        image.pixels.foreach_set(pixels[::-1].ravel())
        image.file_format, image.filepath_raw = "PNG", str(path)
        image.save()
    finally:
        bpy.data.images.remove(image)


def show_preview(asset: bpy.types.ID, picture: Path) -> None:
    """Show a PNG, as `write_png` writes it, in the asset browser.

    Raises:
        RuntimeError: it cannot be read.
    """
    image = bpy.data.images.load(str(picture))
    try:
        if image.size[0] > _PREVIEW_PX:
            image.scale(_PREVIEW_PX, _PREVIEW_PX * image.size[1] // image.size[0])
        values = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(values)
        preview = asset.preview_ensure()
        preview.image_size = image.size[:]
        preview.image_pixels_float.foreach_set(values)
    finally:
        bpy.data.images.remove(image)


def _set_up(scene: bpy.types.Scene, width_px: int, height_px: int, samples: int) -> None:
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = width_px, height_px
    render.resolution_percentage = 100
    render.film_transparent = True
    render.use_compositing = render.use_sequencer = False
    cycles.device = "CPU"
    cycles.samples, cycles.seed = samples, 0
    cycles.use_denoising = cycles.use_adaptive_sampling = False
    cycles.sample_clamp_indirect = 0.0


def _ball(material: bpy.types.Material, repeats: float) -> bpy.types.Mesh:
    made = bmesh.new()
    layer = made.loops.layers.uv.new("UVMap")
    bmesh.ops.create_uvsphere(made, u_segments=64, v_segments=32, radius=1.0, calc_uvs=True)
    for face in made.faces:
        face.smooth = True
        for loop in face.loops:
            u, v = loop[layer].uv
            loop[layer].uv = u * repeats, v * repeats / 2
    mesh = bpy.data.meshes.new(_NAME)
    made.to_mesh(mesh)
    made.free()
    mesh.materials.append(material)
    return mesh
