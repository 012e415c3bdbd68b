"""Contract documents without a stack: judged by the very engine that the Contract Engine service runs."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.core.errors import EXIT_OK, GateRefused, InputError
from sluice.model.contract import SpecError, ValidationReport
from sluice.reports.console import make_console
from sluice.reports.text import clean
from sluice.services.contract_engine.specs.catalogue import RULES
from sluice.services.contract_engine.specs.validate import validate_file

_NAMES = {"openapi": "OpenAPI", "swagger": "Swagger", "asyncapi": "AsyncAPI", "": "unknown kind"}


def validate(options: Options, *, file: Path, folder: str) -> int:
    """Judge one document and the files below `folder` that it refers to; exit code 4 when it is not valid.

    Raises:
        InputError: there is no such file, it cannot be read, or it does not lie below `folder`.
    """
    root = Path(folder) if folder else file.parent
    if not root.is_dir():
        raise InputError(f"{root} is no folder", hint="--folder names the folder that holds the document and its parts")
    if not file.resolve().is_relative_to(root.resolve()):
        raise InputError(f"{file} does not lie below {root}", hint="name a folder above it with --folder")
    try:
        report = validate_file(file, root)
    except OSError as error:
        hint = "name an OpenAPI, Swagger or AsyncAPI document"
        raise InputError(f"cannot read {file}: {error.strerror}", hint=hint) from error
    if options.json:
        Output(json=True).print_json(report.model_dump(mode="json"))
    else:
        _print(report, file, root)
    return EXIT_OK if report.valid else GateRefused.exit_code


def rules(options: Options) -> int:
    """Every rule, what it says and what to do about it."""
    rows = [{"rule": r.id, "severity": r.severity, "says": r.about, "what to do": r.hint} for r in RULES.values()]
    Output(json=options.json).table("rules", rows)
    return EXIT_OK


def _print(report: ValidationReport, file: Path, folder: Path) -> None:
    console = make_console(json=False)
    _print_faults(console, report.errors, file, folder, ("error", "red"))
    _print_faults(console, report.warnings, file, folder, ("warning", "yellow"))
    what = f"{_NAMES[report.kind]} {report.version}".strip()
    counts = [_counted(len(report.errors), "error")] if report.errors else []
    counts += [_counted(len(report.warnings), "warning")] if report.warnings else []
    verdict = Text("valid", style="bold green") if report.valid else Text("not valid", style="bold red")
    said = Text.assemble(clean(f"{file}: {what}, {_counted(report.operations, 'operation')}: "), verdict)
    console.print(said.append(f", {', '.join(counts)}" if counts else ""), soft_wrap=True)


def _print_faults(
    console: Console, faults: Sequence[SpecError], file: Path, folder: Path, style: tuple[str, str]
) -> None:
    """Each as `file:line:column`, which terminals and editors turn into links, with its sentence and what to do."""
    for fault in faults:
        place = str(folder / fault.file) if fault.file else str(file)
        if fault.line is not None:
            place += f":{fault.line}:{fault.column}"
        head = Text.assemble((clean(place), "bold"), "  ", style, "  ", (fault.rule, "dim"))
        console.print(head, soft_wrap=True)
        console.print(Text(f"  {clean(fault.message)}"), soft_wrap=True)
        console.print(Text(f"  at {clean(fault.pointer) or 'the root'}", style="dim"), soft_wrap=True)
        console.print(Text(f"  {clean(fault.hint)}\n", style="cyan"), soft_wrap=True)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
