"""Strips of small pictures that show how a picture came about: as files, and within the picture's own."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from protocol.picture import Strip, StripKind

from .pictures import write_png

__all__ = ["TILE_PX", "strips_text", "tile_size", "write_strip"]

TILE_PX = 160  # the longer side


def tile_size(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of the small picture of one."""
    scale = TILE_PX / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def write_strip(folder: Path, kind: StripKind, pictures: Sequence[NDArray[np.float32]], captions: Sequence[str]
                ) -> Strip:
    """Pictures (h, w, 3) float32 in 0 to 1, sRGB, of one size, side by side as a PNG."""
    strip = np.concatenate(pictures, axis=1)
    write_png(folder / f"{kind}.png", np.rint(strip.clip(0, 1) * 255).astype(np.uint8))
    return Strip(kind=kind, file=f"{kind}.png", captions=tuple(captions))


def strips_text(folder: Path, strips: Sequence[Strip]) -> str:
    """What a PNG says of them, see `protocol.making.STRIPS_KEY`; "" for none."""
    return json.dumps([{"kind": str(strip.kind), "captions": strip.captions, "jpeg": _jpeg(folder / strip.file)}
                       for strip in strips]) if strips else ""


def _jpeg(file: Path) -> str:
    body = io.BytesIO()
    with Image.open(file) as picture:
        picture.convert("RGB").save(body, "JPEG", quality=90, subsampling=0)
    return base64.b64encode(body.getvalue()).decode("ascii")
