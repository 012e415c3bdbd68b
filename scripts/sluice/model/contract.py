"""Contracts as registered with the Contract Engine."""

from sluice.model.base import Artifact, JsonObject, Model
from sluice.model.decomposition import ContractKind


class SpecError(Model):
    """One fault of a specification; `pointer` is an RFC 6901 JSON pointer into the document ('' is the root).

    `line` and `column` count from 1 where the specification came as text; `file` is the path below the root folder
    where it came as files.
    """

    rule: str
    pointer: str
    message: str
    hint: str = ""
    line: int | None = None
    column: int | None = None
    file: str = ""


class ValidationReport(Model):
    """What `validate_spec` answers."""

    valid: bool
    kind: str
    version: str = ""
    operations: int = 0
    errors: tuple[SpecError, ...] = ()
    warnings: tuple[SpecError, ...] = ()


class RegisteredContract(Model):
    """A contract that the Contract Engine holds; `digest` is `sha256:<hex>` of the canonical JSON of `document`.

    `valid` and `errors` are those of the last validation; before one (`validated`), it is not valid.
    """

    name: str
    service: str
    kind: ContractKind
    version: str
    digest: str
    valid: bool
    validated: bool = False
    errors: tuple[SpecError, ...] = ()
    document: JsonObject


class ContractSummary(Model):
    """A registered contract without its document; `validated_at` (RFC 3339) is None until it has been validated."""

    name: str
    service: str
    kind: ContractKind
    version: str
    digest: str
    valid: bool
    validated_at: str | None = None


class ContractList(Model):
    """What `list_contracts` answers: every version of every contract, by name, then in order of registration."""

    contracts: tuple[ContractSummary, ...] = ()


class ContractSet(Artifact):
    """All contracts of a run, sorted by name."""

    contracts: tuple[RegisteredContract, ...] = ()

    def of(self, service: str, kind: ContractKind) -> RegisteredContract | None:
        """The contract of one kind of one service."""
        found = (c for c in self.contracts if c.service == service and c.kind == kind)
        return next(found, None)

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services that have an OpenAPI contract, sorted."""
        return tuple(sorted(c.service for c in self.contracts if c.kind == "openapi"))
