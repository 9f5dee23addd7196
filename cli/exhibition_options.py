"""What may follow `--command vernissage plan-exhibition`. No bpy here."""

from __future__ import annotations

import argparse

from ..protocol.exhibition import Architecture, Curation, ExhibitionPlanRequest, LightQuality

__all__ = ["add_exhibition", "add_exhibition_page", "add_exhibition_plan", "add_visits"]

_DEFAULTS = {name: field.default for name, field in ExhibitionPlanRequest.__dataclass_fields__.items()}


def add_exhibition_plan(parser: argparse.ArgumentParser) -> None:
    _add_works(parser, "check and draw this plan, instead of making one")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="DIR", required=True,
                       help="folder for exhibition.json and plan.png; with --plan for plan.png only")
    where.add_argument("--overwrite", action="store_true", help="replace an exhibition.json that is there; it is kept "
                                                                  "as exhibition-1.json")
    where.add_argument("--report", metavar="OUT.json", help="write what became of it")


def add_exhibition(parser: argparse.ArgumentParser) -> None:
    _add_works(parser, "build this plan, instead of making one; an exhibition in the opened file is brought up to date "
                       "with it, and keeps what was changed by hand")
    pictures = parser.add_argument_group("pictures")
    pictures.add_argument("--stills", action=argparse.BooleanOptionalAction, help="render a picture of each room "
                                                                                  "(default)")
    pictures.add_argument("--still-size", nargs=2, type=int, default=[640, 360], metavar=("W", "H"),
                          help="pixels of these pictures (default: 640 360)")
    pictures.add_argument("--samples", type=int, default=32, metavar="N",
                          help="of these pictures, which are denoised (default: %(default)s)")
    film = parser.add_argument_group("film")
    film.add_argument("--film", metavar="FILE.mp4",
                      help="render the tour, by Cycles: about three minutes a work on two cores, unless the options "
                           "below say otherwise")
    film.add_argument("--film-size", nargs=2, type=int, default=[320, 180], metavar=("W", "H"),
                      help="pixels, even (default: 320 180)")
    film.add_argument("--film-samples", type=int, default=8, metavar="N",
                      help="of its frames, which are denoised (default: %(default)s)")
    film.add_argument("--film-every", type=int, default=4, metavar="N",
                      help="render every Nth of the tour's 24 frames a second; it stays as long (default: %(default)s)")
    where = parser.add_argument_group("where to")
    where.add_argument("--out", metavar="DIR", required=True,
                       help="folder for exhibition.blend, web, stills, and the plan where it is made")
    where.add_argument("--web", action=argparse.BooleanOptionalAction,
                       help="write a page that any web host serves, with a GLB of each room, in web (default)")
    _add_page(where)
    where.add_argument("--overwrite", action="store_true", help="replace a plan, a .blend, pictures and a page "
                                                                  "that are there")
    where.add_argument("--report", metavar="OUT.json", help="write what became of it")


def add_exhibition_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", dest="exhibition", metavar="FILE.json", required=True,
                        help="the exhibition's plan, beside its works")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for the page; rooms of before are replaced")
    _add_page(parser)
    parser.add_argument("--report", metavar="OUT.json", help="write what became of it")
    parser.add_argument("--until-stdin-ends", action="store_true",
                        help="stop when standard input ends, as it does when the program that runs this is gone")
    parser.set_defaults(light=str(LightQuality.GOOD))


def add_visits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", dest="exhibition", metavar="FILE.json", required=True,
                        help="the exhibition's plan, beside its works")
    parser.add_argument("--visits", nargs="+", action="extend", metavar="PATH", required=True,
                        help="what visitors saved or sent, and folders with it")
    parser.add_argument("--unseen", nargs="+", action="extend", metavar="PATH",
                        help="pictures, and folders with pictures, that nobody has seen yet: how long they would be "
                             "looked at is told, if styles tell it")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed gives the same figures")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for visits.json and visits.png")


def _add_page(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    parser.add_argument("--light", choices=[str(kind) for kind in LightQuality], metavar="NAME",
                        help="light of the page's rooms, baked by Cycles with the lamps and all else as they are in "
                             "the .blend: %(choices)s; off is a plain light (default: good, about two minutes of one "
                             "core a room)")
    parser.add_argument("--visits-to", metavar="URL",
                        help="where visitors of the page may send how long they looked, by POST: an address of https, "
                             "or one on the page's own host; empty for nowhere (default: where the page that is there "
                             "sends it, else they can only save it)")


def _add_works(parser: argparse.ArgumentParser, with_plan: str) -> None:
    what = parser.add_argument_group("what")
    what.add_argument("--works", nargs="+", action="extend", metavar="PATH",
                      help="pictures, films and GLB files, and folders with them")
    what.add_argument("--sidecar", metavar="FILE", help="a CSV or JSON that tells of the works (default: works.csv or "
                                                        "works.json in their folder)")
    what.add_argument("--brief", metavar="FILE.toml",
                      help="a file that says what these options say: title, works, sidecar, by, architecture, "
                           "text, language, per_room, seed, web, light, visits_to, stills, film (in --out); options "
                           "go first. Its [[rooms]] tables have a title and the text that introduces that room; its "
                           "[[paint]] tables have works painted, in --out/works; its tables floor, walls and outside "
                           "say what rooms are covered with, and what lies out of doors, by a prompt or by material = "
                           "folder and panorama = file")
    what.add_argument("--plan", dest="edited", metavar="FILE.json",
                      help=with_plan)
    how = parser.add_argument_group("how")
    how.add_argument("--title", metavar="TEXT", help="of the exhibition")
    how.add_argument("--text", metavar="TEXT", help="what introduces it, on a wall and on the page")
    how.add_argument("--language", metavar="TAG", help="that its titles and texts are in, such as en, pt-BR or zh-Hans "
                                                       "(default: as their script tells)")
    how.add_argument("--by", choices=[str(kind) for kind in Curation], metavar="NAME",
                     help="what decides on the rooms: %(choices)s (default: auto, which is by hand where the sidecar "
                          "names rooms, else by theme where it names themes, else by style)")
    how.add_argument("--architecture", choices=[str(kind) for kind in Architecture], metavar="NAME",
                     help=f"what rooms are like: %(choices)s (default: {_DEFAULTS['architecture']})")
    how.add_argument("--per-room", type=int, metavar="N",
                     help=f"how many works a room has about (default: {_DEFAULTS['works_per_room']})")
    how.add_argument("--seed", type=int, metavar="S",
                     help=f"the same seed gives the same plan (default: {_DEFAULTS['seed']})")
