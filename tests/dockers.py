"""Docker runs for tests: the pipeline on the engine, what the engine says of it, and what it must not leave behind."""

import json
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from python_on_whales import DockerClient

from pipelines import finished, invoke
from sluice.core.http import client_options
from sluice.core.paths import Workspace

DOCKER = ("--runtime", "docker", "--ports", "random")
CORE = ("postgres", "redis", "contract-engine", "architect", "codebase-intelligence")
BUILD1 = CORE[2:]
GENERATED = ("auth-service", "notification-service", "order-service")
NINE = {*CORE, *GENERATED, "traefik"}
LABEL = "sluice.run"
PATIENCE_S = 120

docker = DockerClient()


def left_on_engine(run_id):
    """Everything on the engine that carries the run's label."""
    chosen = [("label", f"{LABEL}={run_id}")]
    return [
        *(f"container {each.name}" for each in docker.container.list(all=True, filters=chosen)),
        *(f"network {each.name}" for each in docker.network.list(filters=chosen)),
        *(f"volume {each.name}" for each in docker.volume.list(filters=chosen)),
        *(f"image {each.repo_tags}" for each in docker.image.list(filters=chosen)),
    ]


def eventually(condition, seconds=PATIENCE_S):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)
    return condition()


def get(url, **options):
    with httpx2.Client(**client_options(url, 5.0)) as client:
        return client.get(url, **options)


def status(url):
    """The status of an answer, None without one."""
    try:
        return get(url).status_code
    except httpx2.HTTPError:
        return None


@contextmanager
def recorded_events(path):
    """What containers of any run do meanwhile, one JSON object a line: the engine itself remembers little."""
    chosen = ["--filter", "type=container", "--filter", f"label={LABEL}"]
    wanted = ["--filter", "event=start", "--filter", "event=health_status"]
    with path.open("wb") as stream:
        argv = ["docker", "events", "--format", "{{json .}}", *chosen, *wanted]
        process = subprocess.Popen(argv, stdout=stream, stdin=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)


class DockerRun:
    """A finished pipeline whose stack still runs: what it reports (`run`), and what the engine says."""

    def __init__(self, run, events=None):
        self.run = run
        self.run_id = run.summary["run_id"]
        self.paths = Workspace(run.directory / ".sluice").run(self.run_id)
        self._events = events

    def containers(self):
        """`docker inspect` of each container, by service."""
        found = docker.container.list(all=True, filters=[("label", f"{LABEL}={self.run_id}")])
        return {each.config.labels["com.docker.compose.service"]: each for each in found}

    def container(self, service):
        return self.containers()[service]

    def network(self, name):
        """The services on one of the run's networks."""
        inspected = docker.network.inspect(f"sluice-{self.run_id}_{name}")
        by_name = {each.name: service for service, each in self.containers().items()}
        return {by_name[each.name] for each in inspected.containers.values()}

    def published(self, service, inner):
        """Where one of its ports is published, as (address, port)."""
        (binding,) = self.container(service).network_settings.ports[f"{inner}/tcp"]
        return binding["HostIp"], int(binding["HostPort"])

    def url(self, service, inner):
        return "http://{}:{}".format(*self.published(service, inner))

    @property
    def gateway(self):
        return self.url("traefik", 80)

    def model(self):
        """The merged compose model as it was saved, with the origins of its values."""
        return json.loads((self.run.root / "compose" / "docker-compose.merged.json").read_text())

    def first(self, action):
        """When each service first did so, by the engine's clock."""
        seen = {}
        for line in self._events.read_text().splitlines():
            event = json.loads(line)
            if event["Actor"]["Attributes"].get(LABEL) == self.run_id and event["Action"] == action:
                seen.setdefault(event["Actor"]["Attributes"]["com.docker.compose.service"], event["timeNano"])
        return seen


def docker_pipeline(directory, *arguments, env=None):
    return finished(directory, invoke(directory, "pipeline", *DOCKER, "--json", *arguments, env=env))


@contextmanager
def kept_pipeline(directory: Path, *, env=None):
    """The whole pipeline on the engine, its stack kept until the end; then nothing of it may be left."""
    events = directory / "docker-events.jsonl"
    with recorded_events(events):
        run = docker_pipeline(directory, "--keep", env=env)
    try:
        assert run.code == 0, run.stderr[-6000:]
        yield DockerRun(run, events)
    finally:
        down = invoke(directory, "down", "--run", run.summary["run_id"])
        if down.returncode or left_on_engine(run.summary["run_id"]):
            pytest.fail(f"left behind: {left_on_engine(run.summary['run_id'])}\n{down.stderr[-2000:]}")
