"""In which languages texts are told and read aloud, and how the rooms were made that they tell of."""

from __future__ import annotations

import json

from conftest import SCREEN
from visit import Visit

VOICES = """
    window.said = [];
    window.voices = [{name: "Near", lang: "en-GB", localService: true},
                     {name: "Far", lang: "en-US", localService: false}];
    let asked = 0;  // Chromium begins to look when it is asked
    speechSynthesis.getVoices = () => asked++ ? window.voices : [];
    speechSynthesis.speak = (utterance) => window.said.push(utterance.text);
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""


def test_the_voice_reads_with_the_devices_own_voice_only(visit, exhibition):
    visit.page.add_init_script(VOICES)
    visit.open()
    visit.page.click("#tool-voice")
    assert visit.page.get_attribute("#tool-voice", "aria-pressed") == "true"
    visit.stand_before_the_first_work()
    visit.page.keyboard.press("Enter")
    visit.sheet()
    [said] = visit.page.evaluate("said")
    assert exhibition[1]["works"][0]["title"] in said and "Its second paragraph" in said
    visit.page.click("#tool-voice")
    visit.page.evaluate("voices.shift()")  # what is left would be spoken by a server
    visit.page.click("#tool-voice")
    assert visit.page.get_attribute("#tool-voice", "aria-pressed") == "false"
    assert "no voice of its own" in visit.page.text_content("#news")


def test_texts_are_marked_and_read_in_the_languages_that_they_are_in(browser, exhibition):
    house = json.loads(json.dumps(exhibition[1]))
    house["languages"] = {"text": "fr"}
    house["rooms"][0] |= {"title": "海辺", "languages": {"title": "ja"}}
    house["works"][0] |= {"language": "ja", "languages": {"artist": "pt-BR"}, "title": "海の家", "text": "波の音"}
    house["works"][1] |= {"language": "ru", "title": "Закат", "text": "Вечер"}
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block", reduced_motion="reduce")
    visit = Visit(context.new_page(), exhibition[0])
    visit.page.add_init_script(VOICES + """window.voices.push(
        {name: "Portugal", lang: "pt_PT", localService: true}, {name: "Brasil", lang: "pt_BR", localService: true},
        {name: "Far", lang: "ja-JP", localService: false}, {name: "Kyoko", lang: "ja-JP", localService: true});
        speechSynthesis.speak = ({text, lang}) => window.said.push([text, lang]);""")
    visit.page.route("**/house.json", lambda route: route.fulfill(json=house))
    visit.open()
    assert visit.page.get_attribute("#place", "lang") == "ja"
    visit.page.click("#tool-voice")
    visit.page.click("#tool-works")
    entry = visit.page.locator("[data-work=work0]")
    assert [entry.locator(part).get_attribute("lang") for part in (".title", ".by")] == ["ja", "pt-BR"]
    entry.click()
    assert visit.page.get_attribute("#sheet-title", "lang") == "ja"
    assert visit.page.get_attribute("#sheet .text", "lang") == "ja"
    assert visit.page.get_attribute("#sheet .by", "lang") == "pt-BR"
    said = visit.page.evaluate("said")
    assert [language for _, language in said] == ["ja-JP", "pt_BR", "ja-JP"]
    assert (said[0][0], "波の音" in said[2][0]) == ("海の家", True)
    visit.page.click("[data-work=work1]")  # no voice of the device speaks Russian
    assert len(visit.page.evaluate("said")) == 3
    assert "no voice of its own" in visit.page.text_content("#news")
    visit.page.click("#tool-help")
    assert visit.page.get_attribute("#sheet p >> nth=0", "lang") == "fr"
    assert visit.violations() == []
    context.close()
    visit.check()


def test_the_help_tells_how_rooms_were_made_and_nothing_of_those_that_were_not(browser, exhibition):
    house = json.loads(json.dumps(exhibition[1]))
    house["surroundings"] = [{"surface": "floor", "made": {"prompt": "<b>oak</b> parquet", "seed": "7"}},
                             {"surface": "outside", "made": {"prompt": "green hills", "licence": "CC0"}},
                             {"surface": "of a later format", "made": {}}]
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block")
    visit = Visit(context.new_page(), exhibition[0])
    visit.open()
    visit.page.click("#tool-help")
    assert visit.page.locator("#sheet .made").count() == 0
    visit.page.route("**/house.json", lambda route: route.fulfill(json=house))
    visit.open()
    visit.page.click("#tool-help")
    assert visit.page.locator("#sheet .made summary").all_text_contents() == ["Floors", "What lies outside"]
    told = visit.page.text_content("#sheet")
    for said in ("How the rooms were made", "Prompt", "<b>oak</b> parquet", "Seed", "green hills",
                 "Licence of the model"):
        assert said in told
    assert visit.violations() == []
    context.close()
    visit.check()


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
