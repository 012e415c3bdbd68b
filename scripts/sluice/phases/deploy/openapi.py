"""Reads registered OpenAPI contracts: operations, their hints, examples and schemas."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError

from sluice.model.base import JsonObject
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.hints import EXTENSION, OperationHint

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MAX_REFERENCES = 20


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a contract; `method` is upper case, `statuses` are documented (`201`, `4XX`, `default`)."""

    service: str
    method: str
    path: str
    operation_id: str
    hint: OperationHint | None
    secured: bool
    statuses: tuple[str, ...]
    raw: JsonObject = field(repr=False, hash=False, compare=False)
    document: JsonObject = field(repr=False, hash=False, compare=False)

    @property
    def label(self) -> str:
        """`METHOD /path`, as in reports."""
        return f"{self.method} {self.path}"

    @property
    def kind(self) -> str:
        """The hint's kind, '' without a hint."""
        return self.hint.kind if self.hint else ""

    @property
    def entity(self) -> str:
        """The hint's entity, '' without."""
        return (self.hint.entity if self.hint else None) or ""

    @property
    def parameters(self) -> tuple[JsonObject, ...]:
        """Parameters of the path item and of the operation, references resolved."""
        item = mapping(mapping(self.document.get("paths")).get(self.path))
        both = [*listing(item.get("parameters")), *listing(self.raw.get("parameters"))]
        return tuple(resolve(self.document, parameter) for parameter in both)

    @property
    def request(self) -> JsonObject:
        """The media type object of the JSON body, {} without a body."""
        return json_media(self.document, resolve(self.document, self.raw.get("requestBody")))

    @property
    def success(self) -> int | None:
        """The first documented 2xx status."""
        return next((int(status) for status in self.statuses if status.isdigit() and status.startswith("2")), None)

    def documents(self, status: int) -> bool:
        """Whether the contract names this status, or its class."""
        return bool({str(status), f"{status // 100}XX", "default"} & set(self.statuses))

    def response_schema(self, status: int) -> JsonObject | None:
        """The JSON Schema of the body of a response, None when there is none."""
        responses = mapping(self.raw.get("responses"))
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                schema = json_media(self.document, resolve(self.document, responses[key])).get("schema")
                return schema if isinstance(schema, dict) else None
        return None


def operations(contract: RegisteredContract) -> tuple[Operation, ...]:
    """All operations of an OpenAPI contract, in the order of the document."""
    return tuple(_operations(contract.service, contract.document))


def all_operations(contracts: ContractSet) -> tuple[Operation, ...]:
    """The operations of every OpenAPI contract."""
    found = [contract for contract in contracts.contracts if contract.kind == "openapi"]
    return tuple(operation for contract in found for operation in operations(contract))


def _operations(service: str, document: JsonObject) -> Iterator[Operation]:
    for path, item in mapping(document.get("paths")).items():
        for method, raw in mapping(item).items():
            if method in METHODS and isinstance(raw, dict):
                yield Operation(
                    service=service,
                    method=method.upper(),
                    path=path,
                    operation_id=str(raw.get("operationId", "")),
                    hint=_hint(raw.get(EXTENSION)),
                    secured=_secured(raw.get("security", document.get("security"))),
                    statuses=tuple(str(status) for status in mapping(raw.get("responses"))),
                    raw=raw,
                    document=document,
                )


def _secured(security: JsonValue) -> bool:
    return bool(security) and all(bool(requirement) for requirement in listing(security))


def _hint(value: JsonValue) -> OperationHint | None:
    try:
        return OperationHint.model_validate(value) if isinstance(value, dict) else None
    except ValidationError:
        return None


def mapping(value: JsonValue) -> JsonObject:
    """The value if it is an object, else {}."""
    return value if isinstance(value, dict) else {}


def listing(value: JsonValue) -> list[JsonValue]:
    """The value if it is an array, else []."""
    return value if isinstance(value, list) else []


def resolve(document: JsonObject, value: JsonValue) -> JsonObject:
    """The object behind local references (`#/…`), {} when it is not one."""
    for _ in range(_MAX_REFERENCES):
        node = mapping(value)
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        value = _pointed(document, reference)
    return {}


def _pointed(document: JsonObject, reference: str) -> JsonValue:
    found: JsonValue = document if reference.startswith("#/") else None
    for part in reference.removeprefix("#/").split("/"):
        found = mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
    return found


def json_media(document: JsonObject, content_owner: JsonObject) -> JsonObject:
    """The media type object for JSON of a request body or a response."""
    content = mapping(content_owner.get("content"))
    name = next((name for name in content if name.partition(";")[0].strip().endswith("json")), "")
    return resolve(document, content.get(name))


def contained(document: JsonObject, schema: JsonValue) -> JsonObject:
    """A schema that carries the document's components, so that its references resolve."""
    return {"allOf": [schema], "components": document.get("components", {})}
