"""Several processes of one thread each that learn as one: small layers do not divide between threads.

Started by `python -m torch.distributed.run --nproc-per-node 2 -m -- training.few_step`, every process takes its own
pictures, and all of them step by the mean of their gradients. Started without, each function here does nothing.
"""

import os
from collections.abc import Iterable
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn

LONGEST_WAIT = timedelta(hours=3)  # for the leading one, which may have all the drawn pictures to encode


def join() -> None:
    """Meet the other processes, if there are any."""
    if "WORLD_SIZE" in os.environ:
        dist.init_process_group("gloo", timeout=LONGEST_WAIT)


def leave() -> None:
    """Wait for the others, and let go: a connection that is open when Python ends may abort the process."""
    if dist.is_initialized():
        dist.barrier()
        dist.destroy_process_group()


def rank() -> int:
    """Which of the processes this is, from 0 on."""
    return dist.get_rank() if dist.is_initialized() else 0


def leads() -> bool:
    """Whether this process is the one that writes."""
    return rank() == 0


def leaders(value: float) -> float:
    """The value that the leading process has."""
    if not dist.is_initialized():
        return value
    shared = torch.tensor(value, dtype=torch.float64)
    dist.broadcast(shared, 0)
    return float(shared)


def spread(module: nn.Module) -> None:
    """Give all the weights of the leading process."""
    if dist.is_initialized():
        for tensor in module.state_dict().values():
            dist.broadcast(tensor, 0)


def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Give all the mean of their gradients."""
    if dist.is_initialized():
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))
