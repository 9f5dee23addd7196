"""The command line's words, outputs and progress, without Blender."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from vernissage.cli import execute
from vernissage.cli.arguments import UsageError, parse, texture_request
from vernissage.cli.outputs import check_outputs, write_json
from vernissage.cli.progress import Bar, Lines, reporter
from vernissage.cli.style_options import split_weight
from vernissage.protocol.errors import StorageError

TEXTURE = ["texture", "--prompt", "red brick"]


@dataclass(frozen=True)
class Shown:
    """What a list tells of itself (`jobs.texture.Summary`, which needs Blender)."""

    object_name: str = "Cube"
    number: int = 1
    count: int = 1
    stage: str = "Painting views"
    percent: int = 40
    remaining_s: int | None = 75


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_defaults_are_those_of_the_request() -> None:
    request = texture_request(parse(TEXTURE), None)
    assert (request.model, request.view_count, request.view_size_px, request.texture_size_px) == ("mini", 8, 256, 1024)
    assert (request.steps, request.guidance_scale, request.seed) == (None, None, 0)
    assert parse(TEXTURE).objects is None


def test_every_option_reaches_the_request() -> None:
    options = parse(["texture", "--object", "A", "B", "--object", "C", "--prompt", "p", "--negative-prompt", "n",
                     "--model", "/m", "--controlnet", "/c", "--views", "3", "--view-size", "128", "--texture-size",
                     "256", "--steps", "4", "--guidance", "2.5", "--seed", "7", "--uv-layer", "L", "--active-slot"])
    request = texture_request(options, None)
    assert options.objects == ["A", "B", "C"]
    assert (options.uv_layer, options.unwrap, options.active_slot) == ("L", False, True)
    assert parse([*TEXTURE, "--unwrap"]).unwrap
    assert (request.prompt, request.negative_prompt, request.model, request.controlnet) == ("p", "n", "/m", "/c")
    assert (request.view_count, request.view_size_px, request.texture_size_px) == (3, 128, 256)
    assert (request.steps, request.guidance_scale, request.seed) == (4, 2.5, 7)
    assert request.follow_shape
    assert not texture_request(parse([*TEXTURE, "--ignore-shape"]), None).follow_shape
    assert not request.share_attention
    assert texture_request(parse([*TEXTURE, "--share-attention"]), None).share_attention


@pytest.mark.parametrize(("words", "said"), [
    ([], "ACTION"),
    (["paint"], "'paint'"),
    (["texture"], "--prompt"),
    ([*TEXTURE, "--views", "many"], "--views"),
    ([*TEXTURE, "--view", "3"], "--view"),  # no guessing of shortened options
    ([*TEXTURE, "--object"], "--object"),
    ([*TEXTURE, "--object", "A", ""], "--object: is empty: name an object, or leave it out"),
    ([*TEXTURE, "--controlnet", ""], "--controlnet is empty: name a path"),
    ([*TEXTURE, "--model", "//models/mine"], "--model //models/mine lies beside the scene, which was never saved"),
    ([*TEXTURE, "--uv-layer", "UVMap", "--unwrap"], "--unwrap: not allowed with argument --uv-layer"),
    ([*TEXTURE, "--views", "0"], "--views is 0: must be from 1 to 32."),
    ([*TEXTURE, "--texture-size", "1000"],
     "--texture-size is 1000: must be a multiple of 64 from 64 to 8192. Try 1024."),
    ([*TEXTURE, "--seed", "-1"], "--seed is -1"),
    ([*TEXTURE, "--guidance", "nan"], "--guidance is nan"),
    (["texture", "--prompt", " "], "The prompt is empty."),
    (["install", "--variant", "abacus"], "abacus"),
])
def test_wrong_usage_is_one_sentence_and_exit_code_2(words: list[str], said: str, capsys) -> None:
    with pytest.raises(UsageError) as raised:
        texture_request(parse(words), None)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("words", [["paint"], ["texture"], ["install", "--variant", "abacus"]])
def test_execute_tells_wrong_usage_on_stderr(words: list[str], capsys) -> None:
    assert execute(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("blender --command vernissage")
    assert said.err.count("\n") == 1


def test_ctrl_c_before_anything_is_begun_is_a_word_and_no_traceback(monkeypatch, capsys) -> None:
    def interrupted(words: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vernissage.cli.arguments.parse", interrupted)
    assert execute(TEXTURE) == 1
    assert capsys.readouterr().err == "cancelled\n"


@pytest.mark.parametrize("words", [["--help"], ["texture", "--help"], ["train-style", "--help"], ["film", "--help"],
                                   ["install", "-h"], ["check", "-h"]])
def test_help_is_success(words: list[str], capsys) -> None:
    assert execute(words) == 0
    assert "usage: blender --command vernissage" in capsys.readouterr().out


def outputs(folder: Path, scene: Path | None = None, inputs: tuple[Path, ...] = (), **named: str):
    words = [word for name, path in named.items() for word in (f"--{name}", path)]
    return check_outputs(parse([*TEXTURE, *words]), scene, inputs)


def test_outputs_are_absolute(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert outputs(tmp_path, save="out.blend").save == tmp_path / "out.blend"
    nothing = outputs(tmp_path)
    assert (nothing.save, nothing.export, nothing.report) == (None, None, None)


def test_only_save_may_name_the_opened_scene(tmp_path) -> None:
    scene = tmp_path / "scene.blend"
    scene.write_bytes(b"BLENDER")
    assert outputs(tmp_path, scene, save=str(scene)).save == scene
    assert outputs(tmp_path, scene, save="//new.blend").save == scene.parent / "new.blend"
    with pytest.raises(UsageError, match="is the opened scene"):
        outputs(tmp_path, scene, report=str(scene))
    link = tmp_path / "link.json"
    link.symlink_to(scene)
    with pytest.raises(UsageError, match="is the opened scene"):
        outputs(tmp_path, scene, report=str(link))
    assert scene.read_bytes() == b"BLENDER"


@pytest.mark.parametrize(("named", "said"), [
    ({"save": "{}/out.glb"}, "must end in .blend"),
    ({"save": ""}, "--save is empty: name a path"),
    ({"export": "{}/out.obj"}, "must end in .glb"),
    ({"save": "{}/missing/out.blend"}, "a folder that does not exist"),
    ({"report": "{}/folder"}, "is no regular file"),
    ({"report": "/dev/full"}, "is no regular file"),
    ({"report": "/proc/report.json"}, "cannot be written"),
    ({"save": "{}/a.blend", "report": "{}/a.blend"}, "is the file of --save too"),
    ({"save": "{}/a.blend", "report": "{}/folder/../a.blend"}, "is the file of --save too"),
    ({"report": "//report.json"}, "was never saved"),
    ({"report": "{}/wood.png"}, "is no .json file"),
    ({"save": "{}/library.blend"}, "is a file that is read"),
])
def test_outputs_that_cannot_be_are_refused_before_the_work(tmp_path, named: dict[str, str], said: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "library.blend").touch()
    (tmp_path / "wood.png").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError) as raised:
        outputs(tmp_path, None, (tmp_path / "library.blend",),
                **{name: path.format(tmp_path) for name, path in named.items()})
    assert said in str(raised.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_output_is_a_result(tmp_path) -> None:
    options = parse(["style", "a.png", "--report", str(tmp_path / "a.json")])
    with pytest.raises(UsageError, match="is a file that the run makes: name another"):
        check_outputs(options, None, (), [tmp_path / "b" / ".." / "a.json"])
    assert check_outputs(options, None, (), [tmp_path / "b.json"]).report == tmp_path / "a.json"


def test_reports_are_whole_or_not_there(tmp_path) -> None:
    path = tmp_path / "report.json"
    write_json(path, {"name": "Würfel 立方体", "path": os.fsdecode(b"\xff")})
    assert json.loads(path.read_text(encoding="utf-8"))["name"] == "Würfel 立方体"
    with pytest.raises(TypeError):
        write_json(path, {"bad": object()})
    assert json.loads(path.read_text(encoding="utf-8"))["name"] == "Würfel 立方体"
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]
    with pytest.raises(StorageError, match="does not exist") as raised:
        write_json(tmp_path / "gone" / "report.json", {})
    assert raised.value.remedy


def test_a_terminal_gets_a_bar_and_a_file_gets_lines() -> None:
    assert isinstance(reporter(Terminal()), Bar)
    assert isinstance(reporter(io.StringIO()), Lines)


def test_the_bar_is_one_line_that_is_written_over() -> None:
    terminal = Terminal()
    bar = Bar(terminal)
    bar.show(Shown())
    bar.show(Shown())  # the same again writes nothing
    bar.show(Shown(percent=50))
    assert terminal.getvalue().count("\r") == 2
    assert "\n" not in terminal.getvalue()
    assert "40 % Cube: Painting views, 1:15 left" in terminal.getvalue()
    bar.say("done")
    assert terminal.getvalue().endswith("done\n")


def test_lines_come_with_each_step_and_not_with_each_percent() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for percent in range(40, 60):
        lines.show(Shown(percent=percent))
    lines.show(Shown(stage="Baking", percent=90, remaining_s=None, number=2, count=3))
    assert stream.getvalue().splitlines() == [" 40 % Cube: Painting views, 1:15 left", " 90 % Cube (2 of 3): Baking"]
    lines.show(Shown(count=0))  # between two objects there is nothing to say
    assert len(stream.getvalue().splitlines()) == 2


@pytest.mark.parametrize(("given", "meant"), [
    ("models/mine", "{0}/models/mine"), ("here", "{0}/here"), ("./mini", "{0}/mini"), ("//beside", "{0}/scenes/beside"),
    ("/models/sd", "/models/sd"), ("~/sd", "{0}/home/sd"),
])
def test_folders_are_meant_as_the_shell_means_them(tmp_path, monkeypatch, given: str, meant: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    options = parse([*TEXTURE, "--model", given, "--controlnet", given])
    request = texture_request(options, tmp_path / "scenes" / "a.blend")
    assert (request.model, request.controlnet) == (meant.format(tmp_path),) * 2


def test_a_model_s_name_stays_a_name_and_a_controlnet_has_none(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini").mkdir()
    for name in ("mini", "sd-1-5"):
        request = texture_request(parse([*TEXTURE, "--model", name, "--controlnet", name]), None)
        assert (request.model, request.controlnet) == (name, str(tmp_path / name))


def test_what_is_said_is_one_line_whatever_an_object_is_called() -> None:
    for stream in (io.StringIO(), Terminal()):
        teller = reporter(stream)
        teller.say("Cube\n\x1b[2J: done 立方体")
        teller.show(Shown(object_name="Cube\x1b[2J\x07"))
        written = stream.getvalue().replace("\r\x1b[K", "")
        assert written.startswith("Cube\\n\\x1b[2J: done 立方体\n")
        assert "\x1b" not in written
        assert "\x07" not in written


class Gone(io.StringIO):
    """A pipe that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_reader_that_went_away_is_no_reason_to_stop(is_terminal: bool) -> None:
    stream = Gone()
    stream.is_terminal = is_terminal
    teller = reporter(stream)
    teller.show(Shown())
    teller.say("done")


@pytest.mark.parametrize(("text", "parts"), [
    ("a.png", ("a.png", 1.0)), ("a.png=2", ("a.png", 2.0)), ("a=b.png", ("a=b.png", 1.0)),
    ("a=b.png=0.5", ("a=b.png", 0.5)), ("=3", ("=3", 1.0))])
def test_a_weight_is_what_follows_the_last_sign(text: str, parts: tuple[str, float]) -> None:
    assert split_weight(text) == parts


def test_a_file_may_end_as_a_weight_does(tmp_path: Path) -> None:
    path = tmp_path / "style=2"
    path.touch()
    assert split_weight(str(path)) == (str(path), 1.0)
    assert split_weight(f"{path}=3") == (str(path), 3.0)
