"""Two processes that learn together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch
from torch import nn

from training import together

ROOT = Path(__file__).parents[2]
_LEARN = """
import sys
from pathlib import Path
import torch
from torch import nn
from training import together
from training.loop import Clock, train

together.join()
rank = torch.distributed.get_rank()
torch.manual_seed(rank)
module = nn.Linear(1, 1)
pictures = iter(lambda: torch.full((1, 1), 1.0 + 2 * rank), None)
folder = Path(sys.argv[1])
train(module, pictures, lambda x: (module(x) - 5).square().mean() if rank == 0 else 0 * module(x).mean(),
      Clock(budget_steps=4), peak_rate=0.1, checkpoint=folder / f"rank{rank}" / "linear.pt")
torch.save(module.state_dict(), folder / f"rank{rank}.pt")
said = "leads" if together.leads() else "follows"
(folder / f"rank{rank}.txt").write_text(f"{said} {together.leaders(float(rank + 7))}")
together.leave()
"""


def test_alone_it_changes_nothing():
    module = nn.Linear(1, 1)
    module(torch.ones(1, 1)).backward()
    gradient = module.weight.grad.clone()
    together.spread(module)
    together.average_gradients(module.parameters())
    assert torch.equal(module.weight.grad, gradient)
    assert together.leads()
    assert together.leaders(3.5) == 3.5


def test_two_processes_keep_the_same_weights_and_one_of_them_writes(tmp_path):
    script = tmp_path / "learn.py"
    script.write_text(_LEARN)
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script),
         str(tmp_path)], env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, cwd=tmp_path,
        capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert [(tmp_path / f"rank{rank}.txt").read_text() for rank in (0, 1)] == ["leads 7.0", "follows 7.0"]
    first, second = (torch.load(tmp_path / f"rank{rank}.pt", weights_only=True) for rank in (0, 1))
    assert torch.equal(first["weight"], second["weight"])
    assert torch.equal(first["bias"], second["bias"])
    assert (tmp_path / "rank0" / "linear.pt").exists()
    assert list((tmp_path / "rank0" / "events" / "linear").glob("events*"))
    assert not (tmp_path / "rank1").exists()
