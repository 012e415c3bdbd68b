"""Phase 5: parallel builders, measured."""
