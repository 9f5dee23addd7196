"""A house of two rooms as the builder writes it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from glb import Glb
from PIL import Image

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
from tools.viewer import build_viewer

MADE = {"prompt": "<b>a quiet sea</b>", "model": "mini", "seed": "7", "licence": "GPL-3.0-or-later"}
STONE = np.array((0.6, 0.57, 0.5))  # linear
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
             glb.material("stone", tuple(STONE)))
    return glb.pack()


@pytest.fixture(scope="session")
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
                         place=Standing(x_m=10.5, y_m=4.5, plinth_m=1.0, side_m=0.6)))
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
        env=blender.environment(environments.BPY_DEMO, Path(os.environ["VERNISSAGE_PYTHON"])), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", check=False)
    assert answer.returncode == 0, answer.stdout
    return folder / "out" / "web", answer.stdout
