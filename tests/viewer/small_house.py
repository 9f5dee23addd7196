"""A small exhibition as the builder would write it: rooms of white boxes, pictures, labels, one sculpture a room."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from glb import Glb
from PIL import Image, ImageDraw

CELL_M = 0.1
BODY_M = 0.35
WALL_M = 0.1  # of each room; two rooms' walls stand back to back
DOOR_M, DOOR_HEIGHT_M = 1.6, 2.3
HEIGHT_M = 3.6
EYE_M = 1.5
LIGHT_SCALE = 1.6

MARKUP = '<img src=x onerror="document.title=\'broken\'"><b>Bold</b>'
TITLES = ("Morning on the Estuary", MARKUP, "لوحة الغروب", "🌊 Wave, third state", "Harbour at Low Tide", "静海",
          "Study in Ochre", "Salt", "The Long Breakwater", "Nocturne", "Field after Rain", "Untitled (Stone)")
NAMES = ("Sea", "Shore", "Stone")
MADE = {"prompt": "an abstract seascape, heavy impasto, grey morning light", "model": "models/mini", "steps": 8,
        "seed": 1847, "guidance_scale": 3.5,
        "images": [{"file": "rooms/steps.webp", "kind": "steps", "captions": ["1", "4", "8"], "size_px": [480, 107]},
                   {"file": "rooms/steps.webp", "kind": "words", "captions": ["seascape", "<b>grey</b>"],
                    "size_px": [480, 107]},
                   {"file": "rooms/steps.webp", "kind": "sources", "captions": ["content", "style", "depth"],
                    "size_px": [480, 107]}]}


@dataclass(frozen=True)
class Box:
    """A room's floor: from (left, top) to (right, bottom) in x and z, metres."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x, z, margin: float):
        return ((x > self.left + margin) & (x < self.right - margin)
                & (z > self.top + margin) & (z < self.bottom - margin))


@dataclass(frozen=True)
class Opening:
    """A door between two rooms, in the middle of their double wall; `along` is the axis of the wall, x or z."""

    first: int
    second: int
    x: float
    z: float
    along: str


THREE_ROOMS = ([Box(0, 0, 8, 6), Box(8.2, 0, 16.2, 6), Box(8.2, 6.2, 16.2, 13)],
               [Opening(0, 1, 8.1, 3, "z"), Opening(1, 2, 12.2, 6.1, "x")])


def row_of_rooms(count: int) -> tuple[list[Box], list[Opening]]:
    boxes = [Box(6.2 * i, 0, 6.2 * i + 6, 5) for i in range(count)]
    return boxes, [Opening(i, i + 1, 6.2 * i + 6.1, 2.5, "z") for i in range(count - 1)]


def write_house(folder: Path, boxes: list[Box], openings: list[Opening], works_a_room: int = 4) -> dict:
    """Write house.json and rooms/ into `folder`; return what house.json says."""
    (folder / "rooms").mkdir(parents=True)
    rooms, works = [], []
    for index, box in enumerate(boxes):
        doors = [(opening, opening.second if opening.first == index else opening.first)
                 for opening in openings if index in (opening.first, opening.second)]
        own = [_work(index, place, box, len(works) + place) for place in range(works_a_room)]
        path = folder / "rooms" / f"room{index}.glb"
        path.write_bytes(_room_glb(box, [opening for opening, _ in doors], own))
        Image.fromarray(_lightmap()).save(folder / "rooms" / f"room{index}_light.webp", lossless=True)
        rooms.append({
            "id": f"room{index}", "title": NAMES[index] if len(boxes) == len(NAMES) else f"Room {index}",
            "text": f"What hangs in room {index}.", "glb": f"rooms/room{index}.glb",
            "bytes": path.stat().st_size, "height_m": HEIGHT_M,
            "floor": [[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]],
            "light": f"rooms/room{index}_light.webp", "light_scale": LIGHT_SCALE, "lit": ["ground", "walls.001"],
            "doors": [{"to": f"room{other}", "at": [opening.x, 0, opening.z], "width_m": DOOR_M}
                      for opening, other in doors]})
        works += own
    _picture(0).save(folder / "rooms" / "steps.webp")
    house = {
        "format": 1, "title": "Twelve Seas", "text": "Works from one winter by the sea.", "language": "en",
        "rooms": rooms, "works": works, "walk": _walk(boxes, openings),
        "tour": [{"work": work["id"], "stand": work["stand"], "look": work["at"]} for work in works[::3]],
        "start": {"stand": [boxes[0].left + 1.5, 0, (boxes[0].top + boxes[0].bottom) / 2],
                  "look": [boxes[0].right, 1.5, (boxes[0].top + boxes[0].bottom) / 2]},
        "visits": "visits",
        "a key of a later format": True}
    (folder / "house.json").write_text(json.dumps(house, ensure_ascii=False), encoding="utf-8")
    return house


def _work(room: int, place: int, box: Box, number: int) -> dict:
    """Two pictures on the wall of small z, one on that of large z, and a sculpture in a corner."""
    width, height = (1.4, 1.0) if number % 2 == 0 else (0.8, 1.1)
    third = (box.right - box.left) / 4
    at, normal = [
        ([box.left + third, EYE_M, box.top + 0.03], [0, 0, 1]),
        ([box.right - third, EYE_M, box.top + 0.03], [0, 0, 1]),
        ([box.left + third, EYE_M, box.bottom - 0.03], [0, 0, -1]),
        ([box.left + 1, 1.25, box.top + 4], [1, 0, 0]),
    ][place]
    if place == 3:
        width = height = 0.5
    stand = [at[0] + 1.9 * normal[0], 0, at[2] + 1.9 * normal[2]]
    title = TITLES[number % len(TITLES)]
    return {
        "id": f"work{number}", "room": f"room{room}", "title": title, "artist": "A. Painter",
        "year": str(1990 + number),
        "medium": "Oil on canvas" if place < 3 else "Limestone", "size_cm": [round(width * 100), round(height * 100)],
        "text": f"The text of number {number}. <script>document.title='broken'</script>\nIts second paragraph.",
        "rights": "CC BY 4.0", "provenance": "Gift of the artist", "alt": f"Bands of colour, number {number}",
        "made": MADE if place == 0 else None, "at": at, "normal": normal, "size_m": [width, height], "stand": stand}


def _room_glb(box: Box, openings: list[Opening], works: list[dict]) -> bytes:
    glb = Glb()
    wall = glb.material("wall", (0.86, 0.85, 0.83))
    ground, *walls = _shell(box, openings)
    glb.mesh("ground", glb.boxes([ground]), glb.material("oak", (0.45, 0.32, 0.21)), second_uv=True)
    glb.mesh("walls.001", glb.boxes(walls), wall, second_uv=True)
    dark, stone = glb.material("frame", (0.1, 0.1, 0.11)), glb.material("stone", (0.6, 0.57, 0.5))
    for number, work in enumerate(works):
        x, y, z = work["at"]
        width, height = work["size_m"]
        if work["medium"] == "Limestone":
            glb.mesh("plinth", glb.boxes([((x - .25, 0, z - .25), (x + .25, y - height / 2, z + .25))]), stone)
            block = ((x - .2, y - height / 2, z - .15), (x + .2, y + height / 2, z + .15))
            glb.mesh("stone", glb.boxes([block]), stone, extras={"vernissage_work": work["id"]})
            continue
        facing = work["normal"][2]
        back, front = sorted((z - 0.028 * facing, z - 0.002 * facing))
        frame = ((x - width / 2 - .04, y - height / 2 - .04, back), (x + width / 2 + .04, y + height / 2 + .04, front))
        glb.mesh("frame", glb.boxes([frame]), dark)
        picture = glb.material("picture", (0.9, 0.9, 0.9), _picture(int(work["id"][4:])))
        glb.mesh("work", glb.quad(work["at"], facing, width, height), picture, extras={"vernissage_work": work["id"]})
        label = glb.material("label", (0.95, 0.95, 0.93), _label(number))
        glb.mesh("label", glb.quad([x + facing * (width / 2 + 0.3), 1.35, z], facing, 0.2, 0.14), label,
                 extras={"vernissage_label": work["id"]})
    return glb.pack()


def _shell(box: Box, openings: list[Opening]) -> list[tuple]:
    """Floor, ceiling, and walls with their doors cut out, as boxes (low corner, high corner)."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    w = WALL_M
    boxes = [((left - w, -w, top - w), (right + w, 0, bottom + w)),
             ((left - w, HEIGHT_M, top - w), (right + w, HEIGHT_M + w, bottom + w))]
    for axis, fixed, start, end in (("x", top - w, left - w, right + w), ("x", bottom, left - w, right + w),
                                    ("z", left - w, top, bottom), ("z", right, top, bottom)):
        def piece(low, high, floor, ceiling, axis=axis, fixed=fixed):
            if axis == "x":
                return (low, floor, fixed), (high, ceiling, fixed + w)
            return (fixed, floor, low), (fixed + w, ceiling, high)
        at = start
        for opening in openings:
            across, along = (opening.z, opening.x) if axis == "x" else (opening.x, opening.z)
            if opening.along != axis or not fixed - 0.05 <= across <= fixed + w + 0.05:
                continue
            boxes += [piece(at, along - DOOR_M / 2, 0, HEIGHT_M),
                      piece(along - DOOR_M / 2, along + DOOR_M / 2, DOOR_HEIGHT_M, HEIGHT_M)]
            at = along + DOOR_M / 2
        boxes.append(piece(at, end, 0, HEIGHT_M))
    return boxes


def _walk(boxes: list[Box], openings: list[Opening]) -> dict:
    left, top = min(box.left for box in boxes) - 0.5, min(box.top for box in boxes) - 0.5
    columns = round((max(box.right for box in boxes) + 0.5 - left) / CELL_M)
    rows = round((max(box.bottom for box in boxes) + 0.5 - top) / CELL_M)
    x = left + (np.arange(columns) + 0.5) * CELL_M
    z = (top + (np.arange(rows) + 0.5) * CELL_M)[:, None]
    free = np.zeros((rows, columns), bool)
    for box in boxes:
        free |= box.holds(x, z, BODY_M)
        px, pz = box.left + 1, box.top + 4  # the plinth
        free &= ~((abs(x - px) < 0.25 + BODY_M) & (abs(z - pz) < 0.25 + BODY_M))
    for opening in openings:
        half, deep = DOOR_M / 2 - BODY_M, WALL_M + BODY_M + CELL_M
        dx, dz = (half, deep) if opening.along == "x" else (deep, half)
        free |= (abs(x - opening.x) <= dx) & (abs(z - opening.z) <= dz)
    return {"cell_m": CELL_M, "origin": [left, top], "columns": columns, "rows": rows,
            "bits": base64.b64encode(np.packbits(free.ravel()).tobytes()).decode()}


def _lightmap() -> np.ndarray:
    """Darker at the ground and towards the sides, as sRGB bytes."""
    v, u = np.mgrid[0:64, 0:64] / 63
    light = 0.42 + 0.2 * (1 - v) + 0.08 * np.sin(np.pi * u)
    return np.repeat((255 * light ** (1 / 2.2)).astype(np.uint8)[..., None], 3, axis=2)


def _picture(number: int) -> Image.Image:
    """Bands of colour; seeded, so that each work can be told from the others."""
    random = np.random.default_rng(number)
    picture = Image.new("RGB", (320, 240))
    pen = ImageDraw.Draw(picture)
    base = random.uniform(60, 190, 3)
    for y in range(0, 240, 12):
        pen.rectangle((0, y, 320, y + 12), tuple(int(c) for c in np.clip(base + random.normal(0, 28, 3), 0, 255)))
    pen.ellipse((200, 30, 260, 90), (232, 190, 110))
    return picture


def _label(number: int) -> Image.Image:
    label = Image.new("RGB", (96, 64), (246, 245, 241))
    pen = ImageDraw.Draw(label)
    for line in range(4):
        pen.rectangle((8, 10 + 12 * line, 30 + 14 * ((number + line) % 4), 14 + 12 * line), (60, 60, 60))
    return label
