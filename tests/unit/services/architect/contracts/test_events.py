import pytest

from sluice.model.hints import EXTENSION, ConsumeHint

BASE = """## Data model

### Basket

- id: uuid
- buyer_id: uuid
- state: one of open, paid, cancelled; default open
- size: integer

### Letter

- id: uuid
- basket_id: uuid, references Basket
- buyer_id: uuid
- kind: one of basket_paid, other
- state: one of new, sent
- text: string
- note: text, optional

## shop-service

- `POST /baskets`
- `PATCH /baskets/{id}`
- `POST /baskets/{id}/pay` sets the state to `paid`
- `DELETE /baskets/{id}`

## mail-service

- `GET /letters`

"""


@pytest.fixture
def told(shop, contract_of):
    def of(text, service="mail-service", event="BasketPaid"):
        document = contract_of(shop(f"{BASE}## Events\n\n{text}\n"), service, "asyncapi")
        name = f"on{event}" if service == "mail-service" else f"publish{event}"
        return document["operations"][name][EXTENSION]

    return of


@pytest.mark.parametrize(
    ("event", "operations"),
    [
        ("BasketCreated", ["createBasket"]),
        ("BasketUpdated", ["updateBasket"]),
        ("BasketDeleted", ["deleteBasket"]),
        ("BasketPaid", ["payBasket"]),
        ("BasketCancelled", ["updateBasket"]),
    ],
)
def test_an_event_belongs_to_the_operations_that_make_it_true(told, event, operations):
    hint = told(f"- {event}: published by shop-service, consumed by mail-service", "shop-service", event)
    assert hint == {"on": operations, "entity": "Basket"}


def test_an_event_that_nothing_makes_true_is_asked_about(shop, ask):
    found = shop(f"{BASE}## Events\n\n- BasketForgotten: published by shop-service, consumed by mail-service\n")
    assert "No operation" in ask(found)["BasketForgotten"]


def test_payloads_carry_the_row_without_secrets_and_what_the_text_adds(shop):
    found = shop(
        f"{BASE}## Events\n\n"
        f"- BasketPaid: published by shop-service, consumed by mail-service. Payload: basket_id, amount: number\n"
    )
    payload = found.events[0].payload
    assert set(payload["properties"]) == {"id", "buyer_id", "state", "size", "basket_id", "amount"}
    assert "amount" not in payload["required"]
    assert {"id", "basket_id"} <= set(payload["required"])


def test_a_password_is_never_carried(shop):
    found = shop(
        "## Data model\n\n### User\n\n- id: uuid\n- email: string\n- password: string\n\n## shop-service\n\n"
        "Owns: User\n\n"
        "- `POST /users`\n- `POST /login`\n\n## Events\n\n- UserRegistered: published by shop-service, "
        "consumed by mail-service. Payload: id, email, password\n"
    )
    assert set(found.events[0].payload["properties"]) == {"id", "email"}


def test_a_consumer_creates_its_row_from_the_payload(told):
    hint = ConsumeHint.model_validate(
        told("- BasketPaid: published by shop-service, consumed by mail-service, which creates a letter")
    )
    assert hint.creates == "Letter"
    assert hint.values["basket_id"].from_field == "id"
    assert hint.values["buyer_id"].from_field == "buyer_id"
    assert hint.values["kind"].const == "basket_paid"
    assert hint.values["text"].const == "BasketPaid"
    assert "note" not in hint.values


def test_a_consumer_changes_the_row_that_the_payload_points_to(shop, contract_of):
    found = shop(
        f"{BASE}## Events\n\n- LetterSent: published by mail-service, consumed by shop-service\n\n"
        "When LetterSent arrives, shop-service marks the basket as cancelled.\n"
    )
    hint = contract_of(found, "shop-service", "asyncapi")["operations"]["onLetterSent"][EXTENSION]
    assert hint == {
        "updates": "Basket",
        "key": {"from_field": "basket_id"},
        "values": {"state": {"const": "cancelled"}},
    }


def test_what_the_event_does_not_bring_becomes_optional_where_only_events_make_rows(shop, ask):
    text = BASE.replace("- text: string", "- text: string\n- weight: number")
    found = shop(
        f"{text}## Events\n\n- BasketPaid: published by shop-service, consumed by mail-service which adds a letter\n"
    )
    weight = next(field for field in found.domain_model.named("Letter").fields if field.name == "weight")
    assert not weight.required
    assert "BasketPaid" in ask(found)["Letter.weight"]


def test_channels_and_messages_are_named_after_the_event(shop, contract_of):
    found = shop(f"{BASE}## Events\n\n- BasketPaid: published by shop-service, consumed by mail-service\n")
    document = contract_of(found, "shop-service", "asyncapi")
    assert document["asyncapi"] == "3.0.0"
    assert document["channels"]["BasketPaid"]["address"] == "events.BasketPaid"
    assert document["components"]["messages"]["BasketPaid"]["payload"] == {"$ref": "#/components/schemas/BasketPaid"}
    assert document["operations"]["publishBasketPaid"]["action"] == "send"


def test_a_service_without_events_has_no_asyncapi_contract(shop):
    assert {stub.kind for stub in shop(BASE).contract_stubs} == {"openapi"}
