"""A desktop Blender with a window for the tests, on Debian, from Debian's own packages.

Debian unstable carries Blender 5.2, Debian stable 4.3: a minimal system of theirs is put into
`/opt/desktop-blender-SUITE` (2 minutes, 1.7 GB, root), with Xvfb and a software OpenGL. Programs run there in
mounts of their own that vanish with them; the repository, the home folder, the temporary folder and Python have
the same paths inside and outside, so that the virtual environments and what Blender starts keep working.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .failures import WorkshopError
from .places import ROOT
from .progress import Line

__all__ = ["enter", "installed", "prepare"]

SUITES = ("sid", "trixie")  # the second, should the first not install one day
HOME = Path("/opt")
PACKAGES = ("blender", "xvfb", "xauth", "xdotool", "imagemagick", "libgl1-mesa-dri", "libegl1", "ca-certificates",
            "fonts-noto-cjk", "python3-cattr", "python3-requests", "python3-numpy", "python3-pydantic")
PROGRAMS = ("blender", "Xvfb", "xdotool", "import")


def installed() -> Path | None:
    """The folder of a complete desktop Blender, or None."""
    asked = os.environ.get("DESKTOP_BLENDER_ROOT")
    # lexists: some are absolute links, which only resolve inside.
    places = [Path(asked)] if asked else [HOME / f"desktop-blender-{suite}" for suite in SUITES]
    return next((place for place in places
                 if all(os.path.lexists(place / "usr" / "bin" / name) for name in PROGRAMS)), None)


def prepare() -> Path:
    """Install it if it is not there, and return its folder.

    Raises:
        WorkshopError: this is no Debian, not root, or neither suite can be installed.
    """
    _check_machine()
    place = installed()
    if place:
        return place
    with Line("Installing a desktop Blender") as line:
        if not shutil.which("debootstrap"):
            line.say("apt-get install debootstrap")
            _call(["apt-get", "update", "-q"])
            _call(["apt-get", "install", "-y", "-q", "--no-install-recommends", "debootstrap"])
        failure = ""
        for suite in SUITES:
            place = Path(os.environ.get("DESKTOP_BLENDER_ROOT") or HOME / f"desktop-blender-{suite}")
            try:
                _install(suite, place, line)
                return place
            except WorkshopError as error:
                failure = f"{suite}: {error}"
                line.say(failure)
    raise WorkshopError(f"no desktop Blender could be installed ({failure}).")


def enter(place: Path, command: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """`command` as a command line that runs inside `place`, in this folder, with these variables added.

    It becomes the process that is started (everything before it is `exec`), so that its ID and its end are
    those of `command`.
    """
    shared = {top for top in map(_shared_folder, (ROOT, Path.home(), Path(sys.base_prefix))) if top}
    mounts = "".join(f'mkdir -p "$0{top}" && mount --rbind {top} "$0{top}" && '
                     for top in sorted({"/proc", "/dev", "/tmp", *shared}))
    script = mounts + 'exec chroot "$0" /usr/bin/env "$@"'
    settings = [f"{name}={value}" for name, value in {"LIBGL_ALWAYS_SOFTWARE": "1", **variables}.items()]
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(place),
            f"--chdir={ROOT}", *settings, *command]


def _check_machine() -> None:
    if sys.platform != "linux" or not Path("/etc/debian_version").exists() or os.geteuid() != 0:
        raise WorkshopError("the tests with a window install a desktop Blender from Debian's packages, which needs "
                            "Debian and root: run them in a Debian container, or run the other parts with "
                            "dev.py test unit backend addon viewer.")
    if Path(sys.base_prefix) == Path("/usr"):
        raise WorkshopError("the tests with a window share this Python with the desktop Blender's system, which "
                            "has a /usr of its own: run dev.py with a Python that lies elsewhere, e.g. /usr/local.")


def _shared_folder(path: Path) -> str:
    """The folder to mount for `path`: the one below the root, but never the system's own ones."""
    parts = path.resolve().parts
    if parts[1] == "usr":
        return "/usr/local" if parts[2:3] == ("local",) else ""
    return f"/{parts[1]}"


def _install(suite: str, place: Path, line: Line) -> None:
    if place.exists():  # stopped half-way; never reach into what is mounted there
        if any(f" {place}/" in mount for mount in Path("/proc/mounts").read_text().splitlines()):
            raise WorkshopError(f"{place} is incomplete and has mounts: unmount them and delete it.")
        _call(["rm", "-rf", "--one-file-system", str(place)])
    line.say(f"debootstrap {suite}")
    _call(["debootstrap", "--variant=minbase", suite, str(place), _mirror()])
    line.say(f"apt-get install blender ({suite})")
    _call(["chroot", str(place), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q",
           "--no-install-recommends", *PACKAGES])
    _call(["chroot", str(place), "apt-get", "clean"])


def _mirror() -> str:
    """Where this machine gets Debian's packages from."""
    for pattern, line in (("sources.list.d/*.sources", r"^URIs: *(\S*/debian/?)\s*$"),
                          ("sources.list", r"^deb (?:\[.*?\] )?(\S*/debian/?) "),
                          ("sources.list.d/*.list", r"^deb (?:\[.*?\] )?(\S*/debian/?) ")):
        for source in sorted(Path("/etc/apt").glob(pattern)):
            if found := re.search(line, source.read_text(), re.M):
                return found.group(1)
    raise WorkshopError("no mirror of Debian is named in /etc/apt.")


def _call(command: Sequence[str]) -> None:
    answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        last = (answer.stderr + answer.stdout).strip().splitlines()[-4:]
        raise WorkshopError(f"{' '.join(command[:3])} … failed: {' '.join(last)}")
