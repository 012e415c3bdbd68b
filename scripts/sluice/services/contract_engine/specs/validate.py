"""The one entry: a document in, a report with every fault out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from sluice.core.collector import collector_paused
from sluice.model.base import JsonObject
from sluice.model.contract import SpecError, ValidationReport
from sluice.services.contract_engine.specs.catalogue import RULES
from sluice.services.contract_engine.specs.documents import read, spots
from sluice.services.contract_engine.specs.faults import Fault, Spot, UnreadableError
from sluice.services.contract_engine.specs.operations import operations
from sluice.services.contract_engine.specs.pointers import pointer
from sluice.services.contract_engine.specs.sources import Source, Sources, read_file

MAX_FAULTS: Final = 200
KINDS: Final = ("openapi", "swagger", "asyncapi")


def kind_of(document: JsonObject) -> str:
    """`openapi`, `swagger`, `asyncapi`, or '' when it is none of them."""
    return next((kind for kind in KINDS if isinstance(document.get(kind), str)), "")


def validate(document: JsonValue) -> tuple[JsonObject | None, ValidationReport]:
    """The document as an object (None when it cannot be read) and its report; never raises on any document.

    Text gives faults with line and column.  References to other files are faults.
    """
    text = document if isinstance(document, str) else None
    with collector_paused():
        try:
            specification = read(document)
        except UnreadableError as unreadable:
            return None, _report("", {}, [unreadable.fault], [Source("", text, None)])
        return specification, _judge(Sources([Source("", text, specification)]))


def validate_file(path: Path, root: Path) -> ValidationReport:
    """The report of a document in a file; its references may lead to files below `root`.

    Raises:
        OSError: the file cannot be read.
    """
    with collector_paused():
        sources = read_file(path, root)
        return _report("", {}, sources.faults, sources.files) if sources.faults else _judge(sources)


def _judge(sources: Sources) -> ValidationReport:
    document = sources.files[0].document
    if not isinstance(document, dict):
        return _report("", {}, [Fault("document.object", (), "a specification is an object")], sources.files)
    kind = kind_of(document)
    if not kind:
        message = "neither an OpenAPI, nor a Swagger, nor an AsyncAPI document"
        return _report("", document, [Fault("document.kind", (), message)], sources.files)
    # The rules' libraries cost most of a second to import: the service starts without them.
    from sluice.services.contract_engine.specs.rules import faults_of_document  # noqa: PLC0415 - see above

    return _report(kind, document, faults_of_document(kind, sources), sources.files)


def _report(kind: str, document: JsonObject, faults: Iterable[Fault], files: list[Source]) -> ValidationReport:
    unique = list(dict.fromkeys(faults))
    placed = sorted(_placed(unique, files), key=_order)
    errors = [error for _, error in placed if RULES[error.rule].severity == "error"]
    warnings = [error for _, error in placed if RULES[error.rule].severity == "warning"]
    return ValidationReport(
        valid=not errors,
        kind=kind,
        version=str(document.get(kind, "")),
        operations=_count(kind, document),
        errors=tuple(_cut(errors)),
        warnings=tuple(_cut(warnings)),
    )


def _placed(faults: list[Fault], files: list[Source]) -> Iterator[tuple[int, SpecError]]:
    """Each fault with its file's number; line and column are looked up once for all faults of a file."""
    by_file: dict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_file[fault.source].append(fault)
    for number, some in by_file.items():
        source = files[number]
        wanted = [fault.parts for fault in some if fault.spot is None]
        found = spots(source.text, wanted) if source.text is not None and wanted else {}
        for fault in some:
            yield number, _error(fault, fault.spot or found.get(fault.parts), source.name)


def _error(fault: Fault, spot: Spot | None, name: str) -> SpecError:
    return SpecError(
        rule=fault.rule,
        pointer=pointer(fault.parts),
        message=fault.message[:500],
        hint=fault.hint or RULES[fault.rule].hint,
        file=name,
        line=spot[0] if spot else None,
        column=spot[1] if spot else None,
    )


def _order(placed: tuple[int, SpecError]) -> tuple[int, int, int, str, str, str]:
    number, error = placed
    return number, error.line or 0, error.column or 0, error.pointer, error.rule, error.message


def _cut(errors: list[SpecError]) -> list[SpecError]:
    if len(errors) <= MAX_FAULTS:
        return errors
    rule = RULES["document.more"]
    message = f"{len(errors) - MAX_FAULTS} more of these are not shown"
    return [*errors[:MAX_FAULTS], SpecError(rule=rule.id, pointer="", message=message, hint=rule.hint)]


def _count(kind: str, document: JsonObject) -> int:
    if kind in {"openapi", "swagger"}:
        return sum(1 for _ in operations(document))
    table = document.get("operations" if str(document.get(kind)).startswith("3.") else "channels")
    if not isinstance(table, dict):
        return 0
    if "operations" in document:
        return len(table)
    return sum(1 for channel in table.values() if isinstance(channel, dict) for way in _WAYS if way in channel)


_WAYS: Final = ("publish", "subscribe")
