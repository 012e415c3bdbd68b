"""SEC-SCAN-001."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.scan import SourceFile


class NoSecrets(Check[SourceFile]):
    """No credential stands in a file that is shipped."""

    id, layer, severity = "SEC-SCAN-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[SourceFile]:
        """Every shipped text file."""
        return facts.shipped

    def check(self, subject: SourceFile, facts: Facts) -> Iterator[Hit]:
        """A credential is written down here ({kind}).

        Read it from the environment or a secret store at run time, and revoke the one that was committed.
        """
        for secret in facts.secrets:
            if secret.source == subject:
                yield Hit(source=subject, line=secret.line, column=secret.column, values={"kind": secret.kind})


CHECKS: Final = (NoSecrets(),)
