"""Contract documents without a stack: judged by the very engine that the Contract Engine service runs."""

from pathlib import Path
from typing import Final

from rich.text import Text

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.core.errors import EXIT_OK, GateRefused, InputError
from sluice.services.contract_engine.specs.validate import validate as judge

MAX_BYTES: Final = 64 * 1024 * 1024


def validate(options: Options, *, file: Path) -> int:
    """Judge one document; exit code 0 when it is valid, 4 when it is not.

    Raises:
        InputError: there is no such file, or it is none that can be read.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        hint = "name an OpenAPI, Swagger or AsyncAPI document"
        raise InputError(f"cannot read {file}: {error.strerror}", hint=hint) from error
    _, report = judge(data.decode("utf-8", "replace"))
    output = Output(json=options.json)
    if options.json:
        output.print_json(report.model_dump(mode="json"))
    else:
        output.lines("report", [str(Text(f"{error.pointer}: {error.message}")) for error in report.errors])
    return EXIT_OK if report.valid else GateRefused.exit_code
