"""Large content stands on disk; imports say what they take.

Revision ID: codebase_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "codebase_0002"
down_revision = "codebase_0001"


def upgrade() -> None:
    """Let content be elsewhere, and add `definitions.target`."""
    op.alter_column("blobs", "content", nullable=True)
    op.add_column("definitions", sa.Column("target", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Take the column away; content on disk is not brought back."""
    op.drop_column("definitions", "target")
