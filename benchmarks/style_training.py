"""How near a style that is learnt from one picture comes to it, against the nearest of the fixed styles, and how soon.

    python3 dev.py bench style_training [--json FILE]

Both are measured on contents that neither training nor early stop has seen, at equal content loss: the one that lost
more of the content is mixed with it until both lost the same. Contents are the pictures of the folder
VERNISSAGE_PHOTOGRAPHS, or drawn ones where that is not set. The styles that come with Vernissage are measured in the
same way, on drawn contents.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait

# isort: split
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from backend.job import Job
from backend.jobs.style_train import style_train
from backend.style.adversarial.crops import scaled
from backend.style.adversarial.generator import Generator
from backend.style.adversarial.score import StyleScore, content_loss
from backend.style.adversarial.styles import read_style
from backend.style.networks import fixed_style_weights
from backend.style.pictures import read_picture
from protocol.style import FIXED_STYLES
from protocol.style_train import StyleTrainRequest
from training.data.paintings import painting
from training.data.renders import render
from training.styles import SEED

SIZE_PX, STYLE_PX = 256, 512
DRAWN = 24  # contents, half of them paintings, half of them renders
DRAWN_KINDS = ("gouache", "seascape", "flower painting", "night city", "sunset", "fresco")
TESTED = 3
SHIPPED = Path("models/styles")
NEW = 700  # seed of the first content that no shipped style was trained on
HALVINGS = 5  # of the share that is searched for equal content loss: to 3 %


def main(json_path: str) -> None:
    figures = style_training("woodcut") | {f"{path.stem}_{name}": value for path in sorted(
        SHIPPED.glob("*.safetensors")) for name, value in shipped(path).items()}
    for name, value in figures.items():
        print(f"{name:<28}{value:12.4g}" if isinstance(value, int | float) else f"{name:<28}{value}")
    Path(json_path).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def style_training(kind: str, folder: Path | None = None, **settings: Any) -> dict[str, Any]:
    """The figures of a style that is learnt from a drawn picture of a kind.

    Args:
        folder: keeps the job and what it made; a temporary one by default.
        settings: other than the request's defaults.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as scratch:
            return style_training(kind, Path(scratch), **settings)
    paths = _contents(folder / "drawn")
    _save(folder / "style.png", painting(3, STYLE_PX, kind).image)
    style = _whole(folder / "style.png")
    tested = [_whole(path) for path in paths[:TESTED]]
    request = StyleTrainRequest(name=kind, styles=("style.png",), contents=tuple(map(str, paths[TESTED:])),
                                styles_folder=str(folder), **settings)
    began, cpu_began = time.monotonic(), time.process_time()
    result = style_train(request, Job("bench", folder, lambda event: None, lambda: False))
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu_began
    score = StyleScore([style])
    learnt, fixed = _made(Generator(read_style(Path(result.style))), tested), _fixed(tested)
    pairs = [_at_equal_content(learnt, other, tested, score) for other in fixed]
    hardest = _hardest(pairs)
    mine, theirs, level = pairs[hardest]
    for name, pictures in (("learnt", learnt), ("fixed", fixed[hardest])):
        _save_sheet(folder / f"{name}.png", tested, pictures)
    return {"gan_patch_distance": mine, "best_fixed_patch_distance": theirs, "equal_content_loss": level,
            "best_fixed": hardest, "gan_train_s": seconds, "gan_train_cpu_s": cpu_seconds,
            "gan_steps": result.tests[result.best].round,
            "gan_patch_distance_full": score.distance(learnt), "gan_content_loss_full": content_loss(learnt, tested),
            "nearest_fixed_patch_distance_full": min(score.distance(each) for each in fixed),
            "content_patch_distance": score.distance(tested),
            "fixed_that_are_nearer": sum(their_distance <= my_distance for my_distance, their_distance, _ in pairs),
            "photographs": bool(os.environ.get("VERNISSAGE_PHOTOGRAPHS")),
            "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}


def shipped(path: Path) -> dict[str, float]:
    """The distances of a style that comes with Vernissage and of the fixed style that comes nearest to its picture, on
    contents that it was not trained on, at equal content loss."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _save(folder / "style.png", painting(SEED, STYLE_PX, path.stem).image)
        for number in range(2 * TESTED):
            seed = NEW + number
            _save(folder / f"{number}.png", render(seed, SIZE_PX).image if number % 2 else
                  painting(seed, SIZE_PX, DRAWN_KINDS[number // 2]).image)
        score = StyleScore([_whole(folder / "style.png")])
        tested = [_whole(folder / f"{number}.png") for number in range(2 * TESTED)]
    learnt = _made(Generator(read_style(path)), tested)
    pairs = [_at_equal_content(learnt, other, tested, score) for other in _fixed(tested)]
    mine, theirs, _ = pairs[_hardest(pairs)]
    return {"patch_distance": mine, "best_fixed_patch_distance": theirs}


def _fixed(contents: Sequence[Tensor]) -> list[list[Tensor]]:
    return [_made(Generator(fixed_style_weights(number)), contents) for number in range(FIXED_STYLES)]


def _hardest(pairs: Sequence[tuple[float, float, float]]) -> int:
    """Of (mine, theirs, level) the one that is ahead the most, or behind the least."""
    return min(range(len(pairs)), key=lambda number: pairs[number][1] - pairs[number][0])


def _at_equal_content(one: Sequence[Tensor], other: Sequence[Tensor], contents: Sequence[Tensor], score: StyleScore
                      ) -> tuple[float, float, float]:
    """The patch distances of two, and the content loss that both have."""
    losses = [content_loss(each, contents) for each in (one, other)]
    level = min(losses)
    lighter, heavier = (one, other) if losses[0] <= losses[1] else (other, one)
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (low + high) / 2
        low, high = (share, high) if content_loss(_mixed(heavier, contents, share), contents) < level else (low, share)
    distances = score.distance(lighter), score.distance(_mixed(heavier, contents, high))
    return (*(distances if losses[0] <= losses[1] else distances[::-1]), level)


def _mixed(pictures: Sequence[Tensor], contents: Sequence[Tensor], share: float) -> list[Tensor]:
    return [torch.lerp(content, picture, share) for picture, content in zip(pictures, contents, strict=True)]


def _made(generator: Generator, contents: Sequence[Tensor]) -> list[Tensor]:
    with torch.no_grad():
        return [generator(content) for content in contents]


def _contents(folder: Path) -> list[Path]:
    if photographs := os.environ.get("VERNISSAGE_PHOTOGRAPHS"):
        return sorted(path for path in Path(photographs).iterdir() if path.is_file())
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for seed in range(DRAWN):
        image = (render(seed, SIZE_PX).image if seed % 2 else
                 painting(100 + seed, SIZE_PX, DRAWN_KINDS[seed // 2 % len(DRAWN_KINDS)]).image)
        paths.append(folder / f"{seed:02}.png")
        _save(paths[-1], image)
    return paths


def _whole(path: Path) -> Tensor:
    """(1, 3, H, W) in 0 to 1; sides are multiples of 16."""
    picture = scaled(read_picture(path, path.name).colours, SIZE_PX)
    height, width = (side // 16 * 16 for side in picture.shape[1:])
    return picture[None, :, :height, :width].float() / 255


def _save(path: Path, image: np.ndarray) -> None:
    Image.fromarray(np.rint(image.clip(0, 1) * 255).astype(np.uint8)).save(path)


def _save_sheet(path: Path, contents: Sequence[Tensor], pictures: Sequence[Tensor]) -> None:
    columns = [torch.cat([each[..., :SIZE_PX, :SIZE_PX] for each in pair], dim=2)
               for pair in zip(contents, pictures, strict=True)]
    _save(path, torch.cat(columns, dim=3)[0].permute(1, 2, 0).numpy())
