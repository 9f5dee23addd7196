"""Only a region of a texture is new; the rest is as it was, to the last bit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_erosion

from backend.diffusion.decode import decode_latents, encode_pictures
from backend.diffusion.loading import Models
from backend.geometry.bake import map_view
from backend.geometry.camera import Camera
from backend.geometry.mesh import Mesh
from backend.geometry.seams import find_seams, seam_step
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_raster import rasterise_view
from backend.job import Job
from backend.jobs import run
from backend.textures import stored
from backend.texturing.baking import Baked
from backend.texturing.touch_up import Present, changed_outside, join_region, read_present, show_present
from backend.texturing.views import View
from protocol.errors import BadInput
from protocol.messages import TextureResult
from protocol.requests import PictureFormat, Region, TextureRequest, TouchUp
from tests.backend import tiny_models
from tests.backend.test_geometry_shapes import cube, plane
from tests.backend.test_texture_cameras import camera
from tests.backend.test_texture_job import Desk, desk, folders, models, read, sentences

__all__ = ["desk", "folders", "models"]  # the fixtures

SIDE_PX = 128


def before() -> NDArray[np.uint8]:
    """A texture that is different at each texel, beyond the charts too."""
    return np.random.default_rng(1).integers(0, 256, (SIDE_PX, SIDE_PX, 3), np.uint8)


def touch(desk: Desk, model: object, region: Region, *, touched: NDArray | None = None, mask: NDArray | None = None,
          strength: float = 1.0, feather_px: int = 0, **fields: object) -> tuple[TextureResult, NDArray[np.uint8]]:
    mesh = cube() if touched is None else {**cube(), "touched": touched}
    folder, _ = desk.folder(mesh)
    Image.fromarray(before()).save(folder / "before.png")
    if mask is not None:
        Image.fromarray(mask).save(folder / "mask.png")
    request = TextureRequest(**{
        "object_name": "Thing", "mesh": "mesh.npz", "prompt": "red brick", "model": str(model), "view_count": 3,
        "view_size_px": 128, "texture_size_px": SIDE_PX, "steps": 4, "seed": 7, **fields, "touch_up": TouchUp(
            name="Thing", texture="before.png", region=region, mask="mask.png" if mask is not None else "",
            strength=strength, feather_px=feather_px)})
    result = run(request, Job(folder.name, folder, desk.events.append, lambda: False), desk.models)
    return result, read(folder / result.texture)


def side(number: int) -> NDArray[np.bool_]:
    """The two triangles of a side of the cube."""
    return np.arange(len(cube()["triangles"])) // 2 == number


def texels_of(touched: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(S, S) the texels of the chosen triangles."""
    arrays = cube()
    arrays["object_ids"] = np.where(touched, 0, -1)
    return rasterise_uv(Mesh.from_arrays(arrays), SIDE_PX).covered


def grown(mask: NDArray[np.bool_], by_px: int) -> NDArray[np.bool_]:
    result = mask.copy()
    for row, column in np.argwhere(mask):
        result[max(row - by_px, 0):row + by_px + 1, max(column - by_px, 0):column + by_px + 1] = True
    return result


def test_chosen_faces_are_new_and_nothing_else(desk, folders):
    result, after = touch(desk, folders / "sd", Region.FACES, touched=side(2))
    region = texels_of(side(2))
    assert (after[region] != before()[region]).mean() > 0.9
    assert np.array_equal(after[~grown(region, 16)], before()[~grown(region, 16)])
    covered = texels_of(np.ones(12, bool))
    assert np.array_equal(after[covered & ~region], before()[covered & ~region])  # other charts within the gutter too
    assert result.coverage > 0.9
    assert result.view_count <= 2
    assert result.changed_outside == 0


def test_what_is_no_number_and_stays_so_is_not_changed(tmp_path):
    texels = rasterise_uv(Mesh.from_arrays(cube()), SIDE_PX)
    region = texels_of(side(2))
    kept = np.full((SIDE_PX, SIDE_PX, 3), np.nan, np.float16)
    present = Present(kept, PictureFormat.EXR_HALF, kept.astype(np.float32), region.astype(np.float32), 1.0)
    assert changed_outside(present, kept.copy(), texels) == 0
    after = kept.copy()
    after[tuple(np.argwhere(texels.covered & ~region)[0])] = 0.5
    assert changed_outside(present, after, texels) == 1


def test_a_texel_that_is_changed_outside_of_the_region_is_counted(tmp_path):
    arrays = cube()
    texels = rasterise_uv(Mesh.from_arrays(arrays), SIDE_PX)
    region = texels_of(side(2))
    present = Present(before(), PictureFormat.PNG_8, before().astype(np.float32) / 255, region.astype(np.float32), 1.0)
    after = before()
    after[region] = 0
    assert changed_outside(present, after, texels) == 0
    for row, column in np.argwhere(texels.covered & ~region)[::500]:
        after[row, column] ^= 1
    assert changed_outside(present, after, texels) == len(np.argwhere(texels.covered & ~region)[::500]) > 0


def test_a_mask_says_what_is_new(desk, folders):
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    mask[:, :SIDE_PX // 2] = 255
    _, after = touch(desk, folders / "sd", Region.MASK, mask=mask)
    covered = texels_of(np.ones(12, bool))
    changed = (after != before()).any(axis=2)
    assert changed[covered & (mask > 0)].mean() > 0.7
    assert not changed[covered & (mask == 0)].any()


def test_what_a_camera_sees_is_new(desk, folders):
    _, after = touch(desk, folders / "sd", Region.VIEW, cameras=(camera((0, -6, 0)),), view_count=1)
    front = np.argmin(Mesh.from_arrays(cube()).face_normals[:, 1]) // 2
    changed = (after != before()).any(axis=2)
    assert changed[texels_of(side(int(front)))].mean() > 0.9
    for other in set(range(6)) - {int(front)}:
        assert not changed[texels_of(side(other))].any()


def test_the_new_goes_over_into_the_old(desk, folders):
    """Views of one colour, so that a texel tells its share of the new."""
    region = texels_of(side(2))
    rows, columns = np.nonzero(region)
    middle = (columns.min() + columns.max()) // 2
    mask = np.where(region & (np.arange(SIDE_PX) < middle), 255, 0).astype(np.uint8)
    _, after = touch(desk, folders / "constant", Region.MASK, mask=mask, feather_px=6)
    row = (rows.min() + rows.max()) // 2
    distance = np.abs(after[row].astype(int) - before()[row]).sum(axis=1)
    assert not distance[middle:columns.max()].any()
    new = np.abs(after[row, columns.min():middle - 8].astype(int) - (200, 96, 31)).max()
    assert new <= 2
    edge = after[row, middle - 2].astype(int) - before()[row, middle - 2]
    full = np.array((200, 96, 31)) - before()[row, middle - 2]
    assert 0.1 < np.dot(edge, full) / np.dot(full, full) < 0.6


@pytest.mark.parametrize("name", ["sd", "sdxl", "mini"])
def test_a_weak_touch_stays_near_to_what_is_there(tmp_path, name):
    """With random weights the network says nothing of use: the less it is asked, the less is changed."""
    model = tmp_path / "model"
    getattr(tiny_models, f"save_{name}")(model)
    (tmp_path / "jobs").mkdir()
    desk = Desk(tmp_path / "jobs", Models())
    strong, changed = touch(desk, model, Region.FACES, touched=side(2), steps=8, view_count=2)
    weak, nearer = touch(desk, model, Region.FACES, touched=side(2), steps=8, view_count=2, strength=0.25)
    assert weak.evaluations < strong.evaluations
    assert not np.array_equal(changed, nearer)


def test_encoding_undoes_decoding(tmp_path):
    tiny_models.save_mini(tmp_path / "mini")
    loaded = Models().get(str(tmp_path / "mini"))
    loaded.fit(64)
    picture = torch.rand(2, 64, 64, 3, generator=torch.Generator().manual_seed(1))
    latents = encode_pictures(loaded, picture)
    assert latents.shape[0] == 2
    again = encode_pictures(loaded, decode_latents(loaded, latents))
    assert again.shape == latents.shape
    assert torch.isfinite(again).all()


@pytest.mark.parametrize(("fields", "words"), [
    ({"region": Region.FACES, "touched": np.zeros(12, bool)}, "No face of Thing is selected"),
    ({"region": Region.FACES, "touched": np.zeros(5, bool)}, "does not say which faces"),
    ({"region": Region.FACES}, "does not say which faces"),
    ({"region": Region.MASK, "mask": np.zeros((8, 8), np.uint8)}, "the region is empty"),
    ({"region": Region.VIEW, "cameras": (camera((0, -6, 0), (0, -9, 0)),)}, "the region is empty"),
], ids=["no face", "too few", "none", "black mask", "looks away"])
def test_a_region_that_cannot_be(desk, folders, fields, words):
    with pytest.raises(BadInput, match=words):
        touch(desk, folders / "sd", **fields)


def test_a_request_that_names_no_region_is_refused():
    for fields, words in (({"region": Region.MASK}, "mask file"),
                          ({"region": Region.FACES, "strength": 0.0}, "Strength"),
                          ({"region": Region.FACES, "feather_px": -1}, "Feather")):
        with pytest.raises(BadInput, match=words):
            TouchUp(name="Thing", texture="before.png", **fields)
    with pytest.raises(BadInput, match="no camera"):
        TextureRequest(object_name="Thing", mesh="m.npz", prompt="x", touch_up=TouchUp(
            name="Thing", texture="before.png", region=Region.VIEW))


def test_a_region_that_is_partly_seen_says_so(desk, folders):
    result, after = touch(desk, folders / "sd", Region.FACES, touched=np.ones(12, bool), view_count=1)
    assert result.coverage < 0.9
    assert "stays as it was" in sentences(result)
    covered = texels_of(np.ones(12, bool))
    assert (after == before()).all(axis=2)[covered].mean() > 0.3


def test_cuts_within_the_region_are_closed_and_the_rest_keeps_its_bytes(desk, folders):
    """Of a cube, all of it anew; and three sides, whose cuts with the old ones are the region's border."""
    result, after = touch(desk, folders / "constant", Region.FACES, touched=np.ones(12, bool), view_count=6)
    assert (result.changed_outside, result.coverage > 0.9) == (0, True)
    assert np.abs(after[texels_of(np.ones(12, bool))].astype(int) - (200, 96, 31)).max() <= 2  # its rims too
    result, _ = touch(desk, folders / "sd", Region.FACES, touched=np.ones(12, bool), view_count=6)
    assert result.seam_step < 0.1
    some = side(0) | side(2) | side(4)
    result, after = touch(desk, folders / "sd", Region.FACES, touched=some, view_count=6)
    region = texels_of(some)
    assert (result.changed_outside, result.seam_step < 0.1) == (0, True)
    assert (after != before()).any(axis=2)[region].mean() > 0.95
    seams = find_seams(Mesh.from_arrays(cube()), SIDE_PX).within(grown(region, 2))
    assert seam_step(after / 255, seams, region).overall < 0.2


def two_quads() -> Mesh:
    """Side by side in the texture, with a gap of two texels of 64: the last of the left one is in column 30."""
    arrays = plane()
    arrays["positions"] = np.concatenate([arrays["positions"], arrays["positions"] + np.float32([9, 0, 0])])
    count = len(plane()["positions"])
    arrays["triangles"] = np.concatenate([plane()["triangles"], plane()["triangles"] + count])
    uvs = plane()["corner_uvs"]
    arrays["corner_uvs"] = np.concatenate([uvs * (0.48, 1), uvs * (0.48, 1) + (0.52, 0)]).astype(np.float32)
    for name in ("corner_normals", "object_ids"):
        if name in arrays:
            arrays[name] = np.concatenate([arrays[name], arrays[name]])
    return Mesh.from_arrays(arrays)


def test_a_gutter_is_new_where_its_chart_is():
    """The left one of two quads is new: of the gap between them its half."""
    mesh = two_quads()
    texels = rasterise_uv(mesh, 64)
    left = texels.covered & (np.arange(64) < 31)
    baked = Baked(np.full((len(texels), 3), np.float32(1)), np.ones(len(texels), np.float32), 1.0, 0.0)
    image = np.random.default_rng(1).random((64, 64, 3), np.float32)
    present = present_of(image, left.astype(np.float32))
    after, _ = join_region(present, baked, mesh, texels)
    assert np.abs(after[:, :32] - 1).max() < 1e-6
    assert np.array_equal(after[:, 32:], present.kept[:, 32:])
    assert changed_outside(present, after, texels) == 0
    after[5, 32] += 0.1
    assert changed_outside(present, after, texels) == 1


def test_an_edge_is_soft_where_the_texture_repeats():
    inside = np.zeros((64, 64), bool)
    inside[:, 40:] = True
    mask = np.where(inside, np.uint8(255), np.uint8(0))
    row = feathered_share(mask, feather_px=3)[32]
    assert row[39:45].tolist() == [0, 0.25, 0.5, 0.75, 1, 1]
    assert row[59:].tolist() == [1, 1, 0.75, 0.5, 0.25]


def feathered_share(mask: NDArray[np.uint8], feather_px: int) -> NDArray[np.float32]:
    """Of a quad that fills the texture."""
    texels = rasterise_uv(Mesh.from_arrays(plane()), len(mask))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Image.fromarray(np.zeros((*mask.shape, 3), np.uint8)).save(folder / "before.png")
        Image.fromarray(mask).save(folder / "mask.png")
        touch_up = TouchUp(name="Thing", texture="before.png", region=Region.MASK, mask="mask.png", strength=1.0,
                           feather_px=feather_px)
        request = TextureRequest(object_name="Thing", mesh="mesh.npz", prompt="red brick", texture_size_px=len(mask),
                                 touch_up=touch_up)
        return read_present(request, touch_up, folder, texels, None, None).share


def test_the_rim_goes_on_with_what_is_new_and_stays_in_its_chart():
    """Two quads side by side in the texture, the left one seen but for its rim."""
    mesh = two_quads()
    texels = rasterise_uv(mesh, 64)
    blue, red = np.float32([0, 0, 1]), np.float32([1, 0, 0])
    columns = texels.index % 64
    seen = (columns >= 3) & (columns < 28)
    baked = Baked(np.where(seen[:, None], red, 0).astype(np.float32), seen.astype(np.float32), 0.5, 0.0)
    present = present_of(np.broadcast_to(blue, (64, 64, 3)).copy(), texels.covered.astype(np.float32))
    after, _ = join_region(present, baked, mesh, texels)
    left = texels.covered & (np.arange(64) < 31)
    assert np.abs(after[left] - red).max() < 1e-6
    assert np.abs(after[texels.covered & ~left] - blue).max() < 1e-6


def present_of(image: NDArray[np.float32], share: NDArray[np.float32]) -> Present:
    return Present(stored(image, PictureFormat.EXR_FLOAT), PictureFormat.EXR_FLOAT, image, share, 1.0)


def test_a_small_view_shows_a_large_texture_in_its_mean():
    """Checks of one texel are grey from afar; the nearest texel is black or white, whichever the pixel hits."""
    mesh = Mesh.from_arrays(plane())
    texels = rasterise_uv(mesh, 1024)
    raster = rasterise_view(mesh, Camera.look_at((0, -5, 0), (0, 0, 0), size_px=96, fov_rad=0.5))
    view = View("", raster, {0: map_view(mesh, texels, raster)}, 1.0)
    shown = raster.triangle >= 0
    inner = binary_erosion(shown, iterations=2)
    checks = np.indices((1024, 1024)).sum(axis=0) % 2
    ramp = np.linspace(0, 1, 1024)[None].repeat(1024, axis=0)
    present = present_of(np.stack([checks, ramp, ramp], axis=2).astype(np.float32),
                         np.where(ramp < 0.5, 0, 1).astype(np.float32))
    (picture,), (stays,) = show_present(present, mesh, texels, [view])
    assert np.abs(picture[..., 0].numpy()[inner] - 0.5).max() < 0.02
    u = np.einsum("hwc,hwc->hw", raster.barycentrics(mesh), mesh.corner_uvs[raster.triangle][..., 0])
    assert np.abs(picture[..., 1].numpy() - u)[inner].max() < 0.003
    assert np.abs(stays.numpy() - (u < 0.5))[inner & (np.abs(u - 0.5) > 0.02)].max() == 0
    assert not stays.numpy()[~shown].any()


def test_a_large_view_shows_a_small_texture_texel_by_texel():
    mesh = Mesh.from_arrays(plane())
    texels = rasterise_uv(mesh, 16)
    raster = rasterise_view(mesh, Camera.look_at((0, -5, 0), (0, 0, 0), size_px=256, fov_rad=0.42))
    view = View("", raster, {0: map_view(mesh, texels, raster)}, 1.0)
    image = np.random.default_rng(1).random((16, 16, 3), np.float32)
    present = present_of(image, np.zeros((16, 16), np.float32))
    (picture,), _ = show_present(present, mesh, texels, [view])
    known = {tuple(colour) for colour in image.reshape(-1, 3).tolist()}
    assert {tuple(colour) for colour in picture.numpy()[raster.triangle >= 0].tolist()} == known


def seen_file(folder, result) -> NDArray[np.uint8]:
    return read(folder / result.seen)


def test_what_is_missing_is_shot_and_the_rest_keeps_its_bytes(desk, folders):
    """A cube of which one view saw the front: a shot of the other sides after another, until there is nothing left."""
    model = str(folders / "sd")
    folder, request = desk.folder(cube(), model=model, view_count=1, cameras=(camera((0, -6, 0)),))
    result = run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)
    covered = texels_of(np.ones(12, bool))
    seen, texture = read(folder / result.seen), read(folder / result.texture)
    assert not seen[~covered].any()
    assert (seen[covered] > 0).mean() == pytest.approx(result.coverage, abs=1e-6)
    assert seen.max() == 255

    def shoot(_: int) -> float:
        """The share of the texture that is new."""
        nonlocal seen, texture
        folder, _ = desk.folder(cube())
        Image.fromarray(texture).save(folder / "before.png")
        Image.fromarray(seen).save(folder / "before-seen.png")
        request = TextureRequest(
            object_name="Thing", mesh="mesh.npz", prompt="ice", model=model, view_size_px=128,
            texture_size_px=SIDE_PX, steps=2, touch_up=TouchUp(
                name="Thing", texture="before.png", region=Region.MISSING, seen="before-seen.png", feather_px=2))
        result = run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)
        after, seen_after = read(folder / result.texture), read(folder / result.seen)
        changed, was_missing = (after != texture).any(axis=2), seen < 0.3 * 255
        assert not (changed & covered & ~was_missing).any()
        assert (result.view_count, result.changed_outside) == (1, 0)
        assert result.coverage > 0.99
        assert ((seen_after < 0.3 * 255) & covered).sum() < (was_missing & covered).sum()
        assert np.array_equal(seen_after[~was_missing], seen[~was_missing])
        texture, seen = after, seen_after
        return float(changed[covered].mean())

    shares = []
    with pytest.raises(BadInput, match="saw every part of Thing"):
        shares += map(shoot, range(8))
    assert shares[0] > 0.3
    assert (seen[covered] > 0.3 * 255).mean() > 0.97


def test_a_touch_up_of_faces_is_seen_too_where_it_is_known(desk, folders):
    result, _ = touch(desk, folders / "sd", Region.FACES, touched=side(2), steps=2)
    assert result.seen == ""
    with pytest.raises(BadInput, match="not known what earlier views saw"):
        TouchUp(name="Thing", texture="before.png", region=Region.MISSING)
    with pytest.raises(BadInput, match="Seen Below is 0"):
        TouchUp(name="Thing", texture="before.png", region=Region.MISSING, seen="s.png", least_cosine=0)
