"""`python -m sluice.phases.build.builders.template CONFIG.json`: build one service."""

import sys
from pathlib import Path

from sluice.core.errors import EXIT_UNEXPECTED, InputError, SluiceError
from sluice.phases.build.builders.template.job import build, load


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Build what the configuration file says; 0 only when the service is complete as far as its own tests tell."""
    try:
        if len(arguments) != 1:
            raise InputError("one argument is needed: the configuration file")
        state = build(load(Path(arguments[0])), _say)
    except SluiceError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0 if state.status == "success" else EXIT_UNEXPECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
