"""Views that look at each other while they are painted: self-attention whose keys and values are also other views'.

Hertz et al., "Style Aligned Image Generation via Shared Attention" (arXiv:2312.02133), without its normalisation; for
views of an object, as in Liu et al., arXiv:2311.12891. A UNet that gets a few views at a time, and not all at each
call, has the others' features from the last call that computed them: the numbers do not depend on which views went
through together. They wait in the machine's memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from .portions import Portions

__all__ = ["sharing"]

_Key = tuple[str, int, int]  # layer, view, row of guidance


@contextmanager
def sharing(network: nn.Module, portions: Portions, references: Sequence[Sequence[int]]) -> Iterator[None]:
    """Within the block each view attends in a UNet to its references too; nothing changes without any.

    Args:
        references: for each view the numbers of others.
    """
    if not any(references) or not hasattr(network, "attn_processors"):
        yield
        return
    plain = dict(network.attn_processors)
    features = _Features(portions)
    network.set_attn_processor({
        name: _Sharing(name, processor, features, references) if ".attn1." in name else processor
        for name, processor in plain.items()})
    try:
        yield
    finally:
        network.set_attn_processor(plain)


class _Features:
    """What went into each layer's self-attention: of each view the newest, and the newest of earlier calls."""

    def __init__(self, portions: Portions) -> None:
        self.portions = portions
        self._now: dict[_Key, tuple[int, Tensor]] = {}
        self._before: dict[_Key, Tensor] = {}

    def put(self, key: _Key, states: Tensor) -> None:
        call = self.portions.calls
        if key in self._now and self._now[key][0] < call:
            self._before[key] = self._now[key][1]
        self._now[key] = call, states.to("cpu", copy=True)

    def of_earlier_call(self, key: _Key) -> Tensor | None:
        if key in self._now and self._now[key][0] < self.portions.calls:
            return self._now[key][1]
        return self._before.get(key)


class _Sharing:
    """Stands in for a self-attention's processor, which is still what computes it."""

    def __init__(self, name: str, plain: Any, features: _Features, references: Sequence[Sequence[int]]) -> None:
        self._name = name
        self._plain = plain
        self._features = features
        self._references = references

    def __call__(self, attention: nn.Module, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None,
                 *arguments: Any, **options: Any) -> Tensor:
        """States (rows, tokens, width), the rows in the order of `Portions`."""
        states = hidden_states
        places = self._features.portions.current
        keys: list[_Key] = [(self._name, places[row % len(places)], row // len(places)) for row in range(len(states))]
        for key, own in zip(keys, states, strict=True):
            self._features.put(key, own)
        result = torch.empty_like(states)
        seen = [self._seen_from(key, own) for key, own in zip(keys, states, strict=True)]
        for length in {len(row) for row in seen}:
            rows = [row for row, wide in enumerate(seen) if len(wide) == length]
            result[rows] = self._plain(attention, states[rows], torch.stack([seen[row] for row in rows]),
                                       *arguments, **options)
        return result

    def _seen_from(self, key: _Key, own: Tensor) -> Tensor:
        """The features of a view and its references, one after another."""
        name, place, turn = key
        others = [self._features.of_earlier_call((name, other, turn)) for other in self._references[place]]
        return torch.cat([own, *(other.to(own) for other in others if other is not None)])
