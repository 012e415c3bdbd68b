"""What callers hand to everything here."""

from collections.abc import Callable

Emit = Callable[..., None]
Cancelled = Callable[[], bool]


def never() -> bool:
    """Nobody cancels."""
    return False
