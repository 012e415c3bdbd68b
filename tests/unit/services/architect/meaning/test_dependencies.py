import pytest


def needs(found):
    return {service.name: service.depends_on for service in found.service_map.services}


@pytest.mark.parametrize(
    "text",
    [
        "## shop-service\n\nDepends on: mail-service\n",
        "## shop-service\n\nIt calls mail-service for each basket.\n",
        "## Flow\n\nThe shop-service depends on the Mail Service.\n",
        "## More\n\n| Service | Depends on |\n|---|---|\n| shop-service | mail-service |\n",
    ],
)
def test_what_the_document_says_is_a_dependency(shop, text):
    assert needs(shop(text)) == {"shop-service": ("mail-service",), "mail-service": ()}


def test_a_reference_and_an_event_are_dependencies_too(shop):
    found = shop("## Events\n\n- BasketPaid: published by shop-service, consumed by mail-service\n")
    assert needs(found)["mail-service"] == ("shop-service",)


def test_derived_dependencies_never_close_a_cycle(shop):
    found = shop(
        "## Events\n\n- BasketPaid: published by shop-service, consumed by mail-service\n"
        "- LetterSent: published by mail-service, consumed by shop-service\n"
    )
    assert needs(found) == {"shop-service": (), "mail-service": ("shop-service",)}


def test_a_cycle_of_the_document_itself_is_kept_and_asked_about(shop, ask):
    found = shop("## Flow\n\nshop-service calls mail-service.\n\nmail-service calls shop-service.\n")
    assert needs(found) == {"shop-service": ("mail-service",), "mail-service": ("shop-service",)}
    assert "cycle" in ask(found)["shop-service"]


def test_what_is_denied_is_no_dependency(shop):
    assert needs(shop("## Flow\n\nshop-service never calls mail-service.\n"))["shop-service"] == ()
