"""Vernissage's sentences in the artist's language.

What other modules raise and tell are English templates; they are looked up here first, and filled then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bpy.app.translations import pgettext_iface, pgettext_rpt, pgettext_tip

from ..protocol.errors import VernissageError, fill
from . import CONTEXT

_OURS = ("stage", "field", "kind")  # values that are words of ours

if TYPE_CHECKING:
    from ..protocol.messages import Remark

__all__ = ["explain", "explain_remark", "explain_remedy", "explain_sentence", "hint", "label", "report"]


def explain(error: VernissageError) -> str:
    """The whole error: what is wrong, and what to do."""
    sentence, remedy = explain_sentence(error), explain_remedy(error)
    return f"{sentence}{remedy}" if sentence.endswith("。") else f"{sentence} {remedy}".rstrip()


def explain_sentence(error: VernissageError) -> str:
    return _filled(error.sentence, error.values)


def explain_remedy(error: VernissageError) -> str:
    return _filled(error.remedy, error.values) if error.remedy else ""


def explain_remark(remark: Remark) -> str:
    return _filled(remark.sentence, remark.values)


def label(template: str, **values: object) -> str:
    """Text of the interface."""
    return fill(pgettext_iface(template, CONTEXT), values)


def hint(template: str) -> str:
    """Text of a tooltip."""
    return pgettext_tip(template, CONTEXT)


def report(sentence: str) -> str:
    """A sentence that is reported as it is."""
    return pgettext_rpt(sentence, CONTEXT)


def _filled(template: str, values: Mapping[str, object]) -> str:
    """Values that are words of ours, such as a stage's name, are looked up too; what an artist named is not."""
    words = {name: pgettext_rpt(value, CONTEXT) if name in _OURS and isinstance(value, str) else value
             for name, value in values.items()}
    return fill(pgettext_rpt(template, CONTEXT), words)
