"""The painter in few steps and its critics."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from diffusers import LCMScheduler

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.families import Sampling
from backend.diffusion.folders import read_model_folder
from backend.diffusion.words import WIDTH
from backend.material.judge import Judge
from backend.material.statistics import Filtered, TextureStatistics
from training import autoencoder, bank, contest, few_step, mini
from training.critic import PatchCritic, StatisticsCritic, critic_loss, painter_loss
from training.data import cache
from training.data.mixture import LABELS
from training.export import export
from training.lattice import lattice
from training.loop import Clock

TINY = (16, 16, 32)
PICTURES = 12


@pytest.fixture
def judge():
    torch.manual_seed(0)
    return Judge(list(LABELS), hidden=(16, 8)).eval()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A folder with drawn pictures and a tiny model."""
    folder = tmp_path_factory.mktemp("drawn")
    cache.build(folder / "data", PICTURES, size_px=256, workers=1, chunk=PICTURES)
    torch.manual_seed(0)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    autoencoder.measure_latents(vae, cache.load(folder / "data")[0])
    export(mini.make_unet(4, TINY), vae, folder / "base")
    bank.load(folder, folder / "base" / "vae", PICTURES)
    return folder


def test_what_is_painted_is_the_scheduler_s_clean_picture():
    scheduler: LCMScheduler = contest.make_scheduler()
    scheduler.set_timesteps(contest.STEPS)
    alpha, sigma = scheduler.alphas_cumprod.sqrt(), (1 - scheduler.alphas_cumprod).sqrt()
    generator = torch.Generator().manual_seed(0)
    for time in contest.times_of(contest.STEPS):
        noisy, v = torch.randn(2, 4, 8, 8, generator=generator), torch.randn(2, 4, 8, 8, generator=generator)
        theirs = scheduler.step(v, torch.tensor(time), noisy, generator=generator).denoised
        torch.testing.assert_close(alpha[time] * noisy - sigma[time] * v, theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("sides", [(128, 128), (160, 224)])
def test_the_gradient_of_the_filters_is_that_of_a_convolution(sides):
    maps = torch.randn(2, 1, *sides, dtype=torch.float64, requires_grad=True)
    filters = torch.randn(3, 1, 7, 7, dtype=torch.float64)
    gradients = []
    for filtered in (torch.nn.functional.conv2d, Filtered.apply):
        answer = filtered(maps, filters)
        gradients.append(torch.autograd.grad((answer * torch.linspace(-1, 1, answer.shape[3])).sum(), maps)[0])
    torch.testing.assert_close(*gradients)


def test_statistics_of_an_even_picture_have_a_gradient():
    picture = torch.zeros(1, 3, 128, 128, requires_grad=True)
    TextureStatistics()(picture).sum().backward()
    assert picture.grad.isfinite().all()


@pytest.mark.parametrize("kind", ["statistics", "patches"])
def test_a_critic_learns_what_is_asked_for(judge, kind):
    """The same pictures are right for one label and wrong for the other: only one that reads labels can tell."""
    torch.manual_seed(0)
    critic = StatisticsCritic(judge) if kind == "statistics" else PatchCritic(4, width=16)
    shape = (32, TextureStatistics.size) if kind == "statistics" else (32, 4, 16, 16)
    signs = torch.ones(32, dtype=torch.long)
    signs[::2] = -1
    optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)
    words = torch.zeros(32, WIDTH)

    def shown(said: torch.Tensor):
        pictures = signs.reshape(-1, *(1,) * (len(shape) - 1)) + 0.3 * torch.randn(shape)
        return pictures, (said > 0).long(), words

    for _ in range(80):
        loss, right = critic_loss(critic, shown(signs), shown(-signs), contest.SMOOTHNESS[kind])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert right > 0.9
    assert painter_loss(critic(*shown(signs))) < painter_loss(critic(*shown(-signs)))


def test_what_comes_again_every_eight_pixels_is_a_lattice():
    grain = torch.randn(2, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    cell = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)).repeat(1, 1, 16, 16)
    gain = torch.linspace(0.2, 1.8, 8).repeat(16)
    free, again, uneven = (lattice(0.1 * x, 8) for x in (grain, grain + cell, grain * gain))
    assert free.max() < 0.1
    assert again.min() > free.max() + 0.3
    assert uneven.min() > free.max() + 0.1


@pytest.fixture
def a_contest(drawn, judge):
    torch.manual_seed(0)
    vae = drawn / "base" / "vae"
    return contest.Contest(mini.make_unet(4, TINY), MiniAutoencoder.from_pretrained(vae), judge,
                           bank.load(drawn, vae, PICTURES), painter_rate=1e-3, critic_rate=1e-3)


def test_the_bank_knows_what_is_seen_of_each_picture(drawn):
    known = bank.load(drawn, drawn / "base" / "vae", PICTURES)
    images, _ = cache.load(drawn / "data")
    statistics = TextureStatistics()
    assert bank.is_painting(known.labels).tolist() == [LABELS[label].startswith("painting/") for label in known.labels]
    for row in (2, 3):  # a material, a painting
        picture = autoencoder.to_tensor(images[[row]])
        if row == 2:
            y, x = 8 * known.corners[row]
            picture = picture[:, :, y : y + 128, x : x + 128]
        torch.testing.assert_close(
            torch.from_numpy(known.statistics[row]).float(), statistics(picture)[0], atol=0.05, rtol=0.05)


def test_the_bank_is_kept_and_is_made_anew_for_another_autoencoder(drawn, tmp_path):
    (tmp_path / "data").symlink_to(drawn / "data")
    shutil.copy(drawn / "bank.npz", tmp_path)
    written = (tmp_path / "bank.npz").stat().st_mtime_ns
    first = bank.load(tmp_path, drawn / "base" / "vae", 4)
    assert len(first.labels) == 4
    assert (tmp_path / "bank.npz").stat().st_mtime_ns == written
    torch.manual_seed(1)
    other = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    other.save_pretrained(tmp_path / "other")
    assert not np.array_equal(bank.load(tmp_path, tmp_path / "other", 4).latents, first.latents)


def test_a_subject_that_is_named_badly_is_painted_oftener(a_contest):
    a_contest.lacking[:] = 0.0
    subject = int(a_contest.bank.labels[0])
    a_contest.lacking[subject] = 1.0
    supply = a_contest.batches()
    some = [next(supply) for _ in range(60)]
    labels = torch.cat([batch.labels for batch in some if len(batch.labels) == contest.CUTS])
    others = len(set(a_contest.bank.labels[~bank.is_painting(a_contest.bank.labels)].tolist())) - 1
    assert others >= 1
    assert (labels == subject).float().mean() > 2 / (others + 2)


def test_paintings_are_whole_and_materials_mostly_windows(a_contest):
    supply = a_contest.batches()
    windows = 0
    for batch in (next(supply) for _ in range(60)):
        painted = bank.is_painting(batch.labels.numpy())
        assert painted.all() or not painted.any()
        whole = painted.all() or batch.corners is not None
        assert batch.latents.shape[::2] == ((contest.WHOLES, 32) if whole else (contest.CUTS, bank.WINDOW))
        windows += not whole
    assert windows > 15


def test_the_nearest_is_of_the_same_subject_and_the_other_is_not(a_contest):
    twice = next(rows for rows in a_contest.of_label.values() if len(rows) > 1)[:2]
    latents = torch.from_numpy(a_contest.bank.latents[twice]).float()
    labels = torch.from_numpy(a_contest.bank.labels[twice])
    batch = contest.Batch(twice, latents, torch.zeros(2, 16, WIDTH), labels, None)
    statistics = a_contest.known[twice[::-1].copy()]  # each is painted as the other is drawn
    same, other = a_contest.nearest(batch, statistics)
    assert torch.equal(same, statistics)
    assert (other[:, None] - a_contest.known[a_contest.of_label[int(labels[0])]]).abs().sum(2).min() > 0


def weights(a_contest, *names):
    return [torch.cat([p.detach().flatten() for p in getattr(a_contest, name).parameters()]) for name in names]


@pytest.mark.parametrize("kind", ["windows", "whole materials", "paintings"])
def test_every_kind_of_batch_teaches_all_of_them(a_contest, kind):
    everybody = "painter", "seen", "patches", "reader"
    before = weights(a_contest, *everybody)
    kinds = {"windows": lambda b: len(b.labels) == contest.CUTS, "whole materials": lambda b: b.corners is not None,
             "paintings": lambda b: len(b.labels) == contest.WHOLES and b.corners is None}
    told = a_contest.step(next(filter(kinds[kind], a_contest.batches())), 0.0, 51)
    assert all(np.isfinite(value) for value in told.values())
    for then, now in zip(before, weights(a_contest, *everybody), strict=True):
        assert not torch.equal(then, now)


def test_noisy_drawn_pictures_are_kept_and_no_critic_sees_them(a_contest):
    batch = next(filter(lambda b: b.corners is not None, a_contest.batches()))
    before, critics = weights(a_contest, "painter"), weights(a_contest, "seen", "patches", "reader")
    told = a_contest.step(batch, 0.0, 4 * contest.KEPT_EVERY)
    assert not torch.equal(before[0], weights(a_contest, "painter")[0])
    assert all(map(torch.equal, critics, weights(a_contest, "seen", "patches", "reader")))
    a_contest.paint = lambda noisy, times, words: batch.latents.clone().requires_grad_()
    a_contest._learn = lambda loss: 0.0
    with torch.no_grad():
        a_contest.known[batch.rows] = a_contest._seen_of(batch, batch.latents)[0]  # as if nothing were lost in between
    assert a_contest._keep_better(batch)["kept"] < 0.3 * told["kept"]  # of one that knows nothing


def test_drawn_pictures_are_noised_by_the_schedule(a_contest):
    batch = next(a_contest.batches())
    noisy, times = a_contest._noised(batch.latents, contest.KEPT_BELOW)
    assert a_contest.alpha[times].min() > 0.05  # something of it shows
    alpha, sigma = (table[times][:, None, None, None] for table in (a_contest.alpha, a_contest.sigma))
    noise = (noisy - alpha * batch.latents) / sigma
    assert 0.9 < noise.std() < 1.1
    assert abs(float((noise * batch.latents).mean())) < 0.1


def test_what_was_painted_is_compared_with_drawn_pictures_of_the_same_subjects(a_contest, monkeypatch):
    seen = []
    monkeypatch.setattr(contest, "critic_loss", lambda critic, real, painted, _: (
        seen.append((real, painted)), (critic(*real).sum(), 0.5))[1])
    a_contest.step(next(a_contest.batches()), 0.0, 1)
    (statistics, labels, _), (_, painted_labels, _) = seen[0]
    assert torch.equal(labels, painted_labels)
    for one, label in zip(statistics, labels.tolist(), strict=True):
        assert (a_contest.known[a_contest.of_label[label]] == one).all(1).any()


def test_five_steps_are_exported_and_resume(drawn, judge, tmp_path, monkeypatch):
    monkeypatch.setattr(contest, "READ_FIRST", 3)
    base = drawn / "base"
    (tmp_path / "data").symlink_to(drawn / "data")
    shutil.copy(drawn / "bank.npz", tmp_path)
    judge.save_pretrained(tmp_path / "judge")
    words = {"judge": tmp_path / "judge", "pictures": PICTURES, "log": lambda line: None}
    before = few_step.UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32)
    painter = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=5), **words)
    weights = torch.cat([p.detach().flatten() for p in painter.parameters()])
    assert weights.isfinite().all()
    assert not torch.equal(weights, torch.cat([p.detach().flatten() for p in before.parameters()]))
    assert LCMScheduler.from_pretrained(tmp_path / "fast" / "scheduler").config.prediction_type == "v_prediction"
    assert read_model_folder(tmp_path / "fast").sampling == Sampling(contest.STEPS, 1.0)
    again = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=5), **words)
    assert torch.equal(weights, torch.cat([p.detach().flatten() for p in again.parameters()]))
    kept = torch.load(tmp_path / "few_step.pt", weights_only=True)
    assert kept["steps"] == 5
    assert kept["game"]["shown"]
    longer = few_step.learn(tmp_path, base, tmp_path / "fast", Clock(budget_steps=7), **words)
    assert not torch.equal(weights, torch.cat([p.detach().flatten() for p in longer.parameters()]))
    assert torch.load(tmp_path / "few_step.pt", weights_only=True)["steps"] == 7


def test_what_learnt_through_another_autoencoder_is_refused(drawn, judge, tmp_path):
    judge.save_pretrained(tmp_path / "judge")
    (tmp_path / "data").symlink_to(drawn / "data")
    shutil.copy(drawn / "bank.npz", tmp_path)
    torch.save({"made_of": "another"}, tmp_path / "few_step.pt")
    with pytest.raises(ValueError, match="give the same folders, or move the file away"):
        few_step.learn(tmp_path, drawn / "base", tmp_path / "fast", Clock(budget_steps=1), judge=tmp_path / "judge",
                       pictures=PICTURES, log=lambda line: None)


def test_what_is_not_near_is_held_and_the_rest_is_painted(a_contest):
    for batch in (next(filter(lambda b, whole=whole: (b.corners is not None) == whole, a_contest.batches()))
                  for whole in (True, False)):
        near = a_contest.hole(batch)
        assert set(near.unique().tolist()) == {0.0, 1.0}
        looked_at = near if batch.corners is None else contest.windows(near, batch.corners)
        assert torch.equal(looked_at.sum((1, 2, 3)), near.sum((1, 2, 3)))  # none beyond what is looked at
        share = looked_at.mean((1, 2, 3))
        assert (share > 0.1).all() and (share < 0.6).all()
        painted, told = a_contest._paint_better(batch, near)
        assert torch.equal(painted * (1 - near), batch.latents * (1 - near))
        assert (painted != batch.latents)[near.expand_as(painted) > 0].any()
        assert 0 < told["repainted"] < np.inf
        noisy = a_contest._reached(3, torch.randn(batch.latents.shape), batch, near)
        alpha, sigma = a_contest.alpha[a_contest.times[3]], a_contest.sigma[a_contest.times[3]]
        noise = ((noisy - alpha * batch.latents) / sigma)[(near == 0).expand_as(noisy)]
        assert 0.9 < noise.std() < 1.1  # all else was held
        assert abs(float(noise.mean())) < 0.1


def test_what_is_painted_in_part_is_no_example_of_what_is_painted(a_contest):
    supply = a_contest.batches()
    a_contest.step(next(supply), 0.0, 1)
    shown, lacking = len(a_contest.shown), a_contest.lacking.clone()
    a_contest.step(next(supply), 0.0, contest.REPAINTED_EVERY // 2)
    assert len(a_contest.shown) == shown
    assert torch.equal(a_contest.lacking, lacking)
