"""What may follow `--command vernissage style`. No bpy here."""

from __future__ import annotations

import argparse
import os

from ..protocol.style import FIRST_STYLE, FIXED_STYLES, StyleMethod, StyleRequest

__all__ = ["add_style", "split_weight"]

_DEFAULTS = {name: field.default for name, field in StyleRequest.__dataclass_fields__.items()}


def add_style(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("pictures", nargs="+", metavar="PICTURE", help="files to stylise")
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
    what.add_argument("--mask", metavar="PICTURE", help="white where the style shall be, black where nothing changes")
    how = parser.add_argument_group("how")
    how.add_argument("--method", choices=[str(method) for method in StyleMethod], metavar="NAME",
                     default=str(_DEFAULTS["method"]), help="%(choices)s (default: %(default)s)")
    for option, kind, text in (
            ("strength", float, "0 leaves a picture as it is, 1 is the full style"),
            ("keep-colours", float, "1 takes only light and dark from the style"),
            ("stroke-scale", float, "2 draws strokes twice as large"),
            ("steps", int, "steps of each size; not for instant"),
            ("content-weight", float, "how firmly forms are held; not for instant"),
            ("seed", int, "the same seed gives the same picture; not for instant")):
        how.add_argument(f"--{option}", type=kind, default=_DEFAULTS[option.replace("-", "_")],
                         metavar="N" if kind is int else "X", help=f"{text} (default: %(default)s)")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="FILE.png|DIR",
                       help="a file for one picture, a folder for NAME_styled.png of each (default: beside each)")
    where.add_argument("--skip-existing", action="store_true", help="leave out what is there: to go on after a break")
    where.add_argument("--report", metavar="OUT.json", help="write what became of each picture")


def split_weight(text: str) -> tuple[str, float]:
    """"a.png=2" as its two parts; the weight is 1 where there is none. A file may have the sign in its name."""
    name, sign, weight = text.rpartition("=")
    if sign and name and not os.path.exists(os.path.expanduser(text)):
        try:
            return name, float(weight)
        except ValueError:
            pass
    return text, 1.0

