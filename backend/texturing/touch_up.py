"""Only a region of a texture is painted anew: what is to change, what it looks like now, and how both are joined.

The views show the texture as it is. While they are denoised, what lies outside of the region is told to be what it is
at each step (Lugmayr et al., "RePaint", 2022, with x̂0 in place of noisy samples); before the first free step all of it
is (Meng et al., "SDEdit", 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt, find_objects, label, uniform_filter

from protocol.errors import BadInput
from protocol.requests import PaintRequest, PictureFormat, Region, TouchUp

from ..colours import LUMA
from ..geometry.camera import Camera
from ..geometry.gutter import GUTTER_PX, fill_gutter
from ..geometry.mesh import Mesh, read_arrays
from ..geometry.seams import SeamStep, close_seams, find_seams, seam_step
from ..geometry.transfer import Spread
from ..geometry.uv_raster import Texels, rasterise_uv
from ..geometry.view_raster import ViewRaster
from ..textures import kept_as, read_texture, shown, stored
from .baking import Baked
from .seen import read_seen
from .views import View

__all__ = ["Present", "changed_outside", "gutter_of", "join_region", "read_kept", "read_present", "show_present"]

_RIM_PX = 4  # texels at a chart's border that views miss
_DENSE, _AROUND_PX = 0.5, 5  # texels a pixel, within so many pixels; with fewer, some would have none


@dataclass(frozen=True, eq=False)
class Present:
    """A texture as it is, and how much of it is to be new.

    Attributes:
        kept: (S, S, 3) as its file is to hold it, see `textures.stored`.
        kind: of that file.
        image: (S, S, 3) float32 in 0 to 1, sRGB: what it shows.
        share: (S, S) float32 in 0 to 1: of the new texture; 0 outside of the region and of the charts.
        strength: as in the request.
        seen: (N,) float32, the best cosine at which earlier views saw each texel; None where that is not known.
        camera: the view that is planned for the region; None for any that see it.
    """

    kept: NDArray
    kind: PictureFormat
    image: NDArray[np.float32]
    share: NDArray[np.float32]
    strength: float
    seen: NDArray[np.float32] | None = None
    camera: Camera | None = None

    def subset(self, texels: Texels) -> Texels:
        """The texels of the region."""
        return texels.subset(np.flatnonzero(self.share.ravel()[texels.index] > 0))

    def coverage(self, baked: Baked, texels: Texels) -> float:
        """The share of the region that a view saw."""
        region = self.share.ravel()[texels.index] > 0
        return float((baked.weights[region] > 0).mean())

    def seen_after(self, cosines: NDArray[np.float32], texels: Texels) -> NDArray[np.float32] | None:
        """What earlier views and the new ones, which see each texel at these cosines (N,), saw of what is shown now."""
        if self.seen is None:
            return None
        is_new = (self.share.ravel()[texels.index] > 0) & (cosines > 0)
        return np.where(is_new, cosines, self.seen)


def read_present(request: PaintRequest, touch_up: TouchUp, folder: Path, texels: Texels, chosen: NDArray | None,
                 camera: Camera | None) -> Present:
    """The texture and the region of a request.

    Args:
        request: says which mesh, and how the texture is kept.
        folder: of the job, which holds the files.
        chosen: numbers of the texels of a region that depends on views; None where it does not.
        camera: as in `Present`.

    Raises:
        BadInput: a file cannot be read, or the region is empty.
    """
    size = texels.size_px
    kept = read_kept(folder / touch_up.texture, size, request.picture_format)
    inside = np.zeros(size * size, bool)
    if touch_up.region is Region.MASK:
        inside[texels.index] = (_read_mask(folder / touch_up.mask, size).ravel() > 127)[texels.index]
    elif chosen is not None:
        inside[texels.index[chosen]] = True
    else:
        inside[_touched(folder / request.mesh, size, touch_up.name).index] = True
        inside &= texels.covered.ravel()
    if not inside.any():
        raise BadInput("Nothing of {name} is to be touched up: the region is empty.",
                       "Select faces in Edit Mode, paint a mask, or look at the object.", name=touch_up.name)
    share = _feathered(inside.reshape(size, size), texels.covered, touch_up.feather_px)
    seen = read_seen(folder / touch_up.seen, texels) if touch_up.seen else None
    return Present(kept, request.picture_format, shown(kept), share, touch_up.strength, seen, camera)


def show_present(present: Present, mesh: Mesh, texels: Texels, views: Sequence[View]
                 ) -> tuple[torch.Tensor, torch.Tensor]:
    """What the views show of the texture (n, H, W, 3), the background in its mean colour, and how much of it stays
    (n, H, W): 0 in the background.

    A pixel shows the mean of the texels that lie in it: of a large texture the nearest one alone would tell a view a
    bolder grain than there is. Where they are sparser than pixels, it shows the nearest.
    """
    layers = np.concatenate([present.image, present.share[..., None]], axis=2)
    of_texels = torch.from_numpy(layers.reshape(-1, 4)[texels.index])
    pictures, stays = [], []
    for view in views:
        seen = _nearest(layers, mesh, view.raster)
        view_map = view.maps[texels.object_id]
        spread = Spread(view_map)
        mean = spread.onto_pixels(of_texels[torch.from_numpy(view_map.texel).long()]).numpy()
        is_dense = (uniform_filter(spread.density, _AROUND_PX) >= _DENSE) & (spread.density > 0)
        seen[is_dense] = mean[is_dense]
        is_shown = view.raster.object_ids(mesh) >= 0
        picture = seen[..., :3].copy()
        picture[~is_shown] = picture[is_shown].mean(axis=0) if is_shown.any() else 0.5
        pictures.append(picture)
        stays.append(np.where(is_shown, 1 - seen[..., 3], np.float32(0)))
    return torch.from_numpy(np.stack(pictures)), torch.from_numpy(np.stack(stays))


def _nearest(layers: NDArray[np.float32], mesh: Mesh, raster: ViewRaster) -> NDArray[np.float32]:
    """(H, W, C) the texel nearest to each pixel's centre, of a texture (S, S, C); any in the background."""
    uv = np.einsum("hwc,hwcx->hwx", raster.barycentrics(mesh), mesh.corner_uvs[raster.triangle])
    size = len(layers)
    column = np.floor(uv[..., 0] * size).astype(np.int64) % size
    row = np.floor((1 - uv[..., 1]) * size).astype(np.int64) % size
    return layers[row, column]


def join_region(present: Present, baked: Baked, mesh: Mesh, texels: Texels) -> tuple[NDArray, SeamStep]:
    """The texture (S, S, 3) as it is kept with its region new, and the seam step (see `seams.seam_step`) of the cuts
    within that, as a screen of 8 bit shows it.

    What no view saw stays as it is but for a rim of a few texels of a chart beside what is new, which continues it; so
    does, bit by bit, all that is neither in the region nor in its gutter. Cuts between new charts are joined; those
    between new and old are the region's border.
    """
    region = present.share.ravel()[texels.index] > 0
    fresh = texels.to_image((region & (baked.weights > 0))[:, None])[..., 0]
    distance, (row, column) = distance_transform_edt(~fresh, return_indices=True)
    charts, _ = label(texels.covered, np.ones((3, 3), bool))
    fresh |= (present.share > 0) & (distance <= _RIM_PX) & (charts[row, column] == charts)
    colours = texels.to_image(baked.colours)[row, column]
    share = np.where(fresh, present.share, np.float32(0))[..., None]
    now = fill_gutter(present.image + share * (colours - present.image), texels.covered)
    changed = fresh | gutter_of(fresh, texels)
    seams = find_seams(mesh, texels.size_px, texels.object_id).within(changed)
    now = close_seams(now, seams).clip(0, 1)
    after = np.where(changed[..., None], stored(now, present.kind), present.kept)
    return after, seam_step(stored(shown(after), PictureFormat.PNG_8), seams, fresh)


def changed_outside(present: Present, after: NDArray, texels: Texels) -> int:
    """How many texels of a texture (S, S, 3) are not as they were, though they are neither in the region nor in its
    gutter: none, by `join_region`.
    """
    inside = present.share > 0
    differs = (present.kept != after) & ~(np.isnan(present.kept) & np.isnan(after))
    return int((differs.any(axis=2) & ~inside & ~gutter_of(inside, texels)).sum())


def gutter_of(chosen: NDArray[np.bool_], texels: Texels) -> NDArray[np.bool_]:
    """(S, S) bool: what lies beyond the charts, within reach, and nearest to a chosen texel (S, S) of all in charts."""
    distance, (row, column) = distance_transform_edt(~texels.covered, return_indices=True)
    return ~texels.covered & (distance <= GUTTER_PX) & chosen[row, column]


def _feathered(inside: NDArray[np.bool_], covered: NDArray[np.bool_], feather_px: int) -> NDArray[np.float32]:
    """From 0 at the region's border to 1 inside; the border of a chart is none, nor is the chart beside it. The texture
    repeats: what goes on beyond its last column goes on in its first one.
    """
    if not feather_px:
        return inside.astype(np.float32)
    size, rim = len(inside), min(feather_px + 1, len(inside))
    inside, covered = (np.pad(each, rim, mode="wrap") for each in (inside, covered))
    share = inside.astype(np.float32)
    charts, _ = label(covered, np.ones((3, 3), bool))
    both = set(np.unique(charts[inside])) & set(np.unique(charts[covered & ~inside]))
    for number, place in enumerate(find_objects(charts), 1):
        if number in both:
            chart, part = charts[place] == number, inside[place]
            distance = distance_transform_edt(~(chart & ~part))
            share[place] = np.where(chart & part, np.minimum(distance / (feather_px + 1), 1), share[place])
    return share[rim:rim + size, rim:rim + size]


def _touched(path: Path, size_px: int, name: str) -> Texels:
    """The texels of the faces that are to be painted anew."""
    arrays = read_arrays(path)
    touched = arrays.pop("touched", None)
    if touched is None or touched.shape != (len(arrays["triangles"]),):
        raise BadInput("The mesh file {mesh} does not say which faces are to be touched up.",
                       "Write it again from Blender.", mesh=path.name)
    if not touched.any():
        raise BadInput("No face of {name} is selected.",
                       "Select the faces to be touched up in Edit Mode (--faces: an attribute that is true of some).",
                       name=name)
    for array in ("paintable", "object_ids"):
        arrays.pop(array, None)
    arrays["object_ids"] = np.where(touched, 0, -1).astype(np.int32)
    mesh = Mesh.from_arrays(arrays)
    try:
        return rasterise_uv(mesh, size_px)
    except BadInput as error:
        raise BadInput("The selected faces of {name} have no area in its UVs.",
                       "Unwrap them, or select other faces.", name=name) from error


def read_kept(path: Path, size_px: int, kind: PictureFormat) -> NDArray:
    """A texture (S, S, 3) as `textures.stored` gives it; bit by bit what the file holds, if that is of this kind.

    Raises:
        BadInput: it cannot be read, or has another size.
    """
    texture = read_texture(path)
    if texture.ndim != 3 or texture.shape != (size_px, size_px, 3):
        raise BadInput("The picture {path} is of the shape {shape}, not {size} x {size} pixels of RGB.",
                       "Write it again from Blender.", path=path.name, shape=texture.shape, size=size_px)
    return kept_as(texture, kind)


def _read_mask(path: Path, size_px: int) -> NDArray[np.uint8]:
    """(S, S), from a square picture of any size: what Blender wrote as `.npy`, or any file that OpenImageIO reads."""
    grey = shown(read_texture(path)) @ LUMA if path.suffix != ".npy" else _read_array(path) / np.float32(255)
    picture = Image.fromarray(np.rint(255 * grey.clip(0, 1)).astype(np.uint8))
    return np.asarray(picture.resize((size_px, size_px), Image.Resampling.LANCZOS))


def _read_array(path: Path) -> NDArray[np.uint8]:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise BadInput("The picture {path} cannot be read: {reason}.", "Write it again from Blender.",
                       path=path.name, reason=str(error)) from error

