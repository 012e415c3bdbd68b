import pytest

from sluice.model.hints import EXTENSION

MODEL = """## Data model

### Basket

- id: uuid
- state: one of open, paid; default open
- code: string, unique
- note: text, optional
- lines: array of {article: string, quantity: integer, price: number}
- total: number, computed
- changed_at: timestamp, set by the service
- created_at: timestamp

### Tag

- id: uuid
- basket_id: uuid, references Basket
- letter_id: uuid, references Letter, optional
- text: string

## shop-service

Owns: Basket, Tag

"""


@pytest.fixture
def made(shop, contract_of):
    def of(endpoints):
        return contract_of(shop(MODEL + endpoints), "shop-service")

    return of


CRUD = "- `POST /baskets`\n- `GET /baskets/{id}`\n- `PATCH /baskets/{id}`\n- `POST /tags`\n"


def test_read_models_show_everything_and_mark_what_the_service_sets(made):
    basket = made(CRUD)["components"]["schemas"]["Basket"]
    assert set(basket["required"]) == set(basket["properties"])
    read_only = {name for name, prop in basket["properties"].items() if prop.get("readOnly")}
    assert read_only == {"id", "total", "changed_at", "created_at"}
    assert basket["properties"]["note"]["type"] == ["string", "null"]
    assert basket["properties"]["total"][EXTENSION] == {"computed": {"over": "lines", "factors": ["quantity", "price"]}}


def test_inputs_hold_what_a_client_may_set(made):
    schemas = made(CRUD)["components"]["schemas"]
    assert set(schemas["BasketCreate"]["properties"]) == {"state", "code", "note", "lines"}
    assert schemas["BasketCreate"]["required"] == ["code", "lines"]
    assert "required" not in schemas["BasketUpdate"]
    assert schemas["BasketCreate"]["properties"]["state"]["default"] == "open"


def test_statuses_follow_from_what_can_happen(made):
    paths = made(CRUD)["paths"]
    assert set(paths["/baskets"]["post"]["responses"]) == {"201", "400", "409", "422"}
    assert set(paths["/baskets/{id}"]["get"]["responses"]) == {"200", "400", "404", "422"}
    assert set(paths["/tags"]["post"]["responses"]) == {"201", "400", "404", "422"}


def test_references_say_whether_the_row_must_exist_here(made):
    tag = made(CRUD)["components"]["schemas"]["TagCreate"]["properties"]
    assert tag["basket_id"][EXTENSION] == {"references": "Basket", "local": True}
    assert tag["letter_id"][EXTENSION] == {"references": "Letter"}


def test_examples_leave_out_what_need_not_exist(made):
    example = made(CRUD)["paths"]["/tags"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert set(example) == {"basket_id", "text"}


def test_links_hand_ids_to_where_they_are_needed(made):
    links = made(CRUD)["paths"]["/baskets"]["post"]["responses"]["201"]["links"]
    assert links["getBasket"]["parameters"] == {"id": "$response.body#/id"}
    assert links["createTag"]["requestBody"] == {"basket_id": "$response.body#/id"}


def test_a_list_hands_out_ids_where_nothing_else_makes_rows(made):
    links = made("- `GET /baskets`\n- `GET /baskets/{id}`\n- `POST /tags`\n")["paths"]["/baskets"]["get"]["responses"][
        "200"
    ]["links"]
    assert links["getBasket"]["parameters"] == {"id": "$response.body#/0/id"}


def test_named_answers_are_exact(made):
    document = made("- `POST /baskets` Request: `{code, lines}`, returns 201 `{id, code}`\n- `GET /baskets/{id}`\n")
    answer = document["paths"]["/baskets"]["post"]["responses"]["201"]["content"]["application/json"]
    name = answer["schema"]["$ref"].rsplit("/", 1)[-1]
    assert list(document["components"]["schemas"][name]["properties"]) == ["id", "code"]
    assert set(document["components"]["schemas"]["BasketCreate"]["properties"]) == {"code", "lines"}


def test_what_no_request_sets_cannot_be_required(shop, contract_of, ask):
    found = shop(MODEL + "- `POST /baskets` Request: `{lines}`\n- `GET /baskets/{id}`\n")
    basket = contract_of(found, "shop-service")["components"]["schemas"]["Basket"]
    assert "null" in basket["properties"]["code"]["type"]
    assert "optional" in ask(found)["Basket.code"]


@pytest.mark.parametrize(("text", "code"), [("returns 202", "202"), ("returns 201", "201"), ("", "200")])
def test_the_documents_status_is_kept(made, text, code):
    operation = made(f"- `PATCH /baskets/{{id}}` {text}\n- `POST /tags`\n")["paths"]["/baskets/{id}"]["patch"]
    assert next(iter(operation["responses"])) == code


def test_a_delete_answers_nothing(shop, operation_of, ask):
    found = shop(MODEL + "- `DELETE /baskets/{id}` returns 200\n")
    operation = operation_of(found, "shop-service", "DELETE /baskets/{id}")
    assert "content" not in operation["responses"]["204"]
    assert "204" in ask(found)["DELETE /baskets/{id}"]


def test_a_summary_counts_rows_and_values(made):
    document = made("- `GET /baskets/summary`\n")
    figures = document["components"]["schemas"]["BasketSummary"]["properties"]
    assert set(figures) == {"count", "state"}
    assert set(figures["state"]["properties"]) == {"open", "paid"}


def test_secured_operations_name_the_scheme(made):
    document = made("- `GET /baskets` (JWT)\n- `GET /tags` is public\n")
    assert document["paths"]["/baskets"]["get"]["security"] == [{"bearerAuth": []}]
    assert "security" not in document["paths"]["/tags"]["get"]
    assert document["components"]["securitySchemes"]["bearerAuth"]["scheme"] == "bearer"
