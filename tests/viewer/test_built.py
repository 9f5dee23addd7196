"""What the builder writes, from plan to page: valid files, works where the plan has them, and a visit."""

from __future__ import annotations

import io
import json
import subprocess

import numpy as np
import pytest
from built_house import MADE, STONE
from conftest import SCREEN, put_up
from host import Host
from PIL import Image
from visit import Visit

from tools.viewer import VIEWER

TRIANGLES_MOST = 60_000  # of a sculpture, as viewer/pack has it
MM = 1e-3
EYES_M = 1.6
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


def lit_ball(folder, house, figures) -> np.ndarray:
    """(3,) of 255: what the light around it makes of its stone, where it faces the visitor."""
    (work,) = (work for work in house["works"] if work["id"] == "ball")
    way = np.subtract((figures["x"], EYES_M, figures["z"]), work["at"])
    x, y, z = way / np.linalg.norm(way)
    basis = np.array([1, x, y, z, x * y, y * z, z * x, x * x - y * y, 3 * z * z - 1])
    content = (folder / "rooms" / "two.glb").read_bytes()
    nodes = json.loads(content[20:20 + int.from_bytes(content[12:16], "little")])["nodes"]
    (probe,) = (node["extras"]["vernissage_light"] for node in nodes if "vernissage_light" in node.get("extras", {}))
    linear = STONE * (basis @ np.reshape(probe, (9, 3)))
    return 255 * (1.055 * linear ** (1 / 2.4) - 0.055)


def seen_in_the_middle(visit) -> np.ndarray:
    """(3,) of 255, the mean of some pixels of the view."""
    place = visit.page.locator("canvas").bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    picture = visit.page.screenshot(clip={"x": x - 3, "y": y - 3, "width": 6, "height": 6})
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), float).mean(axis=(0, 1))


def test_shaders_are_translated_while_the_first_room_is_on_its_way(browser, built):
    """All that it is drawn with: when it is there, none is new to the card."""
    host = Host(built[0])
    context = browser.new_context(**SCREEN, locale="en-GB", service_workers="block", reduced_motion="reduce")
    visit = Visit(context.new_page(), host.url)
    visit.page.add_init_script("""window.linked = 0; const link = WebGL2RenderingContext.prototype.linkProgram;
        WebGL2RenderingContext.prototype.linkProgram = function (program) { linked++; link.call(this, program); };""")
    held = []
    visit.page.route("**/*.glb*", lambda route: held.append(route))
    visit.page.goto(f"{host.url}/index.html?figures", wait_until="commit")
    visit.until(lambda _: held and visit.page.evaluate("linked") == 4)
    held[0].continue_()
    visit.until(lambda figures: figures["draw_calls"] > 0)
    assert visit.page.evaluate("linked") == 4
    context.close()
    visit.check()
    host.stop()


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
    house = json.loads((built[0] / "house.json").read_text(encoding="utf-8"))
    assert any(url.endswith(f"rooms/one.glb?{house['made']}") for url in sizes)  # no older file
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
    visit.page.click("[data-work=ball]")
    figures = visit.until(lambda figures: figures["room"] == "two" and not figures["walking"])
    visit.page.keyboard.press("Escape")
    visit.until(lambda _: visit.page.evaluate("document.querySelector('canvas').clientWidth === innerWidth"))
    visit.page.wait_for_timeout(500)  # a view that has grown is drawn at once, and sharply when it rests
    assert seen_in_the_middle(visit) == pytest.approx(lit_ball(built[0], house, figures), rel=0.06)
    visit.page.click("[data-work=海-2]")
    assert visit.sheet() == "海"
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
