"""The page of an exhibition, written by a second Blender from a copy of the file: the window stays free while it bakes,
and what is at work can be cancelled at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from pathlib import Path

import bpy

from ..client.child import Child
from ..client.job_folder import make_job_folder
from ..preferences import Settings
from ..protocol.errors import BadInput, EnvironmentBroken, StorageError
from ..protocol.exhibition import LightQuality
from ..protocol.messages import Progress, Stage
from ..scene.gallery.room_files import files_of_rooms
from .beside import beside
from .exhibition import ExhibitionPlanJob
from .hands import is_scene_in_use
from .one_job import OneJobList

__all__ = ["PageWriting", "blender_program"]

_ADDON = __package__.rpartition(".")[0]
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
        folder = self.job.folder = make_job_folder(self._settings.user_folder)
        program = blender_program()
        yield from self.wait_while(is_scene_in_use)
        scene, page = folder / "exhibition.blend", folder / "page"
        try:
            bpy.ops.wm.save_as_mainfile(filepath=str(scene), copy=True, check_existing=False)
        except RuntimeError as error:
            raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                               path=scene) from error
        yield
        yield from self._write([*program, "-b", str(scene), "--addons", _ADDON, "--command", "vernissage",
                                "exhibition-page", "--plan", str(self._plan), "--light", str(self._light), "--out",
                                str(page)], folder)
        yield from beside(lambda: _put(page, self._target), self._patience)
        scene.unlink(missing_ok=True)
        shutil.rmtree(page, ignore_errors=True)
        self.job.page = str(self._target)

    def _write(self, command: list[str], folder: Path) -> Generator[None]:
        child, last = Child(command, folder, None, gives_way=True), ""
        child.close_stdin()
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
        if child.exit_code:
            raise BadInput("The page could not be written: {reason}", "", reason=last)


def _put(page: Path, target: Path) -> None:
    """In place of the page that is there, and of its rooms.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        before = files_of_rooms(target)
        shutil.copytree(page, target, dirs_exist_ok=True)
        for path in before - files_of_rooms(target):
            path.unlink(missing_ok=True)
    except (OSError, shutil.Error) as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error
