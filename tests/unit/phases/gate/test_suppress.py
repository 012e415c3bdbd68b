import pytest

VALID = "# sluice: ignore[LOG-001] until=2027-01-31 reason=the report is the output"


@pytest.mark.parametrize(
    "source",
    [
        f'print("x")  {VALID}\n',
        f'{VALID}\nprint("x")\n',
        f'{VALID}\n# and more about it\nprint("x")\n',
        'print("x")  # sluice: ignore[SEC-SCAN-001, LOG-001] until=2027-01-31 reason="a demo"\n',
        'print("x")  # sluice: ignore[LOG-001] reason=a demo until=2027-01-31\n',
    ],
    ids=["same line", "above", "above with comments", "several", "other order"],
)
def test_a_reason_and_a_date_suppress_and_are_shown(report, source):
    result = report({"svc/a.py": source})
    assert result.findings == ()
    assert [finding.check for finding in result.suppressed] == ["LOG-001"]
    assert result.suppressed[0].hint.startswith("suppressed: ")
    assert result.overall_verdict == "passed"


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ("# sluice: ignore[LOG-001] until=2026-11-20 reason=x", "expired on 2026-11-20"),
        ("# sluice: ignore[LOG-001] reason=x", "has no expiry date"),
        ("# sluice: ignore[LOG-001] until=2027-01-31", "gives no reason"),
        ("# sluice: ignore[LOG-001] until=tomorrow reason=x", "has no expiry date"),
        ("# sluice: ignore[LOG-001]", "has no expiry date"),
    ],
)
def test_an_expired_or_incomplete_suppression_blocks(report, mark, problem):
    result = report({"svc/a.py": f'print("x")  {mark}\n'})
    (finding,) = result.findings
    assert finding.severity == "error"
    assert problem in finding.hint
    assert result.overall_verdict == "failed"


@pytest.mark.parametrize("mark", [VALID.replace("LOG-001", "LOG-002"), "# noqa: T201", "# ignore[LOG-001]"])
def test_a_mark_for_something_else_does_not_count(report, mark):
    result = report({"svc/a.py": f'print("x")  {mark}\n'})
    assert [finding.severity for finding in result.findings] == ["warning"]


def test_the_last_day_still_counts(report):
    assert report({"svc/a.py": 'print("x")  # sluice: ignore[LOG-001] until=2026-11-21 reason=x\n'}).findings == ()


def test_a_mark_does_not_reach_over_code(report):
    assert len(report({"svc/a.py": f'{VALID}\nx = 1\nprint("x")\n'}).findings) == 1


def test_dockerfiles_and_compose_files_take_marks_too(report):
    mark = "# sluice: ignore[DOCKER-001,DOCKER-002] until=2027-01-31 reason=base image of another team\n"
    result = report({"svc/Dockerfile": f"{mark}FROM python\n", "svc/a.py": "x = 1\n"})
    assert sorted(finding.check for finding in result.suppressed) == ["DOCKER-001", "DOCKER-002"]
