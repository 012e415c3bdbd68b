"""The one handler at the top: every failure becomes sentences on stderr and an exit code."""

import errno
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from sluice.core.errors import EXIT_INTERRUPTED, EXIT_UNEXPECTED, EnvironmentFailure, InputError, SluiceError
from sluice.core.files import write_atomic

_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.EIO}
)
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
    except OSError as error:
        return _refused_by_machine(error) if error.errno in _MACHINE else _crashed(error)
    except Exception as error:  # noqa: BLE001 - the one place that may
        return _crashed(error)


def whole_number(flag: str, text: str) -> int:
    """The value of a flag that takes a number.

    Raises:
        InputError: it is none.
    """
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"--{flag} takes a whole number, not {text!r}", hint=f"for example `--{flag} 3`")
    return int(text[:9])


def _refused_by_machine(error: OSError) -> int:
    _say(f"error: this machine refused: {error}")
    _say("What to do: make room, or make the place writable; then `invoke resume` goes on from here")
    return EnvironmentFailure.exit_code


def _crashed(error: Exception) -> int:
    text = traceback.format_exc()
    _say(f"unexpected error: {type(error).__name__}: {error}")
    try:
        write_atomic(CRASH_LOG, text)
    except OSError as failure:
        _say(f"{text}What to do: this is a bug in sluice; please report it with the lines above ({failure})")
    else:
        _say(f"What to do: this is a bug in sluice; please report it with {CRASH_LOG}")
    return EXIT_UNEXPECTED


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
