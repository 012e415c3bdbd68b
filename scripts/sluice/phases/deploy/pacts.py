"""Consumer contracts (Pact) of the cross-service flow, and their verification by the Pact verifier.

What a consumer read in the flow becomes one interaction: the request as it was sent, and of the answer the status and
the keys and types that it had and that the contract promises.  Registrations and logins are left out (they carry
credentials), so is what cannot be played twice: changes, deletions, what a later deletion took away, and creations that
the contract may refuse as known.
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
from sluice.phases.deploy.openapi import listing, mapping, resolve

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
        answer["body"] = _content(_promised(exchange))
        answer["matchingRules"] = {"body": {"$": {"combine": "AND", "matchers": [{"match": "type"}]}}}
    return {
        "type": "Synchronous/HTTP",
        "description": operation.label,
        "request": wanted,
        "response": answer,
    }


def _promised(exchange: Exchange) -> JsonValue:
    operation = exchange.request.operation
    return shape(exchange.answer.body, operation.document, operation.response_schema(exchange.answer.status))


def _content(body: JsonValue) -> JsonObject:
    return {"content": body, "contentType": "application/json", "encoded": False}


def shape(value: JsonValue, document: JsonObject, schema: JsonValue) -> JsonValue:
    """An example of the same type with neutral scalars; of objects only what the contract promises to be there.

    Another answer may lack an optional key, or have null where null is allowed: nobody may rely on those.
    """
    known = resolve(document, schema)
    if isinstance(value, dict):
        properties = mapping(known.get("properties"))
        promised = [name for name in listing(known.get("required")) if isinstance(name, str) and name in value]
        return {
            name: shape(value[name], document, properties[name])
            for name in promised
            if _definite(document, properties.get(name))
        }
    if isinstance(value, list):
        return [shape(value[0], document, known.get("items"))] if value else []
    if isinstance(value, str):
        return "text"
    return value if isinstance(value, bool) or value is None else type(value)(1)


def _definite(document: JsonObject, schema: JsonValue) -> bool:
    """Whether a value has the same type in every answer."""
    known = resolve(document, schema)
    return isinstance(known.get("type"), str) and known.get("nullable") is not True


def _repeatable(exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    gone = [exchange.path for exchange in exchanges if exchange.request.operation.method == "DELETE"]
    for exchange in exchanges:
        operation = exchange.request.operation
        again = operation.method == "GET" or (operation.kind == "create" and _CONFLICT not in operation.statuses)
        deleted = any(f"{exchange.path}/".startswith(f"{path}/") for path in gone)
        if again and not deleted and operation.kind not in _CREDENTIALS:
            yield exchange
