"""Alembic migrations of the Codebase Intelligence's tables."""
