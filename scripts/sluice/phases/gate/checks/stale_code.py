"""BUILD-005: a stale image, or code that changed between measuring and deploying."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.model.build import BuilderResult
from sluice.model.deployment import DeployedService
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts

_Pair = tuple[BuilderResult, DeployedService]


class MeasuredCodeRuns(Check[_Pair]):
    """What runs is the code that was measured."""

    id, layer, severity, requires = "BUILD-005", 1, "error", frozenset({"build", "deployment"})

    def subjects(self, facts: Facts) -> Sequence[_Pair]:
        """Services whose code was measured and that were deployed."""
        results = facts.given.build.results if facts.given.build else ()
        deployed = facts.given.deployment.services if facts.given.deployment else ()
        measured = {result.service: result for result in results if result.measured.tree_digest}
        return [(measured[service.name], service) for service in deployed if service.name in measured]

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # BUILD-001 and DEPLOY-001 ask for both
        """Nothing may have been built, or nothing deployed."""
        return "nothing that was measured is deployed"

    def check(self, subject: _Pair, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{service} runs other code than was measured: its image or its folder is stale.

        Deploy the run again: `invoke resume` builds the image from what was measured.
        """
        result, service = subject
        if service.tree_digest != result.measured.tree_digest:
            evidence = f"measured {result.measured.tree_digest}; deployed {service.tree_digest or 'unknown'}"
            yield Hit(service=service.name, evidence=evidence, values={"service": service.name})


CHECKS: Final = (MeasuredCodeRuns(),)
