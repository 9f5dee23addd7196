"""The style of pictures in numbers: what it tells apart, what it does not mind, and the plot of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.colours import from_oklab, to_linear, to_oklab
from backend.job import Job
from backend.jobs import compare, run
from backend.style.comparison_plot import spread_out
from backend.style.fingerprint import ANGLES, ASPECTS, SCALES, Fingerprint, distances, fingerprint
from backend.style.pictures import resized
from protocol.compare import CompareRequest, CompareResult
from protocol.errors import BadInput, Cancelled
from protocol.messages import Progress
from protocol.wire import request_from_json, request_to_json
from tests.backend.test_style_instant import picture, save
from training.data.paintings import painting

KINDS = ("impasto", "pointillism", "seascape", "colour field", "suprematism", "op art", "ink wash", "charcoal",
         "woodcut", "mosaic", "stained glass", "tapestry")
EACH = 3
SEED = 50_000  # others than those whose distances became the units


@pytest.fixture(scope="module")
def paintings() -> list[np.ndarray]:
    """Of each kind three, in palettes of chance."""
    return [painting(SEED + 97 * number + seed, 128, kind).image for number, kind in enumerate(KINDS)
            for seed in range(EACH)]


@pytest.fixture(scope="module")
def prints(paintings: list[np.ndarray]) -> list[Fingerprint]:
    return [fingerprint(image) for image in paintings]


def found_again(apart: np.ndarray) -> float:
    """The share of paintings whose nearest other is of their kind."""
    kinds = np.repeat(np.arange(len(KINDS)), EACH)
    return float((kinds[(apart + np.diag(np.full(len(kinds), np.inf))).argmin(axis=1)] == kinds).mean())


def test_the_nearest_painting_is_of_the_same_kind(prints: list[Fingerprint]) -> None:
    apart = distances(prints, prints)
    assert found_again(apart["all"]) > 0.85
    assert found_again(apart["all"]) > found_again(apart["palette"]) + 0.3


def test_each_aspect_tells_more_than_chance(prints: list[Fingerprint]) -> None:
    apart = distances(prints, prints)
    assert {name: found_again(apart[name]) > 0.25 for name in ASPECTS} == dict.fromkeys(ASPECTS, True)  # chance: 0.06


def test_a_picture_is_nearest_to_its_own_part_and_mirror_image(paintings: list[np.ndarray], prints: list[Fingerprint]
                                                               ) -> None:
    places = range(0, len(paintings), EACH)
    for change in (lambda image: image[13:113, 17:117], lambda image: image[:, ::-1]):
        changed = [fingerprint(np.ascontiguousarray(change(paintings[place]))) for place in places]
        nearest = distances(changed, prints)["all"].argmin(axis=1)
        assert (nearest == np.arange(0, len(paintings), EACH)).mean() >= 11 / 12, nearest


def test_it_is_a_distance(prints: list[Fingerprint]) -> None:
    apart = distances(prints, prints)
    for values in apart.values():
        assert np.array_equal(values, values.T)
        assert (np.diag(values) == 0).all()
        assert (values[:, None, :] <= values[:, :, None] + values[None] + 1e-12).all()
        assert np.isfinite(values).all()
    kinds = np.repeat(np.arange(len(KINDS)), EACH)
    different = apart["all"][kinds[:, None] != kinds]
    assert 0.8 < np.median(different) < 1.3
    assert np.median(apart["all"][(kinds[:, None] == kinds) & (apart["all"] > 0)]) < 0.7 * np.median(different)


def test_the_same_picture_gives_the_same_and_its_size_hardly_matters(paintings: list[np.ndarray]) -> None:
    image = paintings[0]
    first, again = fingerprint(image), fingerprint(image.copy())
    assert all(np.array_equal(first.vectors[name], again.vectors[name]) for name in ASPECTS)
    large = fingerprint(resized(image, 640, 640))
    assert distances([first], [large])["all"][0, 0] < 0.25


def test_palettes_have_the_colours_and_their_shares() -> None:
    image = np.zeros((64, 96, 3), np.float32)
    image[:, :24], image[:, 24:] = (1, 0, 0), (0, 0, 1)
    print_ = fingerprint(image)
    shares = {tuple(colour): 0.0 for colour in print_.colours.tolist()}
    for colour, share in zip(print_.colours.tolist(), print_.shares, strict=True):
        shares[tuple(colour)] += share
    assert print_.shares.sum() == pytest.approx(1)
    red, blue = (sum(share for colour, share in shares.items() if np.abs(np.subtract(colour, wanted)).max() < 40)
                 for wanted in ((255, 0, 0), (0, 0, 255)))
    assert (red, blue) == (pytest.approx(0.25, abs=0.03), pytest.approx(0.75, abs=0.03))


@pytest.mark.parametrize("degrees", [0, 30, 90, 135])
def test_the_rose_points_along_the_strokes(degrees: int) -> None:
    down, across = np.mgrid[:160, :160]
    angle = np.deg2rad(degrees)
    waves = 0.5 + 0.5 * np.sin((across * np.sin(angle) + down * np.cos(angle)) * 0.6)  # y is down, angles are up
    print_ = fingerprint(np.repeat(waves[..., None], 3, axis=2).astype(np.float32))
    assert print_.rose.argmax() * 180 / ANGLES == pytest.approx(degrees, abs=180 / ANGLES)
    assert print_.rose.max() > 0.4
    assert print_.order > 0.9


def test_the_scale_curve_follows_the_scale() -> None:
    def checks(side: int) -> Fingerprint:
        down, across = np.mgrid[:320, :320] // side
        return fingerprint(np.repeat(((down + across) % 2)[..., None], 3, axis=2).astype(np.float32))

    shares = [checks(side).stroke_share for side in (4, 8, 16, 32)]
    assert shares == sorted(shares)
    assert shares[3] / shares[0] == pytest.approx(8, rel=0.5)
    assert checks(8).scales.sum() == pytest.approx(1)
    assert len(checks(8).scales) == len(SCALES)


def test_plain_and_odd_pictures_have_finite_ones() -> None:
    for image in (np.zeros((32, 32, 3)), np.ones((33, 700, 3)), picture(50, 64)):
        print_ = fingerprint(image.astype(np.float32))
        assert all(np.isfinite(vector).all() for vector in print_.vectors.values())
        assert np.isfinite([print_.order, print_.stroke_share]).all()


def test_oklab_is_ottossons() -> None:
    """The table of the article, to its three digits, and back."""
    xyz_white = to_oklab(np.ones(3))
    assert xyz_white == pytest.approx([1, 0, 0], abs=1e-3)
    red = to_oklab(to_linear(np.array([1.0, 0, 0])))
    assert red == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)
    colours = np.random.default_rng(0).random((50, 3))
    assert from_oklab(to_oklab(colours)) == pytest.approx(colours, abs=1e-9)


def test_places_on_the_map_have_the_distances_where_a_plane_can_hold_them() -> None:
    places = np.random.default_rng(1).random((7, 2))
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    found = spread_out(apart)
    assert np.linalg.norm(found[:, None] - found, axis=2) == pytest.approx(apart, abs=1e-9)
    assert spread_out(np.array([[0.0, 1.0], [1.0, 0.0]])).shape == (2, 2)
    assert spread_out(np.zeros((3, 3))) == pytest.approx(np.zeros((3, 2)))


@pytest.fixture
def compared(tmp_path: Path, known_fingerprint: Callable[[np.ndarray], Fingerprint], monkeypatch: pytest.MonkeyPatch
             ) -> Callable[..., CompareResult]:
    """Runs a job on the pictures in a folder of `tmp_path`."""
    monkeypatch.setattr(compare, "fingerprint", known_fingerprint)

    def go(*, told: list[object] | None = None, stop: bool = False, **choices: object) -> CompareResult:
        request = CompareRequest(**{"pictures": (str(tmp_path / "in"),), **choices})
        assert request_from_json(request_to_json(request)) == request
        events: list[object] = [] if told is None else told
        job = Job("1", tmp_path, events.append, lambda: stop)
        return run(request, job, None)  # type: ignore[arg-type, return-value]

    (tmp_path / "in" / "more").mkdir(parents=True)
    for number in range(3):
        save(tmp_path / "in" / f"{number}.png", picture(64, 90, seed=number))
    save(tmp_path / "in" / "more" / "水墨.png", picture(90, 64, seed=1))
    return go


def test_a_folder_is_compared(compared: Callable[..., CompareResult], tmp_path: Path) -> None:
    told: list[object] = []
    result = compared(told=told)
    assert (result.count, result.nearest) == (4, ())
    with Image.open(tmp_path / result.plot) as plot:
        assert plot.width == 1600
        assert np.asarray(plot).std() > 5
    body = json.loads((tmp_path / result.fingerprints).read_text(encoding="utf-8"))
    names = [entry["name"] for entry in body["pictures"]]
    assert names == ["0.png", "1.png", "2.png", "水墨.png"]
    apart = np.array(body["distances"]["all"])
    assert np.array_equal(apart, apart.T)
    for place, entry in enumerate(body["pictures"]):
        assert set(entry["vectors"]) == set(ASPECTS)
        assert sum(tone["share"] for tone in entry["palette"]) == pytest.approx(1, abs=1e-3)
        assert len(entry["nearest"]) == 3
        order = np.argsort(apart[place] + 1e9 * (np.arange(4) == place))
        assert [near["name"] for near in entry["nearest"]] == [names[other] for other in order[:3]]
    fractions = [event.fraction for event in told if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    first = (tmp_path / result.plot).read_bytes()
    compared()
    assert (tmp_path / result.plot).read_bytes() == first


def test_the_nearest_to_a_picture_come_first_and_it_is_not_its_own(compared: Callable[..., CompareResult],
                                                                  tmp_path: Path) -> None:
    save(tmp_path / "in" / "copy.png", picture(64, 90, seed=2))
    result = compared(to=str(tmp_path / "in" / "2.png"))
    assert result.count == 5
    assert (result.nearest[0].name, result.nearest[0].distance) == ("copy.png", 0)
    assert [near.distance for near in result.nearest] == sorted(near.distance for near in result.nearest)
    assert str(tmp_path / "in" / "2.png") not in [near.path for near in result.nearest]
    save(tmp_path / "own.png", picture(64, 90, seed=0))
    result = compared(to="own.png", to_name="The Artist's")
    assert result.nearest[0].name == "0.png"
    body = json.loads((tmp_path / result.fingerprints).read_text(encoding="utf-8"))
    assert body["pictures"][0]["name"] == "The Artist's"


def test_a_font_that_cannot_be_read_is_as_good_as_none(compared: Callable[..., CompareResult], tmp_path: Path) -> None:
    def plot(**choices: object) -> bytes:
        return (tmp_path / compared(**choices).plot).read_bytes()

    (tmp_path / "broken.ttf").write_text("no font")
    plain = plot()
    assert plot(font=str(tmp_path / "broken.ttf")) == plot(font=str(tmp_path / "gone.ttf")) == plain


def test_what_cannot_be_compared_is_told(compared: Callable[..., CompareResult], tmp_path: Path) -> None:
    (tmp_path / "in" / "text.png").write_text("no picture")
    np.save(tmp_path / "a.npy", np.zeros((64, 90, 3), np.uint8))
    result = compared(pictures=(str(tmp_path / "in"), str(tmp_path / "a.npy")))
    (remark,) = result.remarks
    assert remark.values["count"] == 2
    left_out = json.loads((tmp_path / result.fingerprints).read_text(encoding="utf-8"))["left_out"]
    assert [(entry["name"], entry["path"]) for entry in left_out] == [
        ("text.png", str(tmp_path / "in" / "text.png")), ("a.npy", str(tmp_path / "a.npy"))]
    assert left_out[0]["reason"].startswith("text.png is not a picture that can be read: ")
    assert remark.values["reason"] == left_out[0]["reason"]
    with pytest.raises(BadInput, match=r"a\.npy is not a picture"):
        compared(to=str(tmp_path / "a.npy"))
    assert compared(to="a.npy").count == 5  # Blender wrote it
    with pytest.raises(BadInput, match="are not there"):
        compared(pictures=(str(tmp_path / "gone"),))
    with pytest.raises(BadInput, match="Number of pictures to compare: 1"):
        compared(pictures=(str(tmp_path / "in" / "0.png"),))
    with pytest.raises(BadInput, match="not a picture"):
        compared(to=str(tmp_path / "in" / "text.png"))
    with pytest.raises(Cancelled):
        compared(stop=True)
    for wrong in ({"pictures": ()}, {"pictures": ("a/b",)}, {"pictures": ("/a",), "to": "a/b.png"}):
        with pytest.raises(BadInput) as caught:
            CompareRequest(**wrong)
        assert caught.value.remedy
