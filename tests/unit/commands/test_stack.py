import pytest

from sluice.commands import stack
from sluice.commands.pipeline import Options
from sluice.commands.session import locked, workspace
from sluice.core.errors import InputError, RunLocked
from sluice.core.files import mark_ours, write_atomic

RUN_IDS = ("20260101-000000-aaaaaa", "20260102-000000-bbbbbb", "20260103-000000-cccccc")


@pytest.fixture
def runs(make_run):
    made = [make_run(run_id) for run_id in RUN_IDS]
    for paths in made:
        mark_ours(paths.root)
    return made


@pytest.mark.usefixtures("runs")
def test_the_newest_runs_stay(printed_json):
    stack.forget(Options(json=True), newest=2)
    assert printed_json() == {"forgotten": [RUN_IDS[0]]}
    assert workspace().run_ids() == list(RUN_IDS[1:])


def test_a_named_run_goes_with_its_cluster(runs, tmp_path, printed_json):
    cluster = mark_ours(tmp_path / "cluster")
    write_atomic(runs[1].stack / "embedded.json", f'{{"cluster": "{cluster}"}}')
    stack.forget(Options(json=True, run_id=RUN_IDS[1]), newest=0)
    assert printed_json() == {"forgotten": [RUN_IDS[1]]}
    assert not cluster.exists()
    assert workspace().run_ids() == [RUN_IDS[0], RUN_IDS[2]]


def test_a_run_at_work_is_not_forgotten(runs, printed_json):
    with locked(runs[0]):
        stack.forget(Options(json=True), newest=1)
        assert printed_json() == {"forgotten": [RUN_IDS[1]]}
        with pytest.raises(RunLocked):
            stack.forget(Options(run_id=RUN_IDS[0]), newest=0)
    assert workspace().run_ids() == [RUN_IDS[0], RUN_IDS[2]]


@pytest.mark.usefixtures("runs")
def test_forgetting_everything_must_be_said_run_by_run():
    with pytest.raises(InputError, match="which runs"):
        stack.forget(Options(), newest=0)
    assert workspace().run_ids() == list(RUN_IDS)


def test_reaping_leaves_a_run_at_work_alone_unless_it_is_named(runs, monkeypatch, printed_json):
    asked = []
    monkeypatch.setattr(stack.proc, "reap", lambda run_id: asked.append(run_id) or [])
    with locked(runs[2]):
        stack.reap(Options(json=True))
        assert printed_json() == {"reaped": ["nothing was left behind"]}
        assert asked == list(RUN_IDS[:2])
        stack.reap(Options(json=True, run_id=RUN_IDS[2]))
    assert asked[2:] == [RUN_IDS[2]]
