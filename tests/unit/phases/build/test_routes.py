"""The built application's operations against the contract's."""

from sluice.model.base import JsonObject
from sluice.phases.build.routes import differences


def document(**operations: list[str]) -> JsonObject:
    paths: JsonObject = {}
    for name, statuses in operations.items():
        method, path = name.split("_", 1)
        item = paths.setdefault(f"/{path.replace('_', '/')}", {})
        assert isinstance(item, dict)
        item[method] = {"responses": {status: {} for status in statuses}}
    return {"paths": paths}


def test_the_same_operations_do_not_differ() -> None:
    same = document(get_items=["200", "404"], post_items=["201"])

    assert differences(same, same) == []


def test_names_of_path_parameters_do_not_matter() -> None:
    contract: JsonObject = {"paths": {"/items/{item_id}": {"get": {"responses": {"200": {}}}}}}
    built: JsonObject = {"paths": {"/items/{key}": {"get": {"responses": {"200": {}}}}}}

    assert differences(contract, built) == []


def test_missing_operations_are_named() -> None:
    assert differences(document(get_a=["200"], post_b=["201"]), document(get_a=["200"])) == [
        "operations of the contract are missing: POST /b"
    ]


def test_an_operation_without_its_success_status_is_named() -> None:
    assert differences(document(post_a=["201", "409"]), document(post_a=["200"])) == [
        "operations lack their documented success status: POST /a (201)"
    ]


def test_further_operations_are_no_lack() -> None:
    assert differences(document(get_a=["200"]), document(get_a=["200"], get_b=["200"])) == []


def test_path_items_hold_more_than_operations() -> None:
    contract: JsonObject = {"paths": {"/a": {"parameters": [], "summary": "x", "get": {"responses": {"200": {}}}}}}

    assert differences(contract, contract) == []


def test_a_document_of_wrong_types_has_no_operations() -> None:
    contract = document(get_a=["200"])
    hostile: list[JsonObject] = [{}, {"paths": []}, {"paths": {"/a": [1]}}, {"paths": {"/a": {"get": "x"}}}]

    assert all(differences(contract, built) for built in hostile)
