"""Where the frames of a film come from: the scene, which is rendered, or a folder of OpenEXR."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import bpy

from ..protocol.errors import BadInput, StorageError
from ..protocol.film import Anchor, ViewTransform
from ..protocol.remarks import Remark
from ..scene.files import files_read
from ..scene.film import (
    check_film,
    film_remarks,
    find_scene,
    keep_frame,
    prepare_frame,
    restore_scenes,
    start_render,
    view_transform,
)
from .hands import is_rendering, is_scene_in_use

__all__ = ["FilmSource", "FolderFrames", "SceneFrames", "Shoot"]

_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>\d+)\.exr", re.IGNORECASE)


@dataclass
class Shoot:
    """How far the frames are that must be rendered.

    Attributes:
        is_waiting: until nothing is moved or rendered any more.
    """

    done: int = 0
    count: int = 0
    is_waiting: bool = False


class FilmSource(Protocol):
    """Frames that are there, or can be made."""

    @property
    def name(self) -> str:
        """Of the film, for messages."""

    def files(self) -> tuple[str, ...]:
        """The names that its frames have, or will have, in their order. Raises `BadInput` if there can be none."""

    def folder(self, job: Path) -> Path:
        """Where they lie, or will lie.

        Args:
            job: the job's folder.
        """

    def identity(self, out: Path) -> dict[str, Any]:
        """As JSON; two that are equal give the same frames.

        Args:
            out: the folder of the film, whose own frames the scene may show.
        """

    def view(self) -> ViewTransform:
        """How their light is seen."""

    def gather(self, folder: Path, shoot: Shoot, check: Callable[[], None]) -> Generator[None]:
        """Make those that are not there yet, and give the window back meanwhile.

        Args:
            check: raises what ends it before the next frame.

        Raises:
            VernissageError: why there is no such frame.
        """

    def remarks(self) -> tuple[Remark, ...]:
        """What the artist should know of them."""


@dataclass(frozen=True)
class SceneFrames:
    """Frames of a scene, rendered where they are not yet.

    Attributes:
        uid: the scene's session UID.
        is_as_saved: the file was not changed since it was saved.
    """

    name: str
    uid: int
    start: int
    end: int
    step: int
    anchor: Anchor
    is_as_saved: bool

    @classmethod
    def of_scene(cls, scene: bpy.types.Scene, anchor: Anchor, start: int | None = None, end: int | None = None,
                 step: int | None = None, *, is_as_saved: bool) -> SceneFrames:
        """What is None is the scene's own. Raises `BadInput` where they cannot be rendered."""
        source = cls(scene.name, scene.session_uid, scene.frame_start if start is None else start,
                     scene.frame_end if end is None else end, scene.frame_step if step is None else step, anchor,
                     is_as_saved)
        check_film(scene, source._numbers, source.step, anchor)
        return source

    def files(self) -> tuple[str, ...]:
        return tuple(map(self._file, self._numbers))

    def folder(self, job: Path) -> Path:
        return job

    def identity(self, out: Path) -> dict[str, Any]:
        """With all that the scene reads. A scene that was changed since it was saved is equal to no other."""
        path = Path(bpy.data.filepath)
        if not (self.is_as_saved and path.is_file()):
            return {"unsaved": uuid.uuid4().hex}
        read = [file for file in files_read() if file.is_file() and not file.resolve().is_relative_to(out.resolve())]
        states = [(str(file), file.stat()) for file in (path, *read)]
        return {"scene": self.name, "files": [[name, state.st_size, state.st_mtime_ns] for name, state in states]}

    def view(self) -> ViewTransform:
        return view_transform(find_scene(self.uid, self.name))

    def gather(self, folder: Path, shoot: Shoot, check: Callable[[], None]) -> Generator[None]:
        missing = [number for number in self._numbers if not (folder / self._file(number)).is_file()]
        shoot.count = len(missing)
        for number in missing:
            while is_scene_in_use():
                shoot.is_waiting = True
                yield
                check()
            shoot.is_waiting = False
            scene = find_scene(self.uid, self.name)
            try:
                prepare_frame(scene, number, folder, self.anchor)
                start_render(scene)
                while is_rendering():
                    yield
                keep_frame(find_scene(self.uid, self.name), number, folder / self._file(number))
            finally:
                restore_scenes()
            shoot.done += 1
            yield
            check()

    def remarks(self) -> tuple[Remark, ...]:
        return film_remarks(find_scene(self.uid, self.name), self.anchor)

    @property
    def _numbers(self) -> range:
        return range(self.start, self.end + 1, self.step)

    def _file(self, number: int) -> str:
        return f"{number:04d}.exr"


@dataclass(frozen=True)
class FolderFrames:
    """Frames that were rendered before, numbered: OpenEXR MultiLayer.

    Attributes:
        start, end: numbers of the first and the last; None takes what is there.
        anchor: what the strokes will cling to.
        transform: how their light is seen.
    """

    name: str
    path: Path
    start: int | None
    end: int | None
    step: int
    anchor: Anchor
    transform: ViewTransform

    def files(self) -> tuple[str, ...]:
        found = self._found()
        if not found:
            raise BadInput("There are no numbered frames in OpenEXR in {path}.",
                           "Render them as OpenEXR MultiLayer, or choose another folder.", path=self.path)
        start = min(found) if self.start is None else self.start
        end = max(found) if self.end is None else self.end
        wanted = range(start, end + 1, self.step)
        missing = len(wanted) - sum(number in wanted for number in found)  # millions may be asked for
        if missing:
            raise BadInput("Number of frames that are missing in {path}: {count}; the first is {number}.",
                           "Render them, or choose start, end and step so that they are not needed.",
                           count=missing, path=self.path,
                           number=next(number for number in wanted if number not in found))
        if self.step != 1 and len(wanted) > 1 and self.anchor is Anchor.SURFACE:
            raise BadInput("Only one frame of {step} would be stylised, and motion is known from frame to frame.",
                           "Set the step to 1, or let the strokes cling to the screen.", step=self.step)
        return tuple(found[number] for number in wanted)

    def folder(self, job: Path) -> Path:
        return self.path

    def identity(self, out: Path) -> dict[str, Any]:
        states = [(self.path / name).stat() for name in self.files()]
        return {"folder": str(self.path), "files": [[state.st_size, state.st_mtime_ns] for state in states]}

    def view(self) -> ViewTransform:
        return self.transform

    def gather(self, folder: Path, shoot: Shoot, check: Callable[[], None]) -> Generator[None]:
        yield

    def remarks(self) -> tuple[Remark, ...]:
        return ()

    def _found(self) -> dict[int, str]:
        """File names by their numbers."""
        try:
            matches = [match for path in sorted(self.path.iterdir()) if (match := _NUMBERED.fullmatch(path.name))]
        except OSError as error:
            raise StorageError.from_os_error(self.path, error) from error
        stems = sorted({match["stem"] for match in matches})
        if len(stems) > 1:
            raise BadInput("{path} holds the frames of more than one film: {first}… and {second}….",
                           "Keep each film in a folder of its own.", path=self.path, first=stems[0] or "0",
                           second=stems[1])
        found: dict[int, str] = {}
        for match in matches:
            if (other := found.setdefault(int(match["number"]), match[0])) != match[0]:
                raise BadInput("{path} holds frame {number} twice: {first} and {second}.",
                               "Keep each film in a folder of its own.", path=self.path, number=int(match["number"]),
                               first=other, second=match[0])
        return found
