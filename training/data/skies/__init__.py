"""Panoramas of skies and rooms in true light, drawn from a seed."""

from training.data.skies.maps import KINDS, Sky, sky

__all__ = ["KINDS", "Sky", "sky"]
