import pytest

from sluice.model.hints import EXTENSION

USER = (
    "## Data model\n\n### User\n\n- id: uuid\n- email: string, unique\n- password: string\n- name: string, optional\n\n"
)
DOORS = "## shop-service\n\nOwns: User\n\n- `POST /register`\n- `POST /login`\n- `POST /token/refresh`\n- `GET /me`\n\n"


def kinds(contract):
    return {
        f"{method.upper()} {path}": operation[EXTENSION]["kind"]
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if EXTENSION in operation
    }


def test_doors_are_told_from_their_names(shop, contract_of):
    found = shop(USER + DOORS)
    assert kinds(contract_of(found, "shop-service")) == {
        "POST /register": "register",
        "POST /login": "login",
        "POST /token/refresh": "refresh",
        "GET /me": "me",
    }


def test_creating_an_account_is_registering(shop, contract_of):
    found = shop(f"{USER}## shop-service\n\nOwns: User\n\n- `POST /users`\n- `POST /sessions`\n- `PATCH /users/me`\n")
    assert kinds(contract_of(found, "shop-service")) == {
        "POST /users": "register",
        "POST /sessions": "login",
        "PATCH /users/me": "update",
    }


def test_registering_and_logging_in_use_the_same_credentials(shop, operation_of):
    found = shop(USER + DOORS)
    register = operation_of(found, "shop-service", "POST /register")["requestBody"]["content"]["application/json"]
    login = operation_of(found, "shop-service", "POST /login")["requestBody"]["content"]["application/json"]
    assert login["example"].items() <= register["example"].items()
    assert set(login["example"]) == {"email", "password"}


@pytest.mark.parametrize("name", ["password_hash", "hashedPassword"])
def test_a_stored_hash_means_a_password_to_send(shop, operation_of, ask, name):
    found = shop(USER.replace("password:", f"{name}:") + DOORS)
    body = operation_of(found, "shop-service", "POST /register")["requestBody"]["content"]["application/json"]
    assert "password" in body["example"]
    assert any("hash" in question for question in ask(found).values())


def test_what_an_account_lacks_is_added_and_asked(shop, ask):
    found = shop(f"## Data model\n\n### User\n\n- id: uuid\n- name: string\n- age: int\n\n{DOORS}")
    user = {field.name: field for field in found.domain_model.named("User").fields}
    assert user["password"].type == "password"
    assert user["email"].unique
    assert "password" in ask(found)["User"]


def test_doors_without_accounts_are_a_question(shop, ask):
    found = shop(
        "## mail-service\n\n- `GET /letters`\n\n## shop-service\n\n- `GET /baskets`\n\n## Auth\n\n- `POST /login`\n"
    )
    assert "POST /login" in ask(found)


@pytest.fixture
def owner(shop, contract_of):
    def of(basket, auth="All endpoints require a JWT."):
        text = f"{USER}### Basket\n\n- id: uuid\n{basket}\n\n{DOORS}- `POST /baskets`\n- `GET /baskets`\n\n{auth}\n"
        schema = contract_of(shop(text), "shop-service")["components"]["schemas"]
        return schema["Basket"][EXTENSION].get("owner_field"), set(schema["BasketCreate"]["properties"])

    return of


def test_rows_belong_to_the_account_that_made_them(owner):
    assert owner("- user_id: uuid, references User\n- size: int") == ("user_id", {"size"})


def test_text_tells_which_reference_is_the_owner(owner):
    fields = "- user_id: uuid, references User\n- buyer: uuid, references User, taken from the token\n- size: int"
    assert owner(fields) == ("buyer", {"user_id", "size"})


def test_an_optional_reference_is_not_the_owner_beside_a_required_one(owner):
    fields = "- user_id: uuid, references User\n- helper_id: uuid, references User, optional\n- size: int"
    assert owner(fields)[0] == "user_id"


def test_public_rows_have_no_owner(owner):
    assert owner("- user_id: uuid, references User\n- size: int", auth="") == (None, {"user_id", "size"})
