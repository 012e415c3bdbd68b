import pytest

from pipelines import left_behind, run_pipeline
from sluice import samples

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.req("R0-205")
@pytest.mark.parametrize(("name", "services"), [("clinic", 4), ("warehouse", 6)])
def test_every_sample_of_another_domain_ends_passed(tmp_path, name, services):
    finished = run_pipeline(tmp_path, "--prd", str(samples.path(name)))
    assert (finished.code, finished.summary["verdict"]) == (0, "passed"), finished.stderr[-4000:]
    assert len(finished.summary["services"]) >= services
    assert all(service["built"] and service["healthy"] for service in finished.summary["services"])
    assert finished.summary["compliance"]["ratio"] == 1.0
    assert all(step["ok"] for step in finished.summary["flow"])
    assert finished.summary["findings"] == []
    assert left_behind(finished.summary["run_id"]) == []
