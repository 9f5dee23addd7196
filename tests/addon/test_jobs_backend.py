"""What a job is told by the backend, and what can be seen of it after each step."""

from __future__ import annotations

import importlib


class AllAtOnce:
    """A backend that was faster than who asks it: all that it says is there at the first look."""

    def __init__(self, *events):
        self.events = list(events)

    def run(self, folder):
        return "1"

    def poll(self):
        told, self.events = self.events, []
        return told

    def cancel(self, job_id):
        raise AssertionError("nobody asked for that")


def test_each_stage_can_be_seen_however_late_one_looks(addon, monkeypatch, tmp_path) -> None:
    module, messages = (importlib.import_module(f"{addon.__name__}.{name}")
                        for name in ("jobs.backend", "protocol.messages"))
    stage = messages.Stage
    stages = [stage.LOAD, stage.DENOISE, stage.DENOISE, stage.BAKE]
    backend = AllAtOnce(messages.Started("1"), *(messages.Progress("1", one, 1, 2, 0.5) for one in stages),
                        messages.Finished("1", None))
    monkeypatch.setattr(module, "backend_for", lambda settings: backend)
    told, seen = [], []
    steps = module.run_job(None, tmp_path, note=told.append, is_cancelled=lambda: False, patience_s=lambda: 0)
    for _ in steps:
        seen.append(told[-1].stage)
    assert seen == [stage.LOAD, stage.DENOISE, stage.BAKE]
    assert [event.stage for event in told[1:]] == stages
