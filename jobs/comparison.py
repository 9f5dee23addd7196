"""Pictures whose styles are compared, without a window: run, and deliver the plot."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..preferences import Settings
from ..protocol.compare import CompareRequest
from .hands import is_scene_in_use
from .one_job import OneJob, OneJobList
from .picture import Picture

__all__ = ["Comparison", "ComparisonJob"]


@dataclass(eq=False)
class ComparisonJob(OneJob):
    """The comparison.

    Attributes:
        image_name: the image in the .blend, if one was made of the plot.
    """

    image_name: str = ""

    @property
    def plot(self) -> Path:
        """The plot, in the job's folder."""
        return self.folder / self.result.plot

    @property
    def fingerprints(self) -> Path:
        """All that was measured, in the job's folder."""
        return self.folder / self.result.fingerprints


class Comparison(OneJobList[ComparisonJob]):
    """Args:
        name: of the pictures, for messages.
        paths: absolute, of pictures and of folders with pictures.
        to: what they are compared with; None compares them with each other.
        settings: the preferences.
        deliver: called with the job once it has its result. An error that it raises is the job's.

    Raises:
        BadInput: there are no pictures.
    """

    def __init__(self, name: str, paths: tuple[Path, ...], to: Picture | None, settings: Settings, *,
                 deliver: Callable[[ComparisonJob], None]) -> None:
        super().__init__(ComparisonJob(name), settings)
        self._request = CompareRequest(pictures=tuple(str(path) for path in paths), font=_font())
        self._to = to
        self._deliver = deliver

    def work(self) -> Generator[None]:
        self.make_folder()
        request = self._request
        if self._to is not None:  # a file stays where it is, so that it is known among the others
            to = str(self._to.path) if self._to.path is not None else (yield from self.brought(self._to, "to"))
            request = dataclasses.replace(request, to=to, to_name=self._to.name)
        yield from self.ask(request)
        yield from self.wait_while(is_scene_in_use)
        self._deliver(self.job)


def _font() -> str:
    """Blender's own, which has the letters of most scripts; "" where its folder lacks it."""
    folder = bpy.utils.system_resource("DATAFILES", path="fonts")
    path = os.path.join(folder, "Noto Sans CJK Regular.woff2")
    return path if folder and os.path.isfile(path) else ""
