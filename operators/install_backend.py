"""Make the backend's environment, or repair the one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..preferences import Settings
from ..translations.lookup import hint
from .backend_task import BackendTask

if TYPE_CHECKING:
    from ..client.task import Task


class VERNISSAGE_OT_install_backend(BackendTask, Operator):
    bl_idname = "vernissage.install_backend"
    bl_label = "Install"
    bl_description = ("Download the backend's packages into the environment folder, or repair what is there. "
                      "Blender's own Python stays as it is")
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        if not bpy.app.online_access:
            cls.poll_message_set(hint("Allow Online Access in Blender's preferences first, under System"))
            return False
        return super().poll(context)

    def begin(self, settings: Settings) -> Task:
        from ..client.installation import Installation
        from ..jobs.backend import EXTENSION_ROOT

        return Installation(settings.environment_folder, settings.variant, EXTENSION_ROOT, settings.install_log_path,
                            settings.base_python)


register, unregister = register_classes_factory((VERNISSAGE_OT_install_backend,))
