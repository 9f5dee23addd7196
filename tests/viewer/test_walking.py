"""Loading, moving, walls, and what the picture costs."""

from __future__ import annotations

import io
import math
import threading
import time

import numpy as np
import pytest
from conftest import BAR_PX, PHONE, SCREEN, VIEW, Host, put_up
from host import Quiet
from PIL import Image
from small_house import BODY_M, LIGHT_SCALE, THREE_ROOMS, row_of_rooms
from visit import WAIT_S, Visit

STEP_M = 0.1  # a cell of the walk grid


def test_opens_at_the_start_within_the_budgets(visit, exhibition):
    visit.open()
    figures = visit.until(lambda figures: len(figures["rooms"]) == 3)
    assert (figures["x"], figures["z"]) == pytest.approx(exhibition[1]["start"]["stand"][::2], abs=STEP_M)
    assert figures["draw_calls"] <= 150
    assert figures["triangles"] <= 300_000
    assert visit.page.title() == "Twelve Seas"
    assert visit.page.text_content("#place") == "Sea"


def test_what_the_first_picture_needs_is_asked_for_before_the_page_has_come(browser, exhibition):
    """Its scripts stand in index.html, none of a headset's among them, and its files are asked for while the largest
    script has not come; each once."""
    context = browser.new_context(**SCREEN, service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    page = visit.page
    held = []
    page.route("**/part-*.js", lambda route: held.append(route))
    page.goto(f"{visit.host}/index.html?figures", wait_until="commit")
    page.wait_for_selector("#canvas", state="attached")
    scripts = page.evaluate("[...document.querySelectorAll('link[rel=modulepreload]')].map(({ href }) => href)")
    _until(page, lambda: len(held) == len(scripts))
    held.sort(key=lambda route: len(route.fetch().body()))
    for route in held[:-1]:
        route.continue_()
    room = {f"{visit.host}/rooms/room0{end}" for end in (".glb", "_light.webp")}
    _until(page, lambda: room <= set(visit.requests))
    assert page.locator("body.ready").count() == 0
    page.unroute("**/part-*.js")  # and what waited goes on
    visit.until(lambda figures: figures["draw_calls"] > 0)
    asked = [url for url in visit.requests if "part-" in url]
    assert sorted(asked) == sorted(scripts)
    assert all(visit.requests.count(url) == 1 for url in room)
    context.close()
    visit.check()


def test_pictures_are_decoded_while_the_rest_of_their_room_comes(browser, tmp_path):
    put_up(tmp_path / "web")
    rest = threading.Event()

    class Slow(Quiet):
        def copyfile(self, source, outputfile):
            if not self.path.endswith("room0.glb"):
                super().copyfile(source, outputfile)
                return
            body = source.read()
            outputfile.write(body[:-1000])
            outputfile.flush()
            rest.wait(WAIT_S)
            outputfile.write(body[-1000:])

    host = Host(tmp_path / "web", Slow)
    context = browser.new_context(**SCREEN, service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), host.url)
    visit.page.add_init_script("""window.sizes = []; const own = createImageBitmap;
        window.createImageBitmap = (...given) => { sizes.push(given[0].size); return own(...given); };""")
    visit.page.goto(f"{host.url}/index.html?figures")
    light = (tmp_path / "web" / "rooms" / "room0_light.webp").stat().st_size
    try:
        _until(visit.page, lambda: len(visit.page.evaluate("sizes")) == 1 + 6)  # its light; three works, their labels
        assert light in visit.page.evaluate("sizes")
        assert visit.page.locator("body.ready").count() == 0
    finally:
        rest.set()
    visit.until(lambda figures: figures["draw_calls"] > 0 and figures["textures"] >= 7)
    context.close()
    host.stop()
    visit.check()


def test_a_browser_of_which_no_way_to_decode_can_be_asked_shows_pictures_all_the_same(visit):
    visit.page.add_init_script("""const own = createImageBitmap; window.createImageBitmap = (picture, ...more) =>
        more.length ? Promise.reject(new TypeError("no options")) : own(picture);""")
    visit.open()
    visit.until(lambda figures: figures["textures"] >= 7)


def _until(page, holds) -> None:
    """Before the page has figures."""
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def test_draws_only_what_doors_show(visit):
    """The third room is loaded, but no door shows it from the first."""
    visit.open()
    figures = visit.until(lambda figures: len(figures["rooms"]) == 3 and len(figures["seen"]) == 2)
    assert sorted(figures["seen"]) == ["room0", "room1"]
    visit.hold("ArrowLeft", lambda figures: figures["seen"] == ["room0"])


def test_walks_by_keys_and_stops_at_the_wall(visit):
    visit.open()
    before = visit.figures()
    after = visit.hold("w", lambda figures: figures["x"] > before["x"] + 0.3)
    assert after["z"] == pytest.approx(before["z"], abs=0.05)
    wall = THREE_ROOMS[0][0].top + BODY_M - STEP_M / 2  # a cell is free whose centre is
    visit.page.keyboard.down("Shift")
    visit.page.keyboard.down("a")
    visit.until(lambda figures: figures["z"] < wall + 2 * STEP_M)
    visit.page.wait_for_timeout(1000)  # at 3.6 m/s: long enough to be far outside
    assert wall <= visit.figures()["z"] < wall + 2 * STEP_M
    visit.page.keyboard.up("a")
    visit.page.keyboard.up("Shift")


def test_slides_along_the_wall_and_through_the_door(visit):
    """Ahead and aside at once: the wall takes the one, the other goes on; never outside of the house."""
    visit.open()
    visit.page.keyboard.down("a")
    visit.until(lambda figures: figures["z"] < 0.6)
    visit.page.keyboard.down("w")
    visit.until(lambda figures: figures["x"] > 7.4)
    figures = visit.figures()
    assert 0.3 <= figures["z"] < 0.6
    assert figures["x"] < 8 - BODY_M + STEP_M / 2
    visit.page.keyboard.up("a")
    visit.page.keyboard.up("w")
    visit.page.keyboard.down("d")
    visit.page.keyboard.down("w")  # along the end wall, until the door lets them through
    figures = visit.until(lambda figures: figures["room"] == "room1")
    assert abs(figures["z"] - 3) < 0.8
    assert visit.page.text_content("#place") == "Shore"


def test_lightmaps_light_what_the_house_names(visit):
    """Base colour × lightmap × light_scale, in the middle of the wall left of the door; its name in the GLB
    (walls.001) is one that the loader changes."""
    visit.open()
    visit.page.wait_for_timeout(600)  # until the picture rests and is drawn with all its pixels
    pixels_a_metre = (VIEW["height"] - BAR_PX) / 2 / math.tan(math.radians(31)) / 6.5
    x, y = VIEW["width"] / 2 - 1.9 * pixels_a_metre, (VIEW["height"] - BAR_PX) / 2 - 0.3 * pixels_a_metre
    shot = Image.open(io.BytesIO(visit.page.screenshot(scale="css"))).convert("RGB")
    seen = np.median(np.asarray(shot.crop((x - 6, y - 6, x + 6, y + 6))), axis=(0, 1)) / 255
    light = 0.42 + 0.2 / 2 + 0.08  # the lightmap's middle
    expected = np.array((0.86, 0.85, 0.83)) * light * LIGHT_SCALE
    assert ((seen + 0.055) / 1.055) ** 2.4 == pytest.approx(expected, rel=0.03)


def test_a_drag_looks_around(visit):
    visit.open()
    yaw = visit.figures()["yaw"]
    mouse = visit.page.mouse
    mouse.move(400, 200)
    mouse.down()
    mouse.move(500, 230, steps=5)
    mouse.up()
    figures = visit.until(lambda figures: figures["yaw"] != yaw)
    assert figures["yaw"] > yaw + 0.2
    assert figures["pitch"] > 0.05
    assert not figures["walking"]


def test_a_click_on_the_floor_walks_there(visit):
    visit.open()
    before = visit.figures()
    visit.page.mouse.click(400, 380)
    after = visit.until(lambda figures: figures["x"] > before["x"] + 1 and not figures["walking"])
    assert after["room"] == "room0"


def test_a_gamepad_walks_and_reads(visit):
    visit.page.add_init_script("""
        window.pad = {connected: true, mapping: "standard", axes: [0, 0, 0, 0],
                      buttons: Array.from({length: 17}, () => ({pressed: false, value: 0}))};
        navigator.getGamepads = () => [window.pad];""")
    visit.open()
    before = visit.figures()
    visit.page.evaluate("pad.axes[1] = -1")
    visit.until(lambda figures: figures["x"] > before["x"] + 0.5)
    visit.page.evaluate("pad.axes[1] = 0; pad.axes[2] = -1")
    visit.page.wait_for_selector("#caption:visible")
    visit.page.evaluate("pad.axes[2] = 0; pad.buttons[0].pressed = true")
    assert visit.sheet()
    visit.page.evaluate("pad.buttons[1].pressed = true")
    visit.page.wait_for_selector("#sheet", state="hidden")


def test_a_thumb_walks_on_a_phone(browser, exhibition):
    context = browser.new_context(**PHONE, service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    visit.open()
    before = visit.figures()
    box = visit.page.locator("#ring").bounding_box()
    middle, top = box["x"] + box["width"] / 2, box["y"] + 4
    touch = context.new_cdp_session(visit.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": middle, "y": top}]})
    visit.until(lambda figures: figures["x"] > before["x"] + 0.3)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visit.page.wait_for_timeout(200)
    still = visit.figures()["x"]
    visit.page.wait_for_timeout(300)
    assert visit.figures()["x"] == still
    context.close()


def test_reduced_motion_cuts_instead_of_walking(browser, exhibition):
    context = browser.new_context(**SCREEN, reduced_motion="reduce", service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    visit.open()
    frames = visit.figures()["frames"]
    visit.page.click("#tool-tour")
    stand = exhibition[1]["tour"][0]["stand"]
    figures = visit.until(lambda figures: math.hypot(figures["x"] - stand[0], figures["z"] - stand[2]) < STEP_M)
    assert figures["frames"] - frames <= 4  # one cut, not a walk of many frames
    context.close()


def test_far_rooms_are_given_back(browser, tmp_path):
    """Six rooms in a row: two doors each way are kept, and coming back costs what the first visit did."""
    house = put_up(tmp_path / "row", row_of_rooms(6), works_a_room=1)
    host = Host(tmp_path / "row")
    context = browser.new_context(**SCREEN, reduced_motion="reduce", service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), host.url)
    visit.open()
    first = _approach(visit, house, 0, {"room0", "room1", "room2"})
    _approach(visit, house, 3, {"room1", "room2", "room3", "room4", "room5"})
    _approach(visit, house, 5, {"room3", "room4", "room5"})
    again = _approach(visit, house, 0, {"room0", "room1", "room2"})
    assert again["geometries"] <= first["geometries"]
    assert again["textures"] <= first["textures"]
    asked = [url.rsplit("/", 1)[1] for url in visit.requests if url.endswith(".glb")]
    assert asked.count("room0.glb") > 1
    context.close()
    host.stop()


def _approach(visit: Visit, house: dict, room: int, wanted: set[str]) -> dict:
    """To a room's work by the list: the figures once the rooms around it are there, and no others."""
    [work] = [work for work in house["works"] if work["room"] == f"room{room}"]
    visit.page.focus("#view")
    visit.page.keyboard.press("Tab")
    while visit.page.evaluate("document.activeElement.dataset.work") != work["id"]:
        visit.page.keyboard.press("Tab")
    return visit.until(lambda figures: figures["room"] == f"room{room}" and set(figures["rooms"]) == wanted)
