"""Where commands print: people's text through rich, machines' JSON on stdout alone."""

import json
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text

from sluice.core.paths import RunPaths
from sluice.engine.journal import Event
from sluice.engine.plan import Action
from sluice.model.finding import GateAnswer
from sluice.reports.console import ConsoleSink, make_console
from sluice.reports.report import RunView
from sluice.reports.screen import render_gate, render_summary
from sluice.reports.tables import plan_table, rows_table, words


class Output:
    """One command's output; with `json` everything but the result goes to stderr."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self._console = make_console(json=json)
        self._sink = ConsoleSink(self._console)

    def __enter__(self) -> Self:
        self._sink.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sink.__exit__(kind, error, trace)

    def sink(self, event: Event) -> None:
        """Show an event as it happens."""
        self._sink.handle(event)

    def print_json(self, value: JsonValue) -> None:
        """One JSON document on stdout."""
        sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def summary(self, view: RunView, paths: RunPaths) -> None:
        """The end of a run."""
        if self._json:
            self.print_json(view.summary.model_dump(mode="json"))
        else:
            self._console.print(render_summary(view))
            self._console.print(f"run directory: {paths.root}", soft_wrap=True, style="dim")

    def gate(self, view: RunView) -> None:
        """What the gate said of a folder."""
        if self._json:
            self.print_json(GateAnswer.of(view.gate).model_dump(mode="json") if view.gate else None)
        else:
            self._console.print(render_gate(view))

    def note(self, text: str) -> None:
        """A remark about the answer, never a part of it."""
        sys.stderr.write(f"{text}\n")

    def show(self, what: RenderableType) -> None:
        """Something for people."""
        self._console.print(what)

    def plan(self, actions: Sequence[Action]) -> None:
        """What would be done, and why."""
        if self._json:
            self.print_json([{"phase": a.phase.name, "action": a.kind, "reason": a.reason} for a in actions])
        else:
            self._console.print(plan_table(actions))

    def table(self, title: str, rows: Sequence[Mapping[str, str]]) -> None:
        """Rows with equal keys."""
        if self._json:
            self.print_json([dict(row) for row in rows])
        elif not rows:
            self._console.print(f"no {title}")
        else:
            self._console.print(rows_table(rows))

    def texts(self, texts: Sequence[Text]) -> None:
        """Styled lines for people."""
        for text in texts:
            self._console.print(text, soft_wrap=True)

    def lines(self, title: str, lines: Sequence[str]) -> None:
        """Plain lines."""
        if self._json:
            self.print_json({title: list(lines)})
        else:
            for line in lines:
                self._console.print(words(line), soft_wrap=True)
