"""What a contract offers, in one form for all kinds of contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sluice.services.contract_engine.changes.source import Node, Nodes

Alternative = Mapping[str, frozenset[str]]
"""One way to authenticate: scopes by the meaning of a security scheme (not its name)."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter; `location` is query, path, header or cookie, `style` how lists and objects are written."""

    name: str
    location: str
    required: bool
    schema: Nodes
    node: Node
    style: tuple[str, bool] = ("", False)
    deprecated: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Header names do not distinguish capitals."""
        return self.location, self.name.lower() if self.location == "header" else self.name


@dataclass(frozen=True, kw_only=True)
class Body:
    """A request body; schemas by media type."""

    required: bool
    node: Node
    media: Mapping[str, Nodes]


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer; schemas by media type, and its headers by name in lower case."""

    status: str
    node: Node
    media: Mapping[str, Nodes]
    headers: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of an OpenAPI or Swagger document; `reverse`: the provider calls the consumer (webhooks)."""

    method: str
    path: str
    node: Node
    operation_id: str = ""
    deprecated: bool = False
    sunset: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: Mapping[str, Response] = field(default_factory=dict)
    security: tuple[Alternative, ...] = ()
    callbacks: Mapping[str, Node] = field(default_factory=dict)
    reverse: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a channel; `other` is a payload that no JSON Schema describes."""

    name: str
    node: Node
    payload: Nodes
    headers: Nodes
    content_type: str = ""
    other: str = ""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What goes over one channel in one direction; `action` is SEND or RECEIVE as the service sees it."""

    action: str
    address: str
    channel: str
    node: Node
    operation_id: str = ""
    messages: tuple[Message, ...] = ()
