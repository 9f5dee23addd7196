"""A small exhibition for tests: its plan, its files, and what builds it."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np

from tests.addon.conftest import ROOT, _write_png

PLANS = """
import json, sys
from protocol.exhibition_plan import plan_to_json
from tests.backend.test_exhibition_planning import planned
print(json.dumps([plan_to_json(planned(int(seed))) for seed in sys.argv[1:]]))
"""


def gallery_parts(addon: ModuleType, scene: bpy.types.Scene) -> SimpleNamespace:
    """The parts of the add-on that build exhibitions, and a scene."""
    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    return SimpleNamespace(scene=scene, plan=part("protocol.exhibition_plan"), kinds=part("protocol.exhibition"),
                           **{name: part(f"scene.gallery.{name}") for name in
                              ("build", "parts", "measure", "web", "room_files", "light_map", "light_layout",
                               "pieces", "charts", "lighting", "lamps_aimed", "spots", "visit", "labels", "looks",
                               "rooms", "state", "surfaces")})


def random_plans(parts: SimpleNamespace, backend_python: Path, seeds: Sequence[int]) -> list[object]:
    """Those of the planner's own tests, which the add-on's Python cannot make."""
    answer = subprocess.run([backend_python, "-c", PLANS, *map(str, seeds)], cwd=ROOT, check=True, capture_output=True,
                            text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return [parts.plan.plan_from_json(body) for body in json.loads(answer.stdout)]


def two_rooms(parts: SimpleNamespace, folder: Path) -> object:
    """A plan of two rooms with three pictures and a sculpture, whose files are in the folder."""
    p = parts.plan
    for number in range(3):
        _write_png(folder / f"{number}.png", np.full((12, 16, 3), 60 * number + 40, np.uint8))
    write_glb(folder / "block.glb")
    rooms = (p.Room(id="room-1", title="One", x_m=0, y_m=0, width_m=7, depth_m=6, height_m=4.2),
             p.Room(id="room-2", title="二", x_m=7.3, y_m=0, width_m=6.5, depth_m=6, height_m=4.2))
    doors = (p.Door(room="room-1", to="", wall=p.Wall.WEST, along_m=1.8, width_m=1.6, height_m=2.6),
             p.Door(room="room-1", to="room-2", wall=p.Wall.EAST, along_m=3.0, width_m=1.6, height_m=2.6))

    def picture(number: int, room: str, wall: object, along: float, size: tuple[float, float]) -> object:
        return p.PlannedWork(id=f"work-{number}", number=number + 1, kind=p.WorkKind.PICTURE, file=f"{number}.png",
                             title=("<b>One</b>", "Two", "海")[number], artist="A. Artist", year="1912",
                             width_m=size[0], height_m=size[1], depth_m=0.03, room=room,
                             place=p.Hung(wall=wall, along_m=along, centre_m=1.5))

    works = (picture(0, "room-1", p.Wall.NORTH, 2.0, (0.8, 0.6)), picture(1, "room-1", p.Wall.SOUTH, 3.5, (1.2, 0.9)),
             picture(2, "room-2", p.Wall.EAST, 3.0, (0.4, 0.5)),
             p.PlannedWork(id="block", number=4, kind=p.WorkKind.SCULPTURE, file="block.glb", title="Block",
                           width_m=0.4, height_m=0.5, depth_m=0.3, room="room-2",
                           place=p.Standing(x_m=10.5, y_m=3.0, plinth_m=1.0, side_m=0.6)))
    bench = p.Bench(room="room-1", x_m=3.5, y_m=3.0, width_m=1.8, depth_m=0.45)
    return p.ExhibitionPlan(title="Show", architecture=parts.kinds.Architecture.WHITE_CUBE, seed=0, wall_m=0.3,
                            rooms=rooms, doors=doors, benches=(bench,), works=works)


def write_glb(path: Path) -> None:
    """A tetrahedron of 1 × 2 × 1 (y up)."""
    points = np.array([(0, 0, 0), (1, 0, 0), (0, 2, 0), (0, 0, 1)], np.float32)
    faces = np.array([(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)], np.uint16)
    body = points.tobytes() + faces.tobytes()
    head = json.dumps({
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(body)}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 48},
                        {"buffer": 0, "byteOffset": 48, "byteLength": 24}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [0, 0, 0],
                       "max": [1, 2, 1]},
                      {"bufferView": 1, "componentType": 5123, "count": 12, "type": "SCALAR"}]}).encode()
    head += b" " * (-len(head) % 4)
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 28 + len(head) + len(body)) + struct.pack("<I4s", len(head),
                     b"JSON") + head + struct.pack("<I4s", len(body), b"BIN\0") + body)


def changed(plan: object, number: int, **fields: object) -> object:
    """The plan with another place of a work."""
    works = list(plan.works)
    works[number] = dataclasses.replace(works[number], place=dataclasses.replace(works[number].place, **fields))
    return dataclasses.replace(plan, works=tuple(works))
