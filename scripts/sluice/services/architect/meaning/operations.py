"""What each endpoint means: its kind, its entity, its parameters, the fields that an action sets."""

import re
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from pydantic import JsonValue

from sluice.model.hints import OperationKind, Parent
from sluice.services.architect.meaning import resolve
from sluice.services.architect.meaning.routes import Link, chain
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft

SIMILAR = 0.75
NOW = "now"


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint with its meaning; `only` are the fields that a sub-path such as `/status` changes."""

    endpoint: EndpointDraft
    kind: OperationKind
    operation_id: str
    entity: EntityDraft | None = None
    key: str | None = None
    parents: tuple[Parent, ...] = ()
    sets: dict[str, JsonValue] = field(default_factory=dict)
    only: tuple[str, ...] = ()


def classify(draft: Draft, service: str, account: EntityDraft | None) -> list[Operation]:
    """The operations of one service with unique operation ids, in the order of the document."""
    found: list[Operation] = []
    taken: set[str] = {"getHealth"}
    for endpoint in draft.endpoints:
        if endpoint.service == service:
            operation = _Classifier(draft, endpoint, account).operation()
            name = operation.operation_id
            if name in taken:
                name = names.camel(name, *(part.strip("{}") for part in endpoint.path.split("/")))
            while name in taken:
                name += "Too"
            taken.add(name)
            found.append(replace(operation, operation_id=name))
    return found


class _Classifier:
    """Decides for one endpoint; each doubt is asked."""

    def __init__(self, draft: Draft, endpoint: EndpointDraft, account: EntityDraft | None) -> None:
        self.draft, self.endpoint = draft, endpoint
        self.account = account if account is not None and account.owner == endpoint.service else None
        self.links = chain(draft, endpoint.path, endpoint.service)
        self.paths = draft.words.groups["paths"]

    def operation(self) -> Operation:
        last = self.links[-1] if self.links else Link("", None)
        door = self._door(last) if last.param is None else None
        if door is not None:
            return door
        if last.entity is None:
            return self._special(last)
        if last.entity.owner != self.endpoint.service or last.entity.embedded:
            return self._unknown(
                f"{last.entity.name} is not an entity that {self.endpoint.service} owns. What does it do?"
            )
        return self._collection(last.entity) if last.param is None else self._item(last.entity, last.param)

    def _door(self, last: Link) -> Operation | None:
        """Register, log in, refresh, me."""
        literal, method = last.literal.lower(), self.endpoint.method
        kinds: tuple[tuple[OperationKind, str], ...] = (
            ("refresh", "POST"),
            ("register", "POST"),
            ("login", "POST"),
            ("me", "GET"),
        )
        kind = next((k for k, m in kinds if m == method and literal in self.paths[k]), None)
        if kind is None and method == "POST" and last.entity is not None and last.entity is self.account:
            kind = "register" if any(f.type == "password" for f in self.account.fields.values()) else None
        if kind is None or (last.entity is not None and last.entity is not self.account):
            return None
        if self.account is None:
            return self._unknown("It needs accounts, but this service owns no entity for them.")
        subject = self.account.name if kind in {"register", "me"} else "token" if kind == "refresh" else ""
        verbs = {"register": "register", "login": "login", "refresh": "refresh", "me": "getMy"}
        return Operation(self.endpoint, kind, names.camel(verbs[kind], subject), self.account)

    def _collection(self, entity: EntityDraft) -> Operation:
        parents = self._parents(entity)
        above = [link.entity.name for link in self.links[:-1] if link.entity is not None and link.param]
        if self.endpoint.method == "POST":
            return Operation(self.endpoint, "create", names.camel("create", *above, entity.name), entity, None, parents)
        if self.endpoint.method == "GET":
            many = names.plural(names.split(entity.name)[-1])
            subject = names.camel(*names.split(entity.name)[:-1], many)
            return Operation(self.endpoint, "list", names.camel("list", *above, subject), entity, None, parents)
        return self._unknown(f"{self.endpoint.method} on a whole collection: what does it do?")

    def _item(self, entity: EntityDraft, param: str) -> Operation:
        kinds: dict[str, OperationKind] = {"GET": "read", "PATCH": "update", "PUT": "replace", "DELETE": "delete"}
        kind = kinds.get(self.endpoint.method)
        if kind is None:
            return self._unknown("POST on a single item: what does it do?")
        if param != "id" and not param.endswith("_id") and param in entity.fields:
            self.draft.ask(
                self.endpoint.key, f"`{param}` is served as the id of the {entity.name}.", self.endpoint.span
            )
        verb = {"read": "get"}.get(kind, kind)
        return Operation(self.endpoint, kind, names.camel(verb, entity.name), entity, param, self._parents(entity))

    def _special(self, last: Link) -> Operation:
        """The last part of the path is no entity: numbers, a search, a verb, a field."""
        base = self.links[-2] if len(self.links) > 1 else None
        literal = last.literal.lower()
        entity = (
            self.account if literal in self.paths["me"] else base.entity if base is not None else self._only_entity()
        )
        if last.param is not None or entity is None or entity.owner != self.endpoint.service:
            return self._unknown("What does it do, and to which entity?")
        if literal in self.paths["me"] and self.endpoint.method in {"PATCH", "PUT"} and self._account_only(entity):
            operation_id = names.camel("update", "my", entity.name)
            return Operation(self.endpoint, "update", operation_id, entity)
        if self.endpoint.method == "GET" and (base is None or base.param is None):
            if literal in self.paths["summary"]:
                return Operation(self.endpoint, "summary", names.camel("get", entity.name, "summary"), entity)
            if literal in self.paths["search"] and self.endpoint.filters:
                return Operation(self.endpoint, "list", names.camel("search", entity.name), entity)
        if base is not None and base.param is not None and self.endpoint.method in {"POST", "PUT", "PATCH"}:
            return self._action(entity, base.param, literal)
        return self._unknown("What does it answer?")

    def _account_only(self, entity: EntityDraft) -> bool:
        return entity is self.account and self.links[-1].param is None

    def _action(self, entity: EntityDraft, param: str, literal: str) -> Operation:
        name = names.field_name(literal)
        parents = self._parents(entity)
        if name in entity.fields and self.endpoint.method in {"PUT", "PATCH"}:
            operation_id = names.camel("set", entity.name, name)
            return Operation(self.endpoint, "update", operation_id, entity, param, parents, {}, (name,))
        sets = self._sets(entity, literal)
        sets |= {f.name: NOW for f in entity.fields.values() if f.type == "datetime" and _moment_of(f.name, literal)}
        operation_id = names.camel(literal, entity.name)
        if not sets:
            return self._unknown(f"Which field of {entity.name} does `{literal}` change, and to what?", operation_id)
        return Operation(self.endpoint, "action", operation_id, entity, param, parents, sets)

    def _sets(self, entity: EntityDraft, literal: str) -> dict[str, JsonValue]:
        """The enum value named in the text or most like the verb, or the flag of that name."""
        text = self.endpoint.text.lower()
        choices = [(f.name, value) for f in entity.fields.values() for value in f.enum]
        named = [(name, value) for name, value in choices if f"`{value.lower()}`" in text or _stated(text, value)]
        if len(named) == 1:
            return {named[0][0]: named[0][1]}
        scored = sorted(((alike(literal, value), name, value) for name, value in choices), reverse=True)
        if scored and scored[0][0] >= SIMILAR and [s[0] for s in scored].count(scored[0][0]) == 1:
            return {scored[0][1]: scored[0][2]}
        return _flag(entity, literal, text)

    def _parents(self, entity: EntityDraft) -> tuple[Parent, ...]:
        found: list[Parent] = []
        for link in self.links:
            if link.entity is not None and link.param is not None and link.entity is not entity:
                name = resolve.parent_field(entity, link.entity)
                if name is not None:
                    found.append(Parent(param=link.param, field=name))
        return tuple(found)

    def _only_entity(self) -> EntityDraft | None:
        owned = [e for e in self.draft.entities.values() if e.owner == self.endpoint.service and not e.embedded]
        return owned[0] if len(owned) == 1 else None

    def _unknown(self, question: str, operation_id: str = "") -> Operation:
        self.draft.ask(self.endpoint.key, question, self.endpoint.span)
        literals = [link.literal for link in self.links]
        name = operation_id or names.camel(self.endpoint.method.lower(), *literals)
        return Operation(self.endpoint, "unknown", name)


def _flag(entity: EntityDraft, verb: str, text: str) -> dict[str, JsonValue]:
    """The boolean that the text sets (`sets active to false`) or that the verb is like (`deactivate`, `mark-read`)."""
    flags = [f.name for f in entity.fields.values() if f.type == "boolean"]
    for name in flags:
        told = re.search(rf"\b{re.escape(name)}\b\W+(?:\w+\W+){{0,2}}?(true|false)\b", text)
        if told:
            return {name: told.group(1) == "true"}
    for name in flags:
        plain = names.split(name)[-1]
        if alike(verb, plain) >= SIMILAR:
            return {name: True}
        bare = next((verb.removeprefix(prefix) for prefix in ("un", "de", "dis", "in") if verb.startswith(prefix)), "")
        if bare and (alike(bare, plain) >= SIMILAR or (plain.endswith(bare) and len(bare) > 2)):  # noqa: PLR2004 - `able` of `enabled`
            return {name: False}
    return {}


def _moment_of(name: str, verb: str) -> bool:
    """`cancelled_at` is when `cancel` happened."""
    parts = name.split("_")
    return parts[-1] in {"at", "on", "time"} and len(parts) > 1 and alike(verb, "_".join(parts[:-1])) >= SIMILAR


def _stated(text: str, value: str) -> bool:
    """`becomes cancelled`, `status to cancelled`, `marked as paid`."""
    plain = value.lower().replace("_", " ")
    return any(
        f"{before} {form}" in text for before in ("to", "as", "becomes", "is", "=") for form in (plain, value.lower())
    )


def alike(verb: str, value: str) -> float:
    """How much a verb is like a state: `cancel` and `cancelled`, `ship` and `shipped`, `mark-read` and `read`."""
    best = 0.0
    for left in names.split(verb):
        for right in names.split(value):
            if left == right or right in {f"{left}ed", f"{left}d", f"{left}{left[-1]}ed", f"{left[:-1]}ied"}:
                best = max(best, 1.0)
            common = SequenceMatcher(None, left, right).ratio()
            if left[:3] == right[:3]:
                best = max(best, common)
    return best
