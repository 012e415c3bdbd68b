"""Two versions of a contract, compared without a stack by the very code that the Contract Engine runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.text import Text

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.core.errors import EXIT_OK, GateRefused, InputError
from sluice.model.base import JsonObject
from sluice.model.changes import ContractChange, ContractDiff
from sluice.reports.text import clean, count
from sluice.services.contract_engine.changes.consumers import needs_in
from sluice.services.contract_engine.changes.ignores import ignores_in
from sluice.services.contract_engine.changes.report import compare
from sluice.services.contract_engine.changes.source import Source
from sluice.services.contract_engine.specs.documents import UnreadableError, read
from sluice.services.contract_engine.specs.sources import Sources, read_file

_VALIDATE: Final = "`invoke contracts.validate` shows the place and what to do"
_STYLES: Final = {"error": "bold red", "warning": "yellow", "info": "dim"}
_HEADS: Final = {"error": "breaks", "warning": "may break", "info": "compatible"}


def diff(options: Options, *, old: Path, new: Path, folder: str = "", consumers: str = "", ignores: str = "") -> int:
    """Compare two documents and the files below `folder` that they refer to (default: that of each document).

    Exit code 0 when nothing breaks, 4 when something does.

    Raises:
        InputError: a file cannot be read, or is not what it should be.
    """
    before, after = (_contract(path, Path(folder) if folder else path.parent) for path in (old, new))
    needs = needs_in(load(Path(consumers)), _title(before)) if consumers else None
    agreed = ignores_in(load(Path(ignores))) if ignores else ()
    found = compare(before, after, needs=needs, ignores=agreed)
    output = Output(json=options.json)
    if options.json:
        output.print_json(found.model_dump(mode="json"))
    else:
        output.texts(list(lines(found)))
    return GateRefused.exit_code if found.breaking else EXIT_OK


def load(path: Path) -> JsonObject:
    """A JSON or YAML file as an object.

    Raises:
        InputError: it cannot be read, or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}", details=[str(error)], hint="name a JSON or YAML file") from error
    try:
        return read(text)
    except UnreadableError as error:
        raise InputError(f"{path} cannot be read", details=[str(error)], hint="it must be JSON or YAML") from error


def _contract(path: Path, folder: Path) -> Sources:
    """A contract with the files that it refers to, which are read when they are needed."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{path} does not lie below {folder}", hint="name a folder above it with --folder")
    try:
        sources = read_file(path, folder)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint="name a JSON or YAML file") from error
    if sources.faults:
        raise InputError(f"{path} cannot be read", details=[sources.faults[0].message], hint=_VALIDATE)
    return sources


def _title(contract: Sources) -> str:
    return Source(contract).root.child("info").text("title")


def lines(found: ContractDiff) -> Iterator[Text]:
    """What a person reads: the verdict, who is hit, then the changes by severity and operation."""
    yield _verdict(found)
    for consumer in found.consumers:
        yield Text(clean(f"  breaks {consumer}" if found.breaking else f"  concerns {consumer}"), style="magenta")
    for note in found.notes:
        yield Text(clean(f"  note: {note}"), style="yellow")
    head, operation = "", ""
    for change in found.changes:
        title = "ignored" if change.ignored else _HEADS[change.severity]
        where = f"{change.method} {change.path}".strip() or "the whole contract"
        if title != head:
            yield Text(f"\n{title}", style="dim" if change.ignored else _STYLES[change.severity])
        if (title, where) != (head, operation):
            yield Text(clean(f"  {where}"), style="bold")
        head, operation = title, where
        yield from _change(change)


def _verdict(found: ContractDiff) -> Text:
    versions = f" from {found.old_version} to {found.new_version}" if found.old_version != found.new_version else ""
    counts = f"{count(found.errors, 'breaking change')}, {count(found.warnings, 'risky one')}, "
    counts += f"{count(found.infos, 'compatible one')}"
    if found.ignored:
        counts += f", {found.ignored} ignored"
    if not found.changes:
        return Text(clean(f"no change{versions}"), style="green")
    word = "BREAKING" if found.breaking else "compatible"
    return Text.assemble((f"{word}{versions}", "bold red" if found.breaking else "green"), f": {counts}")


def _change(change: ContractChange) -> Iterator[Text]:
    yield Text.assemble("    ", clean(change.message), (f"  [{change.rule}]", "dim"))
    if change.pointer:
        yield Text(clean(f"      at {change.pointer}"), style="dim")
    for consumer in change.consumers:
        yield Text(clean(f"      {consumer}"), style="magenta")
    if change.ignored:
        yield Text(clean(f"      because: {change.ignored}"), style="dim")
