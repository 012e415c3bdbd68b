import jwt
import pytest

from data.library import running
from sluice.phases.deploy.hook_plan import HookPlan, TokenSource, plan_hooks
from sluice.phases.deploy.identity import access_token, find_issuer, mint
from sluice.phases.deploy.openapi import all_operations, operations


def test_the_issuer_is_the_service_that_registers_and_logs_in() -> None:
    issuer = find_issuer(all_operations(running.contracts()))
    assert issuer is not None
    assert (issuer.service, issuer.register.label, issuer.login.label) == (
        "accounts-service",
        "POST /register",
        "POST /login",
    )


def test_a_login_without_a_registration_is_no_issuer() -> None:
    found = [o for o in all_operations(running.contracts()) if o.kind != "register"]
    assert find_issuer(found) is None


def test_each_registration_has_a_new_identity_and_its_login_the_same_credentials() -> None:
    issuer = find_issuer(all_operations(running.contracts()))
    first, second = issuer.registration(), issuer.registration()
    assert first["email"] != second["email"]
    assert issuer.credentials(first) == {"email": first["email"], "password": first["password"]}


def test_a_minted_token_is_an_access_token_of_its_account() -> None:
    token, account = mint(running.SECRET)
    claims = jwt.decode(token, running.SECRET, algorithms=["HS256"], options={"require": ["exp", "iat", "jti"]})
    assert (claims["sub"], claims["type"]) == (account, "access")


@pytest.mark.parametrize("body", [None, [], {}, {"access_token": 3}])
def test_an_answer_without_an_access_token_gives_none(body: object) -> None:
    assert access_token(body) == ""


@pytest.mark.req("R0-066")
def test_the_plan_names_protected_operations_and_holds_no_secret() -> None:
    source = TokenSource(token="the-secret-token")
    plan = plan_hooks(source, operations(running.contract("lending-service")))
    assert plan.secured == ("POST /loans", "GET /loans/{loan_id}", "POST /books", "GET /books")
    assert "the-secret-token" not in plan.model_dump_json()


def test_without_any_source_of_tokens_nothing_is_authenticated() -> None:
    assert plan_hooks(TokenSource(), operations(running.contract("reminder-service"))) == HookPlan()


def test_requests_with_unique_values_are_made_fresh_for_a_database_that_is_not_empty() -> None:
    fresh = plan_hooks(TokenSource(), operations(running.contract("lending-service"))).fresh
    assert list(fresh) == ["POST /books"]
    assert fresh["POST /books"]["isbn"] != "978-3-16-148410-0"
    assert list(plan_hooks(TokenSource(), operations(running.contract("accounts-service"))).fresh) == ["POST /register"]


def test_a_known_account_is_used_as_it_is() -> None:
    plan = plan_hooks(TokenSource(issuer=running.contract("accounts-service"), url="http://127.0.0.1:1"), ())
    account = plan.account('{"email": "a@example.com", "password": "x"}')
    assert account is not None
    assert account.registration == {"email": "a@example.com", "password": "x"}


def test_the_plan_survives_its_file() -> None:
    source = TokenSource(issuer=running.contract("accounts-service"), url="http://127.0.0.1:1")
    plan = plan_hooks(source, operations(running.contract("lending-service")))
    account = HookPlan.model_validate_json(plan.model_dump_json()).account()
    assert account is not None
    assert account.issuer.service == "accounts-service"
