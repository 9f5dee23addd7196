"""How well does `models/mini` paint a part of a picture anew, when what is known is held at each step?

    python -m training.repaint_evaluate --json out/repaint.json --sheet out/repaint.png

Of each material in its usual colour a drawn picture that no training saw has a square of its middle painted from its
prompt.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.canvas import Canvas
from backend.diffusion.loading import Models
from backend.job import Job
from backend.jobs.painter import painter_of
from backend.material.judge import Judge
from protocol.messages import Stage
from protocol.picture import PictureRequest
from training.data.mixture import LABELS
from training.evaluate import SIZE_PX, Task, drawn, judged, tasks
from training.sheet import Picture, contact_sheet

HOLE_PX = 128  # a quarter of the picture
SHOWN = 6  # in the sheet


def hole() -> NDArray[np.float32]:
    """(H, W): 1 where it is painted."""
    near = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    start = (SIZE_PX - HOLE_PX) // 2
    near[start : start + HOLE_PX, start : start + HOLE_PX] = 1
    return near


def repainted(model: Path, jobs: list[Task], pictures: list[Picture]) -> list[Picture]:
    """The middle of each picture (H, W, 3), sRGB 0–1, painted anew from its prompt, by the painter of the jobs."""
    models, canvas = Models(), Canvas(SIZE_PX, SIZE_PX, wraps_x=False, wraps_y=False)
    result = []
    with tempfile.TemporaryDirectory() as previews:
        told = Job("repaint", Path(previews), lambda event: None, lambda: False)
        for job, picture in zip(jobs, pictures, strict=True):
            request = PictureRequest(prompt=job.prompt, width_px=SIZE_PX, height_px=SIZE_PX,
                                     model=str(model.resolve()), seed=job.seed)
            painter = painter_of(request, told, models)
            with told.stage(Stage.DENOISE, steps=painter.steps):
                result.append(painter.paint_over(canvas, picture.astype(np.float32), hole(), 1.0))
    return result


@torch.no_grad()
def decoded(model: Path, pictures: list[Picture]) -> list[Picture]:
    """The middle of each picture through the autoencoder, and all else as it is: no painting can join better."""
    vae = MiniAutoencoder.from_pretrained(model / "vae", torch_dtype=torch.float32).eval()
    result = []
    for picture in pictures:
        seen = torch.from_numpy(picture.astype(np.float32)).permute(2, 0, 1)[None] * 2 - 1
        back = (vae(seen).sample.clamp(-1, 1)[0].permute(1, 2, 0).numpy() + 1) / 2
        result.append(np.where(hole()[..., None] > 0, back, picture))
    return result


def middle(picture: Picture) -> Picture:
    """What was painted of it."""
    start = (SIZE_PX - HOLE_PX) // 2
    return picture[start : start + HOLE_PX, start : start + HOLE_PX]


def edge_ratio(picture: Picture) -> float:
    """The mean step over the hole's border over the mean step within the picture and across the same axis."""
    start = (SIZE_PX - HOLE_PX) // 2
    within = slice(start, start + HOLE_PX)
    ratios = []
    for turned in (picture, picture.swapaxes(0, 1)):
        steps = np.abs(np.diff(turned, axis=0)).mean(-1)
        ratios += [float(steps[line, within].mean() / max(steps.mean(), 1e-6))
                   for line in (start - 1, start + HOLE_PX - 1)]
    return float(np.mean(ratios))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/mini"))
    parser.add_argument("--judge", type=Path, default=Path("models/judge"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    jobs = list({job.label: job for job in reversed(tasks(1)) if job.colour}.values())[::-1]
    before = drawn(jobs, 0)
    after, floor = repainted(options.model, jobs, before), decoded(options.model, before)
    judge = Judge.from_pretrained(options.judge, torch_dtype=torch.float32).eval()

    def right(pictures: list[Picture]) -> float:
        said, _ = judged(judge, [middle(picture) for picture in pictures])
        return float(np.mean([LABELS[i] == job.label for i, job in zip(said, jobs, strict=True)]))

    figures = {name: {"edge_ratio": float(np.median([edge_ratio(picture) for picture in pictures])),
                      "family_accuracy": right(pictures)}
               for name, pictures in (("painted", after), ("drawn and decoded", floor), ("drawn", before))}
    print(figures)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if options.sheet:
        shown = range(0, len(jobs), max(1, len(jobs) // SHOWN))
        contact_sheet([pictures[i] for pictures in (before, after) for i in shown],
                      [jobs[i].prompt for i in shown] * 2, len(shown), SIZE_PX).save(options.sheet)


if __name__ == "__main__":
    main()
