"""What `models/mini-sky` paints, in figures: the table of its card.

    python -m training.sky_evaluate --json out/sky.json      # after the skies were drawn (training.data.skies.cache)

The prompts are captions of seeds that no training drew. A linear classifier of colours by height, fitted to drawn maps,
says what kind of place a picture shows; beside it stands how often it is right about drawn maps that it was not fitted
to. Kinds overlap (a sunset over the sea is drawn as "sunset" and as "sea"), so that no classifier is always right.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.panorama.measure import measure_picture
from training.data.skies import KINDS, cache
from training.data.skies.maps import caption
from training.data.skies.sphere import reduced
from training.sheet import generate
from training.sky import OUT, ROWS_PX, WORK, photographed

BANDS, RIDGE = 16, 3.0
FITTED = 0.8  # share of the drawn maps that the classifier is fitted to
FIRST_SEED = 6_000_000


def features(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a panorama (H, 2H, 3) 0–1, sRGB: the mean colour of each of BANDS heights, and how much it varies between and
    within squares."""
    side = len(picture) // BANDS
    squares = picture.reshape(BANDS, side, 2 * BANDS, side, 3)
    means = squares.mean((1, 3))
    return np.concatenate([means.mean(1), means.std(1), squares.std((1, 3)).mean(1)]).ravel().astype(np.float32)


class Classifier:
    """Ridge regression from standardised features to one number a kind; the largest is the answer."""

    def __init__(self, rows: NDArray[np.float32], kinds: list[str]) -> None:
        self.mean, self.deviation = rows.mean(0), rows.std(0) + 1e-3
        told = np.asarray([[kind == one for one in KINDS] for kind in kinds], np.float64)
        # As many maps of one kind as of another, as the prompts have them.
        weight = np.sqrt(1.0 / told.sum(0).clip(1))[told.argmax(1)][:, None] * np.sqrt(len(rows) / len(KINDS))
        known = self._prepared(rows) * weight
        self.said = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ (told * weight))

    def kinds_of(self, rows: NDArray[np.float32]) -> list[str]:
        return [KINDS[k] for k in (self._prepared(rows) @ self.said).argmax(1)]

    def _prepared(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        standard = ((rows - self.mean) / self.deviation).clip(-4, 4)
        return np.concatenate([standard, np.ones((len(rows), 1))], 1).astype(np.float64)


def drawn_features(work: Path, maps: int) -> NDArray[np.float32]:
    """Of the first `maps` drawn maps, as the training photographs them."""
    rows = []
    for one, words in zip(cache.load(work / "skies", maps), cache.captions(work / "skies", maps), strict=True):
        radiance = reduced(np.exp2(one.astype(np.float32)), ROWS_PX)
        rows.append(features(photographed(radiance, words).astype(np.float32) / 255))
    return np.stack(rows)


def evaluate(
    model: Path, work: Path, *, maps: int, each: int, height_px: int, steps: int, guidance: float
) -> dict[str, float]:
    """`kind_accuracy` of the painted and of drawn maps, and the worst and mean of what is measured on each picture."""
    kinds = [cache.kind_of(seed) for seed in range(maps)]
    rows, fitted = drawn_features(work, maps), int(FITTED * maps)
    classifier = Classifier(rows[:fitted], kinds[:fitted])
    drawn = [a == b for a, b in zip(classifier.kinds_of(rows[fitted:]), kinds[fitted:], strict=True)]

    asked = [kind for kind in KINDS for _ in range(each)]
    prompts = [caption(FIRST_SEED + i, kind) for i, kind in enumerate(asked)]
    pictures = generate(model, prompts, list(range(len(prompts))), height_px, steps, guidance, panoramas=True)
    found = classifier.kinds_of(np.stack([features(one) for one in pictures]))
    measured = [measure_picture(one) for one in pictures]
    for kind in KINDS:
        print(f"{kind:<16}" + ", ".join(b for a, b in zip(asked, found, strict=True) if a == kind))
    return {
        "kind_accuracy": float(np.mean([a == b for a, b in zip(asked, found, strict=True)])),
        "kind_accuracy_drawn": float(np.mean(drawn)), "pictures": len(pictures),
        "wrap_ratio_min": min(m.wrap_ratio for m in measured), "wrap_ratio_max": max(m.wrap_ratio for m in measured),
        "wrap_ratio_mean": float(np.mean([m.wrap_ratio for m in measured])),
        "pole_deviation_mean": float(np.mean([m.pole_deviation for m in measured])),
        "pole_deviation_max": max(m.pole_deviation for m in measured),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=OUT)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--maps", type=int, default=1136, help="drawn maps to fit and to check the classifier on")
    parser.add_argument("--each", type=int, default=2, help="pictures of each kind")
    parser.add_argument("--size", type=int, default=ROWS_PX, help="rows")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    figures = evaluate(options.model, options.work, maps=options.maps, each=options.each, height_px=options.size,
                       steps=options.steps, guidance=options.guidance)
    for name, value in figures.items():
        print(f"{name:<22}{value:.4g}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
