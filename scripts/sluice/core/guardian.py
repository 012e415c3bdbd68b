"""A watchdog that ends everything of a run when the pipeline dies without a word, SIGKILL included.

The pipeline holds the only writing end of a pipe to the guardian's standard input, so the kernel closes it however
the pipeline ends.  The guardian has a session of its own (^C does not reach it) and is not labelled itself.
"""

import importlib
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from sluice.core import proc
from sluice.core.environment import ENGINE_VARIABLES, child_environment

_LEAVE: Final = frozenset({b"release", b"detach"})
_PATIENCE_S: Final = 30.0


@dataclass
class Guard:
    """The pipeline's end of the pipe; as a context manager it ends what is left of the run when it closes."""

    _guardian: subprocess.Popen[bytes]

    def release(self) -> None:
        """The run has ended and left nothing: the guardian goes home."""
        self._say(b"release")

    def detach(self) -> None:
        """The stack shall outlive this process: the guardian leaves it alone and goes home."""
        self._say(b"detach")

    def close(self) -> None:
        """End what is left of the run, unless it was released or detached; returns when that is done."""
        self._say(b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _say(self, word: bytes) -> None:
        pipe = self._guardian.stdin
        if pipe and not pipe.closed:
            with suppress(BrokenPipeError), pipe:
                pipe.write(word)
        with suppress(subprocess.TimeoutExpired):
            self._guardian.wait(_PATIENCE_S)


def watch(run_id: str, runtime: str = "") -> Guard:
    """Start the guardian of a run; `runtime` is the module of the runtime whose `reap` ends what are not processes."""
    argv = [sys.executable, "-P", "-m", "sluice.core.guardian", run_id, *([runtime] if runtime else [])]
    return Guard(proc.companion(argv, env=child_environment(inherit=ENGINE_VARIABLES)))


def main(run_id: str, runtime: str = "") -> None:
    """Wait for the pipeline's last word; without one, end every process of the run, then all else of it."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.stdin.buffer.read() not in _LEAVE:
        proc.reap(run_id)
        if runtime:
            importlib.import_module(runtime).RUNTIME.reap([run_id])


if __name__ == "__main__":
    main(*sys.argv[1:])
