"""The training of models/mini in miniature, and the promises of the shipped weights."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image

from backend.diffusion import words
from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.catalogue import CONTROLNET
from backend.diffusion.words import TOKENS, WIDTH, embed_words
from backend.material.judge import Judge
from protocol.errors import EnvironmentBroken
from training import autoencoder, mini
from training.data import cache, specimen
from training.loop import Clock, learning_rate

SHIPPED = Path(__file__).parents[2] / "models" / "mini"
TINY = (16, 16, 32)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Six small pictures and an untrained autoencoder: all that training needs."""
    folder = tmp_path_factory.mktemp("training")
    cache.build(folder / "data", 6, size_px=64, workers=1, chunk=6)
    torch.manual_seed(0)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    autoencoder.measure_latents(vae, cache.load(folder / "data")[0])
    vae.save_pretrained(folder / "vae")
    return folder


def weights_of(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def test_a_network_without_a_summary_of_the_words_gets_one_that_changes_nothing_at_first():
    torch.manual_seed(0)
    plain = UNet2DConditionModel.from_config({**mini.make_unet(4, TINY).config, "addition_embed_type": None})
    noisy, words_of = torch.randn(1, 4, 8, 8), torch.randn(1, TOKENS, WIDTH)
    with torch.no_grad():
        assert torch.equal(mini.summarising(plain)(noisy, 5, words_of).sample, plain(noisy, 5, words_of).sample)


def test_an_autoencoder_goes_on_from_an_exported_one(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    np.save(tmp_path / "data" / "images.npy", np.random.default_rng(0).integers(0, 256, (66, 128, 128, 3), np.uint8))
    (tmp_path / "data" / "captions.json").write_text("[]")
    torch.manual_seed(0)
    before = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    before.save_pretrained(tmp_path / "start" / "vae")
    monkeypatch.setattr("sys.argv", ["autoencoder", "--steps", "2", "--work", str(tmp_path), "--start",
                                     str(tmp_path / "start")])
    autoencoder.main()
    after = MiniAutoencoder.from_pretrained(tmp_path / "vae")
    assert torch.allclose(weights_of(after), weights_of(before), atol=1e-4)  # two steps of a warm-up of 200
    assert not torch.equal(weights_of(after.encoder), weights_of(before.encoder))
    assert not torch.equal(weights_of(after.decoder), weights_of(before.decoder))
    assert torch.equal(after.latent_std, before.latent_std)


def test_a_decoder_learns_alone(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    np.save(tmp_path / "data" / "images.npy", np.random.default_rng(0).integers(0, 256, (66, 128, 128, 3), np.uint8))
    (tmp_path / "data" / "captions.json").write_text("[]")
    before = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    before.save_pretrained(tmp_path / "start" / "vae")
    monkeypatch.setattr("sys.argv", ["autoencoder", "--steps", "2", "--work", str(tmp_path), "--decoder", "--start",
                                     str(tmp_path / "start")])
    autoencoder.main()
    after = MiniAutoencoder.from_pretrained(tmp_path / "vae")
    assert torch.equal(weights_of(after.encoder), weights_of(before.encoder))
    assert not torch.equal(weights_of(after.decoder), weights_of(before.decoder))


def test_latents_are_held_near_to_an_anchor(tmp_path):
    torch.manual_seed(0)
    module = MiniAutoencoder(latent_channels=4, block_out_channels=(16, 16, 16, 16))
    judge = Judge(["wood"], hidden=(8, 8)).eval().requires_grad_(False)
    pictures = torch.rand(1, 3, 128, 128) * 2 - 1
    moved = copy.deepcopy(module)
    with torch.no_grad():
        moved.encoder[-1].bias += 1.0

    def loss_of(anchor):
        return autoencoder.make_loss(module, judge, torch.Generator().manual_seed(0), anchor)(pictures).item()

    assert loss_of(module) == pytest.approx(loss_of(None))
    assert loss_of(moved) > loss_of(None) + 0.4


def test_two_steps_train_export_and_resume_with_the_same_weights(work, tmp_path, capsys):
    out = tmp_path / "mini"
    first = weights_of(mini.learn(work, out, Clock(budget_steps=2), widths=TINY))
    assert (work / "mini.pt").exists()
    again = weights_of(mini.learn(work, out, Clock(budget_steps=2), widths=TINY))  # budget spent: loads, trains nothing
    assert torch.equal(first, again)
    assert "resumed at step 2" in capsys.readouterr().out
    onwards = weights_of(mini.learn(work, out, Clock(budget_steps=3), widths=TINY))
    assert not torch.equal(first, onwards)

    pipeline = StableDiffusionPipeline.from_pretrained(out, text_encoder=None, tokenizer=None)
    assert pipeline.vae_scale_factor == 8
    exported = weights_of(pipeline.unet.float())
    assert torch.allclose(exported, onwards, atol=2e-3)  # float16 on disk
    assert not list(tmp_path.glob("mini.*")), "no half-written folder stays behind"
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline(
        prompt_embeds=embed_words(["red brick wall"]), negative_prompt_embeds=embed_words([""]),
        height=64, width=96, num_inference_steps=2, output_type="np", generator=torch.Generator().manual_seed(0),
    ).images[0]
    assert picture.shape == (64, 96, 3)
    assert np.isfinite(picture).all()


def test_an_export_keeps_the_model_card(work, tmp_path):
    out = tmp_path / "mini"
    out.mkdir()
    (out / "README.md").write_text("the card")
    mini.export(mini.make_unet(4, TINY), MiniAutoencoder.from_pretrained(work / "vae"), out)
    assert (out / "README.md").read_text() == "the card"
    assert json.loads((out / "model_index.json").read_text())["text_encoder"] == [None, None]


def test_the_learning_rate_warms_up_and_reaches_zero_at_the_end():
    assert learning_rate(0.0, 1.0, 0) < 0.01
    assert learning_rate(0.5, 1.0, 1000) == pytest.approx(0.5)
    assert learning_rate(1.0, 1.0, 1000) == pytest.approx(0.0, abs=1e-9)


def test_a_clock_wants_exactly_one_budget():
    with pytest.raises(ValueError, match="minutes or steps"):
        Clock(10.0, 10)


def test_autoencoder_latents_are_an_eighth_and_other_sizes_are_refused():
    vae = MiniAutoencoder()
    assert vae.encode(torch.zeros(2, 3, 64, 96)).latents.shape == (2, 8, 8, 12)
    assert vae.decode(torch.zeros(1, 8, 8, 12), return_dict=False, generator=None)[0].shape == (1, 3, 64, 96)
    with pytest.raises(ValueError, match=r"96×60.*96×64"):
        vae.encode(torch.zeros(1, 3, 60, 96))
    with pytest.raises(ValueError, match="must have 4"):
        MiniAutoencoder(block_out_channels=(8, 8))


@pytest.fixture(scope="module")
def shipped_vae():
    return MiniAutoencoder.from_pretrained(SHIPPED / "vae").float()


@pytest.fixture(scope="module")
def fresh_pictures():
    """Pictures of seeds that no training has drawn, (48, 3, 256, 256) in -1…1."""
    pixels = np.stack([specimen(5_000_000 + i, 256).image for i in range(48)])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2) * 2 - 1


def test_the_shipped_autoencoder_gives_back_fresh_pictures(shipped_vae, fresh_pictures):
    assert autoencoder.psnr(shipped_vae, fresh_pictures) > 27.5  # 28.04 when it was made


def test_the_shipped_latents_are_normalised(shipped_vae, fresh_pictures):
    with torch.no_grad():
        latents = shipped_vae.encode(fresh_pictures).latents
    assert latents.mean((0, 2, 3)).abs().max() < 0.4
    assert latents.std((0, 2, 3)).min() > 0.6
    assert latents.std((0, 2, 3)).max() < 1.5


def test_the_shipped_autoencoder_leaves_no_grid_on_a_smooth_picture(shipped_vae):
    """A soft gradient comes back without a rhythm at 8 pixels: its share stays below two 8-bit steps."""
    ramp = torch.linspace(-0.4, 0.4, 256)
    picture = torch.stack([ramp.expand(256, 256), ramp[:, None].expand(256, 256), torch.zeros(256, 256)])[None]
    with torch.no_grad():
        error = (shipped_vae(picture).sample - picture)[0, :, 32:-32, 32:-32]
    tiles = error.reshape(3, 24, 8, 24, 8)
    rhythm = tiles.mean((1, 3)) - tiles.mean((1, 2, 3, 4))[:, None, None]
    assert rhythm.std() / 2 * 255 < 2.0


@pytest.fixture(scope="module")
def shipped():
    pipeline = StableDiffusionPipeline.from_pretrained(SHIPPED, text_encoder=None, tokenizer=None)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def sample(pipeline, prompt):
    return pipeline(
        prompt_embeds=embed_words([prompt]), negative_prompt_embeds=embed_words([""]), height=128, width=128,
        num_inference_steps=6, guidance_scale=1.0, output_type="np", generator=torch.Generator().manual_seed(1),
    ).images[0]


def test_the_shipped_model_knows_its_showcase_by_colour(shipped):
    brick, wood, marble, gold = (
        sample(shipped, p).mean((0, 1))
        for p in ("red brick wall", "brown wood planks", "green marble", "gold brushed metal")
    )
    assert brick[0] > 1.25 * brick[2]
    assert wood[0] > wood[1] > wood[2]
    assert marble[1] == marble.max()
    assert gold[0] > gold[1] > 1.3 * gold[2]


def test_the_shipped_folder_serves_the_image_to_image_pipeline(shipped):
    pipeline = StableDiffusionImg2ImgPipeline(**shipped.components, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    picture = Image.fromarray((specimen(1, 128, "brick", "red").image * 255).astype(np.uint8))
    result = pipeline(
        prompt_embeds=embed_words(["red brick wall"]), negative_prompt_embeds=embed_words([""]), image=picture,
        strength=0.25, num_inference_steps=8, guidance_scale=1.0, output_type="np",
        generator=torch.Generator().manual_seed(0),
    ).images[0]
    assert result.shape == (128, 128, 3)
    assert np.abs(result.mean((0, 1)) - np.asarray(picture).mean((0, 1)) / 255).max() < 0.12


def test_the_shipped_models_are_small():
    sizes = {file: file.stat().st_size for file in SHIPPED.parent.rglob("*") if file.is_file()}
    assert sum(sizes.values()) < 90e6
    assert max(sizes.values()) < 40e6
    assert sum(size for file, size in sizes.items()
               if SHIPPED in file.parents and file.parent.name != CONTROLNET) < 35e6


def test_words_have_their_shape_and_are_deterministic():
    first, again = embed_words(["green marble", ""]), embed_words(["green marble", ""])
    assert first.shape == (2, TOKENS, WIDTH)
    assert first.dtype == torch.float32
    assert torch.equal(first, again)
    assert torch.allclose(first[:1], embed_words(["green marble"]), atol=1e-4)
    assert embed_words([]).shape == (0, TOKENS, WIDTH)
    assert first[1, 3:].abs().max() == 0  # "" is its mean, its closing token and nothing


def test_words_of_like_meaning_are_near():
    red, crimson, moss = embed_words(["red velvet", "crimson velvet", "mossy ground"])[:, 0]
    near = torch.nn.functional.cosine_similarity
    assert near(red, crimson, dim=0) > near(red, moss, dim=0) + 0.2


def test_words_agree_with_transformers_bert():
    from transformers import BertModel

    folder = words._package_folder()
    bert = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager").eval()
    tokenizer, _ = words._load(folder)
    ids = torch.tensor([tokenizer.encode("weathered brown wooden planks").ids])
    with torch.no_grad():
        expected = bert(ids).last_hidden_state[0]
    ours = embed_words(["weathered brown wooden planks"])[0] / words._GAIN
    assert torch.allclose(ours[1 : ids.shape[1]], expected[1:], atol=1e-4)
    assert torch.allclose(ours[0], expected.mean(0), atol=1e-4)


def test_words_refuse_a_file_with_another_hash(tmp_path, monkeypatch):
    real = words._package_folder()
    for name in ("tokenizer.json", "model.safetensors"):
        (tmp_path / name).symlink_to(real / name)
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.setattr(words, "_package_folder", lambda: tmp_path)
    with pytest.raises(EnvironmentBroken, match="SHA-256"):
        embed_words(["anything"])
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(EnvironmentBroken, match="missing"):
        embed_words(["anything"])


def test_words_say_what_to_do_when_the_package_is_missing(monkeypatch):
    monkeypatch.setattr(words, "PACKAGE", "gt-no-such-package")
    with pytest.raises(EnvironmentBroken, match=r"gt-no-such-package.*Repair"):
        embed_words(["anything"])
