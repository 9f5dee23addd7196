"""Frames of a film, rendered with what a style job must know of them, and the scene as the artist had it afterwards.

A render in a window goes on beside the artist, who may save the file or add a step to its history in the middle of it.
So what the settings were is kept in the scene itself until they are that again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import bpy
from bpy.types import Scene, ViewLayer

from ..protocol.errors import BadInput, Cancelled, StorageError
from ..protocol.film import Anchor, ViewTransform
from ..protocol.remarks import Remark

__all__ = ["check_film", "film_remarks", "find_scene", "keep_frame", "prepare_frame", "restore_scenes", "start_render",
           "view_transform"]

_RENDERED = "rendered_"  # the frame at work, until it is whole


def find_scene(uid: int, name: str) -> Scene:
    """The scene of a session UID; `name` is what messages call it.

    Raises:
        BadInput: it has been deleted.
    """
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == uid), None)
    if scene is None:
        raise BadInput("The scene {scene} is gone.", "Open the file again.", scene=name)
    return scene


def check_film(scene: Scene, frames: Sequence[int], step: int, anchor: Anchor) -> None:
    """Whether these frames can be rendered so that a style job can follow what moves.

    Raises:
        BadInput: there are none, there is no camera, or the motion between them is not known.
    """
    if not frames:
        raise BadInput("The film {name} has no frame.", "Let it end no earlier than it starts.", name=scene.name)
    if scene.camera is None and not any(marker.camera for marker in scene.timeline_markers):
        raise BadInput("The scene {scene} has no camera.", "Add one, and make it the active one.", scene=scene.name)
    if anchor is Anchor.SCREEN:
        return
    if scene.render.engine != "CYCLES":
        raise BadInput("The render engine {engine} does not tell how things move.",
                       "Choose Cycles, or let the strokes cling to the screen.", engine=scene.render.engine)
    if step != 1 and len(frames) > 1:
        raise BadInput("Only one frame of {step} would be rendered, and motion is known from frame to frame.",
                       "Set the step to 1, or let the strokes cling to the screen.", step=step)


def film_remarks(scene: Scene, anchor: Anchor) -> tuple[Remark, ...]:
    """What a film will not show of what the scene is set to."""
    remarks = []
    if anchor is Anchor.SURFACE and scene.render.use_motion_blur:
        remarks.append(Remark("The film is rendered without motion blur, with which Cycles does not tell how things "
                              "move."))
    if anchor is Anchor.SURFACE and len(_layers(scene)) > 1:
        remarks.append(Remark("Of several view layers, only the motion in {layer} is followed.",
                              {"layer": _layers(scene)[0].name}))
    view = scene.view_settings
    if view.use_curve_mapping or getattr(view, "use_white_balance", False):  # the latter: Blender 4.3
        remarks.append(Remark("Curves and the white balance under Color Management are left out of films."))
    return tuple(remarks)


def view_transform(scene: Scene) -> ViewTransform:
    """How the scene's light is seen."""
    own = Path(bpy.utils.system_resource("DATAFILES", path="colormanagement"), "config.ocio")
    config = os.environ.get("BLENDER_OCIO") or os.environ.get("OCIO") or own
    view = scene.view_settings
    working = getattr(bpy.data, "colorspace", None)  # Blender 5.0
    return ViewTransform(config=str(config), display=scene.display_settings.display_device, view=view.view_transform,
                         space="scene_linear" if working is None else working.working_space,
                         look="" if view.look == "None" else view.look, exposure=view.exposure, gamma=view.gamma)


def prepare_frame(scene: Scene, frame: int, folder: Path, anchor: Anchor) -> None:
    """Set the scene to render this frame, with what must be known of it, into a folder; until `restore_scenes`."""
    wanted = list(_wanted(scene, frame, folder, anchor))
    before = [(owner, name, getattr(_owner(scene, owner), name)) for owner, name, _ in wanted]
    scene.vernissage.film.before = json.dumps(before)
    for owner, name, value in wanted:
        if value is not None:
            setattr(_owner(scene, owner), name, value)


def start_render(scene: Scene) -> None:
    """Render it: in a window beside the artist, without a window of its own; in background at once.

    Raises:
        BadInput: Blender does not.
    """
    view = bpy.context.preferences.view
    shown = view.render_display_type
    try:
        view.render_display_type = "NONE"
        bpy.ops.render.render("EXEC_DEFAULT" if bpy.app.background else "INVOKE_DEFAULT", animation=True,
                              scene=scene.name)
    except RuntimeError as error:
        raise BadInput("{scene} cannot be rendered: {reason}.", "Render it with F12, and look what Blender says.",
                       scene=scene.name, reason=str(error).removeprefix("Error: ").strip().rstrip(".")) from error
    finally:
        view.render_display_type = shown


def keep_frame(scene: Scene, frame: int, path: Path) -> None:
    """Give the rendered frame its name, by which it is known to be whole. The scene is still prepared.

    Raises:
        Cancelled: there is none.
        StorageError: it cannot be renamed.
    """
    rendered = Path(scene.render.frame_path(frame=frame))
    if rendered.parent != path.parent or not rendered.is_file():  # the former: an undo ended the render
        raise Cancelled("The render was stopped at frame {frame}.", "Begin again: the frames before it are kept.",
                        frame=frame)
    try:
        os.replace(rendered, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def restore_scenes() -> None:
    """Every scene that is prepared to render a frame is set as it was before."""
    for scene in bpy.data.scenes:
        film = scene.vernissage.film
        for owner, name, value in json.loads(film.before or "[]"):
            setattr(_owner(scene, owner), name, value)
        if film.before:
            film.before = ""


def _wanted(scene: Scene, frame: int, folder: Path, anchor: Anchor) -> Iterator[tuple[str, str, object]]:
    """Owner, name and value; no value for what Blender changes with another. In the order in which they can be set."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # Blender 5.0
        yield "render.image_settings", "media_type", "MULTI_LAYER_IMAGE"
    yield "render.image_settings", "file_format", "OPEN_EXR_MULTILAYER"
    yield "render.image_settings", "color_mode", None
    yield "render.image_settings", "color_depth", "32"  # the numbers of Cryptomatte fill all of it
    yield "render.image_settings", "exr_codec", "ZIP"
    yield "render.image_settings", "color_management", "FOLLOW_SCENE"
    yield "render", "filepath", str(folder / _RENDERED)
    yield "render", "use_file_extension", True
    yield "render", "use_overwrite", True
    yield "render", "use_placeholder", False
    yield "render", "use_multiview", False
    yield "render", "use_sequencer", False  # in which the last film may lie
    yield "", "frame_start", frame
    yield "", "frame_end", frame
    yield "", "frame_step", 1
    yield "vernissage.style", "stylise_renders", False
    if anchor is Anchor.SURFACE:
        yield "render", "use_motion_blur", False
        layer = _layers(scene)[0]
        owner = f'view_layers["{bpy.utils.escape_identifier(layer.name)}"]'
        yield owner, "use_pass_vector", True
        yield owner, "use_pass_z", True
        if not layer.use_pass_cryptomatte_object:
            yield owner, "use_pass_cryptomatte_object", True
            yield owner, "pass_cryptomatte_depth", 2


def _layers(scene: Scene) -> list[ViewLayer]:
    return [layer for layer in scene.view_layers if layer.use] or [scene.view_layers[0]]


def _owner(scene: Scene, path: str) -> bpy.types.bpy_struct:
    return scene.path_resolve(path) if path else scene
