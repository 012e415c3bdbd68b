import pytest

HEAD = "# X\n\n## Services\n\n- a-service\n- b-service\n\n## a-service\n\n"
API = "- `POST /register`\n- `POST /login`\n- `GET /things`\n- `POST /things`\n\n## b-service\n\n- `GET /others`\n\n"


def needs(draft):
    return {endpoint.key: endpoint.auth for endpoint in draft.endpoints}


@pytest.mark.parametrize(
    "rule",
    [
        "All endpoints except register and login require a JWT.",
        "Every endpoint requires authentication.",
        "Except for registering and logging in, all requests need a valid access token.",
        "All endpoints, apart from `POST /register`, require a bearer token.",
    ],
)
def test_a_rule_for_the_whole_document_spares_the_doors(read, rule):
    found = needs(read(f"{HEAD}{API}## Security\n\n{rule}\n"))
    assert found.pop("POST /register") is False
    assert found.pop("POST /login") is False
    assert set(found.values()) == {True}


def test_an_exception_may_be_for_one_method_only(read):
    found = needs(read(f"{HEAD}{API}## Security\n\nAll endpoints except reading things require a JWT.\n"))
    assert (found["GET /things"], found["POST /things"], found["GET /others"]) == (False, True, True)


def test_a_rule_of_one_service_stays_there(read):
    found = needs(read(f"{HEAD}All endpoints require a JWT.\n\n{API}"))
    assert (found["GET /things"], found["GET /others"]) == (True, None)


def test_an_endpoints_own_words_win(read):
    text = f"{HEAD}- `GET /things` is public.\n- `POST /things`\n\n## Security\n\nAll endpoints require a JWT.\n"
    assert needs(read(text)) == {"GET /things": False, "POST /things": True}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("JWT", True), ("yes", True), ("bearer", True), ("none", False), ("no", False), ("public", False)],
)
def test_a_column_says_it_for_each_endpoint(read, cell, expected):
    draft = read(f"{HEAD}| Method | Path | Auth |\n|---|---|---|\n| GET | /things | {cell} |\n")
    assert draft.endpoints[0].auth is expected


def test_roles_are_a_question(read):
    draft = read(f"{HEAD}- `DELETE /things/{{id}}` for admins, requires a JWT\n")
    assert any(about == "DELETE /things/{id}" for about, _ in draft.questions)
