import pytest

from sluice.services.architect.reading import paths

HEAD = "# X\n\n## Services\n\n- order-service\n- mail-service\n\n"


def keys(draft):
    return [endpoint.key for endpoint in draft.endpoints]


@pytest.mark.parametrize(
    "text",
    [
        "## order-service\n\n- `POST /orders` makes one\n",
        "## order-service\n\n- POST `/orders`: makes one\n",
        "## order-service\n\n| Method | Path |\n|---|---|\n| POST | /orders |\n",
        "## order-service\n\n| Endpoint | What |\n|---|---|\n| `POST /orders` | makes one |\n",
        "## order-service\n\n### POST /orders\n\nMakes one.\n",
        "## order-service\n\n```http\nPOST /orders\n```\n",
        "## order-service\n\nA client calls `POST /orders/` for it.\n",
        "## order-service\n\n`POST https://example.com/orders` makes one.\n",
        "## API\n\n| Service | Method | Path |\n|---|---|---|\n| order-service | post | orders |\n",
        "## API\n\n- order-service: `POST /orders`\n",
        "## API\n\n- order-service\n  - `POST /orders` makes one\n",
    ],
)
def test_an_endpoint_is_found_anywhere_with_its_service(read, text):
    draft = read(HEAD + text)
    assert [(endpoint.key, endpoint.service) for endpoint in draft.endpoints] == [("POST /orders", "order-service")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/orders/:id", "/orders/{id}"),
        ("/orders/<int:id>/", "/orders/{id}"),
        ("/orders/{orderId}.", "/orders/{order_id}"),
        ("/a/../b", None),
        ("/{{7*7}}", "/77"),
        ("/x?y=1", "/x"),
        ("/", None),
        ("/" + "a" * 300, "/" + "a" * 64),
    ],
)
def test_paths_are_canonical_and_safe(written, expected):
    found = paths.target(written)
    assert (found.path if found else None) == expected


def test_what_is_said_about_an_endpoint_is_kept(read):
    draft = read(
        HEAD + "## order-service\n\n"
        "- `POST /orders` (JWT) places an order. Request: `{items: [{product}], note?}`, returns 201\n"
        "  `{id, status}`; 409 when it exists.\n"
    )
    endpoint = draft.endpoints[0]
    assert endpoint.auth is True
    assert [field.name for field in endpoint.request] == ["items", "note"]
    assert [field.name for field in endpoint.response] == ["id", "status"]
    assert endpoint.statuses == [201, 409]
    assert endpoint.summary == "places an order"


def test_bodies_below_a_heading_are_told_apart_by_their_labels(read):
    draft = read(
        HEAD + '## order-service\n\n### POST /orders\n\nRequest:\n\n```json\n{"title": "x"}\n```\n\nResponse 201:\n\n'
        '```json\n{"id": "x", "title": "x"}\n```\n'
    )
    assert [field.name for field in draft.endpoints[0].request] == ["title"]
    assert [field.name for field in draft.endpoints[0].response] == ["id", "title"]


@pytest.mark.parametrize(
    "text",
    [
        "`GET /orders?status=&page=2`",
        "`GET /orders` lists them; filter by status",
        "`GET /orders` supports ?status= and ?limit=",
    ],
)
def test_filters_are_found_and_paging_is_none(read, text):
    assert read(f"{HEAD}## order-service\n\n- {text}\n").endpoints[0].filters == ["status"]


def test_a_declaration_elsewhere_wins_over_a_mention(read):
    draft = read(
        HEAD + "## mail-service\n\nIt is called after `POST /orders`, never before it.\n\n## order-service\n\n"
        "- `POST /orders`\n"
    )
    assert [(endpoint.key, endpoint.service) for endpoint in draft.endpoints] == [("POST /orders", "order-service")]


@pytest.mark.parametrize(
    "text", ["There is no `DELETE /orders/{id}` here.", "Clients must not call `DELETE /orders/{id}`."]
)
def test_what_is_denied_is_no_endpoint(read, text):
    assert keys(read(f"{HEAD}## order-service\n\n{text}\n")) == []


def test_out_of_scope_and_health_are_left_out(read):
    draft = read(HEAD + "## order-service\n\n- `GET /health`\n\n## Out of scope\n\n- `POST /payments`\n")
    assert keys(draft) == []


def test_lines_of_mentions_are_exact(read):
    draft = read("# X\n\nOne\ntwo `GET /a`\nthree `GET /b`\n")
    assert [endpoint.span.line_start for endpoint in draft.endpoints] == [4, 5]
