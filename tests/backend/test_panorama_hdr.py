"""Highlights restored: what the network may change and what not, its training in miniature, its shipped weights."""

import numpy as np
import pytest
import torch

from backend.panorama import HighlightNetwork, load_network, restore_radiance
from backend.panorama.network import LEVELS, Answer, row_weights, sphere_pad, tails
from backend.panorama.restore import CLIPPED_FROM, MODEL, _spread, clipping, excess, inputs, linear, resized
from backend.panorama.restore import luminance as luminance_of
from protocol.errors import BadInput, ModelError
from training import camera, hdr
from training.data.skies import sky
from training.data.skies.cache import coded
from training.data.skies.sphere import luminance, solid_angles
from training.hdr_evaluate import Measure, measure, summary
from training.loop import Clock

TINY = {"widths": (8, 8, 16, 16), "blocks": (1, 1, 1, 1)}


@pytest.fixture
def network():
    """Small and random, but loud: it would change every pixel if it could."""
    torch.manual_seed(3)
    net = HighlightNetwork(**TINY).eval()
    torch.nn.init.normal_(net.head[-1].weight, std=0.3)
    torch.nn.init.normal_(net.gain[-1].weight, std=0.3)
    torch.nn.init.constant_(net.gain[-1].bias, 3.0)
    return net


@pytest.fixture
def picture():
    """A gradient with a blown-out disc, (256, 512, 3) uint8."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:256, :512]
    base = np.linspace(180, 60, 256)[:, None, None] + rng.integers(-9, 10, (256, 512, 3))
    base[(rows - 70) ** 2 + (columns - 300) ** 2 < 150] = 255
    return base.astype(np.uint8)


def test_what_is_not_clipped_passes_exactly_and_what_is_clipped_only_gains(network, picture):
    radiance = restore_radiance(network, picture)
    assert radiance.shape == picture.shape
    assert radiance.dtype == np.float32
    flat = camera.decoded(picture)
    trusted = picture.max(-1) / 255 < CLIPPED_FROM
    assert trusted.mean() > 0.9
    np.testing.assert_allclose(radiance[trusted], flat[trusted], rtol=1e-5)
    assert np.all(radiance >= flat - 1e-6)
    assert radiance[picture.min(-1) == 255].mean() > 1.5


def test_a_picture_without_highlights_is_only_linearised(network):
    dull = np.full((64, 128, 3), 120, np.uint8)
    np.testing.assert_allclose(restore_radiance(network, dull), camera.decoded(dull), rtol=1e-5)


def test_bytes_and_fractions_give_the_same_light_every_time(network, picture):
    first = restore_radiance(network, picture)
    assert np.array_equal(first, restore_radiance(network, picture))
    np.testing.assert_allclose(first, restore_radiance(network, picture.astype(np.float32) / 255), rtol=1e-4)


def test_a_turned_panorama_is_restored_as_the_panorama_turned(network, picture):
    """By multiples of 64 of 512 pixels, the deepest level's grid: the edge of the picture is no place of its own."""
    turned = restore_radiance(network, np.roll(picture, 192, 1))
    np.testing.assert_allclose(turned, np.roll(restore_radiance(network, picture), 192, 1), rtol=2e-3, atol=1e-4)


def test_padding_goes_round_the_sphere():
    x = torch.arange(32.0).view(1, 1, 4, 8)
    padded = sphere_pad(x)
    assert padded.shape == (1, 1, 6, 10)
    assert torch.equal(padded[0, 0, 1:-1, 0], x[0, 0, :, -1])
    assert torch.equal(padded[0, 0, 0, 1:-1], x[0, 0, 0].roll(4))  # over the pole, half a turn away
    assert torch.equal(padded[0, 0, -1, 1:-1], x[0, 0, -1].roll(4))


@pytest.mark.parametrize("height", [64, 200, 256, 512])
def test_spreading_over_the_full_picture_keeps_the_energy(height):
    rows, columns = np.mgrid[:height, : 2 * height] / height
    mask = torch.from_numpy(((rows - 0.3) ** 2 + (columns - 1.97) ** 2 < 0.003) * 1.0).float()[None, None]
    mask[..., : height // 50] = mask[..., -1:]  # reaches over the edge
    low = resized(mask, 128) * torch.linspace(20, 60, 128)[:, None]
    full = _spread(low.expand(1, 3, -1, -1), mask)
    assert full.mean().item() == pytest.approx(low.mean().item(), rel=0.05)
    assert full[mask.expand_as(full) == 0].max() == 0


@pytest.mark.parametrize("height", [256, 300, 1024])
@pytest.mark.parametrize("offset_deg", [0.0, 0.31, 0.77])
def test_a_sun_keeps_its_energy_wherever_it_stands_on_the_grid(height, offset_deg):
    step_deg = 180 / height
    rows, columns = ((torch.arange(count) + 0.5) * step_deg for count in (height, 2 * height))
    away = (rows[:, None] - 60 - offset_deg) ** 2 + (columns - 200 - 1.7 * offset_deg) ** 2
    mask = (away < max(0.27, 0.8 * step_deg) ** 2).float()[None, None]  # a disc of half a degree
    low = resized(mask, 128) * torch.tensor([300.0, 200.0, 100.0]).view(1, 3, 1, 1)
    full = _spread(low, mask)
    torch.testing.assert_close(full.mean((2, 3)), low.mean((2, 3)), rtol=1e-3, atol=0)
    assert full[mask.expand_as(full) == 0].max() == 0


@pytest.mark.parametrize("shape", [(64, 64, 3), (64, 128, 4)])
def test_a_picture_that_is_no_panorama_is_refused(network, shape):
    with pytest.raises(BadInput, match="twice as wide as high"):
        restore_radiance(network, np.zeros(shape, np.uint8))


def test_the_camera_encodes_what_it_decodes():
    codes = np.arange(256, dtype=np.uint8).reshape(1, 256, 1)
    assert np.array_equal(camera.developed(camera.decoded(codes)), codes)
    np.testing.assert_allclose(linear(torch.from_numpy(codes / 255)).numpy(), camera.decoded(codes), rtol=1e-5)


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_the_asked_share_of_the_sphere_is_blown_out(share):
    radiance = np.random.default_rng(1).lognormal(0, 1, (64, 128, 3)).astype(np.float32)
    exposed = radiance * camera.exposure_for_share(radiance, share)
    blown = ((exposed.max(-1) >= 1) * solid_angles(64)).sum() / (4 * np.pi)
    assert blown == pytest.approx(share, rel=0.05)


def test_a_key_is_the_geometric_mean_and_a_shoulder_only_bends_highlights():
    radiance = np.random.default_rng(1).lognormal(0, 1, (64, 128, 3)).astype(np.float32)
    grey = np.log(luminance(radiance * camera.exposure_for_key(radiance, 0.18)))
    assert np.exp((grey * solid_angles(64)).sum() / (4 * np.pi)) == pytest.approx(0.18, rel=1e-3)
    ramp = np.linspace(0, 5, 500, dtype=np.float32)
    bent = camera.shouldered(ramp, 0.6, 3.0)
    assert np.array_equal(bent[ramp <= 0.6], ramp[ramp <= 0.6])
    assert np.all(np.diff(bent) >= 0)
    assert bent[ramp >= 3].min() == pytest.approx(1.0)


@pytest.fixture
def work(tmp_path):
    """A cache of sixteen maps: a dim gradient with one bright spot each."""
    rng = np.random.default_rng(2)
    maps = np.ones((16, 256, 512, 3), np.float32) * np.linspace(0.6, 0.1, 256)[None, :, None, None]
    for one in maps:
        y, x = rng.integers(20, 200), rng.integers(20, 480)
        one[y : y + 8, x : x + 8] = rng.uniform(5, 500)
    (tmp_path / "skies").mkdir()
    np.save(tmp_path / "skies" / "00000.npy", coded(maps))
    return tmp_path


def test_five_steps_train_export_and_resume(work):
    said = []
    options = {"maps": 16, "batch": 2, "log": said.append, **TINY}
    first = hdr.learn(work, work / "out", Clock(budget_steps=5), **options)
    shipped = load_network(work / "out")
    for mine, theirs in zip(first.parameters(), shipped.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=2e-3)  # float16 on disk
    again = hdr.learn(work, work / "out", Clock(budget_steps=5), **options)  # budget spent: loads, trains nothing
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert any("resumed at step 5" in line for line in said)
    assert not list((work / "out").glob("*.part"))


def test_the_same_seed_trains_the_same_network(work):
    options = {"maps": 16, "batch": 2, "log": lambda _: None, **TINY}
    first = hdr.learn(work, work / "out", Clock(budget_steps=2), **options)
    (work / "hdr.pt").unlink()
    again = hdr.learn(work, work / "out", Clock(budget_steps=2), **options)
    for a, b in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_training_goes_on_from_an_exported_network(work):
    options = {"maps": 16, "batch": 2, "log": lambda _: None, **TINY}
    hdr.learn(work, work / "out", Clock(budget_steps=5), **options)
    start = load_network(work / "out")
    after = hdr.learn(work, work / "further", Clock(budget_steps=1), start=work / "out", **options)
    pairs = list(zip(start.parameters(), after.parameters(), strict=True))
    assert all(torch.allclose(before, now, atol=1e-4) for before, now in pairs)  # one step of a warm-up of 200
    assert any(not torch.equal(before, now) for before, now in pairs)


class Told(torch.nn.Module):
    """A network that answers what it was given."""

    def __init__(self, said):
        super().__init__()
        self.said = said

    def forward(self, seen):
        return self.said


@pytest.fixture
def sun():
    """A grey picture with a white square, and what a network should say of it: nearly all light is in one pixel."""
    srgb = torch.full((1, 3, 128, 256), 0.5)
    srgb[..., 60:66, 100:106] = 1.0
    places = torch.zeros(1, 1, 128, 256)
    places[..., 63, 103] = 9.0
    return inputs(srgb), Answer(torch.tensor([5.0]), places, torch.zeros(1, 3, 128, 256))


def test_what_is_added_has_the_energy_that_was_said_in_the_place_that_was_said(sun):
    (_, base, mask), said = sun
    added = excess(said, base, mask)
    angle = row_weights(mask)
    present = (luminance_of(base) * angle * mask).sum()
    assert (luminance_of(added) * angle).sum().item() == pytest.approx((present * np.expm1(5.0)).item(), rel=1e-3)
    assert (added[..., 63, 103].sum() / added.sum()).item() > 0.98
    assert added[mask.expand_as(added) == 0].max() == 0
    assert torch.isfinite(excess(said, base, mask * 0)).all()


def test_the_loss_is_least_at_the_truth_and_feels_a_dimmed_a_moved_and_a_lost_sun(sun):
    (seen, base, mask), said = sun
    batch = hdr.Batch(seen, base, mask, base + excess(said, base, mask))
    dimmed = said._replace(gain=said.gain - np.log(2))
    moved = said._replace(places=said.places.roll(2, -1))
    spread = said._replace(places=said.places * 0)
    lost = said._replace(gain=said.gain * 0)
    brighter = said._replace(gain=said.gain + np.log(2))
    right, *wrong = (hdr.loss_of(Told(one), batch).item() for one in (said, dimmed, brighter, moved, spread, lost))
    assert right == pytest.approx(0, abs=1e-3)
    assert min(wrong) > 0.5
    assert wrong[-1] > 5
    assert wrong[1] > 1.5 * wrong[0]  # added light is worse than missing light


def test_a_tenth_of_a_nat_too_much_weighs_more_where_next_to_nothing_was_clipped(sun):
    (seen, base, mask), said = sun

    def loss(asked, answered):
        truth = base + excess(said._replace(gain=torch.tensor([asked])), base, mask)
        answer = said._replace(gain=torch.tensor([answered]))
        return hdr.loss_of(Told(answer), hdr.Batch(seen, base, mask, truth)).item()

    assert loss(0.05, 0.15) > 2 * loss(3.0, 3.1)
    assert loss(0.05, 0.15) > loss(0.15, 0.05)


def test_batches_are_pictures_whose_truth_is_nowhere_darker(work):
    maps = hdr.cache.load(work / "skies", 16)
    batch = next(hdr.batches(maps, [], np.random.default_rng(0), 3))
    assert batch.seen.shape == (3, 5, 128, 256)
    assert torch.all(batch.truth >= batch.base)
    assert torch.all(batch.mask.amax((1, 2, 3)) > 0.5)
    still = batch.mask == 0
    assert torch.equal(batch.truth[still.expand_as(batch.truth)], batch.base[still.expand_as(batch.base)])


def test_what_is_above_each_level_is_counted_in_all_and_near_what_is_clipped():
    seen = torch.zeros(1, 5, 128, 256)
    seen[:, :3, 60:68, 40:48] = 1.0  # a lamp, clipped
    seen[:, 3, 60:68, 40:48] = 1.0
    seen[:, :3, 60:68, 52:56] = 0.8  # half as large a wall beside it
    seen[:, :3, 60:68, 60:64] = 0.8  # and another a little farther away
    share = (seen[:, 3:4] * row_weights(seen)).mean((2, 3)) / row_weights(seen).mean()
    below = torch.tensor([level < 0.8 for level in LEVELS])
    for turn in (0, 205, 212):  # the border between lamp and walls, and between the walls
        everywhere, near = tails(seen.roll(turn, -1), share)[0].view(len(LEVELS), 2).exp().T
        assert everywhere[below] == pytest.approx(2.0, rel=1e-2)
        assert near[below] == pytest.approx(1.5, rel=1e-2)
        assert everywhere[~below] == pytest.approx(1.0, rel=1e-2)
        assert near[~below] == pytest.approx(1.0, rel=1e-2)


def test_real_maps_are_learnt_from_if_there_are_any(tmp_path, monkeypatch):
    assert hdr.read_real(tmp_path) == []
    np.save(tmp_path / "lamp.npy", np.full((512, 1024, 3), 3.0, np.float32))
    real = hdr.read_real(tmp_path)
    assert [one.shape for one in real] == [(256, 512, 3)]
    monkeypatch.setattr(hdr, "REAL_SHARE", 1.0)
    dark = [coded(np.full((256, 512, 3), 1e-3, np.float32))]
    monkeypatch.setattr(hdr, "photographed", lambda rng, light: (np.full(light.shape, 255, np.uint8), light))
    batch = next(hdr.batches(dark, real, np.random.default_rng(0), 2))
    assert batch.truth.mean() == pytest.approx(3.0, rel=1e-2)


def test_what_is_evenly_bright_is_just_white_in_pictures_that_are_not_exposed_brighter(monkeypatch):
    monkeypatch.setattr(hdr, "KEY_SHARE", 0)
    monkeypatch.setattr(hdr, "HAZY_SHARE", 0)
    monkeypatch.setattr(hdr, "SHARES", (0.01, 0.01))
    radiance = np.full((128, 256, 3), 0.1, np.float32)
    radiance[50:78, :40] = 7.0  # more than the share, and evenly bright
    brightest = []
    for brighter in (0, 1):
        monkeypatch.setattr(hdr, "BRIGHTER_SHARE", brighter)
        lights = [hdr.photographed(np.random.default_rng(seed), radiance)[1] for seed in range(6)]
        brightest.append([float(light.max()) for light in lights])
    assert brightest[0] == pytest.approx(np.ones(6), rel=1e-4)
    assert max(brightest[1]) > 1.2


def test_hazy_pictures_have_less_contrast(monkeypatch):
    radiance = np.exp2(np.random.default_rng(0).normal(0, 2, (128, 256, 3))).astype(np.float32)
    monkeypatch.setattr(hdr, "KEY_SHARE", 0)
    contrast = []
    for share in (0, 1):
        monkeypatch.setattr(hdr, "HAZY_SHARE", share)
        monkeypatch.setattr(hdr, "HAZE", (0.5, 0.5))
        picture, light = hdr.photographed(np.random.default_rng(1), radiance)
        assert picture.shape == light.shape
        contrast.append(np.log(light).std())
    assert contrast[1] < 0.6 * contrast[0]


def test_clipping_is_soft_and_complete():
    ramp = torch.linspace(0, 1, 256).expand(1, 3, 1, 256)
    mask = clipping(ramp)[0, 0, 0]
    assert torch.all(mask[:229] == 0)
    assert mask[-1] == 1
    assert torch.all(mask.diff() >= 0)
    assert mask.diff().max() < 0.15


def test_a_summary_takes_both_ways_of_being_wrong_alike():
    measures = [Measure("map", 0.02, *ratios, 1, 2) for ratios in ((0.5, 0.1), (2.0, 0.9), (1.0, 0.5))]
    found = summary(measures)
    assert found["hdr_energy_ratio"] == pytest.approx(2.0)
    assert found["hdr_better"] == 2
    assert found["hdr_energy_ratio_linearised"] == pytest.approx(2.0)


@pytest.fixture(scope="module")
def fresh_measures():
    """The shipped network on maps of seeds that no training has drawn."""
    kinds = ("clear day", "cumulus", "sunset", "overcast", "sea", "studio", "gallery", "hall", "neon room",
             "city at night", "mountains", "window room")
    network = load_network()
    return [measure(network, kind, sky(5_000_000 + i, 128, kind).radiance, 0.02) for i, kind in enumerate(kinds)]


def test_the_shipped_network_restores_the_energy_of_fresh_skies_and_rooms(fresh_measures):
    found = summary(fresh_measures)
    assert found["hdr_energy_ratio"] < 2.0
    assert found["hdr_energy_ratio"] < 0.75 * found["hdr_energy_ratio_linearised"]
    assert found["hdr_better"] > 6


def test_weights_of_another_version_are_told(tmp_path):
    hdr.export(HighlightNetwork(**TINY), (8, 8, 16, 24), TINY["blocks"], tmp_path)
    with pytest.raises(ModelError, match="another version") as told:
        load_network(tmp_path)
    assert told.value.remedy == "Install Vernissage again."


def test_the_shipped_folder_is_small_and_says_what_it_is():
    assert sum(f.stat().st_size for f in MODEL.iterdir()) < 8e6
    assert all(p.dtype == torch.float32 and torch.isfinite(p).all() for p in load_network().parameters())
    assert "CC0" in (MODEL / "README.md").read_text(encoding="utf-8")
