"""The options of touching up: where, how strongly. No bpy here."""

from __future__ import annotations

import argparse

from ..protocol.requests import TouchUp
from .options import DEFAULTS, add_objects, add_outputs, add_painting

__all__ = ["add_touch_up"]

_DEFAULTS = {name: field.default for name, field in TouchUp.__dataclass_fields__.items()}


def add_touch_up(parser: argparse.ArgumentParser) -> None:
    add_objects(parser.add_argument_group("what"))
    where = parser.add_argument_group("which region").add_mutually_exclusive_group(required=True)
    where.add_argument("--selected", action="store_true", help="the faces that are selected in Edit Mode, as saved")
    where.add_argument("--faces", metavar="ATTRIBUTE", help="the faces of which this attribute is true, or not 0")
    where.add_argument("--mask", metavar="PICTURE", help="what is white in an image of the scene, or in a picture "
                                                         "file, in the layout of each object's texture")
    where.add_argument("--from-camera", metavar="NAME", help="what a camera of the scene sees of each object")
    where.add_argument("--missing", nargs="?", type=float, const=_DEFAULTS["least_cosine"], metavar="COSINE",
                       help="the largest area that no view saw at this cosine of its angle or better (default: "
                            "%(const)s), from a view that is planned for it")
    how = parser.add_argument_group("how")
    how.add_argument("--strength", type=float, default=_DEFAULTS["strength"], metavar="S",
                     help="how far it may leave what is there: 1 begins anew (default: %(default)s)")
    how.add_argument("--feather", type=int, default=_DEFAULTS["feather_px"], metavar="PX",
                     help="texels over which the new goes over into the old (default: %(default)s)")
    add_painting(how)
    add_outputs(parser)
    # What the texture that is there decides, and what makes no sense for a part of it.
    parser.set_defaults(plan=False, together=False, uv_layer="", unwrap=False, active_slot=False, cameras=[],
                        texture_size=DEFAULTS["texture_size_px"], format=str(DEFAULTS["picture_format"]),
                        quality_map=False)
