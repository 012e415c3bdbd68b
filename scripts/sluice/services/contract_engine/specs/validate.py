"""The one entry: a document in, a report with every fault out."""

from typing import Final

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.contract import SpecError, ValidationReport
from sluice.services.contract_engine.specs.documents import UnreadableError, read
from sluice.services.contract_engine.specs.operations import operations
from sluice.services.contract_engine.specs.pointers import fault
from sluice.services.contract_engine.specs.references import check_references

MAX_FAULTS: Final = 200


def kind_of(document: JsonObject) -> str:
    """`openapi`, `asyncapi`, or '' when it is neither."""
    return next((kind for kind in ("openapi", "asyncapi") if isinstance(document.get(kind), str)), "")


def validate(document: JsonValue) -> tuple[JsonObject | None, ValidationReport]:
    """The document as an object (None when it cannot be read) and its report; never raises on any document."""
    try:
        specification = read(document)
    except UnreadableError as unreadable:
        return None, ValidationReport(valid=False, kind="", errors=(unreadable.error,))
    kind = kind_of(specification)
    errors = check_references(specification)
    found, warnings = _check(kind, specification, stop=bool(errors))
    errors = [*errors, *found]
    report = ValidationReport(
        valid=not errors,
        kind=kind,
        version=str(specification.get(kind, "")),
        operations=_count(kind, specification),
        errors=tuple(errors[:MAX_FAULTS]),
        warnings=() if errors else tuple(warnings[:MAX_FAULTS]),
    )
    return specification, report


def _check(kind: str, document: JsonObject, *, stop: bool) -> tuple[list[SpecError], list[SpecError]]:
    """Errors and warnings."""
    # The validators' libraries cost most of a second to import: the service starts without them.
    if kind == "openapi":
        from sluice.services.contract_engine.specs.openapi import check_openapi, openapi_warnings  # noqa: PLC0415 - see above

        errors = check_openapi(document, stop=stop)
        return errors, [] if errors or stop else openapi_warnings(document)
    if kind == "asyncapi":
        from sluice.services.contract_engine.specs.asyncapi import check_asyncapi  # noqa: PLC0415 - see above

        return check_asyncapi(document, stop=stop), []
    hint = "begin with `openapi: 3.1.0` or `asyncapi: 3.0.0`"
    return [fault("document.kind", (), "neither an OpenAPI nor an AsyncAPI document", hint)], []


def _count(kind: str, document: JsonObject) -> int:
    if kind == "openapi":
        return sum(1 for _ in operations(document))
    table = document.get("operations")
    return len(table) if isinstance(table, dict) else 0
