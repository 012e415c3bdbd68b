"""Small pieces of Python source that the templates ask for."""

import ast
import re
from collections.abc import Sequence

from sluice.phases.build.builders.template import behaviour
from sluice.phases.build.builders.template.plan import (
    Column,
    ComputedProperty,
    Consumed,
    Entity,
    Group,
    Operation,
    Parameter,
    Plan,
)

_WITH_BODY = frozenset({"create", "register", "update", "replace", "login", "refresh"})
_ROW = frozenset({"create", "register", "read", "me", "update", "replace"})
_PAGING = ("limit", "offset")


class _Qualify(ast.NodeTransformer):
    def __init__(self, classes: frozenset[str]) -> None:
        self._classes = classes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._classes:
            return node
        return ast.Attribute(value=ast.Name(id="schemas", ctx=ast.Load()), attr=node.id, ctx=ast.Load())


def qualified(annotation: str, plan: Plan) -> str:
    """The annotation with the classes of `app.schemas` named by their module."""
    classes = frozenset(made.name for made in plan.classes)
    return ast.unparse(_Qualify(classes).visit(ast.parse(annotation, mode="eval")))


def column_arguments(entity: Entity, column: Column) -> str:
    """Arguments of `mapped_column`."""
    parts = [column.sql]
    if column.target:
        target = entity.targets[column.target]
        parts.append(f"ForeignKey({f'{target.table}.{target.key.name}'!r}, ondelete={on_delete(column)!r})")
    parts += ["primary_key=True"] if column.primary else []
    parts += ["unique=True"] if column.unique == "exact" else []
    parts += ["index=True"] if indexed(entity, column) else []
    parts += [f"default={column.default}"] if column.default else []
    parts += [f"onupdate={column.onupdate}"] if column.onupdate else []
    return ", ".join(parts)


def on_delete(column: Column) -> str:
    """What a row does when the row that it refers to is deleted."""
    return "SET NULL" if column.nullable else "CASCADE"


def indexed(entity: Entity, column: Column) -> bool:
    """References and owners are looked up by."""
    return not column.primary and not column.unique and bool(column.target or column.name == entity.owner)


def bounds(op: Operation) -> list[tuple[str, str, float]]:
    """(attribute, property, maximum) of the computed numbers that the operation can raise."""
    written = op.body_class and op.kind in {"create", "update", "replace"}
    computed = op.entity.computed if op.entity and written else []
    limits = [(item.name, item.wire, item.maximum) for item in computed]
    return [(name, wire, bound) for name, wire, bound in limits if bound is not None]


def product(item: ComputedProperty) -> str:
    """The product of an item's factors."""
    if not item.hint.factors:
        return "Decimal(1)"
    return " * ".join(f"Decimal(str(item.get({factor!r}) or 0))" for factor in item.hint.factors)


def used_parameters(op: Operation) -> set[str]:
    """Names of the parameters that the handler's code reads."""
    if op.entity is None or op.kind == "unknown":
        return set()
    wanted = {op.hint.key, *(parent.param for parent in op.hint.parents)}
    if op.kind == "list":
        wanted |= {*op.hint.filters, *_PAGING}
    return {p.name for p in op.parameters if p.wire in wanted}


def parameter_name(op: Operation, parameter: Parameter) -> str:
    """The argument's name; a leading underscore says that it is checked but not used."""
    return parameter.name if parameter.name in used_parameters(op) else f"_{parameter.name}"


def parameter_annotation(op: Operation, parameter: Parameter) -> str:
    """The argument's annotation."""
    marker = parameter.where.capitalize()
    alias = "" if parameter.slot == parameter_name(op, parameter) else f"alias={parameter.slot!r}"
    marked = f"{marker}({alias})"
    if parameter.annotation.startswith("Annotated[") and parameter.annotation.endswith("]"):
        return f"{parameter.annotation[:-1]}, {marked}]"
    return f"Annotated[{parameter.annotation}, {marked}]"


def uses_body(op: Operation) -> bool:
    """Whether the handler's code reads the body."""
    return op.kind in _WITH_BODY or bool(op.kind == "action" and action_fields(op))


def needs_passwords(op: Operation) -> bool:
    """Whether the handler hashes or verifies."""
    if op.entity is None or not op.entity.secret:
        return False
    secret = behaviour.secret_field(op.entity, op.body_class)
    return op.kind in {"create", "register", "update", "replace", "login"} and secret is not None


def action_fields(op: Operation) -> list[tuple[str, str, str]]:
    """(attribute, source, field) of the columns that an action's body sets."""
    if op.entity is None or op.body_class is None:
        return []
    found = []
    for field in op.body_class.fields:
        column = op.entity.column(field.wire)
        if column and not column.primary and not column.shape.read_only and field.wire not in op.hint.sets:
            source = f"as_json(body.{field.name})" if column.is_json else f"body.{field.name}"
            found.append((column.name, source, field.name))
    return found


def returns(op: Operation) -> str:
    """The return annotation of a handler."""
    if op.kind == "unknown":
        return "None"
    if op.kind in {"login", "refresh", "summary"}:
        return "dict[str, Any]"
    if op.entity is None or (op.kind not in _ROW | {"list"} and not op.response):
        return "None"
    return f"Sequence[models.{op.entity.cls}]" if op.kind == "list" else f"models.{op.entity.cls}"


def paging(op: Operation) -> str:
    """`.limit(…).offset(…)` for the parameters that there are."""
    found = [p for wire in _PAGING if (p := op.parameter(wire, "query"))]
    return "".join(f".{p.wire}({p.name})" for p in found)


def ordering(entity: Entity) -> str:
    """Oldest first, then by key, so that pages are stable."""
    created = next((c for c in entity.columns if c.wire.lower().startswith("created") and c.default == "utc_now"), None)
    columns = [created, entity.key] if created else [entity.key]
    return ", ".join(f"models.{entity.cls}.{column.name}" for column in columns)


def summary_values(op: Operation) -> list[tuple[str, str]]:
    """(property, source) of a summary: `total` rows and the counts `by_<column>` of each value."""
    if op.entity is None or op.response_shape is None:
        return []
    found = []
    for wire, prop in op.response_shape.properties().items():
        source = _summary_value(op.entity, wire, is_object=prop.type == "object")
        if source:
            found.append((wire, source))
    return found


def _summary_value(entity: Entity, wire: str, *, is_object: bool) -> str:
    for column in entity.columns:
        values = [value for value in column.shape.enum if isinstance(value, str)]
        if values and is_object and wire in {column.wire, f"by_{column.wire}", f"{column.wire}_counts"}:
            return "{" + ", ".join(f"{value!r}: by_{column.name}.get({value!r}, 0)" for value in values) + "}"
        if wire in values and not is_object:
            return f"by_{column.name}.get({wire!r}, 0)"
        if is_object or not values:
            continue
        for value in values:
            if wire in {f"{column.wire}_{value}", f"{value}_count", f"{column.wire}_{value}_count"}:
                return f"by_{column.name}.get({value!r}, 0)"
    return "total" if wire in {"count", "total"} and not is_object else ""


def summary_columns(op: Operation) -> list[Column]:
    """Columns whose values a summary counts."""
    sources = " ".join(source for _, source in summary_values(op))
    return [c for c in (op.entity.columns if op.entity else []) if re.search(rf"\bby_{c.name}\b", sources)]


def uses_event(item: Consumed) -> bool:
    """Whether a handler reads its event."""
    return any("event." in source for source in (item.key, *(source for _, source in item.values)))


def overlaps(group: Group) -> list[tuple[str, list[str]]]:
    """Literal paths that also fit a path with a parameter, with the methods that only the latter has."""
    found = []
    methods: dict[str, set[str]] = {}
    for op in group.operations:
        methods.setdefault(op.route, set()).add(op.method.upper())
    for path, own in methods.items():
        extra: set[str] = set()
        for other, theirs in methods.items():
            pattern = re.sub(r"\\\{[^{}]*\\\}", "[^/]+", re.escape(other))
            if other != path and path.count("{") < other.count("{") and re.fullmatch(pattern, path):
                extra |= theirs - own
        if extra:
            found.append((path, sorted(extra)))
    return found


def token_field(op: Operation) -> str:
    """The field of a refresh request that holds the token."""
    fields = op.body_class.fields if op.body_class else []
    return next((field.name for field in fields if "token" in field.name), "")


def folded(entity: Entity) -> list[Column]:
    """Columns whose values differ by more than upper and lower case."""
    return [column for column in entity.columns if column.unique == "folded"]


def migration_type(column: Column) -> str:
    """The column's type in a migration, which must not depend on the application's code."""
    if column.sql.startswith("BigInteger().with_variant"):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    plain = {"UtcDateTime()": "sa.DateTime(timezone=True)", "JSON": "sa.JSON()"}
    return plain.get(column.sql, f"sa.{column.sql}")


def parents_first(plan: Plan) -> list[Entity]:
    """Entities in an order in which their tables can be made."""
    found: list[Entity] = []

    def visit(entity: Entity, open_: tuple[str, ...]) -> None:
        for target in entity.targets.values():
            if target.cls not in open_ and target is not entity:
                visit(target, (*open_, entity.cls))
        if entity not in found:
            found.append(entity)

    for entity in plan.entities:
        visit(entity, ())
    return found


def owner_type(found: Sequence[Entity]) -> str:
    """The type of the ids of accounts, where other services keep them: that of the first owner."""
    return next((c.python for entity in found for c in entity.columns if c.name == entity.owner), "UUID")
