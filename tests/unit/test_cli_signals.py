"""How a command notices that it shall end."""

from __future__ import annotations

import os
import threading

from vernissage.cli.signals import ask_at_end


def test_the_end_of_a_pipe_asks_and_what_comes_before_does_not() -> None:
    asked = threading.Event()
    reading, writing = os.pipe()
    ask_at_end(reading, asked.set)
    os.write(writing, b"not yet")
    assert not asked.wait(0.1)
    os.close(writing)
    assert asked.wait(10)
    os.close(reading)
