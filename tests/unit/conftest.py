"""How hypothesis runs here: no deadline, because the machine may do other things; no chance, no database."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("vernissage", deadline=None, database=None, derandomize=True)
settings.load_profile("vernissage")
