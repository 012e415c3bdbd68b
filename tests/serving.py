"""Build 1 services as processes, for tests."""

import sys
from dataclasses import dataclass

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.http import poll_until_healthy
from sluice.core.ports import HOST, Ports

MODULES = {
    "architect": "architect",
    "contract-engine": "contract_engine",
    "codebase-intelligence": "codebase_intelligence",
}
_ports = Ports()


@dataclass
class Running:
    url: str
    handle: proc.Handle
    log: object

    @property
    def mcp(self):
        return f"{self.url}/mcp/"


class Starter:
    """Starts services on one database and stops them at the end."""

    def __init__(self, database_url, directory, extra=None):
        self.database_url = database_url
        self.directory = directory
        self.extra = extra or {}
        self.handles = []

    def __call__(self, name, *, wait=True, port=None):
        port = port or _ports.choose().port
        argv = [sys.executable, "-m", "uvicorn", f"sluice.services.{MODULES[name]}.app:create", "--factory"]
        argv += ["--host", HOST, "--port", str(port), "--no-access-log"]
        log = self.directory / f"{name}-{port}.log"
        environment = child_environment({"DATABASE_URL": self.database_url, "SERVICE_NAME": name, **self.extra})
        handle = proc.spawn(argv, name=name, run_id="", log=log, cwd=self.directory, env=environment)
        self.handles.append(handle)
        running = Running(f"http://{HOST}:{port}", handle, log)
        if wait:
            assert poll_until_healthy(running.url, timeout=60).healthy, log.read_text()
        return running

    def stop(self):
        for handle in self.handles:
            proc.stop(handle)


def ready(running):
    assert poll_until_healthy(running.url, timeout=20).healthy, running.log.read_text()
    return running
