"""A network that gets all views at once, and takes them a few at a time.

Views that are to agree must be at the same step, so a pipeline is called once with all of them; the memory for so
many activations is not there. A portion holds a view with all its rows of the batch (guidance has two), in the order
in which a pipeline called with those views alone would have them: its numbers are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Portions"]

_SHARED = ("img_ids", "txt_ids")  # FLUX: a row for each patch and word, and as many of these as views, by chance


class Portions:
    """How many views go through the networks at once, and which of them this time.

    Attributes:
        size: views at once; it may be lowered at any time, and is, when memory runs out.
        wanted: the views to compute, of 0 … count - 1; the rows of the others come out as zeros.
        current: the views that are in a network now.
        calls: how often the last network has computed all that were wanted.

    Args:
        retreat: called when memory ran out with so many views at once; returns a smaller number, or raises.
        after: called with the number of views of each portion that went through the last network of a step.
    """

    def __init__(self, count: int, size: int, *, retreat: Callable[[int, BaseException], int],
                 after: Callable[[int], None]) -> None:
        self.count = count
        self.size = size
        self.wanted: Sequence[int] = range(count)
        self.current: Sequence[int] = ()
        self.calls = 0
        self._retreat = retreat
        self._after = after

    @contextmanager
    def on(self, *networks: nn.Module | None) -> Iterator[None]:
        """Within the block the networks' `forward` works in portions. The last one ends a step."""
        chosen = [network for network in networks if network is not None]
        before = [vars(network).get("forward") for network in chosen]
        for network in chosen:
            network.forward = self._divided(network.forward, ends_step=network is chosen[-1])
        try:
            yield
        finally:
            for network, forward in zip(chosen, before, strict=True):
                if forward is None:
                    del network.forward
                else:
                    network.forward = forward

    def _divided(self, forward: Callable[..., Any], *, ends_step: bool) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            sample: Tensor = arguments[0] if arguments else options["hidden_states"]
            rows = len(sample)
            result: Any = None
            waiting = list(self.wanted)
            while waiting:
                places = self.current = waiting[:self.size]
                index = torch.tensor([place + turn * self.count for turn in range(rows // self.count)
                                      for place in places], device=sample.device)
                try:
                    part = forward(*_pick(arguments, index, rows), **_pick(options, index, rows))
                except (RuntimeError, MemoryError) as error:
                    self.size = self._retreat(len(places), error)
                    continue
                del waiting[:len(places)]
                result = _put(part, result, index, rows)
                if ends_step:
                    self._after(len(places))
            self.calls += ends_step
            return result

        return run


def _pick(value: Any, index: Tensor, rows: int) -> Any:
    """The rows of everything that has one for each of the batch, in tuples, lists and dicts too."""
    if isinstance(value, Tensor):
        return value.index_select(0, index.to(value.device)) if value.ndim and len(value) == rows else value
    if isinstance(value, tuple | list):
        return type(value)(_pick(part, index, rows) for part in value)
    if isinstance(value, dict):
        return {name: part if name in _SHARED else _pick(part, index, rows) for name, part in value.items()}
    return value


def _put(part: Any, whole: Any, index: Tensor, rows: int) -> Any:
    """Write the rows of a portion's result into the whole result, which is made at the first portion."""
    if part is None:
        return None
    if isinstance(part, Tensor):
        if whole is None:
            whole = part.new_zeros((rows, *part.shape[1:]))
        return whole.index_copy_(0, index.to(part.device), part)
    return type(part)(_put(piece, None if whole is None else whole[i], index, rows) for i, piece in enumerate(part))
