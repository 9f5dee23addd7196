"""Views that are denoised together: the scheduler in between, portions, and agreement on the surface."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import pairwise

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)

from backend.diffusion.generate import Painting, paint_views
from backend.diffusion.joint import JointScheduler, anchor_views, clean_from_output, is_understood
from backend.diffusion.loading import LoadedModel, Models
from backend.diffusion.packing import pack, unpack
from backend.diffusion.portions import Portions
from backend.geometry.bake import map_view
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.geometry.view_raster import rasterise_view
from backend.job import Job
from backend.texturing.agreement import Agreement, Canvas
from protocol.messages import Stage
from tests.backend import tiny_models
from tests.backend.test_geometry_bake import paint, prepared
from tests.backend.test_geometry_shapes import plane, sphere

SCHEDULERS = [
    (DDIMScheduler, {}), (DDIMScheduler, {"prediction_type": "sample"}),
    (DDIMScheduler, {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True,
                     "timestep_spacing": "trailing"}),
    (EulerDiscreteScheduler, {}), (EulerDiscreteScheduler, {"prediction_type": "v_prediction"}),
    (EulerAncestralDiscreteScheduler, {}), (HeunDiscreteScheduler, {}), (DPMSolverMultistepScheduler, {}),
    (DPMSolverMultistepScheduler, {"prediction_type": "v_prediction", "use_karras_sigmas": True}),
    (UniPCMultistepScheduler, {}), (PNDMScheduler, {"skip_prk_steps": True}), (LCMScheduler, {}),
    (FlowMatchEulerDiscreteScheduler, {"shift": 3.0}),
]
NAMES = ["-".join([kind.__name__, *options]) for kind, options in SCHEDULERS]

# diffusers turns tensors into arrays in a way that numpy 2 has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Nothing:
    """Views that are asked and change nothing."""

    def __init__(self, count: int, calls: int, change: float | None = None) -> None:
        self.anchors: Sequence[Sequence[int]] = [range(count)] * calls
        self.known: torch.Tensor | None = None
        self.noise: torch.Tensor | None = None
        self.references: Sequence[Sequence[int]] = ()
        self.seen: list[torch.Tensor] = []
        self._change = change

    def __call__(self, call: int, clean: torch.Tensor) -> torch.Tensor | None:
        self.seen.append(clean)
        return None if self._change is None else torch.full_like(clean, self._change)


def no_portions(count: int) -> Portions:
    return Portions(count, count, retreat=lambda tried, error: tried, after=lambda views: None)


def denoise(scheduler, steps: int, output: torch.Tensor) -> torch.Tensor:
    """What a pipeline does with a network that always says `output`."""
    scheduler.set_timesteps(steps)
    sample = torch.randn(output.shape, generator=torch.Generator().manual_seed(1))
    sample = sample * getattr(scheduler, "init_noise_sigma", 1)
    takes = inspect.signature(scheduler.step).parameters
    for timestep in scheduler.timesteps:
        options = {"generator": torch.Generator().manual_seed(2)} if "generator" in takes else {}
        sample = scheduler.step(output, timestep, sample, **options).prev_sample
    return sample


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=NAMES)
@pytest.mark.parametrize("change", [None, 0.0])
def test_views_that_change_nothing_leave_every_bit(scheduler, change):
    output = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    kind, options = scheduler
    plain = denoise(kind(**options), 4, output)
    asked = Nothing(3, 99, change)
    assert torch.equal(denoise(JointScheduler(kind(**options), asked, no_portions(3)), 4, output), plain)
    assert len(asked.seen) >= 4


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=NAMES)
def test_the_clean_latents_are_read_rightly(scheduler):
    """A network that knows the truth is understood to say just that, at every step."""
    generator = torch.Generator().manual_seed(0)
    clean, noise = torch.randn(2, 4, 8, 8, generator=generator), torch.randn(2, 4, 8, 8, generator=generator)
    kind, options = scheduler
    scheduler = kind(**options)
    scheduler.set_timesteps(6)
    for timestep in scheduler.timesteps[:4]:
        kept, scale = clean_from_output(scheduler, timestep)
        if isinstance(scheduler, FlowMatchEulerDiscreteScheduler):
            sample = scheduler.scale_noise(clean, timestep[None], noise)
        else:
            sample = scheduler.add_noise(clean, noise, timestep[None])
        # What it has to say follows from the definition of each kind of prediction.
        output = (clean - kept * sample) / scale
        prediction = scheduler.config.get("prediction_type", "flow")
        if prediction == "epsilon":
            torch.testing.assert_close(output, noise, atol=2e-3, rtol=2e-3)
        elif prediction == "flow":
            torch.testing.assert_close(output, noise - clean, atol=1e-4, rtol=1e-4)
        elif prediction == "sample":
            torch.testing.assert_close(output, clean)
        torch.testing.assert_close(kept * sample + scale * output, clean, atol=1e-4, rtol=1e-4)
        scheduler.step(output, timestep, sample)


def test_packed_latents_are_handed_over_as_pictures_are():
    latents = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    packed = pack(latents)
    assert torch.equal(packed, FluxPipeline._pack_latents(latents, 3, 4, 8, 8))
    assert torch.equal(unpack(packed), latents)
    asked = Nothing(3, 4)
    scheduler = FlowMatchEulerDiscreteScheduler()
    plain = denoise(FlowMatchEulerDiscreteScheduler(), 4, packed)
    assert torch.equal(denoise(JointScheduler(scheduler, asked, no_portions(3), is_packed=True), 4, packed), plain)
    assert all(clean.shape == latents.shape for clean in asked.seen)


def test_a_change_moves_the_result_by_as_much():
    output = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    plain, moved = (DDIMScheduler(prediction_type="sample", clip_sample=False) for _ in range(2))
    plain = denoise(plain, 5, output)
    moved = denoise(JointScheduler(moved, Nothing(2, 5, 0.25), no_portions(2)), 5, output)
    torch.testing.assert_close(moved, plain + 0.25)


def test_a_scheduler_that_is_not_known_is_not_guessed_at():
    from diffusers import IPNDMScheduler

    assert not is_understood(IPNDMScheduler())
    with pytest.raises(ValueError, match="IPNDMScheduler"):
        clean_from_output(IPNDMScheduler(), 1)


def test_the_cache_spends_at_most_48_evaluations_on_eight_views_in_eight_steps():
    plan = anchor_views(8, 8)
    assert sum(map(len, plan)) == 44
    assert plan[0] == plan[-1] == list(range(8))
    assert all(set(before) | set(after) == set(range(8)) for before, after in pairwise(plan))
    assert anchor_views(3, 8) == [[0, 1, 2]] * 8  # too few to leave any out
    assert anchor_views(8, 1) == [list(range(8))]


# --- portions -----------------------------------------------------------------------------------------------------


class Network(torch.nn.Module):
    """Says for each row how large its batch was, and what came with it."""

    def forward(self, sample, timestep, words, added=None):
        self.sizes = [*getattr(self, "sizes", []), len(sample)]
        extra = added["ids"][:, None] if added else 0
        return sample + words + timestep + extra, [sample * 2, sample * 3]


def test_portions_keep_every_row_with_what_belongs_to_it():
    network, rows = Network(), torch.arange(12.0)[:, None]
    arguments = {"words": rows * 10, "added": {"ids": torch.arange(12.0) * 100}}
    whole, parts = network(rows, torch.tensor(0.5), **arguments)
    network.sizes = []
    told: list[int] = []
    portions = Portions(6, 4, retreat=lambda tried, error: tried, after=told.append)
    with portions.on(None, network):
        divided, divided_parts = network(rows, torch.tensor(0.5), **arguments)
    assert torch.equal(divided, whole)
    assert all(map(torch.equal, divided_parts, parts))
    assert network.sizes == [8, 4]  # four views, then two, each with both rows of guidance
    assert told == [4, 2]
    assert "forward" not in vars(network)


def test_rows_that_are_not_of_the_batch_stay_whole():
    """FLUX's patches have places: as many as there are views, by chance."""
    seen = []

    class Transformer(torch.nn.Module):
        def forward(self, hidden_states, img_ids, guidance=None):
            seen.append((len(hidden_states), len(img_ids)))
            return (hidden_states * 2, None)

    network, rows = Transformer(), torch.arange(12.0)[:, None]
    with Portions(12, 5, retreat=lambda tried, error: tried, after=lambda views: None).on(network):
        result, nothing = network(hidden_states=rows, img_ids=torch.zeros(12, 3), guidance=None)
    assert torch.equal(result, rows * 2)
    assert nothing is None
    assert seen == [(5, 12), (5, 12), (2, 12)]


def test_views_that_are_not_wanted_are_not_computed():
    network, rows = Network(), torch.ones(6, 1)
    portions = Portions(3, 3, retreat=lambda tried, error: tried, after=lambda views: None)
    portions.wanted = [1]
    with portions.on(network):
        result, _ = network(rows, 0.0, words=rows)
    assert result[:, 0].tolist() == [0, 2, 0, 0, 2, 0]


# --- agreement ----------------------------------------------------------------------------------------------------


def agreement(size: int = 64, calls: int = 5) -> tuple[Agreement, list, torch.Tensor]:
    _, texels, rasters, _ = prepared(sphere(), size=size, view=size)
    mesh = Mesh.from_arrays(sphere())
    maps = [map_view(mesh, texels, raster, exponent=0, feather_px=0) for raster in rasters]
    views = torch.stack([paint(raster) for raster in rasters]).permute(0, 3, 1, 2).contiguous()
    return Agreement(Canvas(None, 8), maps, len(texels), calls, is_guided=True), maps, views


def test_views_that_agree_are_hardly_changed():
    meet, _, views = agreement()
    assert meet(0, views).abs().max() < 0.08  # the sampling's own error


def test_views_that_differ_in_tone_are_brought_together_in_one_step():
    meet, _, views = agreement()
    offsets = torch.linspace(-0.2, 0.2, len(views))[:, None, None, None]
    flat = torch.full_like(views, 0.5) + offsets
    meet(0, flat + meet(0, flat))
    first, second = meet.deviations
    assert first > 0.05
    assert second < first / 5


def test_what_one_view_alone_sees_stays_as_it_is():
    _, maps, views = agreement()
    lonely = Agreement(Canvas(None, 8), maps[:1], 1 + int(maps[0].texel.max()), 5)
    assert lonely(0, views[:1]).abs().max() == 0


def test_views_meet_at_the_last_step_too():
    meet, _, views = agreement(calls=5)
    assert meet(4, views * torch.rand(len(views), 1, 1, 1)).abs().max() > 0.01


def test_a_meeting_leaves_less_than_a_hundredth_of_what_parted_views():
    """Of a plane that all views see whole: tones and slow shades of each view's own."""
    arrays = plane()
    mesh = Mesh.from_arrays(arrays)
    texels = rasterise_uv(mesh, 256)
    cameras = plan_views(mesh, [texels], size_px=128, exact_views=4).cameras
    maps = [map_view(mesh, texels, rasterise_view(mesh, camera), exponent=0, feather_px=0) for camera in cameras]
    whole = [view_map for view_map in maps if len(view_map) > 0.99 * len(texels)]
    assert len(whole) >= 2
    meet = Agreement(Canvas(None, 8), whole, len(texels), 5, is_guided=True)
    y, x = torch.meshgrid(torch.linspace(0, 1, 128), torch.linspace(0, 1, 128), indexing="ij")
    views = torch.stack([torch.stack([torch.sin(2 * x + place), torch.cos(y * (1 + place)), x * y + place])
                         for place in range(len(whole))])
    meet(0, views + meet(0, views))
    first, second = meet.deviations
    assert first > 0.1
    assert second < first / 100


@pytest.mark.parametrize("name", ["sd", "sdxl", "flux", "mini"])
def test_every_family_paints_with_views_that_agree(tmp_path, name):
    """An unmodified pipeline, 4 views in 8 steps; the middle ones with half of the views."""
    folder = tmp_path / name
    getattr(tiny_models, f"save_{name}")(folder)
    loaded: LoadedModel = Models().get(str(folder))
    loaded.fit(64)
    painting = Painting(prompts=("red brick",) * 4, negative_prompt="", view_size_px=64, steps=8,
                        guidance_scale=3.0, seed=1)
    job = Job("j", tmp_path, lambda event: None, lambda: False)
    asked = Nothing(4, 8)
    with job.stage(Stage.DENOISE, 8 * 4):
        plain = paint_views(loaded, painting, job)
        assert torch.equal(paint_views(loaded, painting, job, asked), plain)
    asked = Nothing(4, 8)
    asked.anchors = anchor_views(4, 8)
    with job.stage(Stage.DENOISE, 22):
        carried = paint_views(loaded, painting, job, asked)
    assert torch.isfinite(carried).all()
    assert not torch.equal(carried, plain)
    assert torch.equal(asked.seen[1][::2], asked.seen[0][::2])  # left out at the second call: as it was
    assert not torch.equal(asked.seen[1][1::2], asked.seen[0][1::2])
