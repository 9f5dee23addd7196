"""Pictures that tile: within a block, a pipeline's networks see each picture as if it went on at its other side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from diffusers.models.downsampling import Downsample2D
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["wrapping"]


@contextmanager
def wrapping(*networks: nn.Module, horizontally: bool = True, vertically: bool = True) -> Iterator[None]:
    """Every convolution of the networks pads with what lies at the other side, so that f(roll x) = roll f(x).

    The autoencoders' downsampling pads by itself, to the right and below, before its convolution: that too.
    """
    with ExitStack() as stack:
        for network in networks:
            for module in network.modules():
                if isinstance(module, nn.Conv2d) and any(module.padding):
                    stack.enter_context(_replaced(module, "_conv_forward", _wrapped(module, horizontally, vertically)))
                elif isinstance(module, Downsample2D) and module.use_conv and module.padding == 0:
                    stack.enter_context(_replaced(module, "forward", _downsampled(module, horizontally, vertically)))
        yield


@contextmanager
def _replaced(module: nn.Module, name: str, method: Callable[..., Any]) -> Iterator[None]:
    setattr(module, name, method)
    try:
        yield
    finally:
        delattr(module, name)  # the class's own shows again


def _wrapped(conv: nn.Conv2d, horizontally: bool, vertically: bool) -> Callable[..., Tensor]:
    high, wide = conv.padding

    def forward(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        x = _padded(x, (wide, wide), (high, high), horizontally, vertically)
        return F.conv2d(x, weight, bias, conv.stride, 0, conv.dilation, conv.groups)

    return forward


def _downsampled(module: Downsample2D, horizontally: bool, vertically: bool) -> Callable[..., Tensor]:
    def forward(x: Tensor, *_: Any, **__: Any) -> Tensor:
        return module.conv(_padded(x, (0, 1), (0, 1), horizontally, vertically))

    return forward


def _padded(x: Tensor, wide: tuple[int, int], high: tuple[int, int], horizontally: bool, vertically: bool) -> Tensor:
    x = F.pad(x, (*wide, 0, 0), mode="circular" if horizontally else "constant")
    return F.pad(x, (0, 0, *high), mode="circular" if vertically else "constant")
