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


@pytest.mark.parametrize(("share", "side", "count"), [(1.0, 32, 2), (0.0, bank.WINDOW, forms.OTHER_CUTS)])
def test_paintings_are_as_before_whole_and_other_materials_in_cuts_too(work, monkeypatch, share, side, count):
    monkeypatch.setattr(forms, "OTHERS_WHOLE", share)
    game = a_game(work)
    paintings = [game.others[i].float() for i in (3, 4)]
    for _ in range(5):
        game.teacher_way = None
        game._as_before()
        noisy, words = game.teacher_way[1:]
        assert (len(words), noisy.shape[-1]) == (count, side)
        assert any(torch.equal(words[0], painting) for painting in paintings) == bool(share)
        if not share:
            assert not any(torch.equal(one, painting) for one in words for painting in paintings)


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
    """As diffusers' scheduler paints with the same noise."""
    teacher, scheduler = merge.Teacher(tiny(0)), contest.make_scheduler()
    scheduler.set_timesteps(contest.STEPS)
    words = torch.randn(2, 16, 384, generator=torch.Generator().manual_seed(1))
    said = teacher.say(words, 8, torch.Generator().manual_seed(2))
    assert said.noisy.shape == said.v.shape == (2 * contest.STEPS, 4, 8, 8)
    assert torch.equal(said.times, scheduler.timesteps.repeat_interleave(2))
    assert torch.equal(said.words, torch.cat([words] * contest.STEPS))
    generator = torch.Generator().manual_seed(2)
    noisy = torch.randn(2, 4, 8, 8, generator=generator)
    for step, time in enumerate(scheduler.timesteps):
        torch.testing.assert_close(said.noisy[2 * step : 2 * step + 2], noisy, atol=1e-4, rtol=1e-4)
        with torch.no_grad():
            v = teacher.unet(noisy, time.expand(2), words, return_dict=False)[0]
        torch.testing.assert_close(said.v[2 * step : 2 * step + 2], v, atol=1e-4, rtol=1e-4)
        noisy = scheduler.step(v, time, noisy, generator=generator, return_dict=False)[0]


def test_each_teacher_is_asked_what_it_knows_and_paintings_whole():
    asked = []

    class Told:
        def __init__(self, name):
            self.name = name

        def say(self, words, side, generator):
            asked.append((self.name, side, {int(word[0, 0]) for word in words}))

    others, new = (torch.arange(count).float()[:, None, None] + start for count, start in ((4, 0), (3, 10)))
    supply = merge.lessons(former=Told("former"), learnt=Told("learnt"), others=others, new=new,
                           paintings=np.array([False, True, False, True]), generator=torch.Generator().manual_seed(0))
    for _ in range(600):
        next(supply)

    def numbers(name, side):
        return set().union(*(said for by, size, said in asked if (by, size) == (name, side)))

    assert numbers("former", merge.WINDOW) == {0, 2}
    assert numbers("former", merge.SIDE) == {0, 1, 2, 3}
    assert numbers("learnt", merge.WINDOW) == numbers("learnt", merge.SIDE) == {10, 11, 12}
    by_learnt = sum(name == "learnt" for name, _, _ in asked) / len(asked)
    assert abs(by_learnt - merge.NEW_SHARE) < 0.07
    whole = sum(side == merge.SIDE for _, side, _ in asked) / len(asked)
    assert abs(whole - merge.WHOLE_SHARE) < 0.08


@pytest.mark.parametrize("new_share", [0.0, 1.0])
def test_the_pupil_says_what_the_teacher_of_those_captions_says_is_exported_and_resumes(
    work, tmp_path, monkeypatch, new_share,
):
    monkeypatch.setattr(merge, "WHOLE_SHARE", 0.0)
    monkeypatch.setattr(merge, "NEW_SHARE", new_share)
    monkeypatch.setattr(torch, "seed", lambda: 5)
    (tmp_path / "data").symlink_to(work / "data")
    vae = MiniAutoencoder.from_pretrained(work / "base" / "vae", torch_dtype=torch.float32)
    export(tiny(7), vae, tmp_path / "learnt")
    folders = tmp_path, work / "base", tmp_path / "learnt", tmp_path / "mini"
    given = {"materials": SOME, "rate": 3e-3}
    pupil = merge.learn(*folders, Clock(budget_steps=60), **given, log=lambda line: None)

    captions = cache.load(work / "data")[1]
    learnt_from = [seed for seed in range(PICTURES) if (label_of(seed) in SOME) == bool(new_share)]

    def unlike(folder):
        """The error beside what that network says of the captions that were learnt from."""
        network = mini.UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32)
        said = merge.Teacher(network).say(embed_words([captions[seed] for seed in learnt_from]), merge.WINDOW,
                                          torch.Generator().manual_seed(3))
        with torch.no_grad():
            return float((pupil(said.noisy, said.times, said.words, return_dict=False)[0] - said.v).square().mean())

    former, learnt = unlike(work / "base"), unlike(tmp_path / "learnt")
    assert min(former, learnt) < 0.7 * max(former, learnt)
    assert (learnt < former) == bool(new_share)
    weights = torch.cat([p.detach().flatten() for p in pupil.parameters()])
    shipped = torch.cat([p.detach().flatten() for p in mini.UNet2DConditionModel.from_pretrained(
        tmp_path / "mini" / "unet", torch_dtype=torch.float32).parameters()])
    torch.testing.assert_close(shipped, weights, atol=2e-3, rtol=2e-3)  # in float16
    told = []
    again = merge.learn(*folders, Clock(budget_steps=60), **given, log=told.append)
    assert told == [f"resumed at step 60, {told[0].split(', ')[1]}"]
    assert torch.equal(weights, torch.cat([p.detach().flatten() for p in again.parameters()]))
    merge.learn(*folders, Clock(budget_steps=1), materials=SOME[:1], log=told.append)  # another task begins anew
    assert len(list(tmp_path.glob("merge-*.pt"))) == 2


@pytest.mark.parametrize("materials", [(), SOME])
def test_materials_without_a_caption_cannot_be_merged(work, tmp_path, materials):
    unseen = next(label for label in LABELS if label not in {label_of(seed) for seed in range(PICTURES)})
    with pytest.raises(ValueError, match=f"is of {unseen}: .*draw more"):
        merge.learn(work, work / "base", work / "base", tmp_path, Clock(budget_steps=1), materials=[*materials, unseen])


def test_what_else_there_is_must_have_paintings_and_materials(work, tmp_path):
    materials = {label_of(seed) for seed in range(PICTURES) if not label_of(seed).startswith("painting/")}
    with pytest.raises(ValueError, match=r"too little else: .*draw more"):
        merge.learn(work, work / "base", work / "base", tmp_path, Clock(budget_steps=1), materials=sorted(materials))
