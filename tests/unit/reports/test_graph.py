import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.model.decomposition import Decomposition
from sluice.model.domain import DomainModel, Event
from sluice.model.service_map import Service, ServiceMap
from sluice.reports.graph import HEIGHT, WIDTH, service_graph
from unit.reports.runs import a_decomposition


def system(needs, events=()):
    services = tuple(Service(name=name, original_name=name, depends_on=tuple(found)) for name, found in needs.items())
    return Decomposition(
        service_map=ServiceMap(services=services),
        domain_model=DomainModel(),
        events=tuple(Event(name=name, publisher=source, consumers=tuple(to)) for name, source, to in events),
    )


def test_who_needs_something_stands_right_of_it():
    x = {node.name: node.x for node in service_graph(a_decomposition()).nodes}
    assert x["member-service"] < x["loan-service"] < x["notice-service"]


def test_dependencies_and_events_between_the_same_two_services_are_two_lines():
    edges = service_graph(a_decomposition()).edges
    found = {(edge.kind, edge.source, edge.target, edge.events) for edge in edges}
    assert found == {
        ("depends", "member-service", "loan-service", ()),
        ("depends", "member-service", "notice-service", ()),
        ("depends", "loan-service", "notice-service", ()),
        ("event", "loan-service", "notice-service", ("LoanCreated",)),
    }
    assert len({edge.path for edge in edges}) == len(edges)


def test_an_event_known_only_from_the_services_is_drawn_too():
    plan = a_decomposition()
    bare = plan.model_copy(update={"events": (Event(name="LoanCreated"),)})
    assert [edge.events for edge in service_graph(bare).edges if edge.kind == "event"] == [("LoanCreated",)]


def test_a_circle_and_unknown_names_are_drawn_without_failing():
    graph = service_graph(
        system({"a": ["b", "ghost"], "b": ["a", "b"]}, [("E", "ghost", ["a"]), ("F", "a", ["a", "b"])])
    )
    assert {(edge.source, edge.target, edge.kind) for edge in graph.edges} == {
        ("a", "b", "depends"),
        ("b", "a", "depends"),
        ("a", "b", "event"),
    }


def test_one_service_alone_is_a_picture():
    graph = service_graph(system({"a": []}))
    assert len(graph.nodes) == 1
    assert graph.width > WIDTH
    assert graph.height > HEIGHT


NAMES = [f"s{number}" for number in range(8)]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4), min_size=1))
def test_boxes_never_overlap_and_stay_inside_the_picture(needs):
    graph = service_graph(system(needs))
    for one, two in itertools.combinations(graph.nodes, 2):
        assert abs(one.x - two.x) >= WIDTH or abs(one.y - two.y) >= HEIGHT
    assert all(0 <= node.x <= graph.width - WIDTH and 0 <= node.y <= graph.height - HEIGHT for node in graph.nodes)
    assert service_graph(system(needs)) == graph


def test_a_wide_picture_is_made_smaller_but_stays_legible():
    chain = {f"s{number}": [f"s{number - 1}"] for number in range(1, 8)}
    wide, small = service_graph(system({"s0": [], **chain})), service_graph(a_decomposition())
    assert wide.shown_width == wide.width * 0.76
    assert small.shown_width == small.width


def test_labels_do_not_cover_each_other():
    events = [(f"From{source}", source, list("def")) for source in "abc"]
    graph = service_graph(system({name: [] for name in "abcdef"}, events))
    labels = [(edge.x, edge.y) for edge in graph.edges if edge.events]
    assert len(labels) == 9
    for (x, y), (other_x, other_y) in itertools.combinations(labels, 2):
        assert abs(x - other_x) >= 120 or abs(y - other_y) >= 15
