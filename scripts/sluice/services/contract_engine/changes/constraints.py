"""Differences of one schema's own words: types, formats, bounds, values.  What lies below it is compared elsewhere."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sluice.services.contract_engine.changes.source import pointer
from sluice.services.contract_engine.changes.views import LOWER, View

MAX_VALUES: Final = 20
_WORDS: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "min-length",
    "maxLength": "max-length",
    "minItems": "min-items",
    "maxItems": "max-items",
    "minProperties": "min-properties",
    "maxProperties": "max-properties",
}
# Each format holds every value of those that follow it.
_WIDER: Final = (("int64", "int32", "int16", "int8"), ("double", "float"), ("uint64", "uint32", "uint16", "uint8"))


class Local(NamedTuple):
    """A difference of one schema, or of its property `name`.

    The pointer leads into the new document, or, for what is gone, into the old one.
    """

    rule: str
    pointer: str
    text: str
    name: str = ""


def own_changes(old: View, new: View) -> Iterator[Local]:
    """All differences but those of properties, items and alternatives."""
    where = pointer(new.place)
    for rule, text in (
        *_types(old, new),
        *_nulls(old, new),
        *_formats(old.formats, new.formats),
        *_limits(old, new),
        *_patterns(old.patterns, new.patterns),
        *_multiples(old.multiples, new.multiples),
        *_enum(old, new),
        *_rest(old, new),
    ):
        yield Local(rule, where, text)


def _listed(values: Iterable[str], none: str) -> str:
    return " or ".join(sorted(values)) or none


def _types(old: View, new: View) -> Iterator[tuple[str, str]]:
    if old.types == new.types:
        return
    lost, won = not _holds(new.types, old.types), not _holds(old.types, new.types)
    rule = "type-changed" if lost and won else "type-narrowed" if lost else "type-widened"
    before, after = (("anything" if types is None else _listed(types, "nothing")) for types in (old.types, new.types))
    yield rule, f"the type changed from {before} to {after}"


def _holds(wide: frozenset[str] | None, narrow: frozenset[str] | None) -> bool:
    """Whether every value of the narrow types is one of the wide types."""
    if wide is None:
        return True
    if narrow is None:
        return False
    return all(name in wide or (name == "integer" and "number" in wide) for name in narrow)


def _nulls(old: View, new: View) -> Iterator[tuple[str, str]]:
    if old.types is None or new.types is None or old.null == new.null:
        return
    yield ("became-nullable", "may be null now") if new.null else ("became-not-nullable", "may not be null any more")


def _formats(old: frozenset[str], new: frozenset[str]) -> Iterator[tuple[str, str]]:
    if old == new:
        return
    before, after = _listed(old, "none"), _listed(new, "none")
    narrowed = not old or (len(old) == len(new) == 1 and _wider(before, after)) or old < new
    widened = not new or (len(old) == len(new) == 1 and _wider(after, before)) or new < old
    rule = "format-narrowed" if narrowed else "format-widened" if widened else "format-changed"
    yield rule, f"the format changed from {before} to {after}"


def _wider(wide: str, narrow: str) -> bool:
    return any(wide in chain and narrow in chain[chain.index(wide) + 1 :] for chain in _WIDER)


def _limits(old: View, new: View) -> Iterator[tuple[str, str]]:
    for key, word in _WORDS.items():
        before, after = old.limits.get(key), new.limits.get(key)
        if before == after:
            continue
        lower = key in LOWER
        tightened = before is None or (after is not None and (after > before) == lower)
        rule = f"{word}-{'increased' if tightened == lower else 'decreased'}"
        texts = []
        for limit in (before, after):
            exclusive = limit is not None and limit[1] == (1 if lower else 0)
            texts.append("none" if limit is None else f"{limit[0]:.15g}{' (exclusive)' if exclusive else ''}")
        yield rule, f"{key} changed from {texts[0]} to {texts[1]}"


def _patterns(old: frozenset[str], new: frozenset[str]) -> Iterator[tuple[str, str]]:
    if old == new:
        return
    rule = "pattern-added" if old < new else "pattern-removed" if new < old else "pattern-changed"
    yield rule, f"the pattern changed from {_listed(old, 'none')} to {_listed(new, 'none')}"


def _multiples(old: frozenset[float], new: frozenset[float]) -> Iterator[tuple[str, str]]:
    if old == new:
        return
    tightened = old < new or (bool(new) and all(any(_divides(a, b) for b in new) for a in old))
    loosened = new < old or (bool(old) and all(any(_divides(b, a) for a in old) for b in new))
    rule = "tightened" if tightened else "loosened" if loosened else "changed"
    before, after = (" and ".join(f"{step:.15g}" for step in sorted(steps)) or "none" for steps in (old, new))
    yield f"multiple-of-{rule}", f"multipleOf changed from {before} to {after}"


def _divides(step: float, number: float) -> bool:
    ratio = number / step
    return abs(ratio - round(ratio)) < 1e-9  # noqa: PLR2004 - rounding of binary fractions


def _enum(old: View, new: View) -> Iterator[tuple[str, str]]:
    if old.enum is None and new.enum is not None:
        yield "enum-set", f"only {_some(new.enum)} from now on"
    elif old.enum is not None and new.enum is None:
        yield "enum-unset", f"not only {_some(old.enum)} any more"
    elif old.enum is not None and new.enum is not None:
        for value in sorted(old.enum.keys() - new.enum.keys()):
            yield "enum-value-removed", f"the value {value} was removed"
        for value in sorted(new.enum.keys() - old.enum.keys()):
            yield "enum-value-added", f"the value {value} was added"


def _some(values: Iterable[str]) -> str:
    listed = sorted(values)
    return ", ".join(listed[:MAX_VALUES]) + (" …" if len(listed) > MAX_VALUES else "")


def _rest(old: View, new: View) -> Iterator[tuple[str, str]]:
    if old.unique != new.unique:
        rule = "unique-items-added" if new.unique else "unique-items-removed"
        yield rule, "items must differ now" if new.unique else "items may be equal now"
    if old.closed != new.closed:
        rule = "additional-properties-closed" if new.closed else "additional-properties-opened"
        yield rule, f"other properties are {'refused' if new.closed else 'possible'} now"
    if old.default != new.default:
        yield "default-changed", f"the default changed from {old.default or 'none'} to {new.default or 'none'}"
    for word in sorted(old.plain.keys() | new.plain.keys()):
        if old.plain.get(word) != new.plain.get(word):
            before, after = old.plain.get(word, "none"), new.plain.get(word, "none")
            yield "condition-changed", f"{word} changed from {before} to {after}"
