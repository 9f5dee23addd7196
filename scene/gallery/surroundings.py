"""What a plan names for floors, walls and the outside: pictures that go before what the architecture has."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import bpy
import numpy as np

from ...protocol.errors import BadInput, StorageError
from ...protocol.exhibition_plan import ExhibitionPlan
from ...protocol.remarks import Remark
from ..pixels import colours_of
from ..world_nodes import new_world
from .looks import Paint
from .surfaces import LUMENS_PER_WATT, loaded, mean_colour

__all__ = ["Covers", "covers_of", "outside_world", "write_sky"]

_NAME = "Exhibition"
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_SKY_PX, _SKY_QUALITY = 2048, 85  # width, as a page gets it


@dataclass(frozen=True)
class Covers:
    """
    Attributes:
        paints: by the names of surfaces, what of a `Paint` they change.
        remarks: of what cannot be read.
    """

    paints: dict[str, dict[str, object]]
    remarks: tuple[Remark, ...] = ()

    def over(self, surface: str, paint: Paint) -> Paint:
        return replace(paint, **self.paints.get(surface, {}))  # type: ignore[arg-type]


def covers_of(plan: ExhibitionPlan, folder: Path) -> Covers:
    """Args:
        folder: the plan's.
    """
    paints: dict[str, dict[str, object]] = {}
    remarks = []
    for surface, covering in (("floor", plan.floor), ("wall", plan.walls)):
        if covering is None:
            continue
        maps = folder / covering.folder
        try:
            paints[surface] = {"colour": mean_colour(maps), "maps": str(maps), "width_m": covering.width_m}
        except BadInput as error:
            remarks.append(Remark("The material in {folder} cannot be read, and the architecture's own is there in its "
                                  "place: {reason}", {"folder": covering.folder, "reason": str(error)}))
    return Covers(paints, tuple(remarks))


def outside_world(panorama: Path, sky_lx: float, exposure_ev: float) -> bpy.types.World:
    """A World of a panorama, which gives so much light on a horizontal plane. Beside an OpenEXR a JPEG of its name is
    what the camera sees, as bright as it is.

    Raises:
        BadInput: Blender cannot read it.
    """
    light = loaded(panorama)
    strength = sky_lx / LUMENS_PER_WATT / max(_irradiance(light), 1e-6)
    picture = panorama.with_suffix(".jpg")
    has_picture = picture.is_file() and picture != panorama
    return new_world(_NAME, light, loaded(picture) if has_picture else light, rotation_rad=0.0, strength=strength,
                     background=2.0**-exposure_ev if has_picture else strength, width_px=light.size[0])


def write_sky(world: bpy.types.World | None, exposure_ev: float, page: Path) -> str:
    """Write `sky.webp`, what a camera sees of a panorama; its name, or "" where the world has none.

    Raises:
        StorageError: it cannot be written.
    """
    target = page / "sky.webp"
    seen = _seen(world)
    if seen is None:
        return ""
    image, strength = seen
    colours = colours_of(image)
    if image.is_float:
        light = colours * strength * 2.0**exposure_ev
        colours = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light.clip(0.0031308) ** (1 / 2.4) - 0.055)
    height, width = colours.shape[:2]
    pixels = np.ones((height, width, 4), np.float32)
    pixels[..., :3] = colours[::-1].clip(0, 1)
    sky = bpy.data.images.new(_NAME, width, height, alpha=False)
    try:
        sky.pixels.foreach_set(pixels.ravel())
        if width > _SKY_PX:
            sky.scale(_SKY_PX, _SKY_PX // 2)
        sky.file_format = "WEBP"
        sky.save(filepath=str(target), quality=_SKY_QUALITY)
    except RuntimeError as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error
    finally:
        bpy.data.images.remove(sky)
    return target.name


def _seen(world: bpy.types.World | None) -> tuple[bpy.types.Image, float] | None:
    """The panorama that the camera sees, and how strongly; of any World that is made as `outside_world` makes it, or
    has one panorama only."""
    if world is None or world.node_tree is None:
        return None
    nodes = [node for node in world.node_tree.nodes if node.type == "TEX_ENVIRONMENT" and node.image is not None
             and node.image.size[0]]  # its file may be gone
    if not nodes:
        return None
    node = nodes[-1]
    (link, *_) = node.outputs["Color"].links or [None]
    shader = link and link.to_node
    return node.image, shader.inputs["Strength"].default_value if shader and shader.type == "BACKGROUND" else 1.0


def _irradiance(panorama: bpy.types.Image) -> float:
    """Of a horizontal plane under its upper half: ∫ L cos θ dΩ, luminance."""
    light = colours_of(panorama) @ np.array(_LUMINANCE, np.float32)
    height, width = light.shape
    zenith = (np.arange(height // 2) + 0.5) * math.pi / height
    solid = np.sin(zenith) * (math.pi / height) * (2 * math.pi / width)
    return float((light[: height // 2].sum(1) * np.cos(zenith) * solid).sum())
