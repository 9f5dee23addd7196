"""Self-attention that looks at the styles instead of the picture itself.

Chung, Hyun and Heo, "Style Injection in Diffusion: A Training-free Approach for Adapting Large-scale Diffusion Models
for Style Transfer" (arXiv:2312.09008): keys and values are the style's, queries keep the content, and the attention is
made sharper, because queries and keys of two pictures are less alike than those of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Injection", "adapted", "injecting"]

_SHARPNESS = 1.5  # theirs
_BESIDE = 0.25  # weight of pictures that are denoised beside it, against the styles
_LEVELS = 2  # of the decoder, the finest that have attention: layers 6 to 11 of Stable Diffusion, as theirs


class Injection:
    """What the layers see and do while the network is called.

    Args:
        weights: of the styles, which add up to 1.
        hold: 0 to 1, how far the queries are the content's and not what the picture has become.

    Attributes:
        become: by the layer, what the picture was when the network was asked for it last.
        beside: that of others which are denoised in the same run, and attended to as well (as Khachatryan et al.,
            "Text2Video-Zero", arXiv:2303.13439, do across frames).
    """

    def __init__(self, weights: Sequence[float], hold: float) -> None:
        self.weights = weights
        self.hold = hold
        self.become: dict[str, Tensor] = {}
        self.beside: Sequence[Mapping[str, Tensor]] = ()
        self._seen: dict[tuple[str, int], Tensor] = {}
        self._place: int | None = None  # of what is looked at
        self._is_on = False

    @contextmanager
    def looking(self, place: int) -> Iterator[None]:
        """Within the block the network looks at the content (place 0) or at a style (1 and on)."""
        self._place = place
        try:
            yield
        finally:
            self._place = None

    @contextmanager
    def painting(self) -> Iterator[None]:
        """Within the block its layers attend to what was looked at last."""
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False

    def attend(self, name: str, plain: Any, attention: Any, states: Tensor, *arguments: Any, **options: Any) -> Tensor:
        """Instead of a layer's own processor: states (1, tokens, width)."""
        if self._place is not None:
            self._seen[name, self._place] = states
        if not self._is_on:
            return plain(attention, states, *arguments, **options)
        others = [other[name] for other in self.beside if name in other]
        if self.beside:
            self.become[name] = states
        content = self._seen[name, 0]
        query = _heads(self.hold * attention.to_q(content) + (1 - self.hold) * attention.to_q(states), attention.heads)
        result = torch.zeros_like(query)
        own = 1 - _BESIDE if others else 1.0
        looks = [(own * weight, self._seen[name, place]) for place, weight in enumerate(self.weights, 1)]
        for weight, style in (*looks, *((_BESIDE / len(others), other) for other in others)):
            result += weight * F.scaled_dot_product_attention(
                query, _heads(attention.to_k(style), attention.heads), _heads(attention.to_v(style), attention.heads),
                scale=_SHARPNESS * query.shape[-1] ** -0.5)
        return attention.to_out[0](result.transpose(1, 2).reshape(states.shape))


class _Injecting:
    """Stands in for a self-attention's processor."""

    def __init__(self, name: str, plain: Any, injection: Injection) -> None:
        self._name = name
        self._plain = plain
        self._injection = injection

    def __call__(self, attention: nn.Module, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None,
                 *arguments: Any, **options: Any) -> Tensor:
        return self._injection.attend(self._name, self._plain, attention, hidden_states, encoder_hidden_states,
                                      *arguments, **options)


@contextmanager
def injecting(network: Any, injection: Injection) -> Iterator[None]:
    """Within the block the self-attention of a UNet's finest decoder levels is the injection's."""
    plain = dict(network.attn_processors)
    levels = sorted({name.split(".attentions")[0] for name in plain if name.startswith("up_blocks")})[-_LEVELS:]
    network.set_attn_processor({
        name: _Injecting(name, processor, injection)
        if ".attn1." in name and name.split(".attentions")[0] in levels else processor
        for name, processor in plain.items()})
    try:
        yield
    finally:
        network.set_attn_processor(plain)


def adapted(latents: Tensor, styles: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Latents (1, C, h, w) with the mean and the deviation that the styles' have in each channel (AdaIN), mixed."""
    mean = sum(weight * style.mean((2, 3), keepdim=True) for style, weight in zip(styles, weights, strict=True))
    spread = sum(weight * style.std((2, 3), keepdim=True) for style, weight in zip(styles, weights, strict=True))
    centred = latents - latents.mean((2, 3), keepdim=True)
    return centred / latents.std((2, 3), keepdim=True).clamp(min=1e-6) * spread + mean


def _heads(states: Tensor, count: int) -> Tensor:
    """(1, heads, tokens, width) of (1, tokens, heads * width)."""
    return states.unflatten(2, (count, -1)).transpose(1, 2)
