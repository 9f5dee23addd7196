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
    from .comparison import Comparison
    from .exhibition import ExhibitionPlanning
    from .exhibition_page import PageWriting
    from .film import FilmJobs
    from .material import MaterialWork
    from .painting import PaintingWork
    from .plan import ViewPlans
    from .style import StyleJobs
    from .style_training import StyleTraining
    from .texture import TextureJobs
    from .world import WorldWork

__all__ = ["Current", "current"]


@dataclass
class Current:
    """
    Attributes:
        texture: the job list that runs, or ran last.
        plan: the plan of views that is made, or was made last.
        style: the pictures that are stylised, or were last.
        training: the style that is learnt, or was last.
        comparison: the pictures that are compared, or were last.
        film: the film that is, or was last.
        material: the material that is made, or was last.
        world: the world that is painted, or was last.
        painting: the picture that is painted, or was last.
        exhibition: the exhibition that is planned and built, or its page that is written, or was last.
        error: what kept the last one from starting; None once one starts.
        style_error: the same of pictures.
        training_error: the same of a training.
        comparison_error: the same of a comparison.
        film_error: the same of films.
        material_error: the same of materials.
        world_error: the same of worlds.
        painting_error: the same of painted pictures.
        exhibition_error: the same of exhibitions.
        task: the installation or check that runs, or ran last.
        task_progress: the newest that it told.
        idle_since_s: since when (`time.monotonic`) the backend is known to have nothing to do.
    """

    texture: TextureJobs | None = None
    plan: ViewPlans | None = None
    style: StyleJobs | None = None
    training: StyleTraining | None = None
    comparison: Comparison | None = None
    film: FilmJobs | None = None
    material: MaterialWork | None = None
    world: WorldWork | None = None
    painting: PaintingWork | None = None
    exhibition: ExhibitionPlanning | PageWriting | None = None
    error: VernissageError | None = None
    style_error: VernissageError | None = None
    training_error: VernissageError | None = None
    comparison_error: VernissageError | None = None
    film_error: VernissageError | None = None
    material_error: VernissageError | None = None
    world_error: VernissageError | None = None
    painting_error: VernissageError | None = None
    exhibition_error: VernissageError | None = None
    task: Task | None = None
    task_progress: InstallProgress | None = None
    idle_since_s: float | None = None

    @property
    def is_planning(self) -> bool:
        return self.plan is not None and not self.plan.is_finished

    @property
    def is_training(self) -> bool:
        return self.training is not None and not self.training.is_finished

    @property
    def is_installing(self) -> bool:
        return self.task is not None and not self.task.is_done

    @property
    def is_busy(self) -> bool:
        return any(work is not None and not work.is_finished for work in self._work()) or self.is_installing

    def begin(self, texture: TextureJobs) -> None:
        """A new job list takes the place of the last one."""
        self.texture = texture
        self.error = None
        self.idle_since_s = None

    def begin_plan(self, plan: ViewPlans) -> None:
        """A new plan takes the place of the last one."""
        self.plan = plan
        self.error = None
        self.idle_since_s = None

    def begin_style(self, style: StyleJobs) -> None:
        """New pictures take the place of the last ones."""
        self.style = style
        self.style_error = None
        self.idle_since_s = None

    def begin_training(self, training: StyleTraining) -> None:
        """A new training takes the place of the last one."""
        self.training = training
        self.training_error = None
        self.idle_since_s = None

    def begin_comparison(self, comparison: Comparison) -> None:
        """A new comparison takes the place of the last one."""
        self.comparison = comparison
        self.comparison_error = None
        self.idle_since_s = None

    def begin_film(self, film: FilmJobs) -> None:
        """A new film takes the place of the last one."""
        self.film = film
        self.film_error = None
        self.idle_since_s = None

    def begin_material(self, material: MaterialWork) -> None:
        """A new material takes the place of the last one."""
        self.material = material
        self.material_error = None
        self.idle_since_s = None

    def begin_world(self, world: WorldWork) -> None:
        """A new world takes the place of the last one."""
        self.world = world
        self.world_error = None
        self.idle_since_s = None

    def begin_painting(self, painting: PaintingWork) -> None:
        """A new picture takes the place of the last one."""
        self.painting = painting
        self.painting_error = None
        self.idle_since_s = None

    def begin_exhibition(self, exhibition: ExhibitionPlanning | PageWriting) -> None:
        """A new exhibition takes the place of the last one."""
        self.exhibition = exhibition
        self.exhibition_error = None
        self.idle_since_s = None

    def cancel(self) -> None:
        """Stop what runs, kindly."""
        for work in self._work():
            if work is not None:
                work.cancel()
        if self.is_installing:
            self.task.cancel()

    def forget_scene(self) -> None:
        """Stop what runs for the scene at once, and drop what was said about it."""
        for work in self._work():
            if work is not None:
                work.abandon()
        self.texture = self.plan = self.style = self.training = self.comparison = self.film = None
        self.material = self.world = self.painting = self.exhibition = None
        self.error = self.style_error = self.training_error = self.comparison_error = self.film_error = None
        self.material_error = self.world_error = self.painting_error = self.exhibition_error = None

    def _work(self) -> tuple[TextureJobs | ViewPlans | StyleJobs | StyleTraining | Comparison | FilmJobs | MaterialWork
                             | WorldWork | PaintingWork | ExhibitionPlanning | PageWriting | None, ...]:
        return (self.texture, self.plan, self.style, self.training, self.comparison, self.film, self.material,
                self.world, self.painting, self.exhibition)


current = Current()
