"""What may follow `--command vernissage train-style`. No bpy here."""

from __future__ import annotations

import argparse
from typing import Any

from ..protocol.style_train import Optimiser, StyleTrainRequest

__all__ = ["add_training", "chosen_fields"]

_DEFAULTS = {name: field.default for name, field in StyleTrainRequest.__dataclass_fields__.items()}

# (option, field, kind, what it does)
_NUMBERS = (
    ("rounds", "rounds", int, "training steps at most"),
    ("patience", "patience", int, "stop after so many tests without a better score; 0 never stops"),
    ("test-every", "test_every", int, "steps between two tests on pictures that are held out"),
    ("held-out", "held_out", float, "share of the content pictures that is only tested on"),
    ("size", "size_px", int, "shorter side that pictures are scaled to"),
    ("crop", "crop_px", int, "side of the crops that are learnt from, a multiple of 16"),
    ("batch", "batch", int, "crops in each step"),
    ("rate", "rate", float, "how fast the painting network learns"),
    ("discriminator-rate", "discriminator_rate", float, "how fast the network learns that judges it"),
    ("style-weight", "adversarial_weight", float, "of being taken for the style"),
    ("content-weight", "content_weight", float, "of keeping what a picture shows"),
    ("identity-weight", "identity_weight", float, "of leaving the style's own pictures as they are"),
    ("penalty", "penalty", float, "of steep judgements (R1)"),
    ("penalty-every", "penalty_every", int, "it is computed in each so many-th step"),
    ("augment", "augment", float, "how far judged pictures are shifted, coloured and cut, 0 to 1"),
    ("scale-low", "scale_low", float, "how much smaller strokes may be learnt"),
    ("scale-high", "scale_high", float, "how much larger strokes may be learnt"),
    ("average", "ema", float, "share of the averaged network that stays in each step"),
    ("seed", "seed", int, "the same seed gives the same style"),
)


def add_training(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("--style", dest="styles", nargs="+", action="extend", default=[], metavar="PICTURE",
                      help="one picture, or a few of one look, to learn from")
    what.add_argument("--content", dest="contents", nargs="+", action="extend", metavar="PATH",
                      help="pictures, or folders with pictures, to learn on, such as photographs or renders (default: "
                           "pictures that Vernissage draws)")
    what.add_argument("--name", metavar="NAME", help="what the style is called (default: the picture's name)")
    what.add_argument("--replace", action="store_true", help="the style of this name may be replaced")
    what.add_argument("--licence", metavar="TEXT", help="a line for the style's card")
    what.add_argument("--resume", metavar="DIR",
                      help="go on with the training of this folder, which a cancelled one names; only --rounds, "
                           "--patience, --licence, --name, --styles-folder and --tensorboard may differ")
    how = parser.add_argument_group("how")
    how.add_argument("--optimiser", choices=[str(kind) for kind in Optimiser], metavar="NAME",
                     help=f"%(choices)s (default: {_DEFAULTS['optimiser']})")
    how.add_argument("--start", type=int, metavar="N", help="the numbered look to begin with (default: the nearest)")
    for option, field, kind, text in _NUMBERS:
        how.add_argument(f"--{option}", dest=field, type=kind, metavar="N" if kind is int else "X",
                         help=f"{text} (default: {_DEFAULTS[field]})")
    where = parser.add_argument_group("where to")
    where.add_argument("--styles-folder", metavar="DIR", help="of the style's file (default: the list of styles)")
    where.add_argument("--tensorboard", metavar="DIR", help="folder for TensorBoard (default: the job's)")
    where.add_argument("--report", metavar="OUT.json", help="write what became of it")


def chosen_fields(options: argparse.Namespace) -> dict[str, Any]:
    """The numbers and names that were given, by the request's fields; paths are left out."""
    names = (*(row[1] for row in _NUMBERS), "start", "licence", "name")
    fields = {field: getattr(options, field) for field in names}
    if options.optimiser is not None:
        fields["optimiser"] = Optimiser(options.optimiser)
    return {field: value for field, value in fields.items() if value is not None}
