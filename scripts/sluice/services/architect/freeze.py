"""The draft as an immutable Decomposition."""

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.model.decomposition import ContractStub, Decomposition
from sluice.model.domain import DomainModel, Entity, Event
from sluice.model.service_map import Endpoint, Service, ServiceMap
from sluice.services.architect.contracts import payloads
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.contracts.writer import JSON
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft, EventDraft


def frozen(draft: Draft, views: list[View], stubs: list[ContractStub]) -> Decomposition:
    """Everything that was found, in the order of the document."""
    documents = {stub.service: stub.document for stub in stubs if stub.kind == "openapi"}
    return Decomposition(
        title=draft.doc.children[0].name if draft.doc.children else "",
        service_map=ServiceMap(services=tuple(_service(view, documents[view.service]) for view in views)),
        domain_model=DomainModel(entities=tuple(map(_entity, draft.entities.values()))),
        events=tuple(_event(draft, event) for event in draft.events.values()),
        contract_stubs=tuple(stubs),
        questions=tuple(draft.questions.values()),
        requirements=tuple(draft.requirements.values()),
    )


def _entity(drafted: EntityDraft) -> Entity:
    return Entity(
        name=drafted.name,
        owner=drafted.owner or "",
        fields=tuple(drafted.fields.values()),
        description=drafted.description,
        requirement=drafted.requirement,
        source=drafted.span,
        confidence=drafted.confidence,
    )


def _event(draft: Draft, drafted: EventDraft) -> Event:
    return Event(
        name=drafted.name,
        publisher=drafted.publisher,
        consumers=tuple(drafted.consumers),
        payload=payloads.payload(draft, drafted),
        requirement=drafted.requirement,
        source=drafted.span,
        confidence=drafted.confidence,
    )


def _service(view: View, document: JsonObject) -> Service:
    drafted = view.draft.services[view.service]
    events = view.draft.events.values()
    return Service(
        name=drafted.name,
        original_name=drafted.original,
        description=drafted.description,
        entities=tuple(e.name for e in view.draft.entities.values() if e.owner == view.service),
        endpoints=tuple(_endpoint(op.endpoint, document) for op in view.operations),
        publishes=tuple(e.name for e in events if e.publisher == view.service),
        consumes=tuple(e.name for e in events if view.service in e.consumers),
        depends_on=tuple(drafted.depends_on),
        requirement=drafted.requirement,
        source=drafted.span,
        confidence=drafted.confidence,
        port=drafted.port,
        stack=drafted.stack,
    )


def _endpoint(drafted: EndpointDraft, document: JsonObject) -> Endpoint:
    """The operation as the contract has it, with its schemas in place of references."""
    operation = _part(document, "paths", drafted.path, drafted.method.lower())
    responses = _part(operation, "responses")
    return Endpoint(
        method=drafted.method,
        path=drafted.path,
        summary=str(operation.get("summary", "")),
        auth=bool(drafted.auth),
        request=_body(document, _part(operation, "requestBody")),
        responses={code: _body(document, _part(responses, code)) for code in responses},
        requirement=drafted.requirement,
        source=drafted.span,
        confidence=drafted.confidence,
    )


def _part(value: JsonValue, *keys: str) -> JsonObject:
    """The object at the end of a path of keys, empty when there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _body(document: JsonObject, holder: JsonObject) -> JsonObject | None:
    return _whole(document, _part(holder, "content", JSON, "schema")) if "content" in holder else None


def _whole(document: JsonObject, schema: JsonObject) -> JsonObject:
    """A schema without references: component schemas hold none themselves."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _part(document, "components", "schemas", reference.rsplit("/", 1)[-1])
    items = schema.get("items")
    return {**schema, "items": _whole(document, items)} if isinstance(items, dict) else schema
