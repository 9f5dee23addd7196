"""Labels, lists, tour, map, accessibility, offline: what the page tells, and to whom."""

from __future__ import annotations

import json
import math

import pytest
from conftest import BAR_PX, PHONE, SCREEN, VIEW, Host, put_up
from small_house import MADE, MARKUP
from visit import Visit


def test_a_click_on_a_label_opens_its_text(stay, exhibition):
    stay.stand_before_the_first_work()
    work = exhibition[1]["works"][0]
    # The label hangs 1 m to the right of the picture's middle, seen from 1.9 m at 62° over 464 px of height.
    pixels_a_metre = (VIEW["height"] - BAR_PX) / 2 / math.tan(math.radians(31)) / 1.9
    middle = VIEW["width"] / 2, (VIEW["height"] - BAR_PX) / 2
    stay.page.mouse.click(middle[0] + pixels_a_metre, middle[1] + 0.15 * pixels_a_metre)
    assert stay.sheet() == work["title"]
    text = stay.page.text_content("#sheet")
    for said in (work["artist"], work["year"], work["medium"], "140 × 100 cm", "Its second paragraph.", work["rights"],
                 "Provenance: Gift of the artist", work["alt"], "How it was made", "Step by step", "<b>grey</b>",
                 MADE["prompt"], "1847", "3.5"):
        assert said in text
    tiles = stay.page.locator("#sheet .strip img")
    assert [tile.get_attribute("alt") for tile in tiles.all()] == [
        *(f"The picture after step {step}" for step in (1, 4, 8)),
        *(f"Where the model looked for “{word}”" for word in ("seascape", "<b>grey</b>")),
        *(f"What the model was given: {source}" for source in ("Picture", "Style", "Depth"))]
    assert tiles.nth(1).evaluate("async (image) => (await image.decode(), image.naturalWidth)") == 320
    assert tiles.nth(1).evaluate("(image) => getComputedStyle(image).objectPosition") == "50% 0px"  # the middle third
    shown = tiles.nth(1).bounding_box()
    assert shown["width"] / shown["height"] == pytest.approx(160 / 107, rel=0.03)
    stay.page.keyboard.press("Escape")
    stay.page.wait_for_selector("#sheet", state="hidden")
    assert stay.page.evaluate("document.activeElement.id") == "view"


def test_a_click_on_the_work_and_enter_open_the_same(stay, exhibition):
    stay.stand_before_the_first_work()
    assert stay.page.text_content("#caption strong") == exhibition[1]["works"][0]["title"]
    stay.page.keyboard.press("Enter")
    assert stay.sheet() == exhibition[1]["works"][0]["title"]
    stay.page.keyboard.press("Escape")
    stay.page.mouse.click(VIEW["width"] / 2 - 60, 200)
    assert stay.sheet() == exhibition[1]["works"][0]["title"]


def test_markup_is_shown_as_text(stay):
    """Titles and texts with tags: seen letter by letter, and nothing of them is an element."""
    stay.page.click("#tool-works")
    stay.page.click("[data-work=work1]")
    assert stay.sheet() == MARKUP
    assert "<script>document.title='broken'</script>" in stay.page.text_content("#sheet")
    assert stay.page.locator("#sheet img, #sheet b, #sheet script, #works img, #works b").count() == 0
    assert stay.page.title() == "Twelve Seas"
    assert stay.page.evaluate("getComputedStyle(document.querySelector('[data-work=work2]')).direction") == "rtl"


def test_the_list_has_every_work_with_its_alt_text(stay, exhibition):
    listed = stay.page.get_by_role("navigation", name="Works").get_by_role("button").all_text_contents()
    works = exhibition[1]["works"]
    assert len(listed) == len(works) == 12
    for work in works:
        assert sum(work["title"] in text and work["alt"] in text for text in listed) >= 1


def test_the_tour_leads_past_its_stops(stay, exhibition):
    stay.page.click("#tool-help")
    assert stay.page.get_attribute("#tool-help", "aria-pressed") == "true"
    stay.page.click("#tool-tour")
    stay.page.wait_for_selector("#tool-help[aria-pressed=false]")  # a work's text has taken its place
    tour = exhibition[1]["tour"]
    works = {work["id"]: work for work in exhibition[1]["works"]}
    for number, stop in enumerate(tour, 1):
        heading = works[stop["work"]]["title"]
        stay.page.wait_for_selector(f"#sheet-title:text-is({json.dumps(heading, ensure_ascii=False)})")
        x, _, z = stop["stand"]
        stay.until(lambda figures, x=x, z=z: math.hypot(figures["x"] - x, figures["z"] - z) < 0.2)
        assert f"Stop {number} of {len(tour)}" in stay.page.text_content("#tourbar")
        stay.page.click("#tour-next")
    stay.page.wait_for_selector("#tourbar", state="hidden")


def test_the_map_shows_the_house_and_leads_through_it(visit):
    visit.open()
    visit.page.focus("#view")
    visit.page.keyboard.press("m")
    assert visit.sheet() == "Map"
    assert visit.page.locator(".map .floor").count() == 3
    assert visit.page.locator(".map .work").count() == 12
    assert "What hangs in room 2." in visit.page.text_content("#sheet")
    before = visit.page.get_attribute(".map .you", "transform")
    visit.page.locator("#sheet").get_by_role("button", name="Stone").click()
    visit.until(lambda figures: figures["room"] == "room2" and not figures["walking"])
    assert visit.page.get_attribute(".map .you", "transform") != before


def test_looking_is_counted_for_who_agrees_and_handed_out_by_them(visit, exhibition):
    page = visit.page
    visit.open()
    visit.stand_before_the_first_work()
    page.wait_for_timeout(1500)
    page.click("#tool-help")
    assert not page.evaluate("Object.keys(localStorage).some((key) => key.includes('visit'))")
    page.click("#visit-count")
    page.keyboard.press("Escape")
    page.wait_for_timeout(2500)
    page.click("#tool-help")
    assert exhibition[1]["works"][0]["title"] in page.text_content("#sheet ol.visit")
    with page.expect_download() as saved:
        page.click("#visit-save")
    record = json.loads(saved.value.path().read_text("utf-8"))
    assert record.keys() == {"vernissage_visit", "visit", "exhibition", "works"}
    assert record["works"].keys() == {work["id"] for work in exhibition[1]["works"]}
    assert 1 < record["works"]["work0"] < 20
    assert sum(record["works"].values()) == record["works"]["work0"]

    with page.expect_download() as again:
        page.click("#visit-save")
    twice = json.loads(again.value.path().read_text("utf-8"))
    assert len(twice["visit"]) == 16 and twice["visit"] == record["visit"]  # so that nothing is counted twice
    assert twice["works"]["work0"] >= record["works"]["work0"]
    page.keyboard.press("Escape")
    page.wait_for_timeout(2500)
    page.click("#tool-help")
    page.route("**/visits", lambda route: route.fulfill(status=204))
    with page.expect_request("**/visits") as sent:
        page.click("#visit-send")
    assert record["works"]["work0"] + 1 < sent.value.post_data_json["works"]["work0"] < 20
    assert sent.value.post_data_json["visit"] == record["visit"]
    assert "cookie" not in sent.value.headers
    page.reload()
    page.wait_for_selector("body.ready")
    page.click("#tool-help")
    assert page.is_visible("#visit-save")  # what was agreed to holds for the next visit
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("body.ready")
    other.click("#tool-help")
    other.click("#visit-forget")
    other.close()
    page.keyboard.press("Escape")
    page.click("#tool-help")
    assert not page.evaluate("Object.keys(localStorage).some((key) => key.includes('visit'))")
    assert page.is_visible("#visit-count")


def test_letter_keys_can_be_switched_off_and_stay_so(visit):
    page = visit.page
    visit.open()
    page.focus("#view")
    page.keyboard.press("m")
    assert visit.sheet() == "Map"
    page.click("#tool-help")
    page.get_by_label("Letter keys").focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.id") == "letter-keys"
    assert "Letters do nothing" in page.text_content("#sheet")
    for key in "mtnv":
        page.keyboard.press(key)
    assert visit.sheet() == "Help" and page.get_attribute("#tool-voice", "aria-pressed") != "true"
    page.keyboard.press("Escape")
    page.focus("#view")
    before = visit.figures()
    for key in "wasdqe":
        page.keyboard.press(key, delay=100)
    page.wait_for_timeout(300)
    after = visit.figures()
    assert [after[name] for name in ("x", "z", "yaw")] == [before[name] for name in ("x", "z", "yaw")]
    visit.hold("ArrowUp", lambda figures: figures["x"] > before["x"] + 0.2)
    visit.open("&lang=zh")
    page.click("#tool-help")
    assert not page.get_by_label("字母快捷键").is_checked()  # kept on the device
    page.get_by_label("字母快捷键").check()
    page.keyboard.press("m")
    assert visit.sheet() == "地图"


def test_axe_finds_no_violation(stay):
    assert stay.violations() == []
    for tool in ("works", "map", "help", "tour"):  # the tour opens a work's text
        stay.page.click(f"#tool-{tool}")
        stay.page.wait_for_selector("#sheet, #works.open")
        assert stay.violations() == [], tool


def test_rooms_without_titles_have_numbers_and_large_text_hides_no_button(browser, exhibition):
    house = json.loads(json.dumps(exhibition[1])) | {"made": "a1"}
    for room in house["rooms"]:
        room["title"] = ""
    house["works"] = [work for work in house["works"] if work["room"] != "room1"]  # a passage
    house["tour"] = [stop for stop in house["tour"] if stop["work"] in {work["id"] for work in house["works"]}]
    context = browser.new_context(**{**PHONE, "viewport": {"width": 360, "height": 640}}, reduced_motion="reduce",
                                  service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    visit.page.route("**/house.json", lambda route: route.fulfill(json=house))
    visit.open()
    assert visit.page.text_content("#place") == "Room 1"
    assert visit.page.locator("#works h3").all_text_contents() == ["Room 1", "Room 2"]
    visit.page.click("#tool-map")
    assert visit.page.locator(".rooms button").all_text_contents() == ["Room 1", "Passage", "Room 2"]
    assert visit.page.locator(".map .number").all_text_contents() == ["1", "", "2"]
    visit.page.click("#tool-language")
    assert visit.page.locator(".rooms button").all_text_contents() == ["1 号展厅", "过道", "2 号展厅"]
    assert visit.page.get_attribute(".rooms button >> nth=0", "lang") == "zh-Hans"
    assert any(url.endswith("rooms/room0.glb?a1") for url in visit.requests)  # not what a browser has of another page
    visit.page.evaluate("document.documentElement.style.fontSize = '200%'")
    visit.page.click("#tool-tour")
    for button in visit.page.locator("#tourbar button").all():
        box = button.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    visit.page.click("#tool-tour")
    visit.page.evaluate("document.documentElement.style.fontSize = ''")
    visit.page.click("#tool-works")
    visit.page.click("[data-work=work1]")
    assert visit.page.evaluate("document.elementFromPoint(150, 200).id") == "canvas"  # and not the list over the work
    context.close()
    visit.check()


def test_without_graphics_all_that_is_told_of_works_can_be_read(browser, exhibition):
    context = browser.new_context(**SCREEN, service_workers="block", locale="en-GB")
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{exhibition[0]}/index.html")
    page.click("[data-work=work0]")
    assert "Provenance: Gift of the artist" in page.text_content("#sheet")
    context.close()


def test_axe_finds_no_violation_on_a_phone_in_chinese(browser, exhibition):
    context = browser.new_context(**PHONE, reduced_motion="reduce", service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    visit.open("&lang=zh")
    assert visit.violations() == []
    visit.page.tap("#tool-tour")
    visit.sheet()
    assert visit.violations() == []
    context.close()


def test_axe_finds_no_violation_while_it_loads_where_visits_are_counted_and_where_it_fails(browser, exhibition):
    context = browser.new_context(**SCREEN, reduced_motion="reduce", service_workers="block", locale="en-GB")
    visit = Visit(context.new_page(), exhibition[0])
    visit.page.route("**/*.glb", lambda _: None)
    visit.page.goto(f"{visit.host}/index.html?figures&lang=zh")
    visit.page.wait_for_selector("#waiting:not(:empty)", state="attached")
    assert visit.violations() == [], "loading"
    visit.page.unroute("**/*.glb")  # and what waited goes on
    visit.page.wait_for_selector("body.ready")
    visit.page.click("#tool-help")
    visit.page.click("#visit-count")
    visit.page.wait_for_selector("#visit-save")
    assert visit.violations() == [], "visits are counted"
    visit.page.route("**/*.glb", lambda route: route.abort())
    visit.page.reload()
    visit.page.wait_for_selector("#news:has-text('无法载入')", state="attached")
    assert visit.violations() == [], "a room that does not come"
    visit.page.route("**/house.json", lambda route: route.fulfill(status=404))
    visit.page.reload()
    visit.page.wait_for_selector("#waiting:has-text('404')", state="attached")
    assert visit.violations() == [], "a house that is not there"
    context.close()


def test_opens_without_the_host_once_it_was_visited(browser, tmp_path):
    put_up(tmp_path / "web")
    host = Host(tmp_path / "web")
    context = browser.new_context(**SCREEN, locale="en-GB")
    visit = Visit(context.new_page(), host.url)
    visit.open()
    visit.page.click("#tool-help")
    visit.page.wait_for_selector("#sheet >> text=opens without a connection")
    host.stop()
    visit.open("&lang=zh")
    visit.until(lambda figures: len(figures["rooms"]) == 3)
    assert visit.foreign == []
    context.close()


def test_the_policy_allows_nothing_from_elsewhere(stay):
    policy = stay.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    allowed = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert allowed["default-src"] == ["'none'"]
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy
    assert not [source for sources in allowed.values() for source in sources if "." in source or "*" in source]
    refused = stay.page.evaluate("""async () => {
        const refusals = [];
        document.addEventListener("securitypolicyviolation", (event) => refusals.push(event.effectiveDirective));
        await fetch("https://elsewhere.invalid/").catch(() => undefined);
        try { document.body.innerHTML += "<i>markup</i>"; } catch (error) { refusals.push(error.name); }
        await new Promise((done) => setTimeout(done, 50));
        return refusals;
    }""")
    assert "connect-src" in refused
    assert "TypeError" in refused  # markup cannot even be written into the page
    stay.faults.clear()


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
    page.wait_for_selector(f"#waiting:has-text({json.dumps(said, ensure_ascii=False)})", state="attached")
    context.close()
    host.stop()
