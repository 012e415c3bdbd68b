"""One field out of its name and what the document says about it: type, enum, reference, bounds, default."""

import re

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.domain import EntityField
from sluice.services.architect.reading import names
from sluice.services.architect.reading.words import Words, load, per_language

MAX_ABOUT = 2000
SERVER_SET = ("id", "created_at", "updated_at")
_VALUE = r"[A-Za-z0-9][\w.-]*"
_NUMBER = r"-?\d[\d_,]*(?:\.\d+)?"
_LIST_END = re.compile(r"[.;)\]}>\n]|\s(?:—|\u2013|-)\s")
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:or|and)\s+|[,|/]|\s+or\s+|\s+and\s+)\s*")
_ASIDE = re.compile(r"\s*\([^()]*\)")
_QUOTES = "`'\"“”\u2018\u2019 *"
_ENUM_CALL = re.compile(r"\benum(?:eration)?\s*[(\[{<:=]\s*([^)\]}>\n;.]+)", re.IGNORECASE)
_PIPES = re.compile(rf"(?<![\w|])['\"`]?{_VALUE}['\"`]?(?:\s*\|\s*['\"`]?{_VALUE}['\"`]?)+")
_ARROW = re.compile(r"(?:→|->|=>)\s*([A-Z]\w+|[a-z_]\w*(?=\.))")
_RANGE = re.compile(rf"({_NUMBER})\s*(?:\.\.\.?|\u2013|—|-|to|and)\s*({_NUMBER})(?!\w)")


@per_language(20_000)
def parse(name: str, *texts: str, required: bool | None = None) -> EntityField | None:
    """A field from its name and the texts about it: the type first, notes after it.

    Returns:
        None when no identifier is left of the name.  `references` is still the noun as written, and `item_type` may
        be the name of an entity: `resolve` settles both when all entities are known.
    """
    canonical = names.field_name(name)
    if not canonical:
        return None
    words = load()
    texts = tuple(part[:MAX_ABOUT] for part in texts)
    text = "; ".join(part.strip() for part in texts if part.strip())
    enum = enum_values(text)
    kind = _type(canonical, texts[0] if texts else "", text, enum)
    reference = _reference(canonical, text, kind, words)
    kind = "uuid" if reference and kind in {"string", "integer"} else kind
    is_array = kind == "array"
    return EntityField(
        name=canonical,
        type=kind,
        required=_required(text, words) if required is None else required,
        enum=() if kind == "boolean" else enum,
        references=reference,
        item_type=_item_type(text) if is_array else None,
        read_only=canonical in SERVER_SET or bool(words.pattern("field_phrases", "read_only").search(text)),
        unique=bool(words.pattern("field_phrases", "unique").search(text)),
        default=_default(text, enum, kind),
        constraints=_constraints(text, kind),
        description=texts[-1].strip()[:300] if texts else "",
    )


def states_type(text: str) -> bool:
    """Whether the text begins with a word of the type vocabulary, or lists values."""
    head = re.split(r"[;,(.]", text, maxsplit=1)[0]
    return _first_type(head, load()) is not None or bool(enum_values(text))


def enum_values(text: str) -> tuple[str, ...]:
    """The values of `enum(a, b)`, `one of a, b or c` or `a | b | c`; empty when there are none."""
    if found := _ENUM_CALL.search(text):
        return _values(found.group(1))
    if found := _PIPES.search(text):
        return _values(found.group(0))
    for phrase in load().pattern("field_phrases", "enum").finditer(text):
        rest = text[phrase.end() :].lstrip(" :=([{")
        values = _values(_LIST_END.split(_ASIDE.sub("", rest), maxsplit=1)[0])
        if len(values) > 1:
            return values
    return ()


def _values(text: str) -> tuple[str, ...]:
    """Cleans a list of values; stops at the first piece that is prose."""
    found: list[str] = []
    for piece in _SEPARATOR.split(text):
        bare = re.split(r"\s*[(:]", piece.strip(), maxsplit=1)[0].strip(_QUOTES)
        value = "_".join(bare.split())
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,49}", value) or len(bare.split()) > 3:  # noqa: PLR2004 - longer is prose
            break
        if value not in found:
            found.append(value)
    return tuple(found)


@per_language(10_000)
def _type(name: str, type_text: str, text: str, enum: tuple[str, ...]) -> str:
    words = load()
    head = re.split(r"[;,(.]", type_text, maxsplit=1)[0]
    if re.search(r"\w\[\]", type_text) or words.pattern("field_phrases", "array_of").match(head.strip()):
        return "array"
    declared = _first_type(head, words) or _first_type(type_text, words)
    if enum:
        return "boolean" if declared == "boolean" else "string"
    if declared == "string" and name.rsplit("_", maxsplit=1)[-1] in {"email", "password"}:
        return name.rsplit("_", maxsplit=1)[-1]
    return declared or _by_name(name, text, words)


def _first_type(text: str, words: Words) -> str | None:
    best: tuple[int, int, str] | None = None
    for kind in words.groups["types"]:
        if found := words.pattern("types", kind).search(text):
            candidate = (found.start(), -len(found.group(0)), kind)
            best = min(best, candidate) if best else candidate
    if best is None:
        return None
    return "string" if best[2] == "enum" else best[2]


def _by_name(name: str, text: str, words: Words) -> str:
    parts = name.split("_")
    for kind, hints in words.groups["field_names"].items():
        if parts[-1] in hints or name in hints or (kind == "boolean" and parts[0] in {"is", "has"}):
            if kind == "array" and not words.pattern("field_phrases", "array_of").search(text):
                return "array" if parts[-1] == "items" else "string"
            return kind
    return "string"


def _reference(name: str, text: str, kind: str, words: Words) -> str | None:
    if name == "id" or kind not in {"uuid", "string", "integer"}:
        return None
    if found := _ARROW.search(text):
        return names.entity_name(found.group(1))
    if found := words.pattern("field_phrases", "references").search(text):
        after = re.match(r"\s*[:(]?\s*(?:to\s+|the\s+|an?\s+)*[`*]*([A-Za-z][\w-]*)", text[found.end() :])
        if after and names.entity_name(after.group(1)):
            return names.entity_name(after.group(1))
    return names.entity_name(name[: -len("_id")]) if name.endswith("_id") and len(name) > len("_id") else None


def _required(text: str, words: Words) -> bool:
    return not words.pattern("field_phrases", "optional").search(text)


def _item_type(text: str) -> str:
    """What an array holds: a word of the type vocabulary, or an entity's name."""
    words = load()
    if found := re.search(r"([A-Za-z]\w*)\[\]|(?:array|list)\s*[<(\[]\s*([A-Za-z]\w*)", text, re.IGNORECASE):
        noun = found.group(1) or found.group(2)
    elif phrase := words.pattern("field_phrases", "array_of").search(text):
        after = re.match(r"\s*[`*{]*([A-Za-z][\w-]*(?:\s[A-Z]\w*)?)", text[phrase.end() :])
        noun = after.group(1) if after else ""
    else:
        return "object" if "{" in text else "string"
    kind = _first_type(names.singular(noun.lower()), words) or _first_type(noun, words)
    if kind is None and noun[:1].isupper():
        return names.entity_name(noun)
    return kind or noun.lower()


def _default(text: str, enum: tuple[str, ...], kind: str) -> JsonValue:
    found = load().pattern("field_phrases", "default").search(text)
    if not found:
        return None
    after = re.match(rf"\s*(?:value\s+)?(?:is\s+)?[:=(]?\s*[`'\"]*({_NUMBER}(?!\w)|{_VALUE})", text[found.end() :])
    if not after:
        return None
    raw = after.group(1).rstrip(".-")
    if enum:
        return next((value for value in enum if value.lower() == raw.lower()), None)
    return _typed(raw, kind)


def _typed(raw: str, kind: str) -> JsonValue:
    if kind == "boolean":
        return {"true": True, "false": False, "yes": True, "no": False}.get(raw.lower())
    if kind in {"integer", "number"}:
        value = _number(raw)
        return int(value) if value is not None and kind == "integer" else value
    return raw if kind in {"string", "text"} and raw.lower() not in {"null", "none", "empty", "now"} else None


def _number(raw: str) -> int | float | None:
    clean = raw.replace(",", "").replace("_", "").rstrip(".")
    if not re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", clean):
        return None
    return float(clean) if "." in clean else int(clean)


@per_language(10_000)
def _bounds(text: str) -> tuple[int | float | None, int | float | None]:
    words = load()
    low = _after(text, words.pattern("field_phrases", "minimum"))
    high = _after(text, words.pattern("field_phrases", "maximum"))
    if found := _RANGE.search(re.sub(r"\d{4}-\d\d-\d\d", " ", text)):
        low = low if low is not None else _number(found.group(1))
        high = high if high is not None else _number(found.group(2))
    if low is None and words.pattern("field_phrases", "positive").search(text):
        low = 1
    if low is None and words.pattern("field_phrases", "non_negative").search(text):
        low = 0
    return low, high


def _after(text: str, pattern: re.Pattern[str]) -> int | float | None:
    for found in pattern.finditer(text):
        if number := re.match(rf"\s*(?:of|is|:|=)?\s*({_NUMBER})", text[found.end() :]):
            return _number(number.group(1))
    return None


def _constraints(text: str, kind: str) -> JsonObject:
    """Bounds in JSON Schema's words for the type."""
    low, high = _bounds(text)
    if found := re.search(r"(?:varchar|string|char|text)\s*\(\s*(\d{1,7})\s*\)", text, re.IGNORECASE):
        high = int(found.group(1))
    keys = {"array": ("minItems", "maxItems"), "integer": ("minimum", "maximum"), "number": ("minimum", "maximum")}
    low_key, high_key = keys.get(kind, ("minLength", "maxLength"))
    if kind in {"boolean", "uuid", "date", "datetime", "object"}:
        return {}
    if low is not None and high is not None and low > high:
        return {}
    whole = kind != "number"
    bounds = {low_key: low, high_key: high}
    found_bounds: JsonObject = {k: int(v) if whole else v for k, v in bounds.items() if v is not None}
    if (
        kind == "number"
        and found_bounds.get("minimum") == 1
        and load().pattern("field_phrases", "positive").search(text)
    ):
        found_bounds["minimum"] = 0.01
    return found_bounds
