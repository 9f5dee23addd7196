"""The ControlNet of models/mini, and the critic that sees what it is shown."""

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.material.judge import Judge
from training import control
from training.data import renders
from training.data.mixture import LABELS
from training.loop import Clock


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with renders, a tiny model and a judge that knows nothing."""
    folder = tmp_path_factory.mktemp("control")
    renders.build(folder / "renders", 4, workers=1)
    torch.manual_seed(0)
    MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16)).save_pretrained(folder / "base" / "vae")
    unet = UNet2DConditionModel(
        sample_size=32, in_channels=4, out_channels=4, block_out_channels=(16, 32), layers_per_block=1,
        cross_attention_dim=384, attention_head_dim=8, norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"))
    unet.save_pretrained(folder / "base" / "unet")
    Judge(list(LABELS), hidden=(16, 8)).save_pretrained(folder / "judge")
    return folder


@pytest.fixture
def batch(work):
    vae = MiniAutoencoder.from_pretrained(work / "base" / "vae")
    return next(control.batches(work / "renders", vae, np.random.default_rng(0)))


def learnt(work, out, steps):
    return control.learn(work, work / "base", out, Clock(budget_steps=steps), judge=work / "judge",
                         log=lambda line: None)


def test_a_cut_shows_the_same_part_of_everything(work, batch):
    images, normals, masks, _ = renders.load(work / "renders")
    assert batch.latents.shape == (control.CUTS, 4, 16, 16)
    for picture, towards, inside, label in zip(batch.pictures, batch.normals, batch.inside, batch.labels, strict=True):
        pixels = ((picture.permute(1, 2, 0) + 1) * 127.5).round().byte().numpy()
        places = [(i, y, x) for i in range(4) for y in range(0, 129, 8) for x in range(0, 129, 8)
                  if np.array_equal(images[i, y : y + 128, x : x + 128], pixels)]
        assert places
        i, y, x = places[0]
        assert np.array_equal((towards.permute(1, 2, 0) * 255).round().byte().numpy(),
                              normals[i, y : y + 128, x : x + 128])
        share = masks[i, y : y + 128, x : x + 128].reshape(16, 8, 16, 8).mean((1, 3))
        assert np.array_equal(inside[0].numpy(), share > 0.5)
        assert LABELS[int(label)] == renders.family_of(i)


def test_it_starts_from_no_change_learns_and_resumes(work, batch, tmp_path):
    unet = UNet2DConditionModel.from_pretrained(work / "base" / "unet")
    down, mid = control.make_controlnet(unet)(batch.latents, 10, batch.words, batch.normals, return_dict=False)
    assert not any(part.any() for part in (*down, mid))
    first = learnt(work, tmp_path, 5)
    down, mid = first(batch.latents, 10, batch.words, batch.normals, return_dict=False)
    assert any(part.any() for part in (*down, mid))
    again = learnt(work, tmp_path, 5)
    assert all(map(torch.equal, first.state_dict().values(), again.state_dict().values()))
    with torch.no_grad():
        unet.conv_in.weight += 1
    unet.save_pretrained(work / "other" / "unet")
    (work / "other" / "vae").symlink_to(work / "base" / "vae")
    with pytest.raises(ValueError, match="other pictures"):
        control.learn(work, work / "other", tmp_path, Clock(budget_steps=6), judge=work / "judge")


def test_what_lies_beyond_the_shape_teaches_nothing(work, batch):
    game = control.Following(
        UNet2DConditionModel.from_pretrained(work / "base" / "unet"),
        control.make_controlnet(UNet2DConditionModel.from_pretrained(work / "base" / "unet")),
        MiniAutoencoder.from_pretrained(work / "base" / "vae"), Judge.from_pretrained(work / "judge"),
        painter_rate=1e-3, critic_rate=1e-3)
    nothing = batch._replace(inside=torch.zeros_like(batch.inside), pictures=game.vae.decode(batch.latents).sample)
    assert game.step(nothing, 0.0, 51)["match"] < 0.01
    painted = batch.latents + (1 - batch.inside)
    assert control.layout_error_within(painted, batch) == 0
    assert control.layout_error_within(batch.latents + batch.inside, batch) > 0.5
