"""Train the styles that come with Vernissage, each from one drawn picture, by the job that artists train theirs with.

    python -m training.styles                 # those of KINDS that models/styles lacks; goes on after a break
    python -m training.styles --sheet FILE    # look at them
"""

from __future__ import annotations

import argparse
from pathlib import Path

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait

# isort: split
import numpy as np
from PIL import Image

from backend.job import Job
from backend.jobs.style_train import style_train
from backend.style.adversarial.styles import read_style
from backend.style.instant import look_of, stylise
from protocol.style_train import CHECKPOINT_NAME, STYLE_SUFFIX, StyleTrainRequest
from training.data.paintings import painting
from training.data.renders import render

KINDS = ("woodcut", "stained glass", "ink wash", "watercolour", "pointillism", "mosaic", "charcoal", "impressionism",
         "tapestry", "cubism", "batik", "crayon")
OUT = Path("models/styles")
WORK = Path(".dev/training/styles")
SEED, STYLE_PX, CONTENT_PX, CONTENTS = 3, 512, 256, 48
CONTENT_KINDS = ("gouache", "seascape", "flower painting", "night city", "sunset", "fresco")
LICENCE = "GPL-3.0-or-later; learnt from a picture that training/ draws"


def train(kind: str) -> None:
    """Write `OUT`/KIND.safetensors."""
    folder = WORK / kind
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / "style.png", painting(SEED, STYLE_PX, kind).image)
    checkpoint = (folder / CHECKPOINT_NAME).absolute()
    request = StyleTrainRequest(name=kind, styles=("style.png",), contents=(str((WORK / "contents").absolute()),),
                                styles_folder=str(folder.absolute()), licence=LICENCE,
                                resume=str(checkpoint) if checkpoint.is_file() else "")
    result = style_train(request, Job("train", folder.absolute(), lambda event: None, lambda: False))
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{kind}{STYLE_SUFFIX}").write_bytes(Path(result.style).read_bytes())
    checkpoint.unlink(missing_ok=True)
    print(kind, result.tests[result.best], flush=True)


def draw_contents() -> None:
    """What the styles are learnt on: paintings of other kinds, and bodies in light."""
    folder = WORK / "contents"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(CONTENTS):
        path = folder / f"{number:02}.png"
        if not path.exists():
            save(path, render(number, CONTENT_PX).image if number % 2 else
                 painting(100 + number, CONTENT_PX, CONTENT_KINDS[number // 2 % len(CONTENT_KINDS)]).image)


def sheet(path: Path) -> None:
    """A row for each style: what it was learnt from, and three pictures in it."""
    contents = [painting(7, CONTENT_PX, "seascape").image, painting(8, CONTENT_PX, "flower painting").image,
                render(901, CONTENT_PX).image]
    rows = [np.concatenate([np.ones_like(contents[0]), *contents], axis=1)]
    for kind in KINDS:
        if (file := OUT / f"{kind}{STYLE_SUFFIX}").exists():
            look = look_of([], [], [(read_style(file), 1.0)])
            made = [stylise(picture.astype(np.float32), look) for picture in contents]
            rows.append(np.concatenate([painting(SEED, CONTENT_PX, kind).image, *made], axis=1))
    save(path, np.concatenate(rows))


def save(path: Path, image: np.ndarray) -> None:
    Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)).save(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    if options.sheet:
        sheet(options.sheet)
    else:
        draw_contents()
        for wanted in KINDS:
            if not (OUT / f"{wanted}{STYLE_SUFFIX}").exists():
                train(wanted)
