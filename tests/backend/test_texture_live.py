"""What is shown of the surfaces while they are painted."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from backend.diffusion.latent_colours import latent_colours
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.job import Job
from backend.texturing.live import LivePictures
from protocol.messages import Preview
from protocol.requests import Region
from tests.backend import tiny_models
from tests.backend.test_geometry_shapes import cube, sphere
from tests.backend.test_texture_job import desk, folders, models
from tests.backend.test_texture_scene import BRICK, WOOD, scene, table
from tests.backend.test_texture_touch_up import before, side, texels_of, touch

__all__ = ["desk", "folders", "models"]  # the fixtures


def shown(events: list[object], surface: int = 0) -> list[str]:
    return [event.path for event in events if isinstance(event, Preview) and event.surface == surface]


def texels(shape: dict[str, NDArray], size_px: int) -> Texels:
    return rasterise_uv(Mesh.from_arrays(shape), size_px)


def test_a_surface_is_shown_while_it_is_painted(desk, tmp_path):
    """The last picture is nearly the texture, at the texels that views see."""
    folder = tiny_models.save_mini(tmp_path / "mini")
    _, texture = desk.texture(sphere(), model=str(folder), view_count=6, texture_size_px=256, steps=4)
    paths = shown(desk.events)
    assert paths
    picture = np.load(paths[-1])
    assert picture.shape == (256, 256, 3)
    assert picture.dtype == np.uint8
    difference = np.abs(picture.astype(int) - texture)[texels(sphere(), 256).covered]
    other = np.abs(np.roll(picture, 64, axis=1).astype(int) - texture)[texels(sphere(), 256).covered]
    assert difference.mean() < 0.75 * other.mean()


def test_each_of_several_surfaces_is_shown_by_itself(desk, folders):
    scene(desk, table(), BRICK, WOOD, BRICK, model=folders / "sd")
    assert all(shown(desk.events, number) for number in range(3))
    names = {path.rpartition("/")[2] for number in range(3) for path in shown(desk.events, number)}
    assert names == {"surface-0.npy", "surface-1.npy", "surface-2.npy"}


def test_where_a_region_is_touched_up_the_rest_is_shown_as_it_is(desk, folders):
    touch(desk, folders / "sd", Region.FACES, touched=side(2), strength=0.7)
    picture = np.load(shown(desk.events)[-1])
    region = texels_of(side(2))
    assert np.array_equal(picture[~region], before()[~region])
    assert (picture[region] != before()[region]).any(axis=1).mean() > 0.9


def test_each_pixel_shows_the_nearest_texel_that_is_seen(tmp_path):
    events: list[object] = []
    own = texels(cube(), 1024)
    is_seen = own.triangle // 2 != 3  # one side of the cube is hidden
    colours = np.stack([own.index // 1024, own.index % 1024, np.full(len(own), 512)], axis=1) / 1023
    pictures = LivePictures(Job("j", tmp_path, events.append, lambda: False), {5: own})
    pictures.show(torch.from_numpy(colours).float(), torch.from_numpy(is_seen))
    picture = np.load(shown(events, 5)[0]).astype(float) / 255 * 1023
    assert picture.shape == (512, 512, 3)
    places = np.stack(np.meshgrid(np.arange(1, 1024, 2), np.arange(1, 1024, 2), indexing="ij"), axis=-1)
    away = np.abs(picture[..., :2] - places).max(axis=2)
    assert away[own.subset(np.flatnonzero(is_seen)).covered[1::2, 1::2]].max() <= 4  # 8 bits hold 1024 places
    hidden = own.subset(np.flatnonzero(~is_seen)).covered[1::2, 1::2]
    assert hidden.any()
    assert np.abs(picture[hidden][:, 2] - 512).max() <= 4  # the colour of another side, not none


def test_no_more_is_shown_than_a_window_can_draw(tmp_path):
    events: list[object] = []
    own = texels(cube(), 64)
    pictures = LivePictures(Job("j", tmp_path, events.append, lambda: False), {0: own})
    for _ in range(20):
        pictures.show(torch.zeros(len(own), 3), torch.ones(len(own), dtype=torch.bool))
    assert len(events) == 1


def test_what_colour_a_latent_is_comes_from_the_autoencoder_itself():
    """Of one whose latents are a turned and shifted picture, to the last bit; of random weights, better than grey."""
    turned = torch.linalg.qr(torch.randn(16, 3, generator=torch.Generator().manual_seed(1)))[0]

    class Turned:
        config = SimpleNamespace(scaling_factor=2.0)
        dtype = torch.float32

        def encode(self, picture: torch.Tensor) -> SimpleNamespace:
            small = F.avg_pool2d(picture, 8)
            return SimpleNamespace(latents=torch.einsum("lc,bchw->blhw", turned, small) + 0.3)

    loaded = SimpleNamespace(device=torch.device("cpu"), pipe=SimpleNamespace(
        vae=Turned(), vae_scale_factor=8, maybe_free_model_hooks=lambda: None))
    matrix = latent_colours(loaded)
    assert matrix.shape == (17, 3)
    colours = torch.rand(50, 3, generator=torch.Generator().manual_seed(2))
    latents = 2 * ((2 * colours - 1) @ turned.T + 0.3)
    torch.testing.assert_close(latents @ matrix[:-1] + matrix[-1], colours, atol=0.02, rtol=0)
