"""Notes what the formal pieces say: services, then entities, then operations, then events."""

import re
from typing import Final, cast

from sluice.model.service_map import Method, Span
from sluice.services.architect.reading import details, endpoints, forms, mentions, names, noting
from sluice.services.architect.reading.draft import Draft
from sluice.services.architect.reading.snippets.snippet import Call, Edge, Noun, Snippet

PASSIVE: Final = frozenset({"actor", "database", "cloud", "queue", "collections", "node"})
_CALL = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/[^\s`\"'|,;)]*)")
_EVENT = re.compile(r"(?<![\w/.{])([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+|[a-z]+(?:[._-][a-z]+)+)(?![\w/}(])")


def service_names(draft: Draft, *, only: bool) -> list[tuple[str, int]]:
    """The boxes that are services by their name; `only`: where nothing else names any, also plain components."""
    found: list[tuple[str, int]] = []
    for snippet in draft.snippets:
        owners = [(noun.owner, noun.line) for noun in snippet.nouns if noun.owner]
        boxes = [(node.name, node.line) for node in snippet.nodes if node.kind not in PASSIVE]
        titles = [(snippet.owner, snippet.line)] if snippet.owner else []
        found += [(name, line) for name, line in (*boxes, *owners, *titles) if is_service_name(draft, name)]
    if not found and only:
        found = [
            (node.name, node.line)
            for snippet in draft.snippets
            for node in snippet.nodes
            if node.kind in {"component", "participant"} and _is_component(draft, snippet, node.name)
        ]
    return found


def _is_component(draft: Draft, snippet: Snippet, name: str) -> bool:
    """A box that is called by another one, and no client of it."""
    if any(draft.words.has("clients", word) for word in (name.lower(), *names.split(name)[-1:])):
        return False
    return len(name.split()) <= forms.MAX_WORDS and any(edge.target == name for edge in snippet.edges)


def is_service_name(draft: Draft, name: str) -> bool:
    """`order-service`, `Order Service`, `OrderService`."""
    spaced = " ".join(names.split(name)) if name.endswith(("Service", "Svc")) else name
    return bool(forms.of(draft.words).mention.fullmatch(name) or forms.titled(draft.words, spaced))


def note_entities(draft: Draft) -> None:
    """Entities of ER and class diagrams, SQL, GraphQL and schemas: declared, with what they are owned by."""
    for snippet in draft.snippets:
        for key, values in snippet.enums.items():
            draft.enums.setdefault(key, values)
        for noun in snippet.nouns:
            if not is_service_name(draft, noun.name) and not draft.service_of_exactly(noun.name):
                _note(draft, snippet, noun)


def _note(draft: Draft, snippet: Snippet, noun: Noun) -> None:
    owner = draft.service_of(noun.owner) or draft.service_of(snippet.owner)
    span = Span(line_start=noun.line, line_end=noun.line)
    written = _spoken(noun.name)
    entity = noting.entity(draft, written, snippet.section, span, owner, certain=True)
    for field in noun.fields:
        if field.name not in entity.fields and len(entity.fields) < noting.MAX_FIELDS:
            entity.fields[field.name] = field


def _spoken(name: str) -> str:
    """`ORDER_ITEM` and `tbl_orders` as words."""
    bare = re.sub(r"^(?:tbl|t)_", "", name)
    return bare.replace("_", " ").title().replace(" ", "") if bare.isupper() or "_" in bare else bare


def note_endpoints(draft: Draft) -> None:
    """Operations of OpenAPI documents, and of the words on arrows."""
    for snippet in draft.snippets:
        owner = draft.service_of(snippet.owner) or draft.scope(snippet.section)
        for call in snippet.calls:
            _operation(draft, call, owner)
        for edge in snippet.edges:
            if found := _CALL.search(edge.text):
                call = Call(found.group(1), found.group(2), edge.line, summary=edge.text[found.end() :].strip())
                _operation(draft, call, draft.service_of(edge.target), mentioned=True)


def _operation(draft: Draft, call: Call, service: str | None, *, mentioned: bool = False) -> None:
    span = Span(line_start=call.line, line_end=call.line)
    endpoint = endpoints.declared(draft, cast("Method", call.method), call.path, span, service)
    if endpoint is None or mentioned:
        return
    endpoint.summary = endpoint.summary or call.summary
    endpoint.auth = call.auth if endpoint.auth is None else endpoint.auth
    endpoint.statuses += [code for code in call.statuses if code not in endpoint.statuses]
    endpoint.request = endpoint.request or (list(call.request) if call.request else None)
    if endpoint.response is None and call.response:
        endpoint.response, endpoint.response_is_list = list(call.response), call.response_is_list
    wanted = [names.field_name(name) for name in call.filters]
    endpoint.filters += [name for name in wanted if name and name not in (*details.PAGING, *endpoint.filters)]


def note_events(draft: Draft) -> None:
    """Arrows with the name of an event on them go from its publisher to its consumer; a broker may stand between."""
    for snippet in draft.snippets:
        for noun in snippet.events:
            span = Span(line_start=noun.line, line_end=noun.line)
            event = mentions.event(draft, noun.name, span)
            if event is not None:
                event.publisher = event.publisher or draft.service_of(snippet.owner) or draft.scope(snippet.section)
                event.payload = event.payload or list(noun.fields)
        for edge in snippet.edges:
            _arrow(draft, edge)


def _arrow(draft: Draft, edge: Edge) -> None:
    source, target = draft.service_of(edge.source), draft.service_of(edge.target)
    if _CALL.search(edge.text) or not (source or target):
        if source and target and source != target:
            _depends(draft, source, target)
        return
    span = Span(line_start=edge.line, line_end=edge.line)
    tokens = [token for token in _EVENT.findall(edge.text) if mentions.is_event(draft, token)]
    for token in tokens:
        event = mentions.event(draft, token, span)
        if event is None:
            continue
        event.publisher = event.publisher or source
        if target and target != event.publisher and target not in event.consumers:
            event.consumers.append(target)
    if not tokens and source and target and source != target:
        _depends(draft, source, target)


def _depends(draft: Draft, source: str, target: str) -> None:
    """A call; what would close a cycle (an answer drawn as an arrow) is left out."""
    pending, seen = [target], {target}
    while pending:
        for name in draft.services[pending.pop()].depends_on:
            if name == source:
                return
            if name not in seen and name in draft.services:
                seen.add(name)
                pending.append(name)
    if target not in draft.services[source].depends_on:
        draft.services[source].depends_on.append(target)
