"""Runtime plug-ins: each module exposes `RUNTIME`."""
