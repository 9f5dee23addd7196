"""Panels, drawn into a layout that knows what there is to be drawn."""

from __future__ import annotations

import importlib
from types import ModuleType, SimpleNamespace
from typing import Any

import bpy
import pytest


class Layout:
    """Of which each part is another; notes what it is asked for.

    Attributes:
        drawn: names of properties and operators.
    """

    def __init__(self, drawn: list[str]) -> None:
        self.drawn = drawn

    def prop(self, data: Any, name: str, **_: object) -> None:
        assert name in data.bl_rna.properties, name
        self.drawn.append(name)

    prop_search = prop_enum = template_ID = lambda self, data, name, *_, **more: self.prop(data, name)

    def operator(self, idname: str, **_: object) -> SimpleNamespace:
        getattr(bpy.ops, idname.split(".")[0], SimpleNamespace()).__getattr__(idname.split(".")[1]).get_rna_type()
        self.drawn.append(idname)
        return SimpleNamespace()

    def panel(self, *_: object, **__: object) -> tuple[Layout, Layout]:
        return self, self

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self


@pytest.mark.parametrize(("panel", "operator"), [
    ("texture", "texture_object"), ("material", "make_material"), ("world", "make_world"),
    ("picture", "paint_picture"), ("style", "stylise_image"), ("style_texture", "stylise_texture"),
    ("film", "stylise_film"), ("compare_pictures", "compare_pictures"), ("exhibition", "build_exhibition"),
    ("train_style", "train_style")])
@pytest.mark.parametrize("model", ["MINI", "FOLDER"])
def test_a_panel_has_its_button_and_names_what_there_is(addon: ModuleType, empty_scene: bpy.types.Scene, panel: str,
                                                        operator: str, model: str) -> None:
    chosen = empty_scene.vernissage
    for group in (chosen.texture, chosen.picture, chosen.world):
        group.model = model
        group.model_folder = "//models/sd"
        embedded = "mini-sky" if group == chosen.world else "mini"
        assert group.model_name() == (embedded if model == "MINI" else bpy.path.abspath("//models/sd"))
    drawn: list[str] = []
    context = SimpleNamespace(
        scene=empty_scene, region=SimpleNamespace(width=300), space_data=None, selected_objects=[], active_object=None,
        mode="OBJECT", preferences=bpy.context.preferences, view_layer=bpy.context.view_layer, object=None)
    shown = getattr(bpy.types, f"VERNISSAGE_PT_{panel}")
    shown.draw(SimpleNamespace(layout=Layout(drawn), bl_idname=shown.bl_idname), context)
    assert f"vernissage.{operator}" in drawn
    if panel in ("texture", "material", "world", "picture"):
        assert {"prompt", "negative_prompt", "model", "seed", "steps", "guidance_scale"} <= set(drawn)
        assert ("model_folder" in drawn) is (model == "FOLDER")
    importlib.import_module(f"{addon.__name__}.jobs.current").current.forget_scene()
