"""What must be so before anything is started: the engine answers, versions fit together, memory and disk suffice."""

import json
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sluice.core.environment import ENGINE_VARIABLES, child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.proc import run
from sluice.model.base import JsonObject

Version = tuple[int, ...]

MIN_ENGINE: Final[Version] = (20, 10)
MIN_COMPOSE: Final[Version] = (2, 20)
START_INTERVAL_ENGINE: Final[Version] = (25,)
"""From here on a health check may have an interval of its own for the start."""
STRICT_ENGINE: Final[Version] = (29,)
"""From here on the engine refuses the old API version that Traefik before 3.6.1 speaks."""
MIN_TRAEFIK: Final[Version] = (3, 6, 1)
MIN_MEMORY_BYTES: Final = 2 * 2**30
MIN_DISK_BYTES: Final = 2 * 2**30
INSTALL: Final = "scripts/setup-docker.sh installs and starts it on Debian"
_TIMEOUT_S = 10.0
_LOCAL: Final = "unix://"
_QUESTIONS: Final = (
    ("version", "--format", "{{.Server.Version}}"),
    ("compose", "version", "--short"),
    ("context", "inspect", "--format", "{{.Endpoints.docker.Host}}"),
)


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The engine and what belongs to it; `problem` says why it cannot be used, '' when it can."""

    engine: str = ""
    compose: str = ""
    host: str = ""
    problem: str = ""

    @property
    def socket(self) -> Path:
        """The engine's socket on this machine."""
        return Path(self.host.removeprefix(_LOCAL))

    @property
    def patient(self) -> bool:
        """Whether health checks may have an interval of their own for the start."""
        return version_of(self.engine) >= START_INTERVAL_ENGINE


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the engine's machine has; `disk` is None where its directory cannot be seen from here."""

    memory: int
    disk: int | None
    directory: str


def platform() -> Platform:
    """What answers here; asks the engine, compose and the command's configuration at the same time, nothing else."""
    if shutil.which("docker") is None:
        return Platform(problem=f"the docker command is not installed; {INSTALL}")
    with ThreadPoolExecutor(len(_QUESTIONS)) as pool:
        (engine, engine_error), (compose, compose_error), (host, _) = pool.map(lambda words: _ask(*words), _QUESTIONS)
    problem = ""
    if not engine:
        problem = f"no Docker engine answers ({engine_error}); {INSTALL}"
    elif not compose:
        problem = f"compose v2 does not answer ({compose_error}); {INSTALL}"
    elif not host.startswith(_LOCAL):
        problem = f"the engine at {host} is not on this machine, whose ports are needed"
    return Platform(engine=engine, compose=compose, host=host, problem=problem or mismatch(engine, compose))


def mismatch(engine: str, compose: str) -> str:
    """Which of the two is too old, '' when both will do."""
    for name, found, needed in (("engine", engine, MIN_ENGINE), ("compose", compose, MIN_COMPOSE)):
        if version_of(found) < needed:
            return f"the {name} has version {found}; {'.'.join(map(str, needed))} or newer is needed"
    return ""


def version_of(text: str) -> Version:
    """The numbers at the start of a version, () when there are none."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", text.strip())
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def check(found: Platform) -> None:
    """Refuse an engine that cannot be used, or whose machine is too small.

    Raises:
        EnvironmentFailure: says why, and what to do.
    """
    if found.problem:
        raise EnvironmentFailure(found.problem, hint="or run without containers: --runtime embedded")
    if problems := shortages(room()):
        hint = "free some (`docker system df` shows what the engine holds), or use a larger machine"
        raise EnvironmentFailure("the engine's machine is too small", details=problems, hint=hint)


def check_gateway(found: Platform, image: str) -> None:
    """Refuse a Traefik that the engine will not answer.

    Raises:
        EnvironmentFailure: says what to do.
    """
    tag = version_of(image.rpartition(":")[2])
    if version_of(found.engine) >= STRICT_ENGINE and () < tag < MIN_TRAEFIK:
        raise EnvironmentFailure(
            f"{image} cannot talk to engine {found.engine}",
            details=["engines from 29 on refuse the API version of Traefik before 3.6.1"],
            hint="set TRAEFIK_IMAGE to a newer one, or leave it unset",
        )


def shortages(there: Room) -> Sequence[str]:
    """What there is too little of."""
    found = []
    if there.memory < MIN_MEMORY_BYTES:
        found.append(f"memory: {_gb(there.memory)} GB, needed are {_gb(MIN_MEMORY_BYTES)} GB")
    if there.disk is not None and there.disk < MIN_DISK_BYTES:
        found.append(f"disk: {_gb(there.disk)} GB free in {there.directory}, needed are {_gb(MIN_DISK_BYTES)} GB")
    return found


def room() -> Room:
    """What `docker info` says.

    Raises:
        EnvironmentFailure: it says nothing.
    """
    text, error = _ask("info", "--format", '{"memory": {{.MemTotal}}, "directory": {{json .DockerRootDir}}}')
    try:
        told: JsonObject = json.loads(text)
    except ValueError:
        raise EnvironmentFailure("the engine does not describe itself", details=[error or text], hint=INSTALL) from None
    directory, memory = str(told["directory"]), told["memory"]
    disk = shutil.disk_usage(directory).free if Path(directory).is_dir() else None
    return Room(memory=memory if isinstance(memory, int) else 0, disk=disk, directory=directory)


def _ask(*arguments: str) -> tuple[str, str]:
    """What a command says, and what is wrong with it."""
    environment = child_environment(inherit=ENGINE_VARIABLES)
    done = run(["docker", *arguments], env=environment, timeout=_TIMEOUT_S)
    if done.exceeded:
        return "", f"no answer within {_TIMEOUT_S:.0f} s"
    said = (done.stderr.strip() or done.stdout.strip() or f"exit {done.code}").splitlines()
    return ("", said[0]) if done.code else (done.stdout.strip(), "")


def _gb(size: int) -> str:
    return f"{size / 2**30:.1f}"
