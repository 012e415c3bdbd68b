"""Fields in braces or in a row: `{id, items: [{product, quantity: integer}]}`, JSON examples, `id, email and name`."""

import re
from collections.abc import Iterator

from sluice.model.domain import EntityField
from sluice.services.architect.reading import fields
from sluice.services.architect.reading.words import load

MAX_DEPTH = 8
_NAMED = re.compile(
    r"[`*\s]*([A-Za-z_]\w*(?:\s[a-z_]\w*)?)[`*]*\??\s*(?:(?:[:(]|(?=→|->|references\b))\s*(.*?)\)?)?\s*$", re.DOTALL
)
MAX_GROUP = 8000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:?]|[^{}\[\],:?"]+')
_SENTENCE_END = re.compile(r"(?<=[^.])\.(?:\s|$)|[;\n]")
_NAME = re.compile(r"[A-Za-z_]\w{0,60}")


def braces(text: str) -> Iterator[tuple[int, str]]:
    """The outermost `{...}` and `[{...}]` groups of a text, with where they start."""
    depth, start = 0, 0
    for position, char in enumerate(text):
        if char in "{[":
            start = position if depth == 0 else start
            depth += 1
        elif char in "}]" and depth:
            depth -= 1
            if depth == 0 and "{" in text[start : position + 1]:
                yield start, text[start : position + 1]


def parse(text: str) -> tuple[list[EntityField], bool]:
    """The fields of a brace group, and whether it is an array of such objects."""
    reader = _Reader([token.strip() for token in _TOKEN.findall(text) if token.strip()])
    is_list = reader.peek() == "["
    if is_list:
        reader.next()
    return (reader.object(0) if reader.peek() == "{" else []), is_list


def field(name: str, *texts: str, required: bool | None = None) -> EntityField | None:
    """Like `fields.parse`, with the fields of objects: `array of {product, quantity}`, `objects with a, b and c`."""
    text = "; ".join(texts)
    group = next((group for _, group in braces(text)), "")
    flat = [part.replace(group, " object ") if group else part for part in texts]
    found = fields.parse(name, *flat, required=required)
    if found is None or found.type not in {"array", "object"}:
        plain = [part.replace(group, " ") if group else part for part in texts]
        return fields.parse(name, *plain, required=required)
    items = parse(group)[0] if group else _inline_items(text)
    return found.model_copy(update={"items": tuple(items), "item_type": "object"}) if items else found


def _inline_items(text: str) -> list[EntityField]:
    phrase = load().pattern("field_phrases", "item_fields")
    for found in phrase.finditer(text):
        inner = names_in_row(text[found.end() :].strip(" (:").removesuffix(")"))
        if len(inner) > 1:
            return inner
    return []


def names_in_row(text: str) -> list[EntityField]:
    """`email, password` or `email and password (8+ characters)`: fields, or nothing when it reads like prose."""
    found: list[EntityField] = []
    for piece in row(text):
        head = _NAMED.match(piece)
        field = fields.parse(head.group(1), head.group(2) or "") if head else None
        if field is None:
            return []
        found.append(field.model_copy(update={"required": field.required and "?" not in piece}))
    return found


def row(text: str) -> list[str]:
    """Splits at the commas and `and`s outside of parentheses, up to the end of the sentence."""
    pieces, depth, current = [], 0, ""
    ands = load().lists["conjunctions"]
    parts = re.findall(r"\s+\w{1,4}(?=\s)|[()\[\]{},]|[^()\[\]{},\s]+|\s+", _SENTENCE_END.split(text, maxsplit=1)[0])
    for part in parts:
        depth += (part in "([{") - (part in ")]}")
        if depth <= 0 and (part == "," or part.strip().lower() in ands):
            pieces.append(current)
            current = ""
        else:
            current += part
    return [re.sub(r"^\s*(?:and|or|the|an?)\s+", "", piece).strip() for piece in [*pieces, current] if piece.strip()]


class _Reader:
    """Recursive descent over the tokens of one group; malformed input ends the group, it never fails."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def object(self, depth: int) -> list[EntityField]:
        self.next()
        found: dict[str, EntityField] = {}
        while self.peek() not in {"}", ""}:
            field = self._pair(depth)
            if field is not None:
                found.setdefault(field.name, field)
        self.next()
        return list(found.values())

    def _pair(self, depth: int) -> EntityField | None:
        token = self.next()
        name = _NAME.search(token.strip('"'))
        optional = self.peek() == "?" and bool(self.next())
        found: tuple[str, list[EntityField], bool] = ("", [], False)
        if self.peek() == ":":
            self.next()
            found = self._value(depth)
        type_text, items, is_array = found
        while self.peek() == "[":
            self.next()
            is_array = True
            self._skip_to("]")
        if name is None:
            return None
        field = fields.parse(name.group(0), "array" if is_array else type_text, required=False if optional else None)
        if field is None or not (items or is_array):
            return field
        item_type = "object" if items else _scalar(type_text)
        return field.model_copy(
            update={"type": "array" if is_array else "object", "items": tuple(items), "item_type": item_type}
        )

    def _value(self, depth: int) -> tuple[str, list[EntityField], bool]:
        """The words of a type or example, the fields of an object in it, and whether it is a list."""
        text, items, is_list, inside = "", [], False, 0
        while self.peek() not in {"}", ""} and (inside or self.peek() != ","):
            part = self.next()
            inside += (part == "[") - (part == "]")
            is_list = is_list or part == "["
            if part == "{":
                self.position -= 1
                items = self.object(depth + 1) if depth < MAX_DEPTH else self._skip_to("}")
            elif part not in {"[", "]", ","} and not (inside and text):
                text += part if part.startswith('"') else f" {part} "
        return _meaning(text.strip()), items, is_list

    def _skip_to(self, end: str) -> list[EntityField]:
        while self.peek() not in {end, ""}:
            self.next()
        self.next()
        return []


def _meaning(text: str) -> str:
    """The type of a JSON example value, or the text itself."""
    if text.startswith('"'):
        inner = text.strip('"')
        if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", inner):
            return "datetime"
        if re.fullmatch(r"\d{4}-\d\d-\d\d", inner):
            return "date"
        return "" if inner else "string"
    if re.fullmatch(r"-?\d+", text):
        return ""
    return {"true": "boolean", "false": "boolean"}.get(text, "number" if re.fullmatch(r"-?\d+\.\d+", text) else text)


def _scalar(text: str) -> str:
    field = fields.parse("value", text)
    return field.type if field else "string"
