"""Makes the repository's root importable as the package `vernissage`, as it is inside Blender.

The add-on's side uses relative imports across its folders (`from ..protocol.errors import BadInput`), so a
test imports it as `vernissage.client.backend`. No `bpy` is imported by this.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _import_root() -> None:
    if "vernissage" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location("vernissage", ROOT / "__init__.py",
                                                  submodule_search_locations=[str(ROOT)])
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["vernissage"] = package
    if (ROOT / "__init__.py").is_file():
        spec.loader.exec_module(package)


_import_root()


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's, which is the extension's folder."""
    return ROOT
