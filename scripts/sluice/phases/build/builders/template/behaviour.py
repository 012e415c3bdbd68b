"""What handlers do, as source: which rows they see, what they write, which rows must exist."""

from pydantic import JsonValue

from sluice.phases.build.builders.template.annotations import ClassDef, Field
from sluice.phases.build.builders.template.entities import literal_default
from sluice.phases.build.builders.template.plan import Column, Entity, Operation, Reference
from sluice.phases.build.builders.template.shapes import Shape

_WRITES = frozenset({"create", "update", "replace", "action", "register"})


def owned(entity: Entity) -> list[str]:
    """The condition that a row is the caller's."""
    return [f"models.{entity.cls}.{entity.owner} == {entity.caller}"] if entity.owner else []


def visible(operation: Operation) -> list[str]:
    """Conditions on the rows that an operation may see: the caller's, below the path's parents, with the key."""
    entity = _entity(operation)
    conditions = [f"models.{entity.cls}.{entity.key.name} == {key}"] if (key := _key(operation, entity)) else []
    for parent in operation.hint.parents:
        parameter, column = operation.parameter(parent.param), entity.column(parent.field)
        if parameter and column:
            conditions.append(f"models.{entity.cls}.{column.name} == {parameter.name}")
    if operation.secured and not (operation.hint.key is None and operation.kind in {"me", "update", "delete"}):
        conditions += owned(entity)
    return conditions


def _key(operation: Operation, entity: Entity) -> str:
    parameter = operation.parameter(operation.hint.key)
    if parameter:
        return parameter.name
    alone = operation.kind in {"me", "update", "replace", "delete", "action"}
    return "caller" if alone and entity.secret else ""


def _entity(operation: Operation) -> Entity:
    if operation.entity is None:
        raise TypeError(f"{operation.operation_id} has no entity")
    return operation.entity


def uses_caller(operation: Operation) -> bool:
    """Whether the handler's code names the caller."""
    if operation.entity is None or not operation.secured:
        return False
    seen = operation.kind not in {"create", "register", "login"} and any("caller" in c for c in visible(operation))
    written = operation.kind == "create" and bool(operation.entity.owner)
    needed = [*references(operation), *parent_references(operation)]
    return seen or written or any(owned(reference.entity) for reference in needed)


def own_parents(operation: Operation) -> list[str]:
    """Arguments that name the owner in the path of a new row: they must be the caller."""
    entity = operation.entity
    if entity is None or operation.kind != "create" or not operation.secured or not entity.owner:
        return []
    parents = [p for p in operation.hint.parents if (c := entity.column(p.field)) and c.name == entity.owner]
    return [parameter.name for parent in parents if (parameter := operation.parameter(parent.param))]


def references(operation: Operation) -> list[Reference]:
    """Local rows that must exist before the operation may write."""
    entity, body = operation.entity, operation.body_class
    if entity is None or body is None or operation.kind not in _WRITES:
        return []
    found = []
    for field in body.fields:
        column = entity.column(field.wire)
        if column is None:
            continue
        if column.target:
            found.append(Reference(name=field.name, entity=_named(entity, column), nullable="None" in field.annotation))
    return found


def parent_references(operation: Operation) -> list[Reference]:
    """Parents in the path that must exist."""
    if operation.entity is None or operation.kind not in {"create", "list"}:
        return []
    found = []
    for parent in operation.hint.parents:
        parameter, column = operation.parameter(parent.param), operation.entity.column(parent.field)
        if parameter and column and column.target:
            found.append(Reference(name=parameter.name, entity=_named(operation.entity, column), nullable=False))
    return found


def _named(entity: Entity, column: Column) -> Entity:
    return entity.targets[column.target]


def assignments(operation: Operation) -> list[tuple[str, str]]:
    """(attribute, source) pairs of a new or replaced row."""
    entity, body = _entity(operation), operation.body_class
    parents = {parent.field: parent.param for parent in operation.hint.parents}
    found = []
    for column in entity.columns:
        parameter = operation.parameter(parents.get(column.wire))
        field = body.wire(column.wire) if body else None
        if column.primary:
            continue
        if parameter:
            found.append((column.name, parameter.name))
        elif column.name == entity.owner and operation.secured:
            if operation.kind == "create":
                found.append((column.name, entity.caller))
        elif field and not column.shape.read_only:
            found.append((column.name, _from_body(column, field)))
        elif operation.kind in {"create", "register"} and not (column.nullable or column.default):
            found.append((column.name, literal_fallback(column)))
    return found


def unfilled(operation: Operation) -> list[Column]:
    """Columns of a new row that must have a value and that neither the request nor the service gives one."""
    if operation.entity is None or operation.kind not in {"create", "register"}:
        return []
    sources = dict(assignments(operation))
    columns = [
        column for column in operation.entity.columns if not (column.primary or column.nullable or column.default)
    ]
    given = operation.body_class.fields if operation.body_class else []
    known = {field.wire for field in given} | {parent.field for parent in operation.hint.parents}
    owner = operation.entity.owner if operation.secured else ""
    return [c for c in columns if c.name in sources and c.wire not in known and c.name != owner]


def _from_body(column: Column, field: Field) -> str:
    source = f"as_json(body.{field.name})" if column.is_json else f"body.{field.name}"
    if "None" not in field.annotation and not field.annotation.startswith("Omittable"):
        return source
    if column.nullable:
        return source
    fallback = literal_fallback(column)
    return f"{source} if body.{field.name} is not None else {fallback}"


def literal_fallback(column: Column) -> str:
    """Source of the value of a column that a request leaves out."""
    shape = column.shape
    given = shape.schema.get("default")
    if given is not None and not isinstance(given, list | dict) and (source := literal_default(given, shape)):
        return f"{source}()" if source == "utc_now" else source
    if shape.enum:
        return repr(shape.enum[0])
    formats = {"uuid": "uuid4()", "date-time": "utc_now()", "date": "utc_today()"}
    if shape.type == "string":
        return formats.get(shape.format, "''")
    plain = {"integer": _least(shape, 0), "number": _least(shape, 0.0), "boolean": "False", "array": "[]"}
    return plain.get(shape.type, "{}")


def _least(shape: Shape, zero: float) -> str:
    least = shape.schema.get("minimum")
    value = least if isinstance(least, int | float) and least > zero else zero
    return repr(type(zero)(value))


def changed(operation: Operation) -> tuple[list[str], list[tuple[str, str, str]]]:
    """For a PATCH: names of body fields that are no columns, and (field, attribute, source) of JSON columns."""
    entity, body = _entity(operation), operation.body_class
    ignored, documents = [], []
    for field in body.fields if body else []:
        column = entity.column(field.wire)
        if column is None or column.shape.read_only or column.primary or column.name == entity.owner:
            ignored.append(field.name)
        elif column.is_json:
            ignored.append(field.name)
            documents.append((field.name, column.name, f"as_json(body.{field.name})"))
    return ignored, documents


def constants(operation: Operation) -> list[tuple[str, str]]:
    """(attribute, source) pairs that an action sets."""
    entity = _entity(operation)
    found = []
    for wire, value in operation.hint.sets.items():
        column = entity.column(wire)
        if column:
            found.append((column.name, constant(column, value)))
    return found


def constant(column: Column, value: JsonValue) -> str:
    """Source of a constant as a column's value; where a moment is wanted, the present one is meant."""
    if value is None:
        return "None"
    moments = {"dt.datetime": "utc_now()", "dt.date": "utc_today()"}
    if column.python in moments:
        return moments[column.python]
    return f"UUID({str(value)!r})" if column.python == "UUID" else repr(value)


def secret_field(entity: Entity, body: ClassDef | None) -> Field | None:
    """The field of a body that carries the account's password."""
    candidates = [f for f in body.fields if not entity.attribute(f.wire)] if body else []
    marked = [f for f in candidates if f.shape.format == "password" or "pass" in f.name or "secret" in f.name]
    return next(iter(marked), None)


def identity(operation: Operation, entity: Entity) -> Column | None:
    """The column by which an account logs in."""
    named = entity.column(operation.hint.identity or "")
    unique = next((column for column in entity.columns if column.unique), None)
    return named or entity.column("email") or entity.column("username") or unique


def documented(operation: Operation, *wanted: int) -> int:
    """The first of the statuses that the contract documents for the operation, else the first."""
    return next((status for status in wanted if status in operation.statuses), wanted[0])
