"""What the text about one endpoint says: authentication, status codes, bodies, filters."""

import re

from sluice.model.domain import EntityField
from sluice.services.architect.reading import names, shapes
from sluice.services.architect.reading.draft import EndpointDraft
from sluice.services.architect.reading.words import Words, load

_STATUS = re.compile(
    r"(?<![\w.])(20[0-46]|40[0-9]|41[0-9]|42[0-9]|50[0-4])(?![\w.%-]|\.\d|\s*(?:characters|chars|items|ms|%))"
)
_SUCCESS = re.compile(
    r"(?:returns?|respond(?:s|ing)?(?:\s+with)?|response|status|code|http|with|→|->|=>|answers?(?:\s+with)?|gives|[:(,;])\s*`*(20[0-46])(?!\d)",
    re.IGNORECASE,
)
_QUERY = re.compile(r"[?&]([A-Za-z_][\w-]{0,60})(?==|&|\b)")
_OTHERS = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+/\S*")
_FILTER = re.compile(
    r"(?:filter(?:ed|able|s|ing)?|narrow(?:ed)?|restrict(?:ed)?|search(?:able)?)\s+(?:\w+\s+){0,3}?(?:by|on|for|:)\s*",
    re.IGNORECASE,
)
PAGING = frozenset(
    {"limit", "offset", "page", "page_size", "per_page", "size", "cursor", "sort", "order_by", "sort_by"}
)


def read(endpoint: EndpointDraft, text: str, *, query: str = "") -> None:
    """Adds what `text` says to the endpoint; what an earlier text said stays."""
    words = load()
    text = text[: shapes.MAX_GROUP]
    text = _OTHERS.sub(" ", text)
    endpoint.text = f"{endpoint.text}\n{text}".strip()[:4000]
    if endpoint.auth is None:
        endpoint.auth = auth_in(text, words)
    _statuses(endpoint, text)
    _bodies(endpoint, text, words)
    for name in [*_QUERY.findall(query), *_QUERY.findall(text), *_filters(text)]:
        field = names.field_name(name)
        if field and field not in PAGING and field not in endpoint.filters and len(endpoint.filters) < 20:  # noqa: PLR2004 - a bound
            endpoint.filters.append(field)


def auth_in(text: str, words: Words) -> bool | None:
    """True for `requires a JWT`, False for `public`, None when nothing is said."""
    if words.pattern("auth", "open_in_text").search(text):
        return False
    return True if words.pattern("auth", "in_text").search(text) else None


def auth_cell(text: str, words: Words) -> bool | None:
    """The same for the cell of an `Auth` column, where a bare yes or no counts too."""
    plain = text.strip().lower().strip("`*.")
    if plain in words.groups["auth"]["open"] or words.pattern("auth", "open_in_text").search(plain):
        return False
    found = plain in words.groups["auth"]["needed"] or words.pattern("auth", "needed").search(plain)
    return True if found else None


def _statuses(endpoint: EndpointDraft, text: str) -> None:
    success = [int(found) for found in _SUCCESS.findall(text)]
    success += [
        int(found)
        for found in re.findall(r"\b(20[0-46])\s*(?=[{\[(]|`|created|ok|no content|accepted)", text, re.IGNORECASE)
    ]
    errors = [int(found) for found in _STATUS.findall(text) if found[0] != "2"]
    for status in (*success, *errors):
        if status not in endpoint.statuses:
            endpoint.statuses.append(status)


def status_cell(endpoint: EndpointDraft, text: str) -> None:
    """All codes of a `Status` cell."""
    for found in _STATUS.findall(text):
        if int(found) not in endpoint.statuses:
            endpoint.statuses.append(int(found))


def _bodies(endpoint: EndpointDraft, text: str, words: Words) -> None:
    """Brace groups and labelled rows; the words before a group say whether it goes in or out."""
    previous = 0
    groups = list(shapes.braces(text))
    for start, group in groups:
        fields, is_list = shapes.parse(group)
        if fields:
            role = _role(text[previous:start], words, endpoint)
            _body(endpoint, role, fields, is_list=is_list)
        previous = start + len(group)
    if groups:
        return
    for line in re.split(r"\n|(?<=[a-z`)])[.;]\s", text):
        labelled = words.labelled(line)
        if labelled and labelled[0] in {"request", "response"}:
            fields = shapes.names_in_row(re.sub(r"^\s*20\d\s*", "", labelled[1]))
            if fields and (len(fields) > 1 or labelled[0] == "request"):
                _body(endpoint, labelled[0], fields, is_list=False)


def _role(before: str, words: Words, endpoint: EndpointDraft) -> str:
    last = {
        role: max((found.end() for found in words.pattern("labels", role).finditer(before)), default=-1)
        for role in ("request", "response")
    }
    codes = [found.end() for found in re.finditer(r"\b20[0-46]\b|→|->|=>", before)]
    last["response"] = max(last["response"], *codes, -1)
    if last["request"] == last["response"]:
        return "request" if endpoint.method in {"POST", "PUT", "PATCH"} and endpoint.request is None else "response"
    return "request" if last["request"] > last["response"] else "response"


def _body(endpoint: EndpointDraft, role: str, fields: list[EntityField], *, is_list: bool) -> None:
    if role == "request":
        endpoint.request = endpoint.request or fields
    elif endpoint.response is None:
        endpoint.response, endpoint.response_is_list = fields, is_list


def body_cell(endpoint: EndpointDraft, role: str, text: str) -> None:
    """The cell of a `Request` or `Response` column: braces or a row of names."""
    text = text[: shapes.MAX_GROUP]
    group = next((group for _, group in shapes.braces(text)), "")
    if group:
        fields, is_list = shapes.parse(group)
        _body(endpoint, role, fields, is_list=is_list)
        return
    fields = shapes.names_in_row(re.sub(r"^\s*\d{3}\s*", "", text))
    if len(fields) > 1 or (fields and role == "request"):
        _body(endpoint, role, fields, is_list=False)


def _filters(text: str) -> list[str]:
    """The names after `filter by`, as far as they read like a row of names."""
    found: list[str] = []
    for phrase in _FILTER.finditer(text):
        row = re.split(r"[.;()\n]|\s(?:so|to|with|using|in|for)\s", text[phrase.end() :], maxsplit=1)[0]
        for piece in re.split(r",|\band\b|\bor\b|/", row):
            name = re.sub(r"^\s*(?:and|or|the|its|a|an)\s+", "", piece).strip(" `*'\"?=")
            if re.fullmatch(r"[A-Za-z_]\w*(?:\s[a-z]\w*)?", name):
                found.append(name)
            else:
                break
    return found
