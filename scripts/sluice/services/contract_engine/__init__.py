"""The Contract Engine: registers, keeps and validates the contracts of services."""
