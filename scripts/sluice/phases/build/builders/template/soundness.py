"""Operations whose hint cannot be followed to the end become `unknown`, and a note says why."""

from sluice.model.hints import OperationHint
from sluice.phases.build.builders.template import behaviour, source
from sluice.phases.build.builders.template.names import sentence
from sluice.phases.build.builders.template.plan import Entity, Operation
from sluice.phases.build.builders.template.shapes import Shape

_OF_ACCOUNT = frozenset({"register", "login", "refresh", "me"})
_TOKENS = frozenset({"access_token", "refresh_token", "token_type", "expires_in"})
_ROWS = frozenset({"create", "register", "list", "read", "me", "update", "replace", "action", "delete"})


def drop_without_account(operations: list[Operation], account: Entity | None, notes: list[str]) -> None:
    """What needs an account, or a field that the body lacks, cannot be followed."""
    for operation in operations:
        if operation.kind in _OF_ACCOUNT and (problem := _unusable(operation, account)):
            notes.append(f"{operation.method.upper()} {sentence(operation.path)}: {problem}; it answers 501")
            operation.hint = OperationHint(kind="unknown")


def _unusable(operation: Operation, account: Entity | None) -> str:
    if account is None or (operation.entity is not account and operation.kind != "refresh"):
        return "there is no account that logs in"
    body = operation.body_class
    if operation.kind == "refresh":
        lacking = _lacking(operation, _TOKENS)
        given = f"nothing gives its answer's {lacking}" if lacking else ""
        return given if source.token_field(operation) else "its body has no token"
    if operation.kind == "me":
        return "" if operation.secured else "it needs no token, so there is no caller"
    if operation.kind != "register" and (lacking := _lacking(operation, _TOKENS)):
        return f"nothing gives its answer's {lacking}"
    column = behaviour.identity(operation, account)
    named = body is not None and column is not None and body.wire(column.wire) is not None
    return "" if named and behaviour.secret_field(account, body) else "its body has no password or no login name"


def _lacking(operation: Operation, known: frozenset[str]) -> str:
    """Required properties of the answer that are not among the known."""
    of = operation.response_shape
    return ", ".join(sorted(map(sentence, of.required - known))) if of else ""


def drop_without_source(
    operations: list[Operation], found: list[Entity], account: Entity | None, notes: list[str]
) -> None:
    """Answers that no row has, and new rows that lack a value."""
    caller = account.key.python if account else source.owner_type(found)
    for entity in found:
        owner = next((column for column in entity.columns if column.name == entity.owner), None)
        if owner and owner.python != caller:
            entity.caller = f"{owner.python}(caller)" if owner.python == "str" else "caller"
    for operation in operations:
        label = f"{operation.method.upper()} {sentence(operation.path)}"
        if problem := _unanswerable(operation):
            notes.append(f"{label}: {problem}; it answers 501")
            operation.hint = OperationHint(kind="unknown")
            continue
        unfilled = behaviour.unfilled(operation)
        notes += [f"{label}: nothing gives {column.name} a value, a default does" for column in unfilled]


def _unanswerable(operation: Operation) -> str:
    entity, of = operation.entity, operation.response_shape
    if entity is None or operation.kind == "unknown":
        return ""
    if any(column.target or column.name == entity.owner for column in behaviour.unfilled(operation)):
        return "nothing gives a reference of the new row a value"
    if of is not None and operation.kind == "summary":
        lacking = _lacking(operation, frozenset(name for name, _ in source.summary_values(operation)))
        return f"nothing gives its answer's {lacking}" if lacking else ""
    return _strange(entity, of.items if operation.kind == "list" else of) if of and operation.kind in _ROWS else ""


def _strange(entity: Entity, answer: Shape) -> str:
    if not answer.properties():
        return f"its answer does not look like a {entity.cls}"
    strange = sorted(name for name in answer.required if not entity.attribute(name))
    return f"{entity.cls} has no {', '.join(map(sentence, strange))}" if strange else ""
