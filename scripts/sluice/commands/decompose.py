"""A PRD's decomposition alone, by the Architect's own code: no stack and no run."""

import sys
from collections.abc import Mapping
from pathlib import Path

from sluice.commands.output import Output
from sluice.commands.session import PROJECT_FILE, read_prd
from sluice.core.config import load_settings
from sluice.core.errors import EXIT_OK
from sluice.phases.decompose.suggestion import obtain
from sluice.services.architect.decompose import decompose


def show(prd: Path, flags: Mapping[str, object]) -> int:
    """Print the Decomposition (see `services/architect/decomposition.schema.json`) as JSON.

    Nothing is written but the recording of a language model's answer, where one is asked and a file is named for it.

    Raises:
        InputError: the file cannot be read as text, or the Architect refuses it; the sentence says what was missing.
        EnvironmentFailure: a language model was to be asked, and gave no answer.
    """
    text = read_prd(prd)
    suggestion = obtain(text, load_settings(PROJECT_FILE, flags), None, _say)
    Output(json=True).print_json(decompose(text, suggestion).model_dump(mode="json"))
    return EXIT_OK


def _say(_type: str, message: str = "", **_data: object) -> None:
    sys.stderr.write(f"{message}\n")
