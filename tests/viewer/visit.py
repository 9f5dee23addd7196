"""One visit in a real browser: what a visitor does, by real input, and what they can tell."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable

from playwright.sync_api import Page

from tools.viewer import VIEWER

AXE = VIEWER / "node_modules" / "axe-core" / "axe.min.js"
WAIT_S = 15


class Visit:
    def __init__(self, page: Page, host: str) -> None:
        self.page = page
        page.set_default_timeout(WAIT_S * 1000)
        self.requests: list[str] = []
        self.faults: list[str] = []
        page.context.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        self.host = host

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.host}/index.html?figures{query}")
        self.page.wait_for_selector("body.ready")
        self.until(lambda figures: figures["draw_calls"] > 0)

    @property
    def foreign(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.host, f"blob:{self.host}"))]

    def check(self) -> None:
        """Nothing was asked of another host, and nothing went wrong."""
        assert self.foreign == []
        assert self.faults == []

    def figures(self) -> dict:
        text = self.page.text_content("#figures")
        return json.loads(text) if text else {"draw_calls": 0}

    def until(self, holds: Callable[[dict], bool]) -> dict:
        """Wait until the figures are as said; fails with the last ones."""
        end = time.monotonic() + WAIT_S
        while True:
            figures = self.figures()
            if holds(figures):
                return figures
            assert time.monotonic() < end, figures
            self.page.wait_for_timeout(50)

    def hold(self, key: str, holds: Callable[[dict], bool]) -> dict:
        """Keep a key down until the figures are as said: a busy machine draws few pictures a second."""
        self.page.keyboard.down(key)
        figures = self.until(holds)
        self.page.keyboard.up(key)
        return figures

    def pictures(self, count: int) -> None:
        """Wait until so many more were drawn; in a headset they follow each other without a pause."""
        drawn = self.figures()["frames"]
        self.until(lambda figures: figures["frames"] >= drawn + count)

    def violations(self) -> list:
        """What axe finds; it is loaded where the page does not have it yet."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.page.wait_for_timeout(300)  # the news line has faded in: half-faded text has half its contrast
        violations = self.page.evaluate("axe.run()")["violations"]
        return [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]

    def stand_before_the_first_work(self) -> None:
        """By Tab from the picture: the list's first entry, and the way to it."""
        self.page.focus("#view")
        self.page.keyboard.press("Tab")
        while self.page.evaluate("document.activeElement.dataset.work") != "work0":
            self.page.keyboard.press("Tab")
        self.until(lambda figures: not figures["walking"] and math.hypot(figures["x"] - 2, figures["z"] - 1.93) < 0.2)
        self.page.focus("#view")
        self.page.wait_for_timeout(100)

    def sheet(self) -> str:
        """The heading of the open sheet."""
        return self.page.text_content("#sheet-title") or ""
