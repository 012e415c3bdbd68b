"""PROBE-001, ROOT-001 and PRIV-001: how containers are run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.compose import ComposeService
from sluice.phases.gate.reading.containers import Place, builds, dangers, is_root, is_service, pod_dangers, probes
from sluice.phases.gate.reading.dockerfile import Dockerfile, Stage, reference, substitute
from sluice.phases.gate.scan import SourceFile

_LOCALHOST: Final = re.compile(r"(?<![\w.-])localhost(?![\w-]|\.\w)", re.IGNORECASE)
_DROPS: Final = re.compile(r"\b(?:gosu|su-exec|setpriv|runuser|chpst|s6-setuidgid)\b")
_ROOTLESS: Final = re.compile(r"nonroot|rootless|unprivileged|cgr\.dev/chainguard/|(?:^|/)bitnami/")
_WORKLOAD: Final = re.compile(r"^\s*containers:", re.MULTILINE)
Hits = Iterator[Hit]


class ProbesNameAnAddress(Check[Place]):
    """Probes ask 127.0.0.1, not localhost."""

    id, layer, severity = "PROBE-001", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[Place]:
        """Health checks of Dockerfiles, compose services and pods, and the scripts they call."""
        return list(probes(facts.dockerfiles, facts.compose, facts.shipped))

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # DOCKER-001 asks for the health check itself
        """A folder need not have containers."""
        return "there is no health check in the tree"

    def check(self, subject: Place, facts: Facts) -> Hits:  # noqa: ARG002 # the fact is in the subject
        """This probe asks `localhost`, which may mean ::1 where the service listens on IPv4 only.

        Write 127.0.0.1 in the probe.
        """
        if _LOCALHOST.search(subject.what):
            line = subject.line_of(_LOCALHOST)
            yield Hit(source=subject.source, line=line, column=subject.column_in(line, _LOCALHOST))


class NoRoot(Check[Dockerfile | ComposeService]):
    """Services do not run as root."""

    id, layer, severity = "ROOT-001", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[Dockerfile | ComposeService]:
        """Dockerfiles of services, and compose services that name a user."""
        named = [service for service in facts.compose.services if service.raw.get("user") is not None]
        return [*(file for file in facts.dockerfiles if is_service(file)), *named]

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # DOCKER-001 asks for the Dockerfile itself
        """A folder need not have containers."""
        return "there is no Dockerfile of a service in the tree"

    def check(self, subject: Dockerfile | ComposeService, facts: Facts) -> Hits:
        """{what} runs as root: {why}.

        Create a user and switch to it in the last stage: `RUN useradd --system app`, then `USER app`.
        """
        if isinstance(subject, ComposeService):
            if is_root(str(subject.raw["user"])):
                source, line = subject.place("user")
                values = {"what": subject.name, "why": f"compose says user {subject.raw['user']}"}
                yield Hit(source=source, line=line, column=1, service=subject.name, values=values)
            return
        runs = builds(subject, facts.compose)
        users = [str(run.raw["user"]) for run in runs if run.raw.get("user") is not None]
        if runs and len(users) == len(runs):
            return  # compose decides, and is looked at itself
        for target in sorted({run.target for run in runs if run.raw.get("user") is None} or {""}):
            yield from _rooted(subject, target, facts)


def _rooted(dockerfile: Dockerfile, target: str, facts: Facts) -> Hits:
    lineage = list(dockerfile.lineage(target))
    given = next((found for stage in lineage if (found := _users(stage))), None)
    if given is None:
        base = substitute(lineage[-1].image, dockerfile.arguments) or lineage[-1].image
        line, why = lineage[0].line, "no USER is set"
        if _ROOTLESS.search(base.lower()) or "nonroot" in reference(base)[1]:
            return
    else:
        line, user = given
        known = {**dockerfile.arguments, **_arguments(lineage)}
        filled = substitute(user, known) if "$" in user else user
        if not is_root(filled):
            return
        why = f"USER {user}"
    if not _drops_rights(lineage, dockerfile, facts):
        name = dockerfile.source.service or dockerfile.source.rel
        yield Hit(source=dockerfile.source, line=line, column=1, values={"what": f"The image of {name}", "why": why})


def _users(stage: Stage) -> tuple[int, str] | None:
    """The last USER of a stage."""
    found = [(i.line, i.arguments.strip()) for i in stage.instructions if i.keyword == "USER"]
    return found[-1] if found else None


def _arguments(lineage: Sequence[Stage]) -> Mapping[str, str]:
    told: dict[str, str] = {}
    for stage in reversed(lineage):
        for instruction in stage.instructions:
            if instruction.keyword in {"ARG", "ENV"}:
                told.update(re.findall(r"(\w+)[= ][\"']?([^\s\"']+)", instruction.arguments))
    return told


def _drops_rights(lineage: Sequence[Stage], dockerfile: Dockerfile, facts: Facts) -> bool:
    """Whether the entry point switches users itself, in the Dockerfile or in a script that it starts."""
    starts = [i.arguments for stage in lineage for i in stage.instructions if i.keyword in {"ENTRYPOINT", "CMD"}]
    scripts = {name for text in starts for name in re.findall(r"[\w.-]+\.sh\b|docker-entrypoint[\w.-]*", text)}
    bodies = [f.text for f in facts.shipped if f.name in scripts and f.service == dockerfile.source.service]
    return any(_DROPS.search(text) for text in (*starts, *bodies))


class NoPrivileges(Check[ComposeService | SourceFile]):
    """No container gets hold of its host."""

    id, layer, severity = "PRIV-001", 4, "error"

    def subjects(self, facts: Facts) -> Sequence[ComposeService | SourceFile]:
        """Compose services, and files with Kubernetes workloads."""
        pods = [file for file in facts.shipped if file.suffix in {".yml", ".yaml"} and _WORKLOAD.search(file.text)]
        return [*facts.compose.services, *pods]

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # the embedded runtime has no containers
        """A folder need not have containers."""
        return "there is no compose file in the tree"

    def check(self, subject: ComposeService | SourceFile, facts: Facts) -> Hits:  # noqa: ARG002 # the fact is in the subject
        """{service} can take over its host: {what}.

        Take it away; where the engine must be read, mount its socket `:ro`, best behind a proxy that filters calls.
        """
        found = dangers(subject) if isinstance(subject, ComposeService) else pod_dangers(subject)
        name = subject.name if isinstance(subject, ComposeService) else subject.service or "a pod"
        for place in found:
            values = {"service": name, "what": place.what}
            service = name if isinstance(subject, ComposeService) else ""
            yield Hit(source=place.source, line=place.line, column=1, service=service, values=values)


CHECKS: Final = (ProbesNameAnAddress(), NoRoot(), NoPrivileges())
