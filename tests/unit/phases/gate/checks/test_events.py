import pytest

from sluice.model.decomposition import Decomposition
from sluice.model.domain import DomainModel
from sluice.model.service_map import Service, ServiceMap


def asyncapi(title, *, sends=(), receives=()):
    names = [*sends, *receives]
    channels = "".join(f"  {n}: {{address: events.{n}, messages: {{{n}: {{}}}}}}\n" for n in names)
    operations = "".join(f"  op{n}: {{action: send, channel: {{$ref: '#/channels/{n}'}}}}\n" for n in sends)
    operations += "".join(f"  on{n}: {{action: receive, channel: {{$ref: '#/channels/{n}'}}}}\n" for n in receives)
    return f"asyncapi: 3.0.0\ninfo: {{title: {title}, version: '1'}}\nchannels:\n{channels}operations:\n{operations}"


DEAD = {
    "contract": {"a/asyncapi.yaml": asyncapi("a", sends=["OrderCreated"])},
    "other event consumed": {
        "a/asyncapi.yaml": asyncapi("a", sends=["OrderCreated"]),
        "b/asyncapi.yaml": asyncapi("b", receives=["OrderPaid"]),
    },
    "redis stream": {"a/app.py": 'def f(redis):\n    redis.xadd("events.OrderCreated", {})'},
    "redis channel": {"a/app.py": 'def f(redis):\n    redis.publish("order.created", "x")'},
    "constant": {"a/app.py": 'TOPIC = "order.created"\ndef f(redis):\n    redis.publish(TOPIC, "x")'},
    "kafka": {"a/app.py": 'def f(producer):\n    producer.send("order.created", b"x")'},
    "rabbit": {
        "a/app.py": 'def f(channel):\n    channel.basic_publish(exchange="e", routing_key="order.created", body=b"")'
    },
    "wrapper": {
        "a/bus.py": "def emit(redis, name, data):\n    redis.xadd(f'events.{name}', data)",
        "a/app.py": "from bus import emit\ndef f(redis):\n    emit(redis, 'OrderCreated', {})",
    },
    "event object": {"a/app.py": "class OrderCreated: ...\ndef f(bus):\n    bus.publish(OrderCreated(id=1))"},
    "consumer of another one": {
        "a/app.py": 'def f(redis):\n    redis.xadd("events.OrderCreated", {})',
        "b/app.py": 'def f(redis):\n    redis.xreadgroup("g", "c", {"events.OrderPaid": ">"})',
    },
}
ALIVE = {
    "contract": {
        "a/asyncapi.yaml": asyncapi("a", sends=["OrderCreated"]),
        "b/asyncapi.yaml": asyncapi("b", receives=["OrderCreated"]),
    },
    "code": {
        "a/app.py": 'def f(redis):\n    redis.xadd("events.OrderCreated", {})',
        "b/app.py": 'def f(redis):\n    redis.xreadgroup("g", "c", {"events.OrderCreated": ">"})',
    },
    "published by contract, consumed by code": {
        "a/asyncapi.yaml": asyncapi("a", sends=["OrderCreated"]),
        "b/app.py": 'STREAM = "events.OrderCreated"\ndef f(redis):\n    redis.xread({STREAM: "$"})',
    },
    "pattern": {
        "a/app.py": 'def f(redis):\n    redis.publish("order.created", "x")',
        "b/app.py": 'def f(pubsub):\n    pubsub.psubscribe("order.*")',
    },
    "table of handlers": {
        "a/app.py": 'def f(redis):\n    redis.xadd("events.OrderCreated", {})',
        "b/app.py": 'HANDLERS = {"OrderCreated": print_it}\ndef f(redis):\n'
        '    redis.xreadgroup("g", "c", {stream_of(n): ">" for n in HANDLERS})',
    },
    "decorator": {
        "a/app.py": 'def f(redis):\n    redis.publish("order.created", "x")',
        "b/app.py": '@broker.subscriber("order.created")\nasync def on_order(m): ...',
    },
    "kafka": {
        "a/app.py": 'def f(producer):\n    producer.send("order.created", b"x")',
        "b/app.py": "from kafka import KafkaConsumer\nc = KafkaConsumer('order.created')",
    },
    "event object": {
        "a/app.py": "class OrderCreated: ...\ndef f(bus):\n    bus.publish(OrderCreated(id=1))",
        "b/app.py": "class OrderCreated: ...\ndef f(bus, h):\n    bus.subscribe(OrderCreated, h)",
    },
    "own function of that name": {
        "a/effects.py": "def publish(name):\n    return name",
        "a/app.py": "import effects\nX = effects.publish('operations')",
    },
    "unknown name": {"a/app.py": "def f(redis, name):\n    redis.publish(name, 'x')"},
}


@pytest.mark.req("R0-088")
@pytest.mark.parametrize("files", DEAD.values(), ids=DEAD.keys())
def test_an_event_that_nobody_consumes_is_found(compute_check, files):
    assert [finding.service for finding in compute_check("DEAD-001", files)] == ["a"]


@pytest.mark.req("R0-088")
@pytest.mark.parametrize("files", ALIVE.values(), ids=ALIVE.keys())
def test_an_event_with_a_consumer_is_left_alone(compute_check, files):
    assert compute_check("DEAD-001", files) == []


def test_the_service_map_counts_too(compute_check):
    def mapped(*services):
        return Decomposition(service_map=ServiceMap(services=services), domain_model=DomainModel())

    publisher = Service(name="a", original_name="a", publishes=("OrderCreated",))
    consumer = Service(name="b", original_name="b", consumes=("OrderCreated",))
    files = {"a/app.py": "x = 1"}
    assert len(compute_check("DEAD-001", files, decomposition=mapped(publisher))) == 1
    assert compute_check("DEAD-001", files, decomposition=mapped(publisher, consumer)) == []
