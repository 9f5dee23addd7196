"""The training of models/mini-pbr in miniature: five steps, a resume, the loss, the evaluation."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.material.network import MaterialNet, load, read_material
from training import evaluate_pbr, pbr
from training.data import truth
from training.data.surface import normals
from training.loop import Clock

TINY = (16, 16, 32)
SHIPPED = Path(__file__).parents[2] / "models" / "mini-pbr"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """One small surface of each family, drawn as the real truth is."""
    folder = tmp_path_factory.mktemp("truth")
    for part in truth.FIRST_SEED:
        truth.build(folder, part, 1, size_px=64)
    return folder


def weights_of(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def test_five_steps_train_export_and_resume_with_the_same_weights(data, tmp_path, capsys):
    out, checkpoint = tmp_path / "mini-pbr", tmp_path / "pbr.pt"
    first = weights_of(pbr.learn(data, checkpoint, out, Clock(budget_steps=5), widths=TINY))
    again = weights_of(pbr.learn(data, checkpoint, out, Clock(budget_steps=5), widths=TINY))
    assert torch.equal(first, again), "the budget was spent: nothing more to learn"
    assert "resumed at step 5" in capsys.readouterr().out
    other = pbr.learn(data, tmp_path / "other.pt", tmp_path / "other", Clock(budget_steps=5), widths=TINY)
    assert torch.allclose(first, weights_of(other), atol=1e-6), "the same seeds gave another network"
    exported = load(out)
    assert torch.allclose(weights_of(exported), first, atol=2e-3)  # float16 on disk
    material = read_material(exported, np.random.default_rng(0).random((64, 96, 3), np.float32))
    assert material.height.shape == (64, 96)


def test_twenty_steps_on_one_batch_lower_the_loss(data):
    torch.manual_seed(0)
    network = MaterialNet(widths=TINY)
    batch = next(pbr.batches(truth.load(data, "learned"), np.random.default_rng(0), Clock(budget_steps=20)))
    loss, optimizer = pbr.make_loss(network), torch.optim.AdamW(network.parameters(), 2e-3)
    values = []
    for _ in range(20):
        value = loss(batch)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert values[-1] < 0.85 * values[0]


def test_held_out_families_and_seeds_are_in_no_training(data):
    learned = truth.load(data, "learned")
    assert not set(truth.HELD_OUT) & set(learned.families)
    assert len(truth.HELD_OUT) >= 8
    assert set(truth.load(data, "held out families").families) == set(truth.HELD_OUT)
    seeds = {part: {seed for _, seed, _ in truth.jobs(part, 400)} for part in truth.FIRST_SEED}
    assert not seeds["learned"] & (seeds["held out seeds"] | seeds["held out families"])


def test_the_store_gives_back_what_was_drawn(data):
    from training.data import specimen

    store = truth.load(data, "held out families")
    family, seed, size = truth.jobs("held out families", 1, 64)[3]
    drawn, kept = specimen(seed, size, family).maps, store.maps(3)
    for name in ("base_colour", "roughness", "metallic", "occlusion"):
        assert np.abs(getattr(drawn, name) - getattr(kept, name)).max() < 0.003, name
    assert np.abs(drawn.height - kept.height).max() < 0.02
    assert (drawn.normal * kept.normal).sum(-1).min() > 0.99


def test_missing_truth_says_how_to_draw_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"training\.data\.truth"):
        truth.load(tmp_path, "learned")


def test_slopes_of_the_network_and_normals_of_the_drawing_agree():
    """The same height gives the same normals in torch and in numpy; +y is up in both."""
    height = np.random.default_rng(0).normal(0, 1, (24, 24)).astype(np.float32)
    ours = pbr.slopes(torch.from_numpy(height)[None, None] / pbr.HEIGHT_UNIT_PX)[0].permute(1, 2, 0).numpy()
    assert np.allclose(ours, normals(height)[1:-1, 1:-1], atol=1e-5)


def test_a_mirrored_surface_has_the_normals_of_its_mirrored_height(data):
    maps = truth.load(data, "learned").maps(0)
    turned = pbr.mirrored(maps)
    assert (turned.normal * normals(np.ascontiguousarray(turned.height))).sum(-1).mean() > 0.999


def test_the_truth_itself_costs_nothing_but_the_doubt_about_metal(data):
    true = pbr.tensors([truth.load(data, "learned").maps(0)])
    sure = true._replace(metallic=20.0 * (true.metallic - 0.5))
    assert pbr.difference(sure, true) < 0.02
    assert pbr.difference(sure._replace(base_colour=true.base_colour + 0.1), true) > 0.3


def test_the_evaluation_prints_every_channel_and_writes_figures(data, tmp_path, capsys, monkeypatch):
    network = MaterialNet(widths=TINY)
    model, report = tmp_path / "net", tmp_path / "pbr.json"
    pbr.export(network, model)
    monkeypatch.setattr(sys, "argv", ["x", "--model", str(model), "--data", str(data), "--json", str(report)])
    monkeypatch.setattr(evaluate_pbr, "fit_heuristic", lambda _: (4.0, 0.4))
    evaluate_pbr.main()
    printed = capsys.readouterr().out
    assert all(f"| {channel} |" in printed for channel in evaluate_pbr.CHANNELS)
    figures = json.loads(report.read_text())["held out families"]
    assert isinstance(figures["pbr_better_than_heuristic"], bool)
    assert len(figures["mini-pbr"]) == len(evaluate_pbr.CHANNELS)


def test_errors_are_zero_for_the_truth_and_known_for_a_known_fault(data):
    maps = truth.load(data, "held out families").maps(0)
    level = maps.height - maps.height.mean()
    right = evaluate_pbr.Material(maps.base_colour, level, maps.normal, maps.roughness, maps.metallic, maps.occlusion)
    assert np.allclose(evaluate_pbr.errors(right, maps), 0, atol=0.05)
    wrong = right._replace(roughness=maps.roughness + 0.25)
    assert abs(evaluate_pbr.errors(wrong, maps)[3] - 0.25) < 1e-5


def test_the_shipped_network_reads_families_that_it_never_saw_better_than_the_heuristic(tmp_path):
    truth.build(tmp_path, "held out families", 1, size_px=128, workers=1)
    store, network = truth.load(tmp_path, "held out families"), load(SHIPPED)
    ways = {"mini-pbr": lambda picture: read_material(network, picture),
            "heuristic": lambda picture: evaluate_pbr.heuristic(picture, 4.0, 0.4)}
    results, _ = evaluate_pbr.compare(store, ways)
    ours, theirs = (results[name].mean(0) for name in ways)
    # Of ten pictures, two are metal: too few to hold the network to that channel here.
    told = [k for k, channel in enumerate(evaluate_pbr.CHANNELS) if channel != "metallic"]
    assert (ours < theirs)[told].all()


def test_the_shipped_folder_is_small_and_says_what_it_is():
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 8e6
    assert "CC0" in (SHIPPED / "README.md").read_text(encoding="utf-8")
