"""A picture of any size and shape that may go on at its other side, painted by a network that knows one size.

Along an axis that fits into what the network was trained at, its convolutions see the other side (see `tiling`); along
a longer one it sees overlapping windows, at each step others, and what it says of them is averaged (MultiDiffusion,
Bar-Tal et al., arXiv:2302.08113). A transformer tells places by their numbers: it sees the picture rolled, at each step
by another distance, so that no place stays the border.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..job import Job
from ..windows import Windows
from .decode import decode_latents, encode_pictures
from .families import Family
from .loading import LoadedModel
from .noise import view_generator, view_noise
from .packing import PATCH
from .portions import Portions
from .tiling import wrapping

__all__ = ["Canvas", "Repaint", "decode_canvas", "encode_canvas", "on_canvas"]

_COARSE = 4  # latents: what is smaller is texture and not colour
_DECODED_AT_ONCE_PX = 1024  # side; a full SDXL autoencoder takes 6 GB for it


@dataclass(frozen=True)
class Canvas:
    """The picture's size, and where it wraps.

    Attributes:
        height_px, width_px: multiples of 64.
        wraps_x, wraps_y: its right side goes on at its left, its lower at its upper.
        first: the calls of the network before this one are left out, because all that they could say is known.
        is_whole: the network sees all of it at once though it is larger than its own pictures, as panoramas are.
    """

    height_px: int
    width_px: int
    wraps_x: bool
    wraps_y: bool
    first: int = 0
    is_whole: bool = False


class Repaint:
    """What stays of a picture while the rest is painted: an `Agree` of one view.

    What the network would have painted where the picture is known tells how far its colours are off there. Where they
    are to be carried on, as much is added to what it paints (a seam's difference, as by Pérez et al., Poisson image
    editing, 2003), or a part would have the prompt's usual colours and not those of what is around it.

    Args:
        shape: (C, h, w) of the latents.
        seed: of the noise that it starts from.
        calls: of the network.
        known: (1, C, h, w) clean latents, and (1, 1, h, w) how far each may change, 0 to 1; None for nothing known.
        first: all is known before this call.
        show: is given x̂0 after each call.
        number: of the picture, where several of a job start from one seed.
        carried: colours of what is known go on into the rest: whether the picture wraps, (along y, along x); None if
            the rest may have others, as the sky over a photograph.
    """

    def __init__(self, shape: tuple[int, int, int], seed: int, calls: int, *,
                 known: tuple[Tensor, Tensor] | None = None, first: int = 0,
                 show: Callable[[int, Tensor], None] | None = None, number: int = 0,
                 carried: tuple[bool, bool] | None = None) -> None:
        self.anchors = [[0]] * calls
        self.known = None
        self.noise = view_noise(seed, number, shape)[None]
        self.references = ()
        self._known = known
        self._first = first
        self._show = show
        self._carried = carried

    def __call__(self, call: int, clean: Tensor) -> Tensor | None:
        target = clean
        if self._known is not None:
            kept, change = (part.to(clean) for part in self._known)
            fresh = clean if self._carried is None else clean + _carried_on(kept - clean, change, self._carried)
            target = kept if call < self._first else kept + change * (fresh - kept)
        if self._show is not None:
            self._show(call, target)
        return None if self._known is None else target - clean


def _carried_on(difference: Tensor, change: Tensor, wraps: tuple[bool, bool]) -> Tensor:
    """(1, C, h, w): the coarse difference where nothing may change, and smoothly on from there, over borders that wrap
    (along y, along x)."""
    axes = [axis for axis, is_wrapped in zip((2, 3), wraps, strict=True) if is_wrapped]
    for axis in axes:
        difference, change = (torch.cat([part] * 3, axis) for part in (difference, change))
    known = (change <= 0).to(difference)
    share = F.avg_pool2d(known, _COARSE, ceil_mode=True)
    coarse = F.avg_pool2d(difference * known, _COARSE, ceil_mode=True) / share.clamp(min=1e-6)
    filled = F.interpolate(_filled(coarse, (share > 0).to(coarse)), difference.shape[2:], mode="bilinear")
    for axis in axes:  # the middle one of three
        filled = filled.narrow(axis, filled.shape[axis] // 3, filled.shape[axis] // 3)
    return filled


def _filled(values: Tensor, known: Tensor) -> Tensor:
    """(1, C, h, w), where `known` (1, 1, h, w) is 0 with the means of ever larger surroundings (Gortler et al., The
    Lumigraph, 1996); 0 if nothing is known."""
    if known.all() or max(known.shape[2:]) == 1:
        return values * known
    share = F.avg_pool2d(known, 2, ceil_mode=True)
    means = F.avg_pool2d(values * known, 2, ceil_mode=True) / share.clamp(min=1e-6)
    around = F.interpolate(_filled(means, (share > 0).to(values)), values.shape[2:], mode="bilinear")
    return values * known + around * (1 - known)


@contextmanager
def on_canvas(loaded: LoadedModel, canvas: Canvas | None, seed: int, portions: Portions, job: Job) -> Iterator[None]:
    """Within the block the network sees its input as part of a canvas; None changes nothing."""
    if canvas is None:
        yield
        return
    network, before = loaded.network, vars(loaded.network).get("forward")
    axes = _axes(loaded, canvas)
    with wrapping(network, horizontally=axes.is_whole_x and canvas.wraps_x,
                  vertically=axes.is_whole_y and canvas.wraps_y):
        network.forward = _windowed(network.forward, axes, canvas, seed, portions, job)
        try:
            yield
        finally:
            if before is None:
                del network.forward
            else:
                network.forward = before


@dataclass(frozen=True)
class _Axes:
    """In cells: latents, or FLUX's patches of them."""

    high: int
    wide: int
    side: int
    is_packed: bool

    @property
    def is_whole_x(self) -> bool:
        return self.wide <= self.side

    @property
    def is_whole_y(self) -> bool:
        return self.high <= self.side


def _axes(loaded: LoadedModel, canvas: Canvas) -> _Axes:
    is_packed = loaded.family is Family.FLUX
    cell_px = loaded.pipe.vae_scale_factor * (PATCH if is_packed else 1)
    side_px = max(canvas.height_px, canvas.width_px) if canvas.is_whole else loaded.native_size_px
    return _Axes(canvas.height_px // cell_px, canvas.width_px // cell_px, max(1, side_px // cell_px), is_packed)


def _windowed(forward: Callable[..., Any], axes: _Axes, canvas: Canvas, seed: int, portions: Portions, job: Job
              ) -> Callable[..., Any]:
    chance = view_generator(seed, "windows")
    shifts: list[tuple[int, int]] = []

    def run(*arguments: Any, **options: Any) -> tuple[Tensor]:
        sample: Tensor = options["hidden_states"] if axes.is_packed else arguments[0]
        if portions.calls < canvas.first:
            return (torch.zeros_like(sample),)
        while len(shifts) <= portions.calls:
            down, right = torch.rand(2, generator=chance).tolist()
            shifts.append((int(down * axes.high), int(right * axes.wide)))
        down, right = shifts[portions.calls]
        # A convolution that wraps makes no border that would have to move.
        shift = (0 if axes.is_whole_y and not axes.is_packed else down,
                 0 if axes.is_whole_x and not axes.is_packed else right)
        windows = Windows(axes.high, axes.wide, axes.side, wraps_y=canvas.wraps_y, wraps_x=canvas.wraps_x, shift=shift)
        plane = _plane(sample, axes) if axes.is_packed else sample

        def see(rows: Tensor, columns: Tensor) -> Tensor:
            job.check()
            part = plane[..., rows[:, None], columns[None]]
            if not axes.is_packed:
                return forward(part, *arguments[1:], **options)[0]
            small = _Axes(len(rows), len(columns), axes.side, is_packed=True)
            ids = options["img_ids"].reshape(axes.high, axes.wide, -1)[:len(rows), :len(columns)]
            said = forward(**options | {"hidden_states": _tokens(part), "img_ids": ids.reshape(-1, ids.shape[-1])})[0]
            return _plane(said, small)

        whole = windows.join(see)
        return (_tokens(whole) if axes.is_packed else whole,)

    return run


def _plane(tokens: Tensor, axes: _Axes) -> Tensor:
    """(n, C, h, w) of FLUX's tokens (n, h · w, C)."""
    return tokens.transpose(1, 2).reshape(len(tokens), -1, axes.high, axes.wide)


def _tokens(plane: Tensor) -> Tensor:
    return plane.flatten(2).transpose(1, 2)


def decode_canvas(loaded: LoadedModel, latents: Tensor, canvas: Canvas, job: Job) -> Tensor:
    """The picture (H, W, 3) float32 in 0 to 1, sRGB, on the CPU, of latents (1, C, h, w); in windows where it is large.
    """
    scale = loaded.pipe.vae_scale_factor
    windows, axes = _coder_windows(canvas, scale, out_scale=scale)

    def decode(rows: Tensor, columns: Tensor) -> Tensor:
        job.check()
        return decode_latents(loaded, latents[..., rows[:, None], columns[None]])[0].permute(2, 0, 1)

    with wrapping(loaded.pipe.vae, horizontally=axes.is_whole_x and canvas.wraps_x,
                  vertically=axes.is_whole_y and canvas.wraps_y):
        return windows.join(decode).permute(1, 2, 0).contiguous()


def encode_canvas(loaded: LoadedModel, picture: Tensor, canvas: Canvas, job: Job) -> Tensor:
    """The latents (1, C, h, w) float32, on the CPU, of a picture (H, W, 3) in 0 to 1, sRGB; as `decode_canvas`."""
    scale = loaded.pipe.vae_scale_factor
    windows, axes = _coder_windows(canvas, scale, out_scale=1)
    pixels = torch.arange(scale)

    def encode(rows: Tensor, columns: Tensor) -> Tensor:
        job.check()
        down, right = ((places[:, None] * scale + pixels).reshape(-1) for places in (rows, columns))
        return encode_pictures(loaded, picture[down[:, None], right[None]][None])[0]

    with wrapping(loaded.pipe.vae, horizontally=axes.is_whole_x and canvas.wraps_x,
                  vertically=axes.is_whole_y and canvas.wraps_y):
        return windows.join(encode)[None]


def _coder_windows(canvas: Canvas, scale: int, *, out_scale: int) -> tuple[Windows, _Axes]:
    axes = _Axes(canvas.height_px // scale, canvas.width_px // scale, _DECODED_AT_ONCE_PX // scale, is_packed=False)
    return Windows(axes.high, axes.wide, axes.side, wraps_y=canvas.wraps_y, wraps_x=canvas.wraps_x,
                   scale=out_scale), axes
