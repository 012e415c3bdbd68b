"""What will be generated: the contract, understood and named."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.hints import Computed, ConsumeHint, OperationHint, PropertyHint, PublishHint
from sluice.phases.build.builders.template.annotations import ClassDef
from sluice.phases.build.builders.template.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `python` and `sql` are its types as source, `default` and `onupdate` are source or ''.

    `unique` is 'exact', 'folded' (upper and lower case are one) or ''.  `target` is the referenced local entity.
    """

    name: str
    wire: str
    python: str
    sql: str
    shape: Shape
    hint: PropertyHint = field(default_factory=PropertyHint)
    nullable: bool = False
    primary: bool = False
    unique: str = ""
    target: str = ""
    default: str = ""
    onupdate: str = ""
    hidden: bool = False

    @property
    def is_json(self) -> bool:
        """Stored as a JSON document."""
        return self.sql == "JSON"

    @property
    def annotation(self) -> str:
        """The type inside `Mapped[…]`."""
        return f"{self.python} | None" if self.nullable else self.python


@dataclass(frozen=True, kw_only=True)
class ComputedProperty:
    """A number that follows from a JSON column."""

    name: str
    wire: str
    python: str
    over: str
    hint: Computed
    maximum: float | None = None


@dataclass(kw_only=True)
class Entity:
    """A table: `name` as in the contract, `cls` the class, `table` the table.

    `owner` is a column's name or '', `caller` the source of the caller's id as its value.
    """

    name: str
    cls: str
    table: str
    variable: str
    columns: list[Column]
    computed: list[ComputedProperty] = field(default_factory=list)
    owner: str = ""
    caller: str = "caller"
    secret: str = ""
    targets: dict[str, "Entity"] = field(default_factory=dict)

    @property
    def key(self) -> Column:
        """The primary key."""
        return next(column for column in self.columns if column.primary)

    def column(self, wire: str) -> Column | None:
        """The column of a property."""
        return next((column for column in self.columns if column.wire == wire and not column.hidden), None)

    def attribute(self, wire: str) -> str:
        """The attribute of the model class that holds a property, '' when there is none."""
        computed = next((c.name for c in self.computed if c.wire == wire), "")
        column = self.column(wire)
        return column.name if column else computed


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: `slot` is its name in `where` (path, query, header); `default` is source, '' if required."""

    wire: str
    name: str
    where: str
    slot: str
    annotation: str
    default: str
    shape: Shape


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A value that must be the id of a local entity: a field of the body, or of the items of one (`inside`)."""

    name: str
    entity: Entity
    nullable: bool
    inside: str = ""
    wire: str = ""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """An event that an operation publishes: class of its payload, and (property, source of the value) pairs."""

    event: str
    cls: str
    values: tuple[tuple[str, str], ...]


@dataclass(kw_only=True)
class Operation:
    """One HTTP operation; annotations are source, `response` is '' when there is no body."""

    method: str
    path: str
    route: str
    operation_id: str
    function: str
    summary: str
    hint: OperationHint
    secured: bool
    parameters: list[Parameter]
    body: str
    body_class: ClassDef | None
    body_shape: Shape | None
    body_required: bool
    success: int
    response: str
    response_shape: Shape | None
    statuses: tuple[int, ...]
    raw: JsonObject
    entity: Entity | None = None
    publications: list[Publication] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What it does."""
        return self.hint.kind

    def parameter(self, wire: str | None, where: str = "path") -> Parameter | None:
        """The parameter with this name."""
        return next((p for p in self.parameters if p.wire == wire and p.where == where), None)


@dataclass(kw_only=True)
class Group:
    """The operations of one router module, in the order in which they are registered."""

    name: str
    operations: list[Operation]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of the AsyncAPI document."""

    name: str
    cls: str
    address: str
    fields: ClassDef
    shape: Shape
    example: JsonValue = None


@dataclass(frozen=True, kw_only=True)
class Published:
    """An event that this service publishes."""

    event: Event
    hint: PublishHint


@dataclass(frozen=True, kw_only=True)
class Consumed:
    """An event that this service consumes, and its effect: (column, source of the value) pairs."""

    event: Event
    hint: ConsumeHint
    function: str
    entity: Entity | None
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True)
class Plan:
    """A whole service."""

    service: str
    title: str
    description: str
    version: str
    entities: list[Entity]
    groups: list[Group]
    classes: list[ClassDef]
    event_classes: list[ClassDef]
    published: list[Published]
    consumed: list[Consumed]
    account: Entity | None
    notes: list[str]

    @property
    def operations(self) -> list[Operation]:
        """All operations but the health probe."""
        return [operation for group in self.groups for operation in group.operations]

    @property
    def secured(self) -> bool:
        """Whether any operation needs a token."""
        return any(operation.secured for operation in self.operations)

    @property
    def issuer(self) -> bool:
        """Whether this service issues tokens."""
        return self.account is not None

    @property
    def events(self) -> bool:
        """Whether it publishes or consumes."""
        return bool(self.published or self.consumed)
