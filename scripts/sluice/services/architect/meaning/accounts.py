"""Accounts: which entity they are, what registering and logging in need, who owns rows."""

from sluice.model.domain import EntityField
from sluice.services.architect.meaning.routes import chain
from sluice.services.architect.reading import names
from sluice.services.architect.reading.draft import Draft, EndpointDraft, EntityDraft

HASHES = {"password_hash", "hashed_password", "passwd", "pwd"}
PASSWORD = EntityField(name="password", type="password", constraints={"minLength": 8, "maxLength": 128})


def find(draft: Draft) -> EntityDraft | None:
    """The entity that registers and logs in; it has a password and something to log in with afterwards."""
    doors = [endpoint for endpoint in draft.endpoints if _is_door(draft, endpoint)]
    if not doors:
        return next((e for e in draft.entities.values() if any(f.type == "password" for f in e.fields.values())), None)
    service = doors[0].service
    owned = [e for e in draft.entities.values() if e.owner == service and not e.embedded]
    account = next((e for e in owned if any(f.type == "password" for f in e.fields.values())), None)
    account = account or next((e for e in owned if names.snake(e.name) in draft.words.ordered["accounts"]), None)
    account = account or next((e for e in owned if len(owned) == 1 and _can_log_in(draft, e, doors)), None)
    if account is not None:
        _complete(draft, account, doors)
    return account


def _can_log_in(draft: Draft, entity: EntityDraft, doors: list[EndpointDraft]) -> bool:
    """It has something to log in with, or a path to log in at."""
    known = {field.name for door in doors for field in door.request or []} | entity.fields.keys()
    at = any(link.entity is entity for door in doors for link in chain(draft, door.path, door.service))
    return at or any(name in known for name in draft.words.ordered["identities"])


def _is_door(draft: Draft, endpoint: EndpointDraft) -> bool:
    links = chain(draft, endpoint.path, endpoint.service)
    paths = draft.words.groups["paths"]
    last = links[-1] if links else None
    doors = (*paths["register"], *paths["login"])
    return last is not None and endpoint.method == "POST" and last.entity is None and last.literal.lower() in doors


def _complete(draft: Draft, account: EntityDraft, doors: list[EndpointDraft]) -> None:
    """What the bodies of register and login name is part of the account."""
    for door in doors:
        for field in door.request or []:
            account.fields.setdefault(field.name, field)
    for name in HASHES & account.fields.keys():
        account.fields["password"] = account.fields.pop(name).model_copy(
            update={"name": "password", "type": "password"}
        )
        draft.ask(f"{account.name}.{name}", "Clients send a `password`; only its hash is stored.", account.span)
    if not any(f.type == "password" for f in account.fields.values()):
        account.fields["password"] = PASSWORD
        draft.ask(account.name, "It logs in, but has no password in the document; one was added.", account.span)
    if identity(draft, account) is None:
        draft.ask(
            account.name, "It logs in, but the document does not say with which field; `email` was added.", account.span
        )
        account.fields["email"] = EntityField(name="email", type="email", unique=True)
    name = identity(draft, account) or "email"
    account.fields[name] = account.fields[name].model_copy(update={"unique": True, "required": True})


def identity(draft: Draft, account: EntityDraft) -> str | None:
    """The field to log in with."""
    return next((name for name in draft.words.ordered["identities"] if name in account.fields), None)


def password(account: EntityDraft) -> EntityField:
    """The password field of an account."""
    return next((f for f in account.fields.values() if f.type == "password"), PASSWORD)


def owner_field(
    draft: Draft, entity: EntityDraft, account: EntityDraft | None, endpoints: list[EndpointDraft]
) -> str | None:
    """The field with the token's subject: rows belong to an account, and all `endpoints` of the entity need a token."""
    if account is None or entity is account:
        return None
    mine = [endpoint for endpoint in endpoints if endpoint.service == entity.owner]
    if not mine or not all(e.auth for e in mine):
        return None
    candidates = [f for f in entity.fields.values() if f.references == account.name]
    told = [f for f in candidates if draft.words.pattern("field_phrases", "owner").search(f.description)]
    sent = {f.name for e in mine if e.method == "POST" for f in e.request or []}
    nested = {link.entity.name for e in mine for link in chain(draft, e.path, e.service) if link.entity and link.param}
    free = [f for f in candidates if f.name not in sent and account.name not in nested]
    free = [f for f in free if f.required] or free
    preferred = [f for f in free if f.name in (*draft.words.ordered["owner_fields"], f"{names.snake(account.name)}_id")]
    choice = (told or preferred or free)[:1]
    if len(free) > 1 and not told and len(preferred) != 1:
        draft.ask(entity.name, f"Several fields refer to {account.name}; which one is the owner?", entity.span)
        return None
    return choice[0].name if choice else None
