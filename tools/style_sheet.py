"""Pictures for the demo of styles, and what is shown of them. Runs in the backend's environment.

    python -m tools.style_sheet draw FOLDER SIZE STYLE…                               # styles and contents
    python -m tools.style_sheet sheet FOLDER OUT.png CONTENT… -- WAY… -- STYLE…       # all that was made, on one page
    python -m tools.style_sheet film FRAMES STYLISED OUT.webp                         # side by side, animated
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.data.paintings import painting
from training.data.renders import render

PAPER, PALE = (250, 249, 247), (128, 125, 120)
SHOWN_PX, GAP_PX, HEAD_PX = 220, 8, 36
STYLE_PX, SEED = 512, 3
FRAMES_PER_S = 16


def draw(folder: Path, size_px: int, styles: list[str]) -> None:
    for style in styles:
        _save(folder / f"{style}.png", painting(SEED, STYLE_PX, style).image)
    _save(folder / "seascape.png", painting(7, size_px, "seascape").image)
    _save(folder / "body.png", render(901, size_px).image)


def sheet(folder: Path, out: Path, contents: list[str], ways: list[str], styles: list[str]) -> None:
    """A row for each way: three contents in the first style, three in the second …; styles and contents above."""
    step = SHOWN_PX + GAP_PX
    columns = len(contents) * len(styles)
    left = 150
    page = Image.new("RGB", (left + columns * step + GAP_PX, 2 * HEAD_PX + (len(ways) + 2) * step + GAP_PX), PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(22)

    def put(path: Path, column: int, row: int) -> None:
        with Image.open(path) as picture:
            shown = picture.convert("RGB").resize((SHOWN_PX, SHOWN_PX), Image.Resampling.LANCZOS)
        page.paste(shown, (left + column * step, HEAD_PX + row * step))

    for number, style in enumerate(styles):
        pen.text((left + number * len(contents) * step, 6), style, fill=PALE, font=font)
        put(folder / f"{style}.png", number * len(contents), 0)
        for place, content in enumerate(contents):
            put(folder / f"{content}.png", number * len(contents) + place, 1)
            for row, way in enumerate(ways, 2):
                put(folder / f"{way} {style}" / f"{content}_styled.png", number * len(contents) + place, row)
    for row, word in enumerate(("style", "content", *ways)):
        pen.text((12, HEAD_PX + row * step + SHOWN_PX // 2), word, fill=PALE, font=font)
    page.save(out, optimize=True)


def film(frames: Path, stylised: Path, out: Path) -> None:
    pages = []
    for path in sorted(stylised.glob("*.png")):
        with Image.open(frames / path.name) as before, Image.open(path) as after:
            page = Image.new("RGB", (2 * after.width + GAP_PX, after.height), PAPER)
            page.paste(before.convert("RGB"), (0, 0))
            page.paste(after.convert("RGB"), (after.width + GAP_PX, 0))
        pages.append(page)
    pages[0].save(out, save_all=True, append_images=pages[1:], duration=1000 // FRAMES_PER_S, loop=0, quality=85)


def _save(path: Path, image: np.ndarray) -> None:
    Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)).save(path)


def _split(words: list[str]) -> list[list[str]]:
    """At each --."""
    groups: list[list[str]] = [[]]
    for word in words:
        if word == "--":
            groups.append([])
        else:
            groups[-1].append(word)
    return groups


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "draw":
        draw(Path(rest[0]), int(rest[1]), rest[2:])
    elif what == "film":
        film(*map(Path, rest))
    else:
        found, ways_shown, styles_shown = _split(rest[2:])
        sheet(Path(rest[0]), Path(rest[1]), found, ways_shown, styles_shown)
