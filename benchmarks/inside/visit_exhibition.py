"""In the environment of the viewer's tests, with these on its path: one visit by real input, and what it cost.

    python visit_exhibition.py WEB_FOLDER SHOWN_FOLDER    # prints the figures as one line of JSON, last
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import visit as visits
from host import SOFTWARE_GL, Host
from playwright.sync_api import Browser, Page, Request, sync_playwright
from visit import Visit
from walk_exhibition import walk

from tools.environments import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 120  # pictures are drawn in software, on a busy machine one in some seconds
SCREEN = {"viewport": {"width": 1280, "height": 720}, "device_scale_factor": 1, "service_workers": "block",
          "locale": "en-GB", "reduced_motion": "reduce"}
NEAR_M = 0.25
AXE = ROOT / "viewer" / "node_modules" / "axe-core" / "axe.min.js"
PHONE_LOADS = 3
WALKABLE = """new MutationObserver((_, observer) => {
    if (!document.body?.classList.contains("ready")) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.walkable = performance.now(); }));
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });"""
COUNT = """() => {
    window.most = { draw_calls: 0, triangles: 0 };
    new MutationObserver(() => {
        const now = JSON.parse(document.getElementById("figures").textContent);
        for (const name in most) most[name] = Math.max(most[name], now[name]);
    }).observe(document.getElementById("figures"), { childList: true, characterData: true, subtree: true });
}"""


def main(folder: Path, shown: Path) -> None:
    visits.WAIT_S = WAIT_S
    house = json.loads((folder / "house.json").read_text(encoding="utf-8"))
    host = Host(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *SOFTWARE_GL])
        figures = {**first_room(browser, host.url, house["rooms"][1:]),
                   "first_room_s_phone": first_room_on_a_phone(browser, host.url),
                   **whole_visit(browser, host.url, house, shown),
                   **walk(browser, host.url, house, SCREEN, shown)}
        browser.close()
    host.stop()
    print(json.dumps(figures))


def first_room(browser: Browser, url: str, others: list[dict[str, Any]]) -> dict[str, Any]:
    """What has come over the line when the first room can be walked in, as it lies on the host; without what may have
    come of the others until that was seen."""
    page = browser.new_context(**SCREEN).new_page()
    came: list[Request] = []
    page.on("requestfinished", lambda request: came.append(request))
    begun = time.perf_counter()
    page.goto(f"{url}/index.html?figures")
    page.wait_for_selector("body.ready", timeout=WAIT_S * 1000)
    seconds, before = time.perf_counter() - begun, list(came)
    later = tuple(file for room in others for file in (room["glb"], room["light"]) if file)
    sizes = [request.sizes()["responseBodySize"] for request in before
             if request.url.startswith("http") and not unquote(request.url).split("?")[0].endswith(later)]  # no blobs
    page.context.close()
    return {"bytes_first_room": sum(sizes), "requests_first_room": len(sizes), "first_room_s": seconds}


def first_room_on_a_phone(browser: Browser, url: str) -> float:
    """Seconds from the link to the first picture of the first room, when it can be walked in, with a quarter of this
    machine's speed and 10 Mbit/s; graphics are drawn in software. The page's own clock tells it, which waits for nobody
    who looks now and then; the median of some visits, each the first."""
    return statistics.median(_phone_load(browser, url) for _ in range(PHONE_LOADS))


def _phone_load(browser: Browser, url: str) -> float:
    context = browser.new_context(viewport={"width": 412, "height": 915}, device_scale_factor=1, has_touch=True,
                                  is_mobile=True, service_workers="block", locale="en-GB")
    page = context.new_page()
    page.add_init_script(WALKABLE)
    throttle = context.new_cdp_session(page)
    throttle.send("Network.enable")
    throttle.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 5e6 / 8})
    throttle.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(f"{url}/index.html")
    page.wait_for_selector("body.ready", timeout=WAIT_S * 1000)
    while (milliseconds := page.evaluate("window.walkable")) is None:
        page.wait_for_timeout(100)
    context.close()
    return float(milliseconds) / 1000


def whole_visit(browser: Browser, url: str, house: dict[str, Any], shown: Path) -> dict[str, Any]:
    visit = Visit(browser.new_context(**SCREEN).new_page(), url)
    page = visit.page
    visit.open()
    page.evaluate(COUNT)
    visit.until(lambda figures: len(figures["rooms"]) == min(len(house["rooms"]), 3))
    page.screenshot(path=shown / "start.png")
    violations = audit(page, shown)
    unreachable = [work["id"] for work in house["works"] if not reaches(visit, work)]
    page.keyboard.press("Escape")
    for room in house["rooms"]:
        first = next((work for work in house["works"] if work["room"] == room["id"]), None)
        if first:
            reaches(visit, first)
            page.keyboard.press("Escape")
            page.click("#tool-works")  # closed: the picture has all of the screen
            page.focus("#view")
            turn_round(visit)
            page.wait_for_timeout(1000)
            page.screenshot(path=shown / f"{room['id']}.png")
    most = page.evaluate("most")
    page.context.close()
    return {**most, "foreign_requests": len(visit.foreign), "requests": len(visit.requests), "faults": visit.faults,
            "axe_violations": len(violations), "axe": violations, "unreachable_works": len(unreachable),
            "unreachable": unreachable}


def audit(page: Page, shown: Path) -> list[str]:
    """What axe finds, with each sheet of the page open."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for tool in ("", "works", "map", "help", "tour"):
        if tool:
            page.click(f"#tool-{tool}")
            page.wait_for_selector("#sheet, #works.open")
        page.wait_for_timeout(1000)  # half-faded text has half its contrast
        page.screenshot(path=shown / f"sheet-{tool or 'none'}.png")
        found += [f"{tool}: {each['id']}" for each in page.evaluate("axe.run()")["violations"]]
    page.click("#tour-end")
    return found


def reaches(visit: Visit, work: dict[str, Any]) -> bool:
    """By the list of works, along the walk grid, from wherever the visitor is."""
    if not visit.page.is_visible("#works.open"):
        visit.page.click("#tool-works")
    drawn = visit.figures()["frames"]
    visit.page.click(f'[data-work="{work["id"]}"]')
    x, _, z = work["stand"]
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        figures = visit.figures()
        if math.hypot(figures["x"] - x, figures["z"] - z) < NEAR_M and figures["room"] == work["room"]:
            return True
        if figures["frames"] > drawn + 3 and not figures["walking"]:
            return False
        visit.page.wait_for_timeout(100)
    return False


def turn_round(visit: Visit) -> None:
    """Once, by the keyboard."""
    start = visit.figures()["yaw"]
    visit.page.keyboard.down("ArrowLeft")
    visit.until(lambda figures: abs(math.remainder(figures["yaw"] - start, math.tau)) > 2)
    visit.until(lambda figures: abs(math.remainder(figures["yaw"] - start, math.tau)) < 0.5)
    visit.page.keyboard.up("ArrowLeft")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
