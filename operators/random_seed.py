"""Another seed, for another picture of the same prompt."""

from __future__ import annotations

import secrets

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..protocol.requests import MAX_SEED


class VERNISSAGE_OT_random_seed(Operator):
    bl_idname = "vernissage.random_seed"
    bl_label = "Random Seed"
    bl_description = "Draw another seed: the next picture of the same prompt will look different"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    def execute(self, context: Context) -> set[str]:
        context.scene.vernissage.texture.seed = secrets.randbelow(MAX_SEED + 1)
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_random_seed,))
