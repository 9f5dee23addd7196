"""The light of a room, by Cycles, as a picture on the second UV map of what the room is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from ...protocol.exhibition import LightQuality
from .charts import PADDING, Atlas, Chart
from .denoising import denoised
from .light_layout import LIGHT_LAYER, LightMap
from .pieces import Piece
from .settings import changed_settings
from .shining import shining

__all__ = ["EFFORTS", "MOST_LIGHT", "Effort", "as_seen", "bake_light", "only_selected"]

MOST_LIGHT = 1.25  # a white wall gives 80 % of it back: it is white then, and no more
_LINEAR_TO = 0.6  # light up to here is shown as it is; what is brighter is pressed into what is left
_SMALL = ("SPOT", "POINT")
_APART_M = 6.0  # between lamps that are baked together: their cones do not meet
_FAR_TEXELS, _SMOOTH_TEXELS = 4, 2
_CLAMP = 0.5  # W/(sr m²): a wall under a lamp has a tenth, a lamp's own head many times as much
_NAME = "Vernissage Light"


@dataclass(frozen=True)
class Effort:
    """
    Attributes:
        texel_m, small_texel_m: of walls, and of what is small.
        lamp_samples: of a small lamp by itself, which is noisy in half shadow only.
        sky_samples: of all other light that comes straight from where it is made.
        passes, samples: of light that surfaces give each other: how often it is baked, and the samples of each time.
        bounces: of that light.
    """

    texel_m: float
    small_texel_m: float
    lamp_samples: int
    sky_samples: int
    passes: int
    samples: int
    bounces: int


EFFORTS = {LightQuality.DRAFT: Effort(0.10, 0.05, 4, 24, 2, 8, 3),
           LightQuality.GOOD: Effort(0.06, 0.03, 4, 96, 8, 8, 4),
           LightQuality.BEST: Effort(0.03, 0.015, 8, 64, 16, 16, 6)}


def bake_light(light: LightMap, mesh: bpy.types.Mesh, away: Sequence[bpy.types.Object], solid: Sequence[Piece],
               effort: Effort, tick: Callable[[float], None]) -> tuple[np.ndarray, list[int]]:
    """(H, W, 3) f32, row 0 at the top: the radiance of a white surface in W/(sr m²), everywhere in the atlas. And the
    numbers of charts that are sealed: they touch something else, or the room next door, and no light comes between.

    Light straight from lamps is baked for few of them at a time, which are far apart: as soon as Cycles has to choose
    between lamps there is noise. Light from surfaces is smooth, and its texels are twice as large; so that no lamp has
    to be chosen there either, surfaces shine with what lamps throw on them (radiosity's final gathering). The light of
    all else (the sky, rooms next door) that comes from surfaces is baked beside it, as it is.

    Args:
        mesh: all pieces that have charts, in world space; its materials are its own.
        away: the objects that it stands for.
        solid: what covers places of it.
        tick: called before each pass, with how much is done; what it raises ends the bake.
    """
    scene, atlas = bpy.context.scene, light.atlas
    groups = _lamps_apart(light)
    grouped = [lamp for group in groups for lamp in group]
    each = bpy.data.objects.new(_NAME, mesh)
    with ExitStack() as undo:
        undo.callback(bpy.data.objects.remove, each)
        scene.collection.objects.link(each)
        mesh.uv_layers.active = mesh.uv_layers[LIGHT_LAYER]
        undo.enter_context(changed_settings([
            *((other, "hide_render", True) for other in away), *((lamp, "hide_render", True) for lamp in grouped),
            (scene.render, "engine", "CYCLES"), (scene.cycles, "device", "CPU"),
            (scene.cycles, "use_adaptive_sampling", False), (scene.cycles, "use_animated_seed", False),
            (scene.cycles, "samples", 1), (scene.cycles, "max_bounces", 0), (scene.cycles, "seed", 0),
            (scene.cycles, "diffuse_bounces", effort.bounces), (scene.cycles, "sample_clamp_indirect", _CLAMP),
            (scene.cycles, "caustics_reflective", False), (scene.cycles, "caustics_refractive", False)]))
        undo.enter_context(only_selected(each))
        count, done = len(groups) + 1 + 2 * effort.passes, 0
        straight = _Target(mesh, atlas, 1, undo)
        tick(0.0)
        scene.cycles.samples = effort.sky_samples
        # spots of other rooms that do not shine into this one would be looked at for nothing, which is noise
        with changed_settings([(each, "hide_render", True) for each in scene.objects
                               if each.type == "LIGHT" and each.data.type == "SPOT"]):
            straight.bake({"DIRECT"})
        of_others = straight.light.copy()
        done += 1
        with _nothing_shines(undo):
            for group in groups:
                tick(done / count)
                is_large = any(lamp.data.type not in _SMALL for lamp in group)
                scene.cycles.samples = effort.sky_samples if is_large else effort.lamp_samples
                with changed_settings([(lamp, "hide_render", False) for lamp in group]):
                    straight.bake({"DIRECT"})
                done += 1
        scene.cycles.samples, scene.cycles.max_bounces = effort.samples, effort.bounces
        around = _Target(mesh, atlas, 2, undo)
        for which, source in (({"INDIRECT"}, nullcontext()), (
                {"DIRECT", "INDIRECT"}, shining(each, (straight.light - of_others).clip(0, _CLAMP), grouped))):
            with source:
                for number in range(effort.passes):
                    tick(done / count)
                    scene.cycles.seed = number
                    around.bake(which, 1 / effort.passes)
                    done += 1
    tree = _tree(solid)
    sealed = []
    for number, chart in enumerate(light.charts):
        inside = (slice(PADDING, -PADDING),) * 2
        dark = straight.is_dark(atlas.rows_of(chart))[inside]
        dark &= around.is_dark(atlas.rows_of(chart, 2)).repeat(2, axis=0).repeat(2, axis=1)[inside]
        covered = _covered(chart, tree)
        is_baked = light.pieces[number].is_solid
        if is_baked and dark.all() and (covered.mean() > 0.5 or not chart.is_inside):
            sealed.append(number)  # not all need be covered: a ray may slip between faces in one place
        buried = _buried(covered) | dark
        straight.forget(atlas.rows_of(chart), buried)
        around.forget(atlas.rows_of(chart, 2), buried[::2, ::2] | buried[1::2, ::2] | buried[::2, 1::2]
                      | buried[1::2, 1::2])
    whole = straight.finished(light.charts, atlas, False) + _doubled(around.finished(light.charts, atlas, True))
    return whole[::-1], sealed


class _Target:
    """What is baked into.

    Attributes:
        light: (H, W, 3) f32, row 0 at the bottom.
        found: (H, W) where there is something.
    """

    def __init__(self, mesh: bpy.types.Mesh, atlas: Atlas, size: int, undo: ExitStack) -> None:
        """Args:
            size: of its texels, in those of the atlas.
        """
        height, width = atlas.height // size, atlas.width // size
        self.size = size
        self.light, self.found = np.zeros((height, width, 3), np.float32), np.zeros((height, width), bool)
        self._image = bpy.data.images.new(_NAME, width, height, alpha=True, float_buffer=True)
        undo.callback(bpy.data.images.remove, self._image)
        for material in mesh.materials:
            nodes = material.node_tree.nodes
            node, active = nodes.new("ShaderNodeTexImage"), nodes.active
            node.image = self._image
            nodes.active = node
            undo.callback(nodes.remove, node)
            undo.callback(setattr, nodes, "active", active)

    def is_dark(self, rows: tuple[slice, slice]) -> NDArray[np.bool_]:
        """Where not even a trace of light has come."""
        return np.logical_not(self.light[rows].any(axis=2))

    def bake(self, which: set[str], share: float = 1.0) -> None:
        """Add such light."""
        bpy.ops.object.bake(type="DIFFUSE", pass_filter=which, margin=0, use_clear=True, target="IMAGE_TEXTURES",
                            use_selected_to_active=False)
        values = np.empty(self.found.size * 4, np.float32)
        self._image.pixels.foreach_get(values)
        pixels = values.reshape(*self.found.shape, 4)
        self.light += share * pixels[..., :3]
        self.found |= pixels[..., 3] > 0.5

    def forget(self, rows: tuple[slice, slice], buried: NDArray[np.bool_]) -> None:
        """What was found in texels of a chart that are not to be seen.

        Args:
            rows: of the chart with its padding.
            buried: texels of the chart without it.
        """
        edge = PADDING // self.size
        self.found[rows][edge:-edge, edge:-edge] &= ~buried

    def finished(self, charts: Sequence[Chart], atlas: Atlas, is_smooth: bool) -> np.ndarray:
        """(H, W, 3) f32, without noise. Texels of charts that nothing was found in, and those of padding, get the light
        of those beside them: what is cut out of a wall, and what a frame or a plinth covers, would shine through as a
        dark rim. Before that, in the noise, many are averaged: a few would be drawn out into streaks.

        Args:
            is_smooth: as light from surfaces is, which is averaged: a denoiser draws the noise of single texels out
                into clouds, or leaves it as a pattern.
        """
        whole = self.light[self.found].mean(axis=0) if self.found.any() else np.zeros(3, np.float32)
        for reach in (_FAR_TEXELS, 1):
            for chart in charts:
                rows = atlas.rows_of(chart, self.size)
                if is_smooth and reach > 1:
                    self.light[rows] = _smoothed(self.light[rows], self.found[rows])
                self.light[rows] = _filled(self.light[rows], self.found[rows], whole, reach)
            if reach > 1 and not is_smooth:
                self.light = np.ascontiguousarray(denoised(self.light[::-1])[::-1])
        return self.light


def _smoothed(light: np.ndarray, found: NDArray[np.bool_]) -> np.ndarray:
    """(h, w, 3) of a chart, where something was found: nearly a Gaussian of 2.4 texels, of what was found alone."""
    sums = np.concatenate([np.where(found[..., None], light, 0), found[..., None]], axis=2)
    for _ in range(3):
        sums = _boxes(sums, _SMOOTH_TEXELS)
    return np.where(found[..., None], sums[..., :3] / sums[..., 3:].clip(1e-3), light)


def _boxes(values: np.ndarray, reach: int) -> np.ndarray:
    """(h, w, c) sums of so many texels around."""
    for axis in (0, 1):
        count = values.shape[axis]
        wide = np.pad(values, [(reach, reach) if each == axis else (0, 0) for each in range(3)])
        values = np.sum([wide.take(range(shift, shift + count), axis) for shift in range(2 * reach + 1)], axis=0)
    return values


def _filled(light: np.ndarray, found: NDArray[np.bool_], whole: NDArray[np.float32], reach: int) -> np.ndarray:
    """(h, w, 3) of a chart: what was not found is the mean of what was, so many texels around, from the rim inwards.

    Args:
        whole: light of a chart in which nothing was found: it is sealed off, or too thin to have the middle of a texel.
            In joints it would show as dark dots.
    """
    if not found.any():
        return np.broadcast_to(whole, light.shape)
    known, here = found.copy(), np.where(found[..., None], light, 0)
    while not known.all():
        sums = _boxes(np.concatenate([here, known[..., None]], axis=2), reach)
        new = ~known & (sums[..., 3] > 0.5)
        here[new] = sums[new][:, :3] / sums[new][:, 3:]
        known |= new
    return here


@contextmanager
def _nothing_shines(undo: ExitStack) -> Iterator[None]:
    """Within the block there is no light but that of lamps that are shown in it: all surfaces are white."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    white = bpy.data.materials.new(_NAME)
    undo.callback(bpy.data.materials.remove, white)
    if white.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
        white.use_nodes = True
    with changed_settings([*((each, "hide_render", True) for each in scene.objects if each.type == "LIGHT"),
                           (layer, "material_override", white), (scene, "world", None)]):
        yield


def _lamps_apart(light: LightMap) -> list[list[bpy.types.Object]]:
    """The lamps in the room, and spots that shine into it: small ones in as few groups as can be whose lamps are far
    apart, and all large ones as the last."""
    groups: list[list[bpy.types.Object]] = []
    large = []
    lamps = [each for each in bpy.context.scene.objects if each.type == "LIGHT" and not each.hide_render]
    for lamp in sorted(lamps, key=lambda each: each.name):
        at = np.array(lamp.matrix_world.translation)
        if lamp.data.type == "SUN" or lamp.data.cycles.is_portal or not (
                ((at > light.low) & (at < light.high)).all() or _shines_through(lamp, light.openings)):
            continue
        if lamp.data.type not in _SMALL:
            large.append(lamp)
            continue
        for group in groups:
            if all(np.linalg.norm(at - other.matrix_world.translation) >= _APART_M for other in group):
                group.append(lamp)
                break
        else:
            groups.append([lamp])
    return groups + [large] * bool(large)


def _shines_through(lamp: bpy.types.Object, openings: NDArray[np.float64]) -> bool:
    """Whether a spot's cone has any of (n, 3) places in it."""
    if lamp.data.type != "SPOT" or not len(openings):
        return False
    turned = np.array(lamp.matrix_world)
    away = openings - turned[:3, 3]
    along = -(away @ turned[:3, 2]) / np.linalg.norm(turned[:3, 2])
    return bool((along > np.cos(lamp.data.spot_size / 2) * np.linalg.norm(away, axis=1)).any())


def _doubled(pixels: np.ndarray) -> np.ndarray:
    """(2 H, 2 W, 3): between texels by straight lines."""
    for axis in (0, 1):
        wide = np.concatenate([pixels.take([0], axis), pixels, pixels.take([-1], axis)], axis)
        count = pixels.shape[axis]
        before, after = wide.take(range(count), axis), wide.take(range(2, count + 2), axis)
        pixels = np.stack([0.75 * pixels + 0.25 * before, 0.75 * pixels + 0.25 * after], axis=axis + 1)
        shape = list(pixels.shape)
        pixels = pixels.reshape(*shape[:axis], 2 * count, *shape[axis + 2:])
    return pixels


@contextmanager
def only_selected(each: bpy.types.Object) -> Iterator[None]:
    """Within the block, and active: what Blender's operator bakes."""
    view_layer = bpy.context.view_layer
    before, active = list(bpy.context.selected_objects), view_layer.objects.active
    for other in before:
        other.select_set(False)
    each.select_set(True)
    view_layer.objects.active = each
    try:
        yield
    finally:
        view_layer.objects.active = active
        for other in before:
            other.select_set(True)


def _tree(pieces: Sequence[Piece]) -> BVHTree:
    points: list[list[float]] = []
    polygons: list[range] = []
    for piece in pieces:
        ends = (len(points) + np.cumsum(piece.faces.counts)).tolist()
        clear = np.array([_is_clear(material) for material in piece.mesh.materials] or [False])
        slots = np.zeros(len(ends), np.int32)
        piece.mesh.polygons.foreach_get("material_index", slots)
        polygons += [range(end - count, end) for end, count, skipped in zip(
            ends, piece.faces.counts.tolist(), clear[slots.clip(0, len(clear) - 1)], strict=True) if not skipped]
        points += piece.faces.corners.tolist()
    return BVHTree.FromPolygons(points, polygons)


def _is_clear(material: bpy.types.Material | None) -> bool:
    """Panes of glass may be looked at from either side."""
    return material is not None and material.node_tree is not None and any(
        node.type == "BSDF_PRINCIPLED" and node.inputs["Alpha"].default_value < 1 for node in material.node_tree.nodes)


def _covered(chart: Chart, tree: BVHTree) -> NDArray[np.bool_]:
    """(rows + 1, columns + 1) whether a corner of texels lies within something, as in the wall next to it or under a
    frame: what is looked at from there, at a slant, is a back. (Straight on it may be two faces in one place.)"""
    columns, rows = chart.texels
    if not chart.is_flat:
        return np.zeros((rows + 1, columns + 1), bool)
    ray = chart.facing + 0.31 * chart.across + 0.17 * chart.up
    ray = (ray / np.linalg.norm(ray)).tolist()
    covered = []
    for point in (chart.texel_corners() + chart.facing * 1e-4).reshape(-1, 3).tolist():
        normal = tree.ray_cast(point, ray)[1]
        covered.append(normal is not None and sum(a * b for a, b in zip(normal, ray, strict=True)) > 0)
    return np.array(covered).reshape(rows + 1, columns + 1)


def _buried(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows, columns) whether any corner of a texel is covered; none, if all texels were."""
    hidden = covered[:-1, :-1] | covered[1:, :-1] | covered[:-1, 1:] | covered[1:, 1:]
    return hidden if not hidden.all() else np.zeros_like(hidden)


def as_seen(light: np.ndarray, exposure: float) -> np.ndarray:
    """Of what a white surface gives back: how light it is on a screen, 0 to `MOST_LIGHT`, linear.

    Args:
        exposure: of the scene, in stops.
    """
    bright = light * 2.0 ** exposure
    room = MOST_LIGHT - _LINEAR_TO
    return np.where(bright <= _LINEAR_TO, bright, _LINEAR_TO + room * (1 - np.exp((_LINEAR_TO - bright) / room)))
