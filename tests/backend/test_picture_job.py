"""The recipe of pictures, on tiny models: what lies there, how it was made, and the same bytes again."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import Attention
from PIL import Image

import backend.jobs.picture_strips as strips
from backend.diffusion.loading import Models
from backend.diffusion.prompts import word_places
from backend.diffusion.word_maps import WordMaps
from backend.exhibition.artworks import find_works, look_at
from backend.job import Job
from backend.jobs import run
from backend.jobs.picture import grown
from protocol.errors import BadInput
from protocol.making import PICTURE_CARD, STRIPS_KEY
from protocol.picture import PictureRequest, PictureResult, StripKind
from protocol.png import png_text
from tests.backend.tiny_models import save_flux, save_mini, save_sd

PROMPT = "a calm sea, and the calm sky"


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("models")

    found = {"mini": save_mini(place / "mini"), "sd": save_sd(place / "sd"), "flux": save_flux(place / "flux"),
             "strange": save_sd(place / "strange")}
    config = place / "strange" / "scheduler" / "scheduler_config.json"
    config.write_text(config.read_text().replace("DDIMScheduler", "DDIMParallelScheduler"))
    return found


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def make(folder: Path, models: Models, model: Path, **fields: object) -> PictureResult:
    folder.mkdir(exist_ok=True)
    request = PictureRequest(**{"prompt": PROMPT, "model": str(model), "width_px": 128, "height_px": 64, "steps": 3,
                                **fields})
    result = run(request, Job("picture", folder, lambda event: None, is_cancelled=lambda: False), models)
    assert isinstance(result, PictureResult)
    return result


@pytest.mark.parametrize(("name", "kinds"), [("mini", ["steps", "words"]), ("sd", ["steps", "words"]),
                                             ("flux", ["steps"]), ("strange", [])])
def test_a_prompt_becomes_a_picture_and_what_its_model_can_tell(tmp_path, models, folders, name, kinds):
    result = make(tmp_path, models, folders[name])
    assert pixels(tmp_path / result.picture).shape == (64, 128, 3)
    assert [str(strip.kind) for strip in result.strips] == kinds
    assert name != "strange" or "Painting detail" not in result.seconds  # it cannot paint larger what it has painted
    for strip in result.strips:
        count = len(strip.captions)
        assert strip.captions == (("1", "2", "3") if strip.kind is StripKind.STEPS else ("calm", "sea", "calm", "sky"))
        assert pixels(tmp_path / strip.file).shape == (80, 160 * count, 3)
    within = json.loads(png_text(tmp_path / result.picture, STRIPS_KEY) or "[]")
    assert [(each["kind"], tuple(each["captions"])) for each in within] == [
        (strip.kind, strip.captions) for strip in result.strips]
    for each, strip in zip(within, result.strips, strict=True):
        with Image.open(io.BytesIO(base64.b64decode(each["jpeg"]))) as image:
            assert np.abs(np.asarray(image, np.int16) - pixels(tmp_path / strip.file)).mean() < 8


def test_the_same_request_gives_the_same_bytes_and_tells_how_it_was_made(tmp_path, models, folders):
    made = {name: make(tmp_path / name, models, folders["mini"], seed=seed)
            for name, seed in (("a", 3), ("b", 3), ("c", 4))}  # larger than the model's own
    files = [made["a"].picture, *(strip.file for strip in made["a"].strips)]
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
        assert (tmp_path / "a" / file).read_bytes() != (tmp_path / "c" / file).read_bytes()
    assert look_at(tmp_path / "c" / made["c"].picture).said == {
        "provenance": "Vernissage", "prompt": PROMPT, "model": "mini", "steps": "3", "guidance_scale": "2.5",
        "seed": "4"}


def test_looking_at_the_attention_changes_no_bit(tmp_path, models, folders, monkeypatch):
    make(tmp_path / "seen", models, folders["sd"])
    monkeypatch.setattr(strips, "word_places", lambda loaded, prompt: [])
    assert [strip.kind for strip in make(tmp_path / "unseen", models, folders["sd"]).strips] == [StripKind.STEPS]
    assert np.array_equal(*(pixels(tmp_path / name / "picture.png") for name in ("seen", "unseen")))


def test_a_map_shows_where_a_word_is_looked_for():
    """Queries that are like one word's key on the left and like another's on the right."""
    attention = Attention(query_dim=4, cross_attention_dim=4, heads=2, dim_head=2, bias=False)
    with torch.no_grad():
        for part in (attention.to_q, attention.to_k):
            part.weight.copy_(torch.eye(4))
    maps = WordMaps([[1], [2, 3]], (8, 16))
    left, right = torch.tensor([9.0, 0, 9, 0]), torch.tensor([0, 9.0, 0, 9])
    states = torch.stack([left if column < 4 else right for _ in range(4) for column in range(8)])[None]
    words = torch.stack([torch.zeros(4), left, right, right])[None]
    for call in (0, 1, 0):  # begun anew: as if there had been none before
        maps.see("layer", attention, torch.cat([states.flip(1), states]), torch.cat([words, words]))
        maps.end_call(call)
    maps.see("coarsest", attention, states[:, :2], words)
    maps.end_call(1)
    found = maps.maps()
    assert found is not None and found.shape == (2, 4, 8)
    assert (found[0, :, :4] == 1).all() and (found[0, :, 4:] == 0).all()
    assert torch.equal(found[1], 1 - found[0])


def test_words_are_found_among_their_tokens(models, folders):
    mini = dict(word_places(models.get(str(folders["mini"])), " a seascape, impasto"))
    assert mini["a"] == [1] and mini["seascape"][0] == 2  # row 0 is the mean of all
    assert len(mini["seascape"]) > 1 and mini["impasto"][0] > mini["seascape"][-1] + 1  # the comma
    long = word_places(models.get(str(folders["mini"])), "word " * 40)
    assert [places for _, places in long] == [[place] for place in range(1, 15)]
    sd = models.get(str(folders["sd"]))
    found = word_places(sd, "red sea")
    tokens = sd.pipe.tokenizer("red sea").input_ids
    assert [place for _, places in found for place in places] == list(range(1, len(tokens) - 1))


@pytest.mark.parametrize(("wanted", "native", "sizes"), [
    ((256, 256), 256, [(256, 256)]), ((512, 768), 256, [(256, 384), (512, 768)]),
    ((1024, 1024), 256, [(256, 256), (512, 512), (1024, 1024)]), ((64, 8192), 64, None)])
def test_pictures_grow_by_doubling(wanted, native, sizes):
    found = grown(*wanted, native)
    assert sizes is None or found == sizes
    assert found[-1] == wanted and all(side % 64 == 0 for size in found for side in size)
    assert found[0][0] * found[0][1] <= 1.6 * native**2 or found[0] == (64, 64)


@pytest.mark.parametrize("fields", [{"prompt": " "}, {"width_px": 100}, {"height_px": 9000}, {"steps": 0},
                                    {"model": ""}, {"seed": -1}, {"guidance_scale": -1.0}, {"prompt": "\udc80"}])
def test_bad_requests_are_refused(fields):
    with pytest.raises(BadInput):
        dataclasses.replace(PictureRequest(prompt="sea"), **fields)


def test_strips_beside_a_work_are_no_works(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "sea.png")
    for folder in ("sea.made", "hand.made"):  # the other is the artist's
        (tmp_path / folder).mkdir()
        Image.new("RGB", (64, 64)).save(tmp_path / folder / "steps.png")
    (tmp_path / "sea.made" / PICTURE_CARD).write_text("{}")
    assert list(find_works([tmp_path])) == [tmp_path / "hand.made" / "steps.png", tmp_path / "sea.png"]
