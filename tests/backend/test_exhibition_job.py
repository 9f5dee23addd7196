"""From a folder of works to a plan and its picture, as the job makes them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from backend.job import Job
from backend.jobs import run
from protocol.errors import BadInput, Cancelled, fill
from protocol.exhibition import Architecture, Curation, ExhibitionPlanRequest, ExhibitionPlanResult
from protocol.exhibition_plan import ExhibitionPlan, Hung, plan_from_json
from protocol.wire import request_from_json, request_to_json

TITLES = ["<script>alert(1)</script>", "שלום", "🌊👩‍🎨", "海", "Sea", "Sea", "", "Étude"]


@pytest.fixture(scope="module")
def works(tmp_path_factory) -> Path:
    """Eight pictures of two kinds, a sculpture, and a table of their titles and rooms; two of one name."""
    folder = tmp_path_factory.mktemp("exhibition") / "works"
    folder.mkdir()
    noise = np.random.default_rng(0)
    for number in range(8):
        if number % 2:
            pixels = noise.integers(0, 255, (60, 80, 3), np.uint8)
        else:
            pixels = np.tile(np.linspace(10 * number, 255, 80).astype(np.uint8)[None, :, None], (60, 1, 3))
        path = folder / ("again/5.png" if number == 6 else f"{number}.png")
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
    trimesh.creation.box((0.3, 0.5, 0.3)).export(folder / "box.glb")
    rows = [f'{number}.png,"{title}",{40 + 20 * number},{"A" if number < 4 else "B"}'
            for number, title in enumerate(TITLES) if number != 6]
    (folder / "works.csv").write_text("\n".join(["file,title,height_cm,room", *rows]), encoding="utf-8")
    return folder


def made(request: ExhibitionPlanRequest, folder: Path) -> tuple[ExhibitionPlanResult, ExhibitionPlan]:
    folder.mkdir(exist_ok=True)
    assert request_from_json(request_to_json(request)) == request
    result = run(request, Job("j", folder, lambda event: None, lambda: False), None)  # type: ignore[arg-type]
    assert isinstance(result, ExhibitionPlanResult)
    return result, plan_from_json((folder / result.plan).read_text(encoding="utf-8"))


def wanted(folder: Path, **fields: object) -> ExhibitionPlanRequest:
    return ExhibitionPlanRequest(works=(str(folder),), **fields)  # type: ignore[arg-type]


def test_rooms_have_the_texts_that_the_table_and_the_request_tell(works, tmp_path) -> None:
    table = 'file,room,room_text\n0.png,A,"What A is.\nMore of it."\n1.png,B,Of B\n3.png,A,Not\n'
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    asked = {"B": " B, as the brief has it.", "C": "Nowhere"}
    edits = {str(path): {"alt": "Something"} for path in works.rglob("*.*")}
    result, plan = made(wanted(works, sidecar=str(tmp_path / "a.csv"), edits=edits, text="All\tof it.",
                               room_texts=asked), tmp_path / "job")
    assert plan.text == "All of it."
    assert {room.title: room.text for room in plan.rooms} == {
        "A": "What A is.\nMore of it.", "B": "B, as the brief has it.", "": ""}
    told = [fill(remark.sentence, remark.values) for remark in result.remarks]
    assert "There is a text for the room C, but no room of that title." in told
    assert not any("nothing but the title" in sentence for sentence in told)


def test_a_folder_becomes_a_plan_and_a_picture(works, tmp_path) -> None:
    result, plan = made(wanted(works, title="展览", architecture=Architecture.ENFILADE), tmp_path / "job")
    assert (result.work_count, result.left_out, result.faults) == (9, (), ())
    (remark,) = result.remarks
    assert "hear nothing but the title: 9, the first of them" in fill(remark.sentence, remark.values)
    assert [room.title for room in plan.rooms] == ["A", "B", ""]  # by hand, as the table says
    assert {work.title for work in plan.works} == {*TITLES, "5", "box"} - {""}
    by_file = {Path(work.file).relative_to(works).as_posix(): work for work in plan.works}
    assert by_file["3.png"].height_m == 1.0
    assert by_file["3.png"].room == "room-1"
    assert by_file["again/5.png"].id != by_file["5.png"].id
    assert result.floor_m2 == pytest.approx(sum(room.width_m * room.depth_m for room in plan.rooms), abs=0.1)
    with Image.open(tmp_path / "job" / result.picture) as picture:
        assert picture.width == 2400
        pixels = np.asarray(picture)
    assert (pixels == (196, 62, 40)).all(axis=2).any()  # numbers of focal works
    assert sorted(path.name for path in (tmp_path / "job").iterdir()) == ["exhibition.json", "plan.png"]


def test_works_beside_the_plan_are_named_so_that_their_folder_can_be_moved(works, tmp_path) -> None:
    home = tmp_path / "home"
    shutil.copytree(works, home / "works")
    stray = home / "works" / "1.png"
    request = ExhibitionPlanRequest(
        works=(str(home / "works"), str(works / "0.png"), str(works / "again" / ".." / "2.png")), plan_folder=str(home),
        passed_over=(str(stray),), told={str(home / "works" / "again" / ".." / "3.png"): {"artist": "Mira"}})
    result, plan = made(request, home)
    by_file = {work.file: work for work in plan.works}
    assert {"works/0.png", "works/again/5.png", str(works / "0.png")} < set(by_file) and len(by_file) == 10
    assert "works/1.png" not in by_file
    assert by_file["works/3.png"].artist == "Mira"
    assert [remark.values["name"] for remark in result.remarks] == ["1.png", TITLES[0]]
    home.rename(tmp_path / "moved")
    result, _ = made(ExhibitionPlanRequest(plan=str(tmp_path / "moved" / "exhibition.json")), tmp_path / "again")
    assert result.faults == ()
    assert (tmp_path / "again" / "plan.png").read_bytes() == (tmp_path / "moved" / "plan.png").read_bytes()


def test_the_same_request_gives_the_same_bytes(works, tmp_path) -> None:
    request = wanted(works, curation=Curation.DATE, works_per_room=3, seed=4)
    for name in ("one", "two"):
        made(request, tmp_path / name)
    for name in ("exhibition.json", "plan.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_rooms_by_style_hold_what_is_alike(works, tmp_path) -> None:
    files = tuple(str(works / f"{number}.png") for number in range(4))
    _, plan = made(ExhibitionPlanRequest(works=files, curation=Curation.STYLE, works_per_room=2), tmp_path / "job")
    rooms = [{int(Path(work.file).stem) % 2 for work in plan.works if work.room == room.id} for room in plan.rooms]
    assert rooms in ([{0}, {1}], [{1}, {0}])  # ramps in one, noise in the other


def test_what_cannot_be_shown_is_told_and_the_others_hang(works, tmp_path) -> None:
    folder = tmp_path / "works"
    folder.mkdir()
    for name in ("good.png", "huge.png"):
        Image.new("RGB", (40, 30)).save(folder / name)
    (folder / "bad.png").write_bytes(b"\x89PNG")
    (folder / "film.mp4").write_bytes(b"")
    Image.new("RGB", (40, 30)).save(folder / "moves.gif")
    (folder / "works.csv").write_text("file,height_cm\nhuge.png,900\ngone.png,20\ngood.png,tall\n")
    result, plan = made(wanted(folder), tmp_path / "job")
    assert [Path(work.file).name for work in plan.works] == ["good.png"]
    assert sorted(Path(each.file).name for each in result.left_out) == ["bad.png", "film.mp4", "huge.png", "moves.gif"]
    assert all(each.sentence and each.remedy for each in result.left_out)
    told = [fill(remark.sentence, remark.values) for remark in result.remarks]
    assert any("works that are not there: 1, the first of them gone.png" in sentence for sentence in told)
    assert any("gives good.png the height_cm tall" in sentence for sentence in told)


def test_each_folder_has_its_own_table_and_that_tells_first_of_what_lies_beside_it(tmp_path) -> None:
    for name in ("one/a/1.png", "one/1.png", "two/1.png", "two/2.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30)).save(tmp_path / name)
    (tmp_path / "one" / "works.csv").write_text("file,title\n1.png,One\n2.png,Far\n3.png,Gone\n")
    (tmp_path / "two" / "works.csv").write_text("file,title\n1.png,Two\n")
    for order in (("one", "two"), ("two", "one")):
        result, plan = made(ExhibitionPlanRequest(works=tuple(str(tmp_path / name) for name in order)),
                            tmp_path / "-".join(order))
        assert {Path(work.file).relative_to(tmp_path).as_posix(): work.title for work in plan.works} == {
            "one/a/1.png": "1", "one/1.png": "One", "two/1.png": "Two", "two/2.png": "Far"}
        assert {"count": 1, "name": "3.png"} in [remark.values for remark in result.remarks]


def test_no_works_is_a_sentence(tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="There are no works to exhibit"):
        made(wanted(tmp_path / "empty"), tmp_path / "job")
    (tmp_path / "empty" / "a.png").write_bytes(b"")
    with pytest.raises(BadInput, match=r"a[.]png is not a picture"):
        made(wanted(tmp_path / "empty"), tmp_path / "job")


def test_an_edited_plan_is_checked_and_drawn(works, tmp_path) -> None:
    _, plan = made(wanted(works), tmp_path / "job")
    path = tmp_path / "job" / "exhibition.json"
    result, again = made(ExhibitionPlanRequest(plan=str(path)), tmp_path / "same")
    assert (again, result.faults) == (plan, ())
    assert (tmp_path / "same" / "plan.png").read_bytes() == (tmp_path / "job" / "plan.png").read_bytes()
    body = json.loads(path.read_text(encoding="utf-8"))
    hung = next(work for work in body["works"] if "along_m" in work["place"])
    hung["place"]["along_m"] = 0.0
    body["works"][-1]["file"] = "gone.png"
    path.write_text("\ufeff" + json.dumps(body), encoding="utf-8")
    result, again = made(ExhibitionPlanRequest(plan=str(path)), tmp_path / "other")
    told = [fill(fault.sentence, fault.values) for fault in result.faults]
    assert any("reaches beyond the" in sentence for sentence in told)
    assert any(f"{tmp_path / 'job' / 'gone.png'} are not there" in sentence for sentence in told)
    place = next(work for work in again.works if work.id == hung["id"]).place
    assert isinstance(place, Hung)
    assert place.along_m == 0.0  # it is the artist's


def test_a_plan_that_is_none_is_a_sentence(tmp_path) -> None:
    (tmp_path / "plan.json").write_bytes(b"{}")
    with pytest.raises(BadInput, match="The plan is of version"):
        made(ExhibitionPlanRequest(plan=str(tmp_path / "plan.json")), tmp_path / "job")


def test_it_can_be_cancelled(works, tmp_path) -> None:
    asked = iter([False] * 3 + [True] * 100)
    with pytest.raises(Cancelled):
        run(wanted(works), Job("j", tmp_path, lambda event: None, lambda: next(asked)), None)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
