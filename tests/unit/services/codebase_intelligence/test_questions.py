import pytest

from sluice.core.errors import InputError
from sluice.services.codebase_intelligence.index import CodeIndex
from sluice.services.codebase_intelligence.questions import events, routes

TREE = {
    "orders/main.py": """\
router = APIRouter(prefix="/v1/orders")
CHANNEL = "shop:OrderCreated"

@router.get("/{order_id}")
def read(order_id): ...

@router.get("/mine")
def mine(): ...

@router.post("")
def create():
    redis.xadd("events.OrderCreated", {})
    broker.publish(CHANNEL, x)

@app.get("/files/{path:path}")
def files(path): ...
""",
    "mail/main.ts": """\
bus.subscribe("order.created", handle);
app.get("/v1/orders/:id/mail-:kind", handler);
""",
    "tests/test_main.py": "bus.publish('order_created')\n",
}


@pytest.fixture
def database(tmp_path):
    for path, text in TREE.items():
        file = tmp_path / "tree" / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
    with CodeIndex(tmp_path / "tree", tmp_path / "cache") as index:
        index.refresh()
        yield index.database


@pytest.mark.parametrize(
    ("asked", "handlers"),
    [
        ("/v1/orders/42", ["read"]),
        ("GET /v1/orders/mine", ["mine", "read"]),
        ("/v1/orders/{id}", ["read"]),
        ("POST /v1/orders", ["create"]),
        ("/v1/orders/?limit=3", ["create"]),
        ("/files/a/b/c.txt", ["files"]),
        ("/v1/orders/7/mail-late", ["handler"]),
        ("/api/shop/v1/orders/42", ["read"]),
        ("/v1/orders/7/mail", []),
        ("DELETE /v1/orders/42", []),
        ("/", []),
    ],
)
def test_a_path_is_served_by_the_routes_whose_template_fits_it(database, asked, handlers):
    found = routes(database, asked)
    assert [hit.handler for hit in found] == handlers
    assert [hit.rank for hit in found] == list(range(1, len(handlers) + 1))


@pytest.mark.parametrize("name", ["OrderCreated", "order.created", "ORDER_CREATED", "events.OrderCreated"])
def test_an_event_has_its_publishers_and_consumers_whatever_its_spelling(database, name):
    publishers, consumers = events(database, name)
    assert [(use.path, use.line, use.call) for use in publishers] == [
        ("orders/main.py", 12, "xadd"),
        ("orders/main.py", 13, "publish"),
        ("tests/test_main.py", 1, "publish"),
    ]
    assert [(use.path, use.line, use.call) for use in consumers] == [("mail/main.ts", 1, "subscribe")]


def test_an_event_that_nobody_names_has_neither(database):
    assert events(database, "OrderCancelled") == ([], [])


def test_what_is_no_path_and_no_event_is_refused(database):
    with pytest.raises(InputError, match="no path"):
        routes(database, "orders")
    with pytest.raises(InputError, match="no event name"):
        events(database, "…")
