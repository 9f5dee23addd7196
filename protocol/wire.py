"""Dataclasses to JSON and back, checked against their annotations.

One message is one line of UTF-8 JSON with its `kind`; a request is a JSON object with its `type` and the
protocol's version. What does not fit is a `ProtocolMismatch` (messages) or a `BadInput` (requests) that
names the field.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from typing import Any

from .compare import CompareRequest
from .errors import BadInput, ProtocolMismatch
from .exhibition import ExhibitionPlanRequest
from .film import FilmRequest
from .material import MaterialRequest
from .messages import (
    PROTOCOL_VERSION,
    Cancel,
    Command,
    Event,
    Failed,
    Finished,
    Hello,
    Preview,
    Progress,
    Ready,
    Run,
    Shutdown,
    Started,
)
from .picture import PictureRequest
from .requests import PlanRequest, Request, SceneRequest, TextureRequest
from .style import StyleRequest
from .style_texture import TextureStyleRequest
from .style_train import StyleTrainRequest
from .visits import VisitsRequest
from .world import WorldRequest

__all__ = ["AnyRequest", "Fit", "Misfit", "decode_command", "decode_event", "encode", "from_json", "request_from_json",
           "request_to_json", "to_json"]

_COMMANDS: dict[str, type] = {str(cls.kind): cls for cls in (Hello, Run, Cancel, Shutdown)}
_EVENTS: dict[str, type] = {str(cls.kind): cls for cls in (Ready, Started, Progress, Preview, Finished, Failed)}
_REQUESTS: dict[str, type] = {str(cls.type): cls for cls in (TextureRequest, SceneRequest, PlanRequest,
                                                             StyleRequest, FilmRequest, StyleTrainRequest,
                                                             CompareRequest, TextureStyleRequest,
                                                             MaterialRequest, WorldRequest, ExhibitionPlanRequest,
                                                             VisitsRequest, PictureRequest)}

AnyRequest = (Request | StyleRequest | FilmRequest | StyleTrainRequest | CompareRequest | TextureStyleRequest
              | MaterialRequest | WorldRequest | ExhibitionPlanRequest | VisitsRequest | PictureRequest)


_LONGEST = 60  # letters of a value that does not fit


def encode(message: Command | Event) -> bytes:
    """One line, newline included. Non-finite numbers are an error here: JSON has none.

    ASCII with escapes, because a path may hold bytes that are no UTF-8 (lone surrogates in Python).
    """
    body = {"kind": str(message.kind), **to_json(message)}
    return (json.dumps(body, allow_nan=False, separators=(",", ":")) + "\n").encode("ascii")


def decode_command(line: bytes) -> Command:
    return _decode(line, _COMMANDS)


def decode_event(line: bytes) -> Event:
    return _decode(line, _EVENTS)


def request_to_json(request: AnyRequest) -> str:
    """The text of `request.json`."""
    body = {"type": str(request.type), "protocol_version": PROTOCOL_VERSION, **to_json(request)}
    return json.dumps(body, allow_nan=False, indent=2) + "\n"


def request_from_json(text: str) -> AnyRequest:
    """The request of `request.json`, validated.

    Raises:
        BadInput: it is no JSON object, of an unknown type, or a field is missing, unknown or out of bounds.
        ProtocolMismatch: another version wrote it.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("The request is not valid JSON: {error}.", "Write it again from Blender.",
                       error=error) from error
    if not isinstance(body, dict):
        raise BadInput("The request is not a JSON object.", "Write it again from Blender.")
    version = body.pop("protocol_version", None)
    if version != PROTOCOL_VERSION:
        raise ProtocolMismatch("The request was written for protocol version {theirs}, this is {ours}.",
                               "Write it again from this version of Vernissage.",
                               theirs=version, ours=PROTOCOL_VERSION)
    cls = _REQUESTS.get(str(body.pop("type", None)))
    if cls is None:
        raise BadInput("The request is of an unknown type.", "Allowed: {allowed}.",
                       allowed=", ".join(_REQUESTS))
    try:
        return from_json(cls, body)
    except Misfit as error:
        raise BadInput("The request does not fit: {error}.", "Write it again from Blender.",
                       error=error) from error


def to_json(value: Any) -> Any:
    """Dataclasses, tuples and enums as JSON's own types; the rest as it is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def from_json(cls: type, value: Any) -> Any:
    """`value` as the annotated type `cls`.

    Raises:
        Misfit: it is not of that type.
        BadInput: a dataclass refuses it.
    """
    return _read(cls, value, "")


class Fit(enum.Enum):
    """What a value must be; as its value says in words."""

    KNOWN = "is not known"
    THERE = "is missing"
    FINITE = "must be a finite number"
    NUMBER = "must be a number"
    WHOLE = "must be a whole number"
    TEXT = "must be text"
    TRUTH = "must be true or false"
    LIST = "must be a list"
    OBJECT = "must be an object"
    CHOICE = "must be one of"
    OTHER = "must be something else"


_FITS: dict[Any, Fit] = {str: Fit.TEXT, int: Fit.WHOLE, float: Fit.NUMBER, bool: Fit.TRUTH, list: Fit.LIST,
                         dict: Fit.OBJECT}


class Misfit(ValueError):
    """A value that its annotation does not allow.

    Attributes:
        path: of the field, as `works[0].place.along_m`.
        value: as JSON, cut where it is long.
        allowed: of a CHOICE.
    """

    def __init__(self, path: str, fit: Fit, value: Any = None, allowed: str = "") -> None:
        self.path, self.fit, self.allowed = path, fit, allowed
        text = json.dumps(value, ensure_ascii=False, default=repr)
        self.value = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        is_there = fit not in (Fit.KNOWN, Fit.THERE)
        shown = repr(value) if len(text) <= _LONGEST else self.value
        super().__init__(f"{path} {f'is {shown}: ' if is_there else ''}{fit.value} {allowed}".rstrip())


def _decode(line: bytes, kinds: dict[str, type]) -> Any:
    try:
        body = json.loads(line)
        cls = kinds[body.pop("kind")]
        return from_json(cls, body)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise ProtocolMismatch("The two ends of the pipe do not understand each other: {line}",
                               "Repair the backend's environment, then restart Blender.",
                               line=repr(line[:200])) from error


def _read(cls: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(cls)
    if origin in (types.UnionType, typing.Union):
        return _read_union(cls, value, path)
    if origin is tuple:
        item_type = typing.get_args(cls)[0]
        return tuple(_read(item_type, item, f"{path}[{i}]") for i, item in enumerate(_expect(list, value, path)))
    if origin is dict:
        item_type = typing.get_args(cls)[1]
        return {key: _read(item_type, item, f"{path}.{key}")
                for key, item in _expect(dict, value, path).items()}
    if isinstance(cls, type) and dataclasses.is_dataclass(cls):
        return _read_dataclass(cls, _expect(dict, value, path), path)
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        try:
            return cls(value)
        except ValueError:
            raise Misfit(path, Fit.CHOICE, value, ", ".join(str(item.value) for item in cls)) from None
    if cls is float:
        try:
            return float(_expect(float, value, path))
        except OverflowError:  # a whole number may have more digits than a float
            raise Misfit(path, Fit.FINITE, value) from None
    return _expect(cls, value, path)


def _read_union(cls: Any, value: Any, path: str) -> Any:
    """As the first option that it fits; what is told of none is told of the one that has most of its fields."""
    misfits: list[tuple[int, Misfit]] = []
    for option in typing.get_args(cls):
        try:
            return _read(option, value, path)
        except Misfit as misfit:
            known = {field.name for field in dataclasses.fields(option)} if dataclasses.is_dataclass(option) else set()
            if option is not types.NoneType:
                misfits.append((len(known.intersection(value)) if isinstance(value, dict) else 0, misfit))
    if len({misfit.fit for _, misfit in misfits}) > 1 and not isinstance(value, dict):
        raise Misfit(path, Fit.OTHER, value)
    raise max(misfits, key=lambda each: each[0])[1]


def _read_dataclass(cls: type, value: dict[str, Any], path: str) -> Any:
    hints = typing.get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls)}
    for name in value.keys() - fields.keys():
        raise Misfit(f"{path}.{name}".lstrip("."), Fit.KNOWN)
    for name, f in fields.items():
        required = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        if required and name not in value:
            raise Misfit(f"{path}.{name}".lstrip("."), Fit.THERE)
    return cls(**{name: _read(hints[name], item, f"{path}.{name}".lstrip(".")) for name, item in value.items()})


def _expect(cls: Any, value: Any, path: str) -> Any:
    wanted: Any = {float: (int, float), None: types.NoneType}.get(cls, cls)
    is_bool = isinstance(value, bool)  # True is an int to Python, but not to a reader
    if not isinstance(value, wanted) or (is_bool and cls is not bool):
        raise Misfit(path, _FITS.get(cls, Fit.OTHER), value)
    return value
