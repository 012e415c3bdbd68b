import pytest

from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure, GateRefused, QualityGateFailed
from sluice.core.paths import Workspace
from sluice.engine.journal import Journal, read_events
from sluice.engine.phase import Outcome, Phase
from sluice.engine.run import Inputs, Runner, records
from sluice.model.base import Artifact

RUN_ID = "20260101-000000-abcdef"


class Egg(Artifact):
    color: str


class Chicken(Artifact):
    color: str


class IdleStack:
    """Counts how often the stack was asked to come up."""

    def __init__(self):
        self.ups = 0

    def up(self):
        self.ups += 1


@pytest.fixture
def farm(tmp_path):
    return Farm(Workspace(tmp_path / ".sluice").create())


class Farm:
    """Two phases whose behaviour a test sets, on a real run directory."""

    def __init__(self, workspace):
        self.workspace, self.paths = workspace, workspace.run(RUN_ID)
        self.lay = lambda _ctx: Outcome(artifacts=(Egg(color="white"),))
        self.hatch = lambda ctx: Outcome(artifacts=(Chicken(color=ctx.artifacts.get(Egg).color),))
        self.ran, self.revived, self.stack, self.spoilt = [], [], IdleStack(), ""

    def phases(self):
        def tracked(name):
            def run(ctx):
                self.ran.append(name)
                return getattr(self, name)(ctx)

            return run

        return [
            Phase(
                number=1,
                name="lay",
                help="",
                consumes=(),
                produces=(Egg,),
                run=tracked("lay"),
                properties=("prd",),
                revive=lambda _ctx: self.revived.append("lay"),
                spoilt=lambda _paths, artifacts: self.spoilt if artifacts.find(Egg) else "no egg",
            ),
            Phase(number=2, name="hatch", help="", consumes=(Egg,), produces=(Chicken,), run=tracked("hatch")),
        ]

    def execute(self, prd="text"):
        runner = Runner(
            workspace=self.workspace,
            paths=self.paths,
            settings=Settings(),
            inputs=Inputs(prd=prd),
            stack=self.stack,
            journal=Journal(self.paths),
            phases=self.phases(),
        )
        runner.execute(runner.phases)


def test_phases_run_once_and_hand_artifacts_on(farm):
    farm.execute()
    farm.execute()
    assert farm.ran == ["lay", "hatch"]
    assert {name: record.status for name, record in records(farm.paths).items()} == {"lay": "passed", "hatch": "passed"}


def test_a_rerun_that_makes_the_same_artifact_spares_the_phases_after_it(farm):
    farm.execute(prd="one")
    farm.execute(prd="two")
    assert farm.ran == ["lay", "hatch", "lay"]


def test_a_rerun_that_makes_another_artifact_runs_the_phases_after_it(farm):
    farm.execute(prd="one")
    farm.lay = lambda _ctx: Outcome(artifacts=(Egg(color="brown"),))
    farm.execute(prd="two")
    assert farm.ran == ["lay", "hatch", "lay", "hatch"]


@pytest.mark.req("R0-004")
def test_a_refused_gate_stops_the_run_and_later_phases_do_not_run(farm):
    farm.lay = lambda _ctx: Outcome(artifacts=(Egg(color="white"),), refused="too small", hint="feed it")
    with pytest.raises(GateRefused) as refusal:
        farm.execute()
    assert farm.ran == ["lay"]
    assert refusal.value.hint == "feed it"
    assert records(farm.paths)["lay"].status == "refused"


def test_a_refusal_of_the_last_phase_is_the_quality_gate_s(farm):
    farm.hatch = lambda _ctx: Outcome(artifacts=(Chicken(color="x"),), refused="no")
    with pytest.raises(QualityGateFailed):
        farm.execute()


def test_an_error_is_recorded_with_its_hint_and_the_phase_runs_again(farm):
    def broken(_ctx):
        raise EnvironmentFailure("no nest", hint="build one")

    good = farm.hatch
    farm.hatch = broken
    with pytest.raises(EnvironmentFailure):
        farm.execute()
    assert (records(farm.paths)["hatch"].status, records(farm.paths)["hatch"].hint) == ("error", "build one")
    farm.hatch = good
    farm.execute()
    assert farm.ran == ["lay", "hatch", "hatch"]


@pytest.mark.req("R0-162", "R0-212")
def test_after_a_kill_inside_a_phase_only_that_phase_runs_again(farm):
    class Killed(BaseException):
        """Ends the process as SIGKILL would: nothing is written afterwards."""

    def killed(_ctx):
        raise Killed

    good = farm.hatch
    farm.hatch = killed
    with pytest.raises(Killed):
        farm.execute()
    assert records(farm.paths)["hatch"].status == "interrupted"
    farm.hatch = good
    farm.execute()
    assert farm.ran == ["lay", "hatch", "hatch"]


def test_skipped_phases_are_revived_once_before_a_later_phase_uses_the_stack(farm):
    farm.execute()
    farm.paths.artifacts.joinpath("Chicken.json").unlink()
    farm.execute()
    assert farm.revived == ["lay"]


def test_interrupting_is_recorded_and_passed_on(farm):
    def interrupted(_ctx):
        raise KeyboardInterrupt

    farm.hatch = interrupted
    with pytest.raises(KeyboardInterrupt):
        farm.execute()
    assert records(farm.paths)["hatch"].status == "interrupted"


def test_a_phase_must_produce_what_it_declares(farm):
    farm.lay = lambda _ctx: Outcome(artifacts=(Chicken(color="x"),))
    with pytest.raises(TypeError, match="must produce"):
        farm.execute()


def test_the_plan_of_each_phase_is_journaled_with_its_reason(farm):
    farm.execute()
    planned = [event.message for event in read_events(farm.paths.journal) if event.type == "phase.planned"]
    assert planned == ["RUN lay: it has not run yet", "RUN hatch: it has not run yet"]


def test_a_phase_runs_again_when_the_files_beside_its_artifacts_were_changed(farm):
    def lay(_ctx):
        farm.spoilt = ""
        return Outcome(artifacts=(Egg(color="white"),))

    farm.lay = lay
    farm.execute()
    farm.spoilt = "the nest is gone"
    farm.execute()
    planned = [event.message for event in read_events(farm.paths.journal) if event.type == "phase.planned"]
    assert planned[2:] == ["RERUN lay: the nest is gone", "SKIP hatch: nothing that it reads has changed"]


def test_a_damaged_journal_is_believed_up_to_the_damage_only(farm):
    farm.execute()
    lines = farm.paths.journal.read_bytes().split(b"\n")
    lay_finished = next(at for at, line in enumerate(lines) if b"phase.finished" in line)
    lines[lay_finished + 1] = b"\xff garbage"
    farm.paths.journal.write_bytes(b"\n".join(lines))
    farm.execute()
    farm.execute()
    assert farm.ran == ["lay", "hatch", "hatch"]
