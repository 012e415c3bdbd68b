"""Tables of the Contract Engine; the migrations make them."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, MetaData, Table, Text, UniqueConstraint, func

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
