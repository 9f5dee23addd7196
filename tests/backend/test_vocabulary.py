"""Words that the embedded model has never seen."""

import json
import re
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
from training.data.captions import specimen
from training.data.families import FAMILIES
from training.data.mixture import example
from training.data.names import BARE, LOOKS, NAMES, TOGETHER
from training.data.paintings import KINDS

MINI = Path("models/mini").resolve()


@pytest.fixture(scope="module")
def nameless(tmp_path_factory):
    """The words of models/mini without the lexicon."""
    folder = tmp_path_factory.mktemp("nameless")
    listed = json.loads((MINI / NAME).read_text())
    (folder / NAME).write_text(json.dumps({part: listed[part] for part in ("words", "things")}))
    return folder


@pytest.mark.parametrize(("prompt", "read"), [
    ("ebony", "black wood"),
    ("carved Ebony, polished", "carved black wood, polished"),
    ("ebony planks", "black wood planks"),
    ("ebony wood planks", "black wood planks"),  # what the prompt says is not said again
    ("green rubies", "green crystal"),  # the prompt's colour
    ("dark rosewood", "dark brown wood"),
    ("lapis  lazuli wall", "navy foil wall"),  # not lapis alone
    ("birch plywood", "light pine wood"),  # one thing
    ("glacier, iceberg", "blue ice, blue ice"),  # two
    ("emeralds", "green diamond facets"),
    ("ebonyish", "ebonyish"),
    ("malachite tiles", "green tiles"),  # a known thing in the colour of the name
    ("suede leather and tweed fabrics", "brown leather and dark beige fabrics"),
    ("a malachite pillar", "a green banded stone pillar"),
    ("a white malachite tile", "a white tile"),
    ("malachite & marble", "green banded stone & marble"),
    ("zebra fur on a rattlesnake leather", "black stripes fur on a brown snake skin leather"),  # more than a colour
    ("black rock basalt", "black rock basalt"),  # nothing is left to say
    ("red fox fur and ebony", "red fox fur and black wood"),
    ("white marble with brass inlay", "white marble with brushed gold metal inlay"),  # each phrase has its colour
    ("red brick and basalt", "red brick and black rock"),
    ("snow, salt", "snow, white snow"),
    ("walls of ruby and emerald", "walls of red crystal and green diamond facets"),
    ("light rosewood", "light brown wood"),
    ("red alligator leather", "red crocodile skin"),  # not only a colour, as with alligator tiles
    ("alligator tiles", "dark green tiles"),
    ("snake leather", "brown snake skin"),
    ("polished jade", "polished green jade"),
    ("red jade", "red jade"),
    ("a green jade vase", "a green jade vase"),
    ("dark linen on a rendered wall", "dark beige linen on a white rendered wall"),
    ("emerald green tiles", "emerald green tiles"),  # a colour
    ("acrylic paint", "acrylic paint"),
    ("volcanic ash", "grey soil"),
    ("beeches", "pine wood"),
    ("lapis\nlazuli", "navy foil"),
    ("carbon\u2011fibre", "black plastic"),
    ("emerald-green", "emerald-green"),
    ("basalt-like", "basalt-like"),
    ("TİN", "TİN"),  # whose small letter is none of those of "tin"
    ("baſalt", "baſalt"),
    ("ebony planks, masterpiece, best quality, highly detailed, photorealistic, sharp focus",  # too long anyway
     "black wood planks, masterpiece, best quality, highly detailed, photorealistic, sharp focus"),
    ("brass and ruby and emerald and amber and pearl",  # as many as there is room for
     "brushed gold metal and red crystal and emerald and amber and pearl"),
    ("a wrought-iron gate", "a hammered black metal gate"),
    ("Corten", "rust"),
])
def test_names_of_the_lexicon_are_read_as_what_they_are(prompt, read):
    assert as_read(prompt, MINI)[0] == read


def test_the_lexicon_says_what_captions_say_of_what_they_do_not():
    listed = json.loads((MINI / NAME).read_text())
    assert listed["names"] == NAMES
    assert listed["looks"] == sorted(LOOKS)
    words = set(listed["words"])
    said = {" ".join(noun.format(colour).split()) for family in FAMILIES for noun in family.nouns
            for colour in (*family.palette, "")} | set(KINDS)
    assert {NAMES[name] for name in NAMES if name not in LOOKS} <= said
    # What was found by its looks may have a colour that no caption has of this thing.
    colours = {colour for family in FAMILIES for colour in family.palette}
    painted = {" ".join(noun.format(f"{shade} {colour}").split()) for family in FAMILIES for noun in family.nouns
               for colour in colours for shade in ("", *({"dark", "light"} & set(family.traits)))}
    assert set(LOOKS.values()) <= painted
    for name in NAMES.keys() - BARE.keys() - TOGETHER.keys():
        assert not set(name.replace("-", " ").split()) <= words, name


def test_what_captions_do_name_keeps_its_name_and_gets_the_colour_that_is_usual_of_it():
    usual = {" ".join(noun.format("").split()): " ".join(noun.format(family.default).split())
             for family in FAMILIES for noun in family.nouns}
    assert BARE
    assert {name: usual[name] for name in BARE} == BARE


def test_no_caption_says_together_what_the_lexicon_reads_as_something_else():
    captions = [specimen(seed, 8, family).caption for family in ("reptile skin", "leather", "quilt", "scales")
                for seed in range(150)]
    nouns = " | ".join(noun for family in FAMILIES for noun in family.nouns)
    assert TOGETHER
    for name in TOGETHER:
        assert all(re.search(rf"\b{word}\b", " ".join(captions)) for word in name.split()), name
        assert name not in nouns
        assert not any(name in caption for caption in captions)


@pytest.mark.parametrize(("prompt", "read"), [
    ("glacier", "glacier ice"),
    ("an old Glacier, cracked", "an old Glacier ice, cracked"),
    ("mossy serpent", "mossy serpent snake skin"),
    ("red brick wall", "red brick wall"),
    ("glacier brick wall", "glacier brick wall"),  # a known thing says enough
    ("igloo", "igloo"),  # like nothing known
    ("glacier brick", "glacier brick"),
    ("brushed titanium", "brushed titanium polished metal"),
    ("a red-brown glacier", "a red-brown glacier ice"),
    ("very realistic, photorealistic glacier", "very realistic, photorealistic glacier ice"),
    ("façade", "façade"),
    ("红砖", "红砖"),
    ("", ""),
])
def test_unknown_things_are_read_with_the_nearest_known_ones(nameless, prompt, read):
    assert as_read(prompt, nameless)[0] == read


def test_a_prompt_that_would_become_too_long_stays(nameless):
    long = "a very old dark green mossy cracked worn dirty weathered wet serpent"
    assert as_read(long, nameless) == (long, ())
    long = "a very old dark worn dirty weathered wet ancient broken dusty, brass"
    assert as_read(long, MINI) == (long, ())


def test_the_captions_of_the_training_stay():
    for caption in (example(seed, 64).caption for seed in range(32)):
        assert as_read(caption, MINI) == (caption, ())


def test_what_was_read_is_told_in_order(nameless):
    assert as_read("serpent with glacier", nameless) == (
        "serpent snake skin with glacier ice", (("serpent", "snake skin"), ("glacier", "ice")))
    assert as_read("serpent with glacier", MINI) == (
        "green snake skin with blue ice", (("serpent", "green snake skin"), ("glacier", "blue ice")))
    assert as_read("a glacier, a blue Glacier, a serpent", MINI)[1] == (
        ("glacier", "blue ice"), ("serpent", "green snake skin"))


def test_a_model_without_a_vocabulary_reads_what_is_written(tmp_path):
    assert as_read("glacier", tmp_path) == ("glacier", ())


def test_a_changed_vocabulary_is_read_anew(tmp_path):
    for thing in ("snow", "lava"):
        (tmp_path / NAME).write_text(json.dumps({"words": [], "things": [thing]}))
        assert as_read("volcano", tmp_path)[0] == ("volcano" if thing == "snow" else "volcano lava")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"words": [], "things": 3}', '{"words": [], "things": []}',
                                  '{"words": [], "things": ["ice"], "names": [1]}'])
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
    assert torch.equal(words, embed_words(["mossy green snake skin", ""])[:1])
    assert [word for word, _ in word_places(loaded, "mossy serpent")] == ["mossy", "green", "snake", "skin"]
    job = Job("words", tmp_path, lambda event: None, lambda: False)
    remark_unread(loaded, ["mossy serpent", ""], job)
    assert len(job.remarks) == 1
    assert job.remarks[0].values["unknown"] == "serpent"
    assert job.remarks[0].values["known"] == "green snake skin"
