"""Sluice: from a product requirements document to running, tested services and a verdict that can be trusted."""

from typing import Final

__version__: Final = "0.1.0"
