"""Fit the impression of `models/mini-pbr` (`backend.material.impression`), once its convolutions are trained.

    python -m training.impression --pictures 1400        # after training.pbr; writes to models/mini-pbr

Roughness by ridge regression, metal by logistic regression, on pictures as `training.pbr` takes them of whole surfaces.
The statistics of the pictures are kept beside the surfaces for the next time.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from backend.material.impression import Impression
from backend.material.network import MaterialNet, load
from training.data import truth
from training.pbr import DATA, export, photographed

ROUGH_PENALTY, METAL_PENALTY = 100.0, 10.0
SEED = 20261128


@torch.no_grad()
def measured(store: truth.Store, pictures: int, kept: Path) -> tuple[Tensor, Tensor]:
    """Statistics (pictures, size) of pictures, and (pictures, 2) the mean roughness and metallic behind them."""
    if kept.exists() and len(found := np.load(kept)["statistics"]) >= pictures:
        return torch.from_numpy(found[:pictures]), torch.from_numpy(np.load(kept)["means"][:pictures])
    statistics, rows, means = Impression().statistics, [], []
    for number, index in enumerate(np.random.default_rng(SEED).permutation(len(store.families))[:pictures]):
        maps = store.maps(int(index))
        picture = photographed(np.random.default_rng((SEED, number)), maps)
        rows.append(statistics(torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1)[0].numpy())
        means.append((maps.roughness.mean(), maps.metallic.mean()))
        if number % 100 == 99:
            print(f"{number + 1}/{pictures} pictures measured", flush=True)
    np.savez(kept, statistics=np.stack(rows), means=np.asarray(means, np.float32))
    return torch.from_numpy(np.stack(rows)), torch.tensor(np.asarray(means, np.float32))


def fitted(statistics: Tensor, means: Tensor) -> Impression:
    """The impression with the least error of both, under the penalties."""
    impression = Impression()
    impression.mean.copy_(statistics.mean(0))
    impression.deviation.copy_(statistics.std(0) + 1e-3)
    rows = impression.standardised(statistics).double()
    rough, metal = means.double().unbind(1)
    gram = rows.T @ rows + ROUGH_PENALTY * torch.eye(rows.shape[1], dtype=torch.float64)
    weight = torch.zeros(2, rows.shape[1], dtype=torch.float64)
    # The rows' mean is zero but for what was clamped, so that the bias is the mean.
    weight[0] = torch.linalg.solve(gram, rows.T @ (rough - rough.mean()))
    logistic = torch.zeros(rows.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([logistic], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        error = F.binary_cross_entropy_with_logits(rows @ logistic[:-1] + logistic[-1], metal, reduction="sum")
        value = error + 0.5 * METAL_PENALTY * logistic[:-1].square().sum()
        value.backward()
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    weight[1] = logistic.detach()[:-1]
    with torch.no_grad():
        impression.said.weight.copy_(weight)
        impression.said.bias.copy_(torch.stack([rough.mean(), logistic.detach()[-1]]))
    return impression


def with_impression(network: MaterialNet, impression: Impression) -> MaterialNet:
    """The same convolutions, with the impression."""
    answer = MaterialNet(network.config.widths, network.config.depths, with_impression=True).eval()
    convolutions = {name: value for name, value in network.state_dict().items() if not name.startswith("impression.")}
    own = {f"impression.{name}": value for name, value in impression.state_dict().items()}
    answer.load_state_dict(convolutions | own)
    return answer


def errors(impression: Impression, statistics: Tensor, means: Tensor) -> NDArray[np.float64]:
    """Mean absolute errors of the mean roughness and of metal, told or not at a logit of 0."""
    with torch.no_grad():
        said = impression.said(impression.standardised(statistics))
    metal = (said[:, 1] > 0).float()
    return torch.stack([(said[:, 0] - means[:, 0]).abs().mean(), (metal - means[:, 1]).abs().mean()]).double().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1400)
    parser.add_argument("--data", type=Path, default=DATA, help="what training.data.truth has drawn")
    parser.add_argument("--model", type=Path, default=Path("models/mini-pbr"))
    options = parser.parse_args()
    store = truth.load(options.data, "learned")
    statistics, means = measured(store, options.pictures, options.data / "impression.npz")
    most = options.pictures * 4 // 5
    checked = errors(fitted(statistics[:most], means[:most]), statistics[most:], means[most:])
    none = (means[most:, 0] - means[:most, 0].median()).abs().mean(), means[most:, 1].mean()
    print(f"on a fifth kept out: roughness {checked[0]:.3f} (a constant: {none[0]:.3f}), "
          f"metal {checked[1]:.3f} (none: {none[1]:.3f})")
    export(with_impression(load(options.model), fitted(statistics, means)), options.model)


if __name__ == "__main__":
    main()
