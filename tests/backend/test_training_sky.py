"""The training of models/mini-sky in miniature: five steps, a resume, what its camera does, and what it turns."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.catalogue import catalogue
from backend.diffusion.families import Family
from backend.diffusion.folders import read_model_folder
from backend.panorama.measure import measure_picture
from training import camera, sky, sky_decoder
from training.data.skies import cache
from training.data.skies import sky as draw
from training.data.skies.sphere import solid_angles
from training.export import export
from training.loop import Clock
from training.sheet import generate

ROWS_PX = 32
SHIPPED = Path(__file__).parents[2] / "models" / "mini-sky"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """One shard of four small maps as the cache keeps them, and an untrained model to start from."""
    folder = tmp_path_factory.mktemp("sky")
    (folder / "skies").mkdir()
    maps = [cache.coded(draw(seed, 64, cache.kind_of(seed)).radiance) for seed in range(4)]
    np.save(folder / "skies" / "00000.npy", np.stack(maps * (cache.SHARD // 4)))
    cache.build(folder / "skies", cache.SHARD, workers=1)  # leaves the maps, says what they show
    torch.manual_seed(0)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    unet = UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(16, 16, 32), layers_per_block=1,
        cross_attention_dim=384, attention_head_dim=8, norm_num_groups=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )
    export(unet, vae, folder / "start")
    return folder


def weights_of(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def learn(work, out, steps, lines):
    return sky.learn(work, out, Clock(budget_steps=steps), maps=cache.SHARD, start=work / "start",
                     rows_px=ROWS_PX, log=lines.append)


def test_five_steps_train_export_and_resume_with_the_same_weights(work, tmp_path):
    out, lines = tmp_path / "mini-sky", []
    first = weights_of(learn(work, out, 5, lines))
    assert torch.equal(first, weights_of(learn(work, out, 5, lines))), "the budget was spent: nothing more to learn"
    assert any("resumed at step 5" in line for line in lines)
    (work / "sky.pt").unlink()
    assert torch.equal(first, weights_of(learn(work, tmp_path / "again", 5, lines))), "the seeds are fixed"

    folder = read_model_folder(out)
    assert folder.family is Family.MINI
    exported = UNet2DConditionModel.from_pretrained(out / "unet", torch_dtype=torch.float32)
    assert torch.allclose(weights_of(exported), first, atol=2e-3)  # float16 on disk
    picture = generate(out, ["sunset over the sea"], [1], 32, 2, 2.0, panoramas=True)[0]
    assert picture.shape == (32, 64, 3)
    assert np.isfinite(picture).all()


def test_the_latents_of_a_turned_map_are_the_turned_latents(work):
    """So a panorama may be turned after it was encoded, and the network sees no seam."""
    vae = MiniAutoencoder.from_pretrained(work / "start" / "vae", torch_dtype=torch.float32)
    maps, captions = cache.load(work / "skies", cache.SHARD), cache.captions(work / "skies", cache.SHARD)
    turned = [np.roll(one, 48, 1) for one in maps]
    for index in (0, 3):
        plain = sky.Panoramas(maps, captions, vae, 64).latents(index)
        other = sky.Panoramas(turned, captions, vae, 64).latents(index)
        assert plain.shape == (4, 8, 16)
        assert torch.allclose(torch.roll(plain, 6, -1), other, atol=1e-4)


@pytest.mark.parametrize("kind", ["clear day", "night", "studio"])
def test_the_camera_clips_lamps_and_suns_and_little_else(kind):
    one = draw(11, 64, kind)
    picture = sky.photographed(one.radiance, one.caption)
    weight = solid_angles(64)
    clipped = float(((picture == 255).any(-1) * weight).sum() / (4 * np.pi))
    assert clipped < 0.08
    lower = float(np.median(camera.decoded(picture)[33:].mean(-1)))
    assert lower < 0.05 if kind == "night" or "black" in one.caption else lower > 0.05


def test_the_shipped_network_paints_the_light_that_it_is_asked_for():
    prompts = ["clear blue sky over a meadow", "overcast sky over a field", "starry night over hills", "sunset, desert"]
    day, grey, night, evening = generate(SHIPPED, prompts, [3] * 4, sky.ROWS_PX, 10, 3.0, panoramas=True)
    above, below = slice(16, 56), slice(72, 120)
    assert night.mean() < 0.5 * day.mean()
    blue = {name: float(np.subtract(*one[above].mean((0, 1))[[2, 0]]))
            for name, one in (("day", day), ("grey", grey), ("evening", evening))}
    assert blue["day"] > 0.1
    assert blue["day"] > blue["grey"] + 0.05
    assert day[below].mean((0, 1)).argmax() == 1, "a meadow is green"
    for picture in (day, grey, night, evening):
        assert measure_picture(picture).wrap_ratio < 1.5


def test_the_shipped_folder_is_loaded_as_mini_is_and_says_what_it_is():
    folder = read_model_folder(SHIPPED)
    assert folder.family is Family.MINI
    assert folder.size_bytes < 40e6
    assert catalogue()["mini-sky"].path == "models/mini-sky"
    assert "CC0" in (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_five_steps_of_the_decoder_leave_the_encoder_and_are_exported(work, tmp_path):
    vae = MiniAutoencoder.from_pretrained(work / "start" / "vae", torch_dtype=torch.float32)
    (tmp_path / "skies").symlink_to(work / "skies")

    def learn_decoder():
        return sky_decoder.learn(tmp_path, Clock(budget_steps=5), maps=cache.SHARD, start=work / "start",
                                 rows_px=ROWS_PX, log=lambda line: None)

    learned = learn_decoder()
    assert torch.equal(weights_of(learned.encoder), weights_of(vae.encoder))
    assert not torch.equal(weights_of(learned.decoder), weights_of(vae.decoder))
    assert torch.equal(weights_of(learn_decoder()), weights_of(learned)), "the budget was spent"
    sky.learn(tmp_path, tmp_path / "out", Clock(budget_steps=1), maps=cache.SHARD, start=work / "start",
              rows_px=ROWS_PX, log=lambda line: None)
    exported = MiniAutoencoder.from_pretrained(tmp_path / "out" / "vae", torch_dtype=torch.float32)
    assert torch.allclose(weights_of(exported), weights_of(learned), atol=2e-3)
