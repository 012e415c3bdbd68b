import pytest

HEAD = "# X\n\n## Services\n\n- order-service\n- mail-service\n\n"


def fields(draft, name):
    return list(draft.entities[name].fields)


@pytest.mark.parametrize(
    "text",
    [
        "## Data model\n\n### Order\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | string |\n",
        "## Data model\n\n### Order\n\n- id: uuid\n- title: string\n",
        "## Data model\n\n### 3.1 The Order entity\n\nFields: id, title\n",
        "## Entities\n\n- **Order**: id, title\n",
        "## Entities\n\n- Order\n  - id: uuid\n  - title: string\n",
        "## Entities\n\n| Entity | Fields |\n|---|---|\n| Order | id, title |\n",
        "## Data\n\n**Order**\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | string |\n",
        "## order-service\n\nEntities: `Order` (id, title: string)\n",
        "## order-service\n\n- Owns: Order {id, title}\n",
        "## order-service\n\n### Order\n\n- id: uuid\n- title: string, required\n",
        "## Entity: Order\n\n- id: uuid\n- title: string\n",
    ],
)
def test_an_entity_is_found_however_its_fields_are_listed(read, text):
    draft = read(HEAD + text)
    assert list(draft.entities) == ["Order"]
    assert fields(draft, "Order") == ["id", "title"]


@pytest.mark.parametrize(
    "text",
    [
        "## Data model\n\n**Order** (order-service)\n\n| Field | Type |\n|---|---|\n| id | uuid |\n",
        "## Data model\n\n### Order (owned by order-service)\n\n- id: uuid\n- a: string\n",
        "## Data model\n\n### Order — order-service\n\n- id: uuid\n- a: string\n",
        "## Data model\n\n### Order\n\n- Owner: order-service\n- id: uuid\n- a: string\n",
        "## Data model\n\n### Order\n\nOwned by: `order-service`\n\n- id: uuid\n- a: string\n",
        "## Data model\n\n| Entity | Owner | Fields |\n|---|---|---|\n| Order | Order Service | id, a |\n",
        "## Order Service\n\n### Order\n\n| Field | Type |\n|---|---|\n| id | uuid |\n",
        "## More\n\n| Service | Owns |\n|---|---|\n| order-service | Order |\n",
    ],
)
def test_the_owner_is_read_where_it_is_said(read, text):
    assert read(HEAD + text).entities["Order"].owner == "order-service"


def test_columns_of_a_field_table_are_read_by_their_titles(read):
    draft = read(
        HEAD
        + "## Data model\n\n### Order\n\n| Name | Type | Mandatory | Unique | Default | Allowed values | Remarks |\n"
        "|---|---|---|---|---|---|---|\n| state | string | yes | no | new | new, old | x |\n"
        "| code | string | no | yes | - | - | y |\n"
    )
    state, code = draft.entities["Order"].fields.values()
    assert (state.required, state.enum, state.default) == (True, ("new", "old"), "new")
    assert (code.required, code.unique, code.enum, code.default) == (False, True, (), None)


def test_a_named_list_of_values_belongs_to_the_field_of_that_name(shop):
    found = shop(
        "## Enums\n\n- BasketState: open, paid\n\n## Data model\n\n### Basket\n\n- id: uuid\n- state: string\n"
        "- size: int\n\n"
        "## API\n\n- `GET /baskets`\n"
    )
    assert found.domain_model.named("Basket").fields[1].enum == ("open", "paid")


def test_prose_below_a_known_noun_is_not_taken_for_fields(read):
    draft = read(
        HEAD + "## Data model\n\n### Order\n\n- id: uuid\n- title: string\n\n## Order\n\n"
        "- Life cycle: pending, then confirmed\n- Cancelling: only by its owner\n"
    )
    assert fields(draft, "Order") == ["id", "title"]


def test_a_field_table_without_a_noun_is_a_question(read):
    draft = read(HEAD + "## Overview\n\n| Field | Type |\n|---|---|\n| id | uuid |\n")
    assert not draft.entities
    assert ("Overview", "A table of fields does not say which entity it is of.") in draft.questions


def test_a_noun_without_fields_and_endpoints_is_no_entity(shop, ask):
    found = shop(
        "## Data model\n\n### Timestamps\n\nAll are in UTC.\n\n- Money is in cents\n\n## API\n\n- `GET /baskets`\n"
    )
    assert [entity.name for entity in found.domain_model.entities] == ["Basket", "Letter"]
    assert "not taken" in ask(found)["Timestamps"]


def test_two_descriptions_of_one_field_are_a_question(read):
    draft = read(HEAD + "## Entities\n\n### Order\n\n- size: integer\n- size: string\n- a: string\n")
    assert draft.entities["Order"].fields["size"].type == "integer"
    assert ("Order.size", "It is described twice, differently; the first was taken.") in draft.questions


def test_endpoints_listed_below_an_entity_are_no_doubtful_fields(read):
    draft = read(HEAD + "## Entities\n\n### Order\n\n- id: uuid\n- `POST /orders` creates one (201)\n")
    assert list(draft.entities["Order"].fields) == ["id"]
    assert not [question for _, question in draft.questions if "stands among its fields" in question]
    assert [endpoint.key for endpoint in draft.endpoints] == ["POST /orders"]
