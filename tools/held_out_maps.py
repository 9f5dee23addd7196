"""Bring the real CC0 maps that `models/mini-hdr` is measured on into arrays; runs in the `bpy` environment.

    npm pack @pmndrs/assets@1.7.0
    .dev/bpy-5.0.1/bin/python tools/held_out_maps.py pmndrs-assets-1.7.0.tgz .dev/training/held_out

Writes NAME.npy, (H, 2H, 3) float32 linear Rec.709: eight maps that Blender ships for its viewport, and sixteen of the
eighteen of Poly Haven that the npm package carries as base64 within JavaScript.
"""

import argparse
import base64
import re
import tarfile
import tempfile
from pathlib import Path

import bpy
import numpy as np

DAMAGED = {"park", "sunrise"}  # the square about the sun was lost in the package's compression: it reads as black


def read(path: Path) -> np.ndarray:
    """(H, W, 3) float32, row 0 at the top."""
    image = bpy.data.images.load(str(path))
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    # The package's maps were shrunk with a sharp filter: beside a sun it rings below zero, where there is no light.
    return np.maximum(pixels.reshape(height, width, 4)[::-1, :, :3], 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the npm package's tgz")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(bpy.utils.system_resource("DATAFILES"), "studiolights", "world").glob("*.exr")):
        np.save(options.out / f"blender_{path.stem}.npy", read(path))
    with tarfile.open(options.package) as package, tempfile.TemporaryDirectory() as folder:
        for member in package.getmembers():
            if member.name.endswith(".exr.js"):
                file = package.extractfile(member)
                encoded = re.search(rb"base64,([A-Za-z0-9+/=]+)", file.read() if file else b"")
                exr = Path(folder, Path(member.name).name.removesuffix(".js"))
                if exr.stem in DAMAGED or not encoded:
                    continue
                exr.write_bytes(base64.b64decode(encoded[1]))
                np.save(options.out / f"pmndrs_{exr.stem}.npy", read(exr))


if __name__ == "__main__":
    main()
