import pytest


def named(draft):
    return list(draft.services)


@pytest.mark.parametrize(
    "text",
    [
        "# X\n\n## Services\n\n| Service | Role |\n|---|---|\n| order-service | a |\n| mail-service | b |\n",
        "# X\n\n## Services\n\n- **order-service**: a\n- **mail-service** - b\n",
        "# X\n\n## Services\n\n- order-service — a\n- mail-service: b\n",
        "# X\n\n## Microservices\n\n### order-service\n\na\n\n### mail-service\n\nb\n",
        "# X\n\n## 4. Order Service (order-service)\n\na\n\n## 5. Mail service\n\nb\n",
        "# X\n\n## Service: order-service\n\na\n\n## Service: mail-service\n\nb\n",
        "# X\n\nThe `order-service` tells the mail-service. The order-service works.\n",
    ],
)
def test_services_are_found_however_they_are_listed(read, text):
    assert named(read(text)) == ["order-service", "mail-service"]


def test_headings_below_services_need_no_suffix(read):
    draft = read("# X\n\n## 2. Services\n\n### 2.1 Billing\n\nMoney.\n\n### 2.2 Stock\n\n### Overview\n")
    assert named(draft) == ["billing", "stock"]
    assert draft.services["billing"].description == "Money."


@pytest.mark.parametrize(
    "title",
    [
        "Messages between services",
        "How each service is deployed",
        "Why a new billing service is needed",
        "Customer service",
    ],
)
def test_headings_about_services_are_none(read, title):
    assert named(read(f"# X\n\n## {title}\n\n### Monday\n\ntext\n")) == []


def test_a_title_that_speaks_of_microservices_makes_no_service_of_its_chapters(read):
    assert named(read("# Microservices for shops\n\n## Goals\n\n## Orders\n\n")) == []


def test_all_notations_of_a_name_are_the_same_service(read):
    draft = read("# X\n\n## Services\n\n- Order Service\n- mail-service\n\n## order-service\n\nText.\n")
    assert named(draft) == ["order-service", "mail-service"]
    assert draft.service_of("the Order service") == "order-service"
    assert draft.service_of("order") == "order-service"


def test_infrastructure_is_asked_about(read):
    draft = read("# X\n\n## Services\n\n- order-service\n- PostgreSQL\n- API Gateway\n")
    asked = {about for about, _ in draft.questions}
    assert named(draft) == ["order-service"]
    assert asked == {"PostgreSQL", "API Gateway"}


def test_a_service_that_is_only_mentioned_beside_a_list_is_a_question(read):
    draft = read("# X\n\n## Services\n\n- order-service\n\n## Flow\n\nThe ghost-service and self-service are nice.\n")
    assert named(draft) == ["order-service"]
    assert [about for about, _ in draft.questions] == ["ghost-service"]


def test_what_is_out_of_scope_is_not_read(read):
    draft = read("# X\n\n## Services\n\n- order-service\n\n## Out of scope\n\n### Later services\n\n- mail-service\n")
    assert named(draft) == ["order-service"]
    assert not draft.questions


def test_a_name_in_kebab_case_may_hold_any_word(read):
    draft = read("# X\n\n## plan-a-service\n\n## point-to-point-service\n\n## Choosing a service\n\n## self-service\n")
    assert named(draft) == ["plan-a-service", "point-to-point-service"]
