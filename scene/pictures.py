"""Pictures out of the .blend for the backend, and what it made of them back into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import BadInput
from ..protocol.picture import PictureRequest, PictureResult
from ..protocol.style import StyleRequest, StyleResult
from ..protocol.style_texture import TextureStyleRequest, TextureStyleResult
from ..protocol.wire import request_to_json, to_json
from .images import new_image, texture_name
from .pixels import check_working_space, pixels_of, save, to_bytes
from .version import version

__all__ = ["LIGHT_SUFFIXES", "add_painted_image", "add_plot", "add_styled_image", "describe_style", "find_image",
           "find_render", "keep_newest_render", "render_format", "write_file_as_seen", "write_picture", "write_render"]

LIGHT_SUFFIXES = (".exr", ".hdr", ".dpx", ".cin")  # of files that hold light, not what is seen of it
_OF_RENDER = "stylised_render"  # marks the image that the next render replaces


def find_image(uid: int, name: str) -> bpy.types.Image:
    """The image of a session UID; `name` is what messages call it.

    Raises:
        BadInput: it has been deleted.
    """
    image = next((image for image in bpy.data.images if image.session_uid == uid), None)
    if image is None:
        raise BadInput("There is no image {image}.", "Choose another one.", image=name)
    return image


def find_render() -> bpy.types.Image | None:
    """The Render Result, which may still be empty."""
    return next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)


def write_picture(image: bpy.types.Image, scene: bpy.types.Scene, folder: Path, stem: str) -> str:
    """Write what an image shows into a folder; returns the file's name.

    The Render Result becomes a PNG: see `write_render`. Of an image of 8 bit its numbers (H, W, C) uint8, of one of
    more bits its linear light (H, W, C) float32, multiplied by alpha; row 0 at the top, C 3 or, where something is
    transparent, 4.

    Args:
        scene: whose view transform the Render Result is seen with.

    Raises:
        BadInput: its pixels cannot be read.
        StorageError: the file cannot be written.
    """
    if image.source == "VIEWER":
        path = folder / f"{stem}.png"
        write_render(image, scene, path)
        return path.name
    if image.source not in ("FILE", "GENERATED"):
        raise BadInput("{image} is no single picture: it is a film, a sequence or has UDIM tiles.",
                       "Choose an image of one picture.", image=image.name)
    path = folder / f"{stem}.npy"
    pixels = _without_plain_alpha(pixels_of(image), image)
    if image.is_float:
        check_working_space(image)
    else:
        pixels = to_bytes(pixels)
    save(path, lambda: np.save(path, np.ascontiguousarray(pixels)))
    return path.name


def write_render(image: bpy.types.Image, scene: bpy.types.Scene, path: Path) -> None:
    """Write an image as a PNG of 16 bit and alpha, through the scene's view transform. The scene's own choice of a file
    format is as it was afterwards.

    Raises:
        BadInput: nothing is rendered yet, or the file cannot be written.
    """
    try:
        with render_format(scene.render.image_settings, media_type="IMAGE", file_format="PNG", color_mode="RGBA",
                           color_depth="16", color_management="FOLLOW_SCENE"):
            image.save_render(str(path), scene=scene)
    except RuntimeError as error:
        raise BadInput("{image} holds no picture that can be saved.", "Render first (F12).",
                       image=image.name) from error


def write_file_as_seen(path: Path, scene: bpy.types.Scene, target: Path) -> None:
    """Write a file that holds light as `write_render` does.

    Raises:
        BadInput: it cannot be read.
    """
    image = None
    try:
        image = bpy.data.images.load(str(path), check_existing=False)
        write_render(image, scene, target)
    except (RuntimeError, BadInput) as error:  # a broken file is loaded, and has nothing to save
        raise BadInput("{path} is no picture that Blender reads.", "Choose another one.", path=path) from error
    finally:
        if image is not None:
            bpy.data.images.remove(image)


def keep_newest_render(image: bpy.types.Image) -> None:
    """Let a styled render take the place of the one before, and be shown where the Render Result is."""
    for old in [old for old in bpy.data.images if old.get(_OF_RENDER) and old != image]:
        name = old.name
        old.user_remap(image)
        bpy.data.images.remove(old)
        image.name = name
    image[_OF_RENDER] = True
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            space = area.spaces.active
            if space.type == "IMAGE_EDITOR" and space.image is not None and space.image.type == "RENDER_RESULT":
                space.image = image


def add_painted_image(name: str, picture: Path, pack: bool, request: PictureRequest, result: PictureResult
                      ) -> bpy.types.Image:
    """A new image of the result; what it was made from is in its custom properties. No undo step is pushed: that is the
    operator's.

    Raises:
        StorageError: the picture cannot be read or saved; nothing has changed.
    """
    with ExitStack() as undo:
        image = new_image(name, picture, pack, undo)
        for key, value in {"prompt": request.prompt, "negative_prompt": request.negative_prompt, "model": result.model,
                           "licence": result.licence, "seed": result.seed, "steps": result.steps,
                           "guidance_scale": result.guidance_scale, "vernissage_version": version(),
                           "report": json.dumps({"request": json.loads(request_to_json(request)),
                                                 "result": to_json(result)}, ensure_ascii=False)}.items():
            image[key] = value
        undo.pop_all()
    return image


def add_styled_image(name: str, picture: Path, pack: bool, request: StyleRequest | TextureStyleRequest,
                     result: StyleResult | TextureStyleResult) -> bpy.types.Image:
    """A new image of the result, "NAME - styled"; what it was made from is in its custom properties. No undo step is
    pushed: that is the operator's.

    Raises:
        StorageError: the picture cannot be read or saved; nothing has changed.
    """
    with ExitStack() as undo:
        image = new_image(texture_name(name, "styled"), picture, pack, undo)
        describe_style(image, name, request, result)
        undo.pop_all()
    return image


def describe_style(image: bpy.types.Image, name: str, request: StyleRequest | TextureStyleRequest,
                   result: StyleResult | TextureStyleResult) -> None:
    """Write into an image's custom properties what it was made from, and the whole report as JSON."""
    style = request if isinstance(request, StyleRequest) else request.style
    properties = {
        "content": name,
        "method": str(style.method),
        "strength": style.strength,
        "keep_colours": style.keep_colours,
        "stroke_scale": style.stroke_scale,
        "seed": style.seed,
        "vernissage_version": version(),
        "report": json.dumps({"request": json.loads(request_to_json(request)), "result": to_json(result)},
                             ensure_ascii=False),
    }
    for key, value in properties.items():
        image[key] = value


def add_plot(name: str, picture: Path, pack: bool) -> bpy.types.Image:
    """A new image of a plot of pictures, "NAME - compared". No undo step is pushed: that is the operator's.

    Raises:
        StorageError: the picture cannot be read or saved; nothing has changed.
    """
    with ExitStack() as undo:
        image = new_image(texture_name(name, "compared"), picture, pack, undo)
        image["vernissage_version"] = version()
        undo.pop_all()
    return image


def _without_plain_alpha(pixels: np.ndarray, image: bpy.types.Image) -> np.ndarray:
    """(H, W, 3), or (H, W, 4) where something is transparent."""
    if pixels.shape[2] < 3:
        return np.repeat(pixels[..., :1], 3, axis=2)
    is_solid = image.alpha_mode in ("NONE", "CHANNEL_PACKED") or pixels.shape[2] < 4 or pixels[..., 3].min() >= 1
    return pixels[..., :3] if is_solid else pixels


@contextmanager
def render_format(settings: bpy.types.ImageFormatSettings, **wanted: str) -> Iterator[None]:
    """Within the block, renders are saved with these settings, of which older versions lack some."""
    wanted = {name: value for name, value in wanted.items() if hasattr(settings, name)}  # media_type: Blender 5.0
    before = {name: getattr(settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
