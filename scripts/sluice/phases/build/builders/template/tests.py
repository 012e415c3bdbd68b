"""What the generated tests need to know: rows to start from, URLs, bodies that fit and bodies that do not."""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from sluice.phases.build.builders.template import behaviour
from sluice.phases.build.builders.template.plan import Column, Entity, Operation, Plan
from sluice.phases.build.builders.template.samples import NoSample, accepts, invalid, sample, sampled
from sluice.phases.build.builders.template.scenes import Scene, joined, key_json, mapping, quoted, url
from sluice.phases.build.builders.template.shapes import as_list, as_object

_PASSWORD = "Aa1-0123456789ab"  # noqa: S105  the shape of a random one
_VARIANTS = 8
_NEW_KEYS = {"UUID": "uuid4()", "str": "str(uuid4())", "int": "999_999"}


@dataclass
class Tests:
    """Helpers of the test templates, for one plan."""

    __test__ = False

    plan: Plan

    def password(self) -> str:
        """Source of a password that every body of the contract accepts."""
        shapes = [
            secret.shape
            for op in self.plan.operations
            if op.entity and (secret := behaviour.secret_field(op.entity, op.body_class))
        ]
        if all(accepts(shape, _PASSWORD) for shape in shapes):
            return '"Aa1-" + secrets.token_hex(6)'
        return f"{sampled(shapes[0])!r}  # pragma: allowlist secret"

    def paths(self) -> str:
        """Source of the set of all paths."""
        return (
            "{" + ", ".join(repr(path) for path in sorted({"/health", *(o.route for o in self.plan.operations)})) + "}"
        )

    def row_values(self, entity: Entity) -> list[tuple[str, str]]:
        """(column, source) of the values that a row must be given."""
        found = []
        for column in entity.columns:
            given = column.default or column.nullable or column.target or column.name == entity.owner
            if not given and not (column.primary and column.python == "int"):
                found.append((column.name, self._row_value(column)))
        if entity.secret:
            found.append((entity.secret, "PASSWORD"))
        return found

    def _row_value(self, column: Column) -> str:
        if column.unique or column.primary:
            sources = [_source(column, sampled(column.shape, variant)) for variant in range(1, _VARIANTS + 1)]
            return f"[{', '.join(sources)}][number % {_VARIANTS}]"
        return _source(column, sampled(column.shape))

    def row_references(self, entity: Entity) -> list[tuple[str, Entity]]:
        """(column, entity) of the rows that a row cannot do without."""
        return [
            (column.name, entity.targets[column.target])
            for column in entity.columns
            if column.target and not column.nullable and column.name != entity.owner
        ]

    def new_owner(self, entity: Entity) -> str:
        """Source of the id of somebody new."""
        column = next(column for column in entity.columns if column.name == entity.owner)
        if column.target:
            target = entity.targets[column.target]
            return f"add_{target.variable}(session).{target.key.name}"
        return _NEW_KEYS.get(column.python, "uuid4()")

    def same_owner(self, entity: Entity, target: Entity) -> bool:
        """Whether both kinds of rows have an owner that is set when they are made."""
        return owned_by_column(entity) and owned_by_column(target)

    def any_secured(self) -> Operation | None:
        """An operation that needs a token."""
        return next((op for op in self.plan.operations if op.secured), None)

    def plain_url(self, op: Operation) -> str:
        """Source of a URL of the operation, made of samples."""
        path = op.route
        for parameter in op.parameters:
            if parameter.where == "path":
                path = path.replace("{" + parameter.slot + "}", quoted(sampled(parameter.shape)))
        return repr(path)

    def scene(self, op: Operation) -> Scene | None:
        """The start of the test of an operation's good case; None (and a note) when no good body was found."""
        try:
            return self._scene(op)
        except NoSample:
            note = f"{op.function} is not tested: no sample of its body was found"
            self.plan.notes += [] if note in self.plan.notes else [note]
            return None

    def _scene(self, op: Operation) -> Scene:
        made = Scene()
        values = self._path_values(op, made)
        made.url = url(op, values)
        required = [p for p in op.parameters if p.where != "path" and not p.default]
        query = "&".join(f"{quoted(p.wire)}={quoted(sampled(p.shape))}" for p in required if p.where == "query")
        made.url = joined(made.url, query)
        sent = {p.wire: repr(str(sampled(p.shape))) for p in required if p.where == "header"}
        made.headers = mapping(sent) if sent else ""
        if op.secured:
            made.headers = f"{{**headers, {made.headers[1:]}" if sent else "headers"
        if op.body_shape:
            made.body = self._body(op, made)
        return made

    def _path_values(self, op: Operation, made: Scene) -> dict[str, str]:
        entity = op.entity
        found = {p.slot: repr(quoted(sampled(p.shape))) for p in op.parameters if p.where == "path"}
        if entity is None or op.kind == "unknown":
            return found
        key = op.parameter(op.hint.key)
        if key or op.kind in {"me", "update", "replace", "delete", "action", "read"}:
            made.row = "row"
            made.lines.append(f"row = {self._row(op, entity)}")
            if key:
                found[key.slot] = f"row.{entity.key.name}"
            found.update(self._parents_of_row(op, entity))
        elif op.kind in {"create", "list", "summary"}:
            given = self._parents(op, entity, made, found)
            if op.kind != "create":
                made.row = "row"
                made.lines.append(f"row = {self._add(entity, given, caller=op.secured)}")
        return found

    def _row(self, op: Operation, entity: Entity) -> str:
        alone = op.parameter(op.hint.key) is None or entity.owner == entity.key.name
        if alone and entity.secret and op.secured:
            return f"session.get_one(models.{entity.cls}, caller)"
        return self._add(entity, "", caller=op.secured)

    def _add(self, entity: Entity, given: str, *, caller: bool) -> str:
        owner = "caller" if owned_by_column(entity) and caller else ""
        return f"add_{entity.variable}({', '.join(part for part in ('session', owner, given) if part)})"

    def _parents_of_row(self, op: Operation, entity: Entity) -> dict[str, str]:
        found = {}
        for parent in op.hint.parents:
            parameter, column = op.parameter(parent.param), entity.column(parent.field)
            if parameter and column:
                found[parameter.slot] = f"row.{column.name}"
        return found

    def _parents(self, op: Operation, entity: Entity, made: Scene, found: dict[str, str]) -> str:
        given = []
        for number, parent in enumerate(op.hint.parents, 1):
            parameter, column = op.parameter(parent.param), entity.column(parent.field)
            if not parameter or not column:
                continue
            name = f"parent_{number}"
            if column.name == entity.owner and op.secured:
                made.lines.append(f"{name} = caller")
            elif column.target:
                target = entity.targets[column.target]
                made.lines.append(f"{name} = {self._add(target, '', caller=op.secured)}.{target.key.name}")
            else:
                made.lines.append(f"{name} = {_source(column, sampled(column.shape))}")
            found[parameter.slot] = name
            if column.name != entity.owner:
                given.append(f"{column.name}={name}")
        return ", ".join(given)

    def _body(self, op: Operation, made: Scene) -> str:
        value = body_value(op)
        if not isinstance(value, dict):
            return repr(value)
        parts = {name: repr(item) for name, item in value.items()}
        for number, reference in enumerate(behaviour.references(op), 1):
            wire = next(f.wire for f in op.body_class.fields if f.name == reference.name) if op.body_class else ""
            target = reference.entity
            made.lines.append(f"needed_{number} = {self._add(target, '', caller=op.secured)}")
            parts[wire] = key_json(target, f"needed_{number}")
        secret = behaviour.secret_field(op.entity, op.body_class) if op.entity else None
        if secret and secret.wire in parts and op.entity and op.entity.secret:
            parts[secret.wire] = "PASSWORD"
        made.parts = parts
        return made.body_with()

    def same_fields(self, op: Operation) -> list[str]:
        """Properties whose sent value must come back unchanged."""
        value, response = body_value(op), op.response_shape
        if not isinstance(value, dict) or response is None or op.entity is None:
            return []
        shapes = response.properties()
        plain = {"string", "integer", "boolean"}
        moved = {r.name for r in behaviour.references(op)}
        return [
            name
            for name in value
            if name in shapes
            and not shapes[name].read_only
            and shapes[name].type in plain
            and shapes[name].format not in {"date-time", "uuid"}
            and op.entity.column(name)
            and name not in moved
        ]

    def invalid_body(self, op: Operation) -> str:
        """Source of a body that must be refused, '' when none was found."""
        if op.body_shape is None or not op.body_required:
            return ""
        try:
            return repr(invalid(op.body_shape, body_value(op)))
        except NoSample:
            return ""

    def bad_query(self, op: Operation) -> str:
        """A query that must be refused, '' when there is none."""
        number = next((p for p in op.parameters if p.where == "query" and p.shape.type in {"integer", "number"}), None)
        return f"{quoted(number.wire)}=x" if number else ""

    def conflicts(self, op: Operation) -> bool:
        """Whether the same request a second time meets a unique column."""
        value = body_value(op) if op.kind in {"create", "register"} else None
        columns = op.entity.columns if op.entity else []
        return isinstance(value, dict) and any(column.unique and column.wire in value for column in columns)

    def wire_of(self, op: Operation, name: str) -> str:
        """The name in JSON of a body's field."""
        fields = op.body_class.fields if op.body_class else []
        return next((made.wire for made in fields if made.name == name), name)

    def answers_with_id(self, op: Operation) -> bool:
        """Whether the answer shows the row's id."""
        return op.response_shape is not None and "id" in op.response_shape.properties()

    def missing_url(self, op: Operation) -> str:
        """Source of the URL of a row that does not exist."""
        scene = Scene()
        values = self._path_values(op, scene)
        key = op.parameter(op.hint.key)
        if key and op.entity:
            values[key.slot] = re.sub(r"^str\((.*)\)$", r"\1", new_key(op.entity))
        return url(op, values)

    def missing_json(self, entity: Entity) -> str:
        """Source of an id, as it stands in JSON, that no row has."""
        return f"str({new_key(entity)})" if entity.key.python == "UUID" else new_key(entity)

    def key_json(self, entity: Entity, variable: str) -> str:
        """Source of a row's id as it stands in JSON."""
        return key_json(entity, variable)

    def owned_by_column(self, entity: Entity) -> bool:
        """Whether rows carry the id of their owner in a column of its own."""
        return owned_by_column(entity)


def owned_by_column(entity: Entity) -> bool:
    """Whether rows carry the id of their owner in a column of its own."""
    return bool(entity.owner) and entity.owner != entity.key.name


def new_key(entity: Entity) -> str:
    """Source of an id that no row has."""
    return _NEW_KEYS.get(entity.key.python, "uuid4()")


def body_value(op: Operation) -> JsonValue:
    """A body that the contract accepts: its own example when that is valid."""
    if op.body_shape is None:
        return None
    content = as_object(as_object(op.raw.get("requestBody")).get("content"))
    media = next((as_object(value) for name, value in content.items() if "json" in name), {})
    listed = [as_object(value).get("value") for value in as_object(media.get("examples")).values()]
    for example in (media.get("example"), *listed, *as_list(op.body_shape.schema.get("examples"))):
        if example is not None and accepts(op.body_shape, example):
            return example
    return sample(op.body_shape)


def _source(column: Column, value: JsonValue) -> str:
    wraps = {"UUID": "UUID({})", "dt.datetime": "dt.datetime.fromisoformat({})", "dt.date": "dt.date.fromisoformat({})"}
    return wraps.get(column.python, "{}").format(repr(value))
