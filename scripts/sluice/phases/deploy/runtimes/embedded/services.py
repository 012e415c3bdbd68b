"""The three Build 1 services and the generated services as programs."""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from sluice.core.files import canonical_json, digest, tree_digest
from sluice.core.ports import HOST
from sluice.engine.stack import ServiceToRun
from sluice.phases.deploy.compose import prefix_of
from sluice.phases.deploy.runtimes.embedded.supervisor import Program

_UVICORN = ("-m", "uvicorn", "--host", HOST, "--no-access-log", "--timeout-graceful-shutdown", "2")


def build1(name: str, home: Path, database_url: str, port: int | None) -> Program:
    """One of the three services that come with Sluice."""
    module = f"sluice.services.{name.replace('-', '_')}.app:create"
    return Program(
        name=name,
        ports={"http": port},
        command=lambda ports: [sys.executable, *_UVICORN, "--port", str(ports["http"]), "--factory", module],
        probe="/api/health",
        cwd=home,
        env={"DATABASE_URL": database_url, "DATA_DIR": str(home), "SERVICE_NAME": name, "LOG_LEVEL": "INFO"},
        key=digest(database_url),
    )


def generated(service: ServiceToRun, python: Path, env: Mapping[str, str]) -> Program:
    """A service that a builder made; no bytecode is written, since its directory must stay as it was built."""
    full = {
        **env,
        "SERVICE_NAME": service.name,
        "ROOT_PATH": prefix_of(service.name),
        "LOG_LEVEL": "INFO",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return Program(
        name=service.name,
        ports={"http": None},
        command=lambda ports: [str(python), *_UVICORN, "--port", str(ports["http"]), "app.main:app"],
        probe="/health",
        cwd=service.directory,
        env=full,
        key=digest(canonical_json([str(python), tree_digest(service.directory), dict(full)])),
    )


def tiers(services: Iterable[ServiceToRun]) -> list[Sequence[ServiceToRun]]:
    """Services in the order of their dependencies, those of one tier by name; what is in a cycle comes last."""
    by_name = {service.name: service for service in services}
    left = dict(by_name)
    graph = {name: _known(service.depends_on, by_name) for name, service in by_name.items()}
    sorter = TopologicalSorter(graph)
    found: list[Sequence[ServiceToRun]] = []
    with suppress(CycleError):  # the sorter still hands out all that is not behind the cycle
        sorter.prepare()
    while ready := sorter.get_ready():
        found.append([left.pop(name) for name in sorted(ready)])
        sorter.done(*ready)
    return [*found, [left[name] for name in sorted(left)]] if left else found


def _known(names: Iterable[str], known: Collection[str]) -> list[str]:
    return [name for name in names if name in known]
