"""Differences between a registered contract and the description that the running service gives of itself."""

from collections.abc import Iterator

from sluice.model.base import JsonObject
from sluice.model.contract import RegisteredContract
from sluice.phases.deploy.openapi import Operation, mapping, operations, resolve


def drift(contract: RegisteredContract, own: JsonObject | None) -> tuple[str, ...]:
    """Sentences on paths, methods, statuses and properties, sorted; `own` is the service's /openapi.json."""
    if own is None:
        return ("the service serves no /openapi.json",)
    promised = {operation.label: operation for operation in operations(contract)}
    served = {o.label: o for o in operations(contract.model_copy(update={"document": own}))}
    sentences = [f"{label} is in the contract, not in /openapi.json" for label in promised.keys() - served.keys()]
    sentences += [f"{label} is in /openapi.json, not in the contract" for label in served.keys() - promised.keys()]
    for label in promised.keys() & served.keys():
        sentences += _compared(promised[label], served[label])
    return tuple(sorted(sentences))


def _compared(promised: Operation, served: Operation) -> Iterator[str]:
    missing, extra = set(promised.statuses) - set(served.statuses), set(served.statuses) - set(promised.statuses)
    yield from (f"{promised.label}: status {status} is in the contract only" for status in missing)
    yield from (f"{promised.label}: status {status} is in /openapi.json only" for status in extra)
    if promised.success is not None and promised.success == served.success:
        where = f"{promised.label}: {promised.success} response"
        yield from _properties(where, _success_schema(promised), _success_schema(served))
    yield from _properties(f"{promised.label}: request", _request_schema(promised), _request_schema(served))


def _success_schema(operation: Operation) -> JsonObject:
    return _object_schema(operation, operation.response_schema(operation.success or 0) or {})


def _request_schema(operation: Operation) -> JsonObject:
    return _object_schema(operation, mapping(operation.request.get("schema")))


def _object_schema(operation: Operation, schema: JsonObject) -> JsonObject:
    node = resolve(operation.document, schema)
    return resolve(operation.document, node["items"]) if "items" in node else node


def _properties(where: str, promised: JsonObject, served: JsonObject) -> Iterator[str]:
    for word, ours, theirs in (
        ("property", set(mapping(promised.get("properties"))), set(mapping(served.get("properties")))),
        ("required property", _required(promised), _required(served)),
    ):
        yield from (f"{where}: {word} {name!r} is in the contract only" for name in ours - theirs)
        yield from (f"{where}: {word} {name!r} is in /openapi.json only" for name in theirs - ours)


def _required(schema: JsonObject) -> set[str]:
    required = schema.get("required")
    return {str(name) for name in required} if isinstance(required, list) else set()
