"""Materials that the finished network learns by their forms, and then paints beside all else."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from diffusers import LCMScheduler

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from backend.material.judge import Judge
from training import autoencoder, bank, contest, forms, merge, mini
from training.data import cache
from training.data.mixture import LABELS, label_of
from training.export import export
from training.loop import Clock

PICTURES = 12
SEEDS = (4, 5, 6)
SOME = tuple(sorted({label_of(seed) for seed in SEEDS}))  # two of one of them


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Drawn pictures, a tiny model and a judge that has learnt nothing."""
    folder = tmp_path_factory.mktemp("work")
    cache.build(folder / "data", PICTURES, size_px=256, workers=1, chunk=PICTURES)
    torch.manual_seed(0)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    autoencoder.measure_latents(vae, cache.load(folder / "data")[0])
    export(mini.make_unet(4, (16, 16, 32)), vae, folder / "base")
    Judge(list(LABELS), hidden=(16, 8)).save_pretrained(folder / "judge")
    bank.load_some(folder, folder / "base" / "vae", SOME)
    return folder


def a_game(work, teacher=None):
    base = work / "base"
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    load = lambda: mini.UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32)  # noqa: E731
    game = forms.Forms(
        load().train(), vae, Judge.from_pretrained(work / "judge", torch_dtype=torch.float32).eval(),
        bank.load_some(work, base / "vae", SOME), painter_rate=1e-3, critic_rate=1e-3, teacher=teacher or load(),
        others=torch.randn(5, 16, 384, generator=torch.Generator().manual_seed(1)), paintings=np.arange(5) > 2)
    game.generator.manual_seed(0)
    game.rng = np.random.default_rng(0)
    return game


def test_only_some_materials_are_known(work):
    known = bank.load_some(work, work / "base" / "vae", SOME)
    assert sorted({LABELS[label] for label in known.labels}) == list(SOME)
    captions = cache.load(work / "data")[1]
    assert np.array_equal(known.words, embed_words([captions[seed] for seed in SEEDS]).half().numpy())
    assert len(SOME) == 2


def test_none_that_shows_a_material_is_an_error(work):
    unseen = next(label for label in LABELS if label not in {label_of(seed) for seed in range(PICTURES)})
    with pytest.raises(ValueError, match=f"shows {unseen}.*draw more"):
        bank.load_some(work, work / "base" / "vae", [unseen])


def test_the_nearest_form_of_a_drawn_patch_is_its_own_wherever_it_lies(work):
    game = a_game(work)
    batch = next(b for b in game.batches() if b.corners is None)
    for scale in game.scales:
        start = 4 if scale.reduction == 2 else 5
        shifted = torch.stack([game.drawn[row, :, start : start + 24, 2:26] for row in batch.rows])
        for one, label, row in zip(scale.forms(shifted, game.rng), batch.labels.tolist(), batch.rows, strict=True):
            assert torch.allclose(one.mean((-2, -1)), torch.zeros(()), atol=1e-5)
            torch.testing.assert_close(scale.nearest(one, game.alike(label, row)), one, atol=1e-4, rtol=1e-4)
        patch = scale.patch(scale.drawn[0], 3, 1)
        torch.testing.assert_close(scale.contrast[0, 3, 1], forms.form_of(patch).norm(), atol=1e-3, rtol=1e-3)


def test_forms_are_looked_for_in_pictures_of_the_nearest_colour(work, monkeypatch):
    game = a_game(work)
    monkeypatch.setattr(forms, "CANDIDATES", 1)
    for label, rows in game.of_label.items():
        for row in rows:
            assert game.alike(label, row).tolist() == [row]


def test_what_is_as_before_costs_nothing_until_the_painter_changes(work):
    game = a_game(work)
    assert [float(game._as_before().detach()) for _ in range(2 * contest.STEPS)] == [0.0] * 2 * contest.STEPS
    with torch.no_grad():
        game.painter.conv_out.bias += 1.0
    assert all(float(game._as_before().detach()) > 0 for _ in range(contest.STEPS))


def test_forms_come_nearer(work):
    """The same noise and captions again and again: what is painted grows more like drawn patches."""
    game = a_game(work)
    batch = next(b for b in game.batches() if b.corners is None)
    noise = game._noise(batch.latents)
    times = game.times[0].expand(len(noise))

    def unlike() -> float:
        game.rng = np.random.default_rng(1)  # the same patches
        with torch.no_grad():
            return float(game._of_forms(batch, game.paint(noise, times, batch.words)))

    before = unlike()
    for step in range(15):
        game.set_rates(0.0, 50 + step)
        game._learn(game._of_forms(batch, game.paint(noise, times, batch.words)))
    assert unlike() < 0.9 * before


def test_five_steps_are_exported_and_resume(work, tmp_path, monkeypatch):
    monkeypatch.setattr(contest, "READ_FIRST", 3)
    monkeypatch.setattr(forms, "FORMS_FIRST", 0.5)  # three of them, and two of the contest
    (tmp_path / "data").symlink_to(work / "data")
    shutil.copy(work / "bank_some.npz", tmp_path)
    given = {"materials": SOME, "judge": work / "judge", "log": lambda line: None}
    painter = forms.learn(tmp_path, work / "base", tmp_path / "mini", Clock(budget_steps=5), **given)
    weights = torch.cat([p.detach().flatten() for p in painter.parameters()])
    assert weights.isfinite().all()
    before, shipped = (torch.cat([p.detach().flatten() for p in mini.UNet2DConditionModel.from_pretrained(
        folder / "unet", torch_dtype=torch.float32).parameters()]) for folder in (work / "base", tmp_path / "mini"))
    assert (weights - before).abs().max() > 1e-4
    torch.testing.assert_close(shipped, weights, atol=2e-3, rtol=2e-3)  # in float16
    assert LCMScheduler.from_pretrained(tmp_path / "mini" / "scheduler").config.prediction_type == "v_prediction"
    again = forms.learn(tmp_path, work / "base", tmp_path / "mini", Clock(budget_steps=5), **given)
    assert torch.equal(weights, torch.cat([p.detach().flatten() for p in again.parameters()]))
    state = torch.load(tmp_path / "forms.pt", weights_only=True)
    assert state["steps"] == 5
    assert state["game"]["shown"]  # the critics had their say
    torch.save(state | {"made_of": "another"}, tmp_path / "forms.pt")
    with pytest.raises(ValueError, match="learnt from other pictures"):
        forms.learn(tmp_path, work / "base", tmp_path / "mini", Clock(budget_steps=6), **given)


def tiny(seed):
    torch.manual_seed(seed)
    return mini.make_unet(4, (16, 16, 32))


def test_a_teacher_says_all_its_steps_and_goes_on_from_what_it_said():
    teacher = merge.Teacher(tiny(0))
    words = torch.randn(2, 16, 384, generator=torch.Generator().manual_seed(1))
    said = teacher.say(words, 8, torch.Generator().manual_seed(2))
    assert said.noisy.shape == said.v.shape == (2 * contest.STEPS, 4, 8, 8)
    assert said.times.tolist() == [time for time in contest.times_of(contest.STEPS) for _ in range(2)]
    assert torch.equal(said.words, torch.cat([words] * contest.STEPS))
    with torch.no_grad():
        torch.testing.assert_close(
            said.v, teacher.unet(said.noisy, said.times, said.words, return_dict=False)[0], atol=1e-4, rtol=1e-4)
    for step in range(contest.STEPS - 1):
        now, then = (teacher.times[step + i] for i in (0, 1))
        noisy, v = said.noisy[2 * step : 2 * step + 2], said.v[2 * step : 2 * step + 2]
        clean = teacher.alpha[now] * noisy - teacher.sigma[now] * v
        noise = (said.noisy[2 * step + 2 : 2 * step + 4] - teacher.alpha[then] * clean) / teacher.sigma[then]
        assert abs(noise.mean()) < 0.2
        assert 0.85 < noise.std() < 1.15


def test_each_teacher_is_asked_what_it_knows_and_paintings_whole():
    asked = []

    class Told:
        def __init__(self, name):
            self.name = name

        def say(self, words, side, generator):
            asked.extend((self.name, int(word[0, 0]), side) for word in words)

    others, new = (torch.arange(count).float()[:, None, None] + start for count, start in ((4, 0), (3, 10)))
    paintings = np.array([False, True, False, True])
    supply = merge.lessons(Told("former"), Told("learnt"), others, paintings, new, torch.Generator().manual_seed(0))
    for _ in range(300):
        next(supply)
    assert {number for name, number, _ in asked if name == "former"} == {0, 1, 2, 3}
    assert {number for name, number, _ in asked if name == "learnt"} == {10, 11, 12}
    assert {side for _, number, side in asked if number in (1, 3)} == {merge.SIDE}
    assert {side for _, number, side in asked if number not in (1, 3)} == {merge.SIDE, merge.WINDOW}


def test_the_pupil_of_two_teachers_comes_nearer_is_exported_and_resumes(work, tmp_path, monkeypatch):
    monkeypatch.setattr(merge, "WHOLE_SHARE", 0.0)
    (tmp_path / "data").symlink_to(work / "data")
    vae = MiniAutoencoder.from_pretrained(work / "base" / "vae", torch_dtype=torch.float32)
    export(tiny(7), vae, tmp_path / "learnt")
    told = []
    given = {"materials": SOME, "rate": 3e-3, "log": told.append}
    pupil = merge.learn(tmp_path, work / "base", tmp_path / "learnt", tmp_path / "mini", Clock(budget_steps=100), **given)
    losses = [float(line.split("loss ")[1].split()[0]) for line in told if "loss" in line]
    assert losses[1] < 0.9 * losses[0]
    weights = torch.cat([p.detach().flatten() for p in pupil.parameters()])
    shipped = torch.cat([p.detach().flatten() for p in mini.UNet2DConditionModel.from_pretrained(
        tmp_path / "mini" / "unet", torch_dtype=torch.float32).parameters()])
    torch.testing.assert_close(shipped, weights, atol=2e-3, rtol=2e-3)  # in float16
    again = merge.learn(tmp_path, work / "base", tmp_path / "learnt", tmp_path / "mini", Clock(budget_steps=100), **given)
    assert torch.equal(weights, torch.cat([p.detach().flatten() for p in again.parameters()]))


def test_materials_without_a_caption_cannot_be_merged(work, tmp_path):
    unseen = next(label for label in LABELS if label not in {label_of(seed) for seed in range(PICTURES)})
    with pytest.raises(ValueError, match=f"is of {unseen}: .*draw more"):
        merge.learn(work, work / "base", work / "base", tmp_path, Clock(budget_steps=1), materials=[unseen])
