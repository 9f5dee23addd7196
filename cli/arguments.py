"""What may follow `--command vernissage`. No bpy here."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from ..protocol.errors import BadInput
from ..protocol.requests import PictureFormat, TextureRequest, ViewRequest
from .compare_options import add_compare
from .exhibition_options import add_exhibition, add_exhibition_page, add_exhibition_plan, add_visits
from .material_options import add_material
from .options import DEFAULTS, add_objects, add_outputs, add_painting
from .picture_options import add_picture
from .regions import add_touch_up
from .style_options import add_film, add_style
from .training_options import add_training
from .world_options import add_world

__all__ = ["PROGRAM", "UsageError", "absolute", "checked", "chosen_model", "existing_model", "existing_path", "parse",
           "texture_request", "view_request"]

PROGRAM = "blender --command vernissage"
_OPTION_OF_FIELD = {
    "Views": "--views", "View Size": "--view-size", "Texture Size": "--texture-size", "Steps": "--steps",
    "Guidance": "--guidance", "Seed": "--seed", "Strength": "--strength", "Feather": "--feather",
    "Seen Below": "--missing", "Keep Colours": "--keep-colours", "Stroke Scale": "--stroke-scale",
    "Content Weight": "--content-weight", "Size": "--size", "Crop": "--crop", "Rounds": "--rounds", "Batch": "--batch",
    "Rate": "--rate", "Discriminator Rate": "--discriminator-rate", "Adversarial Weight": "--style-weight",
    "Identity Weight": "--identity-weight", "Penalty": "--penalty", "Penalty Every": "--penalty-every",
    "Augment": "--augment", "Smallest Scale": "--scale-low", "Largest Scale": "--scale-high", "Average": "--average",
    "Width": "--size", "Height": "--size", "Change": "--change",
    "Panorama Height": "--height", "Detail": "--detail", "LoRA Weight": "--lora-weight", "Exposure": "--exposure",
    "Sun Exposure": "--sun-exposure", "Sun Irradiance": "--sun", "Field of View": "--fov",
    "Test Every": "--test-every", "Patience": "--patience", "Held Out": "--held-out",
    "Works per Room": "--per-room",
}


class UsageError(Exception):
    """Wrong usage, in one sentence.

    Attributes:
        program: the command that was used wrongly; "" for the one that runs.
    """

    def __init__(self, sentence: str, program: str = "") -> None:
        super().__init__(sentence)
        self.program = program


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (--help shows what is possible)", self.prog)


def parse(words: list[str]) -> argparse.Namespace:
    """The options; `action` is the first word: "texture", "touch-up", "style", ….

    Raises:
        UsageError: the words do not make sense.
        SystemExit: help was asked for, and printed.
    """
    parser = _Parser(prog=PROGRAM, description="Paint textures onto meshes from a prompt.", allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_texture(actions.add_parser(
        "texture", help="texture objects of the opened scene", allow_abbrev=False,
        description="Texture objects of the opened scene, one after another or together. Exit code 0: all done; "
                    "1: some failed, the others are saved; 2: wrong usage, nothing was begun."))
    add_touch_up(actions.add_parser(
        "touch-up", help="paint a region of textures anew", allow_abbrev=False,
        description="Paint a region of what objects show anew, so that it fits to what is there; the rest stays as it "
                    "is, to the last bit. One object after another. Exit codes as those of texture."))
    add_style(actions.add_parser(
        "style", help="give pictures the look of others", allow_abbrev=False,
        description="Give files the look of others, one after another; the opened scene is looked at for --object and "
                    "--collection only. Exit code "
                    "0: all done; 1: some failed, the others are written; 2: wrong usage, nothing was begun."))
    add_training(actions.add_parser(
        "train-style", help="learn a style from one or a few pictures", allow_abbrev=False,
        description="Learn the look of pictures, to be used with style --trained NAME and in Blender. Ctrl-C stops and "
                    "keeps what is learnt. Exit code 0: the style is written; 1: it is not, the last lines say why; "
                    "2: wrong usage, nothing was begun."))
    add_compare(actions.add_parser(
        "compare", help="tell which pictures are alike in style", allow_abbrev=False,
        description="Measure the style of pictures, and draw them so that what is alike lies together. Exit code 0: "
                    "all is written; 1: it is not, the last line says why; 2: wrong usage, nothing was begun."))
    add_film(actions.add_parser(
        "film", help="give a film the look of pictures, so that nothing flickers", allow_abbrev=False,
        description="Render the frames of the opened scene, or take those of a folder, and give them the look of "
                    "others so that nothing flickers. The same command goes on with a film that was broken off, and "
                    "leaves one that is complete. Exit code 0: done; 1: it could not be, or was cancelled; 2: wrong "
                    "usage, nothing was begun."))
    add_material(actions.add_parser(
        "material", help="make materials that tile, of prompts or pictures", allow_abbrev=False,
        description="Make materials of prompts or of pictures of surfaces: colour, normals, roughness, metal, height "
                    "and occlusion, on objects of the opened scene or as an asset library. The same command goes on "
                    "with a list that was broken off. Exit code 0: all are there; 1: some are not, the report and the "
                    "last lines say why; 2: wrong usage, nothing was begun."))
    add_world(actions.add_parser(
        "world", help="paint a panorama that lights the scene", allow_abbrev=False,
        description="Paint panoramas from prompts or around a picture, restore their light, and make them Worlds. The "
                    "same command goes on with a list that was broken off, and makes nothing twice. Exit code 0: all "
                    "done; 1: some failed, the others are written; 2: wrong usage, nothing was begun."))
    add_picture(actions.add_parser(
        "picture", help="paint pictures from prompts", allow_abbrev=False,
        description="Paint pictures from prompts. The same command goes on with a list that was broken off, and paints "
                    "nothing twice. Exit code 0: all are there; 1: some are not, and the last lines say why; 2: wrong "
                    "usage, nothing was begun."))
    add_exhibition_plan(actions.add_parser(
        "plan-exhibition", help="plan how artworks hang in rooms, or check an edited plan", allow_abbrev=False,
        description="Plan rooms for pictures, films and GLB sculptures, and where each hangs or stands: "
                    "exhibition.json, to be edited, and plan.png. With --plan, check and draw one that was edited. "
                    "Exit code 0: all works are in the plan, and nothing in it is wrong; 1: some are not, or something "
                    "is, and the last lines say why; 2: wrong usage, nothing was begun."))
    add_exhibition(actions.add_parser(
        "exhibition", help="build an exhibition of artworks", allow_abbrev=False,
        description="Plan rooms for artworks, or take a plan, and build them: walls, frames, labels, light and a tour, "
                    "as exhibition.blend with a picture of each room. Exit code 0: all of it is there; 1: some is not, "
                    "and the last lines say what; 2: wrong usage, nothing was begun."))
    add_exhibition_page(actions.add_parser(
        "exhibition-page", help="write the page of the exhibition in the opened file", allow_abbrev=False,
        description="Write the page for browsers of the exhibition that the opened file has, as it is there: what was "
                    "changed by hand, too. Exit code 0: it is written; 1: it is not, and the last line says why; 2: "
                    "wrong usage, nothing was begun."))
    add_visits(actions.add_parser(
        "visits", help="tell how long the works of an exhibition are looked at", allow_abbrev=False,
        description="Tell from what visitors saved on the exhibition's page how long each work and each style is "
                    "looked at, with intervals of confidence, and foretell it of works that nobody has seen, if styles "
                    "tell it: visits.json, and the plan with its warm places, visits.png. Exit code 0: all was read; "
                    "1: some was not, and the last lines say what; 2: wrong usage, nothing was begun."))
    install = actions.add_parser("install", help="install or repair the backend", allow_abbrev=False)
    install.add_argument("--variant", choices=("cpu", "cuda", "rocm", "mps"), metavar="NAME",
                         help="what to compute on: %(choices)s (default: as in the preferences)")
    install.add_argument("--folder", metavar="DIR", help="where to (default: as in the preferences)")
    install.add_argument("--python", metavar="FILE", help="the Python 3.11 to 3.13 to build with (default: found)")
    actions.add_parser("check", help="tell whether the backend works, and on what", allow_abbrev=False)
    options = parser.parse_args(words)
    if options.action in ("texture", "touch-up"):
        _check_texture(options)
    if options.action == "style":
        _check_style(options)
    return options


def _add_texture(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    add_objects(what)
    what.add_argument("--plan", action="store_true",
                      help="paint nothing: tell how many views there would be and how much they would see")
    what.add_argument("--together", action="store_true",
                      help="paint all in one job: they hide each other, and those of one prompt share their views")
    layout = what.add_mutually_exclusive_group()
    layout.add_argument("--uv-layer", default="", metavar="NAME", help="UV layer to lay it out in (default: the "
                                                                       "one that renders use)")
    layout.add_argument("--unwrap", action="store_true", help="unwrap into a UV layer of its own")
    what.add_argument("--active-slot", action="store_true",
                      help="paint only each object's active material slot; the others keep their materials")
    how = parser.add_argument_group("how")
    add_painting(how)
    how.add_argument("--camera", dest="cameras", nargs="+", action="extend", default=[], metavar="NAME",
                     help="cameras of the scene whose views are painted in any case, as some of those")
    how.add_argument("--texture-size", type=int, default=DEFAULTS["texture_size_px"], metavar="PX",
                     help="side of the texture (default: %(default)s)")
    how.add_argument("--format", choices=[str(kind) for kind in PictureFormat], metavar="NAME",
                     default=str(DEFAULTS["picture_format"]),
                     help="how it is kept: %(choices)s (default: %(default)s)")
    how.add_argument("--quality-map", action="store_true",
                     help="also make an image of how well the views see each part of the surface")
    add_outputs(parser)


def _check_style(options: argparse.Namespace) -> None:
    program = f"{PROGRAM} style"
    if bool(options.pictures) == bool(options.textures):
        raise UsageError("name either PICTUREs or a --texture (--help shows what is possible).", program)
    of_files = [name for name in ("out", "objects", "collections", "outside", "layer", "skip_existing")
                if getattr(options, name)]
    if options.textures and of_files:
        raise UsageError(f"--{of_files[0].replace('_', '-').removesuffix('s')} is for PICTUREs, not for a --texture.",
                         program)
    if options.textures and options.save is None:
        raise UsageError("--texture needs --save: name the file that the scene is saved in.", program)
    if options.pictures and options.save is not None:
        raise UsageError("--save has nothing to write without --texture.", program)


def _check_texture(options: argparse.Namespace) -> None:
    program = f"{PROGRAM} {options.action}"
    if not options.plan and options.prompt is None:
        raise UsageError("the following arguments are required: --prompt (--help shows what is possible)", program)
    for name in ("save", "export"):
        if options.plan and getattr(options, name) is not None:
            raise UsageError(f"--{name} has nothing to write: --plan paints nothing.", program)


def texture_request(options: argparse.Namespace, scene: Path | None) -> TextureRequest:
    """What is to be painted, the same for every object.

    Args:
        scene: the opened file; None for an unsaved scene.

    Raises:
        UsageError: a value is out of its bounds.
    """
    with checked():
        return TextureRequest(
            object_name="", prompt=options.prompt, negative_prompt=options.negative_prompt,
            model=chosen_model(options.model, scene),
            controlnet="" if options.controlnet is None else str(absolute("controlnet", options.controlnet, scene)),
            follow_shape=not options.ignore_shape, picture_format=PictureFormat(options.format), steps=options.steps,
            guidance_scale=options.guidance, seed=options.seed,
            share_attention=options.share_attention,
            quality_map=options.quality_map, **_views(options))


def view_request(options: argparse.Namespace) -> ViewRequest:
    """From where objects are to be seen, the same for every one. Raises as `texture_request`."""
    with checked():
        return ViewRequest(**_views(options))


def _views(options: argparse.Namespace) -> dict[str, Any]:
    return {"mesh": "mesh.npz", "view_count": options.views, "view_size_px": options.view_size,
            "texture_size_px": options.texture_size}


@contextlib.contextmanager
def checked() -> Iterator[None]:
    """A value that a request refuses is wrong usage of an option."""
    try:
        yield
    except BadInput as error:
        if "field" in error.values:
            name = str(error.values["field"])
            error.values["field"] = _OPTION_OF_FIELD.get(name, name)
        raise UsageError(str(error)) from error


def absolute(option: str, text: str, scene: Path | None) -> Path:
    """A path as the shell means it, because the backend works in a folder of its own; "//" is beside the opened scene,
    as in Blender.

    Args:
        option: without its dashes; in capitals what has none, as PICTURE.

    Raises:
        UsageError: it is empty, or there is no scene to be beside of.
    """
    named = option if option.isupper() else f"--{option}"
    if not text:
        raise UsageError(f"{named} is empty: name a path, or leave it out.")
    if not text.startswith("//"):
        return Path(os.path.abspath(os.path.expanduser(text)))
    if scene is None:
        raise UsageError(f"{named} {text} lies beside the scene, which was never saved: name a folder.")
    return Path(os.path.abspath(scene.parent / text[2:]))


def existing_path(option: str, text: str, scene: Path | None, *, is_file: bool = False) -> str:
    """An absolute path. Raises as `absolute`, and where no such folder (or file) is there."""
    path = absolute(option, text, scene)
    if not (path.is_file() if is_file else path.is_dir()):
        raise UsageError(f"--{option} {text} is not there: name a {'file' if is_file else 'folder'}.")
    return str(path)


def existing_model(text: str, scene: Path | None, beside: Path | None = None) -> str:
    """As `chosen_model`. Raises where its folder is not there."""
    model = chosen_model(text, scene, beside)
    if beside is not None and os.path.isabs(model) and not os.path.isdir(model):
        raise UsageError(f"the model {model} is not there: name its folder, or leave model out, which takes the "
                         "embedded one.")
    return existing_path("model", model, scene) if os.path.isabs(model) else model


def chosen_model(text: str, scene: Path | None, beside: Path | None = None) -> str:
    """A model's name as it is, its folder as an absolute path. The model that comes with Vernissage goes before a
    folder of its name.

    Args:
        beside: the folder of the file that names it; None for the current one.
    """
    has_marks = any(mark and mark in text for mark in (os.sep, os.altsep)) or text.startswith(("~", "."))
    if beside is not None and not text.startswith("//"):
        folder = Path(os.path.abspath(beside / Path(text).expanduser()))
        return str(folder) if has_marks or (text != DEFAULTS["model"] and folder.is_dir()) else text
    is_path = has_marks or (text != DEFAULTS["model"] and os.path.isdir(text))
    return str(absolute("model", text, scene)) if is_path else text
