import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.model.domain import DomainModel, Entity, EntityField, Event
from sluice.model.service_map import Endpoint, Service, ServiceMap, Span
from sluice.model.suggestion import Suggestion
from sluice.phases.decompose.phase import unresolved
from sluice.services.architect.decompose import decompose
from sluice.services.architect.errors import PrdRefused

PRD = """# Reading room

## Services

| Service | Owns |
|---|---|
| book-service | Book |
| seat-service | Seat |

### Book

| Field | Type |
|---|---|
| id | uuid |
| title | string |

### Seat

| Field | Type |
|---|---|
| id | uuid |
| row | string |

## Endpoints

### book-service

- `POST /books`
- `GET /books`

### seat-service

- `GET /seats`

## Events

- `BookLent` is published by book-service.
"""


def suggestion(*, services=(), entities=(), events=()):
    return Suggestion(
        service_map=ServiceMap(services=tuple(services)),
        domain_model=DomainModel(entities=tuple(entities)),
        events=tuple(events),
    )


def service(name, *endpoints, **more):
    return Service(name=name, original_name=name, endpoints=endpoints, **more)


def asked(found, about):
    return [question.question for question in found.questions if question.about == about]


def test_what_the_document_declares_wins():
    rival = suggestion(
        services=[service("Book Service", Endpoint(method="GET", path="/seats"), description="other")],
        entities=[Entity(name="Books", owner="seat-service", fields=(EntityField(name="colour", type="string"),))],
        events=[Event(name="book.lent", publisher="seat-service")],
    )
    plain, found = decompose(PRD), decompose(PRD, rival)
    assert found.service_map == plain.service_map
    assert found.domain_model == plain.domain_model
    assert found.events == plain.events


def test_an_empty_suggestion_changes_nothing():
    assert decompose(PRD, Suggestion()) == decompose(PRD)


def test_additions_have_a_lower_confidence_and_a_question():
    field = EntityField(name="startsAt", type="datetime", required=True)
    state = EntityField(name="state", type="string", enum=("open", "closed"))
    seat = EntityField(name="seat", type="uuid", references="Seats")
    more = suggestion(
        services=[service("Loan Service", Endpoint(method="POST", path="/loans/:loanId/returns", summary="give back"))],
        entities=[Entity(name="loans", owner="loan-service", fields=(field, state, seat))],
        events=[Event(name="loan_ended", publisher="loan-service", consumers=("book-service", "nobody"))],
    )
    found = decompose(PRD, more)
    added = found.service_map.named("loan-service")
    assert (added.confidence, added.endpoints[0].confidence) == (0.6, 0.6)
    assert added.endpoints[0].path == "/loans/{loan_id}/returns"
    loan = found.domain_model.named("Loan")
    assert (loan.owner, loan.confidence) == ("loan-service", 0.6)
    fields = {field.name: field for field in loan.fields}
    assert fields["starts_at"].type == "datetime"
    assert fields["state"].enum == ("open", "closed")
    assert fields["seat"].references == "Seat"
    ended = next(event for event in found.events if event.name == "LoanEnded")
    assert (ended.publisher, ended.consumers, ended.confidence) == ("loan-service", ("book-service",), 0.6)
    for about in ("loan-service", "Loan", "POST /loans/{loan_id}/returns", "LoanEnded"):
        assert any("suggested" in question for question in asked(found, about))
    assert found.service_map.named("book-service").confidence == 1


def test_what_the_document_leaves_open_is_filled_with_a_question():
    found = decompose(PRD, suggestion(events=[Event(name="BookLent", publisher="book", consumers=("seat-service",))]))
    lent = found.events[0]
    assert (lent.consumers, lent.confidence) == (("seat-service",), 1)
    assert asked(found, "BookLent")[0] == "Nobody is said to consume it; seat-service was suggested."


def test_a_document_that_no_rule_reads_can_be_read_by_a_suggestion():
    text = "# Notes\n\nPeople lend each other ladders and say when they bring them back.\n"
    with pytest.raises(PrdRefused):
        decompose(text)
    field = EntityField(name="height_cm", type="integer")
    read = suggestion(services=[service("ladder-service", entities=("Ladder",))], entities=[
        Entity(name="Ladder", owner="", fields=(field,), source=Span(line_start=3, line_end=3))
    ])  # fmt: skip
    found = decompose(text, read)
    assert found.domain_model.named("Ladder").owner == "ladder-service"
    assert [stub.service for stub in found.contract_stubs] == ["ladder-service"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "$(touch x)", "\n# Services\n", "a" * 5000, "{{7*7}}", "…", ""])
def test_nothing_hostile_survives_in_names_and_paths(name):
    hostile = suggestion(
        services=[
            service(name, Endpoint(method="HEAD", path="/x")),
            service("lamp-service", Endpoint(method="GET", path=name), Endpoint(method="GET", path=f"/lamps/{name}")),
        ],
        entities=[
            Entity(name=name, owner=name, fields=(EntityField(name=name, type=name, references=name),)),
            Entity(name="Lamp", owner="lamp-service", fields=(EntityField(name=name, type=name, enum=(name,)),)),
        ],
        events=[Event(name=name, publisher="lamp-service"), Event(name="LampLit", publisher=name)],
    )
    found = decompose(PRD, hostile)
    for one in found.service_map.services:
        assert one.name.replace("-", "").isalnum()
        assert len(one.name) <= 63
        assert not any(set(endpoint.path) & set("$ \n;`") for endpoint in one.endpoints)
    for entity in found.domain_model.entities:
        assert entity.name.isidentifier()
        assert all(field.name.isidentifier() for field in entity.fields)


def test_texts_are_single_printable_lines():
    odd = service("lamp-service", description="a\x00b\n\ud800c " + "d" * 9999)
    found = decompose(PRD, suggestion(services=[odd])).service_map.named("lamp-service").description
    assert found.startswith("a b c d")
    assert len(found) == 300


def test_lines_that_the_document_does_not_have_are_not_believed():
    far = suggestion(services=[service("far-service", source=Span(line_start=900, line_end=1))])
    assert decompose(PRD, far).service_map.named("far-service").source is None


WORDS = st.sampled_from(
    [
        "Book",
        "book-service",
        "seat-service",
        "Loan",
        "Loan Service",
        "BookLent",
        "/books/{id}",
        "/loans",
        "class",
        "订单",
        "",
    ]
) | st.text(max_size=12)
FIELDS = st.builds(
    EntityField, name=WORDS, type=WORDS | st.sampled_from(["uuid", "enum", "array"]), references=WORDS | st.none()
)
PATHS = WORDS.map(lambda word: f"/{word}")
ENDPOINTS = st.builds(Endpoint, method=st.sampled_from(["GET", "POST", "OPTIONS"]), path=PATHS, auth=st.booleans())
SUGGESTIONS = st.builds(
    suggestion,
    services=st.lists(
        st.builds(
            Service,
            name=WORDS,
            original_name=WORDS,
            entities=st.lists(WORDS, max_size=2).map(tuple),
            endpoints=st.lists(ENDPOINTS, max_size=3).map(tuple),
        ),
        max_size=4,
    ),
    entities=st.lists(
        st.builds(Entity, name=WORDS, owner=WORDS, fields=st.lists(FIELDS, max_size=3).map(tuple)), max_size=4
    ),
    events=st.lists(
        st.builds(Event, name=WORDS, publisher=WORDS | st.none(), consumers=st.lists(WORDS, max_size=3).map(tuple)),
        max_size=3,
    ),
)


@settings(max_examples=25, deadline=None)
@given(SUGGESTIONS)
def test_whatever_is_suggested_the_answer_holds_together(more):
    found = decompose(PRD, more)
    assert list(unresolved(found)) == []
    assert {"book-service", "seat-service"} <= {service.name for service in found.service_map.services}
    assert found == decompose(PRD, more)
