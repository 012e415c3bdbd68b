import pytest

from sluice.reports.page import end_of, operations_of, sections_of, ticks, tiles_of
from sluice.reports.timeline import Bar
from sluice.reports.trace import trace
from unit.reports.runs import a_build, a_deployment, a_gate, a_view, an_integration, phases


def states(view):
    return {section.id: section.state for section in sections_of(view, trace(view))}


def test_a_run_that_passed_is_all_right_but_for_what_nobody_covers(passed_view):
    found = states(passed_view)
    assert found.pop("requirements") == "warn"
    assert set(found.values()) == {"good"}


def test_a_partial_run_says_where_to_look(partial_view):
    found = states(partial_view)
    assert {name for name, state in found.items() if state == "warn"} == {
        "services",
        "compliance",
        "findings",
        "builders",
    }
    assert found["requirements"] == "bad", "a test of what covers one failed"


def test_an_interrupted_run_is_bad_where_it_stopped_and_not_run_elsewhere(empty_view):
    found = states(empty_view)
    assert found.pop("phases") == "bad"
    assert found.pop("provenance") == "good"
    assert set(found.values()) == {"none"}


@pytest.mark.parametrize(
    ("artifacts", "section", "state"),
    [
        ([a_build("loan-service", "member-service", "notice-service")], "services", "bad"),
        ([a_build(), a_deployment(healthy=False)], "services", "bad"),
        ([an_integration(flow_ok=False)], "flow", "bad"),
        ([an_integration("GET /loans", "POST /loans", "POST /members")], "compliance", "bad"),
        ([a_gate("partial")], "findings", "warn"),
    ],
)
def test_each_section_takes_its_state_from_its_artifact(artifacts, section, state):
    assert states(a_view(*artifacts))[section] == state


def test_every_tile_leads_to_a_section_and_has_its_state(partial_view):
    traces = trace(partial_view)
    sections = sections_of(partial_view, traces)
    known = {section.id: section.state for section in sections}
    tiles = tiles_of(partial_view, traces, sections)
    assert all(known[tile.section] == tile.state for tile in tiles)
    assert {tile.label: f"{tile.value} {tile.note}" for tile in tiles} == {
        "Phases": "7 of 7 passed",
        "Services": "2 of 3 healthy",
        "Operations": "2 of 3 conform",
        "Flow": "3 of 3 right",
        "Findings": "3 1 error",
        "Requirements": "2 of 4 covered",
    }


def test_what_has_not_run_is_no_zero():
    view = a_view(of=phases(1, "error"))
    tiles = {tile.label: (tile.value, tile.note) for tile in tiles_of(view, [], sections_of(view, []))}
    assert tiles["Operations"] == ("-", "not run")
    assert tiles["Findings"] == ("-", "not run")


def test_operations_that_fail_stand_first(partial_view):
    assert [row.result.operation for row in operations_of(partial_view)] == [
        "GET /loans",
        "POST /loans",
        "POST /members",
    ]


@pytest.mark.parametrize(
    ("total", "labels"),
    [
        (0.35, ["0", "0.1 s", "0.2 s", "0.3 s"]),
        (45.0, ["0", "10 s", "20 s", "30 s", "40 s"]),
        (69.0, ["0", "15 s", "30 s", "45 s", "1 min"]),
        (7000.0, ["0", "30 min", "1 h 00 min", "1 h 30 min"]),
    ],
)
def test_the_axis_has_a_few_round_numbers(total, labels):
    found = ticks(total)
    assert [tick.label for tick in found] == labels
    assert all(0 <= tick.at <= 100 for tick in found)


def test_the_axis_ends_with_the_last_bar_and_is_never_empty():
    assert end_of([Bar(kind="phase", name="a", start=1, seconds=2), Bar(kind="phase", name="b", start=0)]) == 3
    assert end_of([]) == 1.0
