"""Compose files: the services of each project directory, merged, and Traefik's file-provider routes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sluice.phases.gate.reading.dockerfile import substitute
from sluice.phases.gate.reading.documents import key_lines, listing, load, mapping
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
    for file in files:
        if file.suffix not in {".yml", ".yaml"}:
            continue
        if _NAME.fullmatch(file.name) and not _NOT_PRODUCTION.search(file.path.stem.lower()):
            grouped.setdefault(str(PurePosixPath(file.rel).parent), []).append(file)
        elif "routers:" in file.text and (found := _routed(load(file))):
            hosts |= found
            routes.append(file)
    projects = [ComposeProject(folder, _merged(group)) for folder, group in sorted(grouped.items())]
    return Compose(tuple(project for project in projects if project.services), frozenset(hosts), tuple(routes))


def _merged(files: list[SourceFile]) -> tuple[ComposeService, ...]:
    merged: dict[str, dict[str, object]] = {}
    places: dict[str, tuple[SourceFile, int]] = {}
    for file in files:
        lines = key_lines(file, "services")
        for name, raw in mapping(mapping(load(file)).get("services")).items():
            places.setdefault(name, (file, lines.get(name, 1)))
            merged[name] = _merge(merged.get(name, {}), mapping(raw))
    return tuple(_service(name, raw, *places[name]) for name, raw in sorted(merged.items()))


def _merge(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if key in {"labels", "environment", "networks"}:
            merged[key] = {**_named(old), **_named(value)}
        elif isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merge(old, value)
        elif isinstance(old, list) and isinstance(value, list) and key not in {"command", "entrypoint"}:
            merged[key] = [*old, *value]
        else:
            merged[key] = value
    return merged


def _service(name: str, raw: Mapping[str, object], source: SourceFile, line: int) -> ComposeService:
    build = {"context": raw["build"]} if isinstance(raw.get("build"), str) else mapping(raw.get("build"))
    networks = _named(raw.get("networks"))
    aliases = {str(a) for value in networks.values() for a in listing(mapping(value).get("aliases"))}
    given = {str(raw[key]) for key in ("container_name", "hostname") if raw.get(key)}
    mode = raw.get("network_mode")
    return ComposeService(
        name=name,
        source=source,
        line=line,
        image=substitute(str(raw.get("image") or ""), {}) or str(raw.get("image") or ""),
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
    )


def _words(value: object) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value or "")


def _named(value: object) -> dict[str, object]:
    """`["a=1", "b"]` and `{a: 1, b: null}` alike."""
    if isinstance(value, list):
        pairs = [str(item).partition("=") for item in value]
        return {name: text if given else None for name, given, text in pairs}
    return dict(mapping(value))


def _texts(value: object) -> dict[str, str]:
    return {
        name: str(item).lower() if isinstance(item, bool) else str("" if item is None else item)
        for name, item in _named(value).items()
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
