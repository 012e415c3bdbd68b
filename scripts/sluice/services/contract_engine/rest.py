"""REST face of the Contract Engine, under `/api/contracts`."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field, WithJsonSchema

from sluice.model.base import JsonObject
from sluice.model.contract import ContractSummary, RegisteredContract, ValidationReport
from sluice.services.contract_engine.fields import ContractName, Version
from sluice.services.contract_engine.store import Contracts, NewContract
from sluice.services.failures import problem
from sluice.services.fields import Limit, Offset, ServiceName

_MISSING: Final = problem(HTTPStatus.NOT_FOUND, "No such contract")
_OTHER: Final = problem(HTTPStatus.CONFLICT, "This version is registered with another content")
_EXAMPLE: Final[JsonObject] = {"openapi": "3.1.0", "info": {"title": "ping-service", "version": "1.0.0"}, "paths": {}}


def _rooted(key: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "object", "required": [key], "properties": {key: {"type": "string"}}})


class _New(BaseModel):
    name: ContractName
    service: ServiceName
    version: Version


class NewOpenApi(_New):
    """An OpenAPI document to register."""

    kind: Literal["openapi"]
    document: Annotated[JsonObject, _rooted("openapi")]


class NewAsyncApi(_New):
    """An AsyncAPI document to register."""

    kind: Literal["asyncapi"]
    document: Annotated[JsonObject, _rooted("asyncapi")]


class Specification(BaseModel):
    """What to validate: an object, or JSON or YAML text."""

    document: JsonObject | str = Field(examples=[_EXAMPLE])


def contracts_router(contracts: Contracts) -> APIRouter:
    """Routes of the registry."""
    router = APIRouter(tags=["contracts"])
    _add_reads(router, contracts)

    @router.post("", status_code=HTTPStatus.CREATED, responses={**_OTHER, 200: {"model": RegisteredContract}})
    def create_contract(
        new: Annotated[NewOpenApi | NewAsyncApi, Field(discriminator="kind", examples=[_example()])], response: Response
    ) -> RegisteredContract:
        """Register one version of a contract; 200 when exactly this is registered already."""
        contract, created = contracts.create(
            NewContract(name=new.name, service=new.service, kind=new.kind, version=new.version, document=new.document)
        )
        response.status_code = HTTPStatus.CREATED if created else HTTPStatus.OK
        return contract

    @router.post("/documents/validations")
    def validate_document(specification: Specification) -> ValidationReport:
        """Validate a document and record that this content has been validated."""
        return contracts.validate(specification.document)

    @router.post("/{name}/validations", responses=_MISSING)
    def validate_contract(
        name: Annotated[ContractName, Path()], version: Annotated[Version | None, Query()] = None
    ) -> ValidationReport:
        """Validate a registered contract and record that it has been validated."""
        return contracts.validate_registered(name, version)

    return router


def _example() -> dict[str, Any]:
    return {
        "name": "ping-service.openapi",
        "service": "ping-service",
        "kind": "openapi",
        "version": "1.0.0",
        "document": _EXAMPLE,
    }


def _add_reads(router: APIRouter, contracts: Contracts) -> None:
    @router.get("")
    def list_contracts(
        service: Annotated[ServiceName | None, Query()] = None,
        limit: Annotated[Limit, Query()] = 50,
        offset: Annotated[Offset, Query()] = 0,
    ) -> list[ContractSummary]:
        """List registered versions by contract name."""
        return contracts.all(service, limit=limit, offset=offset)

    @router.get("/{name}", responses=_MISSING)
    def get_contract(
        name: Annotated[ContractName, Path()], version: Annotated[Version | None, Query()] = None
    ) -> RegisteredContract:
        """Return a contract with its document; the highest version when none is named."""
        return contracts.get(name, version)

    @router.get("/{name}/versions", responses=_MISSING)
    def list_versions(name: Annotated[ContractName, Path()]) -> list[ContractSummary]:
        """List the versions of a contract, highest first."""
        return contracts.versions(name)
