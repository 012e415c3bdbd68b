"""Blobs, artifacts and definitions.

Revision ID: codebase_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "codebase_0001"
down_revision = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "blobs",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "artifacts",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, sa.ForeignKey("blobs.digest"), nullable=False, index=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("service", "path", name="artifacts_service_path"),
    )
    op.create_table(
        "definitions",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("artifact", sa.BigInteger, sa.ForeignKey("artifacts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("qualified_name", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("end_line", sa.Integer, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
    )
    op.create_index("ix_definitions_artifact", "definitions", ["artifact"])


def downgrade() -> None:
    """Drop the three tables."""
    for table in ("definitions", "artifacts", "blobs"):
        op.drop_table(table)
