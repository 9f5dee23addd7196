"""`blender -b FILE.blend --command vernissage …`: the panel's work for scripts, farms and pipelines.

Exit codes: 0 all was done; 1 some of it was not, and the report or the last lines say why; 2 wrong usage, and
nothing was begun.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

__all__ = ["execute", "register", "unregister"]

COMMAND = "vernissage"

_handles: list[Any] = []  # Blender's handle of the command, for as long as the add-on is enabled


def execute(words: list[str]) -> int:
    """Answer the words that follow `--command vernissage`; returns the process's exit code.

    The backend that the work started goes on, warm, for whoever calls this again.
    """
    from ..protocol.errors import VernissageError
    from .arguments import PROGRAM, UsageError, parse
    from .progress import tell

    try:
        options = parse(words)
        if getattr(options, "plan", False):
            from .plan import run
        elif options.action in ("texture", "touch-up"):
            from .texture import run
        elif options.action == "style" and options.textures:
            from .style_texture import run
        elif options.action == "style":
            from .style import run
        elif options.action == "train-style":
            from .train_style import run
        elif options.action == "compare":
            from .compare import run
        elif options.action == "material":
            from .material import run
        elif options.action == "world":
            from .world import run
        elif options.action == "picture":
            from .picture import run
        elif options.action == "plan-exhibition":
            from .plan_exhibition import run
        elif options.action == "exhibition":
            from .exhibition import run
        elif options.action == "exhibition-page":
            from .write_page import run
        elif options.action == "visits":
            from .visits import run
        elif options.action == "film":
            from .film import run
        elif options.action == "install":
            from .environment import install as run
        else:
            from .environment import check as run
        return run(options)
    except UsageError as error:
        tell(sys.stderr, f"{error.program or f'{PROGRAM} {options.action}'}: {error}")
        return 2
    except VernissageError as error:
        tell(sys.stderr, str(error))
        return 1
    except KeyboardInterrupt:  # before anything was begun, or after all was written: see cli/signals.py
        tell(sys.stderr, "cancelled")
        return 1
    except SystemExit as end:  # argparse's --help
        return int(end.code or 0)


def run_and_leave(words: list[str]) -> int:
    """`execute` as Blender's command: the process ends after it, and its backend with it."""
    from ..client.current import close_backend

    try:
        return execute(words)
    finally:
        with contextlib.suppress(KeyboardInterrupt):
            close_backend()


def register() -> None:
    import bpy

    _handles.append(bpy.utils.register_cli_command(COMMAND, run_and_leave))


def unregister() -> None:
    import bpy

    while _handles:
        bpy.utils.unregister_cli_command(_handles.pop())
