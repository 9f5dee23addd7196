"""Panoramas: from a picture of 8 bits to light that a scene can be lit with."""

from backend.panorama.network import HighlightNetwork
from backend.panorama.restore import load_network, restore_radiance

__all__ = ["HighlightNetwork", "load_network", "restore_radiance"]
