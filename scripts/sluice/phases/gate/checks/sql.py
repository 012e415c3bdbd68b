"""SQL-001."""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from sluice.phases.gate.check import Check, Hit
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.queries import built_queries

_WIDEST: Final = 40


class QueriesAreBound(Check[PyFile]):
    """Values get into SQL as parameters, never as text."""

    id, layer, severity = "SQL-001", 3, "error"

    def subjects(self, facts: Facts) -> Sequence[PyFile]:
        """Python modules that are shipped."""
        return facts.python

    def absent(self, facts: Facts) -> str:
        """A tree of another language has no Python."""
        return "" if facts.given.run else "there is no Python module in the tree"

    def check(self, subject: PyFile, facts: Facts) -> Iterator[Hit]:
        """`{part}` is put into the text of an SQL statement.

        Bind it: `execute(text("… WHERE id = :id"), {"id": id})`; a name of a table or column comes from a fixed list.
        """
        values = facts.interpreters[subject.source.service].values
        for call, part in built_queries(subject, values):
            shown = ast.unparse(part)[:_WIDEST]
            yield Hit(source=subject.source, line=call.lineno, column=call.col_offset + 1, values={"part": shown})


CHECKS: Final = (QueriesAreBound(),)
