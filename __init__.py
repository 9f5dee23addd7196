"""Vernissage: textures painted onto meshes from a prompt.

Enabling it imports neither torch nor the backend; those live in a process of their own. Without Blender the
package can be imported too: `bpy` is only needed once it is registered.
"""

from __future__ import annotations

__all__ = ["register", "unregister"]


def register() -> None:
    from . import cli, jobs, operators, panels, preferences, properties, translations

    for part in (translations, preferences, properties, operators, panels, jobs, cli):
        part.register()


def unregister() -> None:
    from . import cli, jobs, operators, panels, preferences, properties, translations

    for part in (cli, jobs, panels, operators, properties, preferences, translations):
        part.unregister()
