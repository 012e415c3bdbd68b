"""Finds every `METHOD /path` of a document and what is said about it."""

import re
from typing import cast, get_args

from sluice.model.service_map import Method, Span
from sluice.services.architect.reading import details, names, paths
from sluice.services.architect.reading.draft import Draft, EndpointDraft
from sluice.services.architect.reading.tree import Block, Code, Item, Paragraph, Row, Section, Table, Text

MAX_ENDPOINTS = 1000
_WINDOW = 300
_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_ENDPOINT = re.compile(rf"(?<![\w/])({_METHODS})\s+(?:https?://[^\s/`]+)?(/[^\s`\"'|,;]*)")
_METHOD = re.compile(rf"\s*`?({_METHODS})`?\s*", re.IGNORECASE)
_LEAD = re.compile(r"[\s`*\[(\d.)-]*$")
_SENTENCE = re.compile(r"[.!?;\n]\s")


def speaks_of_one(text: str) -> bool:
    """Whether the text holds a `METHOD /path`."""
    return bool(_ENDPOINT.search(text))


def find(draft: Draft) -> None:
    """Fills `draft.endpoints`, in the order of the document."""
    for section in draft.sections():
        scope = draft.scope(section)
        _from_heading(draft, section, scope)
        for block in section.blocks:
            if isinstance(block, Table):
                _from_table(draft, block, scope)
            else:
                _from_text(draft, block, _block_scope(draft, block, scope))


def _block_scope(draft: Draft, block: Block, scope: str | None) -> str | None:
    """A list item that begins with a service's name speaks of that service."""
    if isinstance(block, Item) and scope is None:
        lead = re.split(r"[:—\u2013(\n]|\s-\s", block.text.plain, maxsplit=1)[0]
        return draft.service_of(lead.strip("`* "))
    return scope


def _from_heading(draft: Draft, section: Section, scope: str | None) -> None:
    found = _ENDPOINT.search(section.title.plain)
    endpoint = _found(draft, found, section.span, scope, strong=True) if found else None
    if endpoint is None or found is None:
        return
    _summary(endpoint, section.title.plain[found.end() :])
    label = ""
    for block in section.blocks:
        if isinstance(block, Code):
            details.read(endpoint, f"{label}\n{block.text}")
        elif isinstance(block, Table):
            for row in block.rows:
                details.read(endpoint, ": ".join(cell.plain for cell in row.cells[:2]))
        else:
            for text in block.lines() if isinstance(block, Item) else [block.text]:
                details.read(endpoint, text.plain)
                label = text.plain


def _from_table(draft: Draft, table: Table, scope: str | None) -> None:
    roles = (
        "method",
        "path",
        "endpoints",
        "auth",
        "request",
        "response",
        "status",
        "filters",
        "service",
        "owner",
        "description",
    )
    columns: dict[str, int] = {}
    for position, header in enumerate(table.header):
        role = draft.words.column(header, roles)
        if role:
            columns.setdefault(role, position)
    for row in table.rows:
        _from_row(draft, row, columns, scope)


def _from_row(draft: Draft, row: Row, columns: dict[str, int], scope: str | None) -> None:
    def cell(role: str) -> str:
        return row.cells[columns[role]].plain if role in columns and columns[role] < len(row.cells) else ""

    service = (
        draft.service_of(cell("service"))
        or draft.service_of(cell("owner"))
        or draft.service_of(row.cells[0].plain)
        or scope
    )
    line = " | ".join(part.plain for part in row.cells)
    method = _METHOD.fullmatch(cell("method"))
    span = Span(line_start=row.line, line_end=row.line)
    if method and cell("path"):
        line = f"{method.group(1).upper()} /{cell('path').strip('`* ').lstrip('/')}"
    found = list(_ENDPOINT.finditer(line))
    for match in found:
        endpoint = _found(draft, match, span, service, strong=True)
        if endpoint is not None and len(found) == 1:
            _row_details(draft, endpoint, row, columns, cell("description"))


def _row_details(draft: Draft, endpoint: EndpointDraft, row: Row, columns: dict[str, int], description: str) -> None:
    used = {columns[role]: role for role in columns}
    _summary(endpoint, description)
    for position, text in enumerate(row.cells):
        role = used.get(position)
        if role == "auth":
            endpoint.auth = details.auth_cell(text.plain, draft.words)
            endpoint.text = f"{endpoint.text}\n{text.plain}"
        elif role in {"request", "response"}:
            details.body_cell(endpoint, role, text.plain)
            details.status_cell(endpoint, text.plain)
            endpoint.text = f"{endpoint.text}\n{role}: {text.plain}"
        elif role == "status":
            details.status_cell(endpoint, text.plain)
        elif role == "filters":
            details.read(endpoint, f"filter by {text.plain}")
        elif role not in {"method", "path", "service", "owner", "endpoints"}:
            details.read(endpoint, text.plain)
        elif role in {"path", "endpoints"}:
            details.read(endpoint, _ENDPOINT.sub("", text.plain))


def _from_text(draft: Draft, block: Block, scope: str | None) -> None:
    if isinstance(block, Code):
        _from_code(draft, block, scope)
    elif isinstance(block, Item):
        _from_item(draft, block, scope)
    elif isinstance(block, Paragraph):
        _mentions(draft, block.text, block.span, scope, "")


def _from_code(draft: Draft, block: Code, scope: str | None) -> None:
    """An HTTP listing; code of other kinds only illustrates."""
    if block.info and block.info.split()[0] not in {"http", "text", "txt", "rest", "plain"}:
        return
    for offset, line in enumerate(block.text.split("\n")):
        if found := _ENDPOINT.match(line.strip()):
            number = block.span.line_start + offset + (1 if block.info or block.text.count("\n") else 0)
            endpoint = _found(draft, found, Span(line_start=number, line_end=number), scope, strong=True)
            if endpoint is not None:
                rest = line.strip()[found.end() :].lstrip(" #/—-")
                _summary(endpoint, rest)
                details.read(endpoint, rest)


def _from_item(draft: Draft, item: Item, scope: str | None) -> None:
    """The items below an endpoint's item are about it, unless they name endpoints themselves."""
    below = "\n".join(
        text.plain for child in item.children for text in child.lines() if not _ENDPOINT.search(text.plain)
    )
    more = "\n".join(text.plain for text in item.more)
    own = [child for child in item.children if any(_ENDPOINT.search(text.plain) for text in child.lines())]
    _mentions(draft, item.text, item.span, scope, f"{more}\n{below}" if not own else more)
    for child in own:
        _from_item(draft, child, draft.service_of(item.text.plain.strip("`*: ")) or scope)


def _mentions(draft: Draft, text: Text, span: Span, scope: str | None, below: str) -> None:
    """Each endpoint of a text with what follows it; the first one is declared when the text begins with it."""
    found = list(_ENDPOINT.finditer(text.plain))
    line, counted = text.line, 0
    for position, match in enumerate(found):
        line += text.plain.count("\n", counted, match.start())
        counted = match.start()
        before = text.plain[max(0, counted - _WINDOW) : counted]
        strong = position == 0 and counted < _WINDOW and bool(_LEAD.fullmatch(before))
        sentence = _SENTENCE.split(before)[-1]
        if not strong and any(word in draft.words.ordered["negations"] for word in names.split(sentence)):
            continue
        where = span if strong else Span(line_start=line, line_end=line)
        service = scope if strong and scope else _last_service(draft, sentence) or scope
        endpoint = _found(draft, match, where, service, strong=strong)
        if endpoint is None:
            continue
        end = found[position + 1].start() if position + 1 < len(found) else len(text.plain)
        rest = text.plain[match.end() : end].replace("\n", " ")
        if strong:
            _summary(endpoint, rest)
        details.read(endpoint, f"{rest}\n{below}" if len(found) == 1 else rest)


def _last_service(draft: Draft, sentence: str) -> str | None:
    word = next((s for word in reversed(sentence.split()) if (s := draft.service_of(word.strip("`*(),.")))), None)
    named = draft.service_pattern.findall(sentence)
    return draft.service_of(named[-1]) if named else word


def _found(
    draft: Draft, match: re.Match[str], span: Span, service: str | None, *, strong: bool
) -> EndpointDraft | None:
    where = paths.target(match.group(2))
    about = f"{match.group(1)} {match.group(2)[:120]}"
    if where is None:
        draft.ask(about, "No usable path is left of this; it was ignored.", span)
        return None
    method = cast("Method", match.group(1).upper())
    if method not in get_args(Method) or method in {"HEAD", "OPTIONS"}:
        draft.ask(about, "HEAD and OPTIONS are answered by the web framework; no operation was made of it.", span)
        return None
    if where.path == "/health":
        return None
    if paths.changed(where):
        draft.ask(f"{method} {where.path}", f"The path was written {where.original[:120]!r}.", span)
    endpoint = _endpoint(draft, method, where.path, span, service, strong=strong)
    if endpoint is not None and where.query:
        details.read(endpoint, "", query=where.query)
    return endpoint


def declared(draft: Draft, method: Method, path: str, span: Span, service: str | None) -> EndpointDraft | None:
    """The endpoint that a formal piece declares, made when it is new; None when no usable path is left."""
    found = _ENDPOINT.match(f"{method} {path}")
    return _found(draft, found, span, service, strong=True) if found else None


def _endpoint(
    draft: Draft, method: Method, path: str, span: Span, service: str | None, *, strong: bool
) -> EndpointDraft | None:
    key = f"{method} {paths.shape(path)}"
    alike = draft.by_shape.setdefault(key, [])
    known = next((found for found in alike if found.service == service), None)
    if known is None:
        known = next((e for e in alike if not (strong and e.strong) or None in {e.service, service}), None)
    if known is not None:
        if strong and not known.strong:
            known.span, known.service, known.path, known.strong = span, service or known.service, path, True
        known.service = known.service or service
        return known
    if len(draft.endpoints) >= MAX_ENDPOINTS:
        draft.ask("document", f"Only the first {MAX_ENDPOINTS} endpoints are read.", span)
        return None
    found = EndpointDraft(method, path, span, service=service, strong=strong)
    draft.endpoints.append(found)
    alike.append(found)
    return found


def _summary(endpoint: EndpointDraft, text: str) -> None:
    """The first sentence about it, without bodies, status codes and a bare `(JWT)`."""
    plain = re.sub(r"^\s*\([^)]*\)|\{[^{}]*\}", " ", text.replace("\n", " "))
    sentence = re.split(
        r"→|->|(?<=[a-z)])[.;](?:\s|$)|\b(?:request|response|body)\s*:", plain, maxsplit=1, flags=re.IGNORECASE
    )[0]
    sentence = " ".join(sentence.split()).strip(" :—\u2013-`*|(),.")
    sentence += ")" * (sentence.count("(") - sentence.count(")"))
    if sentence and not endpoint.summary and len(sentence.split()) > 1:
        endpoint.summary = sentence[:120]
