"""What matters of Blender's command line, answered by the `bpy` wheel. Runs inside its Python.

Arguments are handled in their order, as Blender does it: a scene file, -b/--background, --factory-startup,
--addons A,B, --python/-P FILE, --python-expr EXPR, --python-exit-code N, --command/-c NAME ARGS…, --. What the
wheel cannot do (a window, a timer, rendering by -f) is refused by name.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import NoReturn

ADDON = "bl_ext.user_default.vernissage"
HELP = "\n".join(__doc__.splitlines()[2:])

Command = Callable[[list[str]], int]


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGINT, _leave)  # a KeyboardInterrupt would be swallowed in the middle of Blender's start
    import bpy

    commands = _keep_commands(bpy)
    python_exit_code = 1
    sys.argv = ["blender", *arguments]  # what scripts read
    _enable(ADDON)
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("-h", "--help"):
            print(HELP)
            return 0
        if word in ("-v", "--version"):
            print(f"Blender {bpy.app.version_string} (Python module)")
        elif word in ("-b", "--background", "-noaudio", "--factory-startup", "--quiet", "-q"):
            continue  # the module is always in the background, without sound, in our own profile
        elif word == "--":
            break
        elif word == "--addons":
            for name in _value(word, rest).split(","):
                _enable(name)
        elif word == "--python-exit-code":
            python_exit_code = int(_value(word, rest))
        elif word in ("-P", "--python"):
            path = _value(word, rest)
            if not _run_python(Path(path).read_text(encoding="utf-8"), path):
                return python_exit_code
        elif word == "--python-expr":
            if not _run_python(_value(word, rest), "<expression>"):
                return python_exit_code
        elif word in ("-c", "--command"):
            return _run_command(commands, rest)
        elif word.startswith("-"):
            return _refuse(f"{word} is not among what dev.py answers with Blender's Python module; "
                           "set BLENDER to a Blender 4.2 or newer for the rest.")
        elif not _open(word):
            return 1
    return 0


def _keep_commands(bpy: ModuleType) -> dict[str, Command]:
    """The commands that add-ons register from now on. The module can register them, but not run them."""
    commands: dict[str, Command] = {}
    register = bpy.utils.register_cli_command

    def keep(name: str, execute: Command) -> object:
        commands[name] = execute
        return register(name, execute)

    bpy.utils.register_cli_command = keep
    return commands


def _enable(module: str) -> None:
    import addon_utils

    if addon_utils.enable(module, default_set=True) is None:
        raise SystemExit(f"blender: the add-on {module} cannot be enabled; the traceback is above.")


def _open(path: str) -> bool:
    import bpy

    if not os.path.isfile(path):
        _refuse(f"the file {path} does not exist.")
        return False
    try:
        bpy.ops.wm.open_mainfile(filepath=os.path.abspath(path))
    except RuntimeError as error:
        _refuse(str(error).strip())
        return False
    return True


def _run_python(text: str, name: str) -> bool:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        exec(compile(text, name, "exec"), {"__name__": "__main__", "__file__": name})
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        return False
    return True


def _run_command(commands: dict[str, Command], rest: Sequence[str]) -> int:
    name, arguments = (rest[0], list(rest[1:])) if rest else ("", [])
    if name not in commands:
        return _refuse(f"unknown command {name!r}; there is: {', '.join(sorted(commands)) or 'none'}.")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return commands[name](arguments)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    os.write(2, b"cancelled\n")  # print is not to be entered twice
    os._exit(1)


def _value(word: str, rest: list[str]) -> str:
    if not rest:
        raise SystemExit(_refuse(f"{word} needs a value."))
    return rest.pop(0)


def _refuse(sentence: str) -> int:
    print(f"blender: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # bpy 4.2 crashes in its own teardown once it has exported a glTF; a backend ends with our pipe
