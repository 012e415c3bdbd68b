"""What the Architect makes of a PRD."""

from typing import Literal

from sluice.model.base import Artifact, JsonObject, Model
from sluice.model.domain import DomainModel, Event
from sluice.model.service_map import ServiceMap, Span

ContractKind = Literal["openapi", "asyncapi"]


class Question(Model):
    """A doubt that a person should settle; nothing was invented to settle it."""

    about: str
    question: str
    source: Span | None = None


class Requirement(Model):
    """A sentence of the PRD with an id; `covered_by` names operations (`METHOD /path`), entities or events."""

    id: str
    text: str
    source: Span | None = None
    covered_by: tuple[str, ...] = ()


class ContractStub(Model):
    """A contract to register: one OpenAPI 3.1 or AsyncAPI 3.0 document of one service."""

    service: str
    kind: ContractKind
    version: str = "1.0.0"
    document: JsonObject

    @property
    def name(self) -> str:
        """The name under which the contract is registered, unique in a decomposition."""
        return f"{self.service}.{self.kind}"


class Decomposition(Artifact):
    """The Architect's whole answer: services, entities, events, contracts, and what it was not sure of."""

    title: str = ""
    service_map: ServiceMap
    domain_model: DomainModel
    events: tuple[Event, ...] = ()
    contract_stubs: tuple[ContractStub, ...] = ()
    questions: tuple[Question, ...] = ()
    requirements: tuple[Requirement, ...] = ()


ContractStubs = tuple[ContractStub, ...]
