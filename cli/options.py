"""Options that painting and touching up have in common. No bpy here."""

from __future__ import annotations

import argparse

from ..protocol.requests import TextureRequest

__all__ = ["DEFAULTS", "add_objects", "add_outputs", "add_painting"]

DEFAULTS = {name: field.default for name, field in TextureRequest.__dataclass_fields__.items()}


def add_objects(what: argparse._ArgumentGroup) -> None:
    """Which objects, and what they shall look like."""
    what.add_argument("--object", dest="objects", nargs="+", action="extend", metavar="NAME", type=_name,
                      help="objects to texture (default: every visible mesh)")
    what.add_argument("--prompt", metavar="TEXT",
                      help="what objects shall look like that have no prompt of their own in the scene")
    what.add_argument("--object-prompt", dest="object_prompts", nargs=2, action="append", default=[],
                      metavar=("NAME", "TEXT"), help="what this object shall look like; may be given several times")
    what.add_argument("--negative-prompt", default="", metavar="TEXT", help="what to keep out of the picture")


def add_painting(how: argparse._ArgumentGroup) -> None:
    """By whom, and from where."""
    how.add_argument("--model", default=DEFAULTS["model"], metavar="NAME",
                     help="mini, or the folder of a diffusers model (default: %(default)s)")
    how.add_argument("--controlnet", metavar="DIR", help="folder of a depth ControlNet of its family")
    how.add_argument("--ignore-shape", action="store_true",
                     help="leave out mini's own ControlNet: no lighter edges, no darker hollows; faster")
    how.add_argument("--views", type=int, default=DEFAULTS["view_count"], metavar="N",
                     help="pictures painted around each object (default: %(default)s)")
    how.add_argument("--view-size", type=int, default=DEFAULTS["view_size_px"], metavar="PX",
                     help="side of each of them (default: %(default)s)")
    how.add_argument("--steps", type=int, metavar="N", help="denoising steps (default: the model's)")
    how.add_argument("--guidance", type=float, metavar="G", help="pull of the prompt (default: the model's)")
    how.add_argument("--seed", type=int, default=DEFAULTS["seed"], metavar="S",
                     help="the same seed gives the same picture (default: %(default)s)")
    how.add_argument("--share-attention", action="store_true",
                     help="let each view look at its neighbours and at the front view while it is painted; slower")


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    where = parser.add_argument_group("where to", "Without any, the textures stay in the jobs' folders.")
    where.add_argument("--save", metavar="OUT.blend", help="save the scene, textures packed; only this may name "
                                                           "the opened file itself")
    where.add_argument("--export", metavar="OUT.glb", help="export the textured objects")
    where.add_argument("--report", metavar="OUT.json", help="write what became of each object")


def _name(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("is empty: name an object, or leave it out for every visible mesh")
    return text
