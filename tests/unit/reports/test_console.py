from io import StringIO

import pytest
from rich.console import Console

from sluice.engine.journal import Event
from sluice.reports.console import ConsoleSink, make_console


def event(type_, message="", **data):
    return Event(seq=1, time="2026-01-02T03:04:05.000Z", type=type_, message=message, data=data)


STARTED = event("phase.started", "reads the PRD", number=3, name="decompose")
FINISHED = event(
    "phase.finished", number=3, name="decompose", status="refused", seconds=2.0, reason="too few", hint="more"
)


@pytest.fixture
def plain():
    return ConsoleSink(Console(file=StringIO(), width=60, highlight=False))


@pytest.fixture
def live():
    sink = ConsoleSink(Console(file=StringIO(), width=60, height=20, force_terminal=True, highlight=False))
    yield sink
    sink.close()


def text(sink):
    return sink._console.file.getvalue()


def test_without_a_terminal_each_event_is_a_plain_line(plain):
    for item in (event("run.started", "run X"), STARTED, event("service.started", "a is healthy"), FINISHED):
        plain.handle(item)
    assert text(plain).splitlines() == [
        "run X",
        "3 decompose …",
        "    a is healthy",
        "3 decompose refused in 2.0 s: too few",
        "    what to do: more",
    ]


def test_warnings_and_errors_say_what_they_are(plain):
    plain.handle(event("warning", "port 80 is taken"))
    plain.handle(event("error", "no engine"))
    assert text(plain).splitlines() == ["warning: port 80 is taken", "error: no engine"]


def test_unknown_events_show_their_message_or_nothing(plain):
    plain.handle(event("brand.new", "something"))
    plain.handle(event("brand.new"))
    plain.handle(event("phase.planned", "RUN health"))
    assert text(plain).splitlines() == ["    something"]


def test_hostile_messages_stay_on_their_line_and_carry_no_control_code(plain):
    plain.handle(event("note", "[red]a\x1b[2J\nfake: line\r\x07" + "x" * 200))
    assert len(text(plain).splitlines()) == 1
    assert "[red]a" in text(plain)
    assert not set("\x1b\x07\r") & set(text(plain))


def test_odd_data_does_not_stop_the_run(plain):
    plain.handle(event("phase.finished", number="three", name=None, status=7, seconds="long", reason=["x"]))
    plain.handle(event("phase.started"))
    assert len(text(plain).splitlines()) == 2


def test_on_a_terminal_the_phase_at_work_is_shown_with_its_newest_messages(live):
    live.handle(STARTED)
    for number in range(6):
        live.handle(event("note", f"message {number}"))
    live._live.refresh()
    assert "3 decompose" in text(live)
    assert "message 5" in text(live)
    shown = [str(line) for line in live._now().renderables[1:]]
    assert [line.strip() for line in shown] == [f"message {number}" for number in (2, 3, 4, 5)]


def test_on_a_terminal_the_display_ends_with_the_phase_and_the_cursor_is_back(live):
    live.handle(STARTED)
    live.handle(FINISHED)
    assert live._live is None
    assert text(live).rindex("\x1b[?25h") > text(live).rindex("\x1b[?25l")
    assert "what to do: more" in text(live)


def test_closing_twice_or_before_anything_happened_is_harmless(live):
    live.close()
    live.handle(STARTED)
    live.close()
    live.close()
    assert live._live is None


def test_the_time_of_the_phase_comes_from_the_clock():
    now = iter([100.0, 175.0])
    sink = ConsoleSink(Console(file=StringIO(), width=60), clock=lambda: next(now))
    sink.handle(STARTED)
    assert "1 min 15 s" in str(sink._now().renderables[0].text)


def test_with_json_nothing_but_json_goes_to_standard_output(capsys):
    make_console(json=True).print("words")
    make_console(json=False).print("more")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("more\n", "words\n")
