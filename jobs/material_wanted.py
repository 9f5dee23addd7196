"""What the Material panel asks for, as a job takes it."""

from __future__ import annotations

import os

import bpy

from ..properties.material import VERNISSAGE_PG_material
from ..protocol.errors import BadInput
from ..protocol.material import MaterialRequest, Wrap
from ..protocol.names import name_of_prompt
from ..scene.surface_nodes import Projection, SurfaceLook
from .material import WantedMaterial
from .picture import Picture

__all__ = ["check_look", "wanted_look", "wanted_material"]

UNBROUGHT = "?"  # a picture's file has its name once it is in the job's folder


def wanted_material(material: VERNISSAGE_PG_material) -> WantedMaterial:
    """Raises:
        BadInput: something cannot be asked.
    """
    picture = Picture.of_image(material.picture) if material.picture is not None else None
    check_look(wanted_look(material), Wrap(material.wrap.lower()))
    request = MaterialRequest(
        name=name_of_prompt(material.prompt, "" if picture is None else picture.name), prompt=material.prompt,
        negative_prompt=material.negative_prompt, picture="" if picture is None else UNBROUGHT,
        width_px=material.size, height_px=material.size, wrap=Wrap(material.wrap.lower()), change=material.change,
        model=material.id_data.vernissage.texture.model_name(), steps=material.steps or None,
        guidance_scale=material.guidance_scale or None, seed=material.seed,
        intrinsics_model=_folder(material.intrinsics_model), normals_model=_folder(material.normals_model))
    return WantedMaterial(request, picture)


def wanted_look(material: VERNISSAGE_PG_material) -> SurfaceLook:
    """How it is laid on."""
    return SurfaceLook(size_m=material.size_m, projection=Projection(material.projection.lower()),
                       hex_tiling=material.hex_tiling, displacement=material.displacement)


def check_look(look: SurfaceLook, wrap: Wrap) -> None:
    """Raises:
        BadInput: it cannot be.
    """
    if look.hex_tiling and look.projection is not Projection.UV:
        raise BadInput("Hex tiling is for pictures that are laid on by UVs.",
                       "Choose the projection UV, or switch Hex Tiling off.")
    if look.hex_tiling and wrap is not Wrap.BOTH:
        raise BadInput("Hex tiling needs a picture that tiles in both directions.",
                       "Let it tile in both, or switch Hex Tiling off.")


def _folder(path: str) -> str:
    return os.path.abspath(bpy.path.abspath(path)) if path.strip() else ""
