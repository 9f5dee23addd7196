"""Where things lie in the repository."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"  # environments and profiles; ignored by git, may be deleted at any time
OUT = ROOT / "out"  # what commands make for people; ignored by git
