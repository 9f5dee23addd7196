"""The desktop Blender with the built zip installed, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gui.desktop import Desktop, Screen
from tools import desktop_blender
from tools.building import build_zip
from tools.places import OUT

TURN_SPLASH_OFF = "import bpy; bpy.context.preferences.view.show_splash = False; bpy.ops.wm.save_userpref()"


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    place = desktop_blender.prepare()
    pictures = OUT / "gui"
    pictures.mkdir(parents=True, exist_ok=True)
    with Screen(place) as display:
        profile = tmp_path_factory.mktemp("profile")
        desktop = Desktop(place, display, profile, pictures)
        package = build_zip(tmp_path_factory.mktemp("build"))
        desktop.call("--command", "extension", "install-file", "--repo", "user_default", "--enable", str(package))
        desktop.call("--background", "--python-exit-code", "1", "--python-expr", TURN_SPLASH_OFF)
        yield desktop
