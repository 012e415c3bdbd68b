"""The ports of this machine on which a run's servers are published: the documented ones where they are free."""

from collections.abc import Mapping
from typing import Final

from sluice.core.ports import Choice, Ports
from sluice.engine.stack import Emit

TABLE: Final = {
    "SLUICE_ARCHITECT_PORT": 8001,
    "SLUICE_CONTRACT_ENGINE_PORT": 8002,
    "SLUICE_CODEBASE_INTELLIGENCE_PORT": 8003,
    "SLUICE_POSTGRES_PORT": 5432,
    "SLUICE_REDIS_PORT": 6379,
    "SLUICE_TRAEFIK_WEB_PORT": 80,
    "SLUICE_TRAEFIK_API_PORT": 8080,
}
"""Variables of the compose files and what they are by default.  Generated services get a port from the engine."""
_ENGINE_MAY = "needs privileges"


def choose(known: Mapping[str, int], emit: Emit, *, fixed: bool) -> dict[str, int]:
    """A port for each variable: what it had before, or what the table says (`fixed`), where that is free."""
    ports = Ports()
    return {
        name: _one(ports, name, known.get(name) or (wanted if fixed else None), emit) for name, wanted in TABLE.items()
    }


def instead(known: Mapping[str, int], taken: int, emit: Emit) -> dict[str, int]:
    """The same ports with another one in place of `taken`."""
    ports = Ports()
    for port in known.values():
        ports.choose(port)
    moved = {name: ports.choose().port for name, port in known.items() if port == taken}
    for name, port in moved.items():
        _tell(name, taken, Choice(port, f"port {taken} is taken"), emit)
    return {**known, **moved}


def _one(ports: Ports, name: str, wanted: int | None, emit: Emit) -> int:
    choice = ports.choose(wanted)
    if wanted and choice.reason.endswith(_ENGINE_MAY):  # this process may not listen there, but the engine may
        ports.release(choice.port)
        return wanted
    if choice.reason:
        _tell(name, wanted, choice, emit)
    return choice.port


def _tell(variable: str, wanted: int | None, choice: Choice, emit: Emit) -> None:
    name = variable.removeprefix("SLUICE_").removesuffix("_PORT").replace("_", "-").lower()
    emit("service.port", f"{choice.reason}; {name} uses port {choice.port}", name=name, wanted=wanted, port=choice.port)
