"""What a list has made lies there whole, or is made again, wherever a run was killed."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vernissage.cli.material_folder import BALL, check_folder, keep_material, kept_material
from vernissage.cli.parts import part_of
from vernissage.cli.picture_files import check_picture, keep_picture, kept_picture
from vernissage.cli.world_files import PREVIEW, check_target, keep_world, kept_world
from vernissage.protocol.making import facts_of_picture
from vernissage.protocol.material import MapNames, MaterialReader, MaterialRequest, MaterialResult
from vernissage.protocol.picture import PictureRequest, PictureResult, Strip, StripKind
from vernissage.protocol.wire import to_json
from vernissage.protocol.world import WorldRequest, WorldResult

WORLD = WorldRequest(prompt="noon")
SKY = WorldResult(radiance="world.exr", picture="world.jpg", width_px=256, height_px=128, sun=None, wrap_ratio=1.0,
                  seam_ratio=1.0, border_ratio=0.5, pole_deviation=0.0, light=6.3, peak_to_median=1.0, model="mini-sky",
                  seed=1, steps=2, guidance_scale=2.0, device="cpu", seconds={})
MATERIAL = MaterialRequest(name="Wall", prompt="wall")
WALL = MaterialResult(maps=MapNames(), width_px=64, height_px=64, height_low_px=-1.0, height_high_px=1.0,
                      reader=MaterialReader.EMBEDDED, wrap_ratio_x=1.0, wrap_ratio_y=1.0, border_ratio_x=0.5,
                      border_ratio_y=0.5, repetition=0.1, normal_curl=0.0, model="mini", licence="", seed=3, steps=20,
                      guidance_scale=2.5, device="cpu", seconds={})

PICTURE = PictureRequest(prompt="sea")
SEA = PictureResult(picture="picture.png", strips=(Strip(kind=StripKind.STEPS, file="steps.png", captions=("1", "2")),),
                    width_px=64, height_px=64, model="mini", licence="", seed=0, steps=2, guidance_scale=2.5,
                    device="cpu", seconds={})


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The folder of a job with the files of all."""
    folder = tmp_path / "job"
    folder.mkdir()
    for name in (SKY.radiance, SKY.picture, PREVIEW, BALL, SEA.picture, SEA.strips[0].file,
                 *to_json(WALL.maps).values()):
        (folder / name).write_bytes(b"new")
    return folder


def killed(what: str, target: Path, made: Path, nth: int) -> bool:
    """Keep it in a process that ends, without any of its own doing, before its nth step on the disk; False where there
    are fewer."""
    process = os.fork()
    if process == 0:
        left = nth

        def dying(step: Callable[..., object]) -> Callable[..., object]:
            def maybe(*args: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if left < 0:
                    os._exit(9)
                return step(*args, **options)
            return maybe

        try:
            for name in ("replace", "unlink", "rmdir", "mkdir"):
                setattr(os, name, dying(getattr(os, name)))
            keep(what, target, made)
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code in (0, 9)
    return code == 9


def check_painting(path: Path) -> None:
    check_picture(path, PICTURE)


def keep(what: str, target: Path, made: Path, sources: str = "") -> None:
    if what == "world":
        keep_world(target, made, WORLD, SKY, sources)
    elif what == "picture":
        keep_picture(target, made, replace(PICTURE, prompt=sources or PICTURE.prompt), SEA)
    else:
        keep_material(target, made, MATERIAL, WALL, sources, {"furnace_max": 0.9})


@pytest.mark.parametrize(("what", "name"), [("world", "sky.exr"), ("material", "Wall"), ("picture", "sea.png")])
@pytest.mark.parametrize("before", [False, True])
def test_wherever_a_run_is_killed_the_next_one_makes_it_whole(made, tmp_path, what: str, name: str, before: bool
                                                              ) -> None:
    """Nothing that is half there passes for whole or for somebody else's, and nothing is left lying about."""
    check, kept, files = {
        "world": (check_target, lambda path: kept_world(path, WORLD, ""),
                  {"sky.exr", "sky.jpg", "sky.json", "sky_preview.png"}),
        "material": (check_folder, lambda path: kept_material(path, MATERIAL, ""), {"Wall"}),
        "picture": (check_painting, lambda path: kept_picture(path, PICTURE), {"sea.png", "sea.made"})}[what]
    nth, went_on = 0, True
    while went_on:
        target = tmp_path / f"{before} {nth}" / name
        target.parent.mkdir()
        if before:
            keep(what, target, made, "another picture")
        went_on = killed(what, target, made, nth)
        check(target)
        if went_on and kept(target) is None:
            keep(what, target, made)
        assert kept(target) is not None
        assert {path.name for path in target.parent.iterdir()} == files
        nth += 1
    assert nth > 6


def test_what_a_run_at_work_has_beside_it_is_left(made, tmp_path) -> None:
    """Another run for the same list."""
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as other:
        for target, kept in ((tmp_path / "sky.exr", lambda path: kept_world(path, WORLD, "")),
                             (tmp_path / "Wall", lambda path: kept_material(path, MATERIAL, ""))):
            own = part_of(target)
            theirs = own.with_name(own.name.replace(f".{os.getpid()}.", f".{other.pid}."))
            assert theirs != own
            theirs.mkdir()
            own.mkdir()
            kept(target)
            assert theirs.is_dir() and not own.exists()
        other.stdin.close()
        other.wait()
        kept(target)
        assert not theirs.exists()


def test_a_material_without_its_ball_is_made_again(made, tmp_path) -> None:
    keep("material", tmp_path / "Wall", made)
    (tmp_path / "Wall" / BALL).unlink()
    assert kept_material(tmp_path / "Wall", MATERIAL, "") is None


def test_what_has_an_empty_file_is_made_again(made, tmp_path) -> None:
    keep("material", tmp_path / "Wall", made)
    keep("world", tmp_path / "sky.exr", made)
    (tmp_path / "Wall" / WALL.maps.height).write_bytes(b"")
    (tmp_path / "sky.exr").write_bytes(b"")
    assert kept_material(tmp_path / "Wall", MATERIAL, "") is None
    assert kept_world(tmp_path / "sky.exr", WORLD, "") is None


def test_what_somebody_else_put_there_is_refused(made, tmp_path) -> None:
    (tmp_path / "sky.json").write_text("{}")
    (tmp_path / "Wall").mkdir()
    (tmp_path / "sea.png").write_bytes(b"theirs")
    (tmp_path / "lake.made").mkdir()
    for check, path in ((check_target, tmp_path / "sky.exr"), (check_folder, tmp_path / "Wall"),
                        (check_painting, tmp_path / "sea.png"), (check_painting, tmp_path / "lake.png")):
        with pytest.raises(Exception, match=r"not made by Vernissage|not say that Vernissage made it"):
            check(path)


def test_a_picture_that_somebody_painted_on_is_not_painted_anew(made, tmp_path) -> None:
    sea = tmp_path / "sea.png"
    keep("picture", sea, made)
    check_picture(sea, replace(PICTURE, seed=9))
    sea.write_bytes(b"retouched")
    check_painting(sea)  # nothing is painted: it is there already
    assert kept_picture(sea, PICTURE) is not None
    with pytest.raises(Exception, match="was changed since it was painted"):
        check_picture(sea, replace(PICTURE, seed=9))


@pytest.mark.parametrize("lost", ["sea.made", "sea.made/steps.png"])
def test_what_shows_how_a_picture_was_made_is_made_again_and_the_picture_stays(made, tmp_path, lost: str) -> None:
    sea = tmp_path / "sea.png"
    text = json.dumps(facts_of_picture(PICTURE, "", SEA.steps, SEA.guidance_scale))
    chunk = b"tEXt" + f"Vernissage\0{text}".encode()
    (made / SEA.picture).write_bytes(
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)))
    keep("picture", sea, made)
    retouched = sea.read_bytes() + b"retouched"
    sea.write_bytes(retouched)
    path = tmp_path / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    check_painting(sea)
    assert kept_picture(sea, PICTURE) is None
    keep("picture", sea, made)
    assert kept_picture(sea, PICTURE) is not None
    assert sea.read_bytes() == retouched
    with pytest.raises(Exception, match="was changed since it was painted"):
        check_picture(sea, replace(PICTURE, seed=9))
    shutil.rmtree(tmp_path / "sea.made")
    for other in (replace(PICTURE, seed=9), replace(PICTURE, steps=3)):  # of which it may be wanted anew
        with pytest.raises(Exception, match=r"does not say that Vernissage made it of this prompt: move it"):
            check_picture(sea, other)


def test_pictures_of_somebody_beside_the_strips_stay(made, tmp_path) -> None:
    keep("picture", tmp_path / "sea.png", made)
    for name in ("theirs.png", "words.png"):  # a strip that the new picture has not
        (tmp_path / "sea.made" / name).write_bytes(b"old")
    keep("picture", tmp_path / "sea.png", made, "another picture")
    assert {path.name for path in (tmp_path / "sea.made").iterdir()} == {"steps.png", "picture.json", "theirs.png"}
