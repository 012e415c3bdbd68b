"""Walks a planned flow: an account, entities, their events, and what consumers made of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pydantic import JsonValue

from sluice.core.errors import ServiceCallFailed
from sluice.model.base import JsonObject
from sluice.model.hints import ConsumeHint, Value
from sluice.model.integration import EventCheck, FlowStep
from sluice.phases.deploy.events import Bus, Watch
from sluice.phases.deploy.flow_plan import PlannedStep
from sluice.phases.deploy.gateway import Answer, Gateway, Request, StepFailed
from sluice.phases.deploy.identity import Issuer, access_token
from sluice.phases.deploy.openapi import Operation, listing, mapping
from sluice.phases.deploy.sample import request_body

T = TypeVar("T")

_PAGE = 100
_MAX_PAGES = 100
_SHOWN_KEYS = 8
_UNAUTHORIZED = 401


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Gateway, event bus, who logs accounts in or else a ready token, and seconds to wait for effects."""

    gateway: Gateway
    bus: Bus
    issuer: Issuer | None = None
    token: str = ""
    patience: float = 10.0


@dataclass
class Walker:
    """Takes the steps of a plan one after the other and remembers what they made."""

    at: Surroundings
    plan: Sequence[PlannedStep]
    token: str = ""
    registration: JsonObject = field(default_factory=dict)
    rows: dict[str, JsonObject] = field(default_factory=dict)
    sent: dict[str, JsonObject] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    payloads: dict[str, JsonObject] = field(default_factory=dict)
    watches: list[Watch] = field(default_factory=list)

    def walk(self) -> Iterator[FlowStep]:
        """Every step, in order; one that needs what a failed step should have made is not run and says so."""
        self.token = self.at.token
        for step in self.plan:
            yield self._take(step)

    def events(self) -> tuple[EventCheck, ...]:
        """The events of the walk as they stand now: late duplicates count."""
        return tuple(self._final(watch) for watch in self.watches)

    def _final(self, watch: Watch) -> EventCheck:
        try:
            return watch.check(self.at.bus)
        except ServiceCallFailed as failure:
            about = watch.publication
            return EventCheck(
                event=about.event,
                publisher=about.service,
                consumers=watch.consumers,
                published=0,
                valid=False,
                detail=str(failure),
            )

    @property
    def ids(self) -> dict[str, str]:
        """The id of the newest entity of each name."""
        return {entity: str(row["id"]) for entity, row in self.rows.items() if "id" in row}

    def _take(self, step: PlannedStep) -> FlowStep:
        result = FlowStep(step=step.title, service=step.service, ok=False)
        missing = [entity for entity in step.needs if entity not in self.rows]
        if missing:
            return result.model_copy(update={"detail": f"not run: there is no {', '.join(missing)}"})
        handlers = {
            "register": self._register,
            "login": self._login,
            "guard": self._guard,
            "reach": self._reach,
            "create": self._create,
            "read": self._read,
            "list": self._list,
            "change": self._change,
            "event": self._event,
            "effect": self._effect,
        }
        try:
            status, detail = handlers[step.kind](step)
        except StepFailed as failure:
            return result.model_copy(update={"status": failure.status, "detail": str(failure)})
        except ServiceCallFailed as failure:
            return result.model_copy(update={"detail": str(failure)})
        return result.model_copy(update={"ok": True, "status": status, "detail": detail})

    def _register(self, step: PlannedStep) -> tuple[int | None, str]:
        self.registration = self.at.issuer.registration() if self.at.issuer else {}
        answer = self._write(step, self.registration)
        self.rows[step.entity] = mapping(answer.body)
        return answer.status, _shape(answer)

    def _login(self, step: PlannedStep) -> tuple[int | None, str]:
        credentials = self.at.issuer.credentials(self.registration) if self.at.issuer else {}
        answer = self.at.gateway.call(Request(operation=_operation(step), body=credentials))
        self.token = access_token(answer.body)
        if not self.token:
            raise StepFailed("the answer has no access_token", answer.status)
        return answer.status, _shape(answer)

    def _guard(self, step: PlannedStep) -> tuple[int | None, str]:
        operation = _operation(step)
        request = Request(operation=operation, ids=self.ids, body=request_body(operation, self.ids))
        status = self.at.gateway.send(request).status_code
        if status != _UNAUTHORIZED:
            raise StepFailed(f"answered {status}, must be {_UNAUTHORIZED}", status)
        return status, "refused"

    def _reach(self, step: PlannedStep) -> tuple[int | None, str]:
        answer = self._call(_operation(step), self.ids)
        return answer.status, _shape(answer)

    def _create(self, step: PlannedStep) -> tuple[int | None, str]:
        operation = _operation(step)
        body = request_body(operation, self.ids)
        if body is None and operation.request:
            raise StepFailed("the contract gives no example of the request")
        self.rows.pop(step.entity, None)
        answer = self._write(step, body)
        self.rows[step.entity], self.sent[step.entity] = mapping(answer.body), mapping(body)
        return answer.status, _shape(answer)

    def _change(self, step: PlannedStep) -> tuple[int | None, str]:
        answer = self._write(step, request_body(_operation(step), self.ids))
        return answer.status, _shape(answer)

    def _read(self, step: PlannedStep) -> tuple[int | None, str]:
        answer = self._call(_operation(step), self.ids)
        self._compare(step.entity, mapping(answer.body), answer.status)
        return answer.status, _shape(answer)

    def _list(self, step: PlannedStep) -> tuple[int | None, str]:
        wanted = self.ids.get(step.entity)
        status, row, seen = self._search(_operation(step), lambda row: row.get("id") == wanted)
        if row is None:
            raise StepFailed(f"the {step.entity} made before is not among {seen}", status)
        self._compare(step.entity, row, status)
        return status, f"list with the {step.entity} made before"

    def _compare(self, entity: str, row: JsonObject, status: int | None) -> None:
        """What is read must be what the creation answered, in all that the request had set."""
        made = self.rows[entity]
        for name in ("id", *self.sent.get(entity, {})):
            if name in made and name in row and not same(row[name], made[name]):
                raise StepFailed(f"{entity} {name} was {made[name]!r} and is {row[name]!r}"[:200], status)

    def _event(self, step: PlannedStep) -> tuple[int | None, str]:
        if step.publication is None:
            raise StepFailed("the plan names no publication")
        mark = self.marks.get(step.publication.address)
        if mark is None:
            raise StepFailed("not run: what publishes it was not run")
        watch = Watch(
            publication=step.publication,
            consumers=step.consumers,
            mark=mark,
            entity_id=self.ids.get(step.entity, ""),
        )
        self.watches.append(watch)
        check = patiently(self.at.patience, lambda: watch.check(self.at.bus), lambda found: found.ok)
        for entry in watch.matching(self.at.bus)[:1]:
            self.payloads[step.publication.event] = entry.data
        if not check.ok:
            raise StepFailed(check.detail)
        return None, f"published once, valid, consumed by {', '.join(step.consumers) or 'nobody'}"

    def _effect(self, step: PlannedStep) -> tuple[int | None, str]:
        operation = _operation(step)
        if step.consumption is None or step.consumption.event not in self.payloads:
            raise StepFailed("not run: the event was not seen")
        expected = expected_row(step.consumption.hint, self.payloads[step.consumption.event])

        def look() -> tuple[int, JsonObject | None, int]:
            if operation.kind != "read":
                return self._search(operation, lambda row: agrees(row, expected))
            answer = self._call(operation, {**self.ids, step.entity: str(expected.get("id", ""))})
            row = mapping(answer.body)
            return answer.status, row if agrees(row, expected) else None, 1

        status, row, seen = patiently(self.at.patience, look, lambda found: found[1] is not None)
        if row is None:
            raise StepFailed(f"no {step.entity} as {step.consumption.event} should make it among {seen}", status)
        self.rows.setdefault(step.entity, row)
        return status, f"{step.entity} as {step.consumption.event} should make it"

    def _search(self, operation: Operation, wanted: Callable[[JsonObject], bool]) -> tuple[int, JsonObject | None, int]:
        """Status, the first wanted row of a list (page by page), and how many rows were seen."""
        paged = {"limit", "offset"} <= {str(parameter.get("name")) for parameter in operation.parameters}
        seen = 0
        for page in range(_MAX_PAGES):
            answer = self._call(operation, self.ids, {"limit": _PAGE, "offset": page * _PAGE} if paged else {})
            rows = [mapping(row) for row in listing(answer.body)]
            seen += len(rows)
            found = next((row for row in rows if wanted(row)), None)
            if found is not None or len(rows) < _PAGE or not paged:
                break
        return answer.status, found, seen

    def _call(self, operation: Operation, ids: dict[str, str], query: dict[str, int] | None = None) -> Answer:
        token = self.token if operation.secured else ""
        return self.at.gateway.call(Request(operation=operation, ids=ids, query=query or {}, token=token))

    def _write(self, step: PlannedStep, body: JsonValue) -> Answer:
        """Call an operation that may publish; remembers where the streams end before it."""
        operation = _operation(step)
        for publication in (other.publication for other in self.plan if other.publication):
            if publication.caused_by(operation):
                self.marks[publication.address] = self.at.bus.mark(publication.address)
        token = self.token if operation.secured else ""
        return self.at.gateway.call(Request(operation=operation, ids=self.ids, body=body, token=token))


def _operation(step: PlannedStep) -> Operation:
    if step.operation is None:
        raise StepFailed("the plan names no operation")
    return step.operation


def _shape(answer: Answer) -> str:
    keys = list(mapping(answer.body))
    shown = ", ".join(keys[:_SHOWN_KEYS]) + (", …" if len(keys) > _SHOWN_KEYS else "")
    return f"{answer.status} {{{shown}}}" if keys else str(answer.status)


def patiently(seconds: float, probe: Callable[[], T], good: Callable[[T], bool]) -> T:
    """The first good result, or the last one when time is up."""
    deadline, pause = time.monotonic() + seconds, 0.02
    while not good(result := probe()) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 2, 0.5)
    return result


def expected_row(hint: ConsumeHint, payload: JsonObject) -> JsonObject:
    """What a consumer's row must hold after an event, as far as the contract says."""
    values = {**hint.values, **({"id": hint.key} if hint.updates and hint.key else {})}
    return {name: _value(value, payload) for name, value in values.items() if _known(value, payload)}


def _known(value: Value, payload: JsonObject) -> bool:
    return value.from_field is None or value.from_field in payload


def _value(value: Value, payload: JsonObject) -> JsonValue:
    return value.const if value.from_field is None else payload[value.from_field]


def agrees(row: JsonObject, expected: JsonObject) -> bool:
    """Whether a row holds the expected values, those it does not show excepted."""
    return all(same(row[name], value) for name, value in expected.items() if name in row)


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equal, or the same instant written differently."""
    if left == right or not (isinstance(left, str) and isinstance(right, str)):
        return left == right
    try:
        return datetime.fromisoformat(left) == datetime.fromisoformat(right)
    except ValueError:
        return False
