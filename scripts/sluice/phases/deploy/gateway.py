"""Calls operations through the gateway and holds each answer against the contract."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2
import jsonschema_rs
from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.phases.deploy.openapi import Operation, contained
from sluice.phases.deploy.sample import filled_path

_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


class StepFailed(Exception):
    """A step is not as it must be; its text says why and becomes the detail of the step."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(_TOKEN.sub("<token>", why))
        self.status = status


@dataclass(frozen=True)
class Answer:
    """Status and JSON body (None without one) of a call that went as the contract says."""

    status: int
    body: JsonValue = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call; `ids` fill the path's parameters by entity."""

    operation: Operation
    ids: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue = None
    query: Mapping[str, int] = field(default_factory=dict)
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A call that went as the contract says, and its answer."""

    request: Request
    answer: Answer

    @property
    def path(self) -> str:
        """The path that was called, below the service."""
        return filled_path(self.request.operation, self.request.ids)


@dataclass(frozen=True)
class Gateway:
    """The gateway at `url`; each service answers under `/api/<service>`.  `exchanges` grows with each good call."""

    url: str
    client: httpx2.Client
    exchanges: list[Exchange] = field(default_factory=list)

    def send(self, request: Request) -> httpx2.Response:
        """The raw answer.

        Raises:
            StepFailed: there was none.
        """
        operation = request.operation
        try:
            return self.client.request(
                operation.method,
                f"{self.url}/api/{operation.service}{filled_path(operation, request.ids)}",
                params=dict(request.query) or None,
                json=request.body,
                headers={"Authorization": f"Bearer {request.token}"} if request.token else {},
            )
        except httpx2.HTTPError as error:
            raise StepFailed(f"no answer: {error or type(error).__name__}") from error

    def call(self, request: Request) -> Answer:
        """The answer, which has the contract's success status and a body valid by its schema.

        Raises:
            StepFailed: anything else.
        """
        operation, response = request.operation, self.send(request)
        status = response.status_code
        if status != operation.success:
            raise StepFailed(f"answered {status}, must be {operation.success}: {response.text[:200]}", status)
        answer = Answer(status, self._body(request, response))
        self.exchanges.append(Exchange(request=request, answer=answer))
        return answer

    def _body(self, request: Request, response: httpx2.Response) -> JsonValue:
        operation, status = request.operation, response.status_code
        schema = operation.response_schema(status)
        if schema is None:
            return None
        try:
            body: JsonValue = response.json()
        except (ValueError, RecursionError):
            raise StepFailed("the answer is not JSON", status) from None
        if problem := schema_fault(contained(operation.document, schema), body):
            raise StepFailed(f"the answer violates the contract: {problem}", status)
        return body


def schema_fault(schema: JsonObject, value: JsonValue) -> str:
    """The first violation of a self-contained JSON Schema, '' when there is none."""
    try:
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(value)
    except jsonschema_rs.ValidationError as error:
        where = "/".join(str(part) for part in error.instance_path)
        return f"{where or 'body'}: {error.message}"[:300]
    except ValueError as error:
        return f"it cannot be checked: {error}"[:300]
    return ""
