import copy

import pytest

from sluice.services.contract_engine.specs.pointers import lookup, target_parts
from sluice.services.contract_engine.specs.validate import validate

GOOD = {
    "openapi": "3.1.0",
    "info": {"title": "book-service", "version": "1.0.0"},
    "paths": {
        "/books/{id}": {
            "get": {
                "operationId": "readBook",
                "security": [{"bearerAuth": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "The book",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}},
                        "links": {"again": {"operationId": "readBook"}},
                    }
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Book": {
                "type": "object",
                "properties": {
                    "pages": {"type": "integer", "default": 1},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}},
                    "example": {"type": "string"},
                },
                "example": {"$ref": "is only data"},
            }
        },
    },
}
OPERATION = "/paths/~1books~1{id}/get"
BOOK = "/components/schemas/Book"


def changed(pointer, value, document=GOOD):
    result = copy.deepcopy(document)
    *parents, last = target_parts("#" + pointer)
    holder = lookup(result, parents)
    holder[int(last) if isinstance(holder, list) else last] = value
    return result


def faults(document):
    _, report = validate(document)
    assert report.valid == (not report.errors)
    return [(error.rule, error.pointer) for error in report.errors]


@pytest.mark.req("R0-041")
@pytest.mark.parametrize("version", ["3.1.0", "3.0.3"])
def test_a_right_document_is_valid_and_counted(version):
    specification, report = validate({**GOOD, "openapi": version})
    assert specification is not None
    assert (report.valid, report.kind, report.version, report.operations) == (True, "openapi", version, 1)
    assert report.errors == ()


@pytest.mark.req("R0-041")
@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/openapi", "2.0", ("openapi.version", "/openapi")),
        ("/info/version", 1, ("openapi.structure", "/info/version")),
        (f"{OPERATION}/parameters/0/in", "path!", ("openapi.structure", f"{OPERATION}/parameters/0/in")),
        (f"{OPERATION}/parameters", [], ("openapi.path-parameter", OPERATION)),
        (f"{OPERATION}/security/0", {"other": []}, ("openapi.security", f"{OPERATION}/security/0/other")),
        (
            f"{OPERATION}/responses/200/links/again/operationId",
            "none",
            ("openapi.link", f"{OPERATION}/responses/200/links/again/operationId"),
        ),
        ("/paths/~1books~1{id", {}, ("openapi.path", "/paths/~1books~1{id")),
        ("/paths/~1books~1{isbn}", {}, ("openapi.path-ambiguous", "/paths/~1books~1{isbn}")),
        (f"{BOOK}/properties/pages/default", "many", ("openapi.default", f"{BOOK}/properties/pages/default")),
        (f"{BOOK}/properties/pages/type", "integr", ("openapi.schema", f"{BOOK}/properties/pages/type")),
        (f"{BOOK}/properties/pages/pattern", "(", ("openapi.pattern", f"{BOOK}/properties/pages/pattern")),
        (
            f"{BOOK}/properties/parts/items/$ref",
            "#/components/schemas/X",
            ("ref.dangling", f"{BOOK}/properties/parts/items/$ref"),
        ),
        (f"{BOOK}/properties/parts/items/$ref", "other.yaml", ("ref.external", f"{BOOK}/properties/parts/items/$ref")),
        (
            f"{BOOK}/properties/parts/items/$ref",
            "file:///etc/passwd",
            ("ref.external", f"{BOOK}/properties/parts/items/$ref"),
        ),
        (f"{BOOK}/properties/parts/items/$ref", "#anchor", ("ref.pointer", f"{BOOK}/properties/parts/items/$ref")),
        (f"{BOOK}/properties/parts/items/$ref", 5, ("ref.type", f"{BOOK}/properties/parts/items/$ref")),
        (
            "/components/schemas/Loop",
            {"$ref": "#/components/schemas/Loop"},
            ("ref.cycle", "/components/schemas/Loop/$ref"),
        ),
        (f"{OPERATION}/parameters/0", {"$ref": f"#{BOOK}"}, ("ref.kind", f"{OPERATION}/parameters/0/$ref")),
        (f"{BOOK}/allOf", [{"$ref": f"#{BOOK}"}, {"required": ["x"]}], None),
        (f"{BOOK}/required", ["anything"], None),
    ],
)
def test_one_fault_is_found_at_its_place(pointer, value, fault):
    assert faults(changed(pointer, value)) == ([fault] if fault else [])


def test_a_fault_reached_through_a_reference_is_told_once_where_it_stands():
    document = changed(f"{OPERATION}/responses/404", {"$ref": "#/components/responses/Gone"})
    document["components"]["responses"] = {
        "Gone": {"description": "x", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Gone"}}}}
    }
    document["components"]["schemas"]["Gone"] = {"type": "nothing"}
    assert faults(document) == [("openapi.schema", "/components/schemas/Gone/type")]


def test_two_operations_with_one_id_are_a_fault():
    other = copy.deepcopy(GOOD["paths"]["/books/{id}"]["get"])
    assert ("openapi.operation-id", "/paths/~1books~1{id}/delete") in faults(
        changed("/paths/~1books~1{id}/delete", other)
    )


def test_all_faults_are_told_not_only_the_first():
    document = changed("/info", {})
    document["paths"]["/books/{id}"]["get"]["responses"] = []
    assert {pointer for _, pointer in faults(document)} == {"/info", f"{OPERATION}/responses"}


def test_a_schema_that_doubles_at_each_of_sixty_levels_ends_at_once():
    document = copy.deepcopy(GOOD)
    schemas = document["components"]["schemas"]
    schemas["S0"] = {"type": "string"}
    for level in range(1, 60):
        half = {"$ref": f"#/components/schemas/S{level - 1}"}
        schemas[f"S{level}"] = {"anyOf": [half, half], "allOf": [half, half], "default": 1}
    _, report = validate(document)
    assert {error.rule for error in report.errors} <= {"openapi.default"}


@pytest.mark.parametrize("link", ["properties", "allOf"])
def test_a_chain_of_hundreds_of_schemas_is_valid(link):
    document = copy.deepcopy(GOOD)
    schemas = document["components"]["schemas"]
    for number in range(400):
        following = {"$ref": f"#/components/schemas/S{number + 1}"}
        part = {"next": following} if link == "properties" else [following]
        schemas[f"S{number}"] = {"type": "object", link: part, "default": {}}
    schemas["S400"] = {"type": "object"}
    assert faults(document) == []


def test_a_schema_nested_as_deep_as_documents_may_be_is_valid():
    schema = {"type": "string", "default": "x"}
    for _ in range(28):
        schema = {"type": "object", "properties": {"inner": schema}}
    assert faults(changed("/components/schemas/Deep", schema)) == []


def test_3_0_keeps_its_own_meaning_of_nullable_and_exclusive():
    document = changed(
        f"{BOOK}/properties/pages",
        {"type": "integer", "nullable": True, "default": None, "minimum": 1, "exclusiveMinimum": True},
    )
    assert faults({**document, "openapi": "3.0.3"}) == []
    wrong = changed(f"{BOOK}/properties/pages/default", 1, document)
    assert faults({**wrong, "openapi": "3.0.3"}) == [("openapi.default", f"{BOOK}/properties/pages/default")]


def test_neither_kind_is_a_fault_of_the_whole_document():
    assert faults({"arazzo": "1.0.0"}) == [("document.kind", "")]
    assert faults({"openapi": 3}) == [("document.kind", "")]


@pytest.mark.parametrize(
    ("pointer", "hint", "place"),
    [
        (OPERATION, {"kind": "fly"}, f"{OPERATION}/x-sluice/kind"),
        (OPERATION, {"kind": "read", "keys": "id"}, f"{OPERATION}/x-sluice/keys"),
        (BOOK, {"owner_field": "user"}, f"{BOOK}/x-sluice/entity"),
        (f"{BOOK}/properties/pages", {"local": 5}, f"{BOOK}/properties/pages/x-sluice/local"),
    ],
)
def test_a_hint_that_no_builder_could_read_is_a_fault(pointer, hint, place):
    assert faults(changed(f"{pointer}/x-sluice", hint)) == [("x-sluice", place)]


def test_right_hints_are_valid():
    document = changed(f"{OPERATION}/x-sluice", {"kind": "read", "entity": "Book", "key": "id"})
    assert faults(changed(f"{BOOK}/x-sluice", {"entity": "Book"}, document)) == []


def test_an_example_that_its_schema_forbids_is_a_warning():
    media = f"{OPERATION}/responses/200/content/application~1json"
    document = changed(f"{media}/schema", {"$ref": "#/components/schemas/Title"})
    document["components"]["schemas"]["Title"] = {"type": "string"}
    for key, value, place in [("example", 5, "example"), ("examples", {"one": {"value": 5}}, "examples/one/value")]:
        _, report = validate(changed(f"{media}/{key}", value, document))
        assert report.valid
        assert [(warning.rule, warning.pointer) for warning in report.warnings] == [
            ("openapi.example", f"{media}/{place}")
        ]
    assert validate(changed(f"{media}/example", "right", document))[1].warnings == ()
