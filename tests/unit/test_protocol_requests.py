"""A request that is built is one that can be run; the others name the field, the value and what is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import BadInput, StorageError, fill
from protocol.requests import TextureRequest

FIELDS = {"object_name": "Cube", "mesh": "mesh.npz", "prompt": "red brick wall"}


LABELS = {"view_count": "Views", "view_size_px": "View Size", "texture_size_px": "Texture Size", "steps": "Steps",
          "guidance_scale": "Guidance", "seed": "Seed"}  # as the panel calls them


@pytest.mark.parametrize(("field", "value", "allowed"), [
    ("view_count", 0, "from 1 to 32"),
    ("view_count", 33, "from 1 to 32"),
    ("steps", 0, "from 1 to 200"),
    ("steps", 201, "from 1 to 200"),
    ("guidance_scale", -0.1, "from 0.0 to 50.0"),
    ("guidance_scale", float("nan"), "from 0.0 to 50.0"),
    ("guidance_scale", float("inf"), "from 0.0 to 50.0"),
    ("seed", -1, "from 0 to 2147483647"),
    ("seed", 2**31, "from 0 to 2147483647"),
    ("view_size_px", 64, "multiple of 64 from 128 to 2048"),
    ("view_size_px", 300, "multiple of 64 from 128 to 2048"),
    ("texture_size_px", 0, "multiple of 64 from 64 to 8192"),
    ("texture_size_px", 8256, "multiple of 64 from 64 to 8192"),
])
def test_out_of_bounds_names_field_value_and_bounds(field: str, value: float, allowed: str) -> None:
    with pytest.raises(BadInput) as caught:
        TextureRequest(**FIELDS | {field: value})
    assert LABELS[field] in str(caught.value)
    assert str(value) in str(caught.value)
    assert allowed in str(caught.value)


@given(st.integers(-10**6, 10**6))
def test_the_size_that_is_proposed_is_allowed(size: int) -> None:
    nearest = size
    try:
        TextureRequest(**FIELDS, view_size_px=size)
    except BadInput as error:
        nearest = error.values["nearest"]
    TextureRequest(**FIELDS, view_size_px=nearest)
    assert abs(nearest - size) <= 32 or not 128 <= size <= 2048


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_a_prompt_that_is_no_utf8_is_refused(field: str) -> None:
    with pytest.raises(BadInput, match="not valid UTF-8"):
        TextureRequest(**FIELDS | {field: "red \udcff bricks"})  # as Python reads a Latin-1 argument


@pytest.mark.parametrize("prompt", ["", " ", "\n\t"])
def test_an_empty_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(BadInput, match="prompt is empty"):
        TextureRequest(**FIELDS | {"prompt": prompt})


@pytest.mark.parametrize("mesh", ["", "../mesh.npz", "/etc/passwd", "a\\b.npz"])
def test_a_mesh_lies_in_the_folder_of_its_request(mesh: str) -> None:
    with pytest.raises(BadInput, match="not a plain file name"):
        TextureRequest(**FIELDS | {"mesh": mesh})


@given(st.text(), st.text())
def test_braces_in_values_are_no_places(name: str, other: str) -> None:
    error = BadInput("{name} has no faces.", "Choose another than {name}.", name=name)
    assert str(error) == f"{name} has no faces. Choose another than {name}."
    assert fill(other, {}) == other


@pytest.mark.parametrize(("number", "words"), [
    (28, "The disk is full"), (13, "no permission"), (30, "no permission"), (2, "does not exist"), (5, "could not be"),
])
def test_what_the_system_says_becomes_a_sentence_with_the_path(number: int, words: str) -> None:
    error = StorageError.from_os_error("/some/where", OSError(number, "reason"))
    assert words in error.sentence
    assert "/some/where" in str(error)
    assert error.remedy
