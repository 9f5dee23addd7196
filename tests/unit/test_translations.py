"""Every sentence that an artist can meet is in the catalogue, with the same places to be filled."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.styles import KINDS
from vernissage.client.environment import Health
from vernissage.client.task import InstallStep
from vernissage.protocol import errors
from vernissage.protocol.messages import Stage
from vernissage.translations.zh_hans import TEXTS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("backend", "client", "jobs", "operators", "panels", "protocol", "scene", "preferences.py",
         "properties")
ERRORS = {cls.__name__ for cls in errors.ERROR_BY_KIND.values()}
REMARKS = {"Remark", "remark"}
# `label(…)` is that of translations.lookup; `layout.label(text=…)` is told by its keyword
INTERFACE = {"label", "hint", "report", "BackendState"}
SHOWN_KEYWORDS = {"text", "placeholder", "heading"}
DRAWS = {"draw_prompt", "large_button"}  # of panels/work.py
CLASS_TEXTS = {"bl_label", "bl_description"}


class Unreadable(Exception):
    """A sentence that is put together at run time: no catalogue can hold it."""


def sources() -> list[Path]:
    found: list[Path] = []
    for room in ROOMS:
        path = ROOT / room
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found


def constants() -> dict[str, list[str]]:
    """Module-level names of text, of all files, by their name: sentences that are raised in several places."""
    named: dict[str, list[str]] = {}
    for path in sources():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) \
                    and isinstance(node.value.value, str) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value.value)
    return named


CONSTANTS = constants()


def texts_of(node: ast.expr) -> list[str]:
    """The strings that an expression can be."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return texts_of(body) + texts_of(orelse)
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.JoinedStr() | ast.BinOp() | ast.Call():
            raise Unreadable(ast.unparse(node))
    return []  # a name or an attribute that passes on what was collected where it was made


def name_of(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def shown_texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            is_error = any(isinstance(base, ast.Name) and base.id == "VernissageError" for base in node.bases)
            for item in node.body:
                if isinstance(item, ast.Assign) and getattr(item.targets[0], "id", "") in CLASS_TEXTS:
                    yield from texts_of(item.value)
            if is_error:
                for call in (item for item in ast.walk(node) if isinstance(item, ast.Call)):
                    if name_of(call) == "cls":
                        yield from (text for argument in call.args for text in texts_of(argument))
        if isinstance(node, ast.Call):
            yield from call_texts(node)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") == "remedy":
            yield from texts_of(node.value)


def call_texts(call: ast.Call) -> Iterator[str]:
    name = name_of(call)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in ERRORS:
        for argument in [*call.args[:2], *(keywords[key] for key in ("sentence", "remedy") if key in keywords)]:
            yield from texts_of(argument)
    elif (name in REMARKS and call.args) or (name in INTERFACE and isinstance(call.func, ast.Name) and call.args):
        yield from texts_of(call.args[0])
    elif name.endswith("Property") and isinstance(call.func, ast.Name):
        for key in ("name", "description"):
            if key in keywords:
                yield from texts_of(keywords[key])
        if isinstance(keywords.get("items"), ast.Tuple):
            yield from item_texts(keywords["items"])
    elif (isinstance(call.func, ast.Attribute) or name in DRAWS) and SHOWN_KEYWORDS & keywords.keys() \
            and not is_untranslated(keywords):
        for key in SHOWN_KEYWORDS & keywords.keys():
            if not isinstance(keywords[key], ast.Call):
                yield from (text for text in texts_of(keywords[key]) if text)


def item_texts(items: ast.Tuple) -> Iterator[str]:
    for item in items.elts:
        if isinstance(item, ast.Tuple):
            yield from (text for part in item.elts[1:3] for text in texts_of(part))


def is_untranslated(keywords: dict[str | None, ast.expr]) -> bool:
    return isinstance(keywords.get("translate"), ast.Constant) and keywords["translate"].value is False


def module_items(tree: ast.Module) -> Iterator[str]:
    """The items of enum properties that stand in tables of their own: `_MODELS = ((…), …)`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and node.value.elts \
                and all(isinstance(item, ast.Tuple) and len(item.elts) >= 3 for item in node.value.elts):
            yield from item_texts(node.value)


def all_texts() -> dict[str, str]:
    """Each text that can be shown, and a file that shows it."""
    found = {str(item): "shown by its value" for words in (Stage, Health, InstallStep) for item in words}
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = str(path.relative_to(ROOT))
        try:
            found |= dict.fromkeys([*shown_texts(tree), *module_items(tree)], place)
        except Unreadable as error:
            pytest.fail(f"{place}: {error} is put together at run time; raise a template and its values")
    found.pop("", None)
    return found


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_is_in_the_catalogue() -> None:
    missing = {text: place for text, place in all_texts().items() if text not in TEXTS}
    assert not missing, "\n".join(f"{place}: {text!r}" for text, place in missing.items())


def test_translations_have_the_places_of_their_templates() -> None:
    # a sentence and its remedy share their values, so a translation may only use what its own template has
    wrong = {english: chinese for english, chinese in TEXTS.items() if places(english) != places(chinese)}
    assert not wrong


def test_the_catalogue_holds_nothing_that_is_never_shown() -> None:
    stale = TEXTS.keys() - all_texts().keys() - SHOWN_BY_NAME
    assert not stale, "\n".join(sorted(stale))


# Looked up by a value at run time: steps that no Stage names, fields that a sentence is filled with, a task's end,
# styles that come along.
SHOWN_BY_NAME = {
    *KINDS, "Exposure", "Gamma", "Panorama Height",
    "Starting", "Cancelling", "Rendering the frames", "view_count", "view_size_px", "texture_size_px", "seed",
    "steps", "guidance_scale",
    "The backend works.", "The environment is complete and works.",
    "The environment is complete and works: there was nothing to do.",
}


@pytest.mark.parametrize("english", sorted(TEXTS))
def test_a_translation_is_chinese_and_ends_as_the_english_does(english: str) -> None:
    chinese = TEXTS[english]
    assert chinese.strip() == chinese
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese) or english in UNTRANSLATABLE
    assert english.endswith((".", "?", "!")) == chinese.endswith(("。", "？", "！"))


# Names, the same in every language.
UNTRANSLATABLE = {"Vernissage", "UV", "Mini", "CPU", "ControlNet", "IP-Adapter", "NVIDIA (CUDA)", "AMD (ROCm)",
                  "{step}: {detail}", "Adam", "SGD", "TensorBoard"}
