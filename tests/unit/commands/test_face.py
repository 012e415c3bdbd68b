import errno
import os
import signal

import pytest

from sluice.commands.face import CRASH_LOG, run_command, whole_number
from sluice.core import errors
from sluice.core.errors import InputError, ProcessFailed

pytestmark = pytest.mark.usefixtures("here")


def raising(error):
    def command():
        raise error

    return command


def test_the_code_of_the_command_is_handed_on():
    assert [run_command(lambda code=code: code) for code in (0, 4, 6)] == [0, 4, 6]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InputError, 2),
        (errors.RunLocked, 2),
        (errors.EnvironmentFailure, 3),
        (errors.GateRefused, 4),
        (errors.ServiceCallFailed, 4),
        (errors.QualityGateFailed, 5),
        (errors.SluiceError, 1),
    ],
)
def test_an_expected_failure_is_told_in_sentences_with_its_code(error, code, capsys):
    assert run_command(raising(error("it broke", details=["line one"], hint="mend it"))) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "error: it broke\n  line one\nWhat to do: mend it\n"


def test_a_failed_command_shows_its_last_lines(capsys):
    lines = "\n".join(f"line {number}" for number in range(30))
    assert run_command(raising(ProcessFailed(["/usr/bin/tool", "-x"], 7, lines))) == 3
    err = capsys.readouterr().err
    assert "tool ended with code 7" in err
    assert "line 29" in err
    assert "line 19" not in err


def test_an_unexpected_failure_leaves_a_crash_log_and_shows_no_traceback(here, capsys):
    assert run_command(raising(ZeroDivisionError("seven by zero"))) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError: seven by zero" in err
    assert "Traceback" not in err
    assert str(CRASH_LOG) in err
    assert "Traceback" in (here / CRASH_LOG).read_text()


def test_a_crash_whose_log_cannot_be_written_is_shown_whole(here, capsys):
    (here / ".sluice").write_text("in the way")
    assert run_command(raising(ZeroDivisionError("seven by zero"))) == 1
    err = capsys.readouterr().err
    assert "report it with the lines above" in err
    assert "raise error\nZeroDivisionError: seven by zero" in err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE])
def test_what_the_machine_refuses_is_no_bug(number, here, capsys):
    assert run_command(raising(OSError(number, os.strerror(number), "some/file"))) == 3
    err = capsys.readouterr().err
    assert os.strerror(number) in err
    assert "some/file" in err
    assert "What to do: make room" in err
    assert not (here / CRASH_LOG).exists()


def test_another_operating_system_error_is_a_bug(here, capsys):
    assert run_command(raising(FileNotFoundError(errno.ENOENT, "gone", "x"))) == 1
    assert "unexpected error" in capsys.readouterr().err
    assert (here / CRASH_LOG).exists()


def test_a_reader_that_went_away_is_not_worth_a_word(here, capsys):
    assert run_command(raising(BrokenPipeError(errno.EPIPE, "pipe"))) == 1
    assert capsys.readouterr() == ("", "")
    assert not (here / CRASH_LOG).exists()


@pytest.mark.req("R0-213")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_ends_with_130_and_says_how_to_go_on(number, capsys):
    def interrupted():
        os.kill(os.getpid(), number)
        return 0

    assert run_command(interrupted) == 130
    assert "`invoke resume` goes on" in capsys.readouterr().err


def test_numbers_are_read_from_flags():
    assert whole_number("lines", "20") == 20


@pytest.mark.parametrize("text", ["", "x", "-3", "1.5", "٣", "0x1", " 1"])
def test_what_is_no_number_names_the_flag(text):
    with pytest.raises(InputError, match="--lines takes a whole number"):
        whole_number("lines", text)
