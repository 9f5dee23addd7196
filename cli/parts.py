"""Where files are written until they are whole, and what killed runs left there. No bpy here."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import sys
import zlib
from pathlib import Path

__all__ = ["clear_all_parts", "clear_parts", "is_running", "part_of", "this_process"]


def part_of(path: Path) -> Path:
    """This process's own, beside it. Short, as a name may be as long as the file system allows."""
    return path.with_name(f"{_begin(path)}{os.getpid()}.part")


def clear_parts(path: Path) -> None:
    """Delete this process's, and those of processes that are gone. Other machines' on a shared disk are left: who knows
    whether they run."""
    for part in path.parent.glob(f"{_begin(path)}*.part"):
        process = part.name.removeprefix(_begin(path)).removesuffix(".part")
        if process.isdecimal() and (int(process) == os.getpid() or not is_running(int(process))):
            with contextlib.suppress(OSError):
                shutil.rmtree(part) if part.is_dir() else part.unlink()


def clear_all_parts(folder: Path) -> None:
    """Delete what processes of this machine that are gone left in a folder under names that begin with their number, as
    `.7.part.blend`. Nothing of another machine may be there."""
    for part in folder.glob(".*.part*"):
        begin = re.match(r"\.(\d+)\.part", part.name)
        if begin and not is_running(int(begin[1])):
            with contextlib.suppress(OSError):
                shutil.rmtree(part) if part.is_dir() else part.unlink()


def this_process() -> tuple[str, int]:
    """The machine, and its number there."""
    return f"{zlib.crc32(os.fsencode(platform.node())):08x}", os.getpid()


def _begin(path: Path) -> str:
    return f".{zlib.crc32(os.fsencode(path.name)):08x}.{this_process()[0]}."


def is_running(process: int) -> bool:
    """Whether this machine has a process of that number."""
    if sys.platform == "win32":  # where os.kill(…, 0) ends it
        import ctypes

        may_wait, is_refused, still_runs = 0x00100000, 5, 0x00000102  # SYNCHRONIZE, ACCESS_DENIED, WAIT_TIMEOUT
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = ctypes.c_void_p(kernel.OpenProcess(may_wait, False, process))
        if not handle:
            return ctypes.get_last_error() == is_refused
        try:
            return kernel.WaitForSingleObject(handle, 0) == still_runs
        finally:
            kernel.CloseHandle(handle)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True
