"""How good are the pictures of `models/mini`? Judged by `models/judge`, which has seen drawn pictures only.

    python -m training.evaluate --json out/mini.json
    python -m training.evaluate --model .dev/training/v1/mini --pictures 1    # quicker and rougher

The prompts name a material and a colour, or a kind of painting. The Fréchet distance (Heusel et al.,
arXiv:1706.08500) is that of the judge's own features: between generated and drawn pictures of the same subjects, and
between two sets of drawn ones, which no model can be expected to beat.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from backend.colours import to_linear, to_oklab
from backend.diffusion.folders import read_model_folder
from backend.material.judge import Judge
from training.autoencoder import to_tensor
from training.data import FAMILIES, specimen
from training.data.mixture import LABELS
from training.data.paintings import KINDS, painting
from training.sheet import Picture, generate

HELD_OUT_SEED = 5_000_000  # no training draws from here on
COLOURS = 2  # of each material
SIZE_PX = 256


@dataclass(frozen=True)
class Task:
    """One picture to be made: what to ask for, and what it should be taken for."""

    prompt: str
    label: str
    colour: str  # "" for paintings
    seed: int


def tasks(pictures: int) -> list[Task]:
    """Every material in its usual and in other colours, every kind of painting; `pictures` seeds each."""
    rng = np.random.default_rng(20261128)
    result = []
    for family in FAMILIES:
        names = list(family.palette)
        usual = family.default or names[0]
        others = [name for name in names if name != usual]
        chosen = [usual, *rng.permutation(others)[: COLOURS - 1].tolist()]
        for colour in chosen:
            prompt = " ".join(family.nouns[0].format(colour).split())
            result += [Task(prompt, family.name, colour, HELD_OUT_SEED + len(result) + i) for i in range(pictures)]
    for name, kind in KINDS.items():
        result += [Task(kind.nouns[i % len(kind.nouns)], f"painting/{name}", "", HELD_OUT_SEED + len(result) + i)
                   for i in range(2 * pictures)]
    return result


def drawn(jobs: Sequence[Task], offset: int) -> list[Picture]:
    """A drawn picture for each task, of seeds that no training sees; another `offset` draws others."""
    return [painting(job.seed + offset, SIZE_PX, job.label.removeprefix("painting/")).image if not job.colour
            else specimen(job.seed + offset, SIZE_PX, job.label, job.colour).image for job in jobs]


@torch.no_grad()
def judged(judge: Judge, pictures: Sequence[Picture]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What each picture is taken for (n,), and its features (n, f)."""
    said, features = [], []
    for start in range(0, len(pictures), 16):
        batch = np.stack(pictures[start : start + 16])
        seen = judge.features(to_tensor((batch * 255 + 0.5).astype(np.uint8)))
        features.append(seen.double().numpy())
        said.append(judge.head(seen).argmax(dim=1).numpy())
    return np.concatenate(said), np.concatenate(features)


def frechet(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """The Fréchet distance of two sets of features (n, f), taken as Gaussians."""
    one, two = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    values, vectors = np.linalg.eigh(one)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ two @ root).clip(0)).sum()
    return float(((first.mean(0) - second.mean(0)) ** 2).sum() + np.trace(one) + np.trace(two) - 2 * cross)


def oklab(picture: Picture) -> NDArray[np.float64]:
    """(3,) mean of a picture in OKLab (Ottosson 2020), of linear light."""
    return to_oklab(to_linear(picture).reshape(-1, 3).mean(0))


def colour_references() -> dict[str, tuple[list[str], NDArray[np.float64]]]:
    """For each material its colours, and (colours, 3) what drawn pictures of each are on average in OKLab."""
    result = {}
    for family in FAMILIES:
        names = list(family.palette)
        means = [np.mean([oklab(specimen(HELD_OUT_SEED - 10 + i, 64, family.name, name, frozenset()).image)
                          for i in range(3)], axis=0) for name in names]
        result[family.name] = names, np.stack(means)
    return result


def colours_right(jobs: Sequence[Task], pictures: Sequence[Picture],
                  references: dict[str, tuple[list[str], NDArray[np.float64]]]) -> float:
    """Share of the material pictures that are nearer to the colour asked for than to any other that is told from it.

    Colours of a material whose drawn pictures are on average within 0.06 of each other count as one.
    """
    right = []
    for job, picture in zip(jobs, pictures, strict=True):
        if job.colour:
            names, means = references[job.label]
            nearest = means[np.argmin(np.linalg.norm(means - oklab(picture), axis=1))]
            right.append(np.linalg.norm(nearest - means[names.index(job.colour)]) < 0.06)
    return float(np.mean(right))


def evaluate(judge: Judge, models: dict[str, Path], *, pictures: int = 2) -> dict[str, dict[str, float]]:
    """The figures of each model, in steps and guidance that suit it, and of drawn pictures under "drawn": for materials
    and for paintings apart."""
    jobs = tasks(pictures)
    labels = np.array([LABELS.index(job.label) for job in jobs])
    is_painting = np.array([not job.colour for job in jobs])
    references = colour_references()
    made = {"drawn": drawn(jobs, 0)} | {
        name: generate(folder, [job.prompt for job in jobs], [job.seed for job in jobs], SIZE_PX, sampling.steps,
                       sampling.guidance_scale)
        for name, folder in models.items() for sampling in (read_model_folder(folder).sampling,)}
    _, truth = judged(judge, drawn(jobs, 100_000))
    result = {}
    for name, images in made.items():
        said, features = judged(judge, images)
        result[name] = {
            "family_accuracy": float((said == labels)[~is_painting].mean()),
            "painting_accuracy": float((said == labels)[is_painting].mean()),
            "colour_accuracy": colours_right(jobs, images, references),
            "fid": frechet(features[~is_painting], truth[~is_painting]),
            "painting_fid": frechet(features[is_painting], truth[is_painting]),
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, action="append", help="default: models/mini")
    parser.add_argument("--judge", type=Path, default=Path("models/judge"))
    parser.add_argument("--pictures", type=int, default=2, help="of each prompt")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    judge = Judge.from_pretrained(options.judge, torch_dtype=torch.float32).eval()
    figures = evaluate(judge, {str(folder): folder for folder in options.model or [Path("models/mini")]},
                       pictures=options.pictures)
    for name, row in figures.items():
        print(name, {key: round(value, 4) for key, value in row.items()})
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
