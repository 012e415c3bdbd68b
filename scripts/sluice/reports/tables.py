"""The plan and other small tables of the tasks, and what all tables share."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from sluice.engine.plan import Action
from sluice.reports.text import clean

_STYLES = {
    "green": ("passed", "success", "yes", "running", "healthy", "verified"),
    "red": ("failed", "refused", "error", "no", "unhealthy", "crashed", "timeout", "not built"),
    "yellow": ("partial", "warning", "interrupted", "RERUN", "uncovered", "not deployed"),
    "cyan": ("RUN", "note"),
    "dim": ("SKIP", "skipped", "not run", "stopped"),
}
_STYLE_OF = {word: style for style, known in _STYLES.items() for word in known}


def words(text: str) -> Text:
    """Text of any origin: never markup, never a control code, folded where it is too long."""
    return Text(clean(text), overflow="fold")


def styled(word: str, shown: str = "") -> Text:
    """A status word in its colour."""
    return Text(clean(shown or word), style=_STYLE_OF.get(word, ""))


def grid(*columns: str) -> Table:
    """An empty table; a column that begins with `>` is aligned to the right."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, collapse_padding=True, show_edge=False)
    for column in columns:
        name = column.removeprefix(">")
        table.add_column(name, justify="right" if column != name else "left", overflow="fold")
    return table


def plan_table(actions: Sequence[Action]) -> Table:
    """What would be done with each phase, and why."""
    table = grid("#", "phase", "action", "because")
    for action in actions:
        reason = words(action.reason)
        table.add_row(str(action.phase.number), words(action.phase.name), styled(action.kind), reason)
    return table


def rows_table(rows: Sequence[Mapping[str, str]]) -> Table:
    """Rows that share their keys, the first is what a person copies; known status words get their colour."""
    table = grid(*(rows[0] if rows else ()))
    for column in table.columns[:1]:
        column.no_wrap = True
    for row in rows:
        table.add_row(*(styled(value) if value in _STYLE_OF else words(value) for value in row.values()))
    return table
