"""Loading, noise, painting and decoding, with tiny random models of the real classes."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
)

from backend.diffusion.decode import decode_latents, decode_views, encode_pictures
from backend.diffusion.families import Family
from backend.diffusion.generate import CPU_BATCH, Painting, paint_views, step_count
from backend.diffusion.loading import LoadedModel, Models
from backend.diffusion.memory import GIB, Tier, choose_tier
from backend.diffusion.noise import view_noise
from backend.diffusion.prompts import embed_prompt, remark_unread, unread_part
from backend.exhaustion import is_out_of_memory
from backend.job import Job
from protocol.errors import BadInput, Cancelled, ModelError, OutOfMemory
from protocol.messages import Progress, Stage
from tests.backend import tiny_models

SIZE_PX = 64


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("models")
    tiny_models.save_sd(root / "sd")
    tiny_models.save_sdxl(root / "sdxl")
    tiny_models.save_flux(root / "flux")
    tiny_models.save_flux_controlnet(root / "flux-depth")
    tiny_models.save_mini(root / "mini")
    tiny_models.save_controlnet(root / "sd-depth")
    tiny_models.save_controlnet(root / "sdxl-depth", sdxl=True)
    return root


@pytest.fixture(scope="module")
def sd(folders) -> LoadedModel:
    return load(folders / "sd")


def load(folder: Path, controlnet: Path | None = None) -> LoadedModel:
    loaded = Models().get(str(folder), str(controlnet or ""))
    loaded.fit(SIZE_PX)
    return loaded


class Desk:
    """A real job that is cancelled after so many steps, and what it told."""

    def __init__(self, tmp_path: Path, cancel_after: int = 10**9) -> None:
        self.events: list[object] = []
        self.job = Job("j", tmp_path, self.events.append, lambda: self.steps >= cancel_after, clock=self._clock)
        self._now = 0.0

    def _clock(self) -> float:
        self._now += 1.0  # no two events within a progress interval
        return self._now

    @property
    def steps(self) -> int:
        return max((event.step for event in self.events if isinstance(event, Progress)), default=0)

    def paint(self, loaded: LoadedModel, view_count: int = 3, **changes: object) -> torch.Tensor:
        painting = Painting(**{"prompts": ("red brick",) * view_count, "negative_prompt": "", "view_size_px": SIZE_PX,
                               "steps": 2, "guidance_scale": 5.0, "seed": 7, **changes})
        with self.job.stage(Stage.DENOISE, painting.view_count * step_count(loaded, painting.steps)):
            return paint_views(loaded, painting, self.job)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


@contextlib.contextmanager
def memory_for(loaded: LoadedModel, pictures: int) -> Iterator[list[int]]:
    """The UNet runs out of memory, as a GPU does, when it gets more than `pictures` at once."""
    tried: list[int] = []

    def refuse(_layer: object, arguments: tuple[torch.Tensor, ...]) -> None:
        tried.append(len(arguments[0]))
        if len(arguments[0]) > pictures:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    hook = loaded.pipe.unet.conv_in.register_forward_pre_hook(refuse)
    try:
        yield tried
    finally:
        hook.remove()


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(sd, desk):
    first, again, other = desk.paint(sd), desk.paint(sd), desk.paint(sd, seed=8)
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.1)
    assert not torch.allclose(first[0], first[1], atol=0.1)


def test_a_view_does_not_depend_on_how_many_others_there_are(sd, desk):
    three, two = desk.paint(sd, view_count=3), desk.paint(sd, view_count=2)
    torch.testing.assert_close(three[:2], two)


@pytest.mark.parametrize("name", ["sd", "sdxl", "flux", "mini"])
def test_every_family_paints_what_the_plain_pipeline_paints(folders, desk, name):
    loaded = load(folders / name)
    latents = desk.paint(loaded, view_count=1, negative_prompt="blue")
    picture = decode_latents(loaded, latents)
    assert picture.shape == (1, SIZE_PX, SIZE_PX, 3)
    words = {"prompt": "red brick", "negative_prompt": "blue"}
    if loaded.family is Family.MINI:
        from backend.diffusion.words import embed_words

        words = {"prompt_embeds": embed_words(["red brick"]), "negative_prompt_embeds": embed_words(["blue"])}
    noise = view_noise(7, 0, (loaded.latent_channels, SIZE_PX // 8, SIZE_PX // 8))[None]
    if loaded.family is Family.FLUX:
        words = {"prompt": "red brick", "max_sequence_length": 256}
        noise = loaded.pipe._pack_latents(noise, *noise.shape)
    plain = loaded.pipe(**words, num_inference_steps=2, guidance_scale=5.0, width=SIZE_PX, height=SIZE_PX,
                        latents=noise, output_type="pt")
    torch.testing.assert_close(picture, plain.images.permute(0, 2, 3, 1))


def test_latents_of_a_picture_are_about_the_mean_that_the_network_knows(folders):
    """FLUX's autoencoder shifts them, where SD's only scales."""
    loaded = load(folders / "flux")
    picture = torch.rand(1, SIZE_PX, SIZE_PX, 3, generator=torch.Generator().manual_seed(1))
    vae = loaded.pipe.vae
    plain = vae.encode((2 * picture - 1).permute(0, 3, 1, 2)).latent_dist.mode()
    expected = (plain - vae.config.shift_factor) * vae.config.scaling_factor
    torch.testing.assert_close(encode_pictures(loaded, picture), expected)


@pytest.mark.parametrize("name", ["sd", "sdxl", "flux"])
def test_a_controlnet_changes_the_picture_with_its_guide(folders, desk, name):
    loaded = load(folders / name, folders / f"{name}-depth")
    black, white = torch.zeros(2, 3, SIZE_PX, SIZE_PX), torch.ones(2, 3, SIZE_PX, SIZE_PX)
    dark = desk.paint(loaded, view_count=2, control=black)
    light = desk.paint(loaded, view_count=2, control=white)
    mixed = desk.paint(loaded, view_count=2, control=torch.cat([black[:1], white[:1]]))
    assert not torch.allclose(dark, light, atol=1e-3)
    torch.testing.assert_close(mixed, torch.cat([dark[:1], light[1:]]))


def test_each_view_is_told_where_it_is_taken_from(sd, desk):
    plain = desk.paint(sd, view_count=3)
    told = desk.paint(sd, view_count=3, prompts=("red brick, front view", "red brick", "blue jeans"))
    assert torch.equal(told[1], plain[1])
    assert not torch.allclose(told[0], plain[0], atol=1e-3)
    assert torch.equal(told[2], desk.paint(sd, prompts=("blue jeans",) * 3)[2])


# diffusers turns tensors into arrays in a way that numpy 2 has deprecated.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("scheduler", [
    PNDMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, HeunDiscreteScheduler, LCMScheduler])
def test_schedulers_that_draw_noise_or_step_more_than_once(tmp_path, desk, scheduler):
    special = {"skip_prk_steps": True} if scheduler is PNDMScheduler else {}
    loaded = load(tiny_models.save_sd(tmp_path / "model", scheduler=scheduler(steps_offset=1, **special)))
    for steps in (1, 4):
        first, again = (desk.paint(loaded, view_count=2, steps=steps) for _ in range(2))
        assert torch.equal(first, again)
        assert torch.isfinite(first).all()
    assert desk.steps == 2 * step_count(loaded, 4)


def test_more_steps_than_a_distilled_scheduler_has(tmp_path):
    loaded = load(tiny_models.save_sd(tmp_path / "model", scheduler=LCMScheduler(steps_offset=1)))
    with pytest.raises(BadInput, match="100 steps"):
        step_count(loaded, 100)


def test_progress_counts_every_step_of_every_view(sd, desk):
    desk.paint(sd, view_count=3, steps=4)
    assert [event.step for event in desk.events if isinstance(event, Progress)] == list(range(13))


@pytest.mark.parametrize("after", [1, 3])
def test_cancel_takes_effect_at_the_next_step_and_leaves_the_pipeline_usable(sd, tmp_path, desk, after):
    stopped = Desk(tmp_path, cancel_after=after)
    with pytest.raises(Cancelled):
        stopped.paint(sd)
    assert stopped.steps == after
    assert torch.equal(desk.paint(sd), Desk(tmp_path).paint(sd))


def test_out_of_memory_halves_the_views_and_keeps_what_is_done(sd, desk, monkeypatch):
    monkeypatch.setitem(CPU_BATCH, Family.SD, 4)
    plain = desk.paint(sd, view_count=6)
    with memory_for(sd, 2 * 2) as tried:  # two views, twice for guidance
        scarce = desk.paint(sd, view_count=6)
    assert tried == [8, *[4, 4, 4] * 2]
    torch.testing.assert_close(scarce, plain, atol=1e-4, rtol=1e-4)
    assert [remark.values for remark in desk.job.remarks] == [{"tried": 4, "batch": 2}]
    assert desk.steps == 12


def test_one_view_that_does_not_fit_is_one_clear_error(sd, desk):
    with memory_for(sd, 1), pytest.raises(OutOfMemory, match="64 px"):
        desk.paint(sd)
    assert torch.isfinite(desk.paint(sd)).all()


def test_another_error_is_not_taken_for_a_lack_of_memory(sd, desk):
    hook = sd.pipe.unet.register_forward_pre_hook(lambda *_: (_ for _ in ()).throw(RuntimeError("shapes differ")))
    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(hook.remove)
        with pytest.raises(RuntimeError, match="shapes differ"):
            desk.paint(sd)


def test_what_a_lack_of_memory_looks_like():
    assert is_out_of_memory(MemoryError())
    with pytest.raises(RuntimeError) as caught:  # the CPU's allocator itself
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("out of range"))


def test_the_tier_is_the_fastest_that_fits():
    weights = {"unet": 5 * GIB, "vae": 1 * GIB, "text_encoder": 1 * GIB}
    view = 2 * GIB
    for free, tier in ((None, Tier.WHOLE), (9 * GIB, Tier.WHOLE), (8.9 * GIB, Tier.PARTS), (7 * GIB, Tier.PARTS),
                       (6 * GIB, Tier.LAYERS)):
        assert choose_tier(free, weights, view) is tier


def test_decoding_in_tiles_when_memory_runs_out(folders, desk):
    loaded = load(folders / "sd")
    latents = desk.paint(loaded, view_count=1)
    plain = decode_latents(loaded, latents)
    decoder, calls = loaded.pipe.vae.decoder, []

    def refuse(_decoder: object, arguments: tuple[torch.Tensor, ...]) -> None:
        calls.append(arguments[0].shape)
        if len(calls) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    hook = decoder.register_forward_pre_hook(refuse)
    torch.testing.assert_close(decode_latents(loaded, latents), plain)  # 64 px is one tile
    hook.remove()
    assert len(calls) == 2


def test_pictures_lie_between_0_and_1(sd, desk):
    latents = desk.paint(sd, view_count=2) * 1000
    with desk.job.stage(Stage.DECODE, 2):
        pictures = decode_views(sd, latents, desk.job)
    assert pictures.shape == (2, SIZE_PX, SIZE_PX, 3)
    assert pictures.dtype == torch.float32
    assert pictures.min() == 0
    assert pictures.max() == 1


def test_pictures_that_are_not_finite_are_no_success(sd, desk):
    latents = desk.paint(sd, view_count=2)
    latents[1] = torch.nan
    with desk.job.stage(Stage.DECODE, 2), pytest.raises(ModelError, match="not finite"):
        decode_views(sd, latents, desk.job)


def test_a_normalised_latent_is_turned_back_as_the_pipeline_does(folders, desk, tmp_path):
    folder = Path(shutil.copytree(folders / "sdxl", tmp_path / "sdxl"))
    config = folder / "vae" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text())
                                 | {"latents_mean": [0.1, -0.2, 0.3, 0.0], "latents_std": [0.5, 1.5, 1.0, 2.0]}))
    loaded = load(folder)
    noise = view_noise(7, 0, (4, 8, 8))[None]
    plain = loaded.pipe(prompt="red brick", num_inference_steps=2, guidance_scale=5.0, width=SIZE_PX, height=SIZE_PX,
                        latents=noise, output_type="pt").images
    torch.testing.assert_close(decode_latents(loaded, desk.paint(loaded, view_count=1)), plain.permute(0, 2, 3, 1))


def test_neighbouring_seeds_and_views_share_no_noise():
    noises = torch.stack([view_noise(seed, place, (4, 32, 32)) for seed in range(4) for place in range(4)]).flatten(1)
    correlations = torch.corrcoef(noises) - torch.eye(len(noises))
    assert correlations.abs().max() < 0.1


def test_the_last_model_is_kept_until_its_folder_changes(folders, tmp_path):
    folder = Path(shutil.copytree(folders / "sd", tmp_path / "sd"))
    models = Models()
    first = models.get(str(folder))
    assert models.get(str(folder)) is first
    config = folder / "scheduler" / "scheduler_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"beta_end": 0.013}))
    second = models.get(str(folder))
    assert second is not first
    assert second.pipe.scheduler.config.beta_end == 0.013
    models.release()
    assert models.get(str(folder)) is not second


def test_a_job_that_ended_before_it_fetched_its_model_leaves_no_trace(folders):
    models = Models()
    models.begin(str(folders / "sd"))
    assert models.get(str(folders / "mini")).family is Family.MINI
    with pytest.raises(ModelError):
        models.begin(str(folders / "nothing"))
    assert models.get(str(folders / "mini")).family is Family.MINI


def test_weights_of_another_shape_are_a_model_error(folders, tmp_path):
    folder = Path(shutil.copytree(folders / "sd", tmp_path / "sd"))
    config = folder / "unet" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"block_out_channels": [8, 24]}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        Models().get(str(folder))


@pytest.mark.parametrize(("name", "of"), [
    ("unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors"),
    ("vae/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.safetensors"),
    ("text_encoder/model.safetensors", "unet/diffusion_pytorch_model.safetensors"),
])
def test_weights_of_another_part_are_a_model_error(folders, tmp_path, name, of):
    folder = Path(shutil.copytree(folders / "sd", tmp_path / "sd"))
    shutil.copyfile(folders / "sd" / of, folder / name)
    with pytest.raises(ModelError, match=f"weights in {(folder / name).parent} do not fit") as caught:
        Models().get(str(folder)).fit(64)
    assert caught.value.remedy


def test_half_precision_and_sharded_weights_load(folders, tmp_path, desk):
    from diffusers import UNet2DConditionModel

    folder = Path(shutil.copytree(folders / "sd", tmp_path / "sd"))
    unet = UNet2DConditionModel.from_pretrained(folder / "unet").half()
    shutil.rmtree(folder / "unet")
    unet.save_pretrained(folder / "unet", variant="fp16", max_shard_size="60KB")
    assert len(list((folder / "unet").glob("*-of-*.safetensors"))) > 1
    loaded = load(folder)
    assert loaded.pipe.unet.dtype == torch.float32
    assert torch.isfinite(desk.paint(loaded, view_count=1)).all()


@pytest.mark.parametrize(("prompt", "told"), [
    ("brick wall, déjà vu, 12 × 3 µm", ""), ("red 砖墙, 金色", "砖墙, 金色"), ("стена", "стена"), ("", ""),
])
def test_what_mini_does_not_understand_is_told(folders, tmp_path, prompt, told):
    job = Job("j", tmp_path, lambda event: None, lambda: False)
    remark_unread(load(folders / "mini"), (prompt, ""), job)
    assert [remark.values["words"] for remark in job.remarks] == [told] * bool(told)
    if told:
        other = Job("j", tmp_path, lambda event: None, lambda: False)
        remark_unread(load(folders / "sd"), (prompt, ""), other)
        assert not other.remarks  # some are made for other languages


@pytest.mark.parametrize("name", ["sd", "mini"])
def test_the_end_of_a_long_prompt_is_known_to_be_unread(folders, name):
    loaded = load(folders / name)
    assert unread_part(loaded, "Red brick") == ""
    long = "Red brick " * 60 + "and the END"
    unread = unread_part(loaded, long)
    assert unread.endswith("the END")
    assert long.endswith(unread)
    other = long.removesuffix(unread) + "q" * 100
    embeddings = [embed_prompt(loaded, text, "", guided=False).tensors["prompt_embeds"] for text in (long, other)]
    assert torch.equal(*embeddings)
