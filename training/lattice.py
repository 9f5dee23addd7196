"""How much of a picture's detail is a lattice: what a decoder leaves where each latent becomes its own square."""

from torch import Tensor
from torch.nn import functional as F

REDUCTION = 8  # pixels a latent


def lattice(pictures: Tensor, period: int = REDUCTION) -> Tensor:
    """How much of the detail of pictures (n, 3, h, w) comes again every `period` pixels: (n,), the share of its energy,
    and how unevenly the rest lies in such a cell."""
    light = pictures.mean(1, keepdim=True)
    detail = light - F.avg_pool2d(light, 5, 1, 2, count_include_pad=False)
    n, _, h, w = detail.shape
    cells = detail.reshape(n, h // period, period, w // period, period)
    whole = cells.square().mean((1, 2, 3, 4)) + 1e-5
    again = cells.mean((1, 3)).square().mean((1, 2)) / whole
    return again + cells.square().mean((1, 3)).var((1, 2)) / whole.square()
