"""The add-on's preferences, and what they come to once every default is filled in."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty
from bpy.types import AddonPreferences, Context
from bpy.utils import register_classes_factory

from .properties.paths import PATH_OPTIONS
from .protocol.errors import StorageError

__all__ = ["EXTENSION", "PYTHON_VARIABLE", "Settings", "VERNISSAGE_AP_preferences", "read_settings", "user_folder"]

EXTENSION = __package__
PYTHON_VARIABLE = "VERNISSAGE_PYTHON"
DEFAULT_IDLE_MINUTES = 10

_VARIANTS = (
    ("cpu", "CPU", ("Any computer. A texture takes a minute or two with the embedded model, and far too long "
                    "with large ones")),
    ("cuda", "NVIDIA (CUDA)", "Linux or Windows with an NVIDIA graphics card. A download of about 3 GB"),
    ("rocm", "AMD (ROCm)", "Linux with an AMD graphics card. A download of about 4 GB"),
    ("mps", "Apple (Metal)", "A Mac with Apple silicon"),
)

_SOURCES = (
    ("OWN", "Own Environment", "Vernissage installs what its backend needs into a folder of its own"),
    ("EXISTING", "Existing Python", "A Python on this computer has the backend's packages already"),
)


def likely_variant() -> str:
    """What this computer most probably has, found without starting anything."""
    if sys.platform == "darwin":
        return "mps" if platform.machine() == "arm64" else "cpu"
    if shutil.which("nvidia-smi"):
        return "cuda"
    if sys.platform == "linux" and os.path.exists("/dev/kfd"):
        return "rocm"
    return "cpu"


class VERNISSAGE_AP_preferences(AddonPreferences):
    bl_idname = EXTENSION

    backend_source: EnumProperty(
        name="Backend",
        description="Where the process that paints finds its packages",
        items=_SOURCES,
        default="OWN",
    )
    environment_folder: StringProperty(
        name="Environment Folder",
        description="Where the backend's packages are installed, 1.5 to 6 GB. Empty is a folder beside "
                    "Blender's other user data",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    variant: EnumProperty(
        name="Compute",
        description="What the backend computes on: it decides which packages Install downloads",
        items=_VARIANTS,
        default=likely_variant(),
    )
    base_python: StringProperty(
        name="Build With",
        description="The Python 3.11, 3.12 or 3.13 that the environment is made from. Empty looks for one",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    python_path: StringProperty(
        name="Python",
        description="The interpreter that has the backend's packages. The environment variable "
                    "VERNISSAGE_PYTHON goes before it, and before an environment of Vernissage's own: for "
                    "studios and farms",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    image_storage: EnumProperty(
        name="Textures",
        description="Where a finished texture is kept",
        items=(
            ("PACK", "In the .blend", "Pack each texture into the .blend: one file to hand on"),
            ("BESIDE", "Beside the .blend", ("Save each texture as a file in a folder beside the .blend. A scene "
                                             "that was never saved packs them")),
        ),
        default="PACK",
    )
    idle_minutes: IntProperty(
        name="Idle Minutes",
        description="Stop the backend when it had nothing to do for this long, so that its memory goes back to "
                    "Cycles. The next job then loads the model again. 0 keeps it until Blender is closed",
        min=0, soft_max=120, default=DEFAULT_IDLE_MINUTES,
    )

    def draw(self, context: Context) -> None:
        from .panels.preferences import draw_preferences

        draw_preferences(context, self.layout, self)


@dataclass(frozen=True)
class Settings:
    """The preferences with every default filled in and every path absolute.

    Attributes:
        python: the interpreter that the artist or the studio named; None is the environment folder's own.
        environment_folder: where Install builds, and where the backend's Python is looked for.
        base_python: what Install builds with; None looks for one.
        user_folder: the extension's own: jobs lie in it.
        log_path, install_log_path: what the backend, and an installation, wrote down.
        variant: "cpu", "cuda", "rocm" or "mps".
        pack: keep textures in the .blend.
        idle_s: stop an idle backend after so long; None never.
    """

    python: Path | None
    environment_folder: Path
    base_python: Path | None
    user_folder: Path
    log_path: Path
    install_log_path: Path
    variant: str
    pack: bool
    idle_s: float | None


def user_folder() -> Path:
    """The extension's folder for its own files, made if need be.

    Raises:
        StorageError: Blender's user folder cannot be written, or there is none.
    """
    extensions = bpy.utils.user_resource("EXTENSIONS")  # "" where there is none
    try:
        path = bpy.utils.extension_path_user(EXTENSION) if extensions else ""
    except ValueError:  # run from a checkout, not installed as an extension
        path = os.path.join(extensions, ".user", "vernissage")
    try:
        if path:
            os.makedirs(path, exist_ok=True)
    except OSError:
        path = ""
    if not path or not os.access(path, os.W_OK):
        raise StorageError("Blender's user folder {path} cannot be written.",
                           "Give yourself the right to write there, or set BLENDER_USER_RESOURCES to a folder "
                           "of yours.", path=extensions or "(none)")
    return Path(path)


def default_environment_folder() -> Path:
    """Where the environment is when none is named. Raises as `user_folder` does."""
    return user_folder() / "environment"


def read_settings(context: Context) -> Settings:
    """The preferences as they count now; defaults when the add-on was only named with --addons.

    Raises:
        StorageError: Blender's user folder cannot be written.
    """
    addon = context.preferences.addons.get(EXTENSION)
    chosen = addon.preferences if addon else None
    own = user_folder()
    python = os.environ.get(PYTHON_VARIABLE, "")
    if not python and chosen and chosen.backend_source == "EXISTING":
        python = chosen.python_path
    idle_minutes = chosen.idle_minutes if chosen else DEFAULT_IDLE_MINUTES
    return Settings(
        python=_path(python),
        environment_folder=_path(chosen.environment_folder if chosen else "") or default_environment_folder(),
        base_python=_path(chosen.base_python if chosen else ""),
        user_folder=own,
        log_path=own / "backend.log",
        install_log_path=own / "install.log",
        variant=chosen.variant if chosen else likely_variant(),
        pack=chosen is None or chosen.image_storage == "PACK",
        idle_s=idle_minutes * 60.0 or None,
    )


def _path(stored: str) -> Path | None:
    """A stored path as an absolute one; None for an empty one, which must never mean the current folder."""
    return Path(os.path.abspath(bpy.path.abspath(stored))) if stored.strip() else None


register, unregister = register_classes_factory((VERNISSAGE_AP_preferences,))
