"""Figures of the whole pipeline on the embedded runtime."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psutil

from sluice.commands.bench.figure import Figure, Topic, invoke, newest_run
from sluice.core.proc import memory
from sluice.engine.journal import read_events

OTHERS_WORK = ("service_start", "builder_tests", "schemathesis", "pact")
SAMPLE_SECONDS = 0.25


class MemoryPeak(threading.Thread):
    """Samples the proportional set size of this process's descendants; `peak` is in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._done.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(memory, psutil.Process().children(recursive=True))))

    def stop(self) -> int:
        """The highest sum seen."""
        self._done.set()
        self.join()
        return self.peak


def measure(directory: Path) -> Iterable[Figure]:
    """Every figure of the embedded runtime, in an empty workspace."""
    invoke(directory, "runs")
    yield Figure(name="invoke --list", value=invoke(directory, "--list").seconds, unit="s", aim="<= 0.5")
    first = invoke(directory, "pipeline", "--runtime", "embedded")
    yield Figure(name="TaskTracker, first run of a workspace", value=first.seconds, unit="s", aim="-")
    peak = MemoryPeak()
    peak.start()
    three = invoke(directory, "pipeline", "--runtime", "embedded")
    used = peak.stop()
    yield Figure(name="TaskTracker, whole pipeline", value=three.seconds, unit="s", aim="<= 60, better 30")
    yield Figure(name="peak memory of all processes (PSS)", value=used / 2**30, unit="GiB", aim="<= 1.4")
    share = 100 * overhead(newest_run(directory) / "run_events.jsonl", three.seconds)
    yield Figure(name="our own overhead", value=share, unit="%", aim="<= 10")
    yield Figure(name="resume with nothing to do", value=invoke(directory, "resume").seconds, unit="s", aim="<= 1.5")


def overhead(journal: Path, seconds: float) -> float:
    """The share of `seconds` in which nobody else's work (service start, builder tests, Schemathesis) ran."""
    spans = []
    for event in read_events(journal):
        began, ended = event.data.get("began"), event.data.get("ended")
        if event.type != "span" or event.data.get("kind") not in OTHERS_WORK:
            continue
        if isinstance(began, float | int) and isinstance(ended, float | int):
            spans.append((float(began), float(ended)))
    return max(0.0, 1 - union(spans) / seconds)


def union(spans: Iterable[tuple[float, float]]) -> float:
    """The total length of overlapping intervals."""
    total, until = 0.0, float("-inf")
    for began, ended in sorted(spans):
        total += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return total


TOPIC: Final = Topic(name="pipeline", help="the embedded runtime", measure=measure)
