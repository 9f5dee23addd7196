"""What may follow `--command vernissage compare`. No bpy here."""

from __future__ import annotations

import argparse

__all__ = ["add_compare"]


def add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pictures", nargs="+", metavar="PATH", help="pictures, and folders with pictures")
    parser.add_argument("--to", metavar="PICTURE", help="tell which of them are nearest to this one")
    parser.add_argument("--out", dest="plot", metavar="PLOT.png",
                        help="write the plot: a map, and each picture's palette, the directions of its strokes and "
                             "their scale")
    parser.add_argument("--json", metavar="OUT.json",
                        help="write all that was measured: vectors, distances, nearest neighbours")
