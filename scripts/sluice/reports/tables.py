"""Small tables of the tasks: plan, runs, status, plug-ins; and what all tables share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from rich import box
from rich.table import Table
from rich.text import Text

from sluice.engine.plan import Action
from sluice.reports.text import clean, duration, one_line

_STYLES = {
    "green": ("passed", "success", "yes", "running", "healthy", "verified"),
    "red": ("failed", "refused", "error", "no", "unhealthy", "crashed", "timeout"),
    "yellow": ("partial", "warning", "interrupted", "RERUN", "uncovered"),
    "cyan": ("RUN", "note"),
    "dim": ("SKIP", "skipped", "not run", "stopped"),
}
_STYLE_OF = {word: style for style, known in _STYLES.items() for word in known}


class Plugin(Protocol):
    """What builders, runtimes and reports have in common."""

    @property
    def name(self) -> str:
        """What a flag takes."""
        ...

    @property
    def help(self) -> str:
        """One line."""
        ...


def words(text: str) -> Text:
    """Text of any origin: never markup, never a control code, folded where it is too long."""
    return Text(clean(text), overflow="fold")


def styled(word: str, shown: str = "") -> Text:
    """A status word in its colour."""
    return Text(clean(shown or word), style=_STYLE_OF.get(word, ""))


def grid(*columns: str) -> Table:
    """An empty table; a column that begins with `>` is aligned to the right."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, padding=(0, 1), show_edge=False)
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


def runs_table(runs: Iterable[tuple[str, str, float | None, str]]) -> Table:
    """One row a run: id, verdict ('' while unknown), seconds (None while unknown), reason or title."""
    table = grid("run", "verdict", ">time", "why")
    for run_id, verdict, seconds, reason in runs:
        spent = "" if seconds is None else duration(seconds)
        table.add_row(words(run_id), styled(verdict or "unfinished"), spent, words(one_line(reason, 200)))
    return table


def status_table(status: Mapping[str, str], urls: Mapping[str, str] | None = None) -> Table:
    """One row a server or service: `running`, `stopped` or `unhealthy`, and where it answers."""
    table = grid("name", "status", "address")
    for name, word in status.items():
        table.add_row(words(name), styled(word), words((urls or {}).get(name, "")))
    return table


def plugins_table(plugins: Iterable[Plugin], notes: Mapping[str, str] | None = None) -> Table:
    """One row a plug-in; `notes` says by name what else there is to know, such as why it cannot be used here."""
    table = grid("name", "what it is", *(["note"] if notes else []))
    for plugin in plugins:
        table.add_row(words(plugin.name), words(plugin.help), *([words(notes.get(plugin.name, ""))] if notes else []))
    return table


def checks_table(checks: Iterable[tuple[str, int, str]]) -> Table:
    """One row a gate check: id, layer, title."""
    table = grid("check", ">layer", "what it asks for")
    for check, layer, title in checks:
        table.add_row(words(check), str(layer), words(title))
    return table
