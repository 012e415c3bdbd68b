"""`nox -s bench`: figures of whole processes on this machine, taken side by side; a report, never a test."""

import json
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from sluice.commands.plugins import all_runtimes
from sluice.core.environment import child_environment
from sluice.core.paths import Workspace
from sluice.core.proc import Completed, memory, run
from sluice.engine.journal import read_events
from sluice.phases.deploy.runtimes.docker.composition import Composition
from sluice.phases.deploy.runtimes.docker.engine import Engine

OTHERS_WORK = ("service_start", "builder_tests", "schemathesis")
SAMPLE_SECONDS = 0.25
PIPELINE_TIMEOUT_S = 900.0
MANY_SERVICES = 12


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure; `aim` is what it should reach."""

    name: str
    value: float
    unit: str
    aim: str


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


def main(arguments: Sequence[str]) -> int:
    """Measure and print; `--json` prints JSON, `--quick` leaves out the twelve-service PRD."""
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as directory:
        figures = list(measure(Path(directory), quick="--quick" in arguments))
    if "--json" in arguments:
        rows = [{"name": f.name, "value": round(f.value, 3), "unit": f.unit, "aim": f.aim} for f in figures]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
    else:
        for figure in figures:
            sys.stdout.write(f"{figure.name:48} {figure.value:9.2f} {figure.unit:4} aim {figure.aim}\n")
    return 0


def measure(directory: Path, *, quick: bool) -> Iterable[Figure]:
    """Every figure of the runtimes that this machine can run."""
    yield from measure_embedded(directory, quick=quick)
    if not all_runtimes()["docker"].unavailable():
        yield from measure_docker(directory)


def measure_embedded(directory: Path, *, quick: bool) -> Iterable[Figure]:
    """Every figure of the embedded runtime, in an empty workspace."""
    _invoke(directory, "runs")
    yield Figure(name="invoke --list", value=_invoke(directory, "--list").seconds, unit="s", aim="<= 0.5")
    first = _invoke(directory, "pipeline", "--runtime", "embedded")
    yield Figure(name="TaskTracker, first run of a workspace", value=first.seconds, unit="s", aim="-")
    peak = MemoryPeak()
    peak.start()
    three = _invoke(directory, "pipeline", "--runtime", "embedded")
    used = peak.stop()
    yield Figure(name="TaskTracker, whole pipeline", value=three.seconds, unit="s", aim="<= 60, better 30")
    yield Figure(name="peak memory of all processes (PSS)", value=used / 2**30, unit="GiB", aim="<= 1.4")
    share = 100 * overhead(_newest(directory) / "run_events.jsonl", three.seconds)
    yield Figure(name="our own overhead", value=share, unit="%", aim="<= 10")
    yield Figure(name="resume with nothing to do", value=_invoke(directory, "resume").seconds, unit="s", aim="<= 1.5")
    if not quick:
        prd = directory / "twelve.md"
        prd.write_text(many_services_prd(MANY_SERVICES), encoding="utf-8")
        twelve = _invoke(directory, "pipeline", "--prd", str(prd), "--runtime", "embedded")
        yield Figure(name="12 services / TaskTracker", value=twelve.seconds / three.seconds, unit="x", aim="<= 4")


def measure_docker(directory: Path) -> Iterable[Figure]:
    """The figures of the docker runtime, images present; compose alone is timed on the same files and images."""
    _invoke(directory, "images")
    whole = _invoke(directory, "pipeline", "--runtime", "docker", "--keep")
    yield Figure(name="TaskTracker on docker, whole pipeline", value=whole.seconds, unit="s", aim="<= 120, better 60")
    composition = Composition(Workspace(directory / ".sluice").run(_newest(directory).name))
    engine = Engine(composition.run.run_id)
    alone = composition.arguments(generated=True)
    engine.call(*alone, "down", timeout=PIPELINE_TIMEOUT_S).check()
    bare = engine.call(*alone, "up", "--detach", "--wait", timeout=PIPELINE_TIMEOUT_S).check()
    yield Figure(name="nine containers, compose alone", value=bare.seconds, unit="s", aim="-")
    _invoke(directory, "down")
    ours = _invoke(directory, "up")
    yield Figure(
        name="nine containers, `invoke up` / compose alone", value=ours.seconds / bare.seconds, unit="x", aim="<= 1.3"
    )
    yield Figure(name="teardown", value=_invoke(directory, "down").seconds, unit="s", aim="<= 10")


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


def many_services_prd(count: int) -> str:
    """A PRD with an account service and `count - 1` services of one entity each."""
    parts = [
        "# Catalogue of many things\n",
        "All endpoints except register and login require a JWT.\n",
        "## account-service\n\nOwns the entity Account.\n",
        "### Account\n\n| Field | Type | Required |\n|---|---|---|\n| id | uuid | yes |",
        "| email | email | yes, unique |\n| password | password | yes |\n| created_at | datetime | yes |\n",
        "- `POST /register` creates an account (201)\n- `POST /login` gives tokens (200)\n",
    ]
    for number in range(1, count):
        noun = f"Thing{chr(64 + number)}"
        path = f"/{noun.lower()}s"
        parts.append(
            f"## thing-{chr(96 + number)}-service\n\nOwns the entity {noun}.\n\n### {noun}\n\n"
            "| Field | Type | Required |\n|---|---|---|\n| id | uuid | yes |\n| title | string | yes |\n"
            f"| weight | integer | no |\n\n- `POST {path}` creates one (201)\n- `GET {path}` lists them (200)\n"
            f"- `GET {path}/{{id}}` reads one (200)\n"
        )
    return "\n".join(parts)


def _invoke(directory: Path, *arguments: str) -> Completed:
    argv = [sys.executable, "-m", "invoke", "--search-root", str(Path.cwd()), *arguments]
    done = run(argv, cwd=directory, env=child_environment(), timeout=PIPELINE_TIMEOUT_S)
    if done.code not in {0, 5}:
        done.check(hint="the figure needs a pipeline that runs; see its output above")
    return done


def _newest(directory: Path) -> Path:
    return max((directory / ".sluice" / "runs").iterdir())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
