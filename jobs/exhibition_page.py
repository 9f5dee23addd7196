"""The page of an exhibition, written by a second Blender from a copy of the file: the window stays free while it bakes,
and what is at work can be cancelled at once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import bpy

from ..client.child import Child
from ..client.job_folder import drop_job_folder, make_job_folder
from ..preferences import Settings
from ..protocol.errors import BadInput, EnvironmentBroken, StorageError
from ..protocol.exhibition import LightQuality
from ..protocol.messages import Progress, Stage
from ..protocol.remarks import Remark
from ..protocol.wire import from_json
from ..scene.gallery.page_folder import check_page_folder, visits_address
from ..scene.gallery.room_files import files_of_page
from .beside import beside
from .exhibition import ExhibitionPlanJob
from .hands import is_scene_in_use
from .one_job import OneJobList

__all__ = ["PageWriting", "blender_program"]

_ADDON = __package__.rpartition(".")[0]
_REPORT = "page.json"
_TOLD = re.compile(r"\s*(\d+) % ")


def blender_program() -> list[str]:
    """What starts another Blender like this one.

    Raises:
        EnvironmentBroken: there is none: this is Blender's Python module.
    """
    if not bpy.app.binary_path:
        raise EnvironmentBroken("This Blender has no program that could bake beside it.",
                                "Use the command line: exhibition --web.")
    return [bpy.app.binary_path]


class PageWriting(OneJobList[ExhibitionPlanJob]):
    """Args:
        name: of the exhibition, for messages.
        plan: of the exhibition that is built in the scene.
        target: the folder of the page.
        settings: the preferences.
    """

    def __init__(self, name: str, plan: Path, target: Path, light: LightQuality, settings: Settings) -> None:
        super().__init__(ExhibitionPlanJob(name), settings)
        self._plan, self._target, self._light = plan, target, light

    def work(self) -> Generator[None]:
        check_page_folder(self._target)
        folder = self.job.folder = make_job_folder(self._settings.user_folder)
        program = blender_program()
        yield from self.wait_while(is_scene_in_use)
        try:
            yield from self._made(folder, program)
        finally:
            drop_job_folder(folder)
        self.job.page = str(self._target)

    def _made(self, folder: Path, program: list[str]) -> Generator[None]:
        """From a copy of the file, which is large, and gone whatever becomes of it."""
        scene, page = folder / "exhibition.blend", folder / "page"
        try:
            bpy.ops.wm.save_as_mainfile(filepath=str(scene), copy=True, check_existing=False)
        except RuntimeError as error:
            raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                               path=scene) from error
        yield
        yield from self._write([*program, "-b", str(scene), "--addons", _ADDON, "--command", "vernissage",
                                "exhibition-page", "--plan", str(self._plan), "--light", str(self._light), "--out",
                                str(page), "--report", str(folder / _REPORT), "--until-stdin-ends",
                                "--visits-to", visits_address(self._target)], folder)
        yield from beside(lambda: _put(page, self._target), self._patience)

    def _write(self, command: list[str], folder: Path) -> Generator[None]:
        child, last = Child(command, folder, None, gives_way=True), ""
        try:
            while child.exit_code is None:
                for line in child.lines(self._patience()):
                    text = line.decode("utf-8", "replace").strip()
                    told = _TOLD.match(text)
                    if told:
                        self._note(Progress(folder.name, Stage.BAKE, 0, 0, min(int(told[1]), 100) / 100))
                    last = text or last
                yield
                self._check_cancel()
        finally:
            child.kill()
        if child.start_error is not None:
            raise StorageError.from_os_error(command[0], child.start_error) if isinstance(
                child.start_error, OSError) else child.start_error
        report = _read_report(folder / _REPORT)
        self.job.remarks += tuple(from_json(Remark, each) for each in report.get("remarks", ()))
        if child.exit_code and report.get("error"):
            told = report["error"]
            raise BadInput(told["sentence"], told["remedy"], **told["values"])
        if child.exit_code:
            raise BadInput("The page could not be written: {reason}", "", reason=last)


def _read_report(path: Path) -> dict[str, Any]:
    """Empty where the other Blender did not come to it."""
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return report


def _put(page: Path, target: Path) -> None:
    """In place of the page that is there, and of its rooms.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        before = files_of_page(target)
        house = page / "house.json"  # last: until then the page that is there is whole, but for what is written over
        shutil.copytree(page, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(house.name))
        shutil.copyfile(house, target / house.name)
        for path in before - files_of_page(target):
            path.unlink(missing_ok=True)
    except (OSError, shutil.Error) as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error
