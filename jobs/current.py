"""What is at work, or was last: the one place where the add-on keeps state of a job.

Nothing of it is saved in a .blend, and drawing only reads it. It outlives an undo, not a file: `forget` is
called when another file is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..client.task import InstallProgress, Task
    from ..protocol.errors import VernissageError
    from .texture import TextureJobs

__all__ = ["Current", "current"]


@dataclass
class Current:
    """
    Attributes:
        texture: the job list that runs, or ran last.
        error: what kept the last one from starting; None once one starts.
        task: the installation or check that runs, or ran last.
        task_progress: the newest that it told.
        idle_since_s: since when (`time.monotonic`) the backend is known to have nothing to do.
    """

    texture: TextureJobs | None = None
    error: VernissageError | None = None
    task: Task | None = None
    task_progress: InstallProgress | None = None
    idle_since_s: float | None = None

    @property
    def is_texturing(self) -> bool:
        return self.texture is not None and not self.texture.is_finished

    @property
    def is_installing(self) -> bool:
        return self.task is not None and not self.task.is_done

    @property
    def is_busy(self) -> bool:
        return self.is_texturing or self.is_installing

    def begin(self, texture: TextureJobs) -> None:
        """A new job list takes the place of the last one."""
        self.texture = texture
        self.error = None
        self.idle_since_s = None

    def cancel(self) -> None:
        """Stop what runs, kindly."""
        if self.texture is not None:
            self.texture.cancel()
        if self.is_installing:
            self.task.cancel()

    def forget_scene(self) -> None:
        """Stop what runs for the scene at once, and drop what was said about it."""
        if self.texture is not None:
            self.texture.abandon()
        self.texture = None
        self.error = None


current = Current()
