"""Product requirements documents shipped with Sluice."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The samples' names, sorted: `tasktracker` and others."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.md")))


def path(name: str) -> Path:
    """Where the sample of this name is.

    Raises:
        KeyError: there is no such sample; the message lists those that there are.
    """
    if name not in names():
        raise KeyError(f"no sample {name!r}; there are {', '.join(names())}")
    return _FOLDER / f"{name}.md"
