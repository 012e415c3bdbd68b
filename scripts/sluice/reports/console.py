"""The live console: a status line on a terminal, plain lines elsewhere."""

import sys
import time
from collections import deque
from collections.abc import Callable
from io import TextIOWrapper
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from sluice.engine.journal import Event
from sluice.reports.tables import styled
from sluice.reports.text import duration, one_line

_LAST = 4
_REFRESH_HZ = 8


def make_console(*, json: bool) -> Console:
    """The console of a task: standard output, or standard error when standard output is for JSON."""
    stream = sys.stderr if json else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # an ASCII terminal must not end a run
    return Console(file=stream, highlight=False, emoji=False, markup=False)


class ConsoleSink:
    """Shows events as they happen: pass `handle` to the journal, inside a `with` that ends the live display.

    On a terminal the phase at work, its time and the newest messages stand below what is finished, and vanish with it.
    """

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._phase = ""
        self._since = 0.0
        self._messages: deque[str] = deque(maxlen=_LAST)
        self._spinner = Spinner("line", style="cyan")
        self._live: Live | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the live display, if there is one; the terminal is as it was."""
        self._phase = ""
        self._messages.clear()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def handle(self, event: Event) -> None:
        """Show one event; an unknown type with a message is progress."""
        match event.type:
            case "run.started" | "run.interrupted" | "run.finished":
                self._print(Text(one_line(event.message), style="bold"))
            case "phase.planned":
                pass
            case "phase.started":
                self._begin(event)
            case "phase.finished":
                self._end(event)
            case "warning":
                self._print(Text.assemble(("warning: ", "yellow"), one_line(event.message)))
            case "error":
                self._print(Text.assemble(("error: ", "red"), one_line(event.message)))
            case _:
                self._progress(one_line(event.message))

    def _begin(self, event: Event) -> None:
        self.close()
        self._phase = _phase_name(event)
        self._since = self._clock()
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._live = Live(
                console=self._console, get_renderable=self._now, refresh_per_second=_REFRESH_HZ, transient=True
            )
            self._live.start()
        else:
            self._print(Text(f"{self._phase} …", style="dim"))

    def _end(self, event: Event) -> None:
        self.close()
        status = _word(event, "status")
        seconds = event.data.get("seconds")
        spent = f" in {duration(seconds)}" if isinstance(seconds, int | float) else ""
        reason = _word(event, "reason")
        line = Text.assemble(f"{_phase_name(event)} ", styled(status), spent)
        self._print(line.append(f": {reason}") if reason else line)
        if hint := _word(event, "hint"):
            self._print(Text(f"    what to do: {hint}"))

    def _progress(self, message: str) -> None:
        if not message:
            return
        if self._live is None:
            self._print(Text(f"    {message}", style="dim"))
        else:
            self._messages.append(message)

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=self._live is None, markup=False, highlight=False)

    def _now(self) -> RenderableType:
        """What stands below the finished lines right now."""
        if not self._phase:
            return Text()
        spent = duration(self._clock() - self._since)
        self._spinner.update(text=Text(f"{self._phase}  {spent}", no_wrap=True, overflow="ellipsis"))
        lines = [Text(f"    {line}", style="dim", no_wrap=True, overflow="ellipsis") for line in self._messages]
        return Group(self._spinner, *lines)


def _phase_name(event: Event) -> str:
    number = event.data.get("number")
    return f"{number if isinstance(number, int) else '?'} {_word(event, 'name') or one_line(event.message)}".strip()


def _word(event: Event, key: str) -> str:
    value = event.data.get(key)
    return one_line(value) if isinstance(value, str) else ""
