"""Ask for a redraw of what shows jobs, and of nothing else."""

from __future__ import annotations

from bpy.types import Context

__all__ = ["redraw_all", "redraw_sidebars", "redraw_viewports"]

TAB = "Vernissage"
_WITH_A_TAB = ("VIEW_3D", "IMAGE_EDITOR")


def redraw_sidebars(context: Context) -> None:
    """The sidebars that show our tab, and the World's properties: never a viewport, which may be in the middle of a
    render."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in _WITH_A_TAB:
                for region in area.regions:
                    if region.type == "UI" and region.active_panel_category == TAB:
                        region.tag_redraw()
            elif area.type == "PROPERTIES" and area.spaces.active.context == "WORLD":
                area.tag_redraw()


def redraw_viewports(context: Context) -> None:
    """The 3D viewports, for what is laid over them. A render in one goes on."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "WINDOW":
                        region.tag_redraw()


def redraw_all(context: Context) -> None:
    """The sidebars, and the preferences, which show an installation."""
    redraw_sidebars(context)
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
