"""What a person does in the window with styles; as `scenarios.py`."""

from __future__ import annotations

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d


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
    for path in (*stage.pictures.glob("film_0*"), *stage.pictures.glob("broken_off_*")):  # of an earlier run
        path.unlink()
    scene = bpy.context.scene
    scene.render.filepath = str(stage.pictures / "film_")
    scene.frame_start, scene.frame_end = 1, 2
    scene.render.image_settings.file_format = "OPEN_EXR"
    done = current.style
    bpy.ops.render.render("INVOKE_DEFAULT", animation=True)
    yield from stage.wait_for(lambda: current.style is not done and current.style.is_finished, "the styled frames")
    stage.report["errors"] += [str(job.error) for job in current.style.failed]
    stage.report["frames"] = sorted(path.name for path in stage.pictures.glob("film_0*"))
    yield 0.5
    yield from stage.shot("style_frames")
    can_begin = bpy.ops.vernissage.stylise_image.poll
    scene = bpy.context.scene
    scene.render.filepath = str(stage.pictures / "broken_off_")
    scene.frame_end = 1000
    scene.frame_current = 500  # where Blender comes back to before it tells of Esc
    done = current.style
    stage.report["may_begin"] = [can_begin()]
    bpy.ops.render.render("INVOKE_DEFAULT", animation=True)
    yield from stage.wait_for((stage.pictures / "broken_off_0001.exr").is_file, "the first frame")
    stage.report["may_begin"].append(can_begin())
    yield from stage.key("Escape")
    yield from stage.wait_for(lambda: current.style is not done and current.style.is_finished, "the frames until Esc")
    stage.report["broken_off"] = sorted(path.name for path in stage.pictures.glob("broken_off_*"))


def style_view(stage):
    """What the viewport shows of a cube is stylised by the button of its sidebar, in an area of the cube alone, and
    shown in an Image Editor that is empty; then it is taken back.
    """
    bpy.context.preferences.view.show_splash = False
    cube = bpy.data.objects["Cube"]
    style, current = bpy.context.scene.vernissage.style, stage.addon("jobs.current").current
    item = style.styles.add()
    item.kind, item.number, item.place, item.object = "NUMBER", 12, "OBJECT", cube
    _turn(stage.addon("panels.style_texture").VERNISSAGE_PT_style_texture, set())
    _turn(stage.addon("panels.texture").VERNISSAGE_PT_texture, {"DEFAULT_CLOSED"})  # it takes all of the sidebar
    window = bpy.context.window_manager.windows[0]
    editor = next(area for area in window.screen.areas if area.type == "DOPESHEET_EDITOR")
    editor.type = "IMAGE_EDITOR"
    area, region = stage.view()
    overlays = stage.report["overlays_before"] = area.spaces.active.overlay.show_overlays
    bpy.ops.ed.undo_push(message="Prepared")
    yield from stage.open_sidebar()
    yield from stage.shot("view_before")
    yield from stage.press("vernissage.stylise_view")
    yield from stage.wait_for(lambda: current.style is not None and current.style.is_finished, "the styled view")
    stage.report["errors"] = [str(job.error) for job in current.style.failed]
    stage.report["overlays_after"] = area.spaces.active.overlay.show_overlays
    yield 1.0
    image = editor.spaces.active.image
    stage.report["shown"], stage.report["size"] = image.name, [*image.size]
    stage.report["region"] = [region.width, region.height]
    before = current.style.jobs[0].picture.pixels
    after = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(after)
    after = np.rint(after.reshape(*image.size[::-1], 4)[::-1, :, :3] * 255)
    changed = np.abs(after - before).max(axis=2) > 8
    place = location_3d_to_region_2d(region, area.spaces.active.region_3d, cube.location)
    column, row = int(place.x), region.height - int(place.y)
    stage.report["changed_on_cube"] = float(changed[row - 20:row + 20, column - 20:column + 20].mean())
    stage.report["changed_in_corner"] = float(changed[-60:, :60].mean())
    stage.report["grid_lines"] = float(np.ptp(before[-60:, :60]))
    yield from stage.shot("view_after")
    yield from stage.key("ctrl+z")
    stage.report["images_undone"] = [image.name for image in bpy.data.images]
    assert overlays == area.spaces.active.overlay.show_overlays


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
    _turn(stage.addon("panels.film").VERNISSAGE_PT_film, set())
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


def _turn(panel, options):
    """Let a panel be open or closed at first."""
    bpy.utils.unregister_class(panel)
    panel.bl_options = options
    bpy.utils.register_class(panel)


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
    yield from stage.press("vernissage.cancel_job", across=stage.cross)
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
