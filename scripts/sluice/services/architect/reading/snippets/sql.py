"""SQL table definitions in any dialect."""

import logging
import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sluice.model.domain import EntityField
from sluice.services.architect.reading import fields, names
from sluice.services.architect.reading.snippets.snippet import Noun, Snippet

_CREATE = re.compile(r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?TABLE\b", re.IGNORECASE)
_ENUM = re.compile(r"\bCREATE\s+TYPE\s+\"?([\w.]+)\"?\s+AS\s+ENUM\s*\(([^)]*)\)", re.IGNORECASE)
_FOREIGN = re.compile(
    r"ALTER\s+TABLE\s+(?:ONLY\s+)?\"?([\w.]+)\"?\s+ADD\s+(?:CONSTRAINT\s+\S+\s+)?FOREIGN\s+KEY\s*\(\s*\"?(\w+)\"?\s*\)\s*"
    r"REFERENCES\s+\"?([\w.]+)\"?",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?([\w.\"`]+)\s+ADD\s+(?:COLUMN\s+)?(?!CONSTRAINT|FOREIGN|PRIMARY|UNIQUE|CHECK|INDEX)([^;\n]+);",
    re.IGNORECASE,
)
MAX_STATEMENT = 50_000
_TYPES = {
    "UUID": "uuid", "BOOLEAN": "boolean", "BIT": "boolean", "DATE": "date", "JSON": "object", "JSONB": "object",
    "TEXT": "text", "MEDIUMTEXT": "text", "LONGTEXT": "text", "ARRAY": "array",
}  # fmt: skip


def read(found: Snippet, text: str, first: int) -> None:
    """Adds the tables of a script; a statement that does not parse says nothing."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    enums = {name.lower().rsplit(".", 1)[-1]: re.findall(r"'([^']*)'", values) for name, values in _ENUM.findall(text)}
    foreign = {(table.lower(), column.lower()): target for table, column, target in _FOREIGN.findall(text)}
    text = _ADD.sub(r"CREATE TABLE \1 (\2);", text)
    starts = [match.start() for match in _CREATE.finditer(text)]
    line, counted = first, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", counted, start)
        counted = start
        for create in _parsed(text[start : min(end, start + MAX_STATEMENT)]):
            noun = _table(create, line, enums, foreign)
            if noun is not None:
                found.nouns.append(noun)


def _parsed(text: str) -> list[exp.Create]:
    statement = _ENUM.split(text)[0]
    for dialect in ("postgres", "mysql", None):
        try:
            first = sqlglot.parse(statement, dialect=dialect)[0]
        except (SqlglotError, RecursionError, IndexError):
            continue
        if isinstance(first, exp.Create):
            return [first]
    return []


def _table(
    create: exp.Create, line: int, enums: dict[str, list[str]], foreign: dict[tuple[str, str], str]
) -> Noun | None:
    schema, table = create.this, create.find(exp.Table)
    if not isinstance(schema, exp.Schema) or table is None:
        return None
    noun = Noun(table.name, line, table.db if table.db not in {"public", "dbo"} else "")
    keys = {
        column.name.lower(): target.name
        for key in schema.find_all(exp.ForeignKey)
        for column, target in zip(key.expressions[:1], list(key.find_all(exp.Table))[:1], strict=False)
    }
    for column in schema.expressions:
        if isinstance(column, exp.ColumnDef):
            name = column.name.lower()
            target = keys.get(name) or foreign.get((table.name.lower(), name))
            field = _column(column, target or "", enums)
            if field is not None:
                noun.fields.append(field)
    return noun


def _column(column: exp.ColumnDef, target: str, enums: dict[str, list[str]]) -> EntityField | None:
    kind = column.args.get("kind")
    constraints = [constraint.args.get("kind") for constraint in column.constraints]
    reference = next((c for c in constraints if isinstance(c, exp.Reference)), None)
    told = reference.find(exp.Table) if reference is not None else None
    target = told.name if told is not None else target
    values = [text.name for text in kind.find_all(exp.Literal) if text.is_string] if kind is not None else []
    values = values or enums.get(_written(kind).lower().strip('"'), [])
    checks = [c for c in constraints if isinstance(c, exp.CheckColumnConstraint)]
    for within in (w for check in checks for w in check.find_all(exp.In)):
        values = values or [text.name for text in within.expressions if isinstance(text, exp.Literal)]
    primary = any(isinstance(c, exp.PrimaryKeyColumnConstraint) for c in constraints)
    notes = ["unique"] if any(isinstance(c, exp.UniqueColumnConstraint) for c in constraints) else []
    notes += [f"references {names.entity_name(target)}"] if target else []
    notes += [f"one of {', '.join(values)}"] if len(values) > 1 else []
    default = next((c.this for c in constraints if isinstance(c, exp.DefaultColumnConstraint)), None)
    notes += [f"default {default.name}"] if isinstance(default, exp.Literal | exp.Boolean) and default.name else []
    required = primary or any(
        isinstance(c, exp.NotNullColumnConstraint) and not c.args.get("allow_null") for c in constraints
    )
    return fields.parse(column.name, "string" if values else _type(kind), "; ".join(notes), required=required)


def _written(kind: exp.Expression | None) -> str:
    return kind.sql() if kind is not None else ""


def _type(kind: exp.Expression | None) -> str:
    """The type in the Architect's vocabulary, with the length of a text."""
    if not isinstance(kind, exp.DataType):
        return "string"
    name = kind.this.name if hasattr(kind.this, "name") else str(kind.this)
    if name in _TYPES:
        return "array of string" if name == "ARRAY" else _TYPES[name]
    if kind.is_type(*exp.DataType.INTEGER_TYPES):
        return "integer"
    if kind.is_type(*exp.DataType.REAL_TYPES):
        return "number"
    if kind.is_type(*exp.DataType.TEMPORAL_TYPES):
        return "datetime"
    size = next((part.name for part in kind.find_all(exp.Literal)), "")
    return f"varchar({size})" if size.isdigit() else "string"
