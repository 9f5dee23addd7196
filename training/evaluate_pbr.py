"""How far `models/mini-pbr` is from the truth of surfaces it never saw, beside a heuristic of the luminance.

    python -m training.evaluate_pbr                          # prints the table of the model card
    python -m training.evaluate_pbr --json out/pbr.json
    python -m training.evaluate_pbr --sheet models/mini-pbr/sample.png
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.material.network import Material, MaterialNet, load, read_material
from training.data import truth
from training.data.light import draw_light, lit
from training.data.noise import Field, blurred
from training.data.surface import Maps, normals, occlusion
from training.pbr import DATA

Picture = NDArray[np.float32]
CHANNELS = ("base colour", "height", "normal", "roughness", "metallic", "occlusion")
UNITS = ("mean error, sRGB 0–1", "mean error, px, means taken out", "mean angle, degrees", "mean error, 0–1",
         "mean error, 0–1", "mean error, 0–1")


def luminance(picture: Picture) -> Field:
    """Rec. 709 weights on the encoded values, as tools that make a bump map from a photograph do it."""
    return (picture @ np.float32([0.2126, 0.7152, 0.0722])).astype(np.float32)


def heuristic(picture: Picture, height_px: float, rough: float) -> Material:
    """What one gets without learning: bright is high, dark is rough, nothing is metal, the picture is the colour."""
    luma = luminance(picture)
    soft = blurred(luma, 1.0)
    height = (soft - soft.mean()) * np.float32(height_px)
    return Material(picture, height, normals(height), np.clip(0.5 + rough * (0.5 - luma), 0, 1), np.zeros_like(luma),
                    occlusion(height))


def errors(said: Material, true: Maps) -> NDArray[np.float64]:
    """The error of each of CHANNELS, in UNITS."""
    angle = np.degrees(np.arccos(np.clip((said.normal * true.normal).sum(-1), -1, 1)))
    level = true.height - true.height.mean()
    return np.asarray([
        np.abs(said.base_colour - true.base_colour).mean(), np.abs(said.height - level).mean(), angle.mean(),
        np.abs(said.roughness - true.roughness).mean(), np.abs(said.metallic - true.metallic).mean(),
        np.abs(said.occlusion - true.occlusion).mean(),
    ])


def picture_of(maps: Maps, seed: int) -> Picture:
    """The surface under the light of a seed that no training draws."""
    return lit(maps, draw_light(np.random.default_rng((20261127, seed)), len(maps.height)))


def fit_heuristic(store: truth.Store, count: int = 120) -> tuple[float, float]:
    """The height in pixels of a unit of luminance and the roughness of its lack, each the best on learned families.

    The heuristic is given its best chance: the values with the least mean error of the normal and of the roughness.
    """
    heights, roughs = np.asarray([0.0, 2.0, 4.0, 7.0, 11.0, 16.0, 24.0]), np.asarray([-0.8, -0.4, 0.0, 0.4, 0.8, 1.2])
    angle, rough = np.zeros(len(heights)), np.zeros(len(roughs))
    for index in range(count):
        maps = store.maps(index)
        picture = picture_of(maps, 50_000 + index)
        angle += [errors(heuristic(picture, value, 0.0), maps)[2] for value in heights]
        rough += [np.abs(np.clip(0.5 + k * (0.5 - luminance(picture)), 0, 1) - maps.roughness).mean() for k in roughs]
    # A height of nothing would be no heuristic at all, even where it is the better guess.
    return float(heights[1 + angle[1:].argmin()]), float(roughs[rough.argmin()])


def consistency(said: Material) -> float:
    """Mean angle in degrees between the normal that is said and that of the height that is said."""
    cosine = (said.normal * normals(said.height)).sum(-1)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean())


def compare(store: truth.Store, said: dict[str, Callable[[Picture], Material]]) -> tuple[dict[str, NDArray], float]:
    """Errors (pictures, channels) of each way to read a picture, and the network's mean own consistency."""
    rows: dict[str, list[NDArray]] = {name: [] for name in said}
    agreement = []
    for index in range(len(store.families)):
        maps = store.maps(index)
        picture = picture_of(maps, index)
        for name, read in said.items():
            result = read(picture)
            rows[name].append(errors(result, maps))
            if name == "mini-pbr":
                agreement.append(consistency(result))
    return {name: np.stack(values) for name, values in rows.items()}, float(np.mean(agreement))


def table(results: dict[str, NDArray]) -> str:
    """Markdown: one row a channel."""
    names = list(results)
    lines = [f"| channel | {' | '.join(names)} | unit |", f"|---|{'---|' * len(names)}---|"]
    for k, (channel, unit) in enumerate(zip(CHANNELS, UNITS, strict=True)):
        cells = [f"{results[name][:, k].mean():.2f}" if k in (1, 2) else f"{results[name][:, k].mean():.4f}"
                 for name in names]
        lines.append(f"| {channel} | {' | '.join(cells)} | {unit} |")
    return "\n".join(lines)


def tiles_of(picture: Picture, material: Material | Maps) -> list[Picture]:
    """The picture and six channels as pictures (H, W, 3): height from -8 to 8 px, normals as they are stored."""
    level = material.height - material.height.mean()
    greys = (np.clip(level / 16 + 0.5, 0, 1), material.roughness, material.metallic, material.occlusion)
    grey = [np.repeat(value[..., None], 3, axis=-1) for value in greys]
    return [picture, material.base_colour, material.normal * 0.5 + 0.5, *grey]


def sample_sheet(network: MaterialNet, store: truth.Store, indices: list[int], tile_px: int = 88) -> Image.Image:
    """Two rows a surface: the network's reading above, the truth below. Columns: picture, base colour, normal, height,
    roughness, metallic, occlusion."""
    sheet = Image.new("RGB", (7 * (tile_px + 2), 2 * len(indices) * (tile_px + 2)), "white")
    for row, index in enumerate(indices):
        maps = store.maps(index)
        picture = picture_of(maps, index)
        for below, material in enumerate((read_material(network, picture), maps)):
            for column, tile in enumerate(tiles_of(picture, material)):
                image = Image.fromarray((np.clip(tile, 0, 1) * 255 + 0.5).astype(np.uint8))
                image = image.resize((tile_px, tile_px), Image.Resampling.LANCZOS)
                sheet.paste(image, (column * (tile_px + 2), (2 * row + below) * (tile_px + 2)))
    return sheet


def measured(network: MaterialNet, data: Path) -> dict[str, Any]:
    """Print the tables of the card; the mean errors by part of the truth in `data`, in the order of CHANNELS."""
    height_px, rough = fit_heuristic(truth.load(data, "held out seeds"))
    print(f"heuristic: {height_px:g} px of height a unit of luminance, roughness 0.5 + {rough:g}·(0.5 − luminance)")
    figures: dict[str, Any] = {"heuristic": {"height_px": height_px, "rough": rough}}
    ways = {"mini-pbr": lambda picture: read_material(network, picture),
            "heuristic": lambda picture: heuristic(picture, height_px, rough)}
    for part in ("held out families", "held out seeds"):
        store = truth.load(data, part)
        results, agreement = compare(store, ways)
        print(f"\n{part}, {len(store.families)} pictures of {store.height.shape[1]}²\n\n{table(results)}")
        print(f"\nheight against normal: {agreement:.2f} degrees")
        ours, theirs = results["mini-pbr"].mean(0), results["heuristic"].mean(0)
        figures[part] = {"mini-pbr": ours.tolist(), "heuristic": theirs.tolist(), "consistency_degrees": agreement,
                         "pbr_better_than_heuristic": bool((ours < theirs).all())}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/mini-pbr"))
    parser.add_argument("--data", type=Path, default=DATA, help="what training.data.truth has drawn")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--sheet", type=Path, help="write a PNG of held-out families there, in place of the table")
    options = parser.parse_args()
    network = load(options.model)
    if options.sheet:
        store = truth.load(options.data, "held out families")
        sheet_of = [store.families.index(name) for name in ("paving", "knit", "hammered metal", "rusty metal")]
        sample_sheet(network, store, sheet_of).quantize(128).save(options.sheet, optimize=True)
        return
    figures = measured(network, options.data)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
