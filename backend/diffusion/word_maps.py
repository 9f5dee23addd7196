"""Where in a picture a UNet looks for the words of its prompt.

Hertz et al., "Prompt-to-Prompt Image Editing with Cross-Attention Control" (arXiv:2208.01626), and Tang et al., "What
the DAAM: Interpreting Stable Diffusion Using Cross Attention" (arXiv:2210.04885): cross-attention, averaged over heads,
layers and steps. Of the layers those count that see the picture at half and at a quarter of its latents: finer ones
follow edges, coarser ones tell no place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["WordMaps"]

_SHRUNK = (2, 4)


class WordMaps:
    """Collects the attention of one picture while its network is called.

    Args:
        places: of each word its tokens, at least one, among those that the network attends to.
        size: (h, w) of the latents, which the network sees whole.
    """

    def __init__(self, places: Sequence[Sequence[int]], size: tuple[int, int]) -> None:
        self._places = places
        self._sizes = {(size[0] // share) * (size[1] // share): (size[0] // share, size[1] // share)
                       for share in _SHRUNK}
        self._finest = size[0] // _SHRUNK[0], size[1] // _SHRUNK[0]
        self._now: dict[str, Tensor] = {}  # by the layer: a call that is tried again writes over it
        self._sum: Tensor | None = None

    @contextmanager
    def looking(self, network: Any) -> Iterator[None]:
        """Within the block the cross-attention of a UNet is seen; what it computes stays as it is, to the bit."""
        plain = dict(network.attn_processors)
        network.set_attn_processor({name: _Looking(name, processor, self) if ".attn2." in name else processor
                                    for name, processor in plain.items()})
        try:
            yield
        finally:
            network.set_attn_processor(plain)

    def end_call(self, call: int) -> None:
        """All layers have been seen once more; the first call begins anew."""
        if call == 0:
            self._sum = None
        for seen in self._now.values():
            fine = F.interpolate(seen[None], self._finest, mode="bilinear", align_corners=False)[0]
            self._sum = fine if self._sum is None else self._sum + fine
        self._now.clear()

    def maps(self) -> Tensor | None:
        """(words, h / 2, w / 2) float32, each from 0 to 1 where its word was looked for most; None where no layer had
        such a size."""
        if self._sum is None:
            return None
        low, high = self._sum.amin((1, 2), keepdim=True), self._sum.amax((1, 2), keepdim=True)
        return (self._sum - low) / (high - low).clamp(min=1e-12)

    @torch.no_grad()
    def see(self, name: str, attention: Any, states: Tensor, words: Tensor) -> None:
        """What a layer attends to: the picture (rows, cells, width), and tokens (rows, tokens, width). The last row is
        the one with the prompt, as diffusers' guidance has them."""
        size = self._sizes.get(states.shape[1])
        if size is None:
            return
        query, key = attention.to_q(states[-1:]), attention.to_k(words[-1:])
        query, key = (attention.head_to_batch_dim(part) for part in (query, key))
        shares = attention.get_attention_scores(query, key).float().mean(0).cpu()
        self._now[name] = torch.stack([shares[:, list(tokens)].mean(1) for tokens in self._places]).unflatten(1, size)


class _Looking:
    """Stands in for a cross-attention's processor, which is still what computes it."""

    def __init__(self, name: str, plain: Any, maps: WordMaps) -> None:
        self._name = name
        self._plain = plain
        self._maps = maps

    def __call__(self, attention: nn.Module, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None,
                 *arguments: Any, **options: Any) -> Tensor:
        if encoder_hidden_states is not None and hidden_states.ndim == 3:
            self._maps.see(self._name, attention, hidden_states, encoder_hidden_states)
        result: Tensor = self._plain(attention, hidden_states, encoder_hidden_states, *arguments, **options)
        return result
