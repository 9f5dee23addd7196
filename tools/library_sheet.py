"""Materials and worlds of a library on one page. Runs in the backend's environment (Pillow).

    python -m tools.library_sheet materials|worlds REPORT.json OUT.png

The report is that of `--command vernissage material|world`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

PAPER, INK = (250, 249, 247), (38, 37, 35)
SIDE_PX, GAP_PX, CAPTION_PX = 288, 24, 34
TIMES = 3  # that a material is laid beside itself
COLUMNS = {"materials": 3, "worlds": 4}


def main(kind: str, report: Path, out: Path) -> None:
    made = json.loads(report.read_text(encoding="utf-8"))[kind]
    cells = [(item["request"]["prompt"], _material(item) if kind == "materials" else _world(item)) for item in made]
    wide, high = cells[0][1].width + GAP_PX, cells[0][1].height + CAPTION_PX + GAP_PX
    columns = COLUMNS[kind]
    page = Image.new("RGB", (columns * wide + GAP_PX, -(-len(cells) // columns) * high + GAP_PX), PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(20)
    for number, (prompt, cell) in enumerate(cells):
        x, y = GAP_PX + number % columns * wide, GAP_PX + number // columns * high
        pen.text((x, y), prompt, fill=INK, font=font)
        page.paste(cell, (x, y + CAPTION_PX), cell)
    page.save(out, optimize=True)


def _material(item: dict[str, Any]) -> Image.Image:
    """Three times three of its base colour, and the ball."""
    folder = Path(item["files"]["folder"])
    cell = Image.new("RGBA", (2 * SIDE_PX + GAP_PX // 2, SIDE_PX))
    with Image.open(folder / "base_colour.png") as picture:
        one = picture.convert("RGB").resize((SIDE_PX // TIMES, SIDE_PX // TIMES), Image.Resampling.LANCZOS)
    for row in range(TIMES):
        for column in range(TIMES):
            cell.paste(one, (column * one.width, row * one.height))
    with Image.open(folder / "ball.png") as ball:
        shown = ball.convert("RGBA").resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    cell.paste(shown, (SIDE_PX + GAP_PX // 2, 0))
    return cell


def _world(item: dict[str, Any]) -> Image.Image:
    """The panorama, and the balls that it lights below it."""
    with Image.open(item["files"]["preview"]) as preview:
        return preview.convert("RGBA").resize((SIDE_PX * 3 // 2, SIDE_PX * 3 // 2), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
