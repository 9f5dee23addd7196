"""The built extension in a real Blender window: what is on the screen, and what is in the scene."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.gui.desktop import Desktop, is_alive, wait_until_gone

FAR_TOO_LONG_S = 120.0


@pytest.fixture(scope="module")
def job(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> dict:
    return desktop.play("texture_and_undo", tmp_path_factory.mktemp("report") / "report.json")


def test_the_button_starts_the_job(job):
    assert job["started_by_button"]


def test_the_panel_shows(job):
    panel = _pixels(job, "before", job["sidebar"])
    assert len(np.unique(panel.reshape(-1, 3), axis=0)) > 50  # text and fields, not an empty column
    assert panel.std() > 10


def test_the_panel_shows_progress_while_the_job_runs(job):
    assert 20 <= job["during"]["percent"] < 100
    assert job["during"]["object"] == "Cube"
    changed = _changed_share(_pixels(job, "before", job["sidebar"]), _pixels(job, "during", job["sidebar"]))
    assert changed > 0.01


def test_the_cube_gets_the_texture(job):
    assert job["errors"] == []
    assert job["material_after"] != job["material_before"]
    assert job["material_before"] in job["materials_in_file"]
    before, after = (_pixels(job, name, _viewport(job)) for name in ("before", "after"))
    painted = np.abs(after.astype(int) - before).max(axis=2) > 24
    assert painted.mean() > 0.02  # the cube in the default view
    red, green, blue = after[painted].mean(axis=0)
    assert red > green + 8
    assert red > blue + 8  # a red brick wall


def test_one_undo_gives_the_old_material_back_and_one_redo_the_new(job):
    assert job["material_undone"] == job["material_before"]
    assert job["prompt_undone"] == "red brick wall"
    assert job["material_redone"] == job["material_after"]
    before, undone = (_pixels(job, name, _viewport(job)) for name in ("before", "undone"))
    assert _changed_share(before, undone) < 0.01


def test_what_the_viewport_shows_is_touched_up(desktop, tmp_path):
    report = desktop.play("touch_up", tmp_path / "report.json")
    assert report["errors"] == []
    assert report["astray_px"] < 0.5
    assert len(report["seen_faces"]) == 3
    assert report["changed_faces"] == report["seen_faces"]


def test_a_plan_is_told_in_the_panel_and_goes_stale(desktop, tmp_path):
    report = desktop.play("plan", tmp_path / "report.json")
    assert report["views"] == report["cameras"] == 6
    assert report["coverage"] > 0.98
    unplanned, planned, outdated = (_pixels(report, name, report["sidebar"])
                                    for name in ("unplanned", "planned", "outdated"))
    assert _changed_share(unplanned, planned) > 0.01
    assert _changed_share(planned, outdated) > 0.005


def test_a_style_from_the_image_editor_and_for_renders(desktop, tmp_path):
    report = desktop.play("style", tmp_path / "report.json")
    assert report["errors"] == []
    assert report["shown"] == "Render Result - styled"
    assert "Render Result - styled" not in report["images_undone"]
    assert report["styles_undone"] == 2
    assert report["shown_undone"] == "Render Result"
    before, after = (_pixels(report, f"style_{name}", _viewport(report)) for name in ("before", "after"))
    assert _changed_share(before, after) > 0.05
    assert report["shown_1"] == report["shown_2"] == "Render Result - styled"
    assert report["kept"]
    assert report["shown_undone_2"] == "Render Result"
    assert report["images_rendered"].count("Render Result - styled") == 1
    assert not any(name.endswith(".001") for name in report["images_rendered"])
    assert report["may_begin"] == [True, False]
    written = [name for name in report["broken_off"] if name.endswith(".exr")]
    assert 0 < len(written) < 1000
    assert len(report["broken_off"]) == 2 * len(written)
    assert report["frames"] == [f"film_000{frame}{end}" for frame in (1, 2) for end in (".exr", "_styled.png")]


def test_what_the_viewport_shows_is_stylised(desktop, tmp_path):
    report = desktop.play("style_view", tmp_path / "report.json")
    assert report["errors"] == []
    assert report["shown"] == "Viewport - styled"
    assert report["size"] == report["region"]
    assert report["overlays_before"] and report["overlays_after"]
    assert report["grid_lines"] < 8  # the overlays are left out
    assert report["changed_on_cube"] > 0.5
    assert report["changed_in_corner"] == 0
    assert "Viewport - styled" not in report["images_undone"]


def test_a_film_is_made_beside_the_artist_and_taken_back_in_one_step(desktop, tmp_path):
    shutil.rmtree(desktop.pictures / "stylised", ignore_errors=True)
    report = desktop.play("film", tmp_path / "report.json")
    assert report["errors"] == []
    assert report["in_the_middle"]
    assert report["frames"] == ["0001.png", "0002.png", "0003.png"]
    assert report["settings_after"] == report["settings_before"] == report["settings_undone"]
    assert report["windows"] == 1
    assert (report["shown"], report["strips"]) == ("Scene - stylised film", ["Scene - stylised film"])
    assert "Scene - stylised film" not in report["images_undone"]
    assert report["strips_undone"] == []
    assert report["light_undone"] == pytest.approx(5.076, abs=0.01)  # 1 more than Blender's own


def test_a_style_is_trained_and_used_and_pictures_are_compared(desktop, tmp_path):
    report = desktop.play("train_and_compare", tmp_path / "report.json")
    assert report["cancelled"] == "cancelled"
    assert report["rounds"] == list(range(0, report["rounds"][-1] + 1, 2))
    assert report["styles"] == [["TRAINED", "look"]]
    assert report["styled"] == [[], "look.png - styled"]
    assert report["compared"] == ["None", "wall - compared"]
    assert "wall - compared" not in report["images_undone"]
    assert "look.png - styled" in report["images_undone"]


def test_cancel_leaves_the_scene_as_it_was(desktop, tmp_path):
    report = desktop.play("cancel", tmp_path / "report.json")
    assert report["error_kind"] == "cancelled"
    assert report["material_unchanged"]
    assert report["new_images"] == []


@pytest.fixture(scope="module")
def live(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> dict:
    return desktop.play("live", tmp_path_factory.mktemp("live") / "report.json")


ON_THE_CUBE, ON_THE_SPHERE = (720, 430), (552, 255)


@pytest.mark.parametrize("shading", ["solid", "material", "rendered"])
def test_what_is_painted_is_seen_on_the_objects_meanwhile(live, shading):
    assert live["painting"]
    for place in (ON_THE_CUBE, ON_THE_SPHERE):
        assert _redness(live, "live_before", place) < 8
        assert _redness(live, f"live_{shading}", place) > 30  # red bricks


def test_what_is_seen_meanwhile_is_none_of_the_files_data(live):
    before = live["materials_before"]
    assert live["materials_during"] == live["materials_undone"] == before
    assert set(live["images_during"]) | set(live["images_saved"]) <= {"Render Result", "Viewer Node"}
    assert live["materials_saved"] == ["Material"]
    assert live["frame_undone"] == 1
    assert live["materials_after"] == {"Cube": before["Cube"]}


def test_what_is_seen_meanwhile_is_on_what_is_still_there(live):
    assert _redness(live, "live_undone", ON_THE_SPHERE) > 30
    assert _redness(live, "live_deleted", ON_THE_SPHERE) < 8
    assert _redness(live, "live_deleted", ON_THE_CUBE) > 30


def test_a_cancelled_job_leaves_nothing_on_the_objects(live):
    assert _redness(live, "live_cancelled", ON_THE_CUBE) < 8
    assert live["skins_after"] == 0


def _redness(report: dict, picture: str, place: tuple[int, int]) -> float:
    """How much more red than blue there is around a place of the screen."""
    x, y = place
    patch = _pixels(report, picture, [x - 20, y - 20, x + 20, y + 20]).astype(float)
    return float((patch[..., 0] - patch[..., 2]).mean())


def test_an_error_shows_with_its_remedy(desktop, tmp_path):
    report = desktop.play("empty_prompt", tmp_path / "report.json")
    assert report["sentence"] == "The prompt is empty."
    assert report["remedy"]


def test_the_panel_speaks_chinese(desktop, tmp_path):
    report = desktop.play("chinese", tmp_path / "report.json")
    for english, shown in report["translated"].items():
        assert any("\u4e00" <= character <= "\u9fff" for character in shown), f"{english!r} shows as {shown!r}"


def test_a_killed_blender_leaves_no_backend(desktop, tmp_path):
    note = desktop.pictures / "painting.pid"
    note.unlink(missing_ok=True)
    with desktop.start_scenario("die_in_a_job", tmp_path / "report.json") as blender:
        try:
            backend = _wait_for_number(note)
            assert is_alive(backend)
        finally:
            blender.kill()
    assert wait_until_gone(backend, timeout_s=10.0)


def _wait_for_number(path: Path) -> int:
    end = time.monotonic() + FAR_TOO_LONG_S
    while not path.exists() or not path.read_text():
        assert time.monotonic() < end, "the job did not start"
        time.sleep(0.1)
    return int(path.read_text())


def _pixels(report: dict, picture: str, box: list[int]) -> np.ndarray:
    """(H, W, 3) uint8 of a part of a screenshot."""
    with Image.open(report["pictures"][picture]) as image:
        return np.asarray(image.convert("RGB").crop(tuple(box)))


def _viewport(report: dict) -> list[int]:
    """The part of the viewport left of the sidebar, without headers and gizmos."""
    left, top, _, bottom = report["sidebar"]
    return [left - 700, top + 120, left - 150, bottom - 80]


def _changed_share(one: np.ndarray, other: np.ndarray) -> float:
    return float((np.abs(one.astype(int) - other).max(axis=2) > 16).mean())
