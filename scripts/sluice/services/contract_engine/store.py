"""Contracts in PostgreSQL: versions never change once registered, registration is idempotent and safe in parallel."""

import json
import re
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Engine, Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert

from sluice.core.errors import InputError
from sluice.core.files import canonical_json, digest
from sluice.model.base import JsonObject
from sluice.model.contract import ContractSummary, RegisteredContract, SpecError, ValidationReport
from sluice.model.decomposition import ContractKind
from sluice.services.contract_engine.specs.catalogue import RULES
from sluice.services.contract_engine.specs.documents import UnreadableError, read
from sluice.services.contract_engine.specs.validate import kind_of, validate
from sluice.services.contract_engine.tables import CONTRACTS, VALIDATIONS
from sluice.services.failures import ConflictError, NotFoundError

_SEMANTIC = re.compile(r"(\d+)\.(\d+)\.(\d+)(-[^+]+)?(\+.*)?")
_KEY = ("name", "version")


@dataclass(frozen=True, kw_only=True)
class NewContract:
    """A contract to register."""

    name: str
    service: str
    kind: ContractKind
    version: str
    document: JsonObject


class Contracts:
    """The registry."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, new: NewContract) -> tuple[RegisteredContract, bool]:
        """Register a contract, not yet validated; says too whether it is new.

        Raises:
            InputError: not a document of this kind, or beyond the limits.
            ConflictError: this version of this name is registered with another content.
        """
        try:
            document = read(new.document)
        except UnreadableError as error:
            raise InputError(
                "the document cannot be registered", details=[str(error)], hint=RULES[error.fault.rule].hint
            ) from error
        if kind_of(document) != new.kind:
            raise InputError(f"the document is not {new.kind}", hint=f"its root must have the key {new.kind!r}")
        values = {
            "name": new.name,
            "service": new.service,
            "kind": new.kind,
            "version": new.version,
            "digest": digest(canonical_json(document)),
        }
        text = json.dumps(document, allow_nan=False)
        adding = insert(CONTRACTS).values(**values, document=text).on_conflict_do_nothing(index_elements=_KEY)
        with self._engine.begin() as connection:
            created = connection.execute(adding.returning(CONTRACTS.c.id)).first() is not None
            row = connection.execute(_contracts().where(*_version(new.name, new.version))).one()
        different = [key for key, value in values.items() if getattr(row, key) != value]
        if different:
            raise ConflictError(
                f"{new.name} {new.version} is registered already",
                details=[f"its {', '.join(different)} differs: {row.digest} is registered"],
                hint="register it under a new version",
            )
        return _registered(row), created

    def get(self, name: str, version: str | None = None) -> RegisteredContract:
        """One version of a contract; the highest when none is named.

        Raises:
            NotFoundError: there is none.
        """
        if version is None:
            version = self.versions(name)[0].version
        with self._engine.connect() as connection:
            row = connection.execute(_contracts().where(*_version(name, version))).first()
        if row is None:
            raise NotFoundError(f"no version {version} of contract {name}", hint="list_contracts shows what there is")
        return _registered(row)

    def versions(self, name: str) -> list[ContractSummary]:
        """All versions of a contract, highest first.

        Raises:
            NotFoundError: there is none.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(_summaries().where(CONTRACTS.c.name == name)).all()
        if not rows:
            raise NotFoundError(f"no contract {name}", hint="list_contracts shows what there is")
        return [_summary(row) for row in sorted(rows, key=_order, reverse=True)]

    def all(self, service: str | None = None, *, limit: int | None = None, offset: int = 0) -> list[ContractSummary]:
        """Every version of every contract, in the order of name and registration."""
        query = _summaries().order_by(CONTRACTS.c.name, CONTRACTS.c.id).limit(limit).offset(offset)
        if service is not None:
            query = query.where(CONTRACTS.c.service == service)
        with self._engine.connect() as connection:
            return [_summary(row) for row in connection.execute(query)]

    def validate(self, document: JsonValue) -> ValidationReport:
        """Judge a document, and record that this very content has been judged."""
        specification, report = validate(document)
        if specification is not None:
            self._record(digest(canonical_json(specification)), report)
        return report

    def validate_registered(self, name: str, version: str | None = None) -> ValidationReport:
        """Judge a registered contract, and record it.

        Raises:
            NotFoundError: there is none.
        """
        return self.validate(self.get(name, version).document)

    def validate_digest(self, wanted: str) -> ValidationReport:
        """Judge the registered document with this digest, and record it.

        Raises:
            NotFoundError: there is none.
        """
        with self._engine.connect() as connection:
            found = connection.execute(select(CONTRACTS.c.document).where(CONTRACTS.c.digest == wanted)).scalar()
        if found is None:
            raise NotFoundError(f"no contract has the digest {wanted}", hint="list_contracts shows the digests")
        return self.validate(json.loads(found))

    def _record(self, content: str, report: ValidationReport) -> None:
        values = {
            "valid": report.valid,
            "report": json.dumps(report.model_dump(mode="json")),
            "validated_at": func.now(),
        }
        adding = insert(VALIDATIONS).values(digest=content, **values)
        with self._engine.begin() as connection:
            connection.execute(adding.on_conflict_do_update(index_elements=["digest"], set_=values))


def _version(name: str, version: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return CONTRACTS.c.name == name, CONTRACTS.c.version == version


def _contracts() -> Select[Any]:
    join = CONTRACTS.outerjoin(VALIDATIONS, CONTRACTS.c.digest == VALIDATIONS.c.digest)
    return select(CONTRACTS, VALIDATIONS.c.valid, VALIDATIONS.c.report).select_from(join)


def _summaries() -> Select[Any]:
    join = CONTRACTS.outerjoin(VALIDATIONS, CONTRACTS.c.digest == VALIDATIONS.c.digest)
    columns = [column for column in CONTRACTS.c if column.name != "document"]
    return select(*columns, VALIDATIONS.c.valid, VALIDATIONS.c.validated_at).select_from(join)


def _registered(row: Row[Any]) -> RegisteredContract:
    report = json.loads(row.report) if row.report else {"errors": []}
    return RegisteredContract(
        name=row.name,
        service=row.service,
        kind=row.kind,
        version=row.version,
        digest=row.digest,
        validated=row.valid is not None,
        valid=bool(row.valid),
        errors=tuple(SpecError.model_validate(error) for error in report["errors"]),
        document=json.loads(row.document),
    )


def _summary(row: Row[Any]) -> ContractSummary:
    return ContractSummary(
        name=row.name,
        service=row.service,
        kind=row.kind,
        version=row.version,
        digest=row.digest,
        valid=bool(row.valid),
        validated_at=row.validated_at.astimezone(UTC).isoformat() if row.validated_at else None,
    )


def _order(row: Row[Any]) -> tuple[bool, tuple[int, ...], bool, str, int]:
    """Semantic versions by precedence (a release after its pre-releases) above others, then by registration."""
    match = _SEMANTIC.fullmatch(row.version)
    if not match:
        return False, (), False, "", row.id
    return True, tuple(int(part) for part in match.group(1, 2, 3)), match[4] is None, match[4] or "", row.id
