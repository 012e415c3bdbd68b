"""TEST-001 and TEST-002: tests that prove nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sluice.core.files import source_files
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.python import PyFile, read_project
from sluice.phases.gate.reading.testing import Suite, is_test_file, lost
from sluice.phases.gate.scan import SourceFile

_ATTEMPT: Final = re.compile(r"attempt-(\d+)")


class TestsProve(Check[tuple[Suite, PyFile]]):
    """Every test can fail."""

    __test__ = False

    id, layer, severity = "TEST-001", 3, "warning"

    def subjects(self, facts: Facts) -> Sequence[tuple[Suite, PyFile]]:
        """Modules that pytest collects, each with the suite that its helpers are in."""
        grouped: dict[str, list[SourceFile]] = {}
        for file in facts.files:
            if file.suffix == ".py" and (not file.production or is_test_file(file.name)):
                grouped.setdefault(file.service, []).append(file)
        suites = [Suite(read_project(name, files, ".").files) for name, files in sorted(grouped.items())]
        return [(suite, file) for suite in suites for file in suite.files if is_test_file(file.source.name)]

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # BUILD-004 asks for the tests themselves
        """A folder need not have tests."""
        return "there is no test module in the tree"

    def check(self, subject: tuple[Suite, PyFile], facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """This test proves nothing: {why}.

        Assert what the code must do; a test that cannot run here says under which condition (`skipif`).
        """
        suite, file = subject
        for weakness in suite.weaknesses(file):
            line, column = getattr(weakness.node, "lineno", 1), getattr(weakness.node, "col_offset", 0) + 1
            yield Hit(source=file.source, line=line, column=column, values={"why": weakness.why})


@dataclass(frozen=True)
class Attempts:
    """The test modules of two attempts at one service, one after the other."""

    service: str
    before: tuple[PyFile, ...]
    after: tuple[PyFile, ...]


class TestsStay(Check[Attempts]):
    """A builder's later attempt keeps the tests of the earlier one as strict as they were."""

    __test__ = False

    id, layer, severity, requires = "TEST-002", 1, "error", frozenset({"build"})

    def subjects(self, facts: Facts) -> Sequence[Attempts]:
        """Neighbouring attempts, as they stand in the run's `jobs` folder."""
        found: list[Attempts] = []
        for result in facts.given.build.results if facts.given.build else ():
            folder = facts.given.root / "jobs" / result.service
            numbered = {int(m[1]): p for p in folder.glob("attempt-*") if (m := _ATTEMPT.fullmatch(p.name))}
            for number in sorted(numbered):
                if number + 1 in numbered:
                    before, after = (_tests(numbered[n] / "output", facts) for n in (number, number + 1))
                    found.append(Attempts(result.service, before, after))
        return found

    def absent(self, facts: Facts) -> str:  # noqa: ARG002 # most builders need one attempt
        """Most services are built at the first attempt."""
        return "no builder made a second attempt"

    def check(self, subject: Attempts, facts: Facts) -> Iterator[Hit]:  # noqa: ARG002 # the fact is in the subject
        """{test} of {service} {why} in the next attempt.

        A failing test is mended in the code that it tests: let the builder restore the test.
        """
        for file, test, why in lost(subject.before, subject.after):
            values = {"test": test.name, "service": subject.service, "why": why}
            source = file.source if file else None
            yield Hit(source=source, line=test.lineno if file else 0, service=subject.service, values=values)


def _tests(folder: Path, facts: Facts) -> tuple[PyFile, ...]:
    paths = [p for p in source_files(folder) if is_test_file(p.name)] if folder.is_dir() else []
    root = facts.given.root
    return read_project(
        "", [SourceFile(p, p.relative_to(root).as_posix(), "", production=False) for p in paths], "."
    ).files


CHECKS: Final = (TestsProve(), TestsStay())
