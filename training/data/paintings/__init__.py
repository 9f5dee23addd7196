"""Paintings of many kinds with captions, drawn from a seed: scenes in a palette, turned into a medium."""

from training.data.paintings.kinds import KINDS, Kind
from training.data.paintings.palettes import PALETTES
from training.data.paintings.pictures import Painting, painting

__all__ = ["KINDS", "PALETTES", "Kind", "Painting", "painting"]
