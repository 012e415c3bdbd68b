"""Consumer contracts (Pact) of the cross-service flow, and their verification by the Pact verifier.

What a consumer read in the flow becomes one interaction: the request as it was sent, and of the answer the status, the
keys and the types that it had.  Registrations and logins are left out (they carry credentials), so is what cannot be
played twice: changes, deletions, what a later deletion took away, and creations that the contract may refuse as known.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.files import write_atomic
from sluice.model.base import JsonObject
from sluice.model.integration import PactResult
from sluice.phases.deploy.gateway import Exchange

CONSUMER: Final = "cross-service-flow"
_TIMEOUT_S: Final = 120.0
_CREDENTIALS: Final = ("register", "login")
_CONFLICT: Final = "409"
_RESULTS = TypeAdapter(tuple[PactResult, ...])


def record(exchanges: Sequence[Exchange], directory: Path) -> dict[str, Path]:
    """Write one pact for each provider; returns the files by service."""
    grouped: dict[str, dict[str, JsonObject]] = {}
    for exchange in _repeatable(exchanges):
        made = interaction(exchange)
        grouped.setdefault(exchange.request.operation.service, {}).setdefault(str(made["description"]), made)
    files = {}
    for service, interactions in sorted(grouped.items()):
        files[service] = directory / f"{CONSUMER}-{service}.json"
        write_atomic(files[service], json.dumps(pact(service, list(interactions.values())), indent=1) + "\n")
    return files


def verify(files: dict[str, Path], gateway: str, token: str, *, run_id: str) -> tuple[PactResult, ...]:
    """Play every interaction to its provider through the gateway; whatever keeps that from happening is a failure."""
    if not files:
        return ()
    order = {"gateway": gateway, "token": token, "pacts": {name: str(path) for name, path in files.items()}}
    done = proc.run(
        [sys.executable, "-P", "-m", "sluice.phases.deploy.pact_verifier"],
        run_id=run_id,
        stdin=json.dumps(order).encode(),
        env=child_environment({"PACT_DO_NOT_TRACK": "true"}),
        timeout=_TIMEOUT_S,
    )
    try:
        results = _RESULTS.validate_json(done.stdout.rpartition("\n\0")[2])
        why = "it played nothing"
    except ValidationError:
        lines = (done.stderr or done.stdout).strip().splitlines()
        results, why = (), lines[-1][:300] if lines else f"it ended with code {done.code}"
    unseen = files.keys() - {result.service for result in results}
    return (*results, *(_unverified(service, why) for service in sorted(unseen)))


def _unverified(service: str, why: str) -> PactResult:
    return PactResult(service=service, interaction="the whole pact", ok=False, detail=f"the verifier failed: {why}")


def pact(service: str, interactions: list[JsonObject]) -> JsonObject:
    """A Pact document (specification version 4) of the flow's needs of one provider."""
    return {
        "consumer": {"name": CONSUMER},
        "provider": {"name": service},
        "interactions": [*interactions],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }


def interaction(exchange: Exchange) -> JsonObject:
    """One exchange as a Pact interaction; the answer is matched by type, its values are not kept."""
    request, operation = exchange.request, exchange.request.operation
    wanted: JsonObject = {"method": operation.method, "path": f"/api/{operation.service}{exchange.path}"}
    if request.query:
        wanted["query"] = {name: [str(value)] for name, value in sorted(request.query.items())}
    if request.body is not None:
        wanted["headers"] = {"Content-Type": ["application/json"]}
        wanted["body"] = _content(request.body)
    answer: JsonObject = {"status": exchange.answer.status}
    if exchange.answer.body is not None:
        answer["body"] = _content(shape(exchange.answer.body))
        answer["matchingRules"] = {"body": {"$": {"combine": "AND", "matchers": [{"match": "type"}]}}}
    return {
        "type": "Synchronous/HTTP",
        "description": operation.label,
        "request": wanted,
        "response": answer,
    }


def _content(body: JsonValue) -> JsonObject:
    return {"content": body, "contentType": "application/json", "encoded": False}


def shape(value: JsonValue) -> JsonValue:
    """An example of the same type: neutral scalars, no nulls, of a list what all its elements have in common."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_common([shape(item) for item in value])] if value and None not in value else []
    if isinstance(value, str):
        return "text"
    return value if isinstance(value, bool) or value is None else type(value)(1)


def _common(items: list[JsonValue]) -> JsonValue:
    first = items[0]
    if not isinstance(first, dict):
        return first
    others = [item for item in items if isinstance(item, dict)]
    return {name: value for name, value in first.items() if all(name in other for other in others)}


def _repeatable(exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    gone = [exchange.path for exchange in exchanges if exchange.request.operation.method == "DELETE"]
    for exchange in exchanges:
        operation = exchange.request.operation
        again = operation.method == "GET" or (operation.kind == "create" and _CONFLICT not in operation.statuses)
        deleted = any(f"{exchange.path}/".startswith(f"{path}/") for path in gone)
        if again and not deleted and operation.kind not in _CREDENTIALS:
            yield exchange
