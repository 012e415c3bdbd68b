"""The Architect's entry point: the text of a PRD in, a Decomposition out."""

from sluice.model.decomposition import ContractStub, Decomposition
from sluice.model.suggestion import Suggestion
from sluice.services.architect import freeze
from sluice.services.architect.contracts import asyncapi, bodies, effects, openapi, payloads
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.errors import PrdRefused
from sluice.services.architect.meaning import (
    accounts,
    dependencies,
    inferred,
    operations,
    ownership,
    requirements,
    resolve,
    suggested,
)
from sluice.services.architect.reading import endpoints, entities, events, markdown, parties, rules, services
from sluice.services.architect.reading.draft import Draft
from sluice.services.architect.reading.snippets import notes
from sluice.services.architect.reading.words import Words, detect, speaking

MAX_BYTES = 10_000_000
_FINDERS = (
    services.find,
    entities.find,
    notes.note_entities,
    endpoints.find,
    notes.note_endpoints,
    events.find,
    notes.note_events,
    parties.find,
)
_WIDE = {
    0xFF1A: ": ", 0xFF0C: ", ", 0xFF1B: "; ", 0x3001: ", ", 0xFF08: " (", 0xFF09: ") ", 0x3010: "[", 0x3011: "]",
    0x3002: ". ", 0xFF01: "! ", 0xFF1F: "? ", 0xFF5C: "|",
}  # fmt: skip
_HINT = "Give a Markdown document that names services, entities with fields, and endpoints such as `POST /items`."


def decompose(prd: str, suggestion: Suggestion | None = None) -> Decomposition:
    """Services, entities, events, contracts and open questions of a PRD.

    Args:
        prd: Markdown, at most `MAX_BYTES` bytes of UTF-8.
        suggestion: what somebody else read in it; fills what the document leaves open, with a question each.

    Raises:
        PrdRefused: the text is empty, binary, too long, or holds neither services nor entities.
    """
    text = _checked(prd)
    with speaking(detect(text)) as words:
        return _read(text, words, suggestion)


def _read(text: str, words: Words, suggestion: Suggestion | None) -> Decomposition:
    draft = Draft(markdown.parse(text), words)
    for find in _FINDERS:
        find(draft)
    if suggestion is not None:
        suggested.add(draft, suggestion)
    inferred.settle(draft)
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
    for view in views:
        effects.settle(view)
        _open_doors(view)
    dependencies.settle(draft)
    stubs = [stub for view in views for stub in _stubs(view)]
    return freeze.frozen(draft, views, stubs)


def _checked(prd: str) -> str:
    size = len(prd.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise PrdRefused("The document is too long", details=[f"{size} bytes; at most {MAX_BYTES}"], hint="Split it.")
    if not prd.strip():
        raise PrdRefused("The document is empty", details=["there is no text"], hint=_HINT)
    odd = sum(prd.count(char) for char in "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x7f�")
    if "\x00" in prd or odd * 100 > len(prd):
        raise PrdRefused("The document is binary", details=["it holds control characters, not text"], hint=_HINT)
    return prd.replace("\r\n", "\n").replace("\r", "\n").translate(_WIDE).encode("utf-8", "replace").decode()


def _open_doors(view: View) -> None:
    """A document that speaks of tokens, but not for these operations, leaves them open."""
    if not any(endpoint.auth for endpoint in view.draft.endpoints):
        return
    if any(op.endpoint.auth is None and op.kind not in {"register", "login", "refresh"} for op in view.operations):
        question = "Do all of its endpoints need a token? Those that do not say so are open to everybody."
        view.draft.ask(view.service, question)


def _orphans(draft: Draft) -> None:
    """Doubts about events that only the whole picture shows."""
    for event in draft.events.values():
        entity, _ = payloads.subject(draft, event)
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
