"""Builder `template`: a complete FastAPI service, written from its registered contracts and nothing else."""

import sys
from pathlib import Path
from typing import Final

from sluice.core.config import Settings
from sluice.phases.build.builder import Builder


def _command(config: Path, _settings: Settings) -> list[str]:
    return [sys.executable, "-m", "sluice.phases.build.builders.template", str(config)]


BUILDER: Final = Builder(
    name="template",
    help="writes a FastAPI service from its contracts, deterministically",
    command=_command,
)
