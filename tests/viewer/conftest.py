from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # small_house, glb, host, visit

from built_house import built
from host import SOFTWARE_GL, Host
from small_house import THREE_ROOMS, write_house
from visit import Visit

from tools.environments import CHROMIUM
from tools.viewer import VIEWER, build_viewer

__all__ = ["built"]

VIEW = {"width": 800, "height": 520}
BAR_PX = 56  # of the toolbar, which the picture ends above
SCREEN = {"viewport": VIEW, "device_scale_factor": 0.5}  # a quarter of the pixels: they are drawn in software
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 0.5, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *SOFTWARE_GL])
        yield browser
        browser.close()


def put_up(folder: Path, plan=THREE_ROOMS, works_a_room: int = 4) -> dict:
    """The built page and a house in one folder, its rooms as small as the builder makes them."""
    shutil.copytree(build_viewer(), folder)
    house = write_house(folder, *plan, works_a_room)
    subprocess.run(["node", VIEWER / "bin" / "pack.mjs", *sorted(folder.glob("rooms/*.glb"))], check=True)
    return house


@pytest.fixture(scope="session")
def exhibition(tmp_path_factory):
    """The small house on its host: (address, house.json)."""
    folder = tmp_path_factory.mktemp("web") / "exhibition"
    house = put_up(folder)
    host = Host(folder)
    yield host.url, house
    host.stop()


@pytest.fixture
def visit(browser, exhibition):
    """A visit; at its end nothing was asked of another host, and nothing went wrong."""
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block")
    visit = Visit(context.new_page(), exhibition[0])
    yield visit
    context.close()
    visit.check()


@pytest.fixture(scope="module")
def long_visit(browser, exhibition):
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block", reduced_motion="reduce")
    visit = Visit(context.new_page(), exhibition[0])
    visit.open()
    yield visit
    context.close()


@pytest.fixture
def stay(long_visit):
    """One visit for many tests, without walks: opening a page is what takes longest. Nothing is open at first."""
    long_visit.page.focus("#view")
    long_visit.page.keyboard.press("Escape")
    if long_visit.page.is_visible("#tour-end"):
        long_visit.page.click("#tour-end")
    yield long_visit
    long_visit.check()
