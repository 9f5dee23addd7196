"""The pictures that an exhibition's brief wants painted, and what of it is refused before anything begins."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vernissage.cli.arguments import UsageError, parse
from vernissage.cli.cards import write_card
from vernissage.cli.exhibition_brief import chosen_exhibition
from vernissage.cli.exhibition_paint import WantedPainting, painted_before, wanted_paintings

SEAS: dict[str, Any] = {"prompt": "abstract seascape, {mood}", "moods": ["calm", "stormy", "golden"], "count": 12,
                        "size": "768x512", "width_cm": 120}


def wanted(*tables: dict[str, Any]) -> list[WantedPainting]:
    return wanted_paintings(list(tables), Path("/out"), None)


def test_twelve_seascapes_in_three_moods() -> None:
    works = wanted(SEAS)
    assert [work.request.prompt for work in works] == [f"abstract seascape, {mood}" for mood in SEAS["moods"]
                                                       for _ in range(4)]
    assert [work.request.seed for work in works] == [0, 1, 2, 3] * 3
    assert {(work.request.width_px, work.request.height_px) for work in works} == {(768, 512)}
    assert [work.target.name for work in works[:5]] == [
        "abstract seascape, calm.png", "abstract seascape, calm 2.png", "abstract seascape, calm 3.png",
        "abstract seascape, calm 4.png", "abstract seascape, stormy.png"]
    assert works[-1].target.parent == Path("/out/works")
    assert works[-1].told == {"title": "Abstract seascape, golden 4", "theme": "golden", "width_cm": "120"}


def test_a_models_folder_is_beside_the_brief(tmp_path: Path) -> None:
    (tmp_path / "sdxl").mkdir()
    for named, model in (("sdxl", str(tmp_path / "sdxl")), ("mini", "mini"), ("./sdxl", str(tmp_path / "sdxl"))):
        (work,) = wanted_paintings([{"prompt": "a sea", "model": named}], Path("/out"), None, tmp_path)
        assert work.request.model == model
    with pytest.raises(UsageError, match="gone"):
        wanted_paintings([{"prompt": "a sea", "model": "./gone"}], Path("/out"), None, tmp_path)


def test_another_count_leaves_what_is_there() -> None:
    """So that a longer list paints only what is new."""
    fewer, more = ({(work.target, work.request) for work in wanted({**SEAS, "count": count})} for count in (12, 14))
    assert fewer < more and len(more) == 14


def test_placeholders_may_be_in_what_is_told_and_come_in_pairs() -> None:
    table = {"prompt": "{colour} sea by {time}", "colour": ["blue", "grey"], "times": ["day", "night"],
             "title": "Sea No. {number}, {time}", "theme": "{time}", "rights": "CC0"}
    works = wanted(table)
    assert [work.request.prompt for work in works] == ["blue sea by day", "blue sea by night", "grey sea by day",
                                                       "grey sea by night"]
    assert works[3].told == {"theme": "night", "title": "Sea No. 4, night", "rights": "CC0"}


@pytest.mark.parametrize("tables", [
    [{"prompt": "sea, {mood}", "moods": ["calm", "calm", "Calm "], "count": 7}],
    [{"prompt": "sea", "count": 3}, {"prompt": "Sea", "count": 2, "seed": 2, "model": "mini"}, {"prompt": "sea"}],
    [{"prompt": "{a}{b}", "a": ["x", "xx"], "b": ["xx", "x"]}]])
def test_no_picture_is_painted_twice(tables: list[dict[str, Any]]) -> None:
    works = wanted(*tables)
    assert len({(" ".join(work.request.prompt.lower().split()), work.request.seed) for work in works}) == len(works)
    assert len({work.target.name.lower() for work in works}) == len(works)
    assert works == wanted(*tables)


def test_of_what_earlier_briefs_had_painted_nothing_hangs(tmp_path: Path) -> None:
    works = wanted_paintings([SEAS], tmp_path, None)
    folder = tmp_path / "works"
    for name in (works[0].target.name, "old.png", "mine.png"):
        (folder / name).with_suffix(".made").mkdir(parents=True)
        (folder / name).write_bytes(b"picture")
        if name != "mine.png":
            write_card((folder / name).with_suffix(".made") / "picture.json", "picture", {}, "")
    assert painted_before(tmp_path, works, [tmp_path / "else"]) == []
    assert painted_before(tmp_path, works, [tmp_path / "else" / ".."]) == [folder / "old.png"]
    assert painted_before(tmp_path, works, [folder, folder / "old.png"]) == []  # named by its artist


@pytest.mark.parametrize(("change", "said"), [
    ({"prompt": ""}, "no prompt"), ({"prompt": 3}, "no text"), ({"prompt": "sea {mood"}, "brace"),
    ({"prompt": "sea {}"}, "no name"), ({"prompt": "sea {number}"}, "no name"), ({"prompt": "{mood.a}"}, "no name"),
    ({"moods": []}, "list of texts"), ({"moods": ["calm", 3]}, "list of texts"), ({"moods": "calm"}, "list of texts"),
    ({"colours": ["red"]}, "colours is not known"), ({"widht_cm": 3}, "widht_cm"),
    ({"prompt": "{other} {mood}"}, "other"),
    ({"count": 2}, "from 3"), ({"count": True}, "no number"), ({"count": 3.5}, "no number"), ({"count": 301}, "to 300"),
    ({"size": "100x64"}, "--size"), ({"size": "big"}, "no size"), ({"width_cm": 0}, "width_cm"),
    ({"width_cm": float("nan")}, "width_cm"), ({"seed": -1}, "seed"), ({"steps": 0}, "steps"),
    ({"model": "/nowhere/model"}, "not there"), ({"title": "{time}"}, "may stand"),
    ({"title": "{mood[9]}"}, "may stand"), ({"title": "{mood[x]}"}, "may stand"),
    ({"title": "{mood!r:{mood}}"}, "may stand")])
def test_bad_tables_are_refused_in_a_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match="paint 2: ") as refused:
        wanted({"prompt": "sea"}, {**SEAS, **change})
    assert said in str(refused.value) or said.replace("seed", "Seed").replace("steps", "Steps") in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["paint = 3", "[paint]\nprompt = \"sea\"", "[[paint]]\nprompt = \"{a}\""])
def test_a_bad_brief_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "brief.toml").write_text(text)
    options = SimpleNamespace(brief=str(tmp_path / "brief.toml"), edited=None, works=None, sidecar=None, title=None,
                              text=None, language=None, by=None, architecture=None, per_room=None, seed=None)
    with pytest.raises(UsageError, match="--brief"):
        chosen_exhibition(options, None, tmp_path)


@pytest.mark.parametrize(("rooms", "said"), [
    ('text = "About it"\nlanguage = "ja"\n[[rooms]]\ntitle = "A"\ntext = "Of A"\n', ""),
    ('[[rooms]]\ntitle = "A"\ntext = "1"\n[[rooms]]\ntitle = " A"\ntext = "2"\n', "two of [[rooms]] have"),
    ('sidecar = ""\n', "sidecar is empty: name a path, or leave it out."),
    ('film = "/etc/x.mp4"\n', "film is '/etc/x.mp4': must be a name in --out"),
    ('film = "../x.mp4"\n', "film is '../x.mp4': must be a name in --out"),
    ('[[paint]]\nprompt = "sea"\nmodel = "./gone"\n', "or leave model out, which takes the embedded one."),
    ('[walls]\nprompt = "oak"\nmodel = "./gone"\n', "or leave model out, which takes the embedded one."),
    ('[[rooms]]\ntitle = "A"\n', "each of [[rooms]] has a title and a text"),
    ('rooms = ["A"]\n', "each of [[rooms]] has a title and a text")])
def test_a_brief_introduces_the_exhibition_and_its_rooms(tmp_path: Path, rooms: str, said: str) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(f'works = "."\n{rooms}', encoding="utf-8")
    options = SimpleNamespace(brief=str(brief), edited=None, works=None, sidecar=None, title=None, by=None, text=None,
                              language=None, architecture=None, per_room=None, seed=None)
    if said:
        with pytest.raises(UsageError) as refused:
            chosen_exhibition(options, None, tmp_path.with_name("out"))
        assert said in str(refused.value)
    else:
        fields, *_ = chosen_exhibition(options, None, tmp_path.with_name("out"))
        assert (fields["text"], fields["language"], fields["room_texts"]) == ("About it", "ja", {"A": "Of A"})


@pytest.mark.parametrize(("works", "out", "said"), [
    ('"works"', "works", "lies within the works"), ('"works"', "works/out", "lies within the works"),
    ('"."', "out", "lies within the works"), ('"works"', "out", ""), ('"out/works"', "out", ""),
    ('""', "out", "works is empty: name a path"), ('["works", " "]', "out", "works is empty: name a path")])
def test_the_exhibition_does_not_hang_its_own_pictures(tmp_path: Path, works: str, out: str, said: str) -> None:
    (tmp_path / "works").mkdir()
    (tmp_path / "out" / "works").mkdir(parents=True)
    (tmp_path / "brief.toml").write_text(f"works = {works}\n")
    options = parse(["plan-exhibition", "--brief", str(tmp_path / "brief.toml"), "--out", str(tmp_path / out)])
    if said:
        with pytest.raises(UsageError) as refused:
            chosen_exhibition(options, None, tmp_path / out)
        assert said in str(refused.value)
    else:
        assert chosen_exhibition(options, None, tmp_path / out)[0]["plan_folder"] == str(tmp_path / out)
