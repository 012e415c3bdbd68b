"""The cross-service flow that a set of contracts asks for: a pure function from contracts to steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sluice.model.contract import ContractSet
from sluice.model.decomposition import Decomposition
from sluice.phases.deploy.asyncapi import Consumption, Publication, consumptions, publications
from sluice.phases.deploy.identity import find_issuer
from sluice.phases.deploy.openapi import Operation, all_operations
from sluice.phases.deploy.sample import path_entities, references

StepKind = Literal["register", "login", "guard", "reach", "create", "read", "list", "change", "event", "effect"]
_CHANGES = ("update", "replace", "action", "delete")


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One step.  `entity` is what it writes or looks for; `needs` are entities that earlier steps must have made.

    An `event` step looks at what `publication` sent, an `effect` step at what `consumption` did with it.
    """

    kind: StepKind
    service: str
    operation: Operation | None = None
    entity: str = ""
    needs: tuple[str, ...] = ()
    publication: Publication | None = None
    consumers: tuple[str, ...] = ()
    consumption: Consumption | None = None

    @property
    def title(self) -> str:
        """What reports call it."""
        if self.publication:
            return f"event {self.publication.event}"
        label = self.operation.label if self.operation else self.kind
        return f"{label} without a token" if self.kind == "guard" else label


@dataclass(frozen=True)
class _World:
    operations: tuple[Operation, ...]
    published: tuple[Publication, ...]
    consumed: tuple[Consumption, ...]

    def find(self, service: str, entity: str, *kinds: str) -> Operation | None:
        """The operation of the first kind that the service has for the entity."""
        for kind in kinds:
            for operation in self.operations:
                if (operation.service, operation.entity, operation.kind) == (service, entity, kind):
                    return operation
        return None

    def creates(self) -> list[Operation]:
        return [operation for operation in self.operations if operation.kind == "create" and operation.entity]


def plan_flow(contracts: ContractSet, decomposition: Decomposition) -> tuple[PlannedStep, ...]:
    """Register, log in, refuse strangers; then create, read back, event and effect of each entity, parents first."""
    order = {service.name: place for place, service in enumerate(decomposition.service_map.services)}
    operations = sorted(all_operations(contracts), key=lambda operation: order.get(operation.service, len(order)))
    world = _World(tuple(operations), publications(contracts), consumptions(contracts))
    steps = [*_account(world), *_guards(world)]
    for operation in _parents_first(world.creates()):
        steps += _created(world, operation)
    steps += _changed(world)
    return (*steps, *_reached(world, {step.service for step in steps if step.kind != "guard"}))


def plan_rows(contracts: ContractSet, service: str, copies: int) -> tuple[PlannedStep, ...]:
    """Steps after which the service holds rows that only events can make there; () when it needs none."""
    world = _World(all_operations(contracts), publications(contracts), consumptions(contracts))
    steps: list[PlannedStep] = []
    for consumption in world.consumed:
        entity = consumption.hint.creates or ""
        if consumption.service == service and entity and not world.find(service, entity, "create"):
            steps += _caused(world, consumption, copies)
    return tuple(steps)


def _caused(world: _World, consumption: Consumption, copies: int) -> Iterator[PlannedStep]:
    """What makes the publisher publish the event `copies` times, by creating something."""
    for publication in world.published:
        for operation in world.creates():
            if publication.event == consumption.event and publication.caused_by(operation):
                needed = [o for o in _parents_first(world.creates()) if o.entity in _ancestors(world, operation)]
                for create in (*needed, *[operation] * copies):
                    yield PlannedStep(kind="create", service=create.service, operation=create, entity=create.entity)
                yield from _events(world, operation)
                return


def _ancestors(world: _World, operation: Operation) -> set[str]:
    """Entities that must exist before the operation can run."""
    found: set[str] = set()
    waiting = list(_made(world, operation))
    while waiting:
        entity = waiting.pop()
        if entity not in found:
            found.add(entity)
            waiting += [name for o in world.creates() if o.entity == entity for name in _made(world, o)]
    return found - {operation.entity}


def _account(world: _World) -> Iterator[PlannedStep]:
    issuer = find_issuer(world.operations)
    if issuer is None:
        return
    entity = issuer.register.entity
    yield PlannedStep(kind="register", service=issuer.service, operation=issuer.register, entity=entity)
    yield PlannedStep(kind="login", service=issuer.service, operation=issuer.login)
    me = world.find(issuer.service, entity, "me")
    if me:
        yield PlannedStep(kind="read", service=me.service, operation=me, entity=entity, needs=_named(entity))
    yield from _events(world, issuer.register)


def _guards(world: _World) -> Iterator[PlannedStep]:
    """One protected operation of each service, if possible one without path parameters."""
    protected = sorted((o for o in world.operations if o.secured), key=lambda o: ("{" in o.path, o.method != "GET"))
    services = dict.fromkeys(o.service for o in world.operations if o.secured)
    for service in services:
        operation = next(o for o in protected if o.service == service)
        yield PlannedStep(kind="guard", service=service, operation=operation)


def _created(world: _World, operation: Operation) -> Iterator[PlannedStep]:
    entity, service = operation.entity, operation.service
    yield PlannedStep(kind="create", service=service, operation=operation, entity=entity, needs=_made(world, operation))
    back = world.find(service, entity, "read", "list")
    if back:
        kind: StepKind = "read" if back.kind == "read" else "list"
        yield PlannedStep(kind=kind, service=service, operation=back, entity=entity, needs=(entity,))
    yield from _events(world, operation)


def _events(world: _World, operation: Operation) -> Iterator[PlannedStep]:
    """What the operation publishes, then what its consumers make of it."""
    for publication in world.published:
        if publication.caused_by(operation):
            consumed = [consumption for consumption in world.consumed if consumption.event == publication.event]
            yield PlannedStep(
                kind="event",
                service=publication.service,
                publication=publication,
                consumers=tuple(dict.fromkeys(consumption.service for consumption in consumed)),
                entity=operation.entity,
                needs=_named(operation.entity),
            )
            for consumption in consumed:
                yield from _effect(world, consumption)


def _effect(world: _World, consumption: Consumption) -> Iterator[PlannedStep]:
    hint, service = consumption.hint, consumption.service
    entity = hint.creates or hint.updates or ""
    kinds = ("list",) if hint.creates else ("read", "list")
    operation = world.find(service, entity, *kinds) if entity else None
    if operation:
        yield PlannedStep(kind="effect", service=service, operation=operation, entity=entity, consumption=consumption)


def _changed(world: _World) -> Iterator[PlannedStep]:
    """Operations on existing entities that publish something; deletions last, each on an entity of its own."""
    changes = [o for o in world.operations if o.kind in _CHANGES and any(p.caused_by(o) for p in world.published)]
    for operation in sorted(changes, key=lambda o: o.kind == "delete"):
        entity, service = operation.entity, operation.service
        create = world.find(service, entity, "create")
        if operation.kind == "delete" and create:
            yield PlannedStep(
                kind="create", service=service, operation=create, entity=entity, needs=_made(world, create)
            )
        yield PlannedStep(kind="change", service=service, operation=operation, entity=entity, needs=_named(entity))
        yield from _events(world, operation)


def _reached(world: _World, visited: set[str]) -> Iterator[PlannedStep]:
    """A plain GET at each service that no other step visits."""
    candidates = [o for o in world.operations if o.method == "GET" and "{" not in o.path and o.success is not None]
    for service in dict.fromkeys(o.service for o in candidates if o.service not in visited):
        operation = min((o for o in candidates if o.service == service), key=lambda o: o.kind != "list")
        yield PlannedStep(kind="reach", service=service, operation=operation)


def _made(world: _World, operation: Operation) -> tuple[str, ...]:
    """Entities that must have been made before: those it refers to and somebody can create."""
    creatable = {other.entity for other in world.creates()} - {operation.entity}
    return tuple(sorted(_references(operation) & creatable))


def _references(operation: Operation) -> frozenset[str]:
    body = references(operation.document, operation.request.get("schema"))
    return body | set(path_entities(operation).values())


def _parents_first(creates: Sequence[Operation]) -> list[Operation]:
    """Creations after those of the entities they refer to; a cycle is broken where the document begins it."""
    ordered: list[Operation] = []
    waiting = list(creates)
    while waiting:
        unmade = {operation.entity for operation in waiting}
        ready = next((o for o in waiting if not (_references(o) & unmade) - {o.entity}), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _named(entity: str) -> tuple[str, ...]:
    return (entity,) if entity else ()
