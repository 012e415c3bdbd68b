"""CORS-001."""

from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.origins import open_in_python
from sluice.phases.gate.reading.origins_config import open_in_config
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.scan import SourceFile


class NoOpenOrigin(Check[PyFile | SourceFile]):
    """Production configuration names the origins that may call."""

    id, layer, severity = "CORS-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[PyFile | SourceFile]:
        """Python modules, and every other shipped file."""
        return [*facts.python, *(file for file in facts.shipped if file.suffix != ".py")]

    def check(self, subject: PyFile | SourceFile, facts: Facts) -> Iterator[Hit]:
        """Any origin may call: {how}.

        List the origins that need it, read from the environment, with none as the default.
        """
        if isinstance(subject, SourceFile):
            found = open_in_config(subject)
        else:
            found = open_in_python(subject, facts.interpreters[subject.source.service].values)
        for place in found:
            yield Hit(source=place.source, line=place.line, column=place.column, values={"how": place.how})


CHECKS: Final = (NoOpenOrigin(),)
