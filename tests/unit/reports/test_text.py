import pytest

from sluice.model.summary import ServiceSummary
from sluice.reports.text import (
    by_severity,
    clean,
    count,
    duration,
    minute,
    one_line,
    percent,
    place,
    service_state,
    size,
)
from unit.reports.runs import a_finding


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\ud800", "\uffff", "\r"])
def test_unprintable_characters_become_a_visible_mark(bad):
    assert clean(f"a{bad}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_tabs_newlines_and_other_scripts_survive():
    assert clean("a\tb\nc\r\nd Grüße 日本 😀") == "a\tb\nc\nd Grüße 日本 😀"


def test_one_line_folds_whitespace_and_marks_what_it_cuts():
    assert one_line(" a\n\n b\tc ") == "a b c"
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("abcd", 4) == "abcd"


def test_counts_agree_with_their_noun():
    assert [count(n, "reply", "replies") for n in (0, 1, 2)] == ["0 replies", "1 reply", "2 replies"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0 s"),
        (0.04, "0.0 s"),
        (9.44, "9.4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3720, "1 h 02 min"),
    ],
)
def test_durations_read_like_a_person_says_them(seconds, words):
    assert duration(seconds) == words


def test_a_share_is_called_100_percent_only_when_it_is_whole():
    assert [percent(share) for share in (0, 0.999, 1, 7 / 10)] == ["0 %", "99 %", "100 %", "70 %"]


def test_a_place_names_as_much_as_is_known():
    assert place(a_finding()) == "loan-service/app/main.py:12:5"
    assert place(a_finding(line=0, column=0)) == "loan-service/app/main.py"
    assert place(a_finding(path="")) == "loan-service"
    assert place(a_finding(path="", service="")) == ""


def test_errors_come_first_and_the_order_of_the_gate_is_kept_otherwise():
    findings = [a_finding("note", line=1), a_finding("error", line=2), a_finding("warning", line=3), a_finding(line=4)]
    assert [finding.line for finding in by_severity(findings)] == [2, 4, 3, 1]


@pytest.mark.parametrize(
    ("built", "healthy", "url", "state"),
    [
        (True, True, "http://127.0.0.1:1", "healthy"),
        (True, False, "http://127.0.0.1:1", "unhealthy"),
        (True, False, "", "not deployed"),
        (False, False, "", "not built"),
    ],
)
def test_the_state_of_a_service_is_one_word(built, healthy, url, state):
    assert service_state(ServiceSummary(name="a", built=built, healthy=healthy, url=url)) == state


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 MB"), (94_400_000, "94 MB"), (999_000_000, "999 MB"), (1_440_000_000, "1.4 GB")]
)
def test_sizes_are_short(octets, said):
    assert size(octets) == said


def test_a_time_is_said_to_the_minute():
    assert minute("2026-01-31T09:41:07.123Z") == "2026-01-31 09:41"
    assert minute("") == ""
