from collections.abc import Callable

import pytest

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.plan import Plan
from sluice.phases.build.builders.template.reading import read

KEY: JsonObject = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
MANY: JsonObject = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
INPUT: JsonObject = {"type": "object", "properties": {"name": {"type": "string"}}}


def kinds(plan: Plan) -> dict[str, str]:
    return {operation.operation_id: operation.kind for operation in plan.operations}


def test_a_shape_that_leaves_no_doubt_needs_no_hint(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    found = plan(
        {
            "/things": {
                "get": make_operation("many", answer=MANY),
                "post": make_operation("make", 201, request=INPUT),
            },
            "/things/{id}": {
                "parameters": [KEY],
                "get": make_operation("one"),
                "put": make_operation("swap", request=INPUT),
                "patch": make_operation("change", request=INPUT),
            },
        }
    )

    assert kinds(found) == {"many": "list", "make": "create", "one": "read", "swap": "replace", "change": "update"}
    assert len(found.notes) == 5


def test_an_operation_in_doubt_stays_unknown_and_is_noted(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    found = plan(
        {
            "/things/{id}": {"parameters": [KEY], "delete": make_operation("drop", 204, answer=None)},
            "/things/{id}/start": {"parameters": [KEY], "post": make_operation("start")},
            "/status": {"get": make_operation("status", answer={"type": "object"})},
        }
    )

    assert set(kinds(found).values()) == {"unknown"}
    assert sum("it answers 501" in note for note in found.notes) == 3


@pytest.mark.parametrize(
    ("hint", "reason"),
    [
        ({"kind": "read", "entity": "Nothing", "key": "id"}, "no schema with a hint"),
        ({"kind": "read", "entity": "Thing", "key": "other"}, "names no path parameter"),
        ({"kind": "list", "entity": "Thing"}, "does not answer with an array"),
        ({"kind": "update", "entity": "Thing", "key": "id"}, "no body of properties"),
        ({"kind": "action", "entity": "Thing", "key": "id", "sets": {"colour": 1}}, "has no colour"),
        ({"kind": "login", "entity": "Thing"}, "no body of properties"),
        ({"kind": "me", "entity": "Thing"}, "there is no account"),
        ({"kind": "refresh"}, "there is no account"),
    ],
)
def test_a_hint_that_cannot_be_followed_is_not_guessed_at(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject], hint: JsonObject, reason: str
) -> None:
    found = plan({"/things/{id}": {"parameters": [KEY], "get": make_operation("odd", **{"x-sluice": hint})}})

    assert kinds(found) == {"odd": "unknown"}
    assert reason in " ".join(found.notes)


def test_a_hint_of_another_shape_is_an_input_error(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    with pytest.raises(InputError, match="GET /things"):
        plan({"/things": {"get": make_operation("odd", **{"x-sluice": {"kind": "conjure"}})}})


def test_literal_paths_stand_before_those_with_parameters(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    found = plan(
        {
            "/things/{id}": {"parameters": [KEY], "get": make_operation("one")},
            "/things/newest": {"get": make_operation("newest")},
        }
    )

    assert [operation.operation_id for operation in found.operations] == ["newest", "one"]


def test_health_is_served_without_the_contract_s_help(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    assert plan({"/health": {"get": make_operation("probe")}}).operations == []


@pytest.mark.parametrize("path", ["things", "/a b", "/{a}{", "/x\n", '/"""', "/{{ x }}"])
def test_a_path_that_is_none_is_an_input_error(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject], path: str
) -> None:
    with pytest.raises(InputError):
        plan({path: {"get": make_operation("odd")}})


def test_a_contract_without_paths_is_an_input_error(plan: Callable[..., Plan]) -> None:
    with pytest.raises(InputError, match="no paths"):
        plan({})


def test_names_of_functions_are_unique_identifiers(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    found = plan({"/a": {"get": make_operation("import")}, "/b": {"get": make_operation("import!")}})

    assert [operation.function for operation in found.operations] == ["import_", "import_2"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, True), ([], False), ([{}], False), ([{"bearerAuth": []}], True), ([{"bearerAuth": []}, {}], False)],
)
def test_an_operation_is_secured_as_it_says_or_as_the_document_says(
    make_operation: Callable[..., JsonObject], given: list[JsonObject] | None, expected: bool
) -> None:
    one = make_operation("one", answer=None, **({} if given is None else {"security": given}))
    document = {"openapi": "3.1.0", "info": {}, "paths": {"/x": {"get": one}}, "security": [{"bearerAuth": []}]}

    assert read("things", document, None).operations[0].secured is expected


def test_a_parameter_keeps_its_name_in_the_path_and_gets_a_safe_one_in_the_code(planned: Callable[[str], Plan]) -> None:
    operations = {operation.operation_id: operation for operation in planned("studio").operations}

    assert operations["getRoom"].route == "/rooms/{roomId}"
    assert operations["getRoom"].parameters[0].name == "room_id"


def test_a_name_that_no_route_can_have_is_made_one(planned: Callable[[str], Plan]) -> None:
    assert "/things/{thing_id}" in {operation.route for operation in planned("hostile").operations}


def test_two_parameters_that_would_get_one_name_are_an_input_error(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    keys = [{**KEY, "name": "a-b"}, {**KEY, "name": "a.b"}]
    with pytest.raises(InputError, match="told apart"):
        plan({"/{a-b}/{a.b}": {"parameters": keys, "get": make_operation("odd")}})
