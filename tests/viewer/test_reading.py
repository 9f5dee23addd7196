"""Labels, lists, tour, map, voice, languages, accessibility, offline: what the page tells, and to whom."""

from __future__ import annotations

import json
import math

import pytest
from conftest import PHONE, SCREEN, VIEW, Host, put_up
from small_house import MADE, MARKUP
from visit import Visit

from tools.viewer import VIEWER

AXE = VIEWER / "node_modules" / "axe-core" / "axe.min.js"
VOICES = """
    window.said = [];
    window.voices = [{name: "Near", lang: "en-GB", localService: true},
                     {name: "Far", lang: "en-US", localService: false}];
    speechSynthesis.getVoices = () => window.voices;
    speechSynthesis.speak = (utterance) => window.said.push(utterance.text);
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""


def _before_the_first_work(visit: Visit) -> None:
    """By Tab from the picture: the list's first entry, and the way to it."""
    visit.page.focus("#view")
    visit.page.keyboard.press("Tab")
    while visit.page.evaluate("document.activeElement.dataset.work") != "work0":
        visit.page.keyboard.press("Tab")
    visit.until(lambda figures: not figures["walking"] and math.hypot(figures["x"] - 2, figures["z"] - 1.93) < 0.2)
    visit.page.focus("#view")
    visit.page.wait_for_timeout(100)


def test_a_click_on_a_label_opens_its_text(visit, exhibition):
    visit.open()
    _before_the_first_work(visit)
    work = exhibition[1]["works"][0]
    # The label hangs 1 m to the right of the picture's middle, seen from 1.9 m at 62° over 464 px of height.
    pixels_a_metre = (VIEW["height"] - 56) / 2 / math.tan(math.radians(31)) / 1.9
    visit.page.mouse.click(VIEW["width"] / 2 + 1.0 * pixels_a_metre, (VIEW["height"] - 56) / 2 + 0.15 * pixels_a_metre)
    assert visit.sheet() == work["title"]
    text = visit.page.text_content("#sheet")
    for said in (work["artist"], work["year"], work["medium"], "140 × 100 cm", "Its second paragraph.", work["rights"],
                 work["alt"], "How it was made", *map(str, MADE.values())):
        assert said in text
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector("#sheet", state="hidden")
    assert visit.page.evaluate("document.activeElement.id") == "view"


def test_a_click_on_the_work_and_enter_open_the_same(visit, exhibition):
    visit.open()
    _before_the_first_work(visit)
    assert visit.page.text_content("#caption strong") == exhibition[1]["works"][0]["title"]
    visit.page.keyboard.press("Enter")
    assert visit.sheet() == exhibition[1]["works"][0]["title"]
    visit.page.keyboard.press("Escape")
    visit.page.mouse.click(VIEW["width"] / 2 - 60, 200)
    assert visit.sheet() == exhibition[1]["works"][0]["title"]


def test_markup_is_shown_as_text(visit):
    """Titles and texts with tags: seen letter by letter, and nothing of them is an element."""
    visit.open()
    visit.page.click("#tool-works")
    visit.page.click("[data-work=work1]")
    assert visit.sheet() == MARKUP
    assert "<script>document.title='broken'</script>" in visit.page.text_content("#sheet")
    assert visit.page.locator("#sheet img, #sheet b, #sheet script, #works img, #works b").count() == 0
    assert visit.page.title() == "Twelve Seas"
    assert visit.page.evaluate("getComputedStyle(document.querySelector('[data-work=work2]')).direction") == "rtl"


def test_the_list_has_every_work_with_its_alt_text(visit, exhibition):
    visit.open()
    listed = visit.page.get_by_role("navigation", name="Works").get_by_role("button").all_text_contents()
    works = exhibition[1]["works"]
    assert len(listed) == len(works) == 12
    for work in works:
        assert sum(work["title"] in text and work["alt"] in text for text in listed) >= 1


def test_the_tour_leads_past_its_stops(visit, exhibition):
    visit.open()
    visit.page.click("#tool-tour")
    tour = exhibition[1]["tour"]
    works = {work["id"]: work for work in exhibition[1]["works"]}
    for number, stop in enumerate(tour, 1):
        heading = works[stop["work"]]["title"]
        visit.page.wait_for_function(
            "title => document.getElementById('sheet-title')?.textContent === title", arg=heading)
        figures = visit.figures()
        assert math.hypot(figures["x"] - stop["stand"][0], figures["z"] - stop["stand"][2]) < 0.2
        assert f"Stop {number} of {len(tour)}" in visit.page.text_content("#tourbar")
        visit.page.click("#tour-next")
    visit.page.wait_for_selector("#tourbar", state="hidden")


def test_the_map_shows_the_house_and_leads_through_it(visit):
    visit.open()
    visit.page.focus("#view")
    visit.page.keyboard.press("m")
    assert visit.sheet() == "Map"
    assert visit.page.locator(".map .floor").count() == 3
    assert visit.page.locator(".map .work").count() == 12
    before = visit.page.get_attribute(".map .you", "transform")
    visit.page.locator("#sheet").get_by_role("button", name="Stone").click()
    visit.until(lambda figures: figures["room"] == "room2" and not figures["walking"])
    assert visit.page.get_attribute(".map .you", "transform") != before


def test_the_voice_reads_with_the_devices_own_voice_only(visit, exhibition):
    visit.page.add_init_script(VOICES)
    visit.open()
    visit.page.click("#tool-voice")
    assert visit.page.get_attribute("#tool-voice", "aria-pressed") == "true"
    _before_the_first_work(visit)
    visit.page.keyboard.press("Enter")
    visit.sheet()
    [said] = visit.page.evaluate("said")
    assert exhibition[1]["works"][0]["title"] in said and "Its second paragraph" in said
    visit.page.click("#tool-voice")
    visit.page.evaluate("voices.shift()")  # what is left would be spoken by a server
    visit.page.click("#tool-voice")
    assert visit.page.get_attribute("#tool-voice", "aria-pressed") == "false"
    assert "no voice of its own" in visit.page.text_content("#news")


def test_chinese_by_address_and_by_switch(visit):
    visit.open("&lang=zh")
    assert visit.page.get_attribute("html", "lang") == "zh-Hans"
    tools = visit.page.locator("#tools button:visible").all_text_contents()
    assert tools == ["作品", "地图", "导览", "语音", "帮助", "English"]
    visit.page.click("#tool-help")
    assert "方向键" in visit.page.text_content("#sheet")
    visit.page.click("#tool-language")
    assert visit.page.get_attribute("html", "lang") == "en"
    assert "arrows or W A S D" in visit.page.text_content("#sheet")
    visit.open()
    assert visit.page.get_attribute("html", "lang") == "en"


@pytest.mark.parametrize("state", ["plain", "work", "map", "works", "tour", "phone in Chinese"])
def test_axe_finds_no_violation(browser, exhibition, state):
    is_phone = state.startswith("phone")
    context = browser.new_context(**(PHONE if is_phone else SCREEN), reduced_motion="reduce", service_workers="block",
                                  locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    visit.open("&lang=zh" if is_phone else "")
    if state == "work":
        visit.page.click("#tool-works")
        visit.page.click("[data-work=work0]")
        visit.sheet()
    elif state == "map":
        visit.page.click("#tool-map")
    elif state == "works":
        visit.page.click("#tool-works")
    elif state == "tour" or is_phone:
        visit.page.click("#tool-tour")
        visit.sheet()
    visit.page.wait_for_timeout(300)  # the news line has faded in: half-faded text has half its contrast
    visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = visit.page.evaluate("axe.run()")["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []
    context.close()


def test_opens_without_the_host_once_it_was_visited(browser, tmp_path):
    put_up(tmp_path / "web")
    host = Host(tmp_path / "web")
    context = browser.new_context(**SCREEN, locale="en-GB")
    visit = Visit(context.new_page(), host.url)
    visit.open()
    visit.page.click("#tool-help")
    visit.page.wait_for_function("""async () => {
        const kept = (await caches.keys()).find((name) => name.endsWith("rooms"));
        return kept !== undefined && (await (await caches.open(kept)).keys()).length >= 7;
    }""")
    host.stop()
    visit.open("&lang=zh")
    visit.until(lambda figures: len(figures["rooms"]) == 3)
    assert visit.foreign == []
    context.close()


def test_the_policy_allows_nothing_from_elsewhere(visit):
    visit.open()
    policy = visit.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    allowed = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert allowed["default-src"] == ["'none'"]
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy
    assert not [source for sources in allowed.values() for source in sources if "." in source or "*" in source]
    refused = visit.page.evaluate("""async () => {
        const refusals = [];
        document.addEventListener("securitypolicyviolation", (event) => refusals.push(event.effectiveDirective));
        await fetch("https://elsewhere.invalid/").catch(() => undefined);
        try { document.body.innerHTML += "<i>markup</i>"; } catch (error) { refusals.push(error.name); }
        await new Promise((done) => setTimeout(done, 50));
        return refusals;
    }""")
    assert "connect-src" in refused
    assert "TypeError" in refused  # markup cannot even be written into the page
    visit.faults.clear()


@pytest.mark.parametrize(("change", "said"), [
    ({"format": 2}, "format is 2"),
    ({"rooms": []}, "rooms is empty"),
    ({"glb": "https://elsewhere.invalid/a.glb"}, "leads out of the exhibition's folder"),
    (None, "house.json: 404"),
])
def test_a_house_that_cannot_be_shown_is_a_sentence(browser, exhibition, tmp_path, change, said):
    folder = tmp_path / "web"
    house = put_up(folder)
    if change is None:
        (folder / "house.json").unlink()
    else:
        if "glb" in change:
            house["rooms"][0]["glb"] = change["glb"]
        else:
            house.update(change)
        (folder / "house.json").write_text(json.dumps(house), encoding="utf-8")
    host = Host(folder)
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block")
    page = context.new_page()
    page.goto(f"{host.url}/index.html")
    page.wait_for_function("said => document.getElementById('waiting').textContent.includes(said)", arg=said)
    context.close()
    host.stop()
