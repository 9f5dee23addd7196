"""What a person does in the window; played by `stage.py` inside Blender, judged by `test_window.py` outside."""

from __future__ import annotations

import bpy

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
