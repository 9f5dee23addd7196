"""Before and after under each other, the prompts as labels. Runs in the backend's environment (Pillow).

    python -m tools.contact_sheet BEFORE.png AFTER.png OUT.png CAPTION…
"""

from __future__ import annotations

import sys

from PIL import Image, ImageDraw, ImageFont

PAPER = (250, 249, 247)
INK = (38, 37, 35)
PALE = (128, 125, 120)
MARGIN_PX = 40
HEAD_PX = 34
CAPTION_PX = 62


def main(before_path: str, after_path: str, out_path: str, captions: list[str]) -> None:
    with Image.open(before_path) as before, Image.open(after_path) as after:
        sheet = contact_sheet(before.convert("RGB"), after.convert("RGB"), captions)
    sheet.save(out_path, optimize=True)


def contact_sheet(before: Image.Image, after: Image.Image, captions: list[str]) -> Image.Image:
    """Two pictures of equal size, a word over each, the captions in equal columns under the second."""
    width, height = after.size
    sheet = Image.new("RGB", (width + 2 * MARGIN_PX, 2 * (height + HEAD_PX) + 2 * MARGIN_PX + CAPTION_PX), PAPER)
    draw = ImageDraw.Draw(sheet)
    head, caption_font = ImageFont.load_default(20), ImageFont.load_default(30)
    y = MARGIN_PX
    for word, picture in (("before", before), ("after", after)):
        draw.text((MARGIN_PX, y), word, fill=PALE, font=head, anchor="lt")
        y += HEAD_PX
        sheet.paste(picture, (MARGIN_PX, y))
        y += height
        if picture is before:
            y += MARGIN_PX // 2
    column_px = width / len(captions)
    for number, caption in enumerate(captions):
        draw.text((MARGIN_PX + (number + 0.5) * column_px, y + 18), f"“{caption}”", fill=INK, font=caption_font,
                  anchor="mt")
    return sheet


if __name__ == "__main__":
    before_picture, after_picture, out_picture, *words = sys.argv[1:]
    main(before_picture, after_picture, out_picture, words)
