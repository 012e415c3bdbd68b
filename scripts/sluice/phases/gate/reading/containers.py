"""How containers are built and run: which Dockerfile belongs to whom, probes, rights."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from sluice.phases.gate.reading.compose import Compose, ComposeService
from sluice.phases.gate.reading.dockerfile import Dockerfile
from sluice.phases.gate.reading.documents import listing, mapping, scalars
from sluice.phases.gate.scan import SourceFile

_NOT_SERVICE = re.compile(
    r"(?:^|[._-])(?:dev|development|test|tests|ci|lint|debug|base|builder|devcontainer)(?:[._-]|$)"
)
_PROBES = frozenset({"livenessprobe", "readinessprobe", "startupprobe"})
_SCRIPT = re.compile(r"[\w.-]*(?:health|probe|check|ready|live)[\w.-]*\.(?:py|sh)\b", re.IGNORECASE)
_SOCKET = re.compile(r"(?:docker|containerd|podman|crio)\.sock\b")
# What the engine gives to every container anyway, and what only concerns memory and priorities.
_HARMLESS = frozenset(
    re.findall(
        r"\w+",
        "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL "
        "AUDIT_WRITE IPC_LOCK SYS_NICE",
    )
)
_HOST_MODES = {"network_mode": "network", "pid": "processes", "ipc": "shared memory", "userns_mode": "user ids"}
_POD_KEYS = {
    "privileged": "privileged",
    "hostnetwork": "the host's network",
    "hostpid": "the host's processes",
    "hostipc": "the host's shared memory",
}


@dataclass(frozen=True)
class Place:
    """Something about a container, and where it is written; it may go on for some lines."""

    source: SourceFile
    line: int
    what: str

    def line_of(self, pattern: re.Pattern[str]) -> int:
        """The line at or below this place where a pattern stands."""
        numbers = range(self.line, len(self.source.lines) + 1)
        return next((number for number in numbers if pattern.search(self.source.line(number))), self.line)

    def column_in(self, line: int, pattern: re.Pattern[str]) -> int:
        """The column of a pattern in a line, 1 where it is not."""
        found = pattern.search(self.source.line(line))
        return found.start() + 1 if found else 1


def is_service(dockerfile: Dockerfile) -> bool:
    """Whether an image of this file is run for itself: not a base image, not one of developers."""
    return not _NOT_SERVICE.search(dockerfile.source.name.lower()) and bool(dockerfile.stages)


def builds(dockerfile: Dockerfile, compose: Compose) -> list[ComposeService]:
    """Compose services that are built from this Dockerfile."""
    found = []
    for service in compose.services:
        folder = PurePosixPath(service.source.rel).parent
        context = posixpath.normpath(str(folder / service.context)) if service.context else ""
        path = posixpath.normpath(posixpath.join(context, service.dockerfile or "Dockerfile"))
        if service.context and path == dockerfile.source.rel:
            found.append(service)
    return found


def is_root(user: str) -> bool:
    """`root`, `0`, `0:0`, `root:root`; what only run time knows is no root."""
    return user.partition(":")[0].strip("\"' ") in {"root", "0"}


def probes(dockerfiles: Iterable[Dockerfile], compose: Compose, files: Iterable[SourceFile]) -> Iterator[Place]:
    """Commands and hosts of every health check, and the scripts of that service which they call."""
    shipped = list(files)
    found = [
        Place(dockerfile.source, instruction.line, instruction.arguments)
        for dockerfile in dockerfiles
        for stage in dockerfile.stages
        for instruction in stage.instructions
        if instruction.keyword == "HEALTHCHECK"
    ]
    for service in compose.services:
        test = mapping(service.raw.get("healthcheck")).get("test")
        if test:
            source, line = service.place("healthcheck")
            found.append(Place(source, line, " ".join(map(str, test)) if isinstance(test, list) else str(test)))
    found += [place for file in shipped for place in _pod_probes(file)]
    yield from found
    called = {(place.source.service, name) for place in found for name in _SCRIPT.findall(place.what)}
    for file in shipped:
        if (file.service, file.name) in called:
            yield from (Place(file, number, _code(line)) for number, line in enumerate(file.lines, 1) if _code(line))


def _code(line: str) -> str:
    return line.partition("#")[0].strip()


def _pod_probes(file: SourceFile) -> Iterator[Place]:
    if file.suffix not in {".yml", ".yaml"} or "Probe:" not in file.text:
        return
    for path, node in scalars(file):
        if _PROBES & {part.lower() for part in path}:
            yield Place(file, node.start_mark.line + 1, node.value)


def dangers(service: ComposeService) -> Iterator[Place]:
    """What a compose service may do to its host."""
    raw = service.raw
    if str(raw.get("privileged")).lower() == "true":
        yield Place(*service.place("privileged"), "it is privileged")
    for key, what in _HOST_MODES.items():
        if str(raw.get(key) or "") == "host":
            yield Place(*service.place(key), f"it shares the host's {what}")
    added = [str(cap).upper().removeprefix("CAP_") for cap in listing(raw.get("cap_add"))]
    if strong := [cap for cap in added if cap not in _HARMLESS]:
        yield Place(*service.place("cap_add"), f"it gets the capabilities {', '.join(strong)}")
    options = [str(option).replace("=", ":") for option in listing(raw.get("security_opt"))]
    if loose := [option for option in options if option.endswith((":unconfined", "label:disable"))]:
        yield Place(*service.place("security_opt"), f"it runs with {', '.join(loose)}")
    for volume in listing(raw.get("volumes")):
        if what := _mounted(volume):
            source, line = service.place("volumes")
            text = str(mapping(volume).get("source") or "") if isinstance(volume, dict) else str(volume)
            at = Place(source, line, what)
            yield Place(source, at.line_of(re.compile(re.escape(text[-40:]))), what)


def _mounted(volume: object) -> str:
    """What a mount gives away, '' when nothing much."""
    if isinstance(volume, dict):
        source, writable = str(volume.get("source") or ""), volume.get("read_only") is not True
    else:
        parts = str(volume).split(":")
        source, writable = parts[0], "ro" not in (parts[-1].split(",") if len(parts) > 2 else [])  # noqa: PLR2004 # source:target:options
        if len(parts) == 1:
            return ""
    if not writable:
        return ""
    if _SOCKET.search(source):
        return f"{source} is mounted writable"
    return (
        f"the host's {source} is mounted writable" if source in {"/", "/etc", "/proc", "/sys", "/dev", "/boot"} else ""
    )


def pod_dangers(file: SourceFile) -> Iterator[Place]:
    """What the pods of a Kubernetes document may do to their host."""
    for path, node in scalars(file):
        key = path[-1].lower() if path else ""
        line = node.start_mark.line + 1
        if key in _POD_KEYS and node.value.lower() == "true":
            yield Place(file, line, f"{path[-1]} is true")
        elif "hostpath" in {part.lower() for part in path} and key == "path" and _SOCKET.search(node.value):
            yield Place(file, line, f"{node.value} is mounted from the host")
        elif "capabilities" in path and "add" in path and node.value.upper().removeprefix("CAP_") not in _HARMLESS:
            yield Place(file, line, f"it gets the capability {node.value}")
