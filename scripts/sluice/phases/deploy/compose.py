"""`docker-compose.generated.yml`: the generated services as containers; no secret stands in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from sluice.core.errors import InputError
from sluice.core.files import write_atomic
from sluice.core.paths import RunPaths
from sluice.engine.stack import ARCHITECT, BUILD1, CODEBASE_INTELLIGENCE, CONTRACT_ENGINE, ServiceToRun
from sluice.model.base import JsonObject

FILE_NAME: Final = "docker-compose.generated.yml"
GATEWAY: Final = "traefik"
GATEWAY_IMAGE: Final = "${TRAEFIK_IMAGE:-traefik:v3.6.15}"
RUN_LABEL: Final = "sluice.run"
PORT: Final = 8080
PREFIXES: Final = {
    ARCHITECT: "/api/architect",
    CONTRACT_ENGINE: "/api/contracts",
    CODEBASE_INTELLIGENCE: "/api/codebase",
}
RESERVED: Final = frozenset({*BUILD1, "postgres", "redis", GATEWAY, "contracts", "codebase"})
"""Names of the stack's own parts and routes, which no generated service can have."""
_MEMORY_MB = 1536
_MOST_MEMORY_MB = 512
_USER = "10001:10001"
_PROBE = (
    f"python -c 'import urllib.request as r; r.urlopen(\"http://127.0.0.1:{PORT}/health\", timeout=3)' || exit 1; "
    # Once healthy, a probe is long: fast at the start, cheap afterwards.  /dev/shm is empty after each restart.
    "if [ -e /dev/shm/healthy ]; then sleep ${SLUICE_PROBE_PAUSE:-28}; else : > /dev/shm/healthy; fi"
)


@dataclass(frozen=True)
class ComposeGenerator:
    """Makes the compose file of a run's generated services; equal inputs give equal text.

    Each service reads its credentials from `<env_dir>/<service>.env`, which whoever starts the
    containers writes with mode 0600.  Paths are relative to the file's directory, the project directory of the merge.
    """

    run_id: str
    services_dir: str = "../services"
    env_dir: str = "env"

    def generate(self, services: Sequence[ServiceToRun]) -> str:
        """The file as YAML text."""
        return yaml.safe_dump(self.model(services), sort_keys=True, allow_unicode=True, width=120)

    def model(self, services: Sequence[ServiceToRun]) -> JsonObject:
        """The file as an object: the services, and the gateway's wait for them.

        Raises:
            InputError: a service has the name of a part of the stack.
        """
        names = {service.name for service in services}
        if taken := sorted(names & RESERVED):
            raise InputError(f"{taken[0]} is the name of a part of the stack", hint="give the service another name")
        memory = min(_MOST_MEMORY_MB, _MEMORY_MB // max(1, len(services)))
        own: JsonObject = {service.name: self._service(service, names, memory) for service in services}
        if own:
            own[GATEWAY] = {"image": GATEWAY_IMAGE, "depends_on": _healthy(names)}
        return {"services": own, "networks": {"frontend": {}, "backend": {}}}

    def write(self, services: Sequence[ServiceToRun], run: RunPaths) -> Path:
        """Write the file into the run's `compose` directory; returns its path."""
        path = run.root / "compose" / FILE_NAME
        write_atomic(path, self.generate(services))
        return path

    def _service(self, service: ServiceToRun, names: set[str], memory: int) -> JsonObject:
        name = service.name
        return {
            "image": f"${{{name.replace('-', '_').upper()}_IMAGE:-sluice/{name}:{self.run_id}}}",
            "build": {
                "context": f"{self.services_dir}/{name}",
                "args": {"BASE_IMAGE": "${PYTHON_IMAGE:-python:3.11-slim}"},
            },
            "env_file": [f"{self.env_dir}/{name}.env"],
            "environment": {"SERVICE_NAME": name, "ROOT_PATH": prefix_of(name), "LOG_LEVEL": "INFO"},
            "networks": ["frontend", "backend"],
            "ports": [f"127.0.0.1::{PORT}"],
            "depends_on": _healthy({ARCHITECT, CONTRACT_ENGINE, *(names & set(service.depends_on))}),
            "healthcheck": {
                "test": ["CMD-SHELL", _PROBE],
                "interval": "${SLUICE_PROBE_INTERVAL:-500ms}",
                "timeout": "35s",
                "retries": 120,
            },
            "labels": {**_route(name), RUN_LABEL: self.run_id},
            "mem_limit": f"{memory}m",
            **hardening(_USER),
        }


def prefix_of(name: str) -> str:
    """The path prefix under which the gateway offers a service."""
    return PREFIXES.get(name, f"/api/{name}")


def hardening(user: str) -> JsonObject:
    """What every container of ours gets: no root, no capabilities, nothing to write but /tmp, bounded logs."""
    return {
        "user": user,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "read_only": True,
        "tmpfs": ["/tmp:size=64m"],  # noqa: S108 - inside the container
        "restart": "unless-stopped",
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }


def _healthy(names: set[str]) -> JsonObject:
    return {name: {"condition": "service_healthy"} for name in sorted(names)}


def _route(name: str) -> Mapping[str, str]:
    return {
        "traefik.enable": "true",
        f"traefik.http.routers.{name}.rule": f"PathPrefix(`{prefix_of(name)}`)",
        f"traefik.http.routers.{name}.entrypoints": "web",
        f"traefik.http.routers.{name}.service": name,
        f"traefik.http.services.{name}.loadbalancer.server.port": str(PORT),
    }
