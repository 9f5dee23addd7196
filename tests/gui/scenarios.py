"""What a person does in the window; played by `stage.py` inside Blender, judged by `test_window.py` outside."""

from __future__ import annotations

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d

PROMPT = "red brick wall"


def texture_and_undo(stage):
    """Open the tab, generate, look before, during and after, and take it back with Ctrl Z."""
    yield from _prepare(stage)
    cube = bpy.data.objects["Cube"]
    stage.report["material_before"] = cube.active_material.name
    yield from stage.shot("before")
    yield from stage.press("vernissage.texture_object")
    stage.report["started_by_button"] = stage.jobs is not None and not stage.jobs.is_finished
    yield from stage.wait_for(lambda: stage.jobs.summary().percent >= 20, "20 % of the job")
    summary = stage.jobs.summary()
    stage.report["during"] = {"stage": summary.stage, "percent": summary.percent, "object": summary.object_name}
    yield from stage.shot("during")
    yield from stage.wait_for(lambda: stage.jobs.is_finished, "the end of the job")
    yield 1.0
    stage.report["errors"] = [str(job.error) for job in stage.jobs.failed]
    stage.report["material_after"] = cube.active_material.name
    stage.report["image"] = stage.jobs.jobs[0].image_name
    stage.report["materials_in_file"] = sorted(material.name for material in bpy.data.materials)
    yield from stage.shot("after")
    yield from stage.key("ctrl+z")
    yield 0.5
    stage.report["material_undone"] = bpy.data.objects["Cube"].active_material.name
    stage.report["prompt_undone"] = stage.texture.prompt
    yield from stage.shot("undone")
    yield from stage.key("ctrl+shift+z")
    yield 0.5
    stage.report["material_redone"] = bpy.data.objects["Cube"].active_material.name


def touch_up(stage):
    """Paint the cube, then anew what the viewport shows of it: it is the three sides that one sees."""
    yield from _prepare(stage)
    stage.texture.view_count, stage.texture.view_size, stage.texture.texture_size = 6, 128, 256
    area, region = stage.view()
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.vernissage.texture_object("INVOKE_DEFAULT")
    yield from stage.wait_for(lambda: stage.jobs.is_finished, "the first texture")
    cube = bpy.data.objects["Cube"]
    before = _texture_of(cube)
    stage.texture.prompt = "blue ice"
    touch_up = bpy.context.scene.vernissage.touch_up
    touch_up.region, touch_up.feather = "VIEW", 0
    camera = stage.addon("scene.present").viewport_camera(area.spaces.active)
    stage.report["astray_px"] = _astray_px(camera, cube, area, region)
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.vernissage.touch_up("INVOKE_DEFAULT")
    yield from stage.wait_for(lambda: stage.jobs.is_finished, "the touch up")
    stage.report["errors"] = [str(job.error) for job in stage.jobs.failed]
    stage.report["changed_faces"] = _changed_faces(cube, before, _texture_of(cube))
    eye = area.spaces.active.region_3d.view_matrix.inverted().translation
    stage.report["seen_faces"] = sorted(face.index for face in cube.data.polygons
                                        if face.normal.dot(eye - cube.matrix_world @ face.center) > 0)
    yield 1.0
    yield from stage.shot("touched_up")


def plan(stage):
    """Press Plan Views, read the figure, change what it depends on, and make cameras of it."""
    yield from _prepare(stage)
    yield from stage.shot("unplanned")
    current = stage.addon("jobs.current").current
    yield from stage.press("vernissage.plan_views")
    yield from stage.wait_for(lambda: current.plan is not None and current.plan.is_finished, "the plan")
    stage.report["views"], stage.report["coverage"] = current.plan.view_count, current.plan.coverage
    yield from stage.shot("planned")
    stage.texture.view_count = 5
    stage.view()[0].tag_redraw()
    yield from stage.shot("outdated")
    stage.texture.view_count = 8
    area, region = stage.view()
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=region):
        bpy.ops.vernissage.add_cameras("INVOKE_DEFAULT")
    stage.report["cameras"] = len(stage.texture.camera_collection.objects)
    stage.view()[0].tag_redraw()
    yield from stage.shot("cameras")


def _texture_of(obj):
    """(S, S, 3) uint8, row 0 at the bottom."""
    image = next(node.image for node in obj.active_material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return np.rint(values.reshape(*image.size, 4)[..., :3] * 255).astype(np.uint8)


def _changed_faces(obj, before, after):
    """Numbers of the faces whose middle has changed."""
    changed = (before != after).any(axis=2)
    size, layer = len(before), obj.data.uv_layers.active
    result = []
    for face in obj.data.polygons:
        column, row = (np.mean([layer.uv[loop].vector for loop in face.loop_indices], axis=0) * size).astype(int)
        if changed[row - 3:row + 3, column - 3:column + 3].mean() > 0.5:
            result.append(face.index)
    return result


def _astray_px(camera, obj, area, region):
    """How far the corners of the object are from where Blender draws them, by the camera that is sent."""
    matrix = np.reshape(camera.world_to_camera, (4, 4))
    half = max(region.width, region.height) / 2
    worst = 0.0
    for vertex in obj.data.vertices:
        place = obj.matrix_world @ vertex.co
        x, y, z = matrix[:3, :3] @ np.array(place) + matrix[:3, 3]
        reach = np.tan(camera.fov_rad / 2) * -z if camera.fov_rad is not None else camera.scale / 2
        mine = (np.array([x, y]) / reach - 2 * np.array([camera.shift_x, camera.shift_y])) * half + (
            region.width / 2, region.height / 2)
        drawn = location_3d_to_region_2d(region, area.spaces.active.region_3d, place)
        worst = max(worst, float(np.abs(mine - np.array(drawn)).max()))
    return worst


def cancel(stage):
    yield from _prepare(stage)
    material, images = bpy.data.objects["Cube"].active_material, len(bpy.data.images)
    yield from stage.press("vernissage.texture_object")
    yield from stage.wait_for(lambda: stage.jobs.summary().percent >= 5, "5 % of the job")
    yield from stage.press("vernissage.cancel_job", across=stage.cross)
    yield from stage.wait_for(lambda: stage.jobs.is_finished, "the end of the cancelled job")
    yield 0.5
    job = stage.jobs.jobs[0]
    stage.report["error_kind"] = job.error.kind.value
    stage.report["material_unchanged"] = bpy.data.objects["Cube"].active_material is material
    stage.report["new_images"] = [image.name for image in bpy.data.images[images:]]
    yield from stage.shot("cancelled")


def live(stage):
    """Two objects show what is painted on them; meanwhile the file is saved, a step is undone, one object is moved and
    the other deleted; then the job is cancelled.
    """
    yield from _prepare(stage)
    stage.texture.together = True
    stage.texture.view_size, stage.texture.steps = 256, 200  # long enough to look at it, on a quick machine too
    area, region = stage.view()
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.mesh.primitive_uv_sphere_add(location=(-2.6, 0, 0.4))
        bpy.data.objects["Cube"].select_set(True)
        bpy.ops.ed.undo_push(message="Add")
        bpy.context.scene.frame_set(2)
        bpy.ops.ed.undo_push(message="Another frame")
    stage.report["materials_before"] = _materials()
    yield from stage.shot("live_before")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.vernissage.texture_object("INVOKE_DEFAULT")
    yield from stage.wait_for(lambda: min((job.surface_number for job in stage.jobs.running), default=0) >= 8,
                              "eight pictures")
    for shading in ("SOLID", "MATERIAL", "RENDERED"):
        area.spaces.active.shading.type = shading
        yield 2.0
        yield from stage.shot(f"live_{shading.lower()}")
    area.spaces.active.shading.type = "SOLID"
    stage.report["painting"] = not stage.jobs.is_finished
    stage.report["materials_during"] = _materials()
    stage.report["images_during"] = [image.name for image in bpy.data.images]
    saved = str(stage.pictures / "live.blend")
    bpy.ops.wm.save_as_mainfile(filepath=saved, copy=True, check_existing=False)
    with bpy.data.libraries.load(saved) as (found, _):
        stage.report["materials_saved"], stage.report["images_saved"] = list(found.materials), list(found.images)
    yield from stage.key("ctrl+z")
    stage.report["frame_undone"] = bpy.context.scene.frame_current
    stage.report["materials_undone"] = _materials()
    yield from stage.shot("live_undone")
    bpy.data.objects["Cube"].location.x += 0.5
    bpy.data.objects.remove(bpy.data.objects["Sphere"])
    yield 1.0
    yield from stage.shot("live_deleted")
    stage.jobs.cancel()
    yield from stage.wait_for(lambda: stage.jobs.is_finished, "the end of the cancelled job")
    yield from stage.shot("live_cancelled")
    stage.report["materials_after"] = _materials()
    stage.report["skins_after"] = sum(job.skin is not None for job in stage.jobs.jobs)


def _materials():
    return {obj.name: [slot.material and slot.material.name for slot in obj.material_slots]
            for obj in bpy.data.objects if obj.type == "MESH"}


def empty_prompt(stage):
    """An error shows its sentence and its remedy in the panel."""
    yield from _prepare(stage)
    stage.texture.prompt = ""
    yield from stage.press("vernissage.texture_object")
    yield 0.5
    error = stage.addon("jobs.current").current.error
    stage.report["sentence"], stage.report["remedy"] = error.sentence, error.remedy
    yield from stage.shot("error")


def chinese(stage):
    view = bpy.context.preferences.view
    view.language = "zh_HANS"
    view.use_translate_interface = True
    yield from _prepare(stage)
    yield from stage.shot("chinese")
    translate = bpy.app.translations.pgettext_iface
    stage.report["translated"] = {text: translate(text) for text in ("Generate", "Prompt", "Texture Size")}
    stage.texture.prompt = ""
    yield from stage.press("vernissage.texture_object")
    yield 0.5
    yield from stage.shot("chinese_error")


def die_in_a_job(stage):
    """Run until the backend paints; the test then kills Blender from outside."""
    yield from _prepare(stage)
    yield from stage.press("vernissage.texture_object")
    yield from stage.wait_for(lambda: stage.jobs.summary().percent >= 10, "10 % of the job")
    (stage.pictures / "painting.pid").write_text(str(stage.backend_process_id()))
    yield 600.0


def _prepare(stage):
    """Solid view with the texture's colours, which software OpenGL draws at once; the tab open; a prompt."""
    area, _ = stage.view()
    area.spaces.active.shading.type = "SOLID"
    area.spaces.active.shading.color_type = "TEXTURE"
    area.spaces.active.region_3d.view_distance = 7.0
    bpy.context.preferences.view.show_splash = False
    yield from stage.open_sidebar()
    cube = bpy.data.objects["Cube"]
    bpy.context.view_layer.objects.active = cube
    cube.select_set(True)
    stage.texture.prompt = PROMPT
    stage.texture.texture_size = 512
    area, region = stage.view()
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=area, region=region):
        bpy.ops.ed.undo_push(message="Edit Value")  # as typing into the fields does
    yield 0.5
