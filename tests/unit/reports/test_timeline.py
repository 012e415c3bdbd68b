from sluice.engine.journal import Event
from sluice.reports.timeline import Bar, bars_from_summary, bars_of
from unit.reports.runs import phases


def event(second, type_, **data):
    time = f"2026-01-02T03:{second // 60:02}:{second % 60:02}.000Z"
    return Event(seq=second + 1, time=time, type=type_, data=data)


def test_a_bar_reaches_from_started_to_finished():
    bars = bars_of(
        [
            event(0, "run.started"),
            event(1, "phase.started", name="build"),
            event(2, "builder.started", service="a"),
            event(3, "note"),
            event(4, "builder.finished", service="a"),
            event(6, "phase.finished", name="build", status="passed"),
        ]
    )
    assert bars == (
        Bar(kind="phase", name="build", start=0, seconds=5, status="passed"),
        Bar(kind="builder", name="a", start=1, seconds=2),
    )


def test_the_newest_attempt_counts_and_the_night_between_two_sessions_does_not():
    bars = bars_of(
        [
            event(0, "run.started"),
            event(0, "phase.started", name="health"),
            event(2, "phase.finished", name="health", status="passed"),
            event(2, "phase.started", name="build"),
            event(1000, "run.resumed"),
            event(1001, "phase.started", name="build"),
            event(1004, "phase.finished", name="build", status="passed"),
        ]
    )
    assert [(bar.name, bar.start, bar.seconds) for bar in bars] == [("health", 0, 2), ("build", 3, 3)]


def test_a_long_wait_inside_a_phase_is_work():
    bars = bars_of(
        [event(0, "phase.started", name="build"), event(600, "phase.finished", name="build", status="passed")]
    )
    assert bars[0].seconds == 600


def test_events_of_other_kinds_or_without_a_name_make_no_bar():
    assert bars_of([event(0, "test.started", name="x"), event(1, "phase.started"), event(2, "phase.finished")]) == ()


def test_without_a_journal_phases_follow_each_other():
    bars = bars_from_summary(phases(2, "refused"))
    assert [(bar.name, bar.start, bar.seconds, bar.status) for bar in bars] == [
        ("health", 0.0, 0.75, "passed"),
        ("smoke", 0.75, 1.5, "refused"),
    ]
