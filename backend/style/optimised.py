"""Style by optimisation: the pixels themselves are changed until a network sees content and style in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from .features import mobile_net
from .pictures import resized
from .too_large import told_if_too_large

__all__ = ["gram_loss", "level_sizes", "optimise", "relaxed_emd", "self_similarity_loss", "transport_loss"]

_SMALLEST_PX = 64  # side of the coarsest level
_POINTS = 1024  # of a picture, that transport compares
_RATE = 0.02
_BORDER_PX = 16  # around a picture that a network sees, and that is of no account: what it sees there is its own border
_LEFT = 0.01  # of what is painted: what is like nothing is worth to be compared with the styles from then on
_CONTENT_POWER = 1.1  # mean square of what the network that comes along sees of contents: all weigh as much as its


class Extractor(Protocol):
    """A network that sees pictures (1, 3, H, W) in 0 to 1, sRGB, as features (1, C, h, w) from fine to coarse.

    Attributes:
        content_layer: the number of the one that Gatys' method compares content in.
    """

    content_layer: int

    def __call__(self, pictures: Tensor) -> list[Tensor]: ...


class _Look(NamedTuple):
    """What a part of what is painted shall look like: a part of another picture (1, 3, H, W)."""

    picture: Tensor
    there: Tensor | None  # (1, 1, H, W) the part of that; None for all
    cover: Tensor | None  # (1, 1, h, w) the part that is painted; None for all
    weight: float


@dataclass(frozen=True, eq=False)
class _Level:
    content: Tensor
    looks: list[_Look]
    cover: Tensor | None  # (1, 1, h, w) all that takes on a look; None for everything
    held: Tensor | None  # (1, 4, h, w) what stays, multiplied by the share of a pixel that does, and that share

    def whole(self, picture: Tensor) -> Tensor:
        """The picture (1, 3, h, w), and what is held of another in its place."""
        return picture if self.held is None else self.held[:, :3] + (1 - self.held[:, 3:]) * picture


@told_if_too_large
def optimise(content: NDArray[np.float32], styles: Sequence[tuple[NDArray[np.float32], float]], *, transport: bool,
             cover: NDArray[np.float32] | None = None,
             held: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
             alike: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]] = (), content_weight: float = 1.0,
             steps: int = 120, seed: int = 0, network: Extractor | None = None, step: Callable[[], None] = lambda: None,
             show: Callable[[NDArray[np.float32]], None] = lambda picture: None) -> NDArray[np.float32]:
    """The content (H, W, 3) float32, sRGB, in the look of style pictures with their weights; same size.

    From coarse to fine, each level twice the size of the one before; what changes is a pyramid of differences, by which
    large shapes move as fast as pixels (Kolkin, Salavon and Shakhnarovich, "Style Transfer by Relaxed Optimal Transport
    and Self-Similarity", 2019).

    Args:
        transport: match the features by relaxed optimal transport and keep the content's self-similarity, as they do;
            otherwise match Gram matrices and keep features (Gatys, Ecker and Bethge, "Image Style Transfer Using
            Convolutional Neural Networks", 2016).
        cover: (H, W) float32 in 0 to 1: the part that shall take on the look. Styles and content are compared
            with that part alone, so that a small one takes on all of a look and not its share of it (Gatys, Ecker,
            Bethge, Hertzmann and Shechtman, "Controlling Perceptual Factors in Neural Style Transfer", 2017); the rest
            is of no account. Default, and where there is no such part: all of it.
        held: (H, W, 3) float32, sRGB, a picture that stays as it is, and (H, W) float32, 1 where it does; the rest is
            painted so that it fits to it.
        alike: (h, w) float32, 1 in a part of the cover, which shall not look like the styles but like, (h, w) float32,
            a part of the picture in `held`, whether that stays or not; of any size.
        content_weight: of the content against the styles.
        steps: of each level.
        network: that sees; default: the one that comes along.
        step: called after each of them; may raise to stop. show: called with the picture so far after each level.
    """
    generator = torch.Generator().manual_seed(seed)
    picture = None
    whole = cover is None or cover.min() >= 1 or not cover.any()
    covered = None if whole else torch.from_numpy(np.ascontiguousarray(cover))[None, None]
    kept = None if held is None else _tensor(np.concatenate([held[0] * held[1][..., None], held[1][..., None]], axis=2))
    for height, width in level_sizes(*content.shape[:2]):
        seen_cover, stays = (None if plane is None else _pooled(plane, (height, width)) for plane in (covered, kept))
        level = _Level(_tensor(resized(content, height, width)),
                       _looks(styles, None if held is None else held[0], alike, seen_cover, height, width), seen_cover,
                       stays)
        start = level.content if picture is None else F.interpolate(picture, size=(height, width), mode="bicubic")
        picture = _optimise_level(start, level, network or mobile_net(), transport, content_weight, steps, generator,
                                  step)
        show(picture[0].permute(1, 2, 0).clamp(0, 1).numpy())
    assert picture is not None
    return resized(picture[0].permute(1, 2, 0).clamp(0, 1).numpy(), *content.shape[:2])


def level_sizes(height: int, width: int) -> list[tuple[int, int]]:
    """From coarse to the picture's own size; each is about half of the next, and even."""
    count = max(1, round(np.log2(max(height, width) / _SMALLEST_PX)) + 1)
    shrinks = [2.0 ** -(count - 1 - place) for place in range(count)]
    return [(max(32, round(height * shrink / 2) * 2), max(32, round(width * shrink / 2) * 2)) for shrink in shrinks]


def _looks(styles: Sequence[tuple[NDArray[np.float32], float]], held: NDArray[np.float32] | None,
           alike: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]], cover: Tensor | None,
           height: int, width: int) -> list[_Look]:
    """Of a level: the styles for what of the cover is like nothing; weighted by their parts of it."""
    total = sum(weight for _, weight in styles)
    pairs = [[_pooled(_tensor(plane[..., None]), (height, width)) for plane in pair] for pair in alike]
    if not pairs:
        return [_Look(_tensor(_scaled(style, max(height, width))), None, cover, weight / total)
                for style, weight in styles]
    assert held is not None
    whole = torch.ones(1, 1, height, width) if cover is None else cover
    rest = (whole - sum(part for part, _ in pairs)).clamp(min=0)
    own = _tensor(resized(held, height, width))
    looks = [_Look(own, there, part, float(part.mean() / whole.mean())) for part, there in pairs]
    left = float(rest.mean() / whole.mean())
    return looks if left < _LEFT else [*looks, *(
        _Look(_tensor(_scaled(style, max(height, width))), None, rest, left * weight / total)
        for style, weight in styles)]


def _optimise_level(start: Tensor, level: _Level, network: Extractor, transport: bool, content_weight: float,
                    steps: int, generator: torch.Generator, step: Callable[[], None]) -> Tensor:
    seen_content = _seen(network, level.content)
    seen_looks = [_seen(network, look.picture) for look in level.looks]
    guides = _guides(level.cover, seen_content)
    looks = [(look, seen_look, _guides(look.cover, seen_content), _guides(look.there, seen_look))
             for look, seen_look in zip(level.looks, seen_looks, strict=True)]
    power = seen_content[network.content_layer].square().mean().clamp(min=1e-6)
    pyramid = [part.requires_grad_() for part in _to_pyramid(level.whole(start))]
    optimiser = torch.optim.Adam(pyramid, lr=_RATE, betas=(0.9, 0.99))
    for number in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (1 - 0.9 * number / steps)
        picture = level.whole(_from_pyramid(pyramid))
        # The network halves what it sees at once: seen from one place only, every second pixel would count less.
        right, down = torch.randint(0, 2, (2,), generator=generator).tolist()
        seen = _seen(network, picture.clamp(0, 1), right, down)
        if transport:
            where = _places(level.cover, generator)
            loss = content_weight * self_similarity_loss(seen, seen_content, where)
            for look, seen_look, _, _ in looks:
                here = where if look.cover is level.cover else _places(look.cover, generator)
                there = _places(look.there, generator)
                loss = loss + look.weight * transport_loss([picture, *seen], [look.picture, *seen_look], here, there)
        else:
            lost = (seen[network.content_layer] - seen_content[network.content_layer]).square().mean(1, keepdim=True)
            if guides is not None:
                guide = guides[network.content_layer]
                lost = lost * guide / guide.mean().clamp(min=1e-6)
            loss = _CONTENT_POWER * content_weight * lost.mean() / power
            for look, seen_look, here, there in looks:
                loss = loss + 20 * look.weight * gram_loss(seen, seen_look, here, there)
        loss = loss + 10 * (picture - picture.clamp(0, 1)).square().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step()
    with torch.no_grad():
        return level.whole(_from_pyramid(pyramid)).clamp(0, 1)


def _seen(network: Extractor, picture: Tensor, right: int = 0, down: int = 0) -> list[Tensor]:
    """Features of a picture (1, 3, h, w) that is mirrored all around it and one pixel more, on the left by `right`, at
    the top by `down`; only those of the picture itself.
    """
    framed = F.pad(picture, (_BORDER_PX + right, _BORDER_PX + 1 - right, _BORDER_PX + down, _BORDER_PX + 1 - down),
                   mode="reflect")
    features = []
    for each in network(framed):
        rows, columns = (round(_BORDER_PX * each.shape[axis] / framed.shape[axis]) for axis in (2, 3))
        features.append(each[:, :, rows:each.shape[2] - rows, columns:each.shape[3] - columns])
    return features


def gram_loss(seen: Sequence[Tensor], style: Sequence[Tensor], guides: Sequence[Tensor] | None = None,
              style_guides: Sequence[Tensor] | None = None) -> Tensor:
    """Squared difference of the Gram matrices of features (1, C, H, W), over that of the style's to nothing; the mean
    of all layers. 0 for the style itself.

    Args:
        guides, style_guides: (1, 1, H, W) of each layer, 0 or more: how much each place of what is seen, or of the
            style, counts. Default: all alike.
    """
    losses = []
    nothing = [None] * len(seen)
    for one, other, guide, style_guide in zip(seen, style, guides or nothing, style_guides or nothing, strict=True):
        wanted = _gram(other, style_guide)
        losses.append((_gram(one, guide) - wanted).square().sum() / wanted.square().sum().clamp(min=1e-12))
    return torch.stack(losses).mean()


def relaxed_emd(one: Tensor, other: Tensor) -> Tensor:
    """Relaxed earth mover's distance of two sets of features (n, C) and (m, C), each as long as it is wide, by cosine
    distance: the larger of the mean distances to the nearest of the other set. 0 for equal sets.
    """
    distance = _cosine_distances(one, other)
    return torch.maximum(distance.min(dim=1).values.mean(), distance.min(dim=0).values.mean())


def transport_loss(seen: Sequence[Tensor], style: Sequence[Tensor], where: Tensor, there: Tensor) -> Tensor:
    """How far features are from a style's: relaxed transport, differing moments, and differing colours.

    Args:
        seen, style: pictures (1, 3, H, W) first, then features (1, C, h, w).
        where, there: (n, 2) in 0 to 1, places at which either is looked at.
    """
    ours, theirs = _columns(seen, where), _columns(style, there)
    moments = (ours.mean(0) - theirs.mean(0)).abs().mean() + (_covariance(ours) - _covariance(theirs)).abs().mean()
    palette = _euclidean_emd(_columns(seen[:1], where), _columns(style[:1], there))
    return relaxed_emd(ours, theirs) + moments + palette


def self_similarity_loss(seen: Sequence[Tensor], content: Sequence[Tensor], where: Tensor) -> Tensor:
    """How differently the places (n, 2) of a picture resemble each other in two pictures; 0 for the same."""
    ours, theirs = (_cosine_distances(columns, columns) for columns in
                    (_columns(seen[1:], where[::4]), _columns(content[1:], where[::4])))
    ours, theirs = ours / ours.sum(0).clamp(min=1e-6), theirs / theirs.sum(0).clamp(min=1e-6)
    return (ours - theirs).abs().mean() * len(ours)


def _guides(plane: Tensor | None, features: Sequence[Tensor]) -> list[Tensor] | None:
    return None if plane is None else [_pooled(plane, each.shape[2:]) for each in features]


def _pooled(plane: Tensor, size: Sequence[int]) -> Tensor:
    return F.adaptive_avg_pool2d(plane, tuple(size))


def _columns(features: Sequence[Tensor], where: Tensor) -> Tensor:
    """(n, sum of C): the features at places (n, 2) in 0 to 1, bilinear."""
    grid = (where * 2 - 1)[None, :, None]
    return torch.cat([F.grid_sample(each, grid, align_corners=False, padding_mode="border")[0, :, :, 0].T
                      for each in features], dim=1)


def _cosine_distances(one: Tensor, other: Tensor) -> Tensor:
    return 1 - F.normalize(one, dim=1) @ F.normalize(other, dim=1).T


def _euclidean_emd(one: Tensor, other: Tensor) -> Tensor:
    distance = (one[:, None] - other[None]).square().sum(-1).clamp(min=1e-12).sqrt()
    return torch.maximum(distance.min(dim=1).values.mean(), distance.min(dim=0).values.mean())


def _covariance(columns: Tensor) -> Tensor:
    centred = columns - columns.mean(0)
    return centred.T @ centred / len(columns)


def _gram(features: Tensor, guide: Tensor | None = None) -> Tensor:
    flat = features[0].flatten(1)
    if guide is None:
        return flat @ flat.T / flat.shape[1]
    share = guide.flatten()
    return (flat * share) @ flat.T / share.sum().clamp(min=1e-6)


def _places(cover: Tensor | None, generator: torch.Generator) -> Tensor:
    """(n, 2) chance places in 0 to 1, across and down, where a cover (1, 1, h, w) is."""
    chance = torch.rand((_POINTS, 2), generator=generator)
    if cover is None:
        return chance
    height, width = cover.shape[2:]
    reached = cover.flatten().double().cumsum(0)  # not `multinomial`, which takes 2**24 pixels at most
    drawn = reached[-1] * torch.rand(_POINTS, generator=generator, dtype=torch.float64)
    pixel = torch.searchsorted(reached, drawn, right=True).clamp(max=len(reached) - 1)
    return (torch.stack([pixel % width, pixel // width], dim=1) + chance) / torch.tensor([width, height])


def _to_pyramid(picture: Tensor) -> list[Tensor]:
    """Differences from fine to coarse, and what is left."""
    parts: list[Tensor] = []
    while min(picture.shape[2:]) > 16 and len(parts) < 5:
        small = F.interpolate(picture, scale_factor=0.5, mode="bilinear", antialias=True)
        parts.append((picture - F.interpolate(small, size=picture.shape[2:], mode="bilinear")).detach().clone())
        picture = small
    return [*parts, picture.detach().clone()]


def _from_pyramid(parts: Sequence[Tensor]) -> Tensor:
    picture = parts[-1]
    for part in reversed(parts[:-1]):
        picture = part + F.interpolate(picture, size=part.shape[2:], mode="bilinear")
    return picture


def _scaled(style: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """A style whose longer side is that of the content's level."""
    scale = side / max(style.shape[:2])
    return resized(style, *(max(32, round(length * scale)) for length in style.shape[:2]))


def _tensor(picture: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float()
