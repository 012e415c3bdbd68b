"""Tables of the Contract Engine; the migrations make them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

METADATA: Final = MetaData()

CONTRACTS: Final = Table(
    "contracts",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("service", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", Text, nullable=False, index=True),
    Column("document", Text, nullable=False),  # JSON text: jsonb would lose the order of keys and refuse \u0000
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("name", "version", name="contracts_name_version"),
)

VALIDATIONS: Final = Table(
    "validations",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("valid", Boolean, nullable=False),
    Column("report", Text, nullable=False),
    Column("validated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

EVIDENCE: Final = Table(
    "evidence",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("contract", BigInteger, ForeignKey("contracts.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("basis", Text, nullable=False),  # of verified-live: the implementation that was tested, else ''
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    UniqueConstraint("contract", "state", "evidence", "basis", name="evidence_once"),
)

NEEDS: Final = Table(
    "needs",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("operations", Text, nullable=False),  # JSON: fields by operation
    Column("declared_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
