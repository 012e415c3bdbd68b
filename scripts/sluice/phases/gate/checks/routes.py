"""ORPHAN-001."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.compose import ComposeProject, ComposeService
from sluice.phases.gate.reading.compose_merge import named
from sluice.phases.gate.reading.documents import mapping

_RULE: Final = re.compile(r"traefik\.(?:http|tcp)\.routers\.[^.]+\.rule")
_WORKER: Final = re.compile(
    r"\b(?:celery|rq|dramatiq|arq|huey|beat|flower|worker|workers|consumer|scheduler|cron|migrate|alembic|seed|init)\b"
)
# Third-party images that speak no HTTP to users: databases, brokers, exporters, tunnels of logs.
_INFRASTRUCTURE: Final = re.compile(
    r"postgres\w*|postgis|timescaledb|mysql|mariadb|mongo\w*|redis|valkey|keydb|dragonfly|memcached|rabbitmq|kafka|"
    r"zookeeper|nats|etcd|consul|vault|minio|elasticsearch|opensearch|clickhouse-server|cassandra|cockroach|pgbouncer|"
    r"pgvector|mosquitto|emqx|localstack|mailhog|mailpit|promtail|fluent-bit|vector|alloy|otel\S*|\S*exporter|cadvisor|"
    r"docker-socket-proxy|busybox|alpine|redpanda|schema-registry|debezium\S*|influxdb|neo4j|qdrant|weaviate|chroma"
)


class ServicesAreRouted(Check[tuple[ComposeProject, ComposeService]]):
    """Every compose service that answers HTTP has a Traefik route."""

    id, layer, severity = "ORPHAN-001", 4, "error"

    def subjects(self, facts: Facts) -> Sequence[tuple[ComposeProject, ComposeService]]:
        """Services that the gateway can reach and that are no infrastructure and no workers."""
        projects = facts.compose.projects
        known = {name for name, _ in facts.apps} | set(facts.given.services)
        fronted = facts.given.run or bool(facts.compose.file_routes) or any(_mentions_traefik(p) for p in projects)
        return [(p, s) for p in projects if fronted for s in p.services if _needs_route(facts, p, s, known)]

    def absent(self, facts: Facts) -> str:
        """A folder need not have a gateway."""
        return "" if facts.given.run else "there is no compose file with a Traefik gateway in the tree"

    def check(self, subject: tuple[ComposeProject, ComposeService], facts: Facts) -> Iterator[Hit]:
        """Nobody can reach {service} through the gateway: {why}.

        Add the labels `traefik.enable=true` and `traefik.http.routers.NAME.rule=PathPrefix(`/…`)`, or take the service
        off the gateway's network if it is internal.
        """
        project, service = subject
        if why := _unrouted(facts, project, service):
            values = {"service": service.name, "why": why}
            yield Hit(source=service.source, line=service.line, column=1, service=service.name, values=values)


def _mentions_traefik(project: ComposeProject) -> bool:
    return bool(project.gateways) or any(_labelled(service) for service in project.services)


def _labelled(service: ComposeService) -> bool:
    return any(label.startswith("traefik.") for label in service.labels)


def _needs_route(facts: Facts, project: ComposeProject, service: ComposeService, known: set[str]) -> bool:
    if service.is_gateway or (_INFRASTRUCTURE.fullmatch(service.repository) and not service.context):
        return False
    if service.name in facts.given.services and facts.given.run:
        return True
    if service.name in _jobs(project):
        return False
    reachable = {network for gateway in project.gateways for network in gateway.networks}
    if project.gateways and not reachable & service.networks and not _labelled(service):
        return False
    if _labelled(service):
        return True
    folder = service.context.strip("./").rpartition("/")[2]
    answers = service.listens or service.name in known or folder in known
    return answers and not _WORKER.search(f"{service.command} {service.name}".lower())


def _jobs(project: ComposeProject) -> set[str]:
    """Services that others wait for to end: they do their work once and answer nobody."""
    waits = (named(service.raw.get("depends_on")) for service in project.services)
    return {
        name
        for wait in waits
        for name, how in wait.items()
        if mapping(how).get("condition") == "service_completed_successfully"
    }


def _unrouted(facts: Facts, project: ComposeProject, service: ComposeService) -> str:
    """Why no route leads to a service, '' when one does."""
    if service.names & facts.compose.routed_hosts:
        return ""
    commands = " ".join(gateway.command.lower() for gateway in project.gateways)
    enabled = service.labels.get("traefik.enable", "").lower()
    if enabled == "false":
        return "traefik.enable is false"
    if enabled != "true" and (facts.given.run or "exposedbydefault=false" in commands):
        return "traefik.enable is not set, and the gateway exposes nothing by default"
    if any(_RULE.fullmatch(label) and rule.strip() for label, rule in service.labels.items()):
        return ""
    return "" if enabled == "true" and "defaultrule" in commands else "it has no router rule"


CHECKS: Final = (ServicesAreRouted(),)
