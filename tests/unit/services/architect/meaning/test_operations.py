import pytest

from sluice.model.hints import EXTENSION

MODEL = """## Data model

### Basket

- id: uuid
- owner: string
- state: one of open, paid, cancelled; default open
- locked: boolean, default false
- paid_at: timestamp, optional
- size: integer

### Line

- id: uuid
- basket_id: uuid, references Basket
- text: string

## shop-service

"""


@pytest.fixture
def hint(shop, operation_of):
    def of(label, more=""):
        found = shop(f"{MODEL}- `{label}` {more}\n- `POST /lines`\n")
        plain = label.split("?")[0]
        return operation_of(found, "shop-service", plain.replace(":id", "{id}"))[EXTENSION]

    return of


@pytest.mark.parametrize(
    ("label", "kind", "key"),
    [
        ("POST /baskets", "create", None),
        ("GET /baskets", "list", None),
        ("GET /baskets/{id}", "read", "id"),
        ("PATCH /baskets/:id", "update", "id"),
        ("PUT /baskets/{basket_id}", "replace", "basket_id"),
        ("DELETE /api/v1/baskets/{id}", "delete", "id"),
        ("GET /baskets/summary", "summary", None),
        ("GET /baskets/search?state=", "list", None),
        ("PATCH /baskets/{id}/size", "update", "id"),
    ],
)
def test_method_and_path_tell_the_kind(hint, label, kind, key):
    found = hint(label)
    assert (found["kind"], found["entity"], found.get("key")) == (kind, "Basket", key)


@pytest.mark.parametrize(
    ("label", "more", "sets"),
    [
        ("POST /baskets/{id}/cancel", "", {"state": "cancelled"}),
        ("POST /baskets/{id}/pay", "sets the state to `paid`", {"state": "paid"}),
        ("POST /baskets/{id}/settle", "the state becomes paid", {"state": "paid"}),
        ("POST /baskets/{id}/lock", "", {"locked": True}),
        ("POST /baskets/{id}/unlock", "", {"locked": False}),
        ("PUT /baskets/{id}/reopen", "sets locked to false", {"locked": False}),
    ],
)
def test_an_action_sets_what_the_text_says_or_the_verb_is_like(hint, label, more, sets):
    found = hint(label, more)
    assert found["kind"] == "action"
    assert {name: value for name, value in found["sets"].items() if name != "paid_at"} == sets


@pytest.mark.parametrize(
    "label",
    [
        "POST /baskets/{id}/dance",
        "POST /baskets/{id}",
        "DELETE /baskets",
        "GET /wonders",
        "POST /baskets/{id}/wonder/{x}",
    ],
)
def test_what_the_document_does_not_explain_is_unknown_and_asked(shop, operation_of, ask, label):
    found = shop(f"{MODEL}- `{label}`\n")
    operation = operation_of(found, "shop-service", label)
    assert operation[EXTENSION]["kind"] == "unknown"
    assert "501" in operation["responses"]
    assert label in ask(found)


def test_nested_collections_hang_on_their_parent(shop, operation_of):
    found = shop(f"{MODEL}- `POST /baskets/{{basket_id}}/lines`\n- `GET /baskets/{{basket_id}}/lines/{{id}}`\n")
    create = operation_of(found, "shop-service", "POST /baskets/{basket_id}/lines")
    read = operation_of(found, "shop-service", "GET /baskets/{basket_id}/lines/{id}")
    parent = [{"param": "basket_id", "field": "basket_id"}]
    assert create[EXTENSION]["parents"] == read[EXTENSION]["parents"] == parent
    assert (create[EXTENSION]["entity"], read[EXTENSION]["key"]) == ("Line", "id")
    links = create["responses"]["201"]["links"]["getLine"]["parameters"]
    assert links == {"id": "$response.body#/id", "basket_id": "$response.body#/basket_id"}


def test_a_parent_that_only_the_path_knows_becomes_a_field(shop):
    found = shop(
        "## Data model\n\n### Page\n\n- id: uuid\n- text: string\n\n## mail-service\n\n- `POST /letters/{id}/pages`\n"
    )
    assert found.domain_model.named("Page").fields[-1].references == "Letter"


def test_two_parameters_of_one_name_are_told_apart(shop):
    found = shop(f"{MODEL}- `GET /baskets/{{id}}/lines/{{id}}`\n")
    assert found.service_map.named("shop-service").endpoints[0].path == "/baskets/{basket_id}/lines/{id}"


def test_operation_ids_are_unique(shop, contract_of):
    found = shop(f"{MODEL}- `GET /baskets`\n- `GET /v2/baskets`\n- `GET /v3/baskets`\n- `GET /baskets/search?state=`\n")
    ids = [op["operationId"] for item in contract_of(found, "shop-service")["paths"].values() for op in item.values()]
    assert len(ids) == len(set(ids)) == 5


def test_filters_that_are_no_fields_are_asked_about(shop, operation_of, ask):
    found = shop(f"{MODEL}- `GET /baskets?state=&colour=`\n")
    operation = operation_of(found, "shop-service", "GET /baskets")
    assert operation[EXTENSION]["filters"] == {"state": "state"}
    assert [parameter["name"] for parameter in operation["parameters"]] == ["state", "limit", "offset"]
    assert "colour" in ask(found)["GET /baskets"]
