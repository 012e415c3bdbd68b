"""What the docker stack remembers of itself between processes (mode 0600)."""

from pathlib import Path

from pydantic import Field

from sluice.phases.deploy.ledger import Credentials, Ledger


class Memory(Credentials):
    """The stored part; `ports` are the chosen ports of this machine by use, `services` what was deployed last."""

    ports: dict[str, int] = Field(default_factory=dict)
    services: tuple[str, ...] = ()
    detached: bool = False


class Record(Ledger[Memory]):
    """The memory of one run's stack."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Memory)
