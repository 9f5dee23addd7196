"""A LoRA that a model paints with for one job: put in, and taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from protocol.errors import ModelError

from .loading import LoadedModel

__all__ = ["painting_with"]


@contextmanager
def painting_with(loaded: LoadedModel, path: str, weight: float) -> Iterator[None]:
    """Within the block the model's networks have the LoRA (Hu et al., arXiv:2106.09685) of a safetensors file; nothing
    changes where none is named. Read from the disk alone.

    Raises:
        ModelError: it is not there, is no LoRA, or belongs to another model.
    """
    if not path:
        yield
        return
    file = Path(path)
    if file.suffix != ".safetensors" or not file.is_file():
        raise ModelError("{path} is not a LoRA: it must be a safetensors file.", "Choose the file of a LoRA.",
                         path=path)
    pipe = loaded.pipe
    loaded.lift()  # what is kept off the device is hooked to layers that are about to change
    try:
        try:
            pipe.load_lora_weights(str(file.parent), weight_name=file.name, local_files_only=True,
                                   adapter_name="vernissage")
            if not pipe.get_active_adapters():
                raise ValueError("none of its layers is one of the model's")
            pipe.set_adapters(["vernissage"], [weight])
        except Exception as error:  # whatever a library makes of a strange file
            raise ModelError("The LoRA {path} does not fit {model}: {reason}.",
                             "Choose a LoRA that was made for that model.", path=file.name, model=loaded.name,
                             reason=str(error).strip().split("\n")[0].rstrip(".")) from error
        yield
    finally:
        loaded.lift()
        pipe.unload_lora_weights()
