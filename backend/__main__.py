"""The backend's command line.

    python -m backend                serve the pipe: commands on stdin, events on stdout
    python -m backend run PATH       replay a request.json (or its folder); the result as JSON on stdout
    python -m backend check          import what a job needs; what was found as JSON on stdout

Exit codes: 0 done, 1 failed (the reason on stderr), 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str]) -> int:
    set_environment()
    match arguments:
        case []:
            from .server import serve_standard_streams

            return serve_standard_streams()
        case ["run", path]:
            from .replay import replay

            return replay(Path(path))
        case ["check"]:
            from .check import check
            from .server import end_with_client

            end_with_client()
            return check()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def set_environment() -> None:
    """What libraries read when they are imported: no network at run time, and no files beside the code."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK",
                 "PYTORCH_ENABLE_MPS_FALLBACK"):
        os.environ[name] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    if "NUMBA_CACHE_DIR" not in os.environ:
        os.environ["NUMBA_CACHE_DIR"] = str(writable_folder(cache_folder() / "numba"))


def writable_folder(folder: Path) -> Path:
    """The folder, made; or a temporary one where it cannot be: without any, numba refuses to compile."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="vernissage-"))


def cache_folder() -> Path:
    """Where compiled kernels live between runs; numba would write them beside the extension's code."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "vernissage"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
