"""PARSE-001."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.scan import SourceFile


class CodeIsReadable(Check[SourceFile]):
    """Every shipped Python file can be parsed: what cannot be read cannot be judged."""

    id, layer, severity = "PARSE-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[SourceFile]:
        """Shipped Python files."""
        return [file for file in facts.shipped if file.suffix == ".py"]

    def absent(self, facts: Facts) -> str:
        """A tree of another language has no Python."""
        return "" if facts.given.run else "there is no Python module in the tree"

    def check(self, subject: SourceFile, facts: Facts) -> Iterator[Hit]:
        """Python cannot parse this file: {reason}.

        Mend the syntax, or move the file out of the service if it is a template.
        """
        for broken in facts.broken:
            if broken.source == subject:
                yield Hit(source=subject, line=broken.line, column=1, values={"reason": broken.reason})


CHECKS: Final = (CodeIsReadable(),)
