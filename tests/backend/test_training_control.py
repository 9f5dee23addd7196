"""The ControlNet of models/mini: what it is shown, and what it is taught."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.catalogue import CONTROLNET
from backend.material.statistics import TextureStatistics
from training import control, control_evaluate
from training.data import renders
from training.loop import Clock


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with renders and a tiny model."""
    folder = tmp_path_factory.mktemp("control")
    renders.build(folder / "renders", 4, workers=1)
    torch.manual_seed(0)
    MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16)).save_pretrained(folder / "base" / "vae")
    unet = UNet2DConditionModel(
        sample_size=32, in_channels=4, out_channels=4, block_out_channels=(16, 32), layers_per_block=1,
        cross_attention_dim=384, attention_head_dim=8, norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"))
    unet.save_pretrained(folder / "base" / "unet")
    return folder


@pytest.fixture
def batch(work):
    return next(control.batches(work / "renders", np.random.default_rng(0)))


def learnt(work, out, steps, base="base"):
    said = []
    return control.learn(work, work / base, out, Clock(budget_steps=steps), log=said.append), said


def test_a_cut_shows_the_same_part_of_everything(work, batch):
    drawn = renders.load(work / "renders")
    sides = slice(0, 129)
    for picture, towards, inside, wear in zip(batch.pictures, batch.normals, batch.inside, batch.wear, strict=True):
        pixels = ((picture.permute(1, 2, 0) + 1) * 127.5).round().byte().numpy()
        corner = pixels[0, 0]
        places = [(i, y, x) for i, y, x in np.argwhere((drawn.images[:, sides, sides] == corner).all(-1)).tolist()
                  if np.array_equal(drawn.images[i, y : y + 128, x : x + 128], pixels)]
        assert places
        i, y, x = places[0]
        part = slice(y, y + 128), slice(x, x + 128)
        assert np.array_equal((towards.permute(1, 2, 0) * 255).round().byte().numpy(), drawn.normals[i][part])
        assert np.array_equal(inside[0].bool().numpy(), drawn.masks[i][part])
        assert np.array_equal(wear[0].numpy(), drawn.wear[i][part].astype(np.float32))


def test_edges_are_lighter_hollows_darker_and_all_else_as_it_is():
    x = np.linspace(-1, 1, 128)
    roof, ditch = (np.broadcast_to(np.sign(side * x) * 0.6, (128, 128)) for side in (1, -1))
    hit = np.ones((128, 128), bool)
    hit[:, :16] = False
    for across, check in ((roof, lambda w: w[:, 61:67].min() > 1.2), (ditch, lambda w: w[:, 61:67].max() < 0.85)):
        wear = renders.worn(np.stack([across, 0 * across, np.full_like(across, 0.8)], -1).astype(np.float32), hit)
        assert check(wear)
        assert np.all(wear[~hit] == 1)
        assert np.abs(wear[:, 16:32] - 1).max() < 0.03  # an outline is no edge
        assert np.abs(wear[:, 100:] - 1).max() < 0.02


def test_a_ball_is_even_and_nothing_pale_is_blown_out():
    y, x = np.mgrid[-1:1:128j, -1:1:128j]
    hit = x**2 + y**2 < 0.8
    normal = np.stack([x, -y, np.sqrt(np.maximum(1 - x**2 - y**2, 0))], -1).astype(np.float32)
    assert np.abs(renders.worn(normal, hit)[hit] - 1).max() < 0.05
    pale, wear = np.full((8, 8, 3), 0.9, np.float32), np.float32(1.6)
    assert 0.9 < renders.lit(pale, wear).max() < 0.95
    pictures, some = torch.rand(1, 3, 8, 8) * 1.6 - 0.8, torch.rand(1, 1, 8, 8) + 0.6
    there = control.worn(pictures, some)
    assert torch.allclose(control.unworn(there, some), pictures, atol=1e-4)
    assert np.allclose(renders.lit((pictures + 1).numpy() / 2, some.numpy()), (there + 1).numpy() / 2, atol=1e-5)


def test_directions_are_those_of_the_stripes_and_not_their_strength():
    lying = torch.sin(torch.arange(128) * 1.2)[:, None].expand(1, 3, 128, 128)
    statistics = TextureStatistics()
    one, faint, standing = (control.directions(statistics, x) for x in (lying, 0.3 * lying, lying.mT))
    assert one.shape == (1, 6 * control.SCALES, 4, 4)
    assert (one - faint).abs().mean() < 0.1 * (one - standing).abs().mean()


def test_it_starts_from_no_change_learns_and_resumes(work, batch, tmp_path):
    unet = UNet2DConditionModel.from_pretrained(work / "base" / "unet")
    latents = torch.randn(len(batch.words), 4, 16, 16)
    down, mid = control.make_controlnet(unet)(latents, 10, batch.words, batch.normals, return_dict=False)
    assert not any(part.any() for part in (*down, mid))
    first, _ = learnt(work, tmp_path, 5)
    down, mid = first(latents, 10, batch.words, batch.normals, return_dict=False)
    assert any(part.any() for part in (*down, mid))
    again, said = learnt(work, tmp_path, 5)
    assert any("resumed at step 5" in line for line in said)
    assert all(map(torch.equal, first.state_dict().values(), again.state_dict().values()))
    with torch.no_grad():
        unet.conv_in.weight += 1
    unet.save_pretrained(work / "other" / "unet")
    (work / "other" / "vae").symlink_to(work / "base" / "vae")
    _, said = learnt(work, tmp_path, 1, "other")
    assert not any("resumed" in line for line in said)


def test_its_teacher_is_what_it_would_paint_without_it(work, batch):
    """With a ControlNet that says nothing, on an even shape, there is nothing to learn but the direction."""
    unet = UNet2DConditionModel.from_pretrained(work / "base" / "unet").requires_grad_(False)
    vae = MiniAutoencoder.from_pretrained(work / "base" / "vae")

    def loss_of(batch):
        return control.make_loss(unet, control.make_controlnet(unet), vae, torch.Generator().manual_seed(0))(batch)

    even = batch._replace(wear=torch.ones_like(batch.wear), inside=torch.zeros_like(batch.inside))
    assert loss_of(even).item() == pytest.approx(0, abs=1e-6)
    assert loss_of(even._replace(wear=1.2 * even.wear)) > 0.1
    assert loss_of(even._replace(inside=torch.ones_like(batch.inside))) > 0.01


def test_light_of_edges_and_hollows_is_measured_against_the_rest():
    wear = np.ones((128, 128), np.float32)
    wear[20:40], wear[80:100] = 1.3, 0.7
    drawn = renders.Render(np.full((128, 128, 3), 0.5, np.float32), np.zeros((128, 128, 3), np.uint8),
                           np.ones((128, 128), bool), wear, "clay")
    plain, worn = drawn.image, drawn.image * wear[..., None]
    assert control_evaluate.lighter([plain], [drawn]) == pytest.approx({"edges": 0, "hollows": 0}, abs=1e-5)
    found = control_evaluate.lighter([worn], [drawn])
    assert found["edges"] == pytest.approx(np.log(1.3), abs=0.02)
    assert found["hollows"] == pytest.approx(np.log(0.7), abs=0.02)


def test_the_shipped_one_shows_where_edges_and_hollows_are():
    drawn = [renders.render(control_evaluate.FIRST + number) for number in (1, 2, 3, 6)]
    mini = Path("models/mini")
    found = {name: control_evaluate.lighter(control_evaluate.painted(mini, folder, drawn), drawn)
             for name, folder in (("with", mini / CONTROLNET), ("without", None))}
    assert found["with"]["edges"] > found["without"]["edges"] + 0.1
    assert found["with"]["hollows"] < found["without"]["hollows"] - 0.02
