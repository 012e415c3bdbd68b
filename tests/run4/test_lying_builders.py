"""Builders that lie in STATE.JSON, through the whole pipeline: what is measured counts."""

import json
import sys
from pathlib import Path

import pytest

from pipelines import EMBEDDED, invoke, left_behind, newest_run_id, run_pipeline

pytestmark = pytest.mark.slow

BUILDERS = Path(__file__).parents[1] / "data" / "builders"
LIARS = ("no-files", "failing-tests", "missing-operation", "outside", "hang", "exit-3")
PRD = "# Liars\n\n## Services\n\n| Service | Owns |\n|---|---|\n" + "".join(
    f"| {name} | Thing{letter} |\n" for name, letter in zip(LIARS, "KLMNOP", strict=True)
)


def command(script, *arguments, **more):
    argv = [sys.executable, str(BUILDERS / script), *arguments]
    return {"SLUICE_BUILDER_COMMAND": " ".join(argv), "SLUICE_FIX_PASSES": "0", **more}


def stored(directory, *parts):
    return json.loads(directory.joinpath(".sluice", "runs", newest_run_id(directory), *parts).read_text())


@pytest.mark.req("R0-050", "R0-055", "R0-056", "R0-080")
def test_every_kind_of_lie_is_counted_as_failed_and_the_phase_refuses(tmp_path):
    (tmp_path / "prd.md").write_text(PRD)
    env = command("mini.py", "by-service", SLUICE_BUILDER_IDLE_TIMEOUT_S="3", SLUICE_MAX_CONCURRENT_BUILDERS="6")
    done = invoke(tmp_path, "phase5", *EMBEDDED, "--prd", "prd.md", "--builder", "command", "--json", env=env)
    invoke(tmp_path, "down")
    assert (done.returncode, done.stdout) == (4, ""), done.stderr[-4000:]
    assert "0 of 6 builders succeeded, 4 needed" in done.stderr
    assert "Traceback" not in done.stderr
    built = stored(tmp_path, "artifacts", "BuildResults.json")["body"]["results"]
    results = {result["service"]: result for result in built}
    assert set(results) == set(LIARS)
    assert not any(result["success"] for result in results.values())
    assert all(result["measured"]["problems"] or result["status"] != "success" for result in results.values())
    claimed = {name for name, result in results.items() if result["claim"]["status"] == "success"}
    assert claimed == set(LIARS) - {"hang"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".sluice", "prd.md"]
    assert invoke(tmp_path, "report").returncode == 0
    summary = stored(tmp_path, "reports", "summary.json")
    assert summary["verdict"] == "failed"
    assert {service["name"]: service["built"] for service in summary["services"]} == dict.fromkeys(LIARS, False)
    assert left_behind(newest_run_id(tmp_path)) == []


@pytest.mark.req("R0-056", "R0-080", "R0-092")
@pytest.mark.timeout(600)
def test_with_one_liar_of_three_the_others_run_and_the_verdict_is_never_passed(tmp_path):
    env = command("liar.py", "notification-service=no_files", SLUICE_MAX_EXAMPLES="3")
    finished = run_pipeline(tmp_path, "--builder", "command", env=env)
    built = {service["name"]: (service["built"], service["healthy"]) for service in finished.summary["services"]}
    assert built == {
        "auth-service": (True, True),
        "order-service": (True, True),
        "notification-service": (False, False),
    }
    build = next(phase for phase in finished.summary["phases"] if phase["name"] == "build")
    assert (build["status"], build["reason"]) == ("passed", "2 of 3 services built and measured")
    assert (finished.code, finished.summary["verdict"]) == (5, "failed"), "a lie is worse than a failure"
    assert "BUILD-002" in finished.summary["reason"]
    lies = {finding["service"] for finding in finished.summary["findings"] if finding["check"] == "BUILD-002"}
    assert lies == {"notification-service"}
    assert all(step["ok"] for step in finished.summary["flow"])
    assert left_behind(finished.summary["run_id"]) == []
