"""A style as a file: weights of the generator in safetensors, with a card that says what they were learnt from.

Its card is JSON in the file's metadata, under `vernissage.style`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from protocol.errors import BadInput, StorageError
from protocol.style import Style

from ..networks import fixed_style_weights

__all__ = ["check_place", "read_card", "read_style", "read_trained", "write_style"]

_KEY = "vernissage.style"
_VERSION = 1


def check_place(path: Path) -> None:
    """Whether a style can be written there, before it is learnt.

    Raises:
        StorageError: it cannot.
    """
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()
        partial.unlink()
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def write_style(path: Path, weights: Mapping[str, NDArray[np.float32]], card: Mapping[str, Any]) -> None:
    """Write weights of the names and shapes of `networks.fixed_style_weights`, with a card of JSON's types. `path`
    appears, or is replaced, when it is complete.

    Raises:
        StorageError: it cannot be written.
    """
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(dict(weights), partial, {_KEY: json.dumps({"version": _VERSION, **card}, sort_keys=True)})
        os.replace(partial, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    except SafetensorError as error:  # it wraps what the system says
        raise StorageError("The style {path} cannot be written: {reason}.",
                           "Free space there, or choose another folder.", path=path, reason=error) from error
    finally:
        if partial.exists():
            partial.unlink()


def read_style(path: Path) -> dict[str, NDArray[np.float32]]:
    """The weights of a style, fit for `networks.trained_style_network`.

    Raises:
        BadInput: it is not there, is no style, or is broken.
    """
    card, weights = _read(path)
    wanted = fixed_style_weights(0)
    fits = weights.keys() == wanted.keys() and all(
        weights[name].shape == value.shape and weights[name].dtype == np.float32 and np.isfinite(weights[name]).all()
        for name, value in wanted.items())
    if card.get("version") != _VERSION or not fits:
        raise _strange(path)
    return weights


def read_trained(styles: Sequence[Style], folder: Path) -> list[tuple[dict[str, NDArray[np.float32]], float]]:
    """The trained ones of a request's styles, each with its weight.

    Args:
        folder: of the request.

    Raises:
        BadInput: as in `read_style`.
    """
    return [(read_style(folder / wanted.trained), wanted.weight) for wanted in styles if wanted.trained]


def read_card(path: Path) -> dict[str, Any]:
    """What a style says of itself: its name, what it was learnt from, how, how well, and its licence.

    Raises:
        BadInput: it is not there, is no style, or is broken.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    try:
        with safe_open(path, "np") as file:
            text = (file.metadata() or {}).get(_KEY)
            names = file.keys() if text else []
            weights = {name: file.get_tensor(name) for name in names}
    except FileNotFoundError as error:
        raise BadInput("The trained style {path} is not there.", "Choose it again, or train it anew.", path=path
                       ) from error
    except (OSError, SafetensorError, TypeError) as error:
        raise BadInput("The file of the trained style {path} is broken: {reason}.",
                       "Choose another copy of it, or train it anew.", path=path, reason=error) from error
    try:
        card = json.loads(text or "")
    except ValueError:
        raise _strange(path) from None
    if not isinstance(card, dict):
        raise _strange(path)
    return card, weights


def _strange(path: Path) -> BadInput:
    return BadInput("{path} holds no style of Vernissage.",
                    "Choose the file of a style that was trained with Vernissage.", path=path)
