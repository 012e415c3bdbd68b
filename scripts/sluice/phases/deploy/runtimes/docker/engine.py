"""The container engine through its command line: every call bounded in time, labelled with the run, free of secrets."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from python_on_whales import DockerClient, DockerException

from sluice.core.environment import ENGINE_VARIABLES, child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.proc import Completed, run
from sluice.model.base import JsonObject
from sluice.phases.deploy.compose import RUN_LABEL

SERVICE_LABEL: Final = "com.docker.compose.service"
_CALL_TIMEOUT_S: Final = 60.0
_HINT: Final = "does the engine answer? `docker version`"


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of a run as the engine sees it; `ports` maps the inner TCP port to the one on this machine.

    `state` is `created`, `running`, `restarting`, `exited` …; `health` is `starting`, `healthy`, `unhealthy` or ''.
    `probe` is the output of the last health probe.
    """

    id: str
    service: str
    state: str
    health: str = ""
    probe: str = ""
    exit_code: int = 0
    restarts: int = 0
    started: str = ""
    ports: Mapping[int, int]

    @property
    def healthy(self) -> bool:
        """Whether it runs and its health check says so."""
        return self.state == "running" and self.health in {"healthy", ""}

    @property
    def word(self) -> str:
        """`running`, `unhealthy` or `stopped`."""
        if self.state not in {"running", "restarting"}:
            return "stopped"
        return "running" if self.healthy else "unhealthy"


@dataclass(frozen=True)
class Engine:
    """The engine that the `docker` command talks to, on behalf of one run."""

    run_id: str

    def call(
        self,
        *arguments: str,
        timeout: float = _CALL_TIMEOUT_S,
        env: Mapping[str, str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Completed:
        """One `docker` command, run to its end; `env` adds variables to those it inherits."""
        environment = child_environment(env, inherit=ENGINE_VARIABLES)
        return run(["docker", *arguments], run_id=self.run_id, env=environment, timeout=timeout, cancelled=cancelled)

    def text(self, *arguments: str, timeout: float = _CALL_TIMEOUT_S) -> str:
        """What a command prints.

        Raises:
            ProcessFailed: it failed, or took too long.
        """
        return self.call(*arguments, timeout=timeout).check(hint=_HINT).stdout

    def containers(self) -> dict[str, Container]:
        """This run's containers by service."""
        ids = self.text("ps", "--all", "--quiet", "--no-trunc", "--filter", self._filter).split()
        if not ids:
            return {}
        # One that goes away between the two calls is left out of the answer, with an error that says nothing new.
        found = self.call("inspect", "--type", "container", *ids).stdout
        read = [container_of(fields) for fields in _objects(found)]
        return {container.service: container for container in sorted(read, key=lambda each: each.service)}

    def memory(self) -> dict[str, int]:
        """Bytes in use by each running container of this run, by service; takes the engine two seconds.

        Raises:
            EnvironmentFailure: the engine does not say.
        """
        running = {each.id: name for name, each in self.containers().items() if each.state == "running"}
        try:
            stats = DockerClient().stats(list(running)) if running else []
        except DockerException as error:
            raise EnvironmentFailure("the engine does not say how much memory is in use", hint=_HINT) from error
        return {running[each.container_id]: int(each.memory_used) for each in stats if each.container_id in running}

    def logs(self, container: str, lines: int) -> list[str]:
        """The last lines that a container wrote."""
        done = self.call("logs", "--tail", str(max(0, lines)), container)
        return [] if done.code else f"{done.stdout}{done.stderr}".splitlines()[-lines:] if lines > 0 else []

    def restart(self, container: str) -> None:
        """Stop and start a container."""
        self.text("restart", "--time", "1", container)

    def remove(self, containers: Sequence[str]) -> None:
        """Kill and remove containers with their anonymous volumes."""
        if containers:
            self.call("rm", "--force", "--volumes", *containers)

    @property
    def _filter(self) -> str:
        return f"label={RUN_LABEL}={self.run_id}"


def container_of(fields: JsonObject) -> Container:
    """A container as `docker inspect` describes it."""
    state = _object(fields.get("State"))
    health = _object(state.get("Health"))
    log = health.get("Log")
    last = _object(log[-1]) if isinstance(log, list) and log else {}
    labels = _object(_object(fields.get("Config")).get("Labels"))
    return Container(
        id=str(fields.get("Id", "")),
        service=str(labels.get(SERVICE_LABEL, "")),
        state=str(state.get("Status", "")),
        health=str(health.get("Status", "")),
        probe=" ".join(str(last.get("Output", "")).split()),
        exit_code=_integer(state.get("ExitCode")),
        restarts=_integer(fields.get("RestartCount")),
        started=str(state.get("StartedAt", "")),
        ports=_ports(_object(_object(fields.get("NetworkSettings")).get("Ports"))),
    )


def _ports(published: JsonObject) -> dict[int, int]:
    found = {}
    for inner, bindings in published.items():
        number, _, protocol = inner.partition("/")
        if protocol == "tcp" and isinstance(bindings, list) and bindings:
            found[int(number)] = int(str(_object(bindings[0]).get("HostPort", "0")))
    return found


def _objects(text: str) -> list[JsonObject]:
    try:
        value = json.loads(text or "[]")
    except ValueError as error:
        raise EnvironmentFailure("the engine's answer is not JSON", details=[text[:200]], hint=_HINT) from error
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0
