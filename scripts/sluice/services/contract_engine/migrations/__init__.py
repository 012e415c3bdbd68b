"""Alembic migrations of the Contract Engine's tables."""
