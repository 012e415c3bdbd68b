import pytest

from sluice.services.architect.reading import names


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Order Service", "order-service"),
        ("order-service", "order-service"),
        ("OrderService", "order-service"),
        ("../../etc/passwd", "etc-passwd"),
        ("$(touch x)", "touch-x"),
        ("Überweisung & Co", "uberweisung-co"),
        ("Größen", "grossen"),
        ("3d printing", "d-printing"),
        ("architect", "architect-service"),
        ("redis", "redis-service"),
        ("{{7*7}}", ""),
        ("サービス", "sabisu"),
        ("订单服务", "ding-dan-fu-wu"),
        ("\N{GRINNING FACE}", ""),
    ],
)
def test_a_service_name_is_safe(written, expected):
    assert names.service_name(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("order items", "OrderItem"),
        ("OrderItem", "OrderItem"),
        ("Categories", "Category"),
        ("status", "Status"),
        ("addresses", "Address"),
        ("news", "News"),
        ("None", "NoneRecord"),
        ("Exception", "ExceptionRecord"),
        ("Error", "ErrorRecord"),
        ("7*7", ""),
    ],
)
def test_an_entity_name_is_a_singular_class_name(written, expected):
    assert names.entity_name(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("userId", "user_id"), ("First name", "first_name"), ("from", "from_value"), ("1st", "st"), ("--", "")],
)
def test_a_field_name_is_an_identifier(written, expected):
    assert names.field_name(written) == expected


def test_an_event_name_keeps_its_number():
    assert names.event_name("order.items_changed") == "OrderItemsChanged"


@pytest.mark.parametrize("make", [names.service_name, names.entity_name, names.field_name, names.event_name])
def test_long_names_are_cut(make):
    assert 0 < len(make("word " * 100)) <= 51
    assert 0 < len(make("w" * 300)) <= 51


def test_plural_and_singular_are_inverse_for_usual_nouns():
    for noun in ("order", "category", "box", "warehouse", "person", "analysis", "invoice", "shelf"):
        assert names.singular(names.plural(noun)) == noun


def test_numbers_of_headings_are_left_out():
    assert names.without_number("3.1.2 Order") == "Order"
    assert names.without_number("4) Order") == "Order"
    assert names.without_number("2024 in review") == "in review"


def test_a_warmed_up_architect_has_its_grammar_before_the_first_document():
    names.warm_up().join()
    before = names._engine.cache_info().misses
    assert names.singular("parcels") == "parcel"
    assert names._engine.cache_info().misses == before
