"""What is written on the pipe is read back as the same thing, and what does not fit is refused by name."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import ERROR_BY_KIND, BadInput, ErrorKind, ProtocolMismatch, VernissageError
from protocol.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Event,
    Failed,
    Finished,
    Hello,
    PlannedViews,
    PlanResult,
    Preview,
    Progress,
    Ready,
    Refusal,
    Remark,
    Run,
    SceneResult,
    Shutdown,
    Stage,
    Started,
    TextureResult,
)
from protocol.requests import (
    MAX_SEED,
    PaintedObject,
    PlannedObject,
    PlanRequest,
    SceneRequest,
    TextureRequest,
    ViewCamera,
)
from protocol.wire import decode_command, decode_event, encode, request_from_json, request_to_json, to_json

any_text = st.text(st.characters())  # lone surrogates too: file names may hold bytes that are no UTF-8
utf8_text = st.text(st.characters(codec="utf-8"))
numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-2**53, 2**53)
values = st.dictionaries(any_text, any_text | integers | numbers, max_size=4)

results = st.builds(
    TextureResult, texture=any_text, size_px=integers, coverage=numbers, planned_coverage=numbers,
    view_disagreement=numbers, view_count=integers, evaluations=integers, strayed=integers, seam_step=numbers,
    crossview_by_step=st.lists(numbers, max_size=3).map(tuple), seam_step_worst=numbers, seam_step_most=numbers,
    changed_outside=st.none() | integers,
    model=any_text, seed=integers, steps=integers,
    guidance_scale=numbers, device=any_text, seconds=st.dictionaries(any_text, numbers, max_size=3),
    quality_map=any_text, remarks=st.lists(st.builds(Remark, any_text, values), max_size=3).map(tuple))
cameras = st.builds(
    ViewCamera, name=any_text, world_to_camera=st.lists(numbers, max_size=3).map(tuple), fov_rad=st.none() | numbers,
    scale=st.none() | numbers, clip_near=numbers, clip_far=numbers, shift_x=numbers, shift_y=numbers)
plans = st.builds(
    PlanResult, objects=st.lists(
        st.builds(PlannedViews, coverage=numbers, area=numbers, cameras=st.lists(cameras, max_size=2).map(tuple))
        | st.builds(Refusal, any_text, any_text, values), max_size=2).map(tuple),
    view_count=integers, remarks=st.lists(st.builds(Remark, any_text, values), max_size=2).map(tuple))
scene_results = st.builds(SceneResult, objects=st.lists(results, max_size=2).map(tuple))

commands = st.one_of(
    st.builds(Hello, integers), st.builds(Run, any_text, any_text), st.builds(Cancel, any_text), st.builds(Shutdown))

events = st.one_of(
    st.builds(Ready, integers, any_text, integers),
    st.builds(Started, any_text),
    st.builds(Progress, any_text, st.sampled_from(Stage), integers, integers, numbers, st.none() | numbers,
              st.dictionaries(any_text, numbers, max_size=2)),
    st.builds(Preview, any_text, any_text, st.none() | integers),
    st.builds(Finished, any_text, results | scene_results | plans),
    st.builds(Failed, any_text, st.sampled_from(ErrorKind), any_text, any_text, values, any_text))

sizes = st.integers(2, 32).map(lambda n: n * 64)
prompts = utf8_text.filter(str.strip)
painting = {
    "mesh": utf8_text.filter(lambda name: name and not {"/", "\\"} & set(name)),
    "prompt": prompts, "negative_prompt": utf8_text, "model": utf8_text.filter(str.strip),
    "controlnet": utf8_text, "view_count": st.integers(1, 32), "view_size_px": sizes, "texture_size_px": sizes,
    "steps": st.none() | st.integers(1, 200), "guidance_scale": st.none() | st.floats(0.0, 50.0),
    "seed": st.integers(0, MAX_SEED), "quality_map": st.booleans()}
objects = st.lists(st.builds(PaintedObject, name=utf8_text, prompt=prompts), min_size=1, max_size=3).map(tuple)
requests = (st.builds(TextureRequest, object_name=utf8_text, **painting)
            | st.builds(SceneRequest, objects=objects, **painting)
            | st.builds(PlanRequest, objects=st.lists(
                st.builds(PlannedObject, name=utf8_text, prompt=utf8_text), min_size=1, max_size=3).map(tuple), **{
                    name: painting[name] for name in ("mesh", "view_count", "view_size_px", "texture_size_px")}))


@given(commands)
def test_commands_come_back(command: Hello | Run | Cancel | Shutdown) -> None:
    assert decode_command(encode(command)) == command


@given(events)
def test_events_come_back(event: Event) -> None:
    assert decode_event(encode(event)) == event


@given(events | commands)
def test_a_message_is_one_line(message: Event) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line)["kind"] == message.kind


@given(requests)
def test_requests_come_back(request: TextureRequest | SceneRequest) -> None:
    assert request_from_json(request_to_json(request)) == request


@given(st.binary() | st.recursive(st.none() | st.booleans() | numbers | st.text(), lambda inner: (
    st.lists(inner) | st.dictionaries(st.sampled_from(["kind", "job_id", "stage"]) | st.text(), inner)),
    max_leaves=8).map(lambda body: json.dumps(body).encode()))
def test_nonsense_is_a_mismatch_and_nothing_else(line: bytes) -> None:
    for decode in (decode_command, decode_event):
        with pytest.raises(ProtocolMismatch):
            decode(line)


@pytest.mark.parametrize("change", [
    {"job_id": 3}, {"stage": "Dreaming"}, {"step": "1"}, {"step": True}, {"step": 1.5}, {"fraction": None},
    {"job_id": ...}, {"unheard_of": 1}, {"kind": "greeting"}, {"kind": ["ready"]}, {"remaining_s": "soon"},
])
def test_an_event_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    body = {"kind": "progress", "job_id": "a", "stage": Stage.BAKE, "step": 0, "steps": 0, "fraction": 0.5}
    assert decode_event(json.dumps(body).encode()) == Progress("a", Stage.BAKE, 0, 0, 0.5)
    changed = {key: value for key, value in (body | change).items() if value is not ...}
    with pytest.raises(ProtocolMismatch):
        decode_event(json.dumps(changed).encode())


def test_numbers_that_json_lacks_are_an_error_where_they_are_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode(Progress("a", Stage.BAKE, 0, 0, math.nan))


@given(st.sampled_from(sorted(ERROR_BY_KIND)), st.floats() | any_text | integers | st.booleans() | st.none())
def test_any_error_can_be_sent_and_is_raised_as_its_own_class(kind: ErrorKind, value: object) -> None:
    error = ERROR_BY_KIND[kind]("{thing} is wrong.", "Change it.", thing=value)
    back = decode_event(encode(Failed.from_error("a", error, "backend.log"))).to_error()
    assert type(back) is ERROR_BY_KIND[kind]
    assert (back.kind, str(back), back.log_path) == (kind, str(error), "backend.log")


def test_every_kind_has_its_class() -> None:
    assert set(ERROR_BY_KIND) == set(ErrorKind)
    assert all(issubclass(cls, VernissageError) for cls in ERROR_BY_KIND.values())


def request_body(**change: object) -> str:
    request = TextureRequest(object_name="Cube", mesh="mesh.npz", prompt="brick")
    body = {"type": "texture", "protocol_version": PROTOCOL_VERSION, **to_json(request), **change}
    return json.dumps({key: value for key, value in body.items() if value is not ...})


@pytest.mark.parametrize(("text", "error", "words"), [
    ("", BadInput, "not valid JSON"),
    ("{", BadInput, "not valid JSON"),
    ("[" * 200_000, BadInput, "not valid JSON"),
    ("[1]", BadInput, "not a JSON object"),
    (request_body(type="poem"), BadInput, "unknown type"),
    (request_body(type=...), BadInput, "unknown type"),
    (request_body(protocol_version=0), ProtocolMismatch, "version 0"),
    (request_body(protocol_version=...), ProtocolMismatch, "version None"),
    (request_body(prompt=...), BadInput, "prompt is missing"),
    (request_body(promt="x"), BadInput, "promt is not known"),
    (request_body(seed="7"), BadInput, "seed is '7'"),
    (request_body(steps=2.5), BadInput, "steps is 2.5"),
    (request_body(guidance_scale=math.nan), BadInput, "Guidance is nan"),
    (request_body(view_count=True), BadInput, "view_count is True"),
])
def test_a_request_that_does_not_fit_says_why(text: str, error: type[VernissageError], words: str) -> None:
    with pytest.raises(error) as caught:
        request_from_json(text)
    assert words in str(caught.value)
    assert caught.value.remedy
    encode(Failed.from_error("a", caught.value))  # and can be told
