#!/usr/bin/env python3
"""Vernissage's workshop: makes its own environments, then shows, tests, checks, measures or builds.

    python3 dev.py demo [--out DIR]             texture eight objects, render pictures and GLBs
    python3 dev.py test [PART…] [-- PYTEST…]    parts: unit backend addon gui viewer (default: all)
    python3 dev.py check                        lint, types, layers, manifest, version
    python3 dev.py bench [NAME] [--json FILE]   measure; --json - writes one JSON line last
    python3 dev.py build [--out DIR]            the extension's zip, to install from disk
    python3 dev.py blender ARGS…                Blender's command line with this extension enabled

Needs Python 3.11 or 3.13 with pip, and nothing else: what it installs lies in `.dev/`.
"""

import argparse
import sys

PYTHONS = ((3, 11), (3, 13))  # the two that the `bpy` wheels are built for


def main(arguments):
    if sys.version_info[:2] not in PYTHONS:  # before any import of ours: an older Python cannot read them
        sys.stderr.write("dev.py needs Python 3.11 or 3.13, which Blender's own Python module is built for; "
                         "this is Python %d.%d (%s).\n" % (*sys.version_info[:2], sys.executable))
        return 2
    from tools.failures import WorkshopError

    options = parse(arguments)
    try:
        return COMMANDS[options.command](options)
    except WorkshopError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\ndev.py: stopped.", file=sys.stderr)
        return 130


def parse(arguments):
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("demo", help="texture eight objects, render pictures and GLBs")
    command.add_argument("--style", action="store_true", help="instead: pictures and a film in styles")
    command.add_argument("--materials", action="store_true", help="instead: twelve materials that tile, on balls")
    command.add_argument("--worlds", action="store_true", help="instead: twelve panoramas, and balls in their light")
    command.add_argument("--exhibition", action="store_true", help="instead: twelve works in three rooms, and a page")
    command.add_argument("--out", default="out/demo", help="folder for what it makes (default: %(default)s)")

    command = commands.add_parser("test", help="run the tests; nothing is skipped")
    command.add_argument("parts", nargs="*", metavar="PART", help="unit, backend, addon, gui, viewer (default: all)")

    commands.add_parser("check", help="lint, types, layers, manifest, version")

    command = commands.add_parser("bench", help="measure; asserts nothing")
    command.add_argument("name", nargs="?", default="start", help="a file of benchmarks/ (default: %(default)s)")
    command.add_argument("--json", metavar="FILE", help="write the figures there; - is one line on stdout")

    command = commands.add_parser("build", help="the extension's zip")
    command.add_argument("--out", default="out", help="folder for the zip (default: %(default)s)")

    commands.add_parser("blender", help="Blender's command line, the extension enabled", add_help=False)

    own, rest = arguments, []
    if arguments[:1] == ["blender"]:
        own, rest = arguments[:1], arguments[1:]
    elif "--" in arguments:
        own, rest = arguments[:arguments.index("--")], arguments[arguments.index("--") + 1:]
    options = parser.parse_args(own)
    if rest and options.command not in ("blender", "test"):
        parser.error(f"{options.command} takes nothing after --")
    options.rest = rest
    return options


def demo(options):
    if options.materials or options.worlds:
        from tools.demo_library import run as run_library

        return run_library(options.out, materials=options.materials, worlds=options.worlds)
    if options.exhibition:
        from tools.demo_exhibition import run as run_exhibition

        return run_exhibition(options.out)
    if options.style:
        from tools.demo_style import run
    else:
        from tools.demo import run
    return run(options.out)


def test(options):
    from tools.testing import run

    return run(options.parts, options.rest)


def check(options):
    from tools.checks import run

    return run()


def bench(options):
    from tools.benching import run

    return run(options.name, options.json)


def build(options):
    from tools.building import build_zip

    print(build_zip(options.out))
    return 0


def blender(options):
    from tools.blender import run

    return run(options.rest)


COMMANDS = {"demo": demo, "test": test, "check": check, "bench": bench, "build": build, "blender": blender}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
