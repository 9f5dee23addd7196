"""What a change must pass beside the tests: lint, types, layers, the manifest, and one version everywhere."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import environments
from .blender import link_extension
from .building import manifest, validate
from .failures import WorkshopError
from .places import DEV, ROOT
from .viewer import check_viewer

__all__ = ["run"]

BACKEND_SIDE = ("protocol", "backend", "tools", "dev.py")
ADDON_SIDE = ("client", "jobs", "operators", "panels", "scene", "cli", "preferences", "properties", "translations")


def run() -> int:
    """Run every check, even after one has failed; 0 when all passed."""
    checks: dict[str, Callable[[], None]] = {
        "lint": _lint, "types": _types, "layers": _layers, "viewer": check_viewer,
        "manifest": lambda: validate(ROOT), "version": _version,
    }
    failed = []
    for name, check in checks.items():
        print(f"{name} …", flush=True)
        try:
            check()
        except WorkshopError as error:
            failed.append(name)
            print(f"{name}: {error}", flush=True)
    print(f"not good: {', '.join(failed)}" if failed else "all good: " + ", ".join(checks))
    return 1 if failed else 0


def _lint() -> None:
    _tool(environments.checker(), "-m", "ruff", "check", ".")


def _types() -> None:
    """Twice: as the backend sees the repository, and as Blender does, where it is the package `vernissage`."""
    mypy = ("-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"),
            "--python-executable", str(environments.backend()))
    _tool(environments.checker(), *mypy, "--cache-dir", str(DEV / "mypy"), *BACKEND_SIDE)
    packages = DEV / "package"
    link_extension(packages)
    rooms = [word for room in ADDON_SIDE for word in ("-p", f"vernissage.{room}")]
    _tool(environments.checker(), *mypy, "--cache-dir", str(DEV / "mypy-addon"), *rooms, folder=packages)


def _layers() -> None:
    _tool(environments.backend(), "-m", "pytest", "-q", "tests/unit/test_layers.py")


def _version() -> None:
    """The manifest's version, the changelog's newest entry, and the tag on this commit, if any, agree."""
    version = manifest()["version"]
    changelog = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    newest = changelog.group(1) if changelog else None
    if newest != version:
        raise WorkshopError(f"blender_manifest.toml says {version}, the newest entry of CHANGELOG.md {newest}: "
                            "write the entry, or set the version.")
    tags = subprocess.run(["git", "tag", "--points-at", "HEAD"], cwd=ROOT, capture_output=True, text=True,
                          check=False).stdout.split()
    wrong = [tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag) and tag != f"v{version}"]
    if wrong:
        raise WorkshopError(f"this commit is tagged {', '.join(wrong)}, but the version is {version}: "
                            "move the tag, or set the version.")


def _tool(python: Path, *arguments: str, folder: Path = ROOT) -> None:
    if subprocess.run([python, *arguments], cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise WorkshopError("see above.")
