"""Several objects in one job: seen together, each into a texture of its own."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from backend.diffusion.loading import Models
from backend.geometry.mesh import Mesh
from backend.job import Job
from backend.jobs import run
from backend.texturing.baking import bake_views, complete_texture
from backend.texturing.surface import read_surfaces
from backend.texturing.views import look_at_surfaces, strayed_texels
from protocol.errors import BadInput
from protocol.messages import SceneResult
from protocol.requests import PaintedObject, SceneRequest
from tests.backend.test_geometry_shapes import cube, join, moved, sphere, torus
from tests.backend.test_texture_job import Desk, desk, folders, models, read, sentences

__all__ = ["desk", "folders", "models"]  # the fixtures

BRICK, WOOD = "red brick", "brown planks"


def table() -> dict[str, NDArray]:
    """A cube with a ball on it and a ring beside it that hides much of both."""
    return join(cube(), moved(sphere(), (0, 0, 2)), moved(torus(), (0, -1.8, 0.5)), ids=[0, 1, 2])


def scene(desk: Desk, mesh: dict[str, NDArray], *prompts: str, model: object) -> tuple[SceneResult, list[NDArray]]:
    folder, request = ask(desk, mesh, *prompts, model=model)
    result = run(request, Job(folder.name, folder, desk.events.append, lambda: False), desk.models)
    return result, [read(folder / painted.texture) for painted in result.objects]


def ask(desk, mesh, *prompts, model):
    folder, _ = desk.folder(mesh)
    np.savez(folder / "mesh.npz", **mesh)
    objects = tuple(PaintedObject(name=f"Thing {number}", prompt=prompt) for number, prompt in enumerate(prompts))
    return folder, SceneRequest(objects=objects, mesh="mesh.npz", prompt=prompts[0], model=str(model), view_count=4,
                                view_size_px=128, texture_size_px=128, steps=2, seed=7)


def test_each_object_gets_a_texture_of_its_own(desk, folders):
    result, images = scene(desk, table(), BRICK, WOOD, BRICK, model=folders / "sd")
    assert [painted.texture for painted in result.objects] == ["texture.png", "texture-1.png", "texture-2.png"]
    assert {image.shape for image in images} == {(128, 128, 3)}
    assert not np.array_equal(images[0], images[1])
    assert [painted.strayed for painted in result.objects] == [0, 0, 0]
    assert all(0.3 < painted.coverage <= 1 for painted in result.objects)


def test_what_has_one_prompt_is_seen_in_the_same_views(desk, folders):
    folder, request = ask(desk, table(), BRICK, WOOD, BRICK, model=folders / "sd")
    job = Job("j", folder, desk.events.append, lambda: False)
    mesh, surfaces, _ = read_surfaces(request, job)
    views = look_at_surfaces(request, mesh, surfaces, job)
    assert [(view.prompt, list(view.maps)) for view in views] == [(BRICK, [0, 2])] * 4 + [(WOOD, [1])] * 4


def test_nothing_of_one_object_lands_on_another(desk, folders):
    """Views that show each object in a colour of its own, baked and filled: one colour a texture, to the last bit."""
    folder, request = ask(desk, table(), BRICK, BRICK, BRICK, model=folders / "sd")
    job = Job("j", folder, desk.events.append, lambda: False)
    mesh, surfaces, _ = read_surfaces(request, job)
    views = look_at_surfaces(request, mesh, surfaces, job)
    colours = torch.tensor([[0.1, 0.2, 0.3], [0.9, 0.1, 0.5], [0.3, 0.8, 0.4], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    pictures = torch.stack([colours[torch.from_numpy(view.raster.object_ids(mesh)).long()] for view in views])
    for surface in surfaces:
        image, _ = complete_texture(bake_views(pictures, mesh, views, surface.texels), mesh, surface.texels)
        own = colours[surface.object_id].numpy()
        assert np.abs(image - own).max() <= 1 / 255
        assert strayed_texels(mesh, views, surface.object_id) == 0


def test_a_texel_that_strayed_is_counted(desk, folders):
    folder, request = ask(desk, table(), BRICK, BRICK, BRICK, model=folders / "sd")
    job = Job("j", folder, desk.events.append, lambda: False)
    mesh, surfaces, _ = read_surfaces(request, job)
    views = look_at_surfaces(request, mesh, surfaces, job)
    swapped = mesh.object_ids.copy()
    swapped[mesh.object_ids == 1] = 2
    other = Mesh.from_arrays({"positions": mesh.positions, "triangles": mesh.triangles, "corner_uvs": mesh.corner_uvs,
                              "corner_normals": mesh.corner_normals, "object_ids": swapped})
    assert strayed_texels(other, views, 1) == sum(len(view.maps[1].texel) for view in views)


def test_objects_hide_each_other(desk, folders):
    alone, _ = scene(desk, join(cube(), ids=[0]), BRICK, model=folders / "sd")
    walls = (moved(cube(), (2.05, 0, 0)), moved(cube(), (-2.05, 0, 0)))
    beside, _ = scene(desk, join(cube(), *walls, ids=[0, 1, 2]), BRICK, WOOD, WOOD, model=folders / "sd")
    assert beside.objects[0].coverage < alone.objects[0].coverage - 0.2


def test_a_scene_of_one_object_is_that_objects_texture(desk, folders):
    _, (first,) = scene(desk, join(sphere(), ids=[0]), BRICK, model=folders / "sd")
    _, second = desk.texture(sphere(), model=str(folders / "sd"), prompt=BRICK, view_count=4)
    assert np.array_equal(first, second)


def test_remarks_are_told_to_the_object_that_they_are_about(desk, folders):
    small = cube()
    small["corner_uvs"] = np.tile(small["corner_uvs"][:2], (len(small["triangles"]) // 2, 1, 1))
    result, _ = scene(desk, join(sphere(), moved(small, (4, 0, 0)), ids=[0, 1]), BRICK, WOOD, model=folders / "sd")
    assert "several faces" not in sentences(result.objects[0])
    assert "Thing 1 belong to several faces" in sentences(result.objects[1])
    assert "ControlNet" in sentences(result.objects[0])
    assert "ControlNet" not in sentences(result.objects[1])


@pytest.mark.parametrize("object_ids", [[0] * 5, None, 3, -1], ids=["too few", "none", "unknown", "negative"])
def test_a_mesh_file_that_does_not_fit_the_objects(desk, folders, object_ids):
    mesh = join(cube(), moved(cube(), (4, 0, 0)), ids=[0, 1])
    if object_ids is None:
        mesh.pop("object_ids")
    elif isinstance(object_ids, list):
        mesh["object_ids"] = np.array(object_ids)
    else:
        mesh["object_ids"][0] = object_ids
    with pytest.raises(BadInput):
        scene(desk, mesh, BRICK, WOOD, model=folders / "sd")


def test_the_model_is_the_same_for_all(models: Models, desk, folders):
    scene(desk, table(), BRICK, WOOD, BRICK, model=folders / "sd")
    first = models.get(str(folders / "sd"))
    scene(desk, table(), BRICK, WOOD, BRICK, model=folders / "sd")
    assert models.get(str(folders / "sd")) is first


def test_one_that_cannot_be_painted_does_not_keep_the_others_from_it(desk, folders):
    wide = cube()
    wide["corner_uvs"] = wide["corner_uvs"] * 20
    within = moved(cube(), (0, 0, 0), 0.2)
    mesh = join(sphere(), moved(wide, (4, 0, 0)), within, ids=[0, 1, 2])
    folder, request = ask(desk, mesh, BRICK, WOOD, BRICK, model=folders / "sd")
    result = run(request, Job("j", folder, desk.events.append, lambda: False), desk.models)
    painted, *refused = result.objects
    assert painted.coverage > 0.5
    assert ["reach from" in str(refused[0].to_error()), "No view sees" in str(refused[1].to_error())] == [True, True]
    assert not (folder / "texture-1.png").exists()


def test_where_none_can_be_painted_the_job_fails(desk, folders):
    wide = cube()
    wide["corner_uvs"] = wide["corner_uvs"] * 20
    with pytest.raises(BadInput, match="reach from"):
        scene(desk, join(wide, moved(wide, (4, 0, 0)), ids=[0, 1]), BRICK, WOOD, model=folders / "sd")


def test_where_no_view_sees_any_the_job_fails(desk, folders, monkeypatch):
    """Not a result without any object, for which Blender would wait for ever."""
    baked = SimpleNamespace(coverage=0.0)
    monkeypatch.setattr("backend.jobs.texture.bake_views", lambda *arguments: baked)
    with pytest.raises(BadInput, match="No view sees anything of Thing 0"):
        scene(desk, join(cube(), moved(cube(), (4, 0, 0)), ids=[0, 1]), BRICK, WOOD, model=folders / "sd")
