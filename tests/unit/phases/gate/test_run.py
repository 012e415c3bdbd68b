import pytest

from sluice.core.errors import EnvironmentFailure
from sluice.phases.gate import tools
from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.registry import all_checks


class Probe(Check[str]):
    """A rule."""

    id, layer, severity = "PROBE-001", 3, "error"

    def __init__(self, subjects=("a",), error=None, reason=""):
        self._subjects, self._error, self._reason = subjects, error, reason

    def subjects(self, _):
        return self._subjects

    def absent(self, _):
        return self._reason

    def check(self, subject, _):
        """{thing} is wrong.

        Mend it.
        """
        if self._error:
            raise self._error
        yield Hit(service=subject, values={"thing": subject})


def only_run(result):
    return next(run for layer in result.layers for run in layer.checks)


def test_a_check_that_crashes_blocks(report):
    result = report({"svc/a.py": ""}, checks=[Probe(error=RuntimeError("boom"))])
    assert only_run(result).error == "RuntimeError: boom"
    assert result.overall_verdict == "failed"


def test_a_check_that_sees_nothing_blocks_unless_it_says_why(report):
    assert report({"svc/a.py": ""}, checks=[Probe(())]).overall_verdict == "failed"
    excused = report({"svc/a.py": ""}, checks=[Probe((), reason="there is none")])
    assert only_run(excused).skipped == "there is none"


@pytest.mark.parametrize("tool", ["ruff", "hadolint"])
def test_a_missing_tool_blocks(report, monkeypatch, tool):
    def missing(name):
        raise EnvironmentFailure(f"{name} is not installed")

    monkeypatch.setattr(tools, "_tool", missing)
    check = {"ruff": "LOG-001", "hadolint": "DOCKER-002"}[tool]
    result = report({"svc/a.py": "x = 1", "svc/Dockerfile": "FROM a:1\n"}, checks=[all_checks()[check]])
    assert only_run(result).error == f"{tool} is not installed"
    assert result.overall_verdict == "failed"


def test_an_empty_folder_is_never_passed(report):
    result = report({})
    assert result.overall_verdict == "failed"
    assert {run.check for layer in result.layers for run in layer.checks if run.error} >= {"SEC-SCAN-001", "CORS-001"}


def test_a_file_that_python_cannot_parse_is_a_finding(report):
    result = report({"svc/a.py": "def f(:\n", "svc/b.py": "x = 1"})
    assert [(f.check, f.path) for f in result.findings] == [("PARSE-001", "svc/a.py")]


def test_without_a_run_the_first_two_layers_are_not_run_and_say_why(report):
    result = report({"svc/a.py": "x = 1\n"})
    assert [layer.status for layer in result.layers[:2]] == ["not run", "not run"]
    assert "needs a run" in result.layers[0].reason
    assert result.overall_verdict == "passed"


@pytest.mark.req("R0-092", "R0-208")
def test_every_layer_is_in_the_report_in_order_with_its_checks(report):
    layers = report({"svc/a.py": "x = 1\n"}).layers
    assert [layer.number for layer in layers] == [1, 2, 3, 4]
    ran = [run.check for layer in layers for run in layer.checks]
    assert ran == list(all_checks())


def test_findings_carry_message_hint_and_service(report):
    (finding,) = report({"svc/a.py": ""}, checks=[Probe(("svc",))]).findings
    assert (finding.message, finding.hint, finding.service) == ("svc is wrong.", "Mend it.", "svc")


def fingerprints(result):
    return [finding.fingerprint for finding in result.findings]


def test_fingerprints_survive_line_moves_and_tell_twins_apart(report):
    before = report({"svc/a.py": 'print("x")\nprint("x")\n'})
    after = report({"svc/a.py": '"""Moved."""\n\nimport os\n\nprint("x")\nprint("x")\n'})
    assert fingerprints(before) == fingerprints(after)
    assert len(set(fingerprints(before))) == 2


def test_the_same_tree_gives_the_same_findings(report):
    files = {"b/x.py": 'print("x")', "a/y.py": 'TOKEN = "kd93jf7x2"', "a/Dockerfile": "FROM python\n"}
    assert report(files).findings == report(files).findings


def test_paths_are_relative_and_posix(report):
    result = report({"svc/deep/a.py": 'print("x")'})
    assert [finding.path for finding in result.findings] == ["svc/deep/a.py"]


def test_whether_a_run_was_planted_plays_no_part_in_its_verdict(report):
    assert report({"svc/a.py": "x = 1\n"}, planted=True).overall_verdict == "passed"
