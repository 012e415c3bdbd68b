from sluice.services.architect.decompose import decompose

UNNAMED = """# Library

## Data model

### Book

- id: uuid
- title: string

### BookCopy

- id: uuid
- book_id: uuid, references Book
- shelf: string

### Reader

- id: uuid
- name: string

### Loan

- id: uuid
- reader_id: uuid, references Reader

## API

- `POST /books`
- `GET /books/{book_id}/copies`
- `GET /readers`
- `POST /readers/{reader_id}/loans`
"""


def test_without_named_services_entities_are_grouped_with_little_confidence(ask):
    found = decompose(UNNAMED)
    assert {service.name: service.entities for service in found.service_map.services} == {
        "book-service": ("Book", "BookCopy"),
        "reader-service": ("Reader", "Loan"),
    }
    assert all(service.confidence < 1 for service in found.service_map.services)
    assert {"book-service", "reader-service"} <= ask(found).keys()


def test_entities_go_where_their_endpoints_are(shop):
    found = shop(
        "## Data model\n\n### Stamp\n\n- id: uuid\n- colour: string\n\n## mail-service\n\n- `POST /stamps`\n\n"
        "## shop-service\n\n- `GET /baskets`\n"
    )
    assert found.domain_model.named("Stamp").owner == "mail-service"


def test_a_guessed_owner_is_asked_about(shop, ask):
    found = shop("## Data model\n\n### Stamp\n\n- id: uuid\n- letter_id: references Letter\n- colour: string\n")
    assert found.domain_model.named("Stamp").owner == "mail-service"
    assert "which service owns" in ask(found)["Stamp"]


def test_a_service_without_endpoints_gets_the_least_and_a_question(shop, ask):
    found = shop("## shop-service\n\n- `GET /baskets`\n")
    endpoints = found.service_map.named("mail-service").endpoints
    assert [f"{e.method} {e.path}" for e in endpoints] == ["POST /letters", "GET /letters", "GET /letters/{id}"]
    assert "assumed" in ask(found)["mail-service"]


def test_an_endpoint_of_nobody_is_left_out_and_asked(shop, ask):
    found = shop("## API\n\n- `GET /baskets`\n- `GET /weather`\n")
    assert [e.path for e in found.service_map.named("shop-service").endpoints] == ["/baskets"]
    assert "left out" in ask(found)["GET /weather"]


def test_an_entity_inside_an_array_is_part_of_its_holder(shop, contract_of):
    found = shop(
        "## Data model\n\n### Basket\n\n- id: uuid\n- lines: array of BasketLine\n\n### BasketLine\n\n- id: uuid\n"
        "- basket_id: uuid\n- article: string\n- quantity: integer\n\n## shop-service\n\n- `POST /baskets`\n"
    )
    lines = found.domain_model.named("Basket").fields[1]
    assert [field.name for field in lines.items] == ["article", "quantity"]
    assert "BasketLine" not in contract_of(found, "shop-service")["components"]["schemas"]


def test_fields_that_only_a_body_names_are_added_and_asked(shop, ask):
    found = shop(
        "## shop-service\n\n"
        "- `POST /baskets` Request: `{colour, size: integer}`, returns 201 `{id, colour, weight: number}`\n"
    )
    fields = {field.name: field for field in found.domain_model.named("Basket").fields}
    assert (fields["colour"].required, fields["size"].type, fields["weight"].read_only) == (False, "integer", True)
    assert {"Basket.colour", "Basket.size", "Basket.weight"} <= ask(found).keys()


def test_a_key_of_another_name_or_type_is_an_id_with_a_question(shop, ask):
    found = shop(
        "## Data model\n\n### Basket\n\n- basket_id: uuid, primary key\n- size: int\n\n### Letter\n\n- id: int\n"
        "- text: text\n"
    )
    assert [field.name for field in found.domain_model.named("Basket").fields] == ["id", "size"]
    assert found.domain_model.named("Letter").fields[0].type == "uuid"
    assert {"Basket.basket_id", "Letter.id"} <= ask(found).keys()


def test_a_reference_to_nothing_is_asked_about(shop, ask):
    found = shop("## Data model\n\n### Basket\n\n- id: uuid\n- seller: uuid, references Trader\n- external_id: uuid\n")
    fields = {field.name: field for field in found.domain_model.named("Basket").fields}
    assert fields["seller"].references is None
    assert fields["external_id"].references is None
    assert "Trader" in ask(found)["Basket.seller"]
    assert "Basket.external_id" not in ask(found)
