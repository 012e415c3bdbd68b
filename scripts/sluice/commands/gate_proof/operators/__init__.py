"""Mutation operators, one module for each group of checks; each exposes `OPERATORS`."""
