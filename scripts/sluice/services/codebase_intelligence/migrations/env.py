"""Run by Alembic."""

from sluice.services.database import run_migrations

run_migrations()
