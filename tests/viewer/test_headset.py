"""An emulated headset (iwer): a session by the page's button, controllers that teleport, read and turn, hands."""

from __future__ import annotations

import json
import math

import pytest
from conftest import SCREEN
from visit import Visit

from tools.viewer import VIEWER

IWER = VIEWER / "node_modules" / "iwer" / "build" / "iwer.min.js"
AIM = """
    ([hand, x, y, z, pitch, yaw]) => {
        const input = device[hand === "hand" ? "hands" : "controllers"].right;
        input.position.set(x, y, z);
        const [p, q] = [pitch / 2, yaw / 2];
        input.quaternion.set(Math.sin(p) * Math.cos(q), Math.cos(p) * Math.sin(q), -Math.sin(p) * Math.sin(q),
                             Math.cos(p) * Math.cos(q));
    }"""


@pytest.fixture(scope="module")
def worn(browser, exhibition):
    """A visit with a headset on: the session runs until the last test ends it."""
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block")
    visit = Visit(context.new_page(), exhibition[0])
    visit.page.add_init_script(path=IWER)
    visit.page.add_init_script(
        "window.device = new IWER.XRDevice(IWER.metaQuest3); device.installRuntime({forceInstall: true});")
    visit.open()
    visit.page.click("#tool-help")  # where counting is agreed to, and which no headset shows
    visit.page.click("#visit-count")
    visit.page.click("#tool-headset")
    visit.until(lambda figures: figures["headset"])
    yield visit
    context.close()


@pytest.fixture
def headset(worn):
    worn.page.evaluate("device.primaryInputMode = 'controller'")
    yield worn
    worn.check()


def _press(visit: Visit, button: str) -> None:
    visit.pictures(2)
    visit.page.evaluate(f"device.controllers.right.updateButtonValue('{button}', 1)")
    visit.pictures(2)
    visit.page.evaluate(f"device.controllers.right.updateButtonValue('{button}', 0)")


def test_a_look_by_the_head_alone_brings_up_the_text(headset, exhibition):
    """Who enters faces along the room, and the first work hangs to their left."""
    before = headset.figures()
    work = exhibition[1]["works"][0]
    assert before["placard"] is None
    assert not headset.page.is_visible("#caption")
    headset.page.evaluate("device.quaternion.set(0, Math.SQRT1_2, 0, Math.SQRT1_2)")
    after = headset.until(lambda figures: figures["placard"] is not None)
    assert after["placard"] == work["id"]
    assert after["yaw"] == before["yaw"]
    assert work["title"] in headset.page.text_content("#caption")
    kept = headset.page.evaluate("""() => {
        dispatchEvent(new Event("pagehide"));
        return localStorage[Object.keys(localStorage).find((key) => key.startsWith("vernissage-visit"))];
    }""")
    assert json.loads(kept)["works"][work["id"]] > 0.5  # of a second
    headset.page.evaluate("device.quaternion.set(0, 0, 0, 1)")
    _press(headset, "squeeze")
    headset.until(lambda figures: figures["placard"] is None)


def test_a_trigger_on_the_floor_teleports(headset):
    before = headset.figures()
    headset.page.evaluate(AIM, ["controller", 0.2, 1.4, -0.3, -math.radians(30), 0])
    _press(headset, "trigger")
    # 1.4 m above the floor at 30° downwards: 2.42 m ahead of the hand, which is 0.3 m ahead and 0.2 m aside.
    after = headset.until(lambda figures: figures["x"] > before["x"] + 1)
    assert after["x"] == pytest.approx(before["x"] + 0.3 + 1.4 / math.tan(math.radians(30)), abs=0.15)
    assert after["z"] == pytest.approx(before["z"] + 0.2, abs=0.15)


def test_no_teleport_through_a_wall(headset):
    """Level, at the wall: the ray ends there, and nobody moves."""
    before = headset.figures()
    headset.page.evaluate(AIM, ["controller", 0.2, 1.4, -0.3, 0, math.radians(90)])
    _press(headset, "trigger")
    headset.pictures(3)
    after = headset.figures()
    assert (after["x"], after["z"]) == pytest.approx((before["x"], before["z"]), abs=0.02)


def test_a_pinch_of_the_hand_teleports_too(headset):
    headset.page.evaluate("device.primaryInputMode = 'hand'")
    before = headset.figures()
    headset.page.evaluate(AIM, ["hand", 0.2, 1.4, -0.3, -math.radians(35), 0])
    headset.pictures(2)
    headset.page.evaluate("device.hands.right.updatePinchValue(1)")
    headset.pictures(2)
    headset.page.evaluate("device.hands.right.updatePinchValue(0)")
    headset.until(lambda figures: figures["x"] > before["x"] + 1)


def test_the_stick_turns_by_steps(headset):
    before = headset.figures()["yaw"]
    headset.page.evaluate("device.controllers.right.updateAxes('thumbstick', 1, 0)")
    after = headset.until(lambda figures: figures["yaw"] != before)
    headset.pictures(4)
    assert headset.figures()["yaw"] == after["yaw"]  # one step as long as it is held
    assert math.cos(after["yaw"] - before + math.radians(30)) > 0.999


def test_the_tour_and_a_trigger_on_a_work_read_it(headset, exhibition):
    """The button leads to the first stop; there the trigger, pointed at the work, opens its text."""
    stop = exhibition[1]["tour"][0]
    _press(headset, "a-button")
    headset.until(lambda figures: math.hypot(figures["x"] - stop["stand"][0], figures["z"] - stop["stand"][2]) < 0.25)
    assert headset.sheet() == exhibition[1]["works"][0]["title"]
    headset.page.evaluate("document.querySelector('#sheet .close').click()")
    headset.page.evaluate(AIM, ["controller", 0.0, 1.5, -0.3, 0, 0])
    _press(headset, "trigger")
    assert headset.sheet() == exhibition[1]["works"][0]["title"]


def test_it_ends_and_the_page_goes_on(headset):
    headset.page.focus("#tool-headset")  # the emulated headset covers the page, as a worn one does
    headset.page.keyboard.press("Enter")
    headset.until(lambda figures: not figures["headset"])
    before = headset.figures()
    headset.page.focus("#view")
    headset.hold("s", lambda figures: math.hypot(figures["x"] - before["x"], figures["z"] - before["z"]) > 0.2)
