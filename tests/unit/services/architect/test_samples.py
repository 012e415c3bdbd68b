import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from sluice import samples
from sluice.core.files import canonical_json
from sluice.model.hints import EXTENSION, ConsumeHint, EntityHint, OperationHint, PublishHint
from sluice.services.architect.decompose import decompose

EXPECTED = {
    "tasktracker": {
        "auth-service": ("User",),
        "order-service": ("Order",),
        "notification-service": ("Notification",),
    },
    "clinic": {
        "patient-service": ("Patient",),
        "practice-service": ("Doctor", "Slot"),
        "appointment-service": ("Appointment", "Note"),
        "reminder-service": ("Reminder",),
    },
    "warehouse": {
        "identity": ("Operator",),
        "catalogue": ("Category", "Product"),
        "inventory": ("Warehouse", "StockItem"),
        "purchasing": ("Supplier", "PurchaseOrder"),
        "shipping": ("Shipment", "Parcel"),
        "alerts": ("Alert",),
    },
}


@pytest.fixture
def found(sample):
    return decompose(sample)


def operations(found):
    for stub in found.contract_stubs:
        if stub.kind == "openapi":
            for path, item in stub.document["paths"].items():
                for method, operation in item.items():
                    yield stub, f"{method.upper()} {path}", operation


def media(operation):
    holders = [operation.get("requestBody", {}), *operation["responses"].values()]
    found = [holder["content"]["application/json"] for holder in holders if "content" in holder]
    return [one for one in found if "example" in one]


@pytest.mark.req("R0-031", "R0-032")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_gives_exactly_its_services_and_entities(name):
    found = decompose(samples.path(name).read_text(encoding="utf-8"))
    assert {service.name: service.entities for service in found.service_map.services} == EXPECTED[name]


def test_an_unknown_sample_is_named_with_those_that_there_are():
    with pytest.raises(KeyError, match="tasktracker"):
        samples.path("nope")


def test_a_sample_leaves_nothing_open(found):
    assert found.questions == ()


def test_the_same_document_gives_byte_identical_answers(sample):
    first, second = (canonical_json(decompose(sample).model_dump(mode="json")) for _ in range(2))
    assert first == second


def test_line_endings_do_not_matter(sample):
    assert decompose(sample.replace("\n", "\r\n")) == decompose(sample)


def test_every_reference_leads_to_something(found):
    services = {service.name for service in found.service_map.services}
    entities = {entity.name for entity in found.domain_model.entities}
    assert {entity.owner for entity in found.domain_model.entities} <= services
    assert {f.references for e in found.domain_model.entities for f in e.fields} - {None} <= entities
    assert {event.publisher for event in found.events} <= services
    assert {consumer for event in found.events for consumer in event.consumers} <= services
    assert {target for service in found.service_map.services for target in service.depends_on} <= services


def test_dependencies_have_no_cycle(found):
    needs = {service.name: set(service.depends_on) for service in found.service_map.services}
    while needs:
        free = {name for name, targets in needs.items() if not targets & needs.keys()}
        assert free, f"a cycle among {sorted(needs)}"
        needs = {name: targets for name, targets in needs.items() if name not in free}


def test_every_item_stands_where_its_source_says(sample, found):
    lines = sample.splitlines()
    for service in found.service_map.services:
        for endpoint in service.endpoints:
            assert endpoint.path.split("{")[0] in lines[endpoint.source.line_start - 1]
    for event in found.events:
        text = " ".join(lines[event.source.line_start - 1 : event.source.line_end])
        assert event.name in text


def test_every_item_belongs_to_a_requirement_that_it_covers(found):
    requirements = {requirement.id: requirement for requirement in found.requirements}
    for service in found.service_map.services:
        assert service.requirement in requirements
        for endpoint in service.endpoints:
            assert f"{endpoint.method} {endpoint.path}" in requirements[endpoint.requirement].covered_by
    for item in (*found.domain_model.entities, *found.events):
        assert item.name in requirements[item.requirement].covered_by


@pytest.mark.req("R0-033", "R0-041")
def test_every_openapi_contract_is_valid(found):
    for stub in found.contract_stubs:
        if stub.kind == "openapi":
            assert [error.message for error in OpenAPIV31SpecValidator(stub.document).iter_errors()] == []
            assert stub.document["info"]["title"] == stub.service
            assert "/health" in stub.document["paths"]


def test_every_example_is_valid_by_its_schema(found):
    for stub, label, operation in operations(found):
        for one in media(operation):
            schema = {**one["schema"], "components": stub.document["components"]}
            validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            assert [error.message for error in validator.iter_errors(one["example"])] == [], label


def test_every_body_to_send_has_an_example_and_no_answer_names_rows_that_do_not_exist(found):
    for _, label, operation in operations(found):
        assert "requestBody" not in operation or "example" in operation["requestBody"]["content"]["application/json"]
        for code, answer in operation["responses"].items():
            shown = "example" in answer.get("content", {}).get("application/json", {})
            assert shown == (not code.startswith("2") or label == "GET /health"), label


def test_every_event_example_is_valid_by_its_schema(found):
    for stub in found.contract_stubs:
        if stub.kind == "asyncapi":
            for name, message in stub.document["components"]["messages"].items():
                schema = stub.document["components"]["schemas"][name]
                validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
                assert validator.is_valid(message["examples"][0]["payload"]), name


def test_every_text_that_a_client_may_send_is_bounded_and_free_of_nul(found):
    for _, label, operation in operations(found):
        for schema in texts(operation.get("parameters", [])):
            assert "maxLength" in schema or "enum" in schema or "format" in schema, label
            if "pattern" in schema and "format" not in schema:
                assert not jsonschema_rs.Draft202012Validator(schema).is_valid("\x00"), label


def texts(node):
    """All schemas of strings below a node."""
    if isinstance(node, dict):
        if node.get("type") == "string":
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from texts(inner)


def test_every_operation_can_reach_success_by_its_example_or_a_link(found):
    linked = {
        (stub.service, link["operationId"])
        for stub, _, operation in operations(found)
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    }
    for stub, label, operation in operations(found):
        hint = OperationHint.model_validate(operation.get(EXTENSION, {"kind": "me"}))
        reachable = "{" not in label and hint.kind not in {"login", "refresh"}
        assert hint.kind != "unknown"
        assert reachable or (stub.service, operation["operationId"]) in linked, label


def test_operations_document_what_they_can_answer(found):
    for _, label, operation in operations(found):
        codes = set(operation["responses"])
        if "requestBody" in operation or operation.get("parameters"):
            assert {"400", "422"} <= codes, label
        if operation.get("security"):
            assert "401" in codes, label
        if "{" in label:
            assert "404" in codes, label


def test_all_hints_are_as_the_model_says(found):
    for stub in found.contract_stubs:
        for name, schema in stub.document["components"]["schemas"].items():
            if EXTENSION in schema:
                assert EntityHint.model_validate(schema[EXTENSION]).entity == name
        for operation in stub.document.get("operations", {}).values():
            kind = PublishHint if operation["action"] == "send" else ConsumeHint
            kind.model_validate(operation[EXTENSION])


def test_secrets_are_taken_but_never_shown(found):
    for stub, _, operation in operations(found):
        for answer in operation["responses"].values():
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", schema.get("items", {}).get("$ref", "")).rsplit("/", 1)[-1]
            shown = stub.document["components"]["schemas"].get(name, {}).get("properties", {})
            assert not any(prop.get("format") == "password" for prop in shown.values())


@pytest.mark.req("R0-068", "R0-069", "R0-070")
def test_the_flow_of_tasktracker_answers_exactly_what_the_document_names():
    found = decompose(samples.path("tasktracker").read_text(encoding="utf-8"))
    answers = {
        f"{endpoint.method} {endpoint.path}": endpoint.responses
        for service in found.service_map.services
        for endpoint in service.endpoints
    }
    assert set(answers["POST /register"]["201"]["properties"]) == {"id", "email", "created_at"}
    assert {"access_token", "refresh_token"} <= set(answers["POST /login"]["200"]["required"])
    assert set(answers["POST /orders"]["201"]["properties"]) == {"id", "status", "items", "total"}
    assert answers["GET /notifications"]["200"]["type"] == "array"


def test_order_created_becomes_a_notification_for_the_customer():
    found = decompose(samples.path("tasktracker").read_text(encoding="utf-8"))
    documents = {stub.service: stub.document for stub in found.contract_stubs if stub.kind == "asyncapi"}
    sent = documents["order-service"]["operations"]["publishOrderCreated"][EXTENSION]
    effect = ConsumeHint.model_validate(documents["notification-service"]["operations"]["onOrderCreated"][EXTENSION])
    assert sent["on"] == ["createOrder"]
    assert effect.creates == "Notification"
    assert effect.values["user_id"].from_field == "user_id"
    assert effect.values["order_id"].from_field == "id"
    assert effect.values["kind"].const == "order_created"
