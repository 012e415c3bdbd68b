"""Phase 7: the quality gate."""

from sluice.phases.gate.phase import PHASE

__all__ = ["PHASE"]
