"""Films on the page: they play near the visitor, stop when asked to, and give their memory back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import SCREEN, Host, put_up
from visit import Visit

FILMS = Path(__file__).parents[1] / "films"
BROKEN = "work2"


@pytest.fixture(scope="module")
def cinema(tmp_path_factory):
    """The small house, of which the first work of each room is a film, and one is broken: (address, its host)."""
    folder = tmp_path_factory.mktemp("cinema") / "exhibition"
    house = put_up(folder)
    for work in (*house["works"][0::4], house["works"][2]):
        file = folder / "films" / f"{work['id']}.webm"
        file.parent.mkdir(exist_ok=True)
        shutil.copy(FILMS / "vp9.webm", file)
        work["film"] = {"file": f"films/{file.name}", "bytes": file.stat().st_size}
    (folder / "films" / f"{BROKEN}.webm").write_bytes(b"no film")
    (folder / "house.json").write_text(json.dumps(house), encoding="utf-8")
    host = Host(folder)
    yield host
    host.stop()


def visit_to(cinema, browser, **options) -> Visit:
    context = browser.new_context(**SCREEN, locale="en-GB", **options)
    return Visit(context.new_page(), cinema.url)


def test_a_near_film_plays_without_sound_until_it_is_paused(browser, cinema):
    visit = visit_to(cinema, browser, service_workers="block")
    visit.page.add_init_script("""window.films = []; const make = document.createElement;
        document.createElement = function (tag, ...rest) {
            const made = make.call(this, tag, ...rest); if (tag === "video") window.films.push(made); return made; }""")
    visit.open()
    figures = visit.until(lambda figures: figures["playing"] == ["work0"])
    assert visit.page.evaluate("""(() => {
        const film = films.find(({ src }) => src.endsWith("work0.webm"));
        return film.muted && film.loop && film.videoWidth; })()""") == 64
    frames = figures["frames"]
    visit.until(lambda figures: figures["frames"] > frames + 3)  # it moves
    visit.page.click("#tool-works")
    visit.page.click("[data-work=work0]")
    visit.page.click("#film:has-text('Pause the film')")
    visit.until(lambda figures: figures["playing"] == [])
    assert visit.page.evaluate("document.activeElement.id") == "film"
    assert visit.page.evaluate("films.every((film) => film.paused && !film.src)")
    still = visit.until(lambda figures: len(figures["rooms"]) == 3 and not figures["walking"])["textures"]
    visit.page.click("#film:has-text('Play the film')")
    visit.until(lambda figures: figures["playing"] == ["work0"] and figures["textures"] == still + 1)
    visit.page.click("#film:has-text('Pause the film')")
    visit.until(lambda figures: figures["textures"] == still)
    visit.page.click(f"[data-work={BROKEN}]")
    visit.page.wait_for_selector("#sheet :text('cannot play the film')")
    assert visit.foreign == []
    assert not [fault for fault in visit.faults if "media" not in fault.lower()]
    visit.page.context.close()


def test_films_rest_where_motion_is_reduced_and_those_of_other_rooms_are_given_back(browser, cinema):
    visit = visit_to(cinema, browser, service_workers="block", reduced_motion="reduce")
    visit.open()
    visit.page.wait_for_timeout(500)
    assert visit.figures()["playing"] == []
    visit.page.click("#tool-works")
    visit.page.click("[data-work=work0]")
    visit.page.click("#film:has-text('Play the film')")
    visit.until(lambda figures: figures["playing"] == ["work0"])
    visit.page.click("[data-work=work4]")  # a cut into the next room
    visit.until(lambda figures: figures["room"] == "room1" and figures["playing"] == [])
    visit.page.context.close()
    visit.check()


def test_a_kept_film_plays_without_a_connection(browser, cinema):
    visit = visit_to(cinema, browser)
    visit.open()
    visit.page.click("#tool-help")
    visit.page.wait_for_selector("#sheet :text('opens without a connection')")
    visit.page.context.set_offline(True)
    visit.page.reload()
    visit.page.wait_for_selector("body.ready")
    visit.until(lambda figures: figures.get("playing") == ["work0"])
    visit.page.context.close()
