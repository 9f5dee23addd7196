"""What may follow `--command vernissage world`. No bpy here."""

from __future__ import annotations

import argparse

from ..protocol.world import SunChoice, WorldRequest

__all__ = ["add_world"]

_DEFAULTS = {name: field.default for name, field in WorldRequest.__dataclass_fields__.items()}


def add_world(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("--prompt", default="", metavar="TEXT", help="what shall be seen around")
    what.add_argument("--negative-prompt", default="", metavar="TEXT", help="what to keep out of it")
    what.add_argument("--list", dest="table", metavar="FILE",
                      help="many at once: a text file with a prompt a line, or a .csv with the columns prompt, name, "
                           "negative_prompt and seed; what lies in --out already is not made again")
    begin = what.add_mutually_exclusive_group()
    begin.add_argument("--around", metavar="PICTURE", help="paint all around this picture, which the scene's camera "
                                                           "sees (or one as --fov says, level, towards +x)")
    begin.add_argument("--panorama", metavar="PICTURE",
                       help="begin with this panorama: change it as far as --strength says, or only where it is "
                            "transparent and where --mask is white")
    what.add_argument("--fov", type=float, metavar="DEGREES", help="angle over the width of --around, without a camera")
    what.add_argument("--mask", metavar="PICTURE", help="white where --panorama is painted anew")
    what.add_argument("--strength", type=float, metavar="X",
                      help="how far the painting may leave --panorama, 0.05 to 1 (default: 0.6; with --mask 1)")
    how = parser.add_argument_group("how")
    how.add_argument("--model", default=_DEFAULTS["model"], metavar="NAME",
                     help="mini-sky, or the folder of a diffusers model (default: %(default)s)")
    how.add_argument("--lora", metavar="FILE",
                     help="safetensors file of a LoRA to paint with, such as one for panoramas")
    how.add_argument("--lora-weight", type=float, default=_DEFAULTS["lora_weight"], metavar="X",
                     help="how strongly (default: %(default)s)")
    how.add_argument("--height", type=int, default=_DEFAULTS["height_px"], metavar="PX",
                     help="rows of the panorama, which is twice as wide (default: %(default)s)")
    how.add_argument("--detail", type=float, default=_DEFAULTS["detail"], metavar="X",
                     help="how much is painted into it each time it is doubled to its height; 0 only enlarges "
                          "(default: %(default)s)")
    how.add_argument("--steps", type=int, metavar="N", help="denoising steps (default: the model's)")
    how.add_argument("--guidance", type=float, metavar="G", help="pull of the prompt (default: the model's)")
    how.add_argument("--seed", type=int, default=_DEFAULTS["seed"], metavar="S",
                     help="the same seed gives the same panorama (default: %(default)s)")
    light = parser.add_argument_group("light")
    light.add_argument("--exposure", type=float, default=_DEFAULTS["exposure_ev"], metavar="EV",
                       help="stops by which all light is brighter (default: %(default)s)")
    light.add_argument("--sun-choice", choices=[str(choice) for choice in SunChoice], metavar="NAME",
                       default=str(_DEFAULTS["sun"]),
                       help="automatic: as the prompt says; painted: what is painted, if anything; added: where none "
                            "is painted, one in the brightest place of the sky; none (default: %(default)s)")
    light.add_argument("--sun", type=float, metavar="W/M2", help="irradiance of the sun (default: estimated)")
    light.add_argument("--sun-exposure", type=float, default=_DEFAULTS["sun_ev"], metavar="EV",
                       help="stops by which the sun alone is brighter (default: %(default)s)")
    light.add_argument("--sun-lamp", action="store_true",
                       help="take the sun out of the panorama; in the scene a Sun lamp gives its light")
    scene = parser.add_argument_group("in the scene")
    scene.add_argument("--rotation", type=float, default=0.0, metavar="DEGREES",
                       help="turn of the World, counterclockwise as seen from above (default: %(default)s)")
    scene.add_argument("--light", type=float, default=1.0, metavar="X", help="strength of all its light "
                                                                             "(default: %(default)s)")
    scene.add_argument("--background", type=float, default=1.0, metavar="X",
                       help="brightness of what the camera sees behind everything (default: %(default)s)")
    scene.add_argument("--ground", action="store_true",
                       help="let the camera see the panorama's lower half as a ground at the height 0")
    scene.add_argument("--shadow-catcher", action="store_true",
                       help="add a plane that catches shadows, at the height 0")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="OUT.exr|DIR", required=True,
                       help="the OpenEXR, beside which a .jpg and a .json are written; with --list a folder")
    where.add_argument("--save", metavar="OUT.blend",
                       help="save the scene with the World, or the Worlds of a --list as assets; only this may name "
                            "the opened file itself")
    where.add_argument("--report", metavar="OUT.json", help="write what became of each")
