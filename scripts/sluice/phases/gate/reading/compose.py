"""Compose files: the services of each project directory, merged, and Traefik's file-provider routes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from pydantic import JsonValue

from sluice.phases.gate.reading.compose_merge import Merged, merge, named
from sluice.phases.gate.reading.documents import listing, load, mapping
from sluice.phases.gate.scan import SourceFile

_NAME = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml|stack[\w.-]*\.ya?ml", re.IGNORECASE)
_NOT_PRODUCTION = re.compile(
    r"(?:^|[._-])(?:dev|develop|development|test|tests|ci|local|override|debug|e2e)(?:[._-]|$)"
)


@dataclass(frozen=True)
class ComposeService:
    """One service as merged; `source` and `line` say where it is first written."""

    name: str
    source: SourceFile
    line: int
    image: str = ""
    context: str = ""
    dockerfile: str = ""
    target: str = ""
    build_arguments: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()
    command: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    listens: bool = False
    profiles: frozenset[str] = frozenset()
    raw: Mapping[str, JsonValue] = field(default_factory=dict)
    places: Mapping[str, tuple[SourceFile, int]] = field(default_factory=dict)

    def place(self, key: str) -> tuple[SourceFile, int]:
        """File and line of one of its keys; where the service begins when it is not written out."""
        return self.places.get(key, (self.source, self.line))

    @property
    def repository(self) -> str:
        """Last part of the image's name, without tag and digest."""
        return self.image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()

    @property
    def is_gateway(self) -> bool:
        """Whether it is a Traefik."""
        return (
            self.repository == "traefik" or "--providers." in self.command or "--entrypoints." in self.command.lower()
        )


@dataclass(frozen=True)
class ComposeProject:
    """The services of one directory's compose files."""

    folder: str
    services: tuple[ComposeService, ...]

    @property
    def gateways(self) -> tuple[ComposeService, ...]:
        """The Traefiks in it."""
        return tuple(service for service in self.services if service.is_gateway)


@dataclass(frozen=True)
class Compose:
    """All compose projects, and the hosts that Traefik's file provider routes to."""

    projects: tuple[ComposeProject, ...] = ()
    routed_hosts: frozenset[str] = frozenset()
    file_routes: tuple[SourceFile, ...] = ()

    @property
    def services(self) -> tuple[ComposeService, ...]:
        """Services of all projects."""
        return tuple(service for project in self.projects for service in project.services)


def read_compose(files: Iterable[SourceFile]) -> Compose:
    """Compose files and Traefik's dynamic configuration among `files`."""
    grouped: dict[str, list[SourceFile]] = {}
    hosts: set[str] = set()
    routes: list[SourceFile] = []
    tree = {file.rel: file for file in files}
    for file in tree.values():
        if file.suffix not in {".yml", ".yaml"}:
            continue
        if _NAME.fullmatch(file.name) and not _NOT_PRODUCTION.search(file.path.stem.lower()):
            grouped.setdefault(str(PurePosixPath(file.rel).parent), []).append(file)
        elif "routers:" in file.text and (found := _routed(load(file))):
            hosts |= found
            routes.append(file)
    projects = [ComposeProject(folder, _services(group, tree)) for folder, group in sorted(grouped.items())]
    return Compose(tuple(project for project in projects if project.services), frozenset(hosts), tuple(routes))


def _services(files: list[SourceFile], tree: Mapping[str, SourceFile]) -> tuple[ComposeService, ...]:
    ordered = sorted(files, key=lambda file: (file.path.stem not in {"compose", "docker-compose"}, file.rel))
    return tuple(_service(name, merged) for name, merged in sorted(merge(ordered, tree).items()))


def _service(name: str, merged: Merged) -> ComposeService:
    raw, source, line = merged.raw, merged.source, merged.line
    build = {"context": raw["build"]} if isinstance(raw.get("build"), str) else mapping(raw.get("build"))
    networks = named(raw.get("networks"))
    aliases = {str(a) for value in networks.values() for a in listing(mapping(value).get("aliases"))}
    given = {str(raw[key]) for key in ("container_name", "hostname") if raw.get(key)}
    mode = raw.get("network_mode")
    return ComposeService(
        name=name,
        source=source,
        line=line,
        image=str(raw.get("image") or ""),
        context=str(build.get("context") or ""),
        dockerfile=str(build.get("dockerfile") or ""),
        target=str(build.get("target") or ""),
        build_arguments=_texts(build.get("args")),
        labels={**_texts(mapping(raw.get("deploy")).get("labels")), **_texts(raw.get("labels"))},
        networks=frozenset(networks) or (frozenset({f"mode:{mode}"}) if mode else frozenset({"default"})),
        command=f"{_words(raw.get('entrypoint'))} {_words(raw.get('command'))}".strip(),
        environment=_texts(raw.get("environment")),
        names=frozenset({name, *aliases, *given}),
        listens=bool(raw.get("ports") or raw.get("expose"))
        or "http" in _words(mapping(raw.get("healthcheck")).get("test")),
        profiles=frozenset(str(profile) for profile in listing(raw.get("profiles"))),
        raw=raw,
        places=merged.places,
    )


def _words(value: object) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value or "")


def _texts(value: object) -> dict[str, str]:
    return {
        name: str(item).lower() if isinstance(item, bool) else str("" if item is None else item)
        for name, item in named(value).items()
    }


def _routed(document: object) -> set[str]:
    """Hosts behind the services that some router of a Traefik dynamic configuration uses."""
    http = mapping(mapping(document).get("http"))
    used = {
        str(mapping(router).get("service", "")).partition("@")[0] for router in mapping(http.get("routers")).values()
    }
    hosts: set[str] = set()
    for name, service in mapping(http.get("services")).items():
        servers = listing(mapping(mapping(service).get("loadBalancer")).get("servers")) if name in used else []
        hosts |= {urlsplit(str(mapping(server).get("url", ""))).hostname or "" for server in servers}
    return hosts - {""}
