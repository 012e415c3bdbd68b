"""Violations and look-alikes in the forms that real repositories have, written out in `tests/data/gate/*.txt`.

A case is `=== CHECK violation` or `=== CHECK look-alike`, then `--- path` and the text of each file.  A `¦` in it is
taken out: it keeps scanners from taking a case for a leak.
"""

import re
from pathlib import Path

import pytest

DATA = Path(__file__).parents[4] / "data" / "gate"
_HEAD = re.compile(r"^=== (\S+) (violation|look-alike)\n", re.MULTILINE)
_FILE = re.compile(r"^--- (\S+)\n", re.MULTILINE)


def cases(wanted):
    for path in sorted(DATA.glob("*.txt")):
        _, *parts = _HEAD.split(path.read_text(encoding="utf-8").replace("¦", ""))
        for at, (check, kind, body) in enumerate(zip(parts[::3], parts[1::3], parts[2::3], strict=True)):
            _, *files = _FILE.split(body)
            if kind == wanted:
                yield pytest.param(check, dict(zip(files[::2], files[1::2], strict=True)), id=f"{check}-{at}")


def complete(files):
    """The files, with a module where there is none: the gate must have something to look at."""
    return files if any(path.endswith(".py") for path in files) else {**files, "svc/app/main.py": "x = 1\n"}


@pytest.mark.parametrize(("check", "files"), list(cases("violation")))
def test_a_violation_is_found(compute_check, check, files):
    assert {finding.check for finding in compute_check(check, complete(files))} == {check}


@pytest.mark.parametrize(("check", "files"), list(cases("look-alike")))
def test_a_look_alike_is_left_alone(compute_check, check, files):
    assert compute_check(check, complete(files)) == []
