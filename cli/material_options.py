"""What may follow `--command vernissage material`. No bpy here."""

from __future__ import annotations

import argparse

from ..protocol.material import MaterialRequest, NormalConvention, Wrap

__all__ = ["add_material"]

_DEFAULTS = {name: field.default for name, field in MaterialRequest.__dataclass_fields__.items()}


def add_material(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("--prompt", default="", metavar="TEXT",
                      help="what the surface is made of; beside --picture the model paints over where that was joined")
    what.add_argument("--negative-prompt", default="", metavar="TEXT", help="what to keep out")
    what.add_argument("--picture", metavar="FILE", help="a picture of a surface, of which the material is made")
    what.add_argument("--list", dest="table", metavar="FILE.txt|FILE.csv",
                      help="make many: a prompt on each line, or a table with the columns prompt, and if wanted name, "
                           "negative_prompt, picture, seed, size and change")
    what.add_argument("--name", default="", metavar="TEXT", help="of the material (default: by its prompt)")
    how = parser.add_argument_group("how")
    how.add_argument("--size", default=str(_DEFAULTS["width_px"]), metavar="PX|WxH",
                     help="of its images (default: %(default)s)")
    how.add_argument("--wrap", choices=[str(wrap) for wrap in Wrap], default=str(_DEFAULTS["wrap"]), metavar="NAME",
                     help="where it tiles: %(choices)s (default: %(default)s)")
    how.add_argument("--change", type=float, default=_DEFAULTS["change"], metavar="X",
                     help="how much of a picture may be used to join its borders, 0 to 1 (default: %(default)s)")
    how.add_argument("--model", default=_DEFAULTS["model"], metavar="NAME|DIR",
                     help="mini, or the folder of a diffusers model (default: %(default)s)")
    how.add_argument("--steps", type=int, metavar="N", help="denoising steps (default: the model's)")
    how.add_argument("--guidance", type=float, metavar="G", help="pull of the prompt (default: the model's)")
    how.add_argument("--seed", type=int, default=_DEFAULTS["seed"], metavar="S",
                     help="the same seed gives the same material (default: %(default)s)")
    how.add_argument("--marigold", nargs=2, metavar=("INTRINSICS", "NORMALS"),
                     help="folders of a Marigold appearance and a Marigold normals model, which tell the maps")
    how.add_argument("--normals", choices=[str(kind) for kind in NormalConvention], metavar="NAME",
                     default=str(_DEFAULTS["normals"]), help="of the file: %(choices)s (default: %(default)s)")
    laid = parser.add_argument_group("on the surface")
    laid.add_argument("--width", dest="size_m", type=float, default=1.0, metavar="M",
                      help="how wide a repetition is, in metres (default: %(default)s)")
    laid.add_argument("--projection", choices=("uv", "triplanar"), default="uv", metavar="NAME",
                      help="%(choices)s (default: %(default)s)")
    laid.add_argument("--hex-tiling", action="store_true", help="hide that the picture comes again")
    laid.add_argument("--displacement", action="store_true", help="move the surface itself, in Cycles")
    laid.add_argument("--object", dest="objects", action="append", default=[], metavar="NAME",
                      help="put the material on this object of the opened scene; may be given several times")
    laid.add_argument("--active-slot", action="store_true", help="only in its active material slot")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="DIR",
                       help="a folder for each material, with its maps, a ball and material.json. What is there and "
                            "was asked in the same way is not made again")
    where.add_argument("--save", metavar="LIB.blend",
                       help="save the scene with all materials as assets, packed, and their catalogue beside it")
    where.add_argument("--report", metavar="OUT.json", help="write what became of each material")
