import pytest

from sluice.model.build import BuilderResult, BuildResults

BUILD = BuildResults(results=(BuilderResult(service="svc", builder="b", status="success", success=True, attempt=2),))
STRICT = "def test_a():\n    assert f() == 1\n    assert g() == 2\ndef test_b():\n    assert f() == 3\n"


def attempts(first, second):
    return {
        "jobs/svc/attempt-1/output/tests/test_a.py": first,
        "jobs/svc/attempt-2/output/tests/test_a.py": second,
    }


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (STRICT.replace("    assert g() == 2\n", ""), "asserts 1 things where it asserted 2"),
        (STRICT.replace("g() == 2", "True"), "asserts 1 things"),
        (STRICT.replace("def test_b", "import pytest\n@pytest.mark.skip\ndef test_b"), "is skipped now"),
        (STRICT.partition("def test_b")[0], "was taken away"),
        (STRICT.replace("def test_b", "import pytest\n@pytest.mark.xfail\ndef test_b"), "is skipped now"),
        (STRICT.replace("def test_b():\n", "def test_b():\n    import pytest\n    pytest.skip()\n"), "is skipped now"),
        (
            STRICT.replace(
                "    assert f() == 3", "    try:\n        assert f() == 3\n    except AssertionError:\n        pass"
            ),
            "asserts 0",
        ),
    ],
)
def test_a_test_that_a_later_attempt_weakens_is_found(compute_check, later, why):
    (finding,) = compute_check("TEST-002", attempts(STRICT, later), services=[], build=BUILD)
    assert why in finding.message
    assert finding.service == "svc"


@pytest.mark.parametrize(
    "later",
    [STRICT, STRICT + "def test_c():\n    assert h()\n", STRICT.replace("== 3", "== 4"), "# moved\n" + STRICT],
)
def test_attempts_that_keep_or_add_are_left_alone(compute_check, later):
    assert compute_check("TEST-002", attempts(STRICT, later), services=[], build=BUILD) == []
