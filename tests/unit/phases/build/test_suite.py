"""What a JUnit report says about a service's own tests."""

from pathlib import Path

import pytest

from sluice.core.proc import Completed
from sluice.model.build import TestCounts
from sluice.phases.build.suite import Suite, judge


def judged(tmp_path: Path, cases: str, code: int = 0) -> Suite:
    report = tmp_path / "junit.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return judge(report, ended(code))


def ended(code: int) -> Completed:
    return Completed(argv=("pytest",), code=code, stdout="the last word\n", stderr="", seconds=0.1)


PASSED = '<testcase name="a"/>'
FAILED = '<testcase name="b"><failure/></testcase>'
BROKEN = '<testcase name="c"><error/></testcase>'
SKIPPED = '<testcase name="d"><skipped/></testcase>'


def test_passed_failed_broken_and_skipped_are_counted(tmp_path: Path) -> None:
    suite = judged(tmp_path, PASSED * 3 + FAILED + BROKEN + SKIPPED, code=1)

    assert suite.counts == TestCounts(total=6, passed=3, failed=2, skipped=1)
    assert suite.problems == ("2 of 6 tests fail: b, c",)


def test_some_skipped_tests_are_no_problem(tmp_path: Path) -> None:
    assert judged(tmp_path, PASSED + SKIPPED).problems == ()


def test_all_skipped_is_a_problem(tmp_path: Path) -> None:
    assert judged(tmp_path, SKIPPED * 2).problems == ("all 2 tests are skipped",)


def test_no_tests_is_a_problem(tmp_path: Path) -> None:
    assert judged(tmp_path, "", code=5).problems == ("none of its tests ran: the last word",)


def test_passing_tests_of_a_failing_pytest_are_a_problem(tmp_path: Path) -> None:
    assert judged(tmp_path, PASSED, code=3).problems == ("its tests end with code 3: the last word",)


@pytest.mark.parametrize(
    "content",
    [b"", b"<testsuites", b"\xff\xfe", b'<!DOCTYPE x [<!ENTITY a "b">]><testsuites/>', b"\0" * (16 * 1024 * 1024 + 1)],
)
def test_a_broken_or_hostile_report_is_a_problem(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_bytes(content)

    assert judge(tmp_path / "junit.xml", ended(0)).problems == ("its tests left no report: the last word",)


def test_a_missing_report_is_a_problem(tmp_path: Path) -> None:
    assert judge(tmp_path / "junit.xml", ended(0)).problems == ("its tests left no report: the last word",)
