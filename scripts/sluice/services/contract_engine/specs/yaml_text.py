"""YAML text, read as YAML 1.2's core schema from libyaml's events: keys are strings, `yes` and dates are text.

One loop over the events builds the document, so that depth and aliases are bounded while it grows.  Merge keys (`<<`)
are honoured, because people use them.
"""

import math
import re
from collections.abc import Iterator
from typing import Final, cast

import yaml
from pydantic import JsonValue

from sluice.services.contract_engine.specs.faults import Parts, Spot, Trie, unreadable
from sluice.services.contract_engine.specs.limits import MAX_DEPTH, MAX_NODES

_Event = yaml.events.Event
_TAG: Final = "tag:yaml.org,2002:"
_SPECIAL: Final = frozenset("-+.0123456789~nNtTfF")
_CONSTANTS: Final[dict[str, JsonValue]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def parse_yaml(text: str) -> JsonValue:
    """The value of YAML text of one document.

    Raises:
        UnreadableError: it is not YAML, or not what JSON could say, or repeats a key, or is too deep or too large.
    """
    try:
        return _Builder(_events(text)).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(f"{error.context or ''} {error.problem or ''}".split())
        raise unreadable("document.syntax", message, (mark.line + 1, mark.column + 1) if mark else None) from error
    except yaml.reader.ReaderError as error:
        at = error.position if isinstance(error.position, int) else 0
        before = text[:at]
        spot = (before.count("\n") + 1, at - before.rfind("\n"))
        message = (
            f"character U+{error.character:04X} is not allowed" if isinstance(error.character, int) else error.reason
        )
        raise unreadable("document.syntax", message, spot) from error


def yaml_spots(text: str, wanted: Trie) -> dict[Parts, Spot]:
    """Line and column of each wanted place that there is: of the key of a member, of an item's first character."""
    finder = _Finder(wanted)
    for event in _events(text):
        finder.take(event)
    return finder.found


def _events(text: str) -> Iterator[_Event]:
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_event():
            yield cast("_Event", loader.get_event())
    finally:
        loader.dispose()


def _spot(event: _Event) -> Spot:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Frame:
    """A mapping or sequence that is being read; `key` waits for its value."""

    __slots__ = ("anchor", "items", "key", "members", "merges")

    def __init__(self, anchor: str | None, *, is_map: bool) -> None:
        self.anchor = anchor
        self.members: dict[str, JsonValue] | None = {} if is_map else None
        self.items: list[JsonValue] = []
        self.key: str | None = None
        self.merges: list[JsonValue] = []


class _Builder:
    def __init__(self, events: Iterator[_Event]) -> None:
        self._events = events
        self._stack: list[_Frame] = []
        self._anchors: dict[str, JsonValue] = {}
        self._open: set[str] = set()
        self._result: JsonValue = None
        self._documents = 0
        self._merged = 0

    def build(self) -> JsonValue:
        for event in self._events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(cast("yaml.ScalarEvent", event))
            elif kind in _STARTS:
                self._start(cast("yaml.CollectionStartEvent", event), is_map=kind is yaml.MappingStartEvent)
            elif kind in _ENDS:
                self._end(event)
            elif kind is yaml.AliasEvent:
                self._alias(cast("yaml.AliasEvent", event))
            elif kind is yaml.DocumentStartEvent:
                self._documents += 1
                if self._documents > 1:
                    raise unreadable("document.syntax", "a second document begins here", _spot(event))
        return self._result

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is None or frame.key is not None or frame.members is None:
            value = event.value if event.tag is None and event.style else self._value(event)
            if event.anchor:
                self._anchors[event.anchor] = value
            self._add(value)
            return
        if event.value in frame.members:
            message = f"key {event.value[:100]!r} stands twice in one mapping"
            raise unreadable("document.duplicate-key", message, _spot(event), (*self._path(), event.value))
        frame.key = event.value
        if event.value == _MERGE and event.implicit[0]:
            return
        frame.members[event.value] = None
        if event.anchor:
            self._anchors[event.anchor] = event.value

    def _value(self, event: yaml.ScalarEvent) -> JsonValue:
        text, tag = event.value, event.tag
        if tag is None or (tag in _RESOLVED and event.implicit[0]):
            if text and text[0] not in _SPECIAL:
                return text
            try:
                value = _resolve(text)
            except (ValueError, OverflowError) as error:
                message = f"{text[:40]} is not a JSON number"
                raise unreadable("document.number", message, _spot(event), self._path()) from error
            return value
        if tag in {"!", f"{_TAG}str"}:
            return text
        if tag in _RESOLVED:
            try:
                value = _resolve(text)
            except (ValueError, OverflowError):
                value = text
            if isinstance(value, _RESOLVED[tag]):
                return value
        raise unreadable("document.tag", f"tag {tag[:100]} has no JSON form here", _spot(event), self._path())

    def _add(self, value: JsonValue) -> None:
        if not self._stack:
            self._result = value
            return
        frame = self._stack[-1]
        if frame.members is None:
            frame.items.append(value)
            return
        if frame.key == _MERGE and _MERGE not in frame.members:
            frame.merges.append(value)
        else:
            frame.members[frame.key or ""] = value
        frame.key = None

    def _start(self, event: yaml.CollectionStartEvent, *, is_map: bool) -> None:
        self._key_is_text(event)
        if len(self._stack) >= MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise unreadable("document.depth", message, _spot(event), self._path()[:8])
        if event.tag not in {None, "!", f"{_TAG}map" if is_map else f"{_TAG}seq"}:
            raise unreadable("document.tag", f"tag {event.tag[:100]} has no JSON form", _spot(event), self._path())
        if event.anchor:
            self._open.add(event.anchor)
        self._stack.append(_Frame(event.anchor, is_map=is_map))

    def _end(self, event: _Event) -> None:
        frame = self._stack.pop()
        value: JsonValue = frame.items
        if frame.members is not None:
            for merge in frame.merges:
                self._merge(frame.members, merge, event)
            value = frame.members
        if frame.anchor:
            self._open.discard(frame.anchor)
            self._anchors[frame.anchor] = value
        self._add(value)

    def _merge(self, members: dict[str, JsonValue], given: JsonValue, event: _Event) -> None:
        for source in given if isinstance(given, list) else [given]:
            if not isinstance(source, dict):
                raise unreadable(
                    "document.syntax", "`<<` takes a mapping or a list of them", _spot(event), self._path()
                )
            self._merged += len(source)
            if self._merged > MAX_NODES:
                raise unreadable("document.size", f"merge keys repeat more than {MAX_NODES} members", _spot(event))
            for key, value in source.items():
                members.setdefault(key, value)

    def _alias(self, event: yaml.AliasEvent) -> None:
        self._key_is_text(event)
        if event.anchor in self._open:
            raise unreadable("document.alias", f"*{event.anchor} stands inside itself", _spot(event), self._path())
        if event.anchor not in self._anchors:
            raise unreadable("document.alias", f"no anchor &{event.anchor} before this", _spot(event), self._path())
        self._add(self._anchors[event.anchor])

    def _key_is_text(self, event: _Event) -> None:
        if self._stack and self._stack[-1].members is not None and self._stack[-1].key is None:
            raise unreadable("document.syntax", "a key must be a string", _spot(event), self._path())

    def _path(self) -> Parts:
        """Where the builder stands."""
        keys = ((len(f.items) if f.members is None else f.key) for f in self._stack)
        return tuple(key for key in keys if key is not None)


def _resolve(text: str) -> JsonValue:
    """The core schema's meaning of a plain scalar.

    Raises:
        ValueError: a number that JSON has not, or that has thousands of digits.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value
        raise ValueError(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(text)
    return text


class _Finder:
    """Follows the events and notes the places on the way to those that are wanted."""

    def __init__(self, wanted: Trie) -> None:
        self.found: dict[Parts, Spot] = {}
        self._wanted = wanted
        self._stack: list[tuple[Parts, Trie, bool]] = []
        self._keys: list[str | int | None] = []

    def take(self, event: _Event) -> None:
        kind = type(event)
        if kind in _ENDS:
            self._stack.pop()
            self._keys.pop()
        elif kind in _NODES:
            place = self._place(event)
            if place is not None and kind in _STARTS:
                is_map = kind is yaml.MappingStartEvent
                self._stack.append((*place, is_map))
                self._keys.append(None if is_map else -1)

    def _place(self, event: _Event) -> tuple[Parts, Trie] | None:
        """Where the value of this event stands and what is wanted below; None when it is a key."""
        if not self._stack:
            self.found[()] = _spot(event)
            return (), self._wanted
        above, wants, is_map = self._stack[-1]
        last = self._keys[-1]
        key = last if isinstance(last, str) else (-1 if last is None else last) + 1
        if is_map and last is None:
            self._keys[-1] = name = str(getattr(event, "value", ""))
            if name in wants:
                self.found.setdefault((*above, name), _spot(event))
            return None
        self._keys[-1] = None if is_map else key
        if not wants or key not in wants:
            return (), {}
        if not is_map:
            self.found[*above, key] = _spot(event)
        return (*above, key), wants[key]


_MERGE: Final = "<<"
_RESOLVED: Final[dict[str, tuple[type, ...]]] = {
    f"{_TAG}int": (int,),
    f"{_TAG}float": (float, int),
    f"{_TAG}bool": (bool,),
    f"{_TAG}null": (type(None),),
}
_STARTS: Final = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS: Final = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_NODES: Final = _STARTS | {yaml.ScalarEvent, yaml.AliasEvent}
