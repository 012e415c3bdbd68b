import re
import uuid

import jsonschema_rs
import pytest

from data.library import running
from sluice.phases.deploy.openapi import contained, operations
from sluice.phases.deploy.sample import filled_path, path_entities, references, request_body, varied


def operation(service: str, label: str):
    return next(o for o in operations(running.contract(service)) if o.label == label)


def test_references_are_replaced_by_ids_made_earlier() -> None:
    body = request_body(operation("lending-service", "POST /loans"), {"Book": "the-book"})
    assert body == {"book_id": "the-book", "days": 14}


def test_without_an_id_the_example_stays() -> None:
    body = request_body(operation("lending-service", "POST /loans"), {})
    assert body["book_id"] == "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def test_unique_values_are_new_each_time_and_still_valid() -> None:
    create = operation("lending-service", "POST /books")
    first, second = request_body(create, {}), request_body(create, {})
    assert first["isbn"] != second["isbn"]
    assert first["title"] == second["title"] == "The Book"
    schema = contained(create.document, create.request["schema"])
    assert jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(first)


def test_values_named_unique_are_varied_without_a_hint() -> None:
    create = operation("lending-service", "POST /books")
    titles = {request_body(create, {}, unique=("title",))["title"] for _ in range(3)}
    assert len(titles) > 1


def test_references_inside_arrays_are_found_and_replaced() -> None:
    contract = running.contract("lending-service")
    schemas = contract.document["components"]["schemas"]
    schemas["LoanCreate"] = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}},
        "example": {"items": [{"book_id": "x", "count": 2}]},
    }
    schemas["Item"] = {"type": "object", "properties": {"book_id": {"x-sluice": {"references": "Book"}}}}
    del contract.document["paths"]["/loans"]["post"]["requestBody"]["content"]["application/json"]["example"]
    create = next(o for o in operations(contract) if o.label == "POST /loans")
    assert references(contract.document, create.request["schema"]) == {"Book"}
    assert request_body(create, {"Book": "b1"}) == {"items": [{"book_id": "b1", "count": 2}]}


def test_a_schema_that_contains_itself_ends() -> None:
    document = {"components": {"schemas": {"Node": {"properties": {"next": {"$ref": "#/components/schemas/Node"}}}}}}
    assert references(document, {"$ref": "#/components/schemas/Node"}) == frozenset()


@pytest.mark.parametrize(
    ("value", "schema", "shape"),
    [
        ("reader@example.com", {"format": "email"}, r"[a-z]{12}@example\.com"),
        ("AB-12-cd", {}, r"[A-Z]{2}-\d{2}-[a-z]{2}"),
        ("https://example.com/things/abc", {"format": "uri"}, r"https://example\.com/things/[a-z]{3}"),
    ],
)
def test_varied_text_keeps_its_shape(value: str, schema: dict, shape: str) -> None:
    found = varied(value, schema)
    assert found != value
    assert re.fullmatch(shape, found)


def test_varied_numbers_stay_in_their_bounds() -> None:
    found = {varied(5, {"minimum": 5, "maximum": 50}) for _ in range(50)}
    assert found <= set(range(5, 51))
    assert len(found) > 1


def test_a_varied_uuid_is_a_uuid() -> None:
    found = varied("3fa85f64-5717-4562-b3fc-2c963f66afa6", {"format": "uuid"})
    assert str(uuid.UUID(found)) == found
    assert found != "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.mark.parametrize("value", [True, None, 1.5, {"a": 1}])
def test_values_that_cannot_be_varied_stay(value: object) -> None:
    assert varied(value, {}) is value


def test_path_parameters_are_filled_with_the_ids_of_their_entities() -> None:
    read = operation("lending-service", "GET /loans/{loan_id}")
    assert path_entities(read) == {"loan_id": "Loan"}
    assert filled_path(read, {"Loan": "a/../b"}) == "/loans/a%2F..%2Fb"


def test_an_unknown_path_parameter_gets_a_new_id() -> None:
    path = filled_path(operation("lending-service", "GET /loans/{loan_id}"), {})
    assert uuid.UUID(path.removeprefix("/loans/"))


def test_a_parent_in_the_path_is_the_entity_that_its_field_refers_to() -> None:
    contract = running.contract("lending-service")
    paths = contract.document["paths"]
    paths["/books/{book_id}/loans"] = {
        "parameters": [{"name": "book_id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {
            "x-sluice": {"kind": "list", "entity": "Loan", "parents": [{"param": "book_id", "field": "book_id"}]},
            "responses": {"200": {"description": "loans"}},
        },
    }
    nested = next(o for o in operations(contract) if o.path == "/books/{book_id}/loans")
    assert filled_path(nested, {"Book": "b1"}) == "/books/b1/loans"
