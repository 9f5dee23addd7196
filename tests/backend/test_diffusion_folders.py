"""What a model's folder says about itself, and what is wrong with it, before anything is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from diffusers import LCMScheduler, UNet2DConditionModel

from backend.diffusion.catalogue import CONTROLNET, catalogue, controlnet_of, resolve
from backend.diffusion.families import Family, Sampling
from backend.diffusion.folders import Guide, check_match, read_controlnet_folder, read_model_folder
from backend.diffusion.loading import Models
from protocol.errors import ModelError
from tests.backend import tiny_models


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Folders that must not be changed."""
    root = tmp_path_factory.mktemp("models")
    tiny_models.save_sd(root / "sd")
    tiny_models.save_sdxl(root / "sdxl")
    tiny_models.save_mini(root / "mini")
    tiny_models.save_flux(root / "flux")
    return root


@pytest.fixture
def sd(whole, tmp_path) -> Path:
    """A Stable Diffusion folder to break."""
    return Path(shutil.copytree(whole / "sd", tmp_path / "sd"))


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refusal(path: Path, reader=read_model_folder) -> str:
    with pytest.raises(ModelError) as caught:
        reader(path)
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize(("name", "family"), [("sd", Family.SD), ("sdxl", Family.SDXL), ("mini", Family.MINI),
                                               ("flux", Family.FLUX)])
def test_each_family_is_known_by_its_structure(whole, name, family):
    folder = read_model_folder(whole / name)
    assert folder.family is family
    assert folder.size_bytes == sum(file.stat().st_size for file in (whole / name).rglob("*.safetensors"))


@pytest.mark.parametrize("cls", ["StableDiffusionImg2ImgPipeline", "LatentConsistencyModelPipeline"])
def test_a_pipeline_for_another_task_of_the_family_is_accepted(sd, cls):
    edit(sd / "model_index.json", _class_name=cls)
    assert read_model_folder(sd).family is Family.SD


def test_a_summary_of_the_words_is_mini_s_alone(whole, sd, tmp_path):
    mini = shutil.copytree(whole / "mini", tmp_path / "summarising")
    edit(mini / "unet" / "config.json", addition_embed_type="text")
    assert read_model_folder(mini).family is Family.MINI
    edit(sd / "unet" / "config.json", addition_embed_type="text")
    assert "UNet of another kind" in refusal(sd)


def test_a_distilled_model_asks_for_few_steps(tmp_path):
    folder = tiny_models.save_sd(tmp_path / "lcm", scheduler=LCMScheduler(steps_offset=1), time_cond_proj_dim=8)
    assert read_model_folder(folder).sampling.steps <= 8


def test_flux_is_asked_as_its_weights_were_distilled(tmp_path, whole):
    dev = tiny_models.save_flux(tmp_path / "dev", guidance_embeds=True)
    assert read_model_folder(dev).sampling == Sampling(28, 3.5)
    assert read_model_folder(whole / "flux").sampling == Sampling(4, 0.0)


@pytest.mark.parametrize(("file", "changes", "words"), [
    ("transformer/config.json", {"in_channels": 96, "out_channels": 16}, "inpainting"),
    ("text_encoder_2/config.json", {"d_model": 48}, "do not belong together"),
    ("model_index.json", {"text_encoder_2": ["transformers", "CLIPTextModel"]}, "T5EncoderModel"),
])
def test_a_flux_folder_that_cannot_paint(whole, tmp_path, file, changes, words):
    folder = Path(shutil.copytree(whole / "flux", tmp_path / "flux"))
    edit(folder / file, **changes)
    assert words in refusal(folder)


def test_a_flux_folder_needs_the_words_of_t5(whole, tmp_path):
    folder = Path(shutil.copytree(whole / "flux", tmp_path / "flux"))
    (folder / "tokenizer_2" / "tokenizer.json").unlink()
    assert "tokenizer_2" in refusal(folder)


def test_a_controlnet_of_flux(whole, tmp_path):
    """One of several modes has none for normals, whatever it is called."""
    depth = read_controlnet_folder(tiny_models.save_flux_controlnet(tmp_path / "depth"))
    normal = read_controlnet_folder(tiny_models.save_flux_controlnet(tmp_path / "surface-normals"))
    union = read_controlnet_folder(tiny_models.save_flux_controlnet(tmp_path / "union-normal", num_mode=3))
    assert [found.guide for found in (depth, normal, union)] == [Guide.DEPTH, Guide.NORMAL, Guide.DEPTH]
    check_match(read_model_folder(whole / "flux"), depth)
    with pytest.raises(ModelError, match=r"FLUX\.1"):
        check_match(read_model_folder(whole / "sd"), depth)


def test_an_embedded_model_s_own_controlnet_lies_in_its_folder(sd):
    own = read_controlnet_folder(Path(controlnet_of(" mini ")))
    assert own.guide is Guide.NORMAL
    check_match(read_model_folder(resolve("mini").folder), own)
    tiny_models.save_controlnet(sd / CONTROLNET)
    for other in (str(sd), "mini-sky", "sdxl", "no-such-model"):
        assert controlnet_of(other) == ""


def test_a_damaged_controlnet_of_the_model_s_own_is_told(tmp_path):
    folder = Path(shutil.copytree(resolve("mini").folder, tmp_path / "models" / "mini"))
    next((folder / CONTROLNET).glob("*.safetensors")).unlink()
    with pytest.raises(ModelError, match=r"\.safetensors.*Install Vernissage again, or switch Follow Shape off\."):
        Models(tmp_path).own_controlnet("mini")


def test_weights_in_half_precision_files_alone_are_found(sd):
    for file in sd.rglob("*.safetensors"):
        file.rename(file.with_suffix(".fp16.safetensors"))
    assert {files.variant for files in read_model_folder(sd).weights.values()} == {"fp16"}


def test_a_missing_folder(tmp_path):
    assert "no model folder" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_a_name_that_no_folder_can_have(tmp_path, name):
    assert "model folder" in refusal(tmp_path / name)


@pytest.mark.parametrize(("name", "words"), [("model.safetensors", "Convert"), ("model.ckpt", "pickled")])
def test_a_single_file_is_no_folder(tmp_path, name, words):
    (tmp_path / name).write_bytes(b"")
    assert words in refusal(tmp_path / name)


def test_a_folder_with_a_single_checkpoint(tmp_path):
    (tmp_path / "dreams.safetensors").write_bytes(b"")
    assert "dreams.safetensors" in refusal(tmp_path)


def test_a_folder_of_something_else(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"")
    assert "no model_index.json" in refusal(tmp_path)


def test_one_part_of_a_model(sd):
    assert "one part of a model" in refusal(sd / "unet")


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "tokenizer", "scheduler"])
def test_a_missing_part(sd, part):
    shutil.rmtree(sd / part)
    message = refusal(sd)
    assert "incomplete" in message
    assert part in message


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_missing_weights(sd, part):
    next((sd / part).glob("*.safetensors")).unlink()
    assert "no .safetensors weights" in refusal(sd)


def test_pickled_weights_are_refused_and_not_opened(sd):
    file = sd / "unet" / "diffusion_pytorch_model.bin"
    state = UNet2DConditionModel.from_pretrained(sd / "unet").state_dict()
    torch.save(state, file)
    next((sd / "unet").glob("*.safetensors")).unlink()
    message = refusal(sd)
    assert "pickled" in message
    assert "diffusion_pytorch_model.bin" in message


@pytest.mark.parametrize("keep", [3, 7, 200, -1])
def test_a_file_that_is_cut_off(sd, keep):
    file = next((sd / "unet").glob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:keep])
    assert "cut off" in refusal(sd)


def test_a_git_lfs_pointer(sd):
    next((sd / "unet").glob("*.safetensors")).write_text("version https://git-lfs.github.com/spec/v1\nsize 4\n")
    assert "git lfs pull" in refusal(sd)


def test_a_missing_shard(sd):
    unet = UNet2DConditionModel.from_pretrained(sd / "unet")
    shutil.rmtree(sd / "unet")
    unet.save_pretrained(sd / "unet", max_shard_size="100KB")
    assert read_model_folder(sd).weights["unet"].size_bytes > 100_000
    shard = sorted((sd / "unet").glob("*-of-*.safetensors"))[1]
    shard.unlink()
    assert shard.name in refusal(sd)


def test_a_shard_outside_of_the_folder_is_not_followed(sd):
    file = next((sd / "unet").glob("*.safetensors"))
    file.rename(sd / "elsewhere.safetensors")
    index = {"metadata": {}, "weight_map": {"conv_in.weight": "../elsewhere.safetensors"}}
    (sd / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    assert "elsewhere.safetensors" in refusal(sd)


def test_an_unknown_family_names_what_was_found_and_what_is_supported(sd):
    edit(sd / "model_index.json", _class_name="StableDiffusion3Pipeline")
    message = refusal(sd)
    assert "StableDiffusion3Pipeline" in message
    assert all(family in message for family in Family)


def test_a_class_from_an_unknown_module_is_never_loaded(sd):
    edit(sd / "model_index.json", vae=["os", "system"])
    assert "system" in refusal(sd)


def test_an_inpainting_model(sd):
    edit(sd / "unet" / "config.json", in_channels=9)
    assert "inpainting" in refusal(sd)


def test_parts_that_do_not_belong_together(sd):
    edit(sd / "text_encoder" / "config.json", hidden_size=40)
    assert "do not belong together" in refusal(sd)


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_a_description_that_is_no_json_object(sd, text):
    (sd / "model_index.json").write_text(text, errors="surrogateescape")
    assert "model_index.json" in refusal(sd)


def test_a_controlnet_follows_depth_unless_its_name_says_normal(tmp_path):
    depth = tiny_models.save_controlnet(tmp_path / "control_v11f1p_sd15_depth")
    normal = tiny_models.save_controlnet(tmp_path / "control_v11p_sd15_normalbae")
    assert read_controlnet_folder(depth).guide is Guide.DEPTH
    assert read_controlnet_folder(normal).guide is Guide.NORMAL


def test_a_controlnet_of_another_family_or_width_names_both(whole, tmp_path):
    ours = read_controlnet_folder(tiny_models.save_controlnet(tmp_path / "fits"))
    theirs = read_controlnet_folder(tiny_models.save_controlnet(tmp_path / "xl", sdxl=True))
    wide = read_controlnet_folder(tiny_models.save_controlnet(tmp_path / "wide", width=48))
    model = read_model_folder(whole / "sd")
    check_match(model, ours)
    for wrong in (theirs, wide):
        with pytest.raises(ModelError) as caught:
            check_match(model, wrong)
        assert str(wrong.path) in str(caught.value)
        assert str(model.path) in str(caught.value)
    check_match(read_model_folder(whole / "sdxl"), theirs)


def test_a_model_is_no_controlnet(whole):
    assert "UNet2DConditionModel" in refusal(whole / "sd" / "unet", read_controlnet_folder)


def test_every_entry_of_the_catalogue_is_complete():
    entries = catalogue()
    assert next(iter(entries)) == "mini"
    for entry in entries.values():
        assert bool(entry.path) != bool(entry.source)
        assert entry.licence
        for source in filter(None, (entry.source, entry.controlnet)):
            assert len(source.revision) == 40
            assert source.size_gb > 0


def test_a_name_is_resolved_and_an_unknown_one_lists_the_others(tmp_path):
    assert resolve("mini", tmp_path).folder == tmp_path / "models" / "mini"
    with pytest.raises(ModelError, match=r"No model is called minni\. .*mini"):
        resolve("minni")
    with pytest.raises(ModelError, match="stabilityai/stable-diffusion-xl-base"):
        resolve("sdxl-base")
    assert resolve(str(tmp_path)).folder == tmp_path
