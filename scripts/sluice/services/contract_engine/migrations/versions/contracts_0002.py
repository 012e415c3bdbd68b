"""Evidence for states of contracts, and what consumers say that they use.

Revision ID: contracts_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "contracts_0002"
down_revision = "contracts_0001"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("contract", sa.BigInteger, sa.ForeignKey("contracts.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.clock_timestamp()),
        sa.UniqueConstraint("contract", "state", "evidence", "basis", name="evidence_once"),
    )
    op.create_table(
        "needs",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("operations", sa.Text, nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("needs")
    op.drop_table("evidence")
