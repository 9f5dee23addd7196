"""How floors, walls and what lies outside were made, as the page tells it: of what the exhibition has of ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import bpy

from ...protocol.exhibition_plan import ExhibitionPlan
from ...protocol.making import facts_of_card
from ...protocol.material import MapNames

__all__ = ["made_surroundings"]

_LARGEST_BYTES = 1_000_000


def made_surroundings(plan: ExhibitionPlan, beside: Path, top: bpy.types.Collection, world: bpy.types.World | None
                      ) -> list[dict[str, Any]]:
    """For `house.json`, of each that has a card of ours beside its pictures, and that still is in the scene: an artist
    may have given it another material.

    Args:
        beside: the plan's folder.
        top: of the exhibition.
    """
    found = []
    for surface, covering in (("floor", plan.floor), ("walls", plan.walls)):
        if covering is not None:
            colours = beside / covering.folder / MapNames().base_colour
            materials = {slot.material for each in top.all_objects for slot in each.material_slots if slot.material}
            if any(_shows(each.node_tree, colours) for each in materials):
                found.append((surface, colours.with_name("material.json")))
    panorama = beside / plan.outside
    if plan.outside and world is not None and _shows(world.node_tree, panorama):
        found.append(("outside", panorama.with_suffix(".json")))
    return [{"surface": surface, "made": facts} for surface, card in found if (facts := _facts(card))]


def _shows(tree: bpy.types.NodeTree | None, picture: Path) -> bool:
    images = (getattr(node, "image", None) for node in (tree.nodes if tree else ()))
    return os.path.abspath(picture) in {os.path.abspath(bpy.path.abspath(image.filepath)) for image in images if image}


def _facts(card: Path) -> dict[str, str]:
    """Nothing where there is no card of ours, or a broken one."""
    try:
        if card.stat().st_size > _LARGEST_BYTES:
            return {}
        body = json.loads(card.read_text("utf-8"))
        return {name: f"{fact:g}" if isinstance(fact, float) else str(fact)
                for name, fact in facts_of_card(body).items()}
    except (OSError, ValueError, RecursionError):
        return {}
