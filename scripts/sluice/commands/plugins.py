"""The plug-ins of this installation, by kind."""

from sluice import phases
from sluice.core.errors import EnvironmentFailure, InputError
from sluice.core.registry import discover, pick
from sluice.engine.phase import Phase
from sluice.engine.plan import ordered
from sluice.engine.stack import Runtime
from sluice.phases.build import builders
from sluice.phases.build.builder import Builder
from sluice.phases.deploy import runtimes


def all_phases() -> list[Phase]:
    """All phases in the order that follows from what they consume and produce."""
    return ordered(list(discover(phases, "PHASE", Phase).values()))


def phase_numbered(number: int) -> Phase:
    """The phase with this number.

    Raises:
        InputError: there is none.
    """
    phases = {phase.number: phase for phase in all_phases()}
    if number not in phases:
        known = ", ".join(f"{phase.number} ({phase.name})" for phase in phases.values())
        raise InputError(f"there is no phase {number}", hint=f"known: {known}")
    return phases[number]


def all_runtimes() -> dict[str, Runtime]:
    """All runtimes by name."""
    return discover(runtimes, "RUNTIME", Runtime)  # type: ignore[type-abstract] # a protocol as run-time type


def all_builders() -> dict[str, Builder]:
    """All builders by name."""
    return discover(builders, "BUILDER", Builder)


def choose_runtime(name: str) -> tuple[Runtime, str]:
    """The runtime called `name`, or for `auto` the preferred one that this machine can run; and why, in a sentence.

    Raises:
        InputError: no such runtime.
        EnvironmentFailure: it cannot run here.
    """
    known = all_runtimes()
    if name != "auto":
        runtime = pick(known, name, "runtime")
        if reason := runtime.unavailable():
            raise EnvironmentFailure(f"runtime {name} cannot run here", details=[reason], hint="try --runtime auto")
        return runtime, f"runtime {name}: you asked for it"
    reasons = {runtime.name: runtime.unavailable() for runtime in known.values()}
    able = [runtime for runtime in known.values() if not reasons[runtime.name]]
    if not able:
        details = [f"{name}: {reason}" for name, reason in reasons.items()]
        raise EnvironmentFailure(
            "no runtime can run here", details=details, hint="run `nox -s dev` to install all parts"
        )
    best = max(able, key=lambda runtime: runtime.preference)
    others = [f"{name} cannot run here ({reason})" for name, reason in reasons.items() if reason]
    return best, f"runtime {best.name}: " + ("; ".join(others) or "the preferred one of this machine")
