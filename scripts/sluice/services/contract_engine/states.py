"""States of contracts in PostgreSQL: registered and validated follow from what is stored, the others are recorded.

A state holds only on top of the one before it: a build of another tree ends `verified-live` until that is verified too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from sluice.core.files import canonical_json, digest
from sluice.model.lifecycle import STATES, ContractLife, ContractState, ReachedState, RecordedState
from sluice.services.contract_engine.tables import CONTRACTS, EVIDENCE, NEEDS, VALIDATIONS
from sluice.services.failures import ConflictError, NotFoundError

_KEY = ("contract", "state", "evidence", "basis")


class States:
    """The states of all contracts, and what consumers say that they use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, name: str, version: str, state: RecordedState, evidence: str, basis: str = "") -> ContractLife:
        """Record that a version has reached a state; what is so already is left as it is.

        Raises:
            NotFoundError: there is no such version.
            ConflictError: the state before it does not hold, or another implementation than the current was tested.
        """
        with self._engine.begin() as connection:
            number, life = _read(connection, name, version, lock=True)
            before = evidence_of(life, STATES[STATES.index(state) - 1])
            _check(life, state, before, basis)
            if evidence_of(life, state) == evidence:
                return life
            values = {"contract": number, "state": state, "evidence": evidence}
            adding = insert(EVIDENCE).values(**values, basis=before if state == "verified-live" else "")
            newest = {"recorded_at": func.clock_timestamp()}
            connection.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=newest))
            return _read(connection, name, version)[1]

    def life(self, name: str, version: str) -> ContractLife:
        """How far a version has come.

        Raises:
            NotFoundError: there is none.
        """
        with self._engine.connect() as connection:
            return _read(connection, name, version)[1]

    def of_service(self, service: str) -> list[ContractLife]:
        """Every version of every contract of a service, in order of registration."""
        with self._engine.connect() as connection:
            query = select(CONTRACTS.c.name, CONTRACTS.c.version).where(CONTRACTS.c.service == service)
            rows = connection.execute(query.order_by(CONTRACTS.c.id)).all()
            return [_read(connection, row.name, row.version)[1] for row in rows]

    def live(self, *, kind: str) -> list[ContractLife]:
        """Every version of contracts of one kind that is verified live, in order of registration."""
        query = select(CONTRACTS.c.id, CONTRACTS.c.name, CONTRACTS.c.version).where(CONTRACTS.c.kind == kind)
        proven = select(EVIDENCE.c.contract).where(EVIDENCE.c.state == "verified-live")
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(CONTRACTS.c.id.in_(proven)).order_by(CONTRACTS.c.id)).all()
            lives = [_read(connection, row.name, row.version)[1] for row in rows]
        return [life for life in lives if life.state == "verified-live"]

    def declare(self, consumer: str, provider: str, operations: Mapping[str, Sequence[str]]) -> None:
        """Keep what a consumer says that it uses of a provider, in place of what it said before."""
        said = {"operations": canonical_json({name: list(fields) for name, fields in operations.items()})}
        adding = insert(NEEDS).values(consumer=consumer, provider=provider, **said)
        newest = {**said, "declared_at": func.now()}
        with self._engine.begin() as connection:
            connection.execute(adding.on_conflict_do_update(index_elements=["consumer", "provider"], set_=newest))

    def declared(self, provider: str) -> dict[str, dict[str, tuple[str, ...]]]:
        """What consumers have said that they use of a provider."""
        query = select(NEEDS.c.consumer, NEEDS.c.operations).where(NEEDS.c.provider == provider)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {
            row.consumer: {name: tuple(fields) for name, fields in json.loads(row.operations).items()} for row in rows
        }


def evidence_of(life: ContractLife, state: ContractState) -> str:
    """The evidence of a state that holds, '' when it does not."""
    return next((reached.evidence for reached in life.reached if reached.state == state), "")


def _check(life: ContractLife, state: RecordedState, before: str, basis: str) -> None:
    name = f"{life.name} {life.version}"
    if not before:
        wanted = STATES[STATES.index(state) - 1]
        raise ConflictError(f"{name} is {life.state}, so it cannot be {state}", hint=f"it must be {wanted} first")
    if basis and basis != before:
        raise ConflictError(f"{name} has another implementation now: {before}", hint="test this one and record that")


def _read(connection: Connection, name: str, version: str, *, lock: bool = False) -> tuple[int, ContractLife]:
    """The number of a version and how far it has come; `lock`: nobody else records anything meanwhile."""
    judged = CONTRACTS.outerjoin(VALIDATIONS, CONTRACTS.c.digest == VALIDATIONS.c.digest)
    columns = [column for column in CONTRACTS.c if column.name != "document"]
    query = select(*columns, VALIDATIONS.c.valid, VALIDATIONS.c.report, VALIDATIONS.c.validated_at).select_from(judged)
    query = query.where(CONTRACTS.c.name == name, CONTRACTS.c.version == version)
    row = connection.execute(query.with_for_update(of=CONTRACTS) if lock else query).first()
    if row is None:
        raise NotFoundError(f"no version {version} of contract {name}", hint="list_contracts shows what there is")
    recorded = select(EVIDENCE).where(EVIDENCE.c.contract == row.id).order_by(EVIDENCE.c.recorded_at, EVIDENCE.c.id)
    reached = tuple(_reached(row, connection.execute(recorded).all()))
    return row.id, ContractLife(
        name=row.name,
        service=row.service,
        version=row.version,
        digest=row.digest,
        state=reached[-1].state,
        reached=reached,
    )


def _reached(row: Any, recorded: Sequence[Row[Any]]) -> Iterator[ReachedState]:
    """States that hold, each on top of the one before."""
    yield _state("registered", row.digest, row.created_at)
    if not row.valid:
        return
    yield _state("validated", digest(row.report), row.validated_at)
    built = [item for item in recorded if item.state == "implemented"]
    if not built:
        return
    yield _state("implemented", built[-1].evidence, built[-1].recorded_at)
    proven = [item for item in recorded if item.state == "verified-live" and item.basis == built[-1].evidence]
    if proven:
        yield _state("verified-live", proven[-1].evidence, proven[-1].recorded_at)


def _state(state: ContractState, evidence: str, at: datetime) -> ReachedState:
    return ReachedState(state=state, evidence=evidence, at=at.astimezone(UTC).isoformat())
