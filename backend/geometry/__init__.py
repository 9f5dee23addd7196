"""Where surfaces, texels and views meet: rasterise, plan, bake, fill.

Rooms, in the order in which a texture job walks through them:

| room | what it answers |
|---|---|
| `mesh` | the triangles of a scene, checked once |
| `tiles` | which square of the UV plane is which picture |
| `uv_raster` | which point of the surface does each texel of one texture show |
| `camera` | where does a point land in a view |
| `view_raster` | which point of the surface does each pixel of a view show |
| `cover` | which share of each pixel do objects cover |
| `control` | depth, normal and ID images of a view, as ControlNets want them |
| `view_plan` | which few views see most of the texture |
| `gap` | which area did no view see well, and from where is it seen |
| `bake` | which pixels of a view colour which texels |
| `threads` | views side by side |
| `transfer` | colours from those pixels to those texels, and back |
| `blend` | what several views saw of a texel, as one colour; how far they disagree |
| `exposure` | gain and bias that make the views agree in tone |
| `fill` | colours for the texels that no view saw |
| `detail` | grain for those colours, from the seen texels beside them |
| `gutter` | colours for the texels that no triangle covers |
| `seams` | where charts are cut apart on one surface: measured, and closed |

Conventions, everywhere in this package:

- World and camera space are Blender's: right-handed, z up; a camera looks along its own -z, y up.
- Images are (height, width, channels), row 0 at the top. Pixel and texel centres lie at +0.5, so that
  texel (row, column) of a texture of S texels shows u = (column + 0.5) / S, v = 1 - (row + 0.5) / S.
- Flat indices are row * width + column.
- Depth is linear: the distance along the viewing axis, not along the ray.
- The same input gives the same bytes: kernels are single-threaded and free of the GIL, and threads share
  out whole views.
"""
