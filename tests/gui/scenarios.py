"""What a person does in the window; played by `stage.py` inside Blender, judged by `test_window.py` outside."""

from __future__ import annotations

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d

PROMPT = "red brick wall"
CROSS = 0.835  # the ✕ beside the progress bar, as a share of the sidebar's width


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
    yield from stage.press("vernissage.cancel_job", across=CROSS)
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


def style(stage):
    """A render is stylised by the button of the Image Editor, and taken back; then renders stylise themselves."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 4, False
    scene.render.resolution_x, scene.render.resolution_y = 384, 256
    bpy.context.preferences.view.show_splash = False
    bpy.context.preferences.view.render_display_type = "NONE"
    area, _ = stage.view()
    area.type = stage.editor = "IMAGE_EDITOR"
    bpy.ops.render.render()
    space = area.spaces.active
    space.image = bpy.data.images["Render Result"]
    style, current = scene.vernissage.style, stage.addon("jobs.current").current
    for kind in ("NUMBER", "FILE"):
        style.styles.add().kind = kind
    style.styles[1].path, style.styles[1].weight = _look(stage), 0.25
    bpy.ops.ed.undo_push(message="Add Style")
    yield from stage.open_sidebar()
    yield from stage.shot("style_before")
    yield from stage.press("vernissage.stylise_image")
    yield from stage.wait_for(lambda: current.style is not None and current.style.is_finished, "the styled picture")
    stage.report["errors"] = [str(job.error) for job in current.style.failed]
    yield 1.0
    stage.report["shown"] = space.image.name
    yield from stage.shot("style_after")
    yield from stage.key("ctrl+z")
    stage.report["images_undone"] = [image.name for image in bpy.data.images]
    stage.report["styles_undone"] = len(bpy.context.scene.vernissage.style.styles)
    stage.report["shown_undone"] = space.image and space.image.name
    yield from stage.shot("style_undone")
    style = bpy.context.scene.vernissage.style
    style.stylise_renders = True
    for number in (1, 2):
        done = current.style
        bpy.ops.render.render("INVOKE_DEFAULT")
        yield from stage.wait_for(lambda old=done: current.style is not old and current.style.is_finished,
                                  f"styled render {number}")
        stage.report[f"shown_{number}"] = space.image.name
        if number == 2:
            stage.report["kept"] = space.image.use_fake_user
            yield from stage.key("ctrl+z")
            stage.report["shown_undone_2"] = space.image and space.image.name
            yield from stage.key("ctrl+shift+z")
        space.image = bpy.data.images["Render Result"]
    stage.report["images_rendered"] = [image.name for image in bpy.data.images]
    scene = bpy.context.scene
    scene.render.filepath = str(stage.pictures / "film_")
    scene.frame_start, scene.frame_end = 1, 2
    scene.render.image_settings.file_format = "OPEN_EXR"
    done = current.style
    bpy.ops.render.render("INVOKE_DEFAULT", animation=True)
    yield from stage.wait_for(lambda: current.style is not done and current.style.is_finished, "the styled frames")
    stage.report["errors"] += [str(job.error) for job in current.style.failed]
    stage.report["frames"] = sorted(path.name for path in stage.pictures.glob("film_*"))
    yield 0.5
    yield from stage.shot("style_frames")
    can_begin = bpy.ops.vernissage.stylise_image.poll
    scene = bpy.context.scene
    scene.render.filepath = str(stage.pictures / "broken_off_")
    scene.frame_end = 1000
    done = current.style
    stage.report["may_begin"] = [can_begin()]
    bpy.ops.render.render("INVOKE_DEFAULT", animation=True)
    yield from stage.wait_for((stage.pictures / "broken_off_0001.exr").is_file, "the first frame")
    stage.report["may_begin"].append(can_begin())
    yield from stage.key("Escape")
    yield from stage.wait_for(lambda: current.style is not done and current.style.is_finished, "the frames until Esc")
    stage.report["broken_off"] = sorted(path.name for path in stage.pictures.glob("broken_off_*"))


def film(stage):
    """A film is rendered and stylised beside the artist, who adds a step to the history in the middle of a frame; then
    it is taken back in one step, and the one before it is what was added.
    """
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 64, False
    scene.render.resolution_x, scene.render.resolution_y = 384, 256
    scene.frame_end = 3
    cube = bpy.data.objects["Cube"]
    for frame in (1, 3):
        cube.location.x = 0.3 * frame
        cube.keyframe_insert("location", frame=frame)
    scene.vernissage.film.folder = str(stage.pictures / "stylised")
    scene.vernissage.film.add_strip = True
    bpy.context.preferences.view.show_splash = False
    panel = stage.addon("panels.film").VERNISSAGE_PT_film
    bpy.utils.unregister_class(panel)
    panel.bl_options = set()  # so that it is open
    bpy.utils.register_class(panel)
    area, _ = stage.view()
    area.type = stage.editor = "IMAGE_EDITOR"
    bpy.ops.ed.undo_push(message="Prepared")
    yield from stage.open_sidebar()
    before = stage.report["settings_before"] = _render_settings(scene)
    yield from stage.press("vernissage.stylise_film")
    current = stage.addon("jobs.current").current
    yield from stage.wait_for(lambda: current.film.job.shoot.done == 1 and bpy.app.is_job_running("RENDER"), "a frame")
    stage.report["in_the_middle"] = _render_settings(scene) != before
    bpy.data.objects["Light"].location.x += 1
    bpy.ops.ed.undo_push(message="In the middle")
    yield from stage.shot("film_during")
    yield from stage.wait_for(lambda: current.film.is_finished, "the film")
    yield 1.0
    scene = bpy.context.scene
    stage.report["errors"] = [str(job.error) for job in current.film.failed]
    stage.report["windows"] = len(bpy.context.window_manager.windows)
    stage.report["settings_after"] = _render_settings(scene)
    stage.report["frames"] = sorted(path.name for path in (stage.pictures / "stylised").glob("*.png"))
    stage.report["shown"] = area.spaces.active.image and area.spaces.active.image.name
    stage.report["strips"] = _strip_names(scene)
    yield from stage.shot("film_after")
    yield from stage.key("ctrl+z")
    scene = bpy.context.scene
    stage.report["images_undone"] = [image.name for image in bpy.data.images]
    stage.report["strips_undone"] = _strip_names(scene)
    stage.report["light_undone"] = bpy.data.objects["Light"].location.x
    stage.report["settings_undone"] = _render_settings(scene)  # of the step in the middle of a frame


def _render_settings(scene):
    return [scene.render.filepath, scene.render.image_settings.file_format, scene.frame_start, scene.frame_end,
            scene.view_layers[0].use_pass_vector, scene.render.use_sequencer, scene.vernissage.film.before]


def _strip_names(scene):
    editor = scene.sequence_editor
    return [strip.name for strip in (getattr(editor, "strips", None) or getattr(editor, "sequences", ()))]


def _look(stage):
    """The path of a picture of squares."""
    return _squares(stage.pictures / "look.png", 1)


def _squares(path, seed):
    """The path of a picture of squares."""
    image = bpy.data.images.new("Look", 64, 64)
    squares = np.random.default_rng(seed).random((8, 8, 4), np.float32)
    image.pixels.foreach_set(squares.repeat(8, 0).repeat(8, 1).ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return str(path)


def train_and_compare(stage):
    """A style is trained, cancelled, gone on with and used; then a folder is compared, and that is taken back."""
    bpy.context.preferences.view.show_splash = False
    current = stage.addon("jobs.current").current
    area, _ = stage.view()
    area.type = stage.editor = "IMAGE_EDITOR"
    space = area.spaces.active
    space.image = bpy.data.images.load(_look(stage))
    folder = stage.pictures / "wall"
    folder.mkdir(exist_ok=True)
    for number in range(4):
        _squares(folder / f"{number}.png", number)
    comparison, training = bpy.context.scene.vernissage.comparison, bpy.context.scene.vernissage.style_training
    comparison.folder, comparison.to_image = str(folder), True
    for name, value in {"size_px": 64, "crop_px": 64, "batch": 2, "start": 4, "test_every": 2, "patience": 0,
                        "rounds": 100_000}.items():
        setattr(training, name, value)
    for panel in (bpy.types.VERNISSAGE_PT_train_style, bpy.types.VERNISSAGE_PT_compare_pictures):
        bpy.utils.unregister_class(panel)
        panel.bl_options = set()  # open from the beginning, as if it had been clicked
        bpy.utils.register_class(panel)
    yield from stage.open_sidebar()
    yield from stage.press("vernissage.train_style")
    yield from stage.wait_for(lambda: current.training and current.training.job.figures.get("tested", 0) >= 4, "tests")
    yield from stage.shot("train_progress")
    yield from stage.press("vernissage.cancel_job", across=CROSS)
    yield from stage.wait_for(lambda: current.training.is_finished, "the end")
    stage.report["cancelled"] = str(current.training.job.error.kind)
    yield from stage.shot("train_cancelled")
    training.rounds = round(current.training.job.figures["tested"]) + 4
    yield from stage.press("vernissage.go_on_training", across=0.8)
    yield from stage.wait_for(lambda: current.training.is_finished and current.training.job.result, "the style")
    stage.report["rounds"] = [test.round for test in current.training.job.result.tests]
    yield from stage.shot("train_after")
    yield from stage.press("vernissage.use_trained_style")
    styles = bpy.context.scene.vernissage.style.styles
    stage.report["styles"] = [(item.kind, item.trained) for item in styles]
    yield from stage.press("vernissage.stylise_image")
    yield from stage.wait_for(lambda: current.style is not None and current.style.is_finished, "the styled picture")
    stage.report["styled"] = [str(job.error) for job in current.style.failed], space.image.name
    yield from stage.shot("train_used")
    yield from stage.scroll(40)
    yield from stage.press("vernissage.compare_pictures")
    yield from stage.wait_for(lambda: current.comparison is not None and current.comparison.is_finished, "the plot")
    stage.report["compared"] = str(current.comparison.job.error), space.image.name
    yield from stage.scroll(40)
    yield from stage.shot("compared")
    yield from stage.key("ctrl+z")
    stage.report["images_undone"] = [image.name for image in bpy.data.images]


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
