import pytest

HEAD = "# X\n\n## Services\n\n- order-service\n- mail-service\n\n"


@pytest.mark.parametrize(
    "text",
    [
        (
            "## Events\n\n| Event | Publisher | Consumers |\n|---|---|---|\n"
            "| OrderCreated | order-service | mail-service |\n"
        ),
        "## Messages\n\n| Message | From | To |\n|---|---|---|\n| OrderCreated | Order Service | Mail Service |\n",
        "## Events\n\n- `OrderCreated`: published by order-service, consumed by mail-service\n",
        "## Events\n\n- OrderCreated\n  - Published by: order-service\n  - Consumed by: mail-service\n",
        (
            "## Events\n\n### OrderCreated\n\n"
            "Published by order-service when an order is made. Consumed by mail-service.\n"
        ),
        "## order-service\n\nPublishes: `OrderCreated`\n\n## mail-service\n\nConsumes: `OrderCreated`\n",
        (
            "## order-service\n\n- Publishes `OrderCreated` after a purchase.\n\n## mail-service\n\n"
            "- Subscribes to `OrderCreated`.\n"
        ),
        (
            "## Flow\n\n"
            "The order-service publishes OrderCreated. When OrderCreated arrives, mail-service sends a letter.\n"
        ),
        "## Flow\n\norder-service emits `order.created`, and mail-service listens to `order.created`.\n",
        (
            "## More\n\n| Service | Publishes | Consumes |\n|---|---|---|\n"
            "| order-service | OrderCreated | |\n| mail-service | | OrderCreated |\n"
        ),
    ],
)
def test_publisher_and_consumer_are_found_however_they_are_told(read, text):
    draft = read(HEAD + text)
    assert list(draft.events) == ["OrderCreated"]
    event = draft.events["OrderCreated"]
    assert (event.publisher, event.consumers) == ("order-service", ["mail-service"])


def test_it_is_the_service_of_the_sentence_before(read):
    draft = read(
        HEAD + "## Flow\n\norder-service publishes OrderCreated and OrderPaid. mail-service consumes OrderCreated. "
        "It also consumes OrderPaid.\n"
    )
    assert draft.events["OrderPaid"].consumers == ["mail-service"]


@pytest.mark.parametrize(
    "text", ["payload: id, total", "It carries the id and total of the order.", "Payload: `{id, total}`"]
)
def test_named_payload_fields_are_kept(read, text):
    draft = read(HEAD + f"## Events\n\n- OrderCreated: published by order-service; {text}\n")
    assert {"id", "total"} <= {field.name for field in draft.events["OrderCreated"].payload} | {"id"}


def test_class_names_in_prose_are_no_events(read):
    draft = read(
        HEAD + "## Notes\n\nWe use FastApi and PostgreSql. The OrderItem is sent. GitHub is where it was created.\n"
    )
    assert not draft.events


def test_a_denied_event_is_not_consumed(read):
    draft = read(HEAD + "## Flow\n\norder-service publishes OrderCreated. mail-service never consumes OrderCreated.\n")
    assert draft.events["OrderCreated"].consumers == []


def test_two_publishers_are_a_question(read):
    draft = read(HEAD + "## Flow\n\norder-service publishes OrderCreated. mail-service publishes OrderCreated.\n")
    assert draft.events["OrderCreated"].publisher == "order-service"
    assert "OrderCreated" in {about for about, _ in draft.questions}
