"""What a 3D viewport shows, as a picture."""

from __future__ import annotations

import bpy
import gpu
import numpy as np

from ..protocol.errors import BadInput

__all__ = ["viewport_picture"]


def viewport_picture(context: bpy.types.Context) -> np.ndarray:
    """(H, W, 3) uint8, sRGB, row 0 at the top: what the context's viewport shows, as it is shaded there, without its
    overlays. Changes nothing.

    Raises:
        BadInput: there is nothing to draw on, as in background.
    """
    space = context.space_data
    region = next(region for region in context.area.regions if region.data == space.region_3d)
    width, height = region.width, region.height
    try:
        target = gpu.types.GPUOffScreen(width, height)
    except (SystemError, RuntimeError) as error:
        raise BadInput("The viewport cannot be drawn: {reason}.",
                       "Render instead (F12), and stylise the Render Result.", reason=error) from error
    overlays = space.overlay.show_overlays
    try:
        space.overlay.show_overlays = False
        target.draw_view3d(context.scene, context.view_layer, space, region, space.region_3d.view_matrix,
                           space.region_3d.window_matrix, do_color_management=True)
        pixels = target.texture_color.read()
    finally:
        space.overlay.show_overlays = overlays
        target.free()
    pixels.dimensions = height * width * 4
    return np.array(pixels, np.uint8).reshape(height, width, 4)[::-1, :, :3]
