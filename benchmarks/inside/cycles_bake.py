"""Inside the `bpy` wheel: pictures projected from their cameras and baked into the mesh's UVs by Cycles.

    cycles_bake.py FOLDER TEXTURE_PX

As add-ons do it: an emission shader that projects every picture and weighs it by cosine, and the bake operator. One
sample a texel, on the processor. A ray from each texel to each view says whether that sees it, as in StableGen: by the
node that Blender has from 5.1 on. Before, StableGen does it in OSL, but the wheel's Cycles lacks `oslquery` and with it
script nodes: there the depth at the nearest pixel says it, with a fixed tolerance, which is less than ours does.

FOLDER holds `mesh.npz` (positions, triangles, corner_uvs), `cameras.npz` (world_to_camera (n, 4, 4), focal: pixels a
unit of tangent over the view's side), `pictures.npy` (n, H, W, 3) and `depths.npy` (n, H, W) float32; the texture is
left in `cycles.npy` (S, S, 3) float32.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bpy
import numpy as np

EXPONENT = 6.0
FAR = 100.0  # beyond every camera
DEPTH_TOLERANCE = 0.01  # of the object's radius, which is about 1
GUTTER_PX = 16
WARM_UP_PX = 64


def main(folder: Path, texture_px: int, runs: int) -> dict:
    bpy.ops.wm.read_homefile(use_empty=True)
    obj = add_mesh(folder / "mesh.npz")
    material = bpy.data.materials.new("Projection")
    if bpy.app.version < (5, 0, 0):  # from then on they always do, and asking is deprecated
        material.use_nodes = True
    obj.data.materials.append(material)
    with np.load(folder / "cameras.npz") as cameras:
        build_shader(material.node_tree, cameras["world_to_camera"], cameras["focal"],
                     np.load(folder / "pictures.npy", mmap_mode="r"), np.load(folder / "depths.npy", mmap_mode="r"))
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    bake(material.node_tree, WARM_UP_PX)
    clocks = []
    for _ in range(runs):
        *clock, image = bake(material.node_tree, texture_px)
        clocks.append(clock)
        if len(clocks) < runs:
            bpy.data.images.remove(image)  # as ours: nothing is kept from one run to the next
    bake_s, cpu_s = min(clocks)
    pixels = np.empty(texture_px * texture_px * 4, np.float32)
    image.pixels.foreach_get(pixels)
    np.save(folder / "cycles.npy", pixels.reshape(texture_px, texture_px, 4)[::-1, :, :3])
    return {"bake_s": bake_s, "cpu_s": cpu_s, "blender": bpy.app.version_string}


def add_mesh(path: Path) -> bpy.types.Object:
    with np.load(path) as arrays:
        positions, triangles, uvs = arrays["positions"], arrays["triangles"], arrays["corner_uvs"]
    mesh = bpy.data.meshes.new("Mesh")
    mesh.from_pydata(positions, [], triangles)
    mesh.uv_layers.new().data.foreach_set("uv", uvs.astype(np.float32).ravel())
    mesh.shade_smooth()
    obj = bpy.data.objects.new("Mesh", mesh)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    obj.select_set(True)
    return obj


def build_shader(tree: bpy.types.NodeTree, matrices: np.ndarray, focal: np.ndarray, pictures: np.ndarray,
                 depths: np.ndarray) -> None:
    """Sum of weight * picture over sum of weights, over all views."""
    def node(kind: str, operation: str | None = None, *inputs: object) -> bpy.types.Node:
        made = tree.nodes.new(kind)
        if operation is not None:
            made.operation = operation
        for place, value in enumerate(inputs):
            if isinstance(value, bpy.types.NodeSocket):
                tree.links.new(value, made.inputs[place])
            else:
                made.inputs[place].default_value = value
        return made

    def number(operation: str, *inputs: object) -> bpy.types.NodeSocket:
        return node("ShaderNodeMath", operation, *inputs).outputs[0]

    def vector(operation: str, *inputs: object) -> bpy.types.Node:
        return node("ShaderNodeVectorMath", operation, *inputs)

    tree.nodes.clear()
    geometry = node("ShaderNodeNewGeometry")
    colours, total = None, None
    for matrix, reach, picture, depth in zip(matrices, focal, pictures, depths, strict=True):
        camera = add_camera(matrix)
        place = node("ShaderNodeTexCoord")
        place.object = camera
        x, y, z = node("ShaderNodeSeparateXYZ", None, place.outputs["Object"]).outputs
        scale = number("DIVIDE", -float(reach), z)
        u, v = (number("MULTIPLY_ADD", axis, scale, 0.5) for axis in (x, y))
        place = node("ShaderNodeCombineXYZ", None, u, v).outputs[0]
        texture = node("ShaderNodeTexImage", None, place)
        texture.image = add_picture(picture)
        texture.extension = "EXTEND"
        ray = vector("SUBTRACT", tuple(camera.location), geometry.outputs["Position"]).outputs[0]
        cosine = vector("DOT_PRODUCT", geometry.outputs["True Normal"], vector("NORMALIZE", ray).outputs[0])
        if hasattr(bpy.types, "ShaderNodeRaycast"):
            cast = node("ShaderNodeRaycast", None, geometry.outputs["Position"], ray, FAR)
            is_seen = number("SUBTRACT", 1.0, cast.outputs["Is Hit"])
        else:
            nearest = node("ShaderNodeTexImage", None, place)
            nearest.image = add_picture(np.repeat(depth[..., None], 3, axis=2))
            nearest.extension, nearest.interpolation = "EXTEND", "Closest"
            behind = number("SUBTRACT", number("MULTIPLY", z, -1.0), nearest.outputs["Color"])
            is_seen = number("LESS_THAN", behind, DEPTH_TOLERANCE)
        lobe = number("POWER", number("MAXIMUM", cosine.outputs["Value"], 0.0), EXPONENT)
        weight = number("MULTIPLY", lobe, is_seen)
        share = vector("SCALE", texture.outputs["Color"])
        tree.links.new(weight, share.inputs["Scale"])
        colours = share.outputs[0] if colours is None else vector("ADD", colours, share.outputs[0]).outputs[0]
        total = weight if total is None else number("ADD", total, weight)
    mean = vector("SCALE", colours)
    tree.links.new(number("DIVIDE", 1.0, total), mean.inputs["Scale"])
    emission = node("ShaderNodeEmission", None, mean.outputs[0])
    tree.links.new(emission.outputs[0], node("ShaderNodeOutputMaterial").inputs["Surface"])


def add_camera(world_to_camera: np.ndarray) -> bpy.types.Object:
    """An empty where the camera is."""
    import mathutils  # comes with bpy, and only after it

    camera = bpy.data.objects.new("View", None)
    bpy.context.collection.objects.link(camera)
    camera.matrix_world = mathutils.Matrix(np.linalg.inv(world_to_camera).tolist())
    bpy.context.view_layer.update()
    return camera


def add_picture(picture: np.ndarray) -> bpy.types.Image:
    """Of (H, W, 3), row 0 at the top; its numbers are what the shader gets."""
    height, width, _ = picture.shape
    image = bpy.data.images.new("View", width, height, float_buffer=True, is_data=True)
    image.pixels.foreach_set(np.dstack([picture[::-1], np.ones((height, width, 1), np.float32)]).ravel())
    return image


def bake(tree: bpy.types.NodeTree, texture_px: int) -> tuple[float, float, bpy.types.Image]:
    """Seconds of the operator on the clock and of the processor, and the texture."""
    image = bpy.data.images.new("Texture", texture_px, texture_px, is_data=True)
    target = tree.nodes.new("ShaderNodeTexImage")
    target.image = image
    tree.nodes.active = target
    start, cpu_start = time.perf_counter(), time.process_time()
    bpy.ops.object.bake(type="EMIT", margin=GUTTER_PX, margin_type="EXTEND")
    return time.perf_counter() - start, time.process_time() - cpu_start, image


print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
