"""What the Train Style panel asks for, as a training takes it."""

from __future__ import annotations

import os
from pathlib import Path

import bpy
from bpy.types import Image, Scene

from ..properties.style_training import TRAINING_FIELDS, VERNISSAGE_PG_style_training
from ..protocol.errors import BadInput
from ..protocol.style_train import StyleTrainRequest
from .picture import Picture
from .style_training import WantedTraining
from .trained_styles import free_name, styles_folder

__all__ = ["style_pictures", "wanted_training"]

_UNBROUGHT = "?"  # a picture's file has its name once it is in the job's folder


def wanted_training(scene: Scene, shown: Image | None) -> WantedTraining:
    """Args:
        shown: what the editor shows.

    Raises:
        BadInput: something cannot be asked, or there is no picture of the style.
    """
    looks = style_pictures(scene, shown)
    if not looks:
        raise BadInput("There is no picture to learn a style from.",
                       "Add an image or a file to the list of styles, or show one in this editor.")
    training = scene.vernissage.style_training
    fields = {name: getattr(training, name) for name in TRAINING_FIELDS}
    request = StyleTrainRequest(
        name=training.name.strip() or free_name(Path(looks[0].name).stem), styles=(_UNBROUGHT,) * len(looks),
        contents=_contents(scene, training), styles_folder=str(styles_folder()),
        optimiser=training.chosen_optimiser(), start=None if training.start < 0 else training.start,
        events_folder=_absolute(training.events_folder), **fields)
    return WantedTraining(request, tuple(looks))


def style_pictures(scene: Scene, shown: Image | None) -> list[Picture]:
    """The images and files of the list of styles, or what the editor shows where there are none."""
    looks = []
    for item in scene.vernissage.style.styles:
        if item.kind == "IMAGE" and item.image:
            looks.append(Picture.of_image(item.image))
        elif item.kind == "FILE" and item.path.strip():
            looks.append(Picture.of_file(Path(_absolute(item.path)), scene.name))
    return looks or ([] if shown is None else [Picture.of_image(shown)])


def _contents(scene: Scene, training: VERNISSAGE_PG_style_training) -> tuple[str, ...]:
    if training.contents == "DRAWN":
        return ()
    if training.contents == "RENDERS":
        return (os.path.dirname(_absolute(scene.render.frame_path(frame=scene.frame_current))),)
    if not training.folder.strip():
        raise BadInput("No folder is chosen to learn on.", "Choose one, or learn on drawn pictures.")
    return (_absolute(training.folder),)


def _absolute(text: str) -> str:
    """A stored path as an absolute one; "" for an empty one."""
    return os.path.abspath(bpy.path.abspath(text)) if text.strip() else ""
