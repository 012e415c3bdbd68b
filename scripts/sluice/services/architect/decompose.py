"""The Architect's entry point: the text of a PRD in, a Decomposition out."""

from sluice.model.base import JsonObject
from sluice.model.decomposition import ContractStub, Decomposition
from sluice.model.domain import DomainModel, Entity, Event
from sluice.model.service_map import Endpoint, Service, ServiceMap
from sluice.services.architect.contracts import asyncapi, bodies, effects, openapi
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.errors import PrdRefused
from sluice.services.architect.meaning import accounts, dependencies, operations, ownership, requirements, resolve
from sluice.services.architect.reading import endpoints, entities, events, markdown, rules, services
from sluice.services.architect.reading.draft import Draft, EndpointDraft
from sluice.services.architect.reading.words import load

MAX_BYTES = 10_000_000
_HINT = "Give a Markdown document that names services, entities with fields, and endpoints such as `POST /items`."


def decompose(prd: str) -> Decomposition:
    """Services, entities, events, contracts and open questions of a PRD.

    Args:
        prd: Markdown, at most `MAX_BYTES` bytes of UTF-8.

    Raises:
        PrdRefused: the text is empty, binary, too long, or holds neither services nor entities.
    """
    draft = Draft(markdown.parse(_checked(prd)), load())
    for find in (services.find, entities.find, endpoints.find, events.find):
        find(draft)
    if not draft.services and not draft.entities:
        missing = ["no services were found", "no entities were found", f"{len(draft.endpoints)} endpoints were found"]
        raise PrdRefused("This is not a PRD that services can be derived from", details=missing, hint=_HINT)
    ownership.settle(draft)
    rules.apply(draft)
    account = accounts.find(draft)
    resolve.settle(draft)
    requirements.settle(draft)
    _orphans(draft)
    views = [bodies.view(draft, s, account, operations.classify(draft, s, account)) for s in draft.services]
    dependencies.settle(draft)
    stubs = [stub for view in views for stub in _stubs(view)]
    return _frozen(draft, views, tuple(stubs))


def _checked(prd: str) -> str:
    size = len(prd.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise PrdRefused("The document is too long", details=[f"{size} bytes; at most {MAX_BYTES}"], hint="Split it.")
    if not prd.strip():
        raise PrdRefused("The document is empty", details=["there is no text"], hint=_HINT)
    odd = sum(prd.count(char) for char in "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x7f�")
    if "\x00" in prd or odd * 100 > len(prd):
        raise PrdRefused("The document is binary", details=["it holds control characters, not text"], hint=_HINT)
    return prd.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()


def _orphans(draft: Draft) -> None:
    """Doubts about events that only the whole picture shows."""
    for event in draft.events.values():
        entity, _ = effects.subject(draft, event)
        if event.publisher is None and entity is not None and entity.owner not in event.consumers:
            event.publisher = entity.owner
            draft.ask(event.name, f"Nobody is said to publish it; {entity.owner} was taken.", event.span)
        elif event.publisher is None:
            draft.ask(event.name, "Who publishes it?", event.span)
        if not event.consumers:
            draft.ask(event.name, "Nobody is said to consume it.", event.span)


def _stubs(view: View) -> list[ContractStub]:
    description = view.draft.services[view.service].description
    found = [ContractStub(service=view.service, kind="openapi", document=openapi.document(view, description))]
    messages = asyncapi.document(view)
    if messages is not None:
        found.append(ContractStub(service=view.service, kind="asyncapi", document=messages))
    return found


def _frozen(draft: Draft, views: list[View], stubs: tuple[ContractStub, ...]) -> Decomposition:
    documents = {stub.service: stub.document for stub in stubs if stub.kind == "openapi"}
    domain = [
        Entity(
            name=e.name,
            owner=e.owner or "",
            fields=tuple(e.fields.values()),
            description=e.description,
            requirement=e.requirement,
            source=e.span,
        )
        for e in draft.entities.values()
    ]
    happened = [
        Event(
            name=e.name,
            publisher=e.publisher,
            consumers=tuple(e.consumers),
            payload=effects.payload(draft, e),
            requirement=e.requirement,
            source=e.span,
        )
        for e in draft.events.values()
    ]
    return Decomposition(
        title=draft.doc.children[0].name if draft.doc.children else "",
        service_map=ServiceMap(services=tuple(_service(view, documents[view.service]) for view in views)),
        domain_model=DomainModel(entities=tuple(domain)),
        events=tuple(happened),
        contract_stubs=stubs,
        questions=tuple(draft.questions.values()),
        requirements=tuple(draft.requirements.values()),
    )


def _service(view: View, document: JsonObject) -> Service:
    drafted = view.draft.services[view.service]
    events_of = view.draft.events.values()
    return Service(
        name=drafted.name,
        original_name=drafted.original,
        description=drafted.description,
        entities=tuple(e.name for e in view.draft.entities.values() if e.owner == view.service),
        endpoints=tuple(_endpoint(op.endpoint, document) for op in view.operations),
        publishes=tuple(e.name for e in events_of if e.publisher == view.service),
        consumes=tuple(e.name for e in events_of if view.service in e.consumers),
        depends_on=tuple(drafted.depends_on),
        requirement=drafted.requirement,
        source=drafted.span,
        confidence=drafted.confidence,
    )


def _endpoint(drafted: EndpointDraft, document: JsonObject) -> Endpoint:
    """The operation as the contract has it, with its schemas in place of references."""
    paths = document["paths"]
    operation = paths[drafted.path][drafted.method.lower()]  # type: ignore[index,call-overload]  # written by openapi.document
    body = operation.get("requestBody")
    answers = operation["responses"].items()
    return Endpoint(
        method=drafted.method,
        path=drafted.path,
        summary=operation["summary"],
        auth=bool(drafted.auth),
        request=_whole(document, body["content"][openapi.JSON]["schema"]) if body else None,
        responses={code: _body_of(document, answer) for code, answer in answers},
        requirement=drafted.requirement,
        source=drafted.span,
    )


def _body_of(document: JsonObject, answer: JsonObject) -> JsonObject | None:
    content = answer.get("content")
    return _whole(document, content[openapi.JSON]["schema"]) if isinstance(content, dict) else None  # type: ignore[index,call-overload]  # the same


def _whole(document: JsonObject, schema: JsonObject) -> JsonObject:
    """A schema without references: component schemas hold none themselves."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return document["components"]["schemas"][reference.rsplit("/", 1)[-1]]  # type: ignore[index,call-overload,return-value]  # the same
    items = schema.get("items")
    return {**schema, "items": _whole(document, items)} if isinstance(items, dict) else schema
