"""Formal pieces inside a PRD, such as diagrams, SQL or OpenAPI: each kind has a module that reads it into a Snippet."""
