"""One system written in many forms: each must be read as the same services, entities, endpoints and events."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from sluice.services.architect.decompose import decompose
from sluice.services.architect.reading.words import vocabulary
from sluice.services.contract_engine.specs.validate import validate

PRDS = Path(__file__).parents[3] / "data" / "prds"
FORMS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((PRDS / "forms").glob("*.md"))}
STORIES = (PRDS / "stories.md").read_text(encoding="utf-8")
EXPECTED = (
    {
        "loan-service": ({"Loan"}, {"POST /loans", "GET /loans/{id}"}),
        "letter-service": ({"Letter"}, {"POST /letters"}),
    },
    {
        "Loan": {"id": ("uuid", True), "title": ("string", True), "due_on": ("date", False)},
        "Letter": {"id": ("uuid", True), "body": ("text", True)},
    },
    {"LoanOpened": ("loan-service", ("letter-service",))},
)


def shape(found):
    return (
        {s.name: (set(s.entities), {f"{e.method} {e.path}" for e in s.endpoints}) for s in found.service_map.services},
        {e.name: {f.name: (f.type, f.required) for f in e.fields} for e in found.domain_model.entities},
        {e.name: (e.publisher, e.consumers) for e in found.events},
    )


@pytest.mark.parametrize("form", FORMS)
def test_one_system_is_read_alike_in_every_form_and_language(form):
    assert shape(decompose(FORMS[form])) == EXPECTED


@pytest.mark.parametrize("form", FORMS)
def test_every_item_stands_where_the_document_has_it(form):
    lines = [line.lower() for line in FORMS[form].splitlines()]
    found = decompose(FORMS[form])
    for item in (*found.service_map.services, *found.domain_model.entities, *found.events):
        heading_and_table = lines[max(0, item.source.line_start - 3) : item.source.line_end]
        assert any(item.name.lower() in line for line in heading_and_table), item.name


@pytest.mark.parametrize("position", range(5))
def test_renamed_headings_change_nothing(position):
    text = FORMS["tables"]
    for title, role in (
        ("Services", "services"),
        ("Data model", "entities"),
        ("API", "endpoints"),
        ("Events", "events"),
    ):
        synonym = vocabulary("en").groups["sections"][role][position]
        text = text.replace(f"## {title}\n", f"## {synonym.capitalize()}\n")
    assert shape(decompose(text)) == EXPECTED


@pytest.mark.parametrize("form", ["tables", "bullets", "language-es"])
def test_reordered_sections_change_nothing(form):
    head, *rest = re.split(r"(?m)^(?=## )", FORMS[form])
    assert shape(decompose(head + "\n".join(reversed(rest)))) == EXPECTED


def test_ports_and_stacks_survive():
    first = decompose(FORMS["front-matter"]).service_map.services[0]
    assert (first.port, first.stack) == (9001, "Go")


def test_the_name_in_another_script_is_kept_beside_the_canonical_one():
    first = decompose(FORMS["language-zh"]).service_map.services[0]
    assert (first.name, first.original_name) == ("loan-service", "\u501f\u9605\u670d\u52a1")


def test_stories_alone_give_contexts_with_doubts(ask):
    found = decompose(STORIES)
    services = {s.name: set(s.entities) for s in found.service_map.services}
    assert services == {"rooms": {"Room"}, "bookings": {"Booking"}, "notices": {"Notice"}}
    endpoints = {f"{e.method} {e.path}" for s in found.service_map.services for e in s.endpoints}
    assert {"POST /rooms", "GET /rooms", "POST /bookings", "POST /bookings/{id}/cancel", "POST /notices"} <= endpoints
    assert all(service.confidence < 1 for service in found.service_map.services)
    assert {"Room", "rooms", "POST /rooms"} <= ask(found).keys()


def test_the_contracts_of_every_form_are_accepted_by_the_contract_engine():
    for text in (*FORMS.values(), STORIES):
        for stub in decompose(text).contract_stubs:
            _, report = validate(stub.document)
            assert report.valid, (stub.name, report.errors)
            if stub.kind == "openapi":
                assert list(OpenAPIV31SpecValidator(stub.document).iter_errors()) == []
