"""Training: one step after the other, with all that is needed to go on later as if nothing had been in between."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from protocol.errors import BadInput, StorageError
from protocol.style_train import Optimiser, StyleScores, StyleTrainRequest

from ..features import mobile_net
from .content import Heads, patch_contrast
from .crops import crops
from .discriminator import Discriminator, augmented, discriminator_loss, generator_loss, gradient_penalty
from .generator import Generator

__all__ = ["Training"]

_LAYERS = (1, 2, 3)  # of the MobileNet, by which patches are told apart
_KEPT = 1  # style crops a step that shall stay as they are: more of them would take a quarter of the time
_PLACES = 128  # of a layer, in each picture
_ADAM = (0.5, 0.99)
_MOMENTUM = 0.9


class Training:
    """A training as it stands.

    Attributes:
        round: how many steps are done.
        tests: the scores so far.
        best: the place in `tests` of the best one whose weights are kept.
        has_diverged: whether a test gave no numbers; nothing good comes after that.
    """

    def __init__(self, request: StyleTrainRequest, weights: dict[str, NDArray[np.float32]], styles: Sequence[Tensor],
                 contents: Sequence[Tensor], device: torch.device) -> None:
        """Args:
            weights: that the generator starts from.
            styles, contents: (3, H, W) uint8, at least a crop wide and high.
        """
        self._request = request
        self._styles, self._contents, self._device = styles, contents, device
        self._chance = torch.Generator().manual_seed(request.seed)
        self._eye = copy.deepcopy(mobile_net()).to(device)  # the one that all share stays where it is
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(request.seed)
            self._discriminator = Discriminator().to(device)
            seen = self._eye(torch.zeros((1, 3, 64, 64), device=device))
            self._heads = Heads([seen[layer].shape[1] for layer in _LAYERS]).to(device)
        self._generator = Generator(weights).to(device)
        self._average = copy.deepcopy(self._generator).requires_grad_(False)
        self._best = copy.deepcopy(self._average)
        self._optimisers = {
            "generator": _optimiser(request, [*self._generator.parameters(), *self._heads.parameters()], request.rate),
            "discriminator": _optimiser(request, self._discriminator.parameters(), request.discriminator_rate)}
        self.round = 0
        self.tests: list[StyleScores] = []
        self.best = 0
        self.has_diverged = False

    @property
    def average(self) -> Generator:
        """The generator with the running mean of its weights."""
        return self._average

    @property
    def best_generator(self) -> Generator:
        return self._best

    @property
    def is_over(self) -> bool:
        return self.round >= self._request.rounds or self.no_longer_improves or self.has_diverged

    @property
    def is_test_due(self) -> bool:
        """Also after a break that came before the test of the last step."""
        request = self._request
        is_tested = bool(self.tests) and self.tests[-1].round == self.round
        return not is_tested and (self.round % request.test_every == 0 or self.round == request.rounds)

    @property
    def no_longer_improves(self) -> bool:
        """Whether the last tests, as many as the request's patience, brought nothing better."""
        patience = self._request.patience
        return patience > 0 and len(self.tests) - 1 - self.best >= patience

    def step(self) -> dict[str, float]:
        """One step of both; the losses by their names."""
        request, chance = self._request, self._chance
        side = request.crop_px
        content = crops(self._contents, request.batch, side, (1.0, 1.0), chance).to(self._device)
        scales = (request.scale_low, request.scale_high)
        style = crops(self._styles, request.batch, side, scales, chance).to(self._device)
        made = self._generator(content)
        losses = self._learn_to_tell(style, made.detach()) | self._learn_to_paint(content, made, style[:_KEPT])
        self.round += 1
        with torch.no_grad():
            # What is averaged over more steps than there were would still be the start.
            share = min(request.ema, (1 + self.round) / (10 + self.round))
            for mean, now in zip(self._average.parameters(), self._generator.parameters(), strict=True):
                mean.lerp_(now, 1 - share)
        return losses

    def note(self, patch_distance: float, content_loss: float) -> None:
        """Write down a test of the averaged weights; the best ones are kept. One without numbers is the end."""
        if not math.isfinite(patch_distance + content_loss):
            self.has_diverged = True
            return
        self.tests.append(StyleScores(round=self.round, patch_distance=patch_distance, content_loss=content_loss))
        if self.tests[-1].score < self.tests[self.best].score or len(self.tests) == 1:
            self.best = len(self.tests) - 1
            self._best.load_state_dict(self._average.state_dict())

    def _learn_to_tell(self, style: Tensor, made: Tensor) -> dict[str, float]:
        request, discriminator = self._request, self._discriminator
        real = augmented(style, request.augment, self._chance)
        fake = augmented(made, request.augment, self._chance)
        loss = discriminator_loss(discriminator(real), discriminator(fake))
        losses = {"discriminator": float(loss.detach())}
        if request.penalty > 0 and self.round % request.penalty_every == 0:
            penalty = gradient_penalty(discriminator, real)
            losses["penalty"] = float(penalty.detach())
            loss = loss + request.penalty * request.penalty_every * penalty
        self._optimise("discriminator", loss)
        return losses

    def _learn_to_paint(self, content: Tensor, made: Tensor, style: Tensor) -> dict[str, float]:
        request = self._request
        terms: dict[str, Tensor] = {}
        if request.adversarial_weight > 0:
            self._discriminator.requires_grad_(False)
            terms["adversarial"] = generator_loss(self._discriminator(augmented(made, request.augment, self._chance)))
            self._discriminator.requires_grad_(True)
        if request.content_weight > 0:
            terms["content"] = self._contrast(content, made)
        if request.identity_weight > 0:
            terms["identity"] = F.l1_loss(self._generator(style), style)
        weights = {"adversarial": request.adversarial_weight, "content": request.content_weight,
                   "identity": request.identity_weight}
        if terms:
            self._optimise("generator", torch.stack([weights[name] * term for name, term in terms.items()]).sum())
        return {name: float(term.detach()) for name, term in terms.items()}

    def _contrast(self, content: Tensor, made: Tensor) -> Tensor:
        with torch.no_grad():
            seen = self._eye(content)
        there = [seen[layer] for layer in _LAYERS]
        painted = self._eye(made)
        here = [painted[layer] for layer in _LAYERS]
        places = [torch.randperm(layer[0, 0].numel(), generator=self._chance)[:_PLACES].to(self._device)
                  for layer in there]
        return patch_contrast(self._heads(here, places), self._heads(there, places))

    def _optimise(self, name: str, loss: Tensor) -> None:
        optimiser = self._optimisers[name]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    def save(self, path: Path, mark: str) -> None:
        """A checkpoint; `path` appears when it is complete.

        Args:
            mark: what a request must have in common with this one to go on from here.

        Raises:
            StorageError: it cannot be written.
        """
        tensors = {f"{name}/{key}": value for name, module in self._modules().items()
                   for key, value in module.state_dict().items()}
        for name, optimiser in self._optimisers.items():
            for number, state in optimiser.state_dict()["state"].items():
                tensors |= {f"{name}-optimiser/{number}/{key}": value for key, value in state.items()
                            if isinstance(value, Tensor)}
        tensors["chance"] = self._chance.get_state()
        card = {"mark": mark, "round": self.round, "best": self.best,
                "tests": [[test.round, test.patch_distance, test.content_loss] for test in self.tests]}
        partial = path.with_suffix(".part")
        try:
            save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, partial,
                      {"training": json.dumps(card)})
            partial.replace(path)
        except (OSError, SafetensorError) as error:
            partial.unlink(missing_ok=True)
            raise StorageError("The training cannot be kept in {path}: {reason}.", "Free space there.", path=path,
                               reason=error) from error

    def load(self, path: Path, mark: str) -> None:
        """Go on from a checkpoint.

        Raises:
            BadInput: it is none, or one of another training.
        """
        try:
            with safe_open(path, "pt") as file:
                card = json.loads((file.metadata() or {})["training"])
                tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  it is no dict
            if card["mark"] == mark:
                self._take(card, tensors)
        except (OSError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise BadInput("{path} is not a training that can be gone on with: {reason}.",
                           "Begin the training anew.", path=path, reason=error) from error
        if card["mark"] != mark:
            raise BadInput("{path} is of a training with other pictures or settings.",
                           "Choose those again, or begin the training anew; only the rounds and the patience may "
                           "differ.", path=path)

    def _take(self, card: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        for name, module in self._modules().items():
            module.load_state_dict(_part(tensors, name))
        for name, optimiser in self._optimisers.items():
            states: dict[int, dict[str, Tensor]] = {}
            for key, value in _part(tensors, f"{name}-optimiser").items():
                number, entry = key.split("/")
                states.setdefault(int(number), {})[entry] = value
            optimiser.load_state_dict({**optimiser.state_dict(), "state": states})
        self._chance.set_state(tensors["chance"])
        self.round, self.best = int(card["round"]), int(card["best"])
        self.tests = [StyleScores(round=int(at), patch_distance=float(patch), content_loss=float(content))
                      for at, patch, content in card["tests"]]

    def _modules(self) -> dict[str, nn.Module]:
        return {"generator": self._generator, "average": self._average, "best": self._best,
                "discriminator": self._discriminator, "heads": self._heads}


def _optimiser(request: StyleTrainRequest, parameters: Any, rate: float) -> torch.optim.Optimizer:
    if request.optimiser is Optimiser.ADAM:
        return torch.optim.Adam(parameters, rate, betas=_ADAM)
    return torch.optim.SGD(parameters, rate, momentum=_MOMENTUM)


def _part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    return {key.removeprefix(f"{name}/"): value for key, value in tensors.items() if key.startswith(f"{name}/")}
