"""`python3 dev.py blender` as a shell runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import pathlib, signal, sys, time
def save(number, frame):
    time.sleep(1)
    pathlib.Path(sys.argv[1]).write_text("finished work")
    sys.exit(3)
signal.signal(signal.SIGINT, save)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl-C is not a signal there")
def test_ctrl_c_waits_for_what_the_program_still_saves(root: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    parent = ("import os, sys; from tools.blender import _wait_for; "
              "sys.exit(_wait_for([sys.executable, '-c', *sys.argv[1:]], dict(os.environ)))")
    with subprocess.Popen([sys.executable, "-c", parent, CHILD, str(saved)], cwd=root, stdout=subprocess.PIPE,
                          text=True, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to both
        assert process.wait(timeout=30) == 3
    assert saved.read_text() == "finished work"
