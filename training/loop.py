"""What the trainings share: a clock that sets the learning rate, averaged weights, checkpoints, curves."""

import copy
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from tensorboardX import SummaryWriter
from torch import Tensor, nn

from training import together


@dataclass
class Clock:
    """How far the training is, 0–1, by wall time or by steps, whichever budget is given.

    Time already spent before a resume counts: `spent_s` and `steps` are kept in the checkpoint.
    """

    budget_s: float | None = None
    budget_steps: int | None = None
    spent_s: float = 0.0
    steps: int = 0
    _last: float = field(default_factory=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        if (self.budget_s is None) == (self.budget_steps is None):
            raise ValueError("give either minutes or steps as the budget, not both and not neither")

    def tick(self) -> None:
        """Count one step and the time since the last."""
        now = time.monotonic()
        self.spent_s += now - self._last
        self._last = now
        self.steps += 1

    def pause(self) -> None:
        """Leave out the time since the last tick (exports, sheets)."""
        self._last = time.monotonic()

    @property
    def progress(self) -> float:
        share = self.spent_s / self.budget_s if self.budget_s else self.steps / (self.budget_steps or 1)
        return min(share, 1.0)


def learning_rate(progress: float, peak: float, steps: int, warmup_steps: int = 200) -> float:
    """Linear warm-up by steps, then a cosine to zero at progress 1."""
    return peak * min(1.0, (steps + 1) / warmup_steps) * 0.5 * (1.0 + math.cos(math.pi * progress))


class Average:
    """Exponential moving average of a module's weights; the module that is exported."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, module: nn.Module, steps: int) -> None:
        """Follow `module`; early on faster, so that the random start is forgotten."""
        decay = min(self.decay, (1 + steps) / (10 + steps))
        mine, theirs = list(self.module.parameters()), list(module.parameters())
        torch._foreach_lerp_(mine, theirs, 1.0 - decay)


def curves(checkpoint: Path, steps: int) -> SummaryWriter:
    """TensorBoard's files of a training, in `events` beside its checkpoint; what came after `steps` no longer holds."""
    return SummaryWriter(str(checkpoint.with_name("events") / checkpoint.stem), purge_step=steps,
                         write_to_disk=together.leads())


def train(
    module: nn.Module,
    batches: Iterator[Any],
    loss: Callable[[Any], Tensor],
    clock: Clock,
    *,
    peak_rate: float,
    checkpoint: Path,
    average_decay: float = 0.999,
    weight_decay: float = 0.01,
    warmup_steps: int = 200,
    save_every_s: float = 120.0,
    on_save: Callable[[nn.Module, Clock], None] | None = None,
    log: Callable[[str], None] = print,
) -> nn.Module:
    """Train until the clock's budget is spent; returns the averaged weights. Resumes from `checkpoint` if it exists.

    Of several processes (see `together`) the leading one logs and saves.

    `on_save(averaged, clock)` runs after every checkpoint and at the end; its time is not counted.
    """
    optimizer = torch.optim.AdamW(module.parameters(), lr=peak_rate, weight_decay=weight_decay, fused=True)
    average = Average(module, average_decay)
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        module.load_state_dict(state["module"])
        average.module.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        clock.spent_s, clock.steps = state["spent_s"], state["steps"]
        log(f"resumed at step {clock.steps}, {clock.spent_s / 60:.1f} min")
    together.spread(module)
    saved_s, smooth = clock.spent_s, None
    events = curves(checkpoint, clock.steps)
    clock.pause()
    while (progress := together.leaders(clock.progress)) < 1.0:
        rate = learning_rate(progress, peak_rate, clock.steps, warmup_steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        value = loss(next(batches))
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        together.average_gradients(module.parameters())
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        average.update(module, clock.steps)
        clock.tick()
        smooth = value.item() if smooth is None else 0.98 * smooth + 0.02 * value.item()
        if not together.leads():
            continue
        if clock.steps % 50 == 0:
            pace = clock.steps / clock.spent_s
            events.add_scalar("loss", smooth, clock.steps)
            events.add_scalar("rate", rate, clock.steps)
            log(f"step {clock.steps} {clock.spent_s / 60:.1f} min loss {smooth:.4f} rate {rate:.2e} {pace:.2f} steps/s")
        if clock.spent_s - saved_s > save_every_s or clock.progress >= 1.0:
            save(checkpoint, module, average, optimizer, clock)
            saved_s = clock.spent_s
            if on_save is not None:
                on_save(average.module, clock)
            clock.pause()
    events.close()
    return average.module


class Game(Protocol):
    """A painter and those that look at what it paints, which learn from each other."""

    painter: nn.Module
    parts: nn.Module  # all that learn

    def step(self, batch: Any, progress: float, steps: int) -> dict[str, float]: ...
    def state(self) -> dict[str, Any]: ...
    def load(self, state: dict[str, Any]) -> None: ...


def compete(
    game: Game, supply: Iterator[Any], clock: Clock, *, checkpoint: Path, made_of: str, average_decay: float,
    save_every_s: float, begin: Callable[[], None], on_save: Callable[[nn.Module, SummaryWriter], None],
    log: Callable[[str], None],
) -> nn.Module:
    """Step the game until the clock's budget is spent; returns the painter's averaged weights. Resumes, and of several
    processes one leads, as in `train`; `begin` runs unless it resumes, `on_save(averaged, curves)` after checkpoints.

    Raises:
        ValueError: the checkpoint learnt from something else than `made_of`, the key of what `supply` gives.
    """
    average = Average(game.painter, average_decay)
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state.get("made_of") != made_of:
            raise ValueError(f"{checkpoint} learnt from other pictures, or beside other weights, than those given: "
                             "must be the same (give the same folders, or move the file away)")
        game.load(state["game"])
        average.module.load_state_dict(state["average"])
        clock.spent_s, clock.steps = state["spent_s"], state["steps"]
        log(f"resumed at step {clock.steps}, {clock.spent_s / 60:.1f} min")
    together.spread(game.parts)
    if not clock.steps:
        begin()
    smooth: dict[str, float] = {}
    saved_s = clock.spent_s
    events = curves(checkpoint, clock.steps)
    clock.pause()
    while (progress := together.leaders(clock.progress)) < 1.0:
        told = game.step(next(supply), progress, clock.steps)
        average.update(game.painter, clock.steps)
        clock.tick()
        smooth |= {key: 0.98 * smooth.get(key, value) + 0.02 * value for key, value in told.items()}
        if not together.leads():
            continue
        if clock.steps % 50 == 0:
            log(f"step {clock.steps} {clock.spent_s / 60:.1f} min " + " ".join(
                f"{key} {value:.3f}" for key, value in smooth.items()) + f" {clock.steps / clock.spent_s:.2f} steps/s")
            for key, value in smooth.items():
                events.add_scalar(key, value, clock.steps)
        if clock.spent_s - saved_s > save_every_s or clock.progress >= 1.0:
            aside = checkpoint.with_suffix(".part")
            torch.save({"game": game.state(), "average": average.module.state_dict(), "spent_s": clock.spent_s,
                        "steps": clock.steps, "made_of": made_of}, aside)
            os.replace(aside, checkpoint)
            saved_s = clock.spent_s
            on_save(average.module, events)
            clock.pause()
    events.close()
    return average.module


def save(path: Path, module: nn.Module, average: Average, optimizer: torch.optim.Optimizer, clock: Clock) -> None:
    """Write the checkpoint aside and rename it, so that a kill never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    torch.save(
        {
            "module": module.state_dict(), "average": average.module.state_dict(),
            "optimizer": optimizer.state_dict(), "spent_s": clock.spent_s, "steps": clock.steps,
        },
        aside,
    )
    os.replace(aside, path)
