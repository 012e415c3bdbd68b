"""Figures of the docker runtime, where an engine answers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sluice.commands.bench.figure import TIMEOUT_S, Figure, Topic, invoke, newest_run
from sluice.commands.plugins import all_runtimes
from sluice.core.paths import Workspace
from sluice.phases.deploy.runtimes.docker.composition import Composition
from sluice.phases.deploy.runtimes.docker.engine import Engine


def measure(directory: Path) -> Iterable[Figure]:
    """The figures of the docker runtime, images present; compose alone is timed on the same files and images."""
    if all_runtimes()["docker"].unavailable():
        return
    invoke(directory, "images")
    whole = invoke(directory, "pipeline", "--runtime", "docker", "--keep")
    yield Figure(name="TaskTracker on docker, whole pipeline", value=whole.seconds, unit="s", aim="<= 120, better 60")
    composition = Composition(Workspace(directory / ".sluice").run(newest_run(directory).name))
    engine = Engine(composition.run.run_id)
    alone = composition.arguments(generated=True)
    engine.call(*alone, "down", timeout=TIMEOUT_S).check()
    bare = engine.call(*alone, "up", "--detach", "--wait", timeout=TIMEOUT_S).check()
    yield Figure(name="nine containers, compose alone", value=bare.seconds, unit="s", aim="-")
    invoke(directory, "down")
    ours = invoke(directory, "up")
    yield Figure(
        name="nine containers, `invoke up` / compose alone", value=ours.seconds / bare.seconds, unit="x", aim="<= 1.3"
    )
    yield Figure(name="teardown", value=invoke(directory, "down").seconds, unit="s", aim="<= 10")


TOPIC: Final = Topic(name="docker", help="the docker runtime, images present", measure=measure)
