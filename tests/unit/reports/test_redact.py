import pytest

from sluice.reports.redact import BLOT, blotted, evidence, key_lines, redacted
from unit.reports.runs import a_finding

KEY = "-----BEGIN RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ('PASSWORD = "hunter2"', "PASSWORD = "),
        ("    password: hunter2", "    password: "),
        ("ENV API_KEY=hunter2", "ENV API_KEY="),
        ("- TOKEN=hunter2", "- TOKEN="),
        ('{"secret": "hunter2"}', ""),
        ('login("hunter2", user="x")', ""),
        ('"token": "hunter2",', '"token": '),
        ("postgres://me:hunter2@db/x", "postgres:"),
        ("hunter2", ""),
    ],
)
def test_of_a_line_known_to_hold_a_secret_only_the_name_is_left(line, left):
    assert blotted(line) == f"{left}{BLOT}"


@pytest.mark.parametrize(
    "line",
    [
        'url = "postgresql://me:hunter2hunter2@db/x"',
        'password = "hunter2hunter2"',
        "db_password: str = 'hunter2hunter2'",
        'client(api_key="hunter2hunter2")',
        '"auth_token": "hunter2hunter2"',
        'x = f"hunter2hunter2hunter2hunter2"',
        'secret = b"hunter2hunter2"',
    ],
)
def test_of_other_lines_log_ins_and_telling_literals_are_taken_out(line):
    told = redacted(line)
    assert "hunter2" not in told
    assert BLOT in told


@pytest.mark.parametrize(
    "line",
    [
        "password = form.password",
        "def login(password: str) -> Token:",
        'raise ValueError("the password is too short for this service")',
        'app = FastAPI(title="order-service", version="1.0.0")',
        'ids = ["a", "b"]',
    ],
)
def test_ordinary_code_stays_as_it_is(line):
    assert redacted(line) == line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("POSTGRES_PASSWORD: hunter2", f"POSTGRES_PASSWORD: {BLOT}"),
        ("ENV API_KEY=hunter2", f"ENV API_KEY={BLOT}"),
        ("  - JWT_SECRET=hunter2", f"  - JWT_SECRET={BLOT}"),
        ("password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"),
        ("image: postgres:16-alpine", "image: postgres:16-alpine"),
    ],
)
def test_outside_of_code_a_literal_needs_no_quotes(line, told):
    assert redacted(line, code=False) == told


def test_a_private_key_is_known_from_its_first_to_its_last_line():
    lines = ["key = '", KEY, "MIIEow", "abc", "-----END RSA PRIVATE KEY-----", "x = 1"]
    assert key_lines(lines) == {2, 3, 4, 5}
    assert key_lines([KEY, "cut off"]) == {1, 2}


def test_evidence_is_shown_but_never_a_secret():
    assert evidence(a_finding(evidence="print(x)")) == "print(x)"
    assert evidence(a_finding(check="SEC-SCAN-001", evidence="hunter2")) == BLOT
    assert evidence(a_finding(check="SEC-SCAN-001", evidence="")) == ""
