"""An exhibition that was replaced by another at the same address: who comes back sees that, and nothing of the old."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from conftest import SCREEN, put_up
from host import Host
from visit import Visit

DAY_S = 24 * 3600
KEPT = """async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    return (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map((request) => request.url);
}"""


@pytest.fixture
def place(tmp_path):
    """Folder, house and host of an exhibition that has been there for ten days: browsers take it for good for one."""
    folder = tmp_path / "exhibition"
    house = put_up(folder, works_a_room=1)
    name(folder, house, "Spring", "0123456789ab", days=10)
    host = Host(folder)
    yield folder, house, host
    host.stop()


def name(folder: Path, house: dict, title: str, made: str, days: float) -> None:
    text = json.dumps(house | {"title": title, "made": made})
    (folder / "house.json").write_text(text, encoding="utf-8")
    for path in folder.rglob("*.*"):
        os.utime(path, (time.time() - days * DAY_S,) * 2)


def kept_of(visit: Visit) -> set[str]:
    """Of which exhibitions files are kept for visits without a connection."""
    return {url.split("?")[1] for url in visit.page.evaluate(KEPT) if "?" in url}


@pytest.mark.parametrize("workers", ["block", "allow"])
def test_who_comes_back_sees_the_exhibition_that_is_there_now(browser, place, workers):
    folder, house, host = place
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers=workers, reduced_motion="reduce")
    visit = Visit(context.new_page(), host.url)
    visit.open()
    assert visit.page.text_content("#title") == "Spring"
    if workers == "allow":
        visit.page.click("#tool-help")
        visit.page.wait_for_selector("#sheet :text('opens without a connection')")
        assert kept_of(visit) == {"0123456789ab"}
    visit.page.goto("about:blank")
    name(folder, house, "Autumn", "ba9876543210", days=9)
    visit.page.goto(f"{host.url}/index.html?figures")
    visit.page.wait_for_selector("#title:text('Autumn')")
    visit.until(lambda figures: figures["draw_calls"] > 0)
    assert any(url.endswith("room0.glb?ba9876543210") for url in visit.requests)
    if workers == "allow":
        visit.until(lambda _: kept_of(visit) == {"ba9876543210"})
        visit.page.context.set_offline(True)
        visit.page.reload()
        visit.page.wait_for_selector("#title:text('Autumn')")
        visit.until(lambda figures: figures["draw_calls"] > 0)
    context.close()
