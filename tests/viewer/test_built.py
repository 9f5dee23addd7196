"""What the builder writes, from plan to page: valid files, works where the plan has them, and a visit."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import SCREEN, put_up
from glb import Glb
from host import Host
from PIL import Image
from visit import Visit

from protocol.exhibition import Architecture
from protocol.exhibition_plan import (
    Door,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    Wall,
    WorkKind,
    plan_to_json,
)
from tools import blender, environments
from tools.viewer import VIEWER, build_viewer

MADE = {"prompt": "<b>a quiet sea</b>", "model": "mini", "seed": "7", "licence": "GPL-3.0-or-later"}
TRIANGLES_MOST = 60_000  # of a sculpture, as viewer/pack has it
MM = 1e-3
FIRST_ROOM_BYTES, DRAWS_MOST, TRIANGLES_IN_VIEW_MOST = 8_000_000, 150, 300_000  # what a phone of the middle can do
MOST = """() => {
    const output = document.getElementById("figures");
    window.most = JSON.parse(output.textContent);
    new MutationObserver(() => {
        const now = JSON.parse(output.textContent);
        for (const name of ["draw_calls", "triangles"]) most[name] = Math.max(most[name], now[name]);
    }).observe(output, { childList: true });
}"""
AXE = VIEWER / "node_modules" / "axe-core" / "axe.min.js"
FILMS = Path(__file__).parents[1] / "films"


def ball(columns: int, rows: int) -> bytes:
    """A rough ball of so many quads, 1 m across."""
    v, u = np.mgrid[0:rows + 1, 0:columns + 1]
    polar, round_ = v * np.pi / rows, u * 2 * np.pi / columns
    normals = np.stack([np.sin(polar) * np.cos(round_), np.cos(polar), -np.sin(polar) * np.sin(round_)], -1)
    rough = 0.5 - 0.02 * np.random.default_rng(0).random((rows + 1, columns + 1, 1))
    rough[:, -1], rough[0], rough[-1] = rough[:, 0], 0.5, 0.5
    start = (v * (columns + 1) + u)[:-1, :-1].ravel()[:, None]
    faces = start + np.array((0, columns + 1, 1, 1, columns + 1, columns + 2))
    glb = Glb()
    glb.mesh("ball", {"positions": (normals * rough).reshape(-1, 3), "normals": normals.reshape(-1, 3),
                      "uvs": np.stack([u / columns, v / rows], -1).reshape(-1, 2), "indices": faces.ravel()},
             glb.material("stone", (0.6, 0.57, 0.5)))
    return glb.pack()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two rooms as `exhibition --plan` writes them: (folder, what was said)."""
    folder = tmp_path_factory.mktemp("built")
    random = np.random.default_rng(1)
    for name in ("a sea.png", "海 (2).png"):
        Image.fromarray(random.integers(0, 255, (60, 80, 3), np.uint8)).resize((800, 600)).save(folder / name)
    (folder / "ball.glb").write_bytes(ball(400, 200))
    shutil.copy(FILMS / "vp9.webm", folder)
    works = (PlannedWork(id="a-sea", number=1, kind=WorkKind.PICTURE, file="a sea.png", title="A Sea", alt="Noise",
                         width_m=0.8, height_m=0.6, depth_m=0.03, room="one", made=MADE,
                         place=Hung(wall=Wall.NORTH, along_m=2.0, centre_m=1.5)),
             PlannedWork(id="海-2", number=2, kind=WorkKind.PICTURE, file="海 (2).png", title="海", width_m=1.6,
                         height_m=1.2, depth_m=0.03, room="two", place=Hung(wall=Wall.EAST, along_m=3.0, centre_m=1.5)),
             PlannedWork(id="waves", number=4, kind=WorkKind.FILM, file="vp9.webm", title="Waves", width_m=0.8,
                         height_m=0.6, depth_m=0.03, room="one",
                         place=Hung(wall=Wall.SOUTH, along_m=5.0, centre_m=1.5)),
             PlannedWork(id="ball", number=3, kind=WorkKind.SCULPTURE, file="ball.glb", title="Ball", width_m=0.4,
                         height_m=0.4, depth_m=0.4, room="two",
                         place=Standing(x_m=10.5, y_m=3.0, plinth_m=1.0, side_m=0.6)))
    plan = ExhibitionPlan(
        title="Show", architecture=Architecture.WHITE_CUBE, seed=0, wall_m=0.3, works=works,
        rooms=(Room(id="one", title="One", x_m=0, y_m=0, width_m=7, depth_m=6, height_m=4.2),
               Room(id="two", title="Two", x_m=7.3, y_m=0, width_m=6.5, depth_m=6, height_m=4.2)),
        doors=(Door(room="one", to="", wall=Wall.WEST, along_m=1.8, width_m=1.6, height_m=2.6),
               Door(room="one", to="two", wall=Wall.EAST, along_m=3.0, width_m=1.6, height_m=2.6)))
    (folder / "plan.json").write_text(plan_to_json(plan), encoding="utf-8")
    build_viewer()
    answer = subprocess.run(
        blender.command(["--background", "--command", "vernissage", "exhibition", "--plan", str(folder / "plan.json"),
                         "--light", "draft", "--no-stills", "--out", str(folder / "out")]),
        env=blender.environment(environments.BPY_DEMO, environments.browser()), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", check=False)
    assert answer.returncode == 0, answer.stdout
    return folder / "out" / "web", answer.stdout


def checked(folder) -> list[dict]:
    answer = subprocess.run(["node", "check.mjs", *sorted(folder.glob("rooms/*.glb"))], cwd=VIEWER, check=True,
                            capture_output=True, text=True, encoding="utf-8")
    return json.loads(answer.stdout)


def test_rooms_are_valid_packed_and_hold_works_where_the_house_says(built):
    folder, said = built
    house = json.loads((folder / "house.json").read_text(encoding="utf-8"))
    assert "made smaller from" in said
    rooms = checked(folder)
    for room, file in zip(house["rooms"], rooms, strict=True):
        assert (file["packed"]["messages"], file["unpacked"]["messages"]) == ([], [])
        assert room["bytes"] == file["bytes"]
        assert (folder / room["light"]).read_bytes()[8:12] == b"WEBP"
        assert {"EXT_meshopt_compression", "EXT_texture_webp"} <= set(file["extensions"])
    found = {work: bounds for file in rooms for work, bounds in file["works"].items()}
    for work in house["works"]:
        low, high = np.array(found[work["id"]]["min"]), np.array(found[work["id"]]["max"])
        seen = np.array([abs(work["normal"][2]) > 0.5, True, abs(work["normal"][0]) > 0.5])  # not along its normal
        if work["id"] != "ball":
            assert ((low + high) / 2)[seen] == pytest.approx(np.array(work["at"])[seen], abs=MM)
            assert (high - low)[seen].min() >= min(work["size_m"]) - MM  # the frame is around it
    ball_at = found["ball"]
    assert np.subtract(ball_at["max"], ball_at["min"]) == pytest.approx(0.4, abs=5 * MM)
    assert rooms[1]["unpacked"]["triangles"] < TRIANGLES_MOST + 10_000


def test_the_small_house_is_valid(tmp_path):
    put_up(tmp_path / "web")
    for room in checked(tmp_path / "web"):
        assert (room["packed"]["messages"], room["unpacked"]["messages"]) == ([], [])


def test_a_visit_to_what_was_built(browser, built):
    host = Host(built[0])
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block", reduced_motion="reduce")
    visit = Visit(context.new_page(), host.url)
    came = []
    visit.page.on("requestfinished", lambda request: came.append(request))
    visit.open()
    sizes = {request.url: request.sizes()["responseBodySize"] for request in came if request.url.startswith("http")}
    assert any(url.endswith("rooms/one.glb") for url in sizes)
    assert sum(sizes.values()) <= FIRST_ROOM_BYTES
    figures = visit.until(lambda figures: sorted(figures["rooms"]) == ["one", "two"])
    visit.page.evaluate(MOST)
    visit.page.click("#tool-works")
    visit.page.click("[data-work=a-sea]")
    assert visit.sheet() == "A Sea"
    text = visit.page.text_content("#sheet .made")
    for said in ("How it was made", "Prompt", *MADE.values()):
        assert said in text
    visit.page.click("[data-work=waves]")
    visit.page.click("#film:has-text('Play the film')")  # motion is reduced: it waits for that
    visit.until(lambda figures: figures["playing"] == ["waves"])
    visit.page.click("[data-work=海-2]")
    assert visit.sheet() == "海"
    visit.until(lambda figures: figures["room"] == "two")
    assert visit.page.locator("#sheet .made").count() == 0
    most = visit.page.evaluate("most")
    assert 0 < figures["draw_calls"] <= most["draw_calls"] <= DRAWS_MOST
    assert 0 < figures["triangles"] <= most["triangles"] <= TRIANGLES_IN_VIEW_MOST
    visit.open("&lang=zh")
    visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    visit.page.click("#tool-works")
    visit.page.click("[data-work=waves]")
    assert visit.sheet() == "Waves"
    visit.page.wait_for_timeout(300)  # half-faded text has half its contrast
    assert visit.page.evaluate("axe.run()")["violations"] == []
    context.close()
    visit.check()
    host.stop()
