"""Pictures of materials with captions, drawn from a seed."""

from training.data.captions import SHOWCASE, Specimen, specimen, subject
from training.data.families import FAMILIES, Family

__all__ = ["FAMILIES", "SHOWCASE", "Family", "Specimen", "specimen", "subject"]
