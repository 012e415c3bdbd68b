"""Parsers: what the checks read files with; they know formats, not rules."""
