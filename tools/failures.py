"""What stops the workshop, said in one sentence."""

from __future__ import annotations


class WorkshopError(Exception):
    """A sentence with its remedy; `dev.py` prints it and leaves with the exit code."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
