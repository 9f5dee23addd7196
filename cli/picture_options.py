"""What may follow `--command vernissage picture`. No bpy here."""

from __future__ import annotations

import argparse

from ..protocol.picture import PictureRequest

__all__ = ["add_picture"]

_DEFAULTS = {name: field.default for name, field in PictureRequest.__dataclass_fields__.items()}


def add_picture(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("--prompt", default="", metavar="TEXT", help="what the picture shows")
    what.add_argument("--negative-prompt", default="", metavar="TEXT", help="what to keep out of it")
    what.add_argument("--list", dest="table", metavar="FILE.txt|FILE.csv",
                      help="paint many: a prompt on each line, or a table with the columns prompt, and if wanted name, "
                           "negative_prompt, seed and size")
    how = parser.add_argument_group("how")
    how.add_argument("--size", default=f"{_DEFAULTS['width_px']}x{_DEFAULTS['height_px']}", metavar="WxH",
                     help="in pixels, multiples of 64 (default: %(default)s)")
    how.add_argument("--model", default=_DEFAULTS["model"], metavar="NAME|DIR",
                     help="mini, or the folder of a diffusers model (default: %(default)s)")
    how.add_argument("--steps", type=int, metavar="N", help="denoising steps (default: the model's)")
    how.add_argument("--guidance", type=float, metavar="G", help="pull of the prompt (default: the model's)")
    how.add_argument("--seed", type=int, default=_DEFAULTS["seed"], metavar="S",
                     help="the same seed gives the same picture; a prompt that a --list has again gets the next "
                          "(default: %(default)s)")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="OUT.png|DIR", required=True,
                       help="the picture, beside which a folder .made shows how it was made; with --list a folder of "
                            "pictures. What is there and was asked in the same way is not painted again")
    where.add_argument("--report", metavar="OUT.json", help="write what became of each")
