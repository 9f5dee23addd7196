"""What the tests of the subprocess share: the interpreter, tiny models, and folders with real jobs."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

import backend as _backend_first  # noqa: F401  before torch, because it says how torch's threads wait
from protocol.requests import TextureRequest
from vernissage.client.job_folder import make_job_folder, write_request

# No deadline, because the machine may do other things; no chance, no database: the same run everywhere.
settings.register_profile("vernissage", deadline=None, database=None, derandomize=True)
settings.load_profile("vernissage")

if TYPE_CHECKING:
    from backend.style.fingerprint import Fingerprint

MakeJob = Callable[..., Path]


def pytest_collection_finish() -> None:
    """Torch takes one thread: tiny models are slower on two, most of all beside other runs. Numba, whose kernels are
    our own, keeps its threads and starts them before, because that sets torch's number too.

    What the libraries made when they were imported, a million objects, stays: collections look at the rest only.
    """
    import numba
    import torch

    numba.get_num_threads()
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Stable Diffusion folder with random weights, of the real classes."""
    from tests.backend.tiny_models import save_sd

    return save_sd(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def known_fingerprint() -> Callable[[np.ndarray], Fingerprint]:
    """`fingerprint`, which takes half a second, of a picture that was seen before the one that it had."""
    from backend.style.fingerprint import fingerprint

    prints: dict[tuple[tuple[int, ...], bytes], Fingerprint] = {}

    def find(image: np.ndarray) -> Fingerprint:
        key = (image.shape, image.tobytes())
        if key not in prints:
            prints[key] = fingerprint(image)
        return prints[key]

    return find


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    """Makes job folders that hold a cube and a request; what is given replaces a field of the request."""

    def make(**fields: object) -> Path:
        folder = make_job_folder(tmp_path / "user")
        write_cube(folder / "mesh.npz")
        defaults = {"object_name": "Cube", "mesh": "mesh.npz", "prompt": "red brick wall", "view_count": 2,
                    "view_size_px": 128, "texture_size_px": 64, "steps": 2, "seed": 7}
        write_request(folder, TextureRequest(**defaults | fields))
        return folder

    return make


@pytest.fixture
def make_tiny_job(make_job: MakeJob, tiny_model: Path) -> MakeJob:
    """Makes job folders for the tiny model."""
    return functools.partial(make_job, model=str(tiny_model))


def write_cube(path: Path) -> None:
    """A cube of 2 m; each of its twelve triangles has a cell of the UV square of its own."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([[q[i] for i in part] for q in quads for part in ((0, 1, 2), (0, 2, 3))], np.int32)
    sides = corners[triangles]
    normals = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    cells = np.array([[i % 4, i // 4] for i in range(12)], np.float32)[:, None] / 4
    uvs = cells + np.array([[0.02, 0.02], [0.23, 0.02], [0.02, 0.23]], np.float32)
    np.savez(path, positions=corners, triangles=triangles, corner_uvs=uvs.astype(np.float32),
             corner_normals=np.repeat(normals[:, None], 3, axis=1).astype(np.float32), paintable=np.ones(12, bool))
