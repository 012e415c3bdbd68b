"""The `x-sluice` extension of contracts: what an operation means, beyond what OpenAPI and AsyncAPI can say.

The Architect writes these, a builder reads them from the registered contract.  A contract without them is still a
valid contract; a builder then knows the shapes but not the behaviour, and must say so.

Where each hint stands:

* `OperationHint`: OpenAPI operation, key `x-sluice`
* `EntityHint`: schema of an entity's read model in `components.schemas.<Entity>`, key `x-sluice`
* `PropertyHint`: a property schema, key `x-sluice`
* `PublishHint`: AsyncAPI operation with `action: send`, key `x-sluice`
* `ConsumeHint`: AsyncAPI operation with `action: receive`, key `x-sluice`
"""

from typing import Literal

from pydantic import Field, JsonValue

from sluice.model.base import Model

EXTENSION = "x-sluice"

OperationKind = Literal[
    "create",  # POST a new entity -> 201 entity
    "list",  # GET a collection -> 200 array of entities, `limit` and `offset` query parameters, filters
    "read",  # GET one entity by key -> 200
    "update",  # PATCH some fields of one entity -> 200
    "replace",  # PUT one entity -> 200
    "delete",  # DELETE one entity -> 204
    "action",  # POST/PUT/PATCH a verb on one entity: sets the fields in `sets` -> 200 entity
    "register",  # POST a new account -> 201, the password is hashed and never returned
    "login",  # POST credentials -> 200 access_token, refresh_token, token_type, expires_in
    "refresh",  # POST refresh_token -> 200 new tokens
    "me",  # GET the account of the token's subject -> 200
    "summary",  # GET numbers about an entity: `count`, and per value of each enum field -> 200 object
    "unknown",  # the PRD does not say what it does: an open question, a builder must not invent behaviour
]


class Parent(Model):
    """A nested collection: path parameter `param` is the value of the entity's field `field`."""

    param: str
    field: str


class OperationHint(Model):
    """Meaning of one HTTP operation.

    `key` is the path parameter that holds the entity's id.  `filters` maps a query parameter to the entity's field
    that it must equal.  `identity` is the login field (`email`, `username`).
    """

    kind: OperationKind
    entity: str | None = None
    key: str | None = None
    parents: tuple[Parent, ...] = ()
    filters: dict[str, str] = Field(default_factory=dict)
    sets: dict[str, JsonValue] = Field(default_factory=dict)
    identity: str | None = None
    requirement: str | None = None


class EntityHint(Model):
    """`owner_field`: set from the token's subject on create; reads, lists and writes see only the caller's rows."""

    entity: str
    owner_field: str | None = None


class Computed(Model):
    """A read-only number: the sum over array property `over` of the product of the item fields `factors`."""

    over: str
    factors: tuple[str, ...]


class PropertyHint(Model):
    """`references` names an entity; `local` says whether this service owns that entity (then it must exist)."""

    references: str | None = None
    local: bool = False
    unique: bool = False
    computed: Computed | None = None


class PublishHint(Model):
    """The event is published in the transaction of the OpenAPI operations named in `on` (operationIds).

    Payload properties are taken from the written entity by name; `values` overrides single ones.
    """

    on: tuple[str, ...] = ()
    entity: str | None = None
    values: dict[str, "Value"] = Field(default_factory=dict)


class Value(Model):
    """Where a value comes from: a payload or entity property (`from_field`) or a constant."""

    from_field: str | None = None
    const: JsonValue = None


class ConsumeHint(Model):
    """Effect of an event: a row of `creates`, or a change of the row of `updates` whose id is `key`; else recorded."""

    creates: str | None = None
    updates: str | None = None
    key: Value | None = None
    values: dict[str, Value] = Field(default_factory=dict)
