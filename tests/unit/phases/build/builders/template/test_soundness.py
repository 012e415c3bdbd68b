from collections.abc import Callable

import pytest

from sluice.model.base import JsonObject
from sluice.phases.build.builders.template.behaviour import assignments
from sluice.phases.build.builders.template.plan import Plan

KEY: JsonObject = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
NAMED: JsonObject = {"type": "object", "properties": {"name": {"type": "string"}}}
CREATE: JsonObject = {"kind": "create", "entity": "Thing"}


def only(plan: Plan) -> tuple[str, str]:
    [operation] = plan.operations
    return operation.kind, " ".join(plan.notes)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"type": "object", "required": ["colour"], "properties": {"colour": {"type": "string"}}}, "has no colour"),
        ({"type": "object"}, "does not look like a Thing"),
        ({"type": "string"}, "does not look like a Thing"),
    ],
)
def test_an_answer_that_no_row_can_give_is_not_claimed(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject], answer: JsonObject, reason: str
) -> None:
    hint = {"kind": "read", "entity": "Thing", "key": "id"}
    one = make_operation("one", answer=answer, **{"x-sluice": hint})

    kind, notes = only(plan({"/things/{id}": {"parameters": [KEY], "get": one}}))

    assert kind == "unknown"
    assert reason in notes


def test_a_summary_gives_counts_only(plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]) -> None:
    answer = {"type": "object", "required": ["count", "average"], "properties": {"count": {"type": "integer"}}}
    summary = make_operation("sum", answer=answer, **{"x-sluice": {"kind": "summary", "entity": "Thing"}})

    kind, notes = only(plan({"/things/summary": {"get": summary}}))

    assert kind == "unknown"
    assert "nothing gives its answer's average" in notes


def test_a_required_property_that_nobody_gives_gets_a_default_and_a_note(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    create = make_operation("make", 201, request={"type": "object", "properties": {"x": {}}}, **{"x-sluice": CREATE})

    found = plan({"/things": {"post": create}})

    assert only(found) == ("create", "POST /things: nothing gives name a value, a default does")
    assert dict(assignments(found.operations[0])) == {"name": "''"}


def test_a_row_whose_owner_nobody_knows_is_not_made(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    create = make_operation("make", 201, request=NAMED, **{"x-sluice": CREATE})
    owner: JsonObject = {"owner": {"anyOf": [{"type": "string", "format": "uuid"}], "type": "string", "format": "uuid"}}

    found = plan({"/things": {"post": create}}, owner, {"owner_field": "owner"}, ["owner"])

    assert only(found)[0] == "unknown"


def test_an_owner_that_is_kept_as_text_is_compared_as_text(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    body = {**ACCOUNT, "required": ["password"]}
    hint = {"kind": "register", "entity": "Thing", "identity": "name"}
    register = make_operation("register", 201, request=body, **{"x-sluice": hint})
    found = plan({"/register": {"post": register}}, {"who": {"type": "string"}}, {"owner_field": "who"})

    assert found.entities[0].caller == "str(caller)"


ACCOUNT: JsonObject = {"type": "object", "properties": {"name": {"type": "string"}, "password": {"type": "string"}}}


def accounts(plan: Callable[..., Plan], make_operation: Callable[..., JsonObject], answer: JsonObject) -> Plan:
    hints = {
        kind: {"x-sluice": {"kind": kind, "entity": "Thing", "identity": "name"}} for kind in ("register", "login")
    }
    register = make_operation("register", 201, request=ACCOUNT, **hints["register"])
    return plan(
        {
            "/register": {"post": register},
            "/login": {"post": make_operation("login", request=ACCOUNT, answer=answer, **hints["login"])},
        }
    )


def test_an_account_is_what_registers_with_a_password(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    answer = {"type": "object", "required": ["access_token"], "properties": {"access_token": {"type": "string"}}}

    found = accounts(plan, make_operation, answer)

    assert found.account is not None
    assert (found.account.secret, [op.kind for op in found.operations]) == ("password_hash", ["login", "register"])


def test_a_login_that_must_answer_with_something_else_than_tokens_is_not_claimed(
    plan: Callable[..., Plan], make_operation: Callable[..., JsonObject]
) -> None:
    answer = {"type": "object", "required": ["cookie"], "properties": {"cookie": {"type": "string"}}}

    found = accounts(plan, make_operation, answer)

    assert [op.kind for op in found.operations] == ["unknown", "register"]
    assert "nothing gives its answer's cookie" in " ".join(found.notes)
