"""Safe names: whatever a contract calls a thing, the generated code gets a valid, unreserved identifier."""

import builtins
import keyword
import re

from pydantic import BaseModel

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_MODEL_WORDS = frozenset({"self", "cls", "metadata", "registry", "dt", "func"})
_RESERVED = (
    frozenset(keyword.kwlist)
    | frozenset(keyword.softkwlist)
    | frozenset(name for name in dir(builtins) if name.islower())
    | frozenset(name for name in dir(BaseModel) if not name.startswith("_"))
    | _MODEL_WORDS
) - {"id"}
_CLASSES = frozenset({"Base", "Model", "Outbox", "ProcessedEvent", "Error", "ValidationError", "FieldError"})
_MAX = 48


def snake(text: str) -> str:
    """`OrderItem`, `order-item`, `order item` -> `order_item`; '' when nothing usable is in it."""
    return "_".join(word.lower() for word in _WORDS.findall(text))[:_MAX].rstrip("_")


def attribute(text: str, fallback: str = "field") -> str:
    """A lower-case Python identifier that shadows nothing."""
    name = text if re.fullmatch(r"[a-z][a-z0-9_]{0,47}", text) and "__" not in text else snake(text)
    name = name if name and not name[0].isdigit() else f"{fallback}_{name}".rstrip("_")
    return f"{name}_" if name in _RESERVED or name.startswith("model_") else name


def docstring(text: str) -> str:
    """A sentence as the first line of a docstring."""
    line = text[:1].upper() + text[1:]
    return line if line.endswith((".", "?", "!")) else f"{line}."


def class_name(text: str, fallback: str = "Item") -> str:
    """A PascalCase Python identifier that shadows no exception, typing name or class of the generated modules."""
    given = text if re.fullmatch(r"[A-Z][A-Za-z0-9]{0,47}", text) else ""
    name = given or "".join(word[:1].upper() + word[1:] for word in _WORDS.findall(text))[:_MAX]
    name = name if name and not name[0].isdigit() else f"{fallback}{name}"
    return f"{name}Entity" if name in _CLASSES or hasattr(builtins, name) or keyword.iskeyword(name) else name


def distinct(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with a number at its end when `taken` has it; the result is added to `taken`."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted.rstrip('_')}_{number}", number + 1
    taken.add(name)
    return name


def sentence(text: object, limit: int = 90) -> str:
    """One line of plain text that is safe in a docstring, a comment and a README."""
    line = " ".join(str(text or "").split())
    line = "".join(char for char in line if char.isprintable() and char not in '\\"`<>|[]#*')
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
