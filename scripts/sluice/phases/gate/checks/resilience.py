"""RETRY-001 and TIMEOUT-001: what happens when somebody else is slow or down."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.retries import unbounded
from sluice.phases.gate.reading.timeouts import without_timeout

_NO_PYTHON: Final = "there is no Python module in the tree"


class RetriesEnd(Check[PyFile]):
    """Whatever tries again gives up some time."""

    id, layer, severity = "RETRY-001", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[PyFile]:
        """Python modules that are shipped."""
        return facts.python

    def absent(self, facts: Facts) -> str:
        """A tree of another language has no Python."""
        return "" if facts.given.run else _NO_PYTHON

    def check(self, subject: PyFile, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """Unbounded retry: {what}.

        Give it a limit of attempts or time, and a pause that grows: `for attempt in range(5)`, tenacity's `stop=…`.
        """
        for node, what in unbounded(subject):
            line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
            yield Hit(source=subject.source, line=line, column=column, values={"what": what})


class RequestsTimeOut(Check[PyFile]):
    """Every outgoing HTTP request has a timeout."""

    id, layer, severity = "TIMEOUT-001", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[PyFile]:
        """Python modules that are shipped."""
        return facts.python

    def absent(self, facts: Facts) -> str:
        """A tree of another language has no Python."""
        return "" if facts.given.run else _NO_PYTHON

    def check(self, subject: PyFile, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{call} may wait for ever: it has no timeout.

        Pass `timeout=` with a few seconds; a peer that hangs must not take this service with it.
        """
        for node, call in without_timeout(subject):
            yield Hit(source=subject.source, line=node.lineno, column=node.col_offset + 1, values={"call": call})


CHECKS: Final = (RetriesEnd(), RequestsTimeOut())
