"""Tables of the Codebase Intelligence; the migrations make them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

METADATA: Final = MetaData()

BLOBS: Final = Table(
    "blobs",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary),  # none: it is on disk
)

ARTIFACTS: Final = Table(
    "artifacts",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("service", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("digest", Text, ForeignKey("blobs.digest"), nullable=False, index=True),
    Column("language", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("service", "path", name="artifacts_service_path"),
)

DEFINITIONS: Final = Table(
    "definitions",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("artifact", BigInteger, ForeignKey("artifacts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False, index=True),
    Column("qualified_name", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("end_line", Integer, nullable=False),
    Column("signature", Text, nullable=False),
    Column("target", Text, nullable=False, server_default=""),
)
