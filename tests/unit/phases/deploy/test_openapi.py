import pytest

from data.library import running
from sluice.phases.deploy.openapi import operations, resolve


def by_label(service: str):
    return {operation.label: operation for operation in operations(running.contract(service))}


def test_operations_come_in_the_order_of_the_contract_with_their_hints() -> None:
    found = operations(running.contract("lending-service"))
    assert [operation.label for operation in found] == [
        "GET /health",
        "POST /loans",
        "GET /loans/{loan_id}",
        "POST /books",
        "GET /books",
    ]
    assert [operation.kind for operation in found] == ["", "create", "read", "create", "list"]


def test_security_of_the_document_holds_unless_the_operation_lifts_it() -> None:
    found = by_label("lending-service")
    assert found["POST /loans"].secured
    assert not found["GET /health"].secured
    assert [o.label for o in by_label("accounts-service").values() if o.secured] == ["GET /me"]


def test_an_alternative_without_credentials_means_not_secured() -> None:
    contract = running.contract("reminder-service")
    contract.document["paths"]["/reminders"]["get"]["security"] = [{"bearerAuth": []}, {}]
    assert not any(operation.secured for operation in operations(contract))


def test_the_success_status_is_the_first_documented_2xx() -> None:
    assert by_label("lending-service")["POST /loans"].success == 201
    assert by_label("lending-service")["GET /books"].success == 200


@pytest.mark.parametrize(("status", "expected"), [(201, True), (404, True), (418, False)])
def test_documented_statuses_are_known(status: int, expected: bool) -> None:
    assert by_label("lending-service")["POST /loans"].documents(status) is expected


def test_a_status_class_documents_its_members() -> None:
    contract = running.contract("reminder-service")
    contract.document["paths"]["/health"]["get"]["responses"] = {"2XX": {"description": "well"}}
    health = operations(contract)[0]
    assert health.documents(204)
    assert not health.documents(301)
    assert health.success is None


def test_response_schemas_resolve_through_references() -> None:
    operation = by_label("lending-service")["POST /loans"]
    assert operation.response_schema(201) == {"$ref": "#/components/schemas/Loan"}
    assert operation.response_schema(404) == {"$ref": "#/components/schemas/Error"}
    assert operation.response_schema(500) is None


def test_references_that_lead_nowhere_or_in_circles_resolve_to_nothing() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    assert resolve(document, {"$ref": "#/a"}) == {}
    assert resolve(document, {"$ref": "#/nowhere"}) == {}
    assert resolve(document, {"$ref": "https://example.com/#/a"}) == {}


def test_escaped_reference_parts_are_unescaped() -> None:
    assert resolve({"a/b": {"~c": {"type": "string"}}}, {"$ref": "#/a~1b/~0c"}) == {"type": "string"}


def test_a_hint_of_another_shape_counts_as_none() -> None:
    contract = running.contract("reminder-service")
    contract.document["paths"]["/reminders"]["get"]["x-sluice"] = {"kind": "teleport"}
    assert operations(contract)[1].hint is None
