"""Vernissage in the artist's language: catalogues, and how sentences are looked up."""

from __future__ import annotations

__all__ = ["CONTEXT", "register", "unregister"]

# "Operator" is where Blender looks for the labels of buttons. Ours is for words that Blender translates for
# another purpose: its "Prompt" is a hint.
CONTEXT = "Vernissage"
_CONTEXTS = ("*", "Operator", CONTEXT)


def register() -> None:
    import bpy

    from .zh_hans import TEXTS

    catalogue = {(context, english): chinese for english, chinese in TEXTS.items() for context in _CONTEXTS}
    bpy.app.translations.register(__package__, {"zh_HANS": catalogue})


def unregister() -> None:
    import bpy

    bpy.app.translations.unregister(__package__)
