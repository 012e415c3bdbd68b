import pytest

from sluice.engine.phase import Context, Outcome, Phase
from sluice.engine.plan import Record, State, needed, ordered, plan
from sluice.model.base import Artifact


class Egg(Artifact):
    pass


class Chicken(Artifact):
    pass


class Soup(Artifact):
    pass


def never(_ctx: Context) -> Outcome:
    raise AssertionError("a plan runs nothing")


def phase(number, name, consumes=(), produces=(), properties=()):
    return Phase(
        number=number, name=name, help="", consumes=consumes, produces=produces, run=never, properties=properties
    )


LAY = phase(1, "lay", produces=(Egg,), properties=("prd",))
HATCH = phase(2, "hatch", consumes=(Egg,), produces=(Chicken,))
COOK = phase(3, "cook", consumes=(Egg, Chicken), produces=(Soup,))
PHASES = [LAY, HATCH, COOK]


def done(**inputs):
    return Record(status="passed", inputs={"sluice": "1", **inputs})


def finished(**changes):
    state = {
        "records": {
            "lay": done(prd="p1"),
            "hatch": done(Egg="e1"),
            "cook": done(Egg="e1", Chicken="c1"),
        },
        "artifacts": {"Egg": "e1", "Chicken": "c1", "Soup": "s1"},
        "properties": {"prd": "p1", "sluice": "1"},
    }
    return State(**(state | changes))


def kinds(actions):
    return [action.kind for action in actions]


@pytest.mark.req("R0-004")
def test_order_follows_from_what_phases_consume_and_produce():
    assert ordered([COOK, HATCH, LAY]) == [LAY, HATCH, COOK]


def test_the_number_breaks_ties():
    other = phase(0, "other")
    assert ordered([HATCH, LAY, other]) == [other, LAY, HATCH]


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ([LAY, phase(9, "again", produces=(Egg,))], "both produce Egg"),
        ([HATCH], "no phase produces Egg"),
        ([phase(1, "a", (Egg,), (Chicken,)), phase(2, "b", (Chicken,), (Egg,))], "circle"),
    ],
)
def test_impossible_orders_are_refused(phases, message):
    with pytest.raises(ValueError, match=message):
        ordered(phases)


def test_a_phase_needs_only_what_leads_to_it():
    aside = phase(2, "aside")
    assert needed([LAY, aside, HATCH, COOK], HATCH) == [LAY, HATCH]


def test_everything_runs_in_an_empty_run():
    actions = plan(PHASES, State())
    assert kinds(actions) == ["RUN", "RUN", "RUN"]
    assert actions[0].reason == "it has not run yet"


@pytest.mark.req("R0-162")
def test_nothing_runs_when_nothing_changed():
    assert kinds(plan(PHASES, finished())) == ["SKIP", "SKIP", "SKIP"]


def test_a_changed_input_is_named_with_the_place_that_changed():
    state = finished(
        artifacts={"Egg": "e2", "Chicken": "c1", "Soup": "s1"}, changed={"Egg": ["auth-service.endpoints"]}
    )
    actions = plan(PHASES, state)
    assert kinds(actions) == ["SKIP", "RERUN", "RERUN"]
    assert actions[1].reason == "Egg changed (auth-service.endpoints)"


def test_a_changed_prd_runs_the_phases_after_it_too():
    actions = plan(PHASES, finished(properties={"prd": "p2", "sluice": "1"}))
    assert kinds(actions) == ["RERUN", "RERUN", "RERUN"]
    assert actions[0].reason == "the PRD changed"
    assert actions[1].reason == "lay runs first and may change what it reads"


def test_another_version_of_sluice_runs_everything_again():
    actions = plan(PHASES, finished(properties={"prd": "p1", "sluice": "2"}))
    assert actions[0].reason == "sluice changed from 1 to 2"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(status="interrupted"), "it was interrupted"),
        (Record(status="refused", reason="too few"), "it ended refused before: too few"),
    ],
)
def test_a_phase_that_did_not_pass_runs_again_and_says_how_it_ended(record, reason):
    state = finished()
    actions = plan(PHASES, finished(records={**state.records, "hatch": record}))
    assert actions[0].kind == "SKIP"
    assert (actions[1].kind, actions[1].reason) == ("RERUN", reason)


def test_a_damaged_artifact_is_made_again():
    actions = plan(PHASES, finished(artifacts={"Egg": "e1", "Soup": "s1"}))
    assert (actions[1].kind, actions[1].reason) == ("RERUN", "Chicken is missing or damaged")


def test_a_forced_phase_runs_though_nothing_changed():
    actions = plan([LAY, HATCH], finished(), force="hatch")
    assert kinds(actions) == ["SKIP", "RERUN"]
    assert actions[1].reason == "you asked for it"


def test_a_damaged_artifact_is_told_to_the_phases_that_read_it():
    state = finished(
        records={"lay": done(prd="p1"), "hatch": done(Egg="e1"), "cook": done(Egg="e1", Chicken="sha256:c1")},
        artifacts={"Egg": "e1", "Soup": "s1"},
    )
    assert [action.reason for action in plan(PHASES, state)][1:] == ["Chicken is missing or damaged"] * 2


def test_a_phase_whose_files_were_changed_runs_again():
    actions = plan(PHASES, finished(spoilt={"hatch": "the nest was moved"}))
    assert [(action.kind, action.reason) for action in actions] == [
        ("SKIP", "nothing that it reads has changed"),
        ("RERUN", "the nest was moved"),
        ("RERUN", "hatch runs first and may change what it reads"),
    ]
