"""Ask the backend's Python whether it can run the backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Operator
from bpy.utils import register_classes_factory

from ..preferences import Settings
from .backend_task import BackendTask

if TYPE_CHECKING:
    from ..client.task import Task


class VERNISSAGE_OT_check_backend(BackendTask, Operator):
    bl_idname = "vernissage.check_backend"
    bl_label = "Check"
    bl_description = "Start the backend's Python once and see whether everything that it needs is there"
    bl_options = {"INTERNAL"}

    def begin(self, settings: Settings) -> Task:
        from ..client.installation import Check
        from ..jobs.backend import EXTENSION_ROOT, require_backend

        return Check(require_backend(settings), EXTENSION_ROOT, settings.install_log_path)


register, unregister = register_classes_factory((VERNISSAGE_OT_check_backend,))
