"""Contracts and validations.

Revision ID: contracts_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "contracts_0001"
down_revision = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "contracts",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, index=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("name", "version", name="contracts_name_version"),
    )
    op.create_table(
        "validations",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("valid", sa.Boolean, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("validations")
    op.drop_table("contracts")
