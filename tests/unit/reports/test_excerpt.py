import pytest

from sluice.reports.excerpt import excerpts
from sluice.reports.redact import BLOT
from unit.reports.runs import a_finding

SOURCE = "".join(f"line {number}\n" for number in range(1, 21))


def texts(lines):
    return [(line.number, line.text, line.hit) for line in lines]


def test_three_lines_on_either_side_are_shown():
    found = excerpts([a_finding(path="a.py", line=10)], lambda _: SOURCE)
    assert texts(found["a.py", 10]) == [(n, f"line {n}", n == 10) for n in range(7, 14)]


def test_a_file_ends_where_it_ends():
    found = excerpts([a_finding(path="a.py", line=line) for line in (1, 20, 21)], lambda _: SOURCE)
    assert [line.number for line in found["a.py", 1]] == [1, 2, 3, 4]
    assert [line.number for line in found["a.py", 20]] == [17, 18, 19, 20]
    assert ("a.py", 21) not in found


def test_a_file_is_read_once_and_one_that_cannot_be_read_is_left_out():
    asked = []

    def read(path):
        asked.append(path)
        return SOURCE if path == "a.py" else None

    findings = [a_finding(path=path, line=line) for path in ("a.py", "b.py", "") for line in (2, 5)]
    found = excerpts([*findings, a_finding(path="a.py", line=0)], read)
    assert asked == ["a.py", "b.py"]
    assert set(found) == {("a.py", 2), ("a.py", 5)}


def test_the_secret_of_one_finding_is_not_shown_around_another():
    source = "one\nkey hunter2\nprint()\n"
    findings = [a_finding(check="SEC-SCAN-001", path="a.py", line=2), a_finding(path="a.py", line=3)]
    shown = [line.text for lines in excerpts(findings, lambda _: source).values() for line in lines]
    assert not any("hunter2" in text for text in shown)


def test_no_line_of_a_private_key_is_shown_wherever_the_finding_stands():
    source = "x = 1\n-----BEGIN PRIVATE KEY-----\nMIIEow\nMIIEox\n-----END PRIVATE KEY-----\nprint()\n"
    shown = excerpts([a_finding(path="a.py", line=6)], lambda _: source)["a.py", 6]
    assert [line.text for line in shown] == [BLOT, BLOT, BLOT, "print()"]


@pytest.mark.parametrize("path", [".env", "a/.env.local", "a/prod.env", "b/server.key"])
def test_of_a_file_of_settings_only_names_are_shown(path):
    shown = excerpts([a_finding(path=path, line=1)], lambda _: "PORT=80\nhunter2\n")[path, 1]
    assert [line.text for line in shown] == [f"PORT={BLOT}", BLOT]


def test_a_very_long_line_is_cut():
    (line,) = excerpts([a_finding(path="a.py", line=1)], lambda _: "x" * 1000)["a.py", 1]
    assert len(line.text) == 241
