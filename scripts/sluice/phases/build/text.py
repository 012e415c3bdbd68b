"""Words for problem sentences."""

from collections.abc import Sequence

_SHOWN = 5


def printable(text: str) -> str:
    """Without what could steer a terminal or cannot be encoded."""
    return "".join(c if c.isprintable() else " " for c in text)


def some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
