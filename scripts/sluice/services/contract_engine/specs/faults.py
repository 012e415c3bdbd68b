"""What a check says: a rule, a place, a sentence.  Severity and hint of each rule stand in the catalogue."""

from dataclasses import dataclass

Parts = tuple[str | int, ...]
Spot = tuple[int, int]
Trie = dict[str | int, "Trie"]


@dataclass(frozen=True)
class Fault:
    """A fault at a place of one file; `source` is the file's number, 0 the document itself.

    `spot` is (line, column), both from 1, where the reader knew them; `hint` replaces that of the rule.
    """

    rule: str
    parts: Parts
    message: str
    source: int = 0
    spot: Spot | None = None
    hint: str = ""


class UnreadableError(Exception):
    """A document cannot be read; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def unreadable(rule: str, message: str, spot: Spot | None = None, parts: Parts = ()) -> UnreadableError:
    """The exception of a fault of the text."""
    return UnreadableError(Fault(rule, parts, message, spot=spot))
