"""What a job is told by the backend, and what can be seen of it after each step."""

from __future__ import annotations

import importlib

import pytest


class AllAtOnce:
    """A backend that was faster than who asks it: all that it says is there at the first look."""

    def __init__(self, messages, stages):
        self.events = [messages.Started("1"), *(messages.Progress("1", stage, 1, 2, 0.5) for stage in stages),
                       messages.Finished("1", None)]
        self.cancelled = []

    def run(self, folder):
        return "1"

    def poll(self):
        told, self.events = self.events, []
        return told

    def cancel(self, job_id):
        self.cancelled.append(job_id)


@pytest.fixture
def begin(addon, monkeypatch, tmp_path):
    """From stages and whether the job is cancelled to its steps, what it noted, and the backend."""
    module, messages = (importlib.import_module(f"{addon.__name__}.{name}")
                        for name in ("jobs.backend", "protocol.messages"))

    def begun(names, is_cancelled=lambda: False):
        backend, told = AllAtOnce(messages, [messages.Stage[name] for name in names]), []
        monkeypatch.setattr(module, "backend_for", lambda settings: backend)
        steps = module.run_job(None, tmp_path, note=told.append, is_cancelled=is_cancelled, patience_s=lambda: 0)
        return steps, told, backend

    return begun


def test_each_stage_can_be_seen_however_late_one_looks(begin) -> None:
    steps, told, backend = begin(["LOAD", "DENOISE", "DENOISE", "BAKE"])
    assert [told[-1].stage.name for _ in steps] == ["LOAD", "DENOISE", "BAKE"]
    assert [event.stage.name for event in told[1:]] == ["LOAD", "DENOISE", "DENOISE", "BAKE"]
    assert backend.cancelled == []


def test_a_cancel_between_two_stages_is_sent_once(begin) -> None:
    answers = iter([False, True, True])
    steps, _, backend = begin(["LOAD", "DENOISE"], lambda: next(answers))
    next(steps)
    assert backend.cancelled == []
    assert len(list(steps)) == 1
    assert backend.cancelled == ["1"]
