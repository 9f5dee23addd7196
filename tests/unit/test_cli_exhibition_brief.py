"""What is made of an exhibition: by its brief, and by the options, which go first."""

from __future__ import annotations

from pathlib import Path

import pytest

from vernissage.cli.arguments import UsageError, parse
from vernissage.cli.exhibition_brief import Making, chosen_making
from vernissage.protocol.exhibition import LightQuality

BRIEF = 'works = "works"\nweb = true\nstills = false\nlight = "draft"\nvisits_to = "/visits"\nfilm = "tour.mp4"\n'


def made_of(folder: Path, brief: str, *words: str) -> Making:
    (folder / "brief.toml").write_text(brief)
    options = parse(["exhibition", "--brief", str(folder / "brief.toml"), "--out", str(folder / "out"), *words])
    return chosen_making(options, None, folder / "out")


def test_everything_but_the_film_is_made_of_a_brief_that_says_nothing_else(tmp_path: Path) -> None:
    assert made_of(tmp_path, 'works = "works"') == Making(web=True, stills=True, film=None, light=LightQuality.GOOD,
                                                          visits_to="")


def test_options_go_before_the_brief(tmp_path: Path) -> None:
    film = tmp_path / "out" / "tour.mp4"
    assert made_of(tmp_path, BRIEF) == Making(web=True, stills=False, film=film, light=LightQuality.DRAFT,
                                              visits_to="/visits")
    assert made_of(tmp_path, BRIEF, "--stills", "--light", "off", "--film", "/other.mp4", "--visits-to", "/there"
                   ) == Making(web=True, stills=True, film=Path("/other.mp4"), light=LightQuality.OFF,
                               visits_to="/there")
    assert not made_of(tmp_path, BRIEF, "--no-web").web
    assert made_of(tmp_path, BRIEF.replace("web = true", "web = false"), "--web").web


def test_visits_go_where_the_page_that_is_there_sends_them_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "out" / "web").mkdir(parents=True)
    (tmp_path / "out" / "web" / "house.json").write_text('{"rooms": [], "visits": "/before"}')
    assert made_of(tmp_path, 'works = "works"').visits_to == "/before"
    assert made_of(tmp_path, 'works = "works"', "--visits-to", "").visits_to == ""
    assert made_of(tmp_path, BRIEF).visits_to == "/visits"


@pytest.mark.parametrize(("brief", "words", "said"), [
    ("web = 1", [], "web is 1, which is no truth value"), ("seed = true", [], "seed is True, which is no whole number"),
    ("film = true", [], "film is True, which is no text"), ("light = 'dim'", [], "'dim' is not known"),
    ("film = 'tour.avi'", [], "must be a file that ends in .mp4"),
    ("visits_to = 'http://a.example'", [], "is no address"),
    ("web = false", ["--light", "best"], "--light is for the page"),
    ("", ["--no-web", "--visits-to", "/visits"], "--visits-to is for the page")])
def test_what_makes_no_sense_is_refused(tmp_path: Path, brief: str, words: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        made_of(tmp_path, brief, *words)
    assert said in str(refused.value)
