"""Style pictures that are shown to the network while it paints: an IP-Adapter in the manner of InstantStyle.

Ye et al., "IP-Adapter" (arXiv:2308.06721): each cross-attention attends to what CLIP says of a picture beside what it
attends to of the words. Wang et al., "InstantStyle" (arXiv:2404.02733): only where the network decides on style, so
that none of the picture's forms come along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from protocol.errors import ModelError, OutOfMemory, VernissageError

from ..exhaustion import is_out_of_memory
from .families import Family
from .ip_adapter_folder import IPAdapterFolder
from .loading import LoadedModel, load_weighted

__all__ = ["Showing", "adapting", "check_layers", "see_styles", "showing"]


@dataclass(frozen=True, eq=False)
class Showing:
    """What is shown to the network, and how strongly.

    Attributes:
        folder: of the adapter.
        styles: (1, 1, width) or (1, 1, patches, width), what CLIP says of the styles, mixed.
        nothing: as `styles`, of no picture: what guidance leads away from.
        scale: 0 shows nothing.
    """

    folder: IPAdapterFolder
    styles: Tensor
    nothing: Tensor
    scale: float


def check_layers(loaded: LoadedModel, folder: IPAdapterFolder) -> None:
    """Raises:
        ModelError: the adapter was made for a network with other layers.
    """
    network = loaded.network
    layers = tuple(tuple(network.get_submodule(name.removesuffix(".processor")).to_k.weight.shape)
                   for name in network.attn_processors if not name.endswith("attn1.processor"))
    if layers != folder.layers:
        raise ModelError("The layers of the IP-Adapter {adapter} do not fit those of {model}.",
                         "Choose an IP-Adapter of the model's family, or leave the field empty.", adapter=folder.file,
                         model=loaded.name)


@torch.no_grad()
def see_styles(loaded: LoadedModel, folder: IPAdapterFolder, pictures: Sequence[NDArray[np.float32]],
               weights: Sequence[float], scale: float) -> Showing:
    """What CLIP says of pictures (H, W, 3) float32 in 0 to 1, sRGB; their mean by weights that add up to 1.

    The encoder needs the device for a moment (3.7 GB for that of SDXL): the model is taken off it.

    Raises:
        ModelError: the encoder's weights cannot be read, or are not finite.
        OutOfMemory: they do not fit.
    """
    from transformers import CLIPImageProcessor

    loaded.lift()
    with _told_of(folder):
        encoder = load_weighted("CLIPVisionModelWithProjection", folder.encoder, folder.encoder_weights,
                                loaded.network.dtype).to(loaded.device)
        side = encoder.config.image_size
        processor = CLIPImageProcessor(size=side, crop_size=side)

        def see(pixels: Tensor) -> Tensor:
            seen = encoder(pixels, output_hidden_states=folder.sees_patches)
            return (seen.hidden_states[-2] if folder.sees_patches else seen.image_embeds)[None]

        shown = [processor(np.rint(picture * 255).astype(np.uint8), return_tensors="pt").pixel_values.to(
            loaded.device, encoder.dtype) for picture in pictures]
        styles = sum(weight * see(pixels).float() for pixels, weight in zip(shown, weights, strict=True))
        # As the pipelines' `encode_image`: of a vector none, of patches those of a picture of zeros.
        nothing = see(torch.zeros_like(shown[0])).float() if folder.sees_patches else torch.zeros_like(styles)
    if not torch.isfinite(styles).all():
        raise ModelError("{folder} sees what is not finite.", "Download the whole folder again.",
                         folder=folder.encoder)
    return Showing(folder, styles.cpu(), nothing.cpu(), scale)


@contextmanager
def adapting(loaded: LoadedModel, folder: IPAdapterFolder | None) -> Iterator[None]:
    """Within the block the network has the adapter's layers, at scale 0 (see `showing`); afterwards it is as before.

    The model has to be placed anew within it: `LoadedModel.fit`. Without a folder nothing is done.

    Raises:
        ModelError: the adapter's weights cannot be read.
        OutOfMemory: they do not fit.
    """
    if folder is None:
        yield
        return
    loaded.lift()  # layers that are added to a network which is kept in parts have no weights
    pipe: Any = loaded.pipe
    extractor = pipe.feature_extractor
    try:
        with _told_of(folder):
            pipe.load_ip_adapter(str(folder.path), subfolder="", weight_name=folder.file.name,
                                 image_encoder_folder=None, local_files_only=True)
        pipe.set_ip_adapter_scale(0.0)
        yield
    finally:
        if loaded.is_placed and loaded.tier:
            loaded.lift()
        pipe.unload_ip_adapter()
        pipe.register_modules(feature_extractor=extractor)  # that it made, and of some pipelines does not take away


@contextmanager
def showing(loaded: LoadedModel, scale: float) -> Iterator[None]:
    """Within the block, which is in one of `adapting`, the layers that decide on style see what is shown."""
    pipe: Any = loaded.pipe
    pipe.set_ip_adapter_scale(_style_scales(loaded, scale))
    try:
        yield
    finally:
        pipe.set_ip_adapter_scale(0.0)


def _style_scales(loaded: LoadedModel, scale: float) -> float | dict[str, Any]:
    """As InstantStyle: of SDXL the second transformer of the first level of the decoder, of Stable Diffusion 1.5 its
    first level that has any (their `infer_style_sd15.py`). A network of another build is shown it everywhere.
    """
    network: Any = loaded.network
    level = 0 if loaded.family is Family.SDXL else 1
    if len(getattr(network.up_blocks[level], "attentions", ())) != 3 or not getattr(network.mid_block, "attentions",
                                                                                    None):
        return scale
    return {"up": {f"block_{level}": [0.0, scale, 0.0] if loaded.family is Family.SDXL else scale}}


@contextmanager
def _told_of(folder: IPAdapterFolder) -> Iterator[None]:
    """Whatever a library makes of a damaged file becomes a sentence."""
    try:
        yield
    except VernissageError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemory("There is not enough memory to load {model}.",
                              "Close other programs, or choose a smaller model.", model=folder.path.name) from error
        raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.", folder=folder.path,
                         error=str(error).strip().split("\n")[0].rstrip(".")) from error
