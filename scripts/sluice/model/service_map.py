"""Services as the Architect sees them."""

from typing import Literal

from pydantic import Field, JsonValue, StrictBool, StrictFloat, StrictInt

from sluice.model.base import JsonObject, Model

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class Span(Model):
    """Lines of the PRD, counted from 1, both ends included."""

    line_start: StrictInt
    line_end: StrictInt


class Endpoint(Model):
    """One HTTP operation of a service.

    `request` is the JSON Schema of the body (None: no body); `responses` maps a status code to the JSON Schema
    of the body (None: no body).
    """

    method: Method
    path: str
    summary: str = ""
    auth: StrictBool = False
    request: JsonObject | None = None
    responses: dict[str, JsonValue] = Field(default_factory=dict)
    requirement: str | None = None
    source: Span | None = None
    confidence: StrictFloat = 1.0


class Service(Model):
    """One service: `name` is the canonical kebab-case form, `original_name` what the PRD wrote.

    `port` and `stack` are what the PRD says of them, for people; contracts do not depend on them.
    """

    name: str
    original_name: str
    description: str = ""
    entities: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    publishes: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    requirement: str | None = None
    source: Span | None = None
    confidence: StrictFloat = 1.0
    port: StrictInt | None = None
    stack: str = ""


class ServiceMap(Model):
    """All services of a decomposition, in the order of the document."""

    services: tuple[Service, ...] = ()

    def named(self, name: str) -> Service | None:
        """The service with this canonical name."""
        return next((service for service in self.services if service.name == name), None)
