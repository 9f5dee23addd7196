"""Words that the embedded model has never seen."""

import json
from pathlib import Path

import pytest
import torch

from backend.diffusion.loading import Models
from backend.diffusion.prompts import embed_prompt, remark_unread, word_places
from backend.diffusion.vocabulary import NAME, as_read
from backend.diffusion.words import embed_words
from backend.job import Job
from protocol.errors import ModelError
from training import vocabulary
from training.data.mixture import example

MINI = Path("models/mini").resolve()


@pytest.mark.parametrize(("prompt", "read"), [
    ("glacier", "glacier ice"),
    ("an old Glacier, cracked", "an old Glacier ice, cracked"),
    ("mossy serpent", "mossy serpent snake skin"),
    ("red brick wall", "red brick wall"),
    ("glacier brick wall", "glacier brick wall"),  # a known thing says enough
    ("burlap", "burlap"),  # like nothing known
    ("glacier brick", "glacier brick"),
    ("brushed titanium", "brushed titanium polished metal"),
    ("a red-brown glacier", "a red-brown glacier ice"),
    ("very realistic, photorealistic glacier", "very realistic, photorealistic glacier ice"),
    ("façade", "façade"),
    ("红砖", "红砖"),
    ("", ""),
])
def test_unknown_things_are_read_with_the_nearest_known_ones(prompt, read):
    assert as_read(prompt, MINI)[0] == read


def test_a_prompt_that_would_become_too_long_stays():
    long = "a very old dark green mossy cracked worn dirty weathered wet serpent"
    assert as_read(long, MINI) == (long, ())


def test_the_captions_of_the_training_stay():
    for caption in (example(seed, 64).caption for seed in range(32)):
        assert as_read(caption, MINI) == (caption, ())


def test_what_was_read_is_told_in_order():
    assert as_read("serpent with glacier", MINI) == (
        "serpent snake skin with glacier ice", (("serpent", "snake skin"), ("glacier", "ice")))


def test_a_model_without_a_vocabulary_reads_what_is_written(tmp_path):
    assert as_read("glacier", tmp_path) == ("glacier", ())


def test_a_changed_vocabulary_is_read_anew(tmp_path):
    for thing in ("snow", "lava"):
        (tmp_path / NAME).write_text(json.dumps({"words": [], "things": [thing]}))
        assert as_read("volcano", tmp_path)[0] == ("volcano" if thing == "snow" else "volcano lava")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"words": [], "things": 3}', '{"words": [], "things": []}'])
def test_a_damaged_vocabulary_is_told_as_a_damaged_folder(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(ModelError) as told:
        as_read("glacier", tmp_path)
    assert NAME in str(told.value)
    assert "Download" in told.value.remedy


def test_the_vocabulary_is_of_the_captions(tmp_path):
    vocabulary.write(["A red-brown jade", "weathered bark"], tmp_path)
    listed = json.loads((tmp_path / NAME).read_text())
    assert listed["words"] == ["a", "bark", "brown", "jade", "red", "weathered"]
    assert {"brick wall", "snake skin", "polished metal", "ink wash"} <= set(listed["things"])
    assert not [thing for thing in listed["things"] if "{" in thing]
    assert json.loads((MINI / NAME).read_text())["things"] == listed["things"]


def test_the_job_reads_the_known_thing_and_says_so(tmp_path):
    loaded = Models().get("mini")
    words = embed_prompt(loaded, "mossy serpent", "", guided=False).tensors["prompt_embeds"]
    assert torch.equal(words, embed_words(["mossy serpent snake skin", ""])[:1])
    assert [word for word, _ in word_places(loaded, "mossy serpent")] == ["mossy", "serpent", "snake", "skin"]
    job = Job("words", tmp_path, lambda event: None, lambda: False)
    remark_unread(loaded, ["mossy serpent", ""], job)
    assert len(job.remarks) == 1
    assert job.remarks[0].values["unknown"] == "serpent"
    assert job.remarks[0].values["known"] == "snake skin"
