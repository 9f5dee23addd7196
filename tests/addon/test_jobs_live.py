"""What is laid over objects while they are painted: where it comes from, and that it is nothing of the scene's."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_texture import at_work, run

__all__ = ["at_work"]  # the fixture


def are_shown(at_work, jobs):
    return lambda: len(jobs.running) == 2 and all(job.surface_number for job in jobs.running)


def test_pictures_of_all_surfaces_come_while_they_are_painted(at_work, snapshot) -> None:
    before = snapshot()
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True, steps=60)
    run(jobs, are_shown(at_work, jobs))
    first, second = jobs.running
    assert first.surface != second.surface
    for job in (first, second):
        picture = np.load(job.surface)
        assert picture.dtype == np.uint8
        assert picture.shape[0] == picture.shape[1]
    assert first.skin is second.skin is None  # in background nobody looks
    assert snapshot() == before
    jobs.cancel()
    run(jobs)
    assert snapshot() == before


def test_what_is_shown_follows_from_the_list_alone(at_work) -> None:
    shown = at_work.part("jobs.live").shown_pictures
    assert shown(None) == ()
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True, steps=60)
    run(jobs, are_shown(at_work, jobs))
    arrays = at_work.part("scene.meshes").read_mesh(at_work.cube, bpy.context.evaluated_depsgraph_get())
    job = next(job for job in jobs.running if job.object_name == "Cube")
    job.skin = at_work.part("scene.overlay").skin_of(at_work.cube, arrays)
    assert shown(jobs) == ((at_work.cube.session_uid, job.surface_number),)
    jobs.cancel()
    assert shown(jobs) == ()
    run(jobs)
    assert shown(jobs) == ()
    assert job.skin is None  # it holds the mesh


def test_a_skin_is_the_painted_faces_where_they_were(at_work) -> None:
    at_work.cube.location = (1, 2, 3)
    at_work.cube.data.polygons[0].material_index = 1
    at_work.cube.data.materials.append(None)
    bpy.context.view_layer.update()
    arrays = at_work.part("scene.meshes").read_mesh(at_work.cube, bpy.context.evaluated_depsgraph_get(), slots=(0,))
    overlay = at_work.part("scene.overlay")
    skin = overlay.skin_of(at_work.cube, arrays)
    assert skin.positions.shape == skin.normals.shape == (30, 3)
    assert skin.uvs.shape == (30, 2)
    at_work.cube.location = (5, 5, 5)
    places = np.column_stack([skin.positions, np.ones(30)])
    local = places @ np.array(skin.matrix.inverted()).T  # moved away meanwhile: the cube's own corners all the same
    assert np.abs(np.abs(local[:, :3]) - 1).max() < 1e-5


def test_a_mesh_too_large_to_be_handed_over_in_a_frame_is_not_shown(at_work, monkeypatch) -> None:
    overlay = at_work.part("scene.overlay")
    arrays = at_work.part("scene.meshes").read_mesh(at_work.cube, bpy.context.evaluated_depsgraph_get())
    monkeypatch.setattr(overlay, "MOST_TRIANGLES", 11)
    assert overlay.skin_of(at_work.cube, arrays) is None


@pytest.mark.parametrize("renamed", [False, True])
def test_an_object_is_found_by_its_identity_after_a_deletion_too(at_work, renamed) -> None:
    objects = at_work.part("scene.objects")
    number = objects.identity(at_work.cube)
    if renamed:
        at_work.cube.name, at_work.sphere.name = "Other", "Cube"  # its name is another's now
    assert objects.find_identity(number, "Cube") == at_work.cube
    bpy.data.objects.remove(at_work.cube)
    assert objects.find_identity(number, "Cube") is None
