"""Which language texts are in, where somebody says it and where their letters tell."""

from __future__ import annotations

import dataclasses

import pytest

from vernissage.protocol.errors import BadInput
from vernissage.protocol.exhibition import Architecture
from vernissage.protocol.exhibition_plan import (
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Wall,
    WorkKind,
    plan_from_json,
    plan_to_json,
)
from vernissage.protocol.languages import is_language, language_of, work_language


@pytest.mark.parametrize(("text", "otherwise", "found"), [
    ("Morning", "en", "en"), ("Morgen", "de", "de"), ("", "ja", "ja"), ("1912", "ko", "ko"),
    ("静海", "en", "zh"), ("静海", "ja", "ja"), ("静海", "zh-Hant", "zh-Hant"), ("漢字", "ko", "ko"),
    ("海の家", "en", "ja"), ("モネの庭", "zh", "ja"), ("ｱｲｳ", "en", "ja"),
    ("她在「のり」店前买了一本很厚的中文小说并且读完了它", "en", "zh"),  # quotes two kana
    ("한국의 미", "en", "ko"), ("韓國의 美", "zh", "ko"), ("Закат", "en", "ru"), ("Закат", "uk", "uk"),
    ("لوحة الغروب", "en", "ar"), ("غروب", "fa", "fa"), ("שקיעה", "en", "he"), ("Ἀθῆναι", "en", "el"),
    ("🌊 Wave, third state", "en", "en"), ("The sea (海)", "en", "en"), ("Ωmega point", "en", "en"),
    ("The Great Wave", "zh", "en"), ("Waves", "ja", "en"), ("Hai", "zh-Latn", "zh-Latn"), ("Talas", "sr", "sr"),
    ("Wellen", "pt-BR", "pt-BR"), ("ภาพวาด", "en", "th"), ("चित्र", "mr", "mr"), ("चित्र", "en", "hi")])
def test_letters_tell_where_they_are_certain(text: str, otherwise: str, found: str) -> None:
    assert language_of(text, otherwise) == found


def test_tags_are_those_of_bcp_47() -> None:
    assert all(map(is_language, ("en", "pt-BR", "zh-Hans", "sr-Latn-RS", "es-419", "de-1996", "yue")))
    assert not any(map(is_language, ("", "x", "English", "zh_Hans", "en-", "en us", "日本", "en\n")))


@pytest.fixture
def plan() -> ExhibitionPlan:
    work = PlannedWork(id="a", number=1, kind=WorkKind.PICTURE, file="a.png", title="海", text="海の絵", width_m=1,
                       height_m=1, depth_m=0.03, room="one", place=Hung(wall=Wall.NORTH, along_m=2, centre_m=1.5))
    room = Room(id="one", title="Rooms", x_m=0, y_m=0, width_m=7, depth_m=6, height_m=4)
    return ExhibitionPlan(title="Sea", architecture=Architecture.WHITE_CUBE, seed=0, wall_m=0.3, rooms=(room,),
                          doors=(), works=(work,))


def test_a_work_is_in_the_language_of_its_texts_and_an_exhibition_in_that_of_its_titles(plan: ExhibitionPlan) -> None:
    assert (plan.main_language, plan.is_chinese, work_language(plan, plan.works[0])) == ("en", False, "ja")
    for title, text, said, found in (("静海", "", "", "zh"), ("静海", "海の展覧会です", "", "ja"),
                                     ("Sea", "一个展览", "", "zh"), ("Sea", "", "de", "de"),
                                     ("静海", "", "zh-Hant", "zh-Hant")):
        room = dataclasses.replace(plan.rooms[0], title="")
        named = dataclasses.replace(plan, title=title, text=text, language=said, rooms=(room,))
        assert named.main_language == found
        assert named.is_chinese == found.startswith("zh")
    for title, is_chinese in (("Sea 海", True), ("Sea 海の家", False)):
        assert dataclasses.replace(plan, title=title).is_chinese == is_chinese
    told = dataclasses.replace(plan.works[0], language="zh-Hant")
    assert work_language(plan, told) == "zh-Hant"


def test_a_plan_keeps_languages_and_refuses_what_is_none_in_a_sentence(plan: ExhibitionPlan) -> None:
    told = dataclasses.replace(plan, language="ja", works=(dataclasses.replace(plan.works[0], language="pt-BR"),))
    assert plan_from_json(plan_to_json(told)) == told
    for wrong in (plan_to_json(told).replace("pt-BR", "Portuguese"), plan_to_json(told).replace('"ja"', '"jp_JP"')):
        with pytest.raises(BadInput, match=r"is no language tag.*such as en, pt-BR or zh-Hans"):
            plan_from_json(wrong)
