"""UDIM: UVs that span several tiles, each with a picture of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.geometry.fill import fill_unseen
from backend.geometry.gutter import fill_gutter
from backend.geometry.mesh import Mesh
from backend.geometry.seams import close_seams, find_seams, seam_step
from backend.geometry.tiles import ONE_TILE, tile_corner, used_tiles
from backend.geometry.uv_raster import rasterise_uv
from backend.job import Job
from backend.jobs import run
from backend.textures import read_texture
from protocol.errors import BadInput
from protocol.messages import TextureResult
from protocol.requests import PaintedObject, PictureFormat, Region, SceneRequest, TextureRequest, TouchUp
from tests.backend.test_geometry_bake import smooth
from tests.backend.test_geometry_shapes import cube, join, moved, plane, sphere
from tests.backend.test_texture_job import Desk, desk, folders, models, sentences

__all__ = ["desk", "folders", "models"]  # the fixtures

SIZE = 128
TILES = (1001, 1002, 1004, 1011, 1012, 1055)


def tiled_cube() -> dict[str, NDArray]:
    """Each side of the cube in a tile of its own, filling nine tenths of it."""
    shape = cube()
    for side, number in enumerate(TILES):
        own = slice(2 * side, 2 * side + 2)
        uvs = shape["corner_uvs"][own]
        shape["corner_uvs"][own] = (uvs - uvs.min((0, 1))) * (2.7, 1.8) / 0.9 + 0.05 + tile_corner(number)
    return shape


def wide_sphere() -> dict[str, NDArray]:
    """Its UVs reach over two tiles without a cut between them; a column of its faces' edges lies on the border."""
    shape = sphere()
    shape["corner_uvs"] = shape["corner_uvs"] * (2, 1)
    return shape


def painted(shape: dict[str, NDArray], tiles: tuple[int, ...], noise: float = 0.0):
    """A smooth texture on the shape, each tile with a tone of its own: image, mesh, texels."""
    mesh = Mesh.from_arrays(shape)
    texels = rasterise_uv(mesh, SIZE, tiles=tiles)
    tone = np.random.default_rng(1).standard_normal((len(tiles), 3)).astype(np.float32) * noise
    colours = smooth(texels.positions + mesh.center) + tone[texels.index // SIZE**2]
    image = texels.to_image(colours)
    parts = zip(np.split(image, len(tiles)), np.split(texels.covered, len(tiles)), strict=True)
    return np.concatenate([fill_gutter(part, covered) for part, covered in parts]), mesh, texels


def texture(desk: Desk, shape: dict[str, NDArray], model: Path, **fields: object) -> tuple[TextureResult, Path]:
    folder, request = desk.folder(shape, model=str(model), **fields)
    return run(request, Job("j", folder, desk.events.append, lambda: False), desk.models), folder


@pytest.mark.parametrize(("uvs", "tiles"), [
    ([(0, 0), (1, 0), (1, 1)], ONE_TILE),
    ([(-0.0005, 0), (1.0005, 0), (1, 1)], ONE_TILE),  # what packing tools leave
    ([(0.9995, 0.2), (1, 0.2), (1, 0.3)], ONE_TILE),  # a hair at the border
    ([(1, 1), (1, 1), (1, 1)], ONE_TILE),
    ([(1, 0), (2, 0), (2, 1)], (1002,)),
    ([(0.5, 0.5), (1.5, 0.5), (0.5, 1.5)], (1001, 1002, 1011, 1012)),
    ([(9, 9), (10, 9), (10, 10)], (1100,)),
    ([(9.1, 99.1), (9.9, 99.1), (9.9, 99.9)], (2000,)),
    ([(0, 0), (10.5, 0), (1, 1)], None),
    ([(0, 0), (1, 0), (1, 100.5)], None),
    ([(-0.5, 0), (1, 0), (1, 1)], None),
    ([(0, -0.5), (1, 0), (1, 1)], None),
    ([(0, 0), (3e38, 0), (1, 1)], None),
])
def test_tiles_have_maris_numbers(uvs, tiles):
    assert used_tiles(np.array([uvs], np.float32)) == tiles


def test_each_tile_is_the_texture_that_its_chart_alone_would_have():
    shape = tiled_cube()
    mesh = Mesh.from_arrays(shape)
    texels = rasterise_uv(mesh, SIZE, tiles=TILES)
    for place, number in enumerate(TILES):
        arrays = tiled_cube()
        arrays["object_ids"] = np.where(np.arange(12) // 2 == place, 0, -1).astype(np.int32)
        arrays["corner_uvs"] = arrays["corner_uvs"] - np.float32(tile_corner(number))
        other = Mesh.from_arrays(arrays)
        alone = rasterise_uv(other, SIZE)
        own = texels.index // SIZE**2 == place
        assert np.array_equal(texels.index[own] - place * SIZE**2, alone.index)
        assert np.array_equal(texels.triangle[own], alone.triangle)
        assert np.abs(texels.positions[own] + mesh.center - alone.positions - other.center).max() < 1e-4
    assert texels.overlap_fraction == 0
    assert texels.degenerate_fraction == 0


def test_a_chart_across_borders_has_each_point_in_one_tile():
    shape = plane()
    shape["corner_uvs"] = shape["corner_uvs"] * 1.5 + 0.25
    mesh = Mesh.from_arrays(shape)
    tiles = used_tiles(mesh.corner_uvs)
    assert tiles == (1001, 1002, 1011, 1012)
    texels = rasterise_uv(mesh, SIZE, tiles=tiles)
    assert len(texels) == (1.5 * SIZE) ** 2
    place, (row, column) = texels.index // SIZE**2, np.divmod(texels.index % SIZE**2, SIZE)
    u = (column + 0.5) / SIZE + place % 2
    v = 1 - (row + 0.5) / SIZE + place // 2
    assert np.abs(texels.positions[:, 0] + 1 - (u - 0.25) / 1.5 * 2).max() < 1e-5
    assert np.abs(texels.positions[:, 2] + 1 - (v - 0.25) / 1.5 * 2).max() < 1e-5


def test_a_tile_that_only_boxes_reach_is_left_out():
    shape = plane()
    shape["corner_uvs"] = np.float32([[(0.5, 0.1), (1.9, 0.1), (1.9, 0.2)], [(0.5, 0.1), (1.9, 0.2), (1.9, 1.4)]])
    mesh = Mesh.from_arrays(shape)
    texels = rasterise_uv(mesh, SIZE, tiles=used_tiles(mesh.corner_uvs))
    assert texels.tiles == (1001, 1002, 1011, 1012)
    kept = texels.without_empty_tiles()
    assert kept.tiles == (1001, 1002, 1012)
    assert np.array_equal(np.bincount(kept.index // SIZE**2),
                          np.bincount(texels.index // SIZE**2)[np.array([0, 1, 3])])


@pytest.mark.parametrize(("shape", "tiles"), [(tiled_cube, TILES), (wide_sphere, (1001, 1002))],
                         ids=["charts in tiles", "one chart over two tiles"])
def test_seams_between_tiles_are_closed(shape, tiles):
    image, mesh, texels = painted(shape(), tiles, noise=0.1)
    seams = find_seams(mesh, SIZE, tiles=tiles)
    step = seam_step(image, seams, texels.covered).overall
    assert step > 1
    closed = close_seams(image, seams)
    assert seam_step(closed, seams, texels.covered).overall < 0.02 * step
    changed = (closed != image).any(axis=2)
    assert 0 < changed.mean() < 0.35


def test_both_sides_of_a_cut_between_tiles_are_one_place_in_space():
    mesh = Mesh.from_arrays(tiled_cube())
    texels = rasterise_uv(mesh, SIZE, tiles=TILES)
    parts = zip(np.split(texels.to_image(texels.positions), 6), np.split(texels.covered, 6), strict=True)
    places = np.concatenate([fill_gutter(part, covered) for part, covered in parts])
    one, other = find_seams(mesh, SIZE, tiles=TILES).colours(places)
    assert len(one) > 12 * SIZE
    assert np.abs(one - other).max() < 6 * 2 / SIZE


def test_unseen_texels_take_their_grain_from_their_own_tile():
    """One tile is grey and smooth, the other is noise; of each a band is unseen."""
    texels = rasterise_uv(Mesh.from_arrays(wide_sphere()), SIZE, tiles=(1001, 1002))
    colours = np.full((len(texels), 3), np.float32(0.5))
    place, column = texels.index // SIZE**2, texels.index % SIZE
    colours[place == 1] += np.random.default_rng(1).uniform(-0.3, 0.3, ((place == 1).sum(), 3)).astype(np.float32)
    unseen = (column > 50) & (column < 70)
    filled = fill_unseen(texels, np.where(unseen[:, None], 0, colours), np.where(unseen, 0, 1).astype(np.float32))
    assert filled[unseen & (place == 0)].std() < 0.01
    assert filled[unseen & (place == 1)].std() > 0.1


@pytest.mark.parametrize("kind", [PictureFormat.PNG_8, PictureFormat.EXR_HALF])
def test_a_job_writes_a_picture_a_tile(desk, folders, kind):
    result, folder = texture(desk, tiled_cube(), folders / "sd", picture_format=kind)
    assert result.texture == f"texture.<UDIM>{kind.suffix}"
    assert [tile.number for tile in result.tiles] == list(TILES)
    assert {path.name for path in folder.glob("texture*")} == {f"texture.{number}{kind.suffix}" for number in TILES}
    for tile in result.tiles:
        assert read_texture(folder / f"texture.{tile.number}{kind.suffix}").shape == (SIZE, SIZE, 3)
        assert abs(tile.texels - (0.9 * SIZE) ** 2) < 2 * SIZE
    share = np.average([tile.coverage for tile in result.tiles], weights=[tile.texels for tile in result.tiles])
    assert share == pytest.approx(result.coverage)
    assert 0 < result.seam_step < 0.5
    assert "6 UDIM tiles" in sentences(result)


def test_tiles_of_one_colour_are_that_colour(desk, folders):
    result, folder = texture(desk, wide_sphere(), folders / "constant", view_count=4)
    for tile in result.tiles:
        assert (read_texture(folder / f"texture.{tile.number}.png") == np.uint8((200, 96, 31))).all()


def test_the_same_tiles_are_the_same_bytes(desk, folders):
    first, second = (texture(desk, tiled_cube(), folders / "sd")[1] for _ in range(2))
    for number in TILES:
        name = f"texture.{number}.png"
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_gutters_stay_in_their_tile(desk, folders):
    """Beyond its gutter a tile is one colour, the mean of its own chart."""
    shape = tiled_cube()
    corner = np.floor(shape["corner_uvs"])
    shape["corner_uvs"] = corner + (shape["corner_uvs"] - corner) / 2
    _, folder = texture(desk, shape, folders / "sd", view_count=6)
    rests = []
    for number in TILES:
        image = read_texture(folder / f"texture.{number}.png")
        rest = image[:SIZE // 2 - 20, SIZE // 2 + 20:].reshape(-1, 3)
        assert (rest == rest[0]).all()
        rests.append(tuple(rest[0]))
    assert len(set(rests)) > 3


def test_one_tile_beside_the_first_is_a_tile_too(desk, folders):
    shape = cube()
    shape["corner_uvs"] = shape["corner_uvs"] + (1, 0)
    result, folder = texture(desk, shape, folders / "sd")
    assert [tile.number for tile in result.tiles] == [1002]
    assert (folder / "texture.1002.png").is_file()


def test_uvs_within_one_have_no_tiles(desk, folders):
    result, folder = texture(desk, cube(), folders / "sd")
    assert (result.texture, result.tiles) == ("texture.png", ())
    assert (folder / "texture.png").is_file()


def test_objects_with_and_without_tiles_in_one_job(desk, folders):
    folder, _ = desk.folder(cube())
    np.savez(folder / "mesh.npz", **join(tiled_cube(), moved(cube(), (4, 0, 0)), ids=[0, 1]))
    objects = tuple(PaintedObject(name=name, prompt="red brick") for name in ("Tiled", "Plain"))
    request = SceneRequest(objects=objects, mesh="mesh.npz", prompt="red brick", model=str(folders / "sd"),
                           view_count=4, view_size_px=128, texture_size_px=SIZE, steps=2, seed=7)
    tiled, plain = run(request, Job("j", folder, desk.events.append, lambda: False), desk.models).objects
    assert (tiled.texture, plain.texture) == ("texture.<UDIM>.png", "texture-1.png")
    assert ("tiles" in sentences(tiled), "tiles" in sentences(plain)) == (True, False)


def test_more_tiles_than_there_is_room_for_are_refused(desk, folders):
    shape = cube()
    shape["corner_uvs"] = shape["corner_uvs"] * (9, 90)
    with pytest.raises(BadInput, match=r"lie in \d+ UDIM tiles: of 1024 pixels the most is 256"):
        texture(desk, shape, folders / "sd", texture_size_px=1024)


def test_tiles_are_not_touched_up(desk, folders):
    touch_up = TouchUp(name="Thing", texture="before.npy", region=Region.FACES)
    folder, _ = desk.folder({**tiled_cube(), "touched": np.ones(12, bool)})
    np.save(folder / "before.npy", np.zeros((SIZE, SIZE, 3), np.uint8))
    request = TextureRequest(object_name="Thing", mesh="mesh.npz", prompt="ice", model=str(folders / "sd"),
                             texture_size_px=SIZE, view_size_px=128, view_count=2, steps=2, touch_up=touch_up)
    with pytest.raises(BadInput, match="cannot be touched up"):
        run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)


def test_the_quality_map_has_the_same_tiles(desk, folders):
    result, folder = texture(desk, tiled_cube(), folders / "sd", quality_map=True)
    assert result.quality_map == "quality.<UDIM>.png"
    for number in TILES:
        picture = read_texture(folder / f"quality.{number}.png")
        assert picture.shape == (SIZE, SIZE, 3)
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 1
