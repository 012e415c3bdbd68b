"""DOCKER-001 and DOCKER-002."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.containers import builds, is_service
from sluice.phases.gate.reading.dockerfile import Dockerfile, Instruction, Stage, reference, substitute

_SOURCES: Final = {"COPY": re.compile(r"--from=(\S+)"), "RUN": re.compile(r"--mount=\S*?\bfrom=([^,\s]+)")}


class HasHealthcheck(Check[tuple[str, Dockerfile | None]]):
    """Every service image has a HEALTHCHECK."""

    id, layer, severity = "DOCKER-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[tuple[str, Dockerfile | None]]:
        """Dockerfiles of services; in a run also each service that has none."""
        files = [(file.source.service, file) for file in facts.dockerfiles if is_service(file)]
        having = {name for name, _ in files}
        bare = [name for name in sorted(facts.given.services) if name not in having] if facts.given.run else []
        return [*files, *((name, None) for name in bare)]

    def absent(self, facts: Facts) -> str:
        """A folder need not build images."""
        return "" if facts.given.run else "there is no Dockerfile of a service in the tree"

    def check(self, subject: tuple[str, Dockerfile | None], facts: Facts) -> Iterator[Hit]:
        """The image of {service} has no HEALTHCHECK{detail}.

        Add to the last stage, for example: `HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "…"]` that
        asks http://127.0.0.1:PORT/health.
        """
        service, dockerfile = subject
        if dockerfile is None:
            yield Hit(service=service, values={"service": service, "detail": ": it has no Dockerfile"})
            return
        for target in sorted({build.target for build in builds(dockerfile, facts.compose)} or {""}):
            last = next(iter(dockerfile.lineage(target)))
            found = _healthcheck(dockerfile, target)
            if found is None or found.arguments.strip().upper() == "NONE":
                line = found.line if found else last.line
                detail = ": it is switched off" if found else ""
                values = {"service": service or dockerfile.source.rel, "detail": detail}
                yield Hit(source=dockerfile.source, line=line, column=1, values=values)


def _healthcheck(dockerfile: Dockerfile, target: str) -> Instruction | None:
    """The one that counts: the last of the nearest stage that has any."""
    for stage in dockerfile.lineage(target):
        found = [instruction for instruction in stage.instructions if instruction.keyword == "HEALTHCHECK"]
        if found:
            return found[-1]
    return None


class PinnedBase(Check[Dockerfile]):
    """Base images are pinned: no `:latest`, no missing tag."""

    id, layer, severity = "DOCKER-002", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[Dockerfile]:
        """Every Dockerfile that is shipped."""
        return facts.dockerfiles

    def absent(self, facts: Facts) -> str:
        """A folder need not build images."""
        return "" if facts.given.run and facts.given.services else "there is no Dockerfile in the tree"

    def check(self, subject: Dockerfile, facts: Facts) -> Iterator[Hit]:
        """{image} is not pinned: {why}.

        Name a version, best with a digest: `FROM python:3.12-slim@sha256:…`.
        """
        given = [build.build_arguments for build in builds(subject, facts.compose)] or [{}]
        told: set[int] = set()
        for line, image, why in [found for values in given for found in _unpinned(subject, values)]:
            if line not in told:
                told.add(line)
                yield Hit(source=subject.source, line=line, column=1, values={"image": image, "why": why})
        for hit in facts.hadolint:
            stage = next((stage for stage in subject.stages if stage.line == hit.line), None)
            known = stage is None or "$" in stage.image or subject.stage(stage.image) is not None
            if hit.source == subject.source and hit.line not in told and stage and not known:
                yield Hit(
                    source=subject.source, line=hit.line, column=1, values={"image": stage.image, "why": hit.message}
                )


def _unpinned(dockerfile: Dockerfile, arguments: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    for stage in dockerfile.stages:
        image = _resolved(dockerfile, stage.image, arguments)
        if why := _fault(dockerfile, stage, image):
            yield stage.line, image, why
        for instruction in stage.instructions:
            pattern = _SOURCES.get(instruction.keyword)
            for copied in pattern.findall(instruction.arguments) if pattern else []:
                source = _resolved(dockerfile, copied.strip("\"'"), arguments)
                if why := _fault(dockerfile, stage, source):
                    yield instruction.line, source, why


def _resolved(dockerfile: Dockerfile, image: str, arguments: Mapping[str, str]) -> str:
    filled = substitute(image, {**dockerfile.arguments, **arguments})
    return "" if "$" in filled else filled


def _fault(dockerfile: Dockerfile, stage: Stage, image: str) -> str:
    """Why an image is not pinned; '' for a pin, an earlier stage, `scratch`, or what only the build knows."""
    earlier = {name for other in dockerfile.stages if other.line < stage.line for name in [other.name.lower()] if name}
    if not image or image.lower() in earlier | {"scratch"} or image.isdigit():
        return ""
    _, tag, digest = reference(image)
    if digest:
        return ""
    if tag == "latest":
        return "`latest` is another image every week"
    return "" if tag else "without a tag it means `latest`"


CHECKS: Final = (HasHealthcheck(), PinnedBase())
