"""A PRD's decomposition alone, by the Architect's own code: no stack, no run, nothing written."""

from pathlib import Path

from sluice.commands.output import Output
from sluice.commands.session import read_prd
from sluice.core.errors import EXIT_OK
from sluice.services.architect.decompose import decompose


def show(prd: Path) -> int:
    """Print the Decomposition (see `services/architect/decomposition.schema.json`) as JSON.

    Raises:
        InputError: the file cannot be read as text, or the Architect refuses it; the sentence says what was missing.
    """
    found = decompose(read_prd(prd))
    Output(json=True).print_json(found.model_dump(mode="json"))
    return EXIT_OK
