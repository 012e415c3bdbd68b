"""Gate checks, one module per subject; each exposes `CHECKS`."""
