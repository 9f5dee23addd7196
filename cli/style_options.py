"""What may follow `--command vernissage style` and `film`. No bpy here."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from ..protocol.film import Anchor
from ..protocol.requests import PictureFormat
from ..protocol.style import FIRST_STYLE, FIXED_STYLES, ControlKind, StyleMethod, StyleRequest

__all__ = ["add_film", "add_style", "split_weight"]

_DEFAULTS = {name: field.default for name, field in StyleRequest.__dataclass_fields__.items()}
_AMOUNTS = (("strength", float, "0 leaves a picture as it is, 1 is the full style"),
            ("keep-colours", float, "1 takes only light and dark from the style"),
            ("stroke-scale", float, "2 draws strokes twice as large"))


def add_style(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("pictures", nargs="*", metavar="PICTURE", help="files to stylise")
    what.add_argument("--texture", dest="textures", action="append", default=[], metavar="OBJECT",
                      help="in place of files the texture that this object of the opened scene shows, on its surface; "
                           "may be given several times")
    _add_looks(what)
    what.add_argument("--mask", metavar="PICTURE", help="white where the style shall be, black where nothing changes")
    what.add_argument("--object", dest="objects", action="append", default=[], metavar="NAME",
                      help="stylise only what the pictures, renders by the opened scene's camera, show of this object; "
                           "may be given several times")
    what.add_argument("--collection", dest="collections", action="append", default=[], metavar="NAME",
                      help="the same of a collection's objects")
    what.add_argument("--outside", action="store_true", help="stylise all but those objects and collections")
    model = _add_manner(parser.add_argument_group("how"), parser)
    model.add_argument("--control", metavar="PICTURE",
                       help="what the ControlNet follows, as it was made for (default: the opened scene as its camera "
                            "sees it)")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="FILE.png|DIR",
                       help="a file for one picture, a folder for NAME_styled.png of each (default: beside each)")
    where.add_argument("--layer", action="store_true",
                       help="transparent where nothing is stylised, to be laid over the picture")
    where.add_argument("--save", metavar="OUT.blend", help="save the scene with its textures, packed; with --texture")
    where.add_argument("--skip-existing", action="store_true", help="leave out what is there: to go on after a break")
    where.add_argument("--report", metavar="OUT.json", help="write what became of each picture")


def add_film(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("--frames", metavar="DIR",
                      help="folder of numbered frames as OpenEXR MultiLayer, with the vector pass (default: the opened "
                           "scene is rendered)")
    for name, text in (("start", "first frame"), ("end", "last frame"), ("step", "every how many frames")):
        what.add_argument(f"--{name}", type=int, metavar="N",
                          help=f"{text} (default: the scene's; of --frames {'1' if name == 'step' else 'all'})")
    _add_looks(what)
    how = parser.add_argument_group("how")
    how.add_argument("--anchor", choices=[str(anchor) for anchor in Anchor], metavar="NAME",
                     default=str(Anchor.SURFACE),
                     help="what brush strokes cling to: %(choices)s (default: %(default)s)")
    _add_manner(how, parser)
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="DIR", required=True,
                       help="folder of the finished frames; a film that was broken off goes on in it")
    where.add_argument("--format", choices=[str(kind) for kind in PictureFormat], metavar="NAME",
                       default=str(PictureFormat.PNG_8), help="how they are kept: %(choices)s (default: %(default)s)")
    where.add_argument("--report", metavar="OUT.json", help="write what became of the film")


def _add_manner(how: argparse._ArgumentGroup, parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Returns the group of what is for diffusion only."""
    how.add_argument("--method", choices=[str(method) for method in StyleMethod], metavar="NAME",
                     default=str(_DEFAULTS["method"]), help="%(choices)s (default: %(default)s)")
    _add_numbers(how, _AMOUNTS)
    how.add_argument("--steps", type=int, metavar="N",
                     help="steps of each size, or of denoising; not for instant (default: " + ", ".join(
                         f"{method.default_steps} for {method}" for method in StyleMethod
                         if method is not StyleMethod.INSTANT) + ")")
    _add_numbers(how, (("content-weight", float, "how firmly forms are held; not for instant"),
                       ("seed", int, "the same seed gives the same picture; for gram and transport")))
    model = parser.add_argument_group("with --method diffusion")
    model.add_argument("--model", default=_DEFAULTS["model"], metavar="NAME|DIR",
                       help="mini, or the folder of a diffusers model with a UNet (default: %(default)s)")
    model.add_argument("--prompt", default="", metavar="TEXT", help="what the pictures show, and in what manner")
    model.add_argument("--controlnet", metavar="DIR",
                       help="folder of a ControlNet of the model's family, which follows the scene")
    model.add_argument("--control-kind", choices=[str(kind) for kind in ControlKind], metavar="NAME",
                       default=str(_DEFAULTS["control_kind"]),
                       help="what the ControlNet was made for: %(choices)s (default: %(default)s); of films depth only")
    model.add_argument("--ip-adapter", metavar="DIR",
                       help="folder with ip-adapter….safetensors of the model's family and image_encoder: it shows the "
                            "styles to a Stable Diffusion or SDXL model while it paints")
    _add_numbers(model, (("ip-adapter-scale", float, "how strongly, up to 1.5; 0 shows nothing"),))
    return model


def _add_looks(what: argparse._ArgumentGroup) -> None:
    what.add_argument("--style", dest="styles", action="append", default=[], metavar="PICTURE[=WEIGHT]",
                      help="file whose look they shall have; several are mixed by their weights")
    what.add_argument("--number", dest="numbers", action="append", default=[], metavar="N[=WEIGHT]",
                      help=f"a look that comes with Vernissage, 0 to {FIXED_STYLES - 1} (default without any style: "
                           f"{FIRST_STYLE}); for the instant method")
    what.add_argument("--trained", action="append", default=[], metavar="NAME|FILE[=WEIGHT]",
                      help="a look that was learnt: its name in the list, or its file (.safetensors); for the instant "
                           "method")
    what.add_argument("--encoder", metavar="DIR", help="folder with vgg19.safetensors, and for the instant method "
                                                      "decoder.safetensors, by which pictures are seen")


def _add_numbers(how: argparse._ArgumentGroup, options: Sequence[tuple[str, type, str]]) -> None:
    for option, kind, text in options:
        how.add_argument(f"--{option}", type=kind, default=_DEFAULTS[option.replace("-", "_")],
                         metavar="N" if kind is int else "X", help=f"{text} (default: %(default)s)")


def split_weight(text: str) -> tuple[str, float]:
    """"a.png=2" as its two parts; the weight is 1 where there is none. A file may have the sign in its name."""
    name, sign, weight = text.rpartition("=")
    if sign and name and not os.path.exists(os.path.expanduser(text)):
        try:
            return name, float(weight)
        except ValueError:
            pass
    return text, 1.0

