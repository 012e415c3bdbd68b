import pytest


@pytest.mark.parametrize("path", ["order-items", "order_items", "orderItems", "orderitems", "OrderItem"])
def test_a_path_names_an_entity_of_two_words_in_any_notation(shop, path):
    found = shop(
        "## Data model\n\n### OrderItem\n\n- id: uuid\n- size: integer\n\n"
        f"## shop-service\n\nOwns OrderItem.\n\n- `POST /{path}` creates one (201)\n"
    )
    stub = next(s.document for s in found.contract_stubs if (s.service, s.kind) == ("shop-service", "openapi"))
    assert stub["paths"][f"/{path}"]["post"]["x-sluice"].items() >= {"kind": "create", "entity": "OrderItem"}.items()
