"""Every error that a user sees: what happened, the details, what to do next, and the exit code."""

from collections.abc import Sequence
from typing import ClassVar

EXIT_OK = 0
EXIT_UNEXPECTED = 1
EXIT_PARTIAL = 6
EXIT_INTERRUPTED = 130


class SluiceError(Exception):
    """Base of all expected failures; `brief` is one sentence, `details` are lines, `hint` is the next step."""

    exit_code: ClassVar[int] = EXIT_UNEXPECTED

    def __init__(self, brief: str, *, details: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(brief)
        self.brief = brief
        self.details = tuple(details)
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.brief, *(f"  {line}" for line in self.details)]
        return "\n".join([*lines, f"What to do: {self.hint}"] if self.hint else lines)


class InputError(SluiceError):
    """Bad input or configuration."""

    exit_code = 2


class EnvironmentFailure(SluiceError):
    """This machine cannot do it: no engine, no free port, a package that cannot be installed."""

    exit_code = 3


class GateRefused(SluiceError):
    """A phase's gate said no."""

    exit_code = 4


class QualityGateFailed(SluiceError):
    """The quality gate's overall verdict is `failed`."""

    exit_code = 5


class ProcessFailed(EnvironmentFailure):
    """A command failed; shows the command, the exit code and the last lines of its output."""

    def __init__(self, argv: Sequence[str], code: int | None, output: str, *, hint: str = "") -> None:
        self.argv = tuple(argv)
        self.code = code
        outcome = "timed out" if code is None else f"ended with code {code}"
        super().__init__(
            f"{argv[0].rsplit('/', 1)[-1]} {outcome}",
            details=[f"command: {' '.join(argv)}", *output.strip().splitlines()[-10:]],
            hint=hint,
        )


class RunLocked(InputError):
    """Another process works on this run."""


class ServiceCallFailed(SluiceError):
    """A call to one of the services failed for good, after retries."""

    exit_code = 4
