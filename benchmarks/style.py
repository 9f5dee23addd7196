"""How soon a style is there, and how still it stands in a film.

    python3 dev.py bench style [--json FILE]

The film is a ball that moves before a wall while the camera moves too, both with drawn pictures on them, by our own
rasteriser: its motion is exact. Beside our film, in the same run, each frame is stylised by itself by the same network,
and nothing is done to the frames: what they differ by then is the filter's alone. Warp errors are compared at equal
style: what is nearer to the style's pictures is mixed with the frames until it is as far from them as the other is;
`_full` is as they were made. The figures of what is learnt from one picture are `style_training`'s.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait

# isort: split
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from backend.style.adversarial.score import StyleScore
from backend.style.film import EachFrame, stylised_frames, warp_error
from backend.style.instant import Look, Statistics, look_of, measure_look, stylise
from backend.style.motion import Frame, Origin, follow
from protocol.style import FIRST_STYLE
from tests.backend.moving import film
from training.data.paintings import painting

from .style_training import style_training

FRAMES, SIZE_PX = 24, 320
FAR_APART = 10  # frames
SPARSE = 4  # of so many frames one, by which the style is judged
HALVINGS = 8
RUNS = 5
STYLES = ("woodcut", "stained glass", "pointillism")

_Picture = NDArray[np.float32]


def main(json_path: str) -> None:
    figures = {**measure_instant(), **measure_film(), **style_training("woodcut"),
               "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}
    for name, value in figures.items():
        print(f"{name:<32}{value:12.4g}" if isinstance(value, int | float) else f"{name:<32}{value}")
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure_instant() -> dict[str, Any]:
    """Seconds for a picture of 1024², the style's own part included; the best of some runs."""
    content, style = (painting(5, 1024, "seascape").image.astype(np.float32), _style(STYLES[0]))
    looks: dict[str, Callable[[], Look]] = {"fixed": lambda: look_of([], [(FIRST_STYLE, 1.0)]),
                                           "picture": lambda: look_of([(style, 1.0)], [])}
    seconds = {}
    for name, look in looks.items():
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            stylise(content, look())
            times.append(time.perf_counter() - began)
        seconds[name] = min(times)
    return {"instant_1024_s": max(seconds.values())} | {f"instant_1024_{name}_s": s for name, s in seconds.items()}


def measure_film() -> dict[str, Any]:
    """Warp errors, between neighbours and between frames that lie farther apart, and the distances to the styles: of
    our film, of frames by themselves and of the frames as they are; over all styles. The ratios are our film's errors
    over those of frames by themselves, both as near to the style.
    """
    frames = _moving(FRAMES)
    still = _moving(4, still=True)
    plain = [frame.colours for frame in frames]
    steps = {apart: _origins(frames, apart) for apart in (1, FAR_APART)}
    errors: dict[str, list[float]] = {}
    identical = True
    for name in STYLES:
        style = _style(name)
        look = look_of([(style, 1.0)], [])
        statistics = measure_look(plain[::FRAMES // 5], look)

        anchored = partial(_stylised, look=look, statistics=statistics)
        began = time.perf_counter()
        ours = _made(frames, anchored)
        errors.setdefault("film_frame_s", []).append((time.perf_counter() - began) / FRAMES)
        by_themselves = [_stylised(colours, look) for colours in plain]
        shown = _made(still, anchored)
        identical = identical and all(np.array_equal(shown[0], other) for other in shown)
        score = StyleScore([_tensor(style)])
        full = {"": ours, "per_frame_": by_themselves}
        equal = dict(zip(full, _at_equal_style(ours, by_themselves, plain, score), strict=True))
        for suffix, made in (("", equal | {"identity_": plain}), ("_full", full)):
            for kind, pictures in made.items():
                for length, apart in (("short", 1), ("long", FAR_APART)):
                    error = _error(pictures, frames, steps[apart], apart)
                    errors.setdefault(f"{kind}warp_error_{length}{suffix}", []).append(error)
                errors.setdefault(f"{kind}style_distance{suffix}", []).append(_distance(pictures, score))
    figures: dict[str, Any] = {name: float(np.mean(values)) for name, values in errors.items()}
    for length in ("short", "long"):
        figures[f"warp_ratio_{length}"] = figures[f"warp_error_{length}"] / figures[f"per_frame_warp_error_{length}"]
    return figures | {"static_identical": identical, "film_styles": list(STYLES)} | {
        f"{name}_{style}": value for name in ("warp_error_short", "per_frame_warp_error_short")
        for style, value in zip(STYLES, errors[name], strict=True)}


def _at_equal_style(one: list[_Picture], other: list[_Picture], plain: list[_Picture], score: StyleScore
                    ) -> tuple[list[_Picture], list[_Picture]]:
    """Both, that which is nearer to the style mixed with the plain frames until it is as far as the other."""
    level = max(_distance(each, score) for each in (one, other))

    def mixed(pictures: list[_Picture]) -> list[_Picture]:
        if _distance(pictures, score) >= level:
            return pictures
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            share = (low + high) / 2
            is_nearer = _distance(_mixed(pictures[::SPARSE], plain[::SPARSE], share), score, 1) < level
            low, high = (low, share) if is_nearer else (share, high)
        return _mixed(pictures, plain, high)

    return mixed(one), mixed(other)


def _mixed(pictures: list[_Picture], plain: list[_Picture], share: float) -> list[_Picture]:
    return [frame + np.float32(share) * (picture - frame) for picture, frame in zip(pictures, plain, strict=True)]


def _distance(pictures: list[_Picture], score: StyleScore, every: int = SPARSE) -> float:
    """From the style, of one picture in so many."""
    return score.distance([_tensor(picture) for picture in pictures[::every]])


def _stylised(colours: _Picture, look: Look, statistics: Statistics | None = None) -> _Picture:
    return stylise(colours, look, statistics=statistics).clip(0, 1)


def _made(frames: list[Frame], look: Callable[[_Picture], _Picture]) -> list[_Picture]:
    strokes = EachFrame(len(frames), frames.__getitem__, look)
    return [picture for picture in stylised_frames(strokes) if picture is not None]


def _moving(count: int, *, still: bool = False) -> list[Frame]:
    wall, ball = (painting(seed, 512, kind).image for seed, kind in ((5, "seascape"), (2, "flower painting")))

    def paint(points: NDArray[np.float64], surface: NDArray[np.int32]) -> _Picture:
        on_wall = _sampled(wall, (points[..., 0] / 5 + 0.5, 0.5 - points[..., 2] / 5))
        on_ball = _sampled(ball, (np.arctan2(points[..., 0], -points[..., 1]) / 3 + 0.5, 0.5 - points[..., 2] / 2.2))
        return np.where((surface == 1)[..., None], on_ball, on_wall)

    steps = [0.0 if still else float(step) for step in range(count)]
    return film([(-0.6 + 0.05 * step, -1.5, 0.02 * step) for step in steps],
                [(-0.3 + 0.03 * step, -6.0 + 0.01 * step, 0.1) for step in steps], SIZE_PX, paint)


def _sampled(picture: NDArray, at: tuple[NDArray, NDArray]) -> _Picture:
    places = [at[1] * len(picture), at[0] * picture.shape[1]]
    return np.stack([map_coordinates(picture[..., c].astype(np.float32), places, order=1, mode="mirror")
                     for c in range(3)], axis=2)


def _origins(frames: list[Frame], apart: int) -> list[Origin]:
    """Of each frame that has one so many before it, from that one on."""
    found = []
    for start in range(len(frames) - apart):
        origin = Origin.new(0, *frames[start].surface.shape)
        for number in range(start + 1, start + apart + 1):
            origin, _ = follow(origin, frames[number - 1], frames[number], number)
        found.append(origin)
    return found


def _error(pictures: list[_Picture], frames: list[Frame], origins: list[Origin], apart: int) -> float:
    return float(np.mean([warp_error((pictures[start], frames[start].surface),
                                     (pictures[start + apart], frames[start + apart].surface), origin, 0)
                          for start, origin in enumerate(origins)]))


def _style(kind: str) -> _Picture:
    return painting(3, 512, kind).image.astype(np.float32)


def _tensor(picture: NDArray) -> torch.Tensor:
    height, width = (side // 16 * 16 for side in picture.shape[:2])
    return torch.from_numpy(np.ascontiguousarray(picture[:height, :width])).permute(2, 0, 1)[None].float()
