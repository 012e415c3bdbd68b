"""The service's own tests, run again by Sluice."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.model.build import TestCounts
from sluice.phases.build.job import TEMPORARY, BuildJob, end_escaped
from sluice.phases.build.text import printable, some

_MAX_REPORT = 16 * 1024 * 1024
_CONFIGS = ("pytest.toml", "pytest.ini", "pyproject.toml")


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Counts, and sentences about what is wrong."""

    counts: TestCounts = field(default_factory=TestCounts)
    problems: tuple[str, ...] = ()


def run_suite(job: BuildJob, tree: Path, python: Path, variables: dict[str, str], report: Path) -> Suite:
    """Run pytest in `tree`, a copy of the service that the tests may litter; `report` receives the JUnit XML.

    The configuration file is named so that pytest does not look for one in the directories above.
    """
    config = next((tree / name for name in _CONFIGS if (tree / name).is_file()), Path(os.devnull))
    options = ["-q", "-p", "no:cacheprovider", "-c", str(config), f"--rootdir={tree}", f"--junit-xml={report}"]
    limit = job.shop.ctx.settings.test_timeout_s
    completed = run_measured(job, [str(python), "-m", "pytest", *options], tree, variables, limit, spill=report.parent)
    if completed.exceeded:
        return Suite(problems=(f"its tests did not end within {limit:g} s",))
    return judge(report, completed)


def run_measured(
    job: BuildJob,
    argv: Sequence[str],
    tree: Path,
    variables: Mapping[str, str],
    timeout: float,
    *,
    spill: Path | None = None,
) -> proc.Completed:
    """Run code of the service in its copy `tree`, without keys; temporary files go beside the copy."""
    temporary = tree.parent / TEMPORARY
    temporary.mkdir(exist_ok=True)
    own = {"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    try:
        return proc.run(
            argv,
            run_id=job.shop.ctx.run.run_id,
            cwd=tree,
            env=child_environment({**own, **variables}),
            timeout=timeout,
            spill=spill,
            cancelled=job.shop.cancelled.is_set,
        )
    finally:
        end_escaped(job.shop.ctx.run.run_id, temporary)


def judge(report: Path, completed: proc.Completed) -> Suite:
    """What the JUnit report says; an absent or broken one, no tests, failures and all skipped are problems."""
    counts, failed = TestCounts(), list[str]()
    try:
        counts, failed = _parse(report)
    except (OSError, ValueError, ET.ParseError):
        return Suite(problems=(f"its tests left no report: {last_line(completed)}",))
    problems = []
    if not counts.total:
        problems.append(f"none of its tests ran: {last_line(completed)}")
    elif counts.skipped == counts.total:
        problems.append(f"all {counts.total} tests are skipped")
    if counts.failed:
        problems.append(f"{counts.failed} of {counts.total} tests fail: {some(failed)}")
    elif completed.code and counts.total:
        problems.append(f"its tests end with code {completed.code}: {last_line(completed)}")
    return Suite(counts=counts, problems=tuple(problems))


def last_line(completed: proc.Completed) -> str:
    """The last line that a command wrote, or its exit code."""
    lines = [line.strip() for line in f"{completed.stdout}\n{completed.stderr}".splitlines() if line.strip()]
    return printable(lines[-1][:300]) if lines else f"it ended with code {completed.code}"


def _parse(report: Path) -> tuple[TestCounts, list[str]]:
    """Counts by test case, and the names of those that failed."""
    raw = report.read_bytes() if report.is_file() and report.stat().st_size <= _MAX_REPORT else b""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise ValueError("a JUnit report has no document type")
    failed, skipped, total = list[str](), 0, 0
    for case in ET.fromstring(raw).iter("testcase"):  # noqa: S314  size and document type are checked above
        total += 1
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed.append(printable(case.get("name", "?")[:100]))
        skipped += "skipped" in kinds and not kinds & {"failure", "error"}
    passed = total - len(failed) - skipped
    return TestCounts(total=total, passed=passed, failed=len(failed), skipped=skipped), failed
