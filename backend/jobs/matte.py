"""Where the areas of a style are, how far away all is, and which way it faces: the steps of its recipe that look at the
scene.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput
from protocol.requests import ViewCamera
from protocol.style import ControlKind, Matte, StyleMethod, StyleRequest

from ..geometry.camera import Camera
from ..geometry.control import depth_picture, normals_of, spread_depth
from ..geometry.cover import cover_of
from ..geometry.mesh import read_arrays
from ..geometry.view_raster import nearness_of
from ..job import Job
from ..style.cryptomatte import cover_of_objects
from ..style.passes import depth_of, read_layers
from ..style.pictures import read_picture, resized

__all__ = ["area_covers", "control_picture", "depth_control"]

_LEAST_COVER = 1 / 255
_SAME_ASPECT = 0.01
_NOTHING_M = 1e9  # Cycles gives 1e10 where there is nothing


def area_covers(request: StyleRequest, height: int, width: int, job: Job) -> NDArray[np.float32]:
    """(A, H, W) float32 in 0 to 1: the share of each pixel of the content that each of the request's areas covers.

    Raises:
        BadInput: the render cannot be of this picture, or shows nothing of an area.
    """
    matte = request.matte
    if not request.areas:
        return np.zeros((0, height, width), np.float32)
    if matte is None:
        raise BadInput("It is not known where {area} is in {name}.", "Write it again from Blender.",
                       area=request.areas[0].name, name=request.name)
    covers = _by_passes(request, matte, job.folder) if matte.passes else _by_meshes(request, matte, height, width, job)
    if covers.shape[1:] != (height, width):
        _check_aspect(request, covers.shape[2] / covers.shape[1], height, width)
        covers = np.stack([resized(cover[..., None], height, width)[..., 0] for cover in covers])
    for area, cover in zip(request.areas, covers, strict=True):
        if area.is_outside:
            np.subtract(1, cover, out=cover)
        if cover.max() < _LEAST_COVER:
            raise BadInput("Nothing of {area} is to be seen in {name}.",
                           "Choose what the camera sees, or let the style be for everything.", area=area.name,
                           name=request.name)
    return covers


def control_picture(request: StyleRequest, height: int, width: int, job: Job) -> NDArray[np.float32] | None:
    """(h, w, 3) float32 in 0 to 1, what the request's ControlNet follows: its own picture, or how far away things are,
    or which way they face in the camera's space (`Control.normal`); None without one.

    Raises:
        BadInput: neither is to be had.
    """
    if not request.controlnet or request.method is not StyleMethod.DIFFUSION:
        return None
    if request.control:
        return read_picture(job.folder / request.control, request.control).colours
    matte, faces = request.matte, request.control_kind is ControlKind.NORMAL
    if matte is None or (faces and not matte.mesh):
        raise BadInput("There is no picture that the ControlNet could follow.",
                       "Give one, or stylise a picture of the scene from Blender.")
    if faces:
        return _normal_control(request, matte, height, width, job)
    if matte.passes:
        depth = depth_of(read_layers(job.folder / matte.passes))
        if depth is None:
            raise BadInput("{path} has no depth that the ControlNet could follow.",
                           "Turn on Z in the view layer's passes, and render again.", path=matte.passes)
        return depth_control(depth)
    positions, arrays, camera = _seen_meshes(request, matte, height, width, job)
    nearness, hit = nearness_of(positions, arrays["triangles"], camera)
    return depth_picture(spread_depth(nearness, hit)).astype(np.float32) / np.float32(255)


def depth_control(depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 3) float32 in 0 to 1, grey: what ControlNets of depth follow, of depth (H, W) in metres."""
    hit = depth < _NOTHING_M
    nearness = np.where(hit, 1 / np.maximum(depth, 1e-6), 0).astype(np.float32)
    return depth_picture(spread_depth(nearness, hit)).astype(np.float32) / np.float32(255)


def _normal_control(request: StyleRequest, matte: Matte, height: int, width: int, job: Job) -> NDArray[np.float32]:
    positions, arrays, camera = _seen_meshes(request, matte, height, width, job)
    if "corner_normals" not in arrays:
        raise BadInput("The mesh has no {array}.", "Run the job again from Blender.", array="corner_normals")
    assert matte.camera is not None
    rotation = np.reshape(matte.camera.world_to_camera, (4, 4))[:3, :3].astype(np.float32)
    return normals_of(positions, arrays["triangles"], arrays["corner_normals"] @ rotation.T, camera)


def _by_passes(request: StyleRequest, matte: Matte, folder: Path) -> NDArray[np.float32]:
    return cover_of_objects(folder / matte.passes, [area.objects for area in request.areas])


def _by_meshes(request: StyleRequest, matte: Matte, height: int, width: int, job: Job) -> NDArray[np.float32]:
    positions, arrays, camera = _seen_meshes(request, matte, height, width, job)
    is_chosen = np.array([[name in chosen for name in matte.names]
                          for chosen in (set(area.objects) for area in request.areas)])
    job.remark("Where {areas} is seen was found from the meshes of the viewport: without hair, volumes, motion blur "
               "and what only a render shows. With Cryptomatte (Object) among the passes the render itself tells it.",
               areas=", ".join(area.name for area in request.areas))
    return cover_of(positions, arrays["triangles"], is_chosen[:, arrays["object_ids"]], camera, job.check)


def _seen_meshes(request: StyleRequest, matte: Matte, height: int, width: int, job: Job
                 ) -> tuple[NDArray[np.float32], dict[str, NDArray], Camera]:
    """Positions in the camera's space, the matte's arrays, and the camera; looked at with square pixels, of which there
    are as many as the content has.
    """
    _check_aspect(request, matte.aspect, height, width)
    arrays = read_arrays(job.folder / matte.mesh)
    arrays["triangles"] = np.ascontiguousarray(arrays["triangles"], np.int32)
    given = matte.camera
    assert given is not None
    camera = Camera(np.eye(4), width, height, given.fov_rad, given.scale, given.clip_near, given.clip_far,
                    (given.shift_x, given.shift_y))
    return _in_camera_space(arrays["positions"], given, matte.pixel_aspect), arrays, camera


def _in_camera_space(positions: NDArray[np.float32], camera: ViewCamera, pixel_aspect: float) -> NDArray[np.float32]:
    matrix = np.reshape(camera.world_to_camera, (4, 4))
    local = positions.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    local[:, 1] *= pixel_aspect
    return local.astype(np.float32)


def _check_aspect(request: StyleRequest, aspect: float, height: int, width: int) -> None:
    if abs(math.log(width / height / aspect)) > max(_SAME_ASPECT, 1 / height + 1 / width):
        raise BadInput("{name} is {width} × {height} px: the scene's camera does not render that format.",
                       "Choose a render of this scene, or set the resolution that it was rendered with.",
                       name=request.name, width=width, height=height)
