"""Requirement files pin every version and bring nothing else."""

from pathlib import Path

import pytest

from sluice.phases.build.requirements import requirement_problems


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "requirements.txt").write_text(text)
    return requirement_problems(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "fastapi==0.165.0",
        "psycopg[binary]==3.2.1  # driver",
        'uvloop==0.20.0 ; sys_platform != "win32"',
        "a==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11",
        "# a comment",
        "",
        "-r requirements.txt",
    ],
)
def test_pins_comments_and_the_runtime_file_are_fine(line: str, tmp_path: Path) -> None:
    assert problems(tmp_path, f"{line}\n") == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("fastapi", "'fastapi' is not pinned with =="),
        ("fastapi>=1", "'fastapi>=1' is not pinned with =="),
        ("fastapi==1.*", "'fastapi==1.*' is not pinned with =="),
        ("fastapi~=1.0", "'fastapi~=1.0' is not pinned with =="),
        ("evil @ https://127.0.0.1/evil.whl", "'evil @ https://127.0.0.1/evil.whl' is not pinned with =="),
        ("./local", "'./local' is not a requirement"),
        ("$(touch x)", "'$(touch x)' is not a requirement"),
        ("-e .", "option '-e .'"),
        ("-r ../../other.txt", "option '-r ../../other.txt'"),
        ("--extra-index-url http://127.0.0.1:9", "option '--extra-index-url http://127.0.0.1:9'"),
    ],
)
def test_anything_else_is_named(line: str, fault: str, tmp_path: Path) -> None:
    assert problems(tmp_path, f"fastapi==1.0\n{line}\n") == [f"requirements.txt: {fault}"]


def test_the_file_of_the_tests_is_judged_too(tmp_path: Path) -> None:
    (tmp_path / "requirements-dev.txt").write_bytes(b"\xff")

    assert requirement_problems(tmp_path) == ["requirements-dev.txt: not UTF-8"]
