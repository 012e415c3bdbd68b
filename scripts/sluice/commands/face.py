"""The one handler at the top: every failure becomes sentences on stderr and an exit code."""

import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from sluice.core.errors import EXIT_INTERRUPTED, EXIT_UNEXPECTED, SluiceError
from sluice.core.files import write_atomic

CRASH_LOG = Path(".sluice") / "crash.log"


def run_command(command: Callable[[], int]) -> int:
    """The exit code of `command`; SIGTERM and SIGHUP are treated like ^C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return command()
    except SluiceError as error:
        _say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted: everything of this run was stopped; `invoke resume` goes on from here")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_UNEXPECTED
    except Exception as error:  # noqa: BLE001 - the one place that may
        write_atomic(CRASH_LOG, traceback.format_exc())
        _say(f"unexpected error: {type(error).__name__}: {error}")
        _say(f"What to do: this is a bug in sluice; please report it with {CRASH_LOG}")
        return EXIT_UNEXPECTED


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
