"""DEAD-001: events that nobody consumes, by contract and by code."""

from typing import Any, Final

from sluice.commands.gate_proof.edits import at_end, in_function, new_file
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition

_ASYNC = """
{}asyncapi: 3.0.0
info: {{title: {}, version: 1.0.0}}
channels:
  {}: {{address: {}, messages: {{{}: {{payload: {{type: object}}}}}}}}
operations:
  operate: {{action: {}, channel: {{$ref: '#/channels/{}'}}}}
"""
_OLD = """
{}asyncapi: 2.6.0
info: {{title: old, version: 1.0.0}}
channels:
  {}:
    {}: {{message: {{name: {}, payload: {{type: object}}}}}}
"""


def _contract(event: str, action: str, *, title: str = "more", address: str = "", mark: str = "§") -> Edit:
    text = _ASYNC.format(mark, title, event, address or f"events.{event}", event, action, event)
    return new_file(f"contracts/{event}-{action}.asyncapi.yaml", text)


def _registered(event: str, *, consumer: bool) -> Edit:
    """In a run: the ServiceMap and the registered AsyncAPI contract say that a service publishes it."""

    def edit(site: Site) -> None:
        contracts, decomposition = site.given.contracts, site.given.decomposition
        if contracts is None or decomposition is None:
            raise Unfit("there is no run")
        own = contracts.of(site.service.name, "asyncapi")
        if own is None:
            raise Unfit(f"{site.service.name} has no AsyncAPI contract")
        document = {**own.document}
        pointer: Any = {"$ref": f"#/channels/{event}"}
        channels: Any = document["channels"]
        operations: Any = document["operations"]
        document["channels"] = {**channels, event: {"address": f"events.{event}", "messages": {event: {}}}}
        more = {f"publish{event}": {"action": "send", "channel": pointer}}
        if consumer:
            more[f"on{event}"] = {"action": "receive", "channel": pointer}
        document["operations"] = {**operations, **more}
        changed = own.model_copy(update={"document": document})
        rows = tuple(changed if row is own else row for row in contracts.contracts)
        site.change(contracts=ContractSet(contracts=rows))
        site.services.add(site.service.name)

    return edit


def _mapped(event: str, *, consumer: bool) -> Edit:
    """In a run: only the ServiceMap says so."""

    def edit(site: Site) -> None:
        decomposition: Decomposition | None = site.given.decomposition
        if decomposition is None:
            raise Unfit("there is no run")
        services = []
        for at, service in enumerate(decomposition.service_map.services):
            changes = {}
            if service.name == site.service.name:
                changes = {"publishes": (*service.publishes, event)}
            elif consumer and at in {0, 1}:
                changes = {"consumes": (*service.consumes, event)}
            services.append(service.model_copy(update=changes))
        changed = decomposition.service_map.model_copy(update={"services": tuple(services)})
        site.change(decomposition=decomposition.model_copy(update={"service_map": changed}))
        site.services.add(site.service.name)

    return edit


_PLANTS = {
    "stream": in_function('§bus.xadd("events.ParcelLost", {"data": "{}"})'),
    "channel": in_function('§bus.publish("stock.emptied", "1")'),
    "constant": at_end(
        """
        TOPIC = "customer.gone"


        def leave(bus) -> None:
            §bus.publish(TOPIC, "{}")
        """
    ),
    "f-string": at_end(
        """
        PREFIX = "events."


        def refund(bus) -> None:
            §bus.xadd(f"{PREFIX}RefundIssued", {"data": "{}"})
        """
    ),
    "kafka": at_end(
        """
        def send_invoice(producer) -> None:
            §producer.send("invoice.sent", b"1")
        """
    ),
    "rabbit": at_end(
        """
        def queue_it(channel) -> None:
            §channel.basic_publish(exchange="shop", routing_key="coupon.used", body=b"{}")
        """
    ),
    "keyword": at_end(
        """
        async def tell(broker) -> None:
            §await broker.publish({"a": 1}, channel="address.changed")
        """
    ),
    "through a function": at_end(
        """
        def emit(bus, name: str) -> None:
            bus.xadd(f"events.{name}", {"data": "{}"})


        def close_account(bus) -> None:
            §emit(bus, "AccountClosed")
        """
    ),
    "event object": at_end(
        """
        class PriceDropped:
            amount: int = 0


        def drop(bus) -> None:
            §bus.publish(PriceDropped())
        """
    ),
}
_FOLDER_PLANTS = {
    "contract": _contract("BasketAbandoned", "send"),
    "contract of AsyncAPI 2": new_file(
        "contracts/old.asyncapi.yaml", _OLD.format("§", "gift.wrapped", "subscribe", "GiftWrapped")
    ),
    "consumer of a similar event": _contract("ReturnAnnounced", "send", address="events.ReturnAnnounced"),
}
_TWINS = {
    "consumed by a stream reader": at_end(
        """
        def produce_one(bus) -> None:
            bus.xadd("events.ShelfMoved", {"data": "{}"})


        def consume_one(bus) -> None:
            bus.xreadgroup("g", "c", {"events.ShelfMoved": ">"})
        """
    ),
    "consumed by a subscriber": at_end(
        """
        def produce_two(bus, pubsub) -> None:
            bus.publish("label.printed", "x")
            pubsub.subscribe("label.printed")
        """
    ),
    "consumed by pattern": at_end(
        """
        def produce_three(bus, pubsub) -> None:
            bus.publish("door.opened", "x")
            pubsub.psubscribe("door.*")
        """
    ),
    "consumed by a decorated function": at_end(
        """
        def wire(broker, bus) -> None:
            bus.publish("lamp.sold", "x")

            @broker.subscriber("lamp.sold")
            async def on_lamp(message: dict) -> None:
                del message
        """
    ),
    "other spelling": at_end(
        """
        def produce_four(bus) -> None:
            bus.xadd("events.TruckLoaded", {"data": "{}"})
            bus.xread({"events:truck_loaded": "$"})
        """
    ),
    "publishing in the other sense": at_end(
        """
        class Library:
            def publish(self, title: str) -> str:
                return title


        def printed(library: Library) -> str:
            return library.publish
        """
    ),
    "event object that is handled": at_end(
        """
        class TruckLeft:
            number: int = 0


        def leave_now(bus, handler) -> None:
            bus.publish(TruckLeft())
            bus.subscribe(TruckLeft, handler)
        """
    ),
    "comment": in_function('# bus.publish("never.sent", "x")'),
    "text": in_function('note = "bus.xadd(events.NeverSent)"\ndel note'),
    "test": new_file("tests/test_bus.py", 'def test_it(bus):\n    assert bus.publish("only.in.tests", "x")'),
    "name only run time knows": at_end("def any_event(bus, name: str) -> None:\n    bus.publish(name, 'x')"),
}
_RUN = {
    f"{way} says {event}": (registered(event, consumer=False), registered(event, consumer=True))
    for way, registered in (("contract", _registered), ("ServiceMap", _mapped))
    for event in ("SlotFreed", "DoctorAway")
}

OPERATORS: Final = (
    Operator(
        check="DEAD-001",
        plants=(
            *variants(_PLANTS),
            *variants(_FOLDER_PLANTS, needs="folder"),
            *variants({name: pair[0] for name, pair in _RUN.items()}, needs="run", touches="contracts", whole=True),
        ),
        twins=(
            *variants(_TWINS),
            *variants({name: pair[1] for name, pair in _RUN.items()}, needs="run", touches="contracts", whole=True),
        ),
    ),
)
