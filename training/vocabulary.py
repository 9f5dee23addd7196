"""Write which words and things the captions of `models/mini` had, and what else those are called: `vocabulary.json` of
its folder.

    python -m training.vocabulary models/mini
"""

import argparse
import json
import re
from collections.abc import Iterable
from pathlib import Path

from backend.diffusion.vocabulary import NAME
from training.data import cache
from training.data.families import FAMILIES
from training.data.names import LOOKS, NAMES
from training.data.paintings import KINDS

WORK = Path(".dev/training")


def things() -> list[str]:
    """What captions call the materials and the kinds of painting, without colours."""
    nouns = (" ".join(noun.format("").split()) for family in FAMILIES for noun in family.nouns
             if not noun.endswith("{}"))
    return sorted({*nouns, *KINDS})


def write(captions: Iterable[str], folder: Path) -> None:
    """Their words, all things and colours, and the lexicon, into a model's folder."""
    words = {word for caption in captions for word in re.findall(r"[a-z]+", caption.lower())}
    colours = {word for family in FAMILIES for colour in family.palette for word in colour.split()}
    listed = {"words": sorted(words), "things": things(), "colours": sorted(colours), "names": NAMES,
              "looks": sorted(LOOKS)}
    (folder / NAME).write_text(json.dumps(listed, indent=0) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures with their captions")
    options = parser.parse_args()
    write(cache.load(options.work / "data")[1], options.folder)


if __name__ == "__main__":
    main()
