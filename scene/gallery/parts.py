"""What an exhibition is made of: built once, and built anew where its plan has changed and the artist has not.

A part is known by the name that it has as a custom property, so that an artist may rename the object. What it was made
of is kept as a hash, and so is the state that it was left in: an object in another state is the artist's, and stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...protocol.errors import BadInput
from .state import SURFACE, is_like, state_of

__all__ = ["CONTENT", "ENTRY", "EXHIBITION", "PART", "STATE", "SURFACE", "Built", "Part", "build_parts",
           "exhibition_collection", "find_parts", "is_touched", "left_behind", "put_new", "was_built"]

EXHIBITION = "vernissage_exhibition"  # on the collection of all: the parts that were built, and of what
CONTENT = "vernissage_content"  # a hash of what a work shows
PART, ENTRY, MADE_OF, STATE = "vernissage_part", "vernissage_entry", "vernissage_made_of", "vernissage_state"


@dataclass(frozen=True)
class Part:
    """
    Attributes:
        name: unlike all others' of the exhibition.
        room: ID of the room in whose collection it lies; "" for the collection of all.
        entry: ID of what it belongs to in the plan: a work or a room; "" for all of it.
        made_of: whatever its looks and its place depend on, as JSON knows it.
        make: a new object, not linked yet.
        parent: name of the part that it moves with; "" for none.
        extras: custom properties.
        is_animated: it is more than its data and its place: of an old one only its data goes on in a new one.
        place: where it is, and its angle around z, of what others move with.
        content: of a work, that of `made_of` which is not where it is.
    """

    name: str
    room: str
    entry: str
    made_of: Any
    make: Callable[[], bpy.types.Object]
    parent: str = ""
    extras: dict[str, str] = field(default_factory=dict)
    is_animated: bool = False
    place: tuple[tuple[float, float, float], float] | None = None
    content: Any = None

    @property
    def hash(self) -> str:
        return _digest([self.made_of, self.parent, self.extras])

    @property
    def content_hash(self) -> str:
        return _digest(self.content)


@dataclass
class Built:
    """Names of parts, by what became of them.

    Attributes:
        made, replaced, removed: by the plan.
        kept: those that the plan would have changed or removed, but the artist has changed or deleted.
        same: the others.
        failed: those that could not be made, and why.
    """

    made: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    failed: dict[str, BadInput] = field(default_factory=dict)


def _digest(told: Any) -> str:
    text = json.dumps(told, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def exhibition_collection(scene: bpy.types.Scene) -> bpy.types.Collection | None:
    """The one of the scene's exhibition; None where there is none."""
    return next((each for each in scene.collection.children_recursive if EXHIBITION in each), None)


def find_parts(top: bpy.types.Collection) -> dict[str, bpy.types.Object]:
    """By their names, wherever within the exhibition an artist has put them. A copy has the name of its original: the
    first of them counts."""
    found: dict[str, bpy.types.Object] = {}
    for each in sorted(top.all_objects, key=lambda each: each.name):
        if PART in each:
            found.setdefault(each[PART], each)
    return found


def build_parts(top: bpy.types.Collection, parts: Iterable[Part], rooms: Iterable[str]) -> Built:
    """Make what is missing, replace what is out of date, remove what is no more; keep what the artist has changed. Of
    an entry whose own part, that of its name, could not be made, or was deleted by the artist, nothing else is.

    Args:
        parts: each is asked for after those before it were made.
        rooms: IDs, in their order, each of which gets a collection.
    """
    before: dict[str, str] = json.loads(top.get(EXHIBITION, "{}"))
    there, built, now = find_parts(top), Built(), {}
    collections = {room: _room_collection(top, room) for room in rooms}
    made: list[tuple[Part, bpy.types.Object]] = []
    absent: set[str] = set()
    without: dict[str, Part] = {}  # what of these is not made, and their own parts
    for part in parts:
        if part.entry in absent:
            without[part.name] = part
            continue
        now[part.name] = part.hash
        old = there.pop(part.name, None)
        try:
            if old is None and before.get(part.name) == part.hash:
                built.kept.append(part.name)  # deleted by the artist, and nothing new in the plan
                if part.name == part.entry:
                    absent.add(part.entry)
                    without[part.name] = part
            elif old is None:
                made.append((part, _made(part, collections.get(part.room, top))))
                built.made.append(part.name)
            elif old[MADE_OF] == part.hash:
                built.same.append(part.name)
            elif is_touched(old):
                built.kept.append(part.name)
            else:
                made.append((part, _replaced(part, old)))
                built.replaced.append(part.name)
        except BadInput as error:
            built.failed[part.name] = error
            del now[part.name]
            if old is None and part.name == part.entry:
                absent.add(part.entry)
    _remove(there, without, built)
    _join(top, made)
    for _, each in made:
        each[STATE] = state_of(each)
    for each in list(top.children):
        if ENTRY in each and each[ENTRY] not in collections and not each.all_objects:
            bpy.data.collections.remove(each)
    top[EXHIBITION] = json.dumps(now)
    return built


def put_new(part: Part, old: bpy.types.Object) -> None:
    """What a part is made of, in an object that stays where it is, as an artist's change.

    Raises:
        BadInput: it cannot be made, and the object is as it was.
    """
    place = old.matrix_basis.copy()
    _replaced(part, old)
    old[STATE] = state_of(old)
    old.matrix_basis = place


def was_built(top: bpy.types.Collection, parts: Iterable[Part]) -> set[str]:
    """The names of those that were built, or left as the artist had them, just so the last time."""
    before: dict[str, str] = json.loads(top.get(EXHIBITION, "{}"))
    return {part.name for part in parts if before.get(part.name) == part.hash}


def left_behind(top: bpy.types.Collection) -> list[bpy.types.Object]:
    """What goes with works that the artist has deleted: a rebuild removes it, or puts it back where it was seen."""
    found = find_parts(top)
    entries = {"", *found, *(room[ENTRY] for room in top.children_recursive if ENTRY in room)}
    return [each for each in found.values() if each[ENTRY] not in entries
            and (each.parent is not None or not is_touched(each))]


def is_touched(each: bpy.types.Object) -> bool:
    """Whether an artist has changed an object since it was built."""
    return not is_like(each[STATE], state_of(each))


def _remove(there: Mapping[str, bpy.types.Object], without: Mapping[str, Part], built: Built) -> None:
    """What the plan does not have any more; what of it the artist has changed stays where it was seen, though what it
    moved with is gone."""
    kept = [name for name, old in there.items() if is_touched(old)]
    seen = {name: _seen(there[name], without) for name in kept}
    for name in there.keys() - seen.keys():
        data = there[name].data
        bpy.data.objects.remove(there[name])
        _drop(data)
    for name, place in seen.items():
        if there[name].parent is None and there[name].matrix_basis != place:
            there[name].matrix_basis = place
    built.kept += kept
    built.removed += [name for name in there if name not in seen]


def _seen(each: bpy.types.Object, without: Mapping[str, Part]) -> Matrix:
    """Where something was seen before the artist deleted what it moved with, whose place is that of the plan."""
    if each.parent is not None:
        return _seen(each.parent, without) @ each.matrix_parent_inverse @ each.matrix_basis
    part = without.get(each.get(PART, ""))
    place = without[part.parent].place if part is not None and part.parent in without else None
    if part is None or place is None:
        return each.matrix_basis.copy()
    new = part.make()
    has_fallen = np.allclose(np.array(new.matrix_basis), np.array(each.matrix_basis), atol=1e-4)
    data = new.data
    bpy.data.objects.remove(new)
    _drop(data)
    at = Matrix.Translation(place[0]) @ Matrix.Rotation(place[1], 4, "Z")
    return at @ each.matrix_basis if has_fallen else each.matrix_basis.copy()


def _room_collection(top: bpy.types.Collection, room: str) -> bpy.types.Collection:
    for each in top.children:
        if each.get(ENTRY) == room:
            return each
    collection = bpy.data.collections.new(room)
    collection[ENTRY] = room
    top.children.link(collection)
    return collection


def _made(part: Part, collection: bpy.types.Collection) -> bpy.types.Object:
    each = part.make()
    _sign(part, each)
    collection.objects.link(each)
    return each


def _replaced(part: Part, old: bpy.types.Object) -> bpy.types.Object:
    """The object goes on, with what it is part of and what was added to it; its data and its place are new."""
    new = part.make()
    data = old.data
    if new.type != old.type or part.is_animated:
        for collection in old.users_collection:
            collection.objects.link(new)
        old.user_remap(new)
        name = old.name
        bpy.data.objects.remove(old)
        new.name = name
        if part.is_animated and data is not None and type(data) is type(new.data):
            data, new.data = new.data, data  # an artist may have changed its lens
        _drop(data)
        _sign(part, new)
        return new
    if new.data is not None:
        old.data = new.data
    old.matrix_basis = new.matrix_basis
    bpy.data.objects.remove(new)
    _drop(data)
    _sign(part, old)
    return old


def _drop(data: bpy.types.ID | None) -> None:
    if data is not None and data.users == 0:
        bpy.data.batch_remove([data])


def _sign(part: Part, each: bpy.types.Object) -> None:
    each[PART], each[ENTRY], each[MADE_OF] = part.name, part.entry, part.hash
    if part.content is not None:
        each[CONTENT] = part.content_hash
    for name, value in part.extras.items():
        each[name] = value


def _join(top: bpy.types.Collection, made: Iterable[tuple[Part, bpy.types.Object]]) -> None:
    there = find_parts(top)
    for part, each in made:
        if part.parent:
            each.parent = there.get(part.parent)
