"""In the environment of the viewer's tests, with these on its path: a visit to all rooms of a large exhibition, twice.

    python visit_many.py WEB_FOLDER    # prints the figures as one line of JSON, last
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import visit as visits
from host import SOFTWARE_GL, Host
from playwright.sync_api import CDPSession, sync_playwright
from visit import Visit
from visit_exhibition import COUNT, SCREEN, WAIT_S, first_room, reaches, turn_round

from tools.environments import CHROMIUM

DOORS_KEPT = 2  # rooms so many doors away stay loaded, as viewer/src/space/streaming.ts has it
MB = 1e6


def main(folder: Path) -> None:
    visits.WAIT_S = WAIT_S
    house = json.loads((folder / "house.json").read_text(encoding="utf-8"))
    host = Host(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *SOFTWARE_GL])
        figures = first_room(browser, host.url, house["rooms"][1:])
        visit = Visit(browser.new_context(**SCREEN).new_page(), host.url)
        visit.open()
        visit.page.evaluate(COUNT)
        session = visit.page.context.new_cdp_session(visit.page)
        first = [stay_in(visit, session, house, room, looks_round=True) for room in house["rooms"]]
        again = [stay_in(visit, session, house, room, looks_round=False) for room in house["rooms"]]
        figures |= {**visit.page.evaluate("most"), "faults": visit.faults, "foreign_requests": len(visit.foreign)}
        browser.close()
    host.stop()
    stays = [*first, *again]
    print(json.dumps({
        **figures, "works": len(house["works"]), "rooms": len(house["rooms"]),
        "unreachable_rooms": sum(not stay["is_there"] for stay in stays),
        "rooms_loaded": max(stay["loaded"] for stay in stays), "rooms_left_loaded": max(stay["far"] for stay in stays),
        "textures": max(stay["textures"] for stay in stays), "geometries": max(stay["geometries"] for stay in stays),
        "heap_mb": max(stay["heap_mb"] for stay in stays),
        "heap_growth_mb": sum(b["heap_mb"] - a["heap_mb"] for a, b in zip(first, again, strict=True)) / len(first)}))


def stay_in(visit: Visit, session: CDPSession, house: dict[str, Any], room: dict[str, Any], *, looks_round: bool
            ) -> dict[str, Any]:
    """Go to the room by its first work in the list, wait until all around it is loaded, and tell what that holds.

    Returns:
        `far` counts rooms that are loaded though they are too many doors away, `heap_mb` is after a collection.
    """
    work = next(each for each in house["works"] if each["room"] == room["id"])
    is_there = reaches(visit, work)
    near = rooms_near(house, room["id"])
    visit.until(lambda figures: near <= set(figures["rooms"]))
    if looks_round:
        visit.page.keyboard.press("Escape")
        if visit.page.is_visible("#works.open"):
            visit.page.click("#tool-works")
        visit.page.focus("#view")
        turn_round(visit)
    figures = visit.figures()
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    print(time.strftime("%H:%M:%S"), room["id"], figures["draw_calls"], figures["triangles"], len(figures["rooms"]),
          figures["textures"], figures["geometries"], f"{metrics['JSHeapUsedSize'] / MB:.1f} MB", flush=True)
    return {"is_there": is_there, "loaded": len(figures["rooms"]), "far": len(set(figures["rooms"]) - near),
            "textures": figures["textures"], "geometries": figures["geometries"],
            "heap_mb": metrics["JSHeapUsedSize"] / MB}


def rooms_near(house: dict[str, Any], room: str) -> set[str]:
    doors = {each["id"]: [door["to"] for door in each["doors"] if door["to"]] for each in house["rooms"]}
    near = {room}
    for _ in range(DOORS_KEPT):
        near |= {other for each in near for other in doors[each]}
    return near


if __name__ == "__main__":
    main(Path(sys.argv[1]))
