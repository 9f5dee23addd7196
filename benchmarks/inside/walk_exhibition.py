"""A visitor of flesh and blood, as far as input goes: keys, mouse and an emulated headset, in an exhibition that was
built. All that cannot be done fails with the page's last figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from visit import Visit

__all__ = ["walk"]

IWER = Path(__file__).resolve().parents[2] / "viewer" / "node_modules" / "iwer" / "build" / "iwer.min.js"
_STILL_MS = 3000  # in which nobody moves on: no picture is drawn, either
_NEAR_M = 0.25
_ARM_M, _DOWN_RAD = 1.4, math.radians(30)  # height of a hand, and how far down it points


def walk(browser: Browser, url: str, house: dict[str, Any], screen: dict[str, Any], shown: Path) -> dict[str, Any]:
    """What was done, by real input: steps of the keyboard until a wall stops them, a click on a label's work that opens
    its text, all stops of the tour, and a teleport in a headset."""
    visit = Visit(browser.new_context(**screen).new_page(), url)
    visit.open()
    told = {"walked_m": _until_a_wall(visit), "label_opened": _label(visit, house, shown),
            "tour_stops": _tour(visit, house)}
    visit.page.context.close()
    visit.check()
    return {**told, "teleported_m": _teleport(browser, url, screen, shown)}


def _until_a_wall(visit: Visit) -> float:
    """Straight on from the entrance, key held down, until the grid ends."""
    begun = now = visit.figures()
    visit.page.focus("#view")
    visit.page.keyboard.down("w")
    while True:
        visit.page.wait_for_timeout(_STILL_MS)
        before, now = now, visit.figures()
        if math.hypot(now["x"] - before["x"], now["z"] - before["z"]) < 0.01:
            break
    visit.page.keyboard.up("w")
    assert now["room"], now
    return round(math.hypot(now["x"] - begun["x"], now["z"] - begun["z"]), 2)


def _label(visit: Visit, house: dict[str, Any], shown: Path) -> str:
    """The last work by the map of the list, then a click into the picture, on it."""
    work = house["works"][-1]
    page = visit.page
    page.click("#tool-works")
    page.click(f'[data-work="{work["id"]}"]')
    visit.until(lambda figures: math.hypot(figures["x"] - work["stand"][0], figures["z"] - work["stand"][2]) < _NEAR_M)
    page.keyboard.press("Escape")
    if page.is_visible("#works.open"):
        page.click("#tool-works")
    box = page.locator("#view").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#sheet")
    title = visit.sheet()
    assert title == work["title"], (title, work["title"])
    page.wait_for_timeout(500)
    page.screenshot(path=shown / "label.png")
    page.keyboard.press("Escape")
    return title


def _tour(visit: Visit, house: dict[str, Any]) -> int:
    """To its end, by its own button."""
    page: Page = visit.page
    page.click("#tool-tour")
    for number, stop in enumerate(house["tour"], 1):
        x, _, z = stop["stand"]
        visit.until(lambda figures, x=x, z=z: math.hypot(figures["x"] - x, figures["z"] - z) < _NEAR_M)
        assert str(number) in (page.text_content("#tourbar") or "")
        page.click("#tour-next")
    page.wait_for_selector("#tourbar", state="hidden")
    return len(house["tour"])


def _teleport(browser: Browser, url: str, screen: dict[str, Any], shown: Path) -> float:
    visit = Visit(browser.new_context(**screen).new_page(), url)
    page = visit.page
    page.add_init_script(path=IWER)
    page.add_init_script("window.device = new IWER.XRDevice(IWER.metaQuest3); "
                         "device.installRuntime({forceInstall: true});")
    visit.open()
    page.click("#tool-headset")
    visit.until(lambda figures: figures["headset"])
    visit.pictures(3)
    page.screenshot(path=shown / "headset.png")
    begun = visit.figures()
    page.evaluate("([y, pitch]) => { const hand = device.controllers.right; hand.position.set(0.2, y, -0.3); "
                  "hand.quaternion.set(Math.sin(pitch / 2), 0, 0, Math.cos(pitch / 2)); }", [_ARM_M, -_DOWN_RAD])
    for value in (1, 0):
        visit.pictures(2)
        page.evaluate(f"device.controllers.right.updateButtonValue('trigger', {value})")
    now = visit.until(lambda figures: math.hypot(figures["x"] - begun["x"], figures["z"] - begun["z"]) > 1)
    page.context.close()
    visit.check()
    return round(math.hypot(now["x"] - begun["x"], now["z"] - begun["z"]), 2)
