"""Who publishes and who consumes an event: AsyncAPI contracts, the ServiceMap, and calls in the code."""

import ast
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from sluice.model.decomposition import Decomposition
from sluice.phases.gate.reading.contracts import Contract
from sluice.phases.gate.reading.documents import mapping
from sluice.phases.gate.reading.python import Function, PyFile
from sluice.phases.gate.reading.values import HOLE, Values
from sluice.phases.gate.scan import SourceFile

Side = Literal["publish", "consume"]

# Method → position of the channel, and the keywords that may hold it.
_PUBLISH = {
    "xadd": 0,
    "publish": 0,
    "spublish": 0,
    "produce": 0,
    "send_and_wait": 0,
    "basic_publish": 1,
    "publish_event": 0,
}
_CONSUME = {"subscribe": 0, "psubscribe": 0, "xgroup_create": 0, "basic_consume": 0, "queue_bind": 2, "subscriber": 0}
_CONSUMERS = frozenset({"KafkaConsumer", "AIOKafkaConsumer"})
_KEYWORDS = ("channel", "topic", "topics", "stream", "name", "subject", "routing_key", "queue", "streams")
_DECORATORS = frozenset(
    {"subscriber", "subscribe", "consumer", "consume", "listen", "listener", "event_handler", "handler", "on"}
)
_DEAD_LETTERS = re.compile(r"(?:^|[._:/-])(?:dead|dlq|dlx|dead[._-]?letters?|poison|parked|failed)$", re.IGNORECASE)
_EVENT = re.compile(r"[A-Za-z][\w.:/*>+#-]{2,}")


@dataclass(frozen=True)
class Use:
    """One side of one event; `names` are its spellings, normalised; `pattern` marks a wildcard subscription."""

    side: Side
    service: str
    event: str
    names: frozenset[str]
    source: SourceFile | None = None
    line: int = 0
    column: int = 0
    origin: ast.AST | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Events:
    """All uses, and the services whose subscriptions only run time knows, with every text in their code."""

    uses: tuple[Use, ...]
    open_services: dict[str, frozenset[str]]

    def published(self) -> list[Use]:
        """One for each published event and service; code before contracts, because it has a place."""
        found: dict[tuple[str, str], Use] = {}
        for use in sorted(self.uses, key=lambda use: use.source is None):
            if use.side == "publish" and not _DEAD_LETTERS.search(use.event):
                found.setdefault((use.service, min(use.names)), use)
        distinct = list(found.values())
        return [use for at, use in enumerate(distinct) if not any(_same(use, other) for other in distinct[:at])]

    def consumed(self, published: Use) -> bool:
        """Whether anybody consumes it, or may."""
        for use in self.uses:
            if use.side == "consume" and (use.names & published.names or _matches(use, published)):
                return True
        return any(texts & published.names for texts in self.open_services.values())


def _same(one: Use, other: Use) -> bool:
    return one.service == other.service and bool(one.names & other.names)


def _matches(use: Use, published: Use) -> bool:
    if not re.search(r"[*>+#]", use.event):
        return False
    pattern = re.escape(use.event).replace(r"\*", ".*").replace(">", ".*").replace(r"\+", "[^/]*").replace(r"\#", ".*")
    return bool(re.fullmatch(pattern, published.event))


def normal(name: str) -> str:
    """`events.OrderCreated`, `order_created` and `order-created` alike, but for the prefix."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _spellings(*names: str) -> frozenset[str]:
    last = [re.split(r"[.:/]", name)[-1] for name in names]
    return frozenset(filter(None, map(normal, [*names, *(part for part in last if len(part) > 3)])))  # noqa: PLR2004 # `v1` is no event


def read_events(
    contracts: Iterable[Contract], decomposition: Decomposition | None, code: Iterable[tuple[str, PyFile, Values]]
) -> Events:
    """Every use of every event that can be seen."""
    uses = [use for contract in contracts if contract.kind == "asyncapi" for use in _in_contract(contract)]
    if decomposition is not None:
        uses += _in_map(decomposition)
    coded = list(code)
    open_services: dict[str, set[str]] = {}
    said: set[ast.AST] = set()
    for service, file, values in coded:
        for use in _in_code(service, file, values):
            if use.event == HOLE and use.side == "consume":
                open_services.setdefault(service, set())
            elif use.event != HOLE:
                uses.append(use)
            if use.side == "publish" and use.origin is not None:
                said.update(ast.walk(use.origin))
    for service, file, _ in coded:
        if service in open_services:
            open_services[service] |= {name for text in _texts(file, said) for name in _spellings(text)}
    return Events(tuple(uses), {name: frozenset(texts) for name, texts in open_services.items()})


def _texts(file: PyFile, said: AbstractSet[ast.AST]) -> Iterator[str]:
    """Texts that may name an event that is consumed: not those that a call publishes."""
    for node in file.every(ast.Constant):
        if isinstance(node.value, str) and node not in said and _EVENT.fullmatch(node.value):
            yield node.value


def _in_map(decomposition: Decomposition) -> Iterator[Use]:
    for service in decomposition.service_map.services:
        yield from (Use("publish", service.name, event, _spellings(event)) for event in service.publishes)
        yield from (Use("consume", service.name, event, _spellings(event)) for event in service.consumes)


def _in_contract(contract: Contract) -> Iterator[Use]:
    channels = mapping(contract.document.get("channels"))
    for operation in mapping(contract.document.get("operations")).values():
        plain = contract.resolve(operation)
        pointer = str(mapping(plain.get("channel")).get("$ref", ""))
        name, channel = pointer.rpartition("/")[2], contract.resolve(plain.get("channel"))
        side: Side = "publish" if plain.get("action") == "send" else "consume"
        yield _declared(
            contract, side, name, str(channel.get("address") or name), list(mapping(channel.get("messages")))
        )
    for name, item in channels.items():  # AsyncAPI 2: what others may subscribe to is what the service publishes
        for key, side2 in (("subscribe", "publish"), ("publish", "consume")):
            if spoken := contract.resolve(contract.resolve(item).get(key)):
                message = contract.resolve(spoken.get("message"))
                yield _declared(contract, side2, name, name, [str(message.get("name") or "")])  # type: ignore[arg-type] # the pairs above are Sides


def _declared(contract: Contract, side: Side, name: str, address: str, messages: list[str]) -> Use:
    names = _spellings(name, address, *(m for m in messages if m))
    return Use(side, contract.service, name, names, contract.source, 1 if contract.source else 0)


def _in_code(service: str, file: PyFile, values: Values) -> Iterator[Use]:
    for node in file.every(ast.Call):
        own = values.project.definition(file, node.func)
        for side, argument in () if own and isinstance(own[1], Function) else _channels(file, node):
            for text, where, origin in _resolved(file, argument, values):
                if text == HOLE or _EVENT.fullmatch(text):
                    call = _call_of(where, origin) if origin is not argument else node
                    names = _spellings(text) if text != HOLE else frozenset()
                    yield Use(side, service, text, names, where.source, call.lineno, call.col_offset + 1, origin)


def _call_of(file: PyFile, node: ast.expr) -> ast.expr:
    """The call that an argument is given in."""
    return next((parent for parent in file.ancestors(node) if isinstance(parent, ast.Call)), node)


def _channels(file: PyFile, node: ast.Call) -> Iterator[tuple[Side, ast.expr]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else file.dotted(node.func).rpartition(".")[2]
    given = next((k.value for k in node.keywords if k.arg in _KEYWORDS), None)
    receiver = ast.unparse(node.func.value).lower() if isinstance(node.func, ast.Attribute) else ""
    if name in _PUBLISH or (name == "send" and "producer" in receiver):
        yield from _pick("publish", node, _PUBLISH.get(name, 0), given)
    elif name in {"xread", "xreadgroup"}:
        streams = given or next((argument for argument in node.args if isinstance(argument, ast.Dict)), None)
        keys = streams.keys if isinstance(streams, ast.Dict) else [streams or (node.args[-1] if node.args else None)]
        yield from (("consume", key) for key in keys if key is not None)
    elif name in _CONSUMERS:
        yield from (("consume", argument) for argument in node.args)
    elif name in _CONSUME:
        yield from _pick("consume", node, _CONSUME[name], given)
    elif name in _DECORATORS and _decorates(file, node):
        yield from _pick("consume", node, 0, given)


def _pick(side: Side, node: ast.Call, index: int, given: ast.expr | None) -> Iterator[tuple[Side, ast.expr]]:
    argument = given if given is not None else node.args[index] if len(node.args) > index else None
    if argument is not None:
        yield side, argument


def _decorates(file: PyFile, node: ast.Call) -> bool:
    parent = file.parents.get(node)
    return isinstance(parent, Function | ast.ClassDef) and node in parent.decorator_list


def _resolved(file: PyFile, argument: ast.expr, values: Values) -> Iterator[tuple[str, PyFile, ast.expr]]:
    """The names of a channel, each with the argument that says it: the callers' where a function passes it on."""
    if isinstance(argument, ast.Dict):
        for key in argument.keys:
            yield from _resolved(file, key, values) if key is not None else ()
        return
    parameter = _parameter(file, argument)
    places = values.project.passed(*parameter) if parameter else [(file, argument)]
    for where, value in places:
        yield from ((text, where, value) for text in _named(where, value, values))
    if not places:
        yield HOLE, file, argument


def _named(file: PyFile, argument: ast.expr, values: Values) -> Iterator[str]:
    """The channel's name; for an event object, or its class, the name of the class."""
    found = values.project.definition(file, argument.func if isinstance(argument, ast.Call) else argument)
    if found and isinstance(found[1], ast.ClassDef):
        yield found[1].name
    else:
        yield from (str(leaf.value) if leaf.known and leaf.value else HOLE for leaf in values.leaves(file, argument))


def _parameter(file: PyFile, node: ast.expr) -> tuple[Function, str] | None:
    """The parameter of the enclosing function that an argument passes on: then the callers name the channel."""
    function = next((a for a in file.ancestors(node) if isinstance(a, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    if function is None:
        return None
    arguments = function.args
    parameters = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)} - {"self", "cls"}
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return next(((function, name) for name in names if name in parameters), None)
