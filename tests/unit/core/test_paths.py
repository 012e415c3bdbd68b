import pytest

from sluice.core.errors import InputError
from sluice.core.paths import Workspace

RUN_ID = "20260101-000000-abcdef"


@pytest.mark.parametrize("name", ["../../etc/passwd", "$(touch x)", "a" * 300, "", "A", "a/b", "{{7*7}}", ".."])
def test_a_hostile_service_name_makes_no_path(tmp_path, name):
    run = Workspace(tmp_path).run(RUN_ID)
    with pytest.raises(InputError):
        run.service(name)
    with pytest.raises(InputError):
        run.job(name, 1)


@pytest.mark.parametrize("run_id", ["..", "20260101-000000-abcdef/..", "latest", ""])
def test_only_run_ids_are_runs(tmp_path, run_id):
    with pytest.raises(InputError, match="is not a run id"):
        Workspace(tmp_path).run(run_id)


def test_runs_are_listed_oldest_first_and_nothing_else(tmp_path):
    workspace = Workspace(tmp_path / "w").create()
    assert workspace.run_ids() == []
    for name in ("20260102-000000-abcdef", RUN_ID, "notes"):
        (workspace.runs / name).mkdir()
    assert workspace.run_ids() == [RUN_ID, "20260102-000000-abcdef"]


def test_a_service_directory_lies_inside_the_run(tmp_path):
    run = Workspace(tmp_path).run(RUN_ID)
    assert run.service("order-service") == (run.root / "services" / "order-service").resolve()
