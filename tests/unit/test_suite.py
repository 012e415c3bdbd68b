import csv
from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def test_no_directory_that_holds_tests_is_left_out_by_its_name(pytestconfig):
    patterns = pytestconfig.getini("norecursedirs")
    folders = {part for path in TESTS.rglob("test_*.py") for part in path.relative_to(TESTS).parts[:-1]}
    assert "build" in folders
    assert [name for name in sorted(folders) if any(fnmatch(name, pattern) for pattern in patterns)] == []


@pytest.mark.req("R0-235")
def test_every_requirement_of_the_mission_is_named_by_a_test():
    with (TESTS / "data" / "requirements.tsv").open(encoding="utf-8") as stream:
        wanted = [row["id"] for row in csv.DictReader(stream, delimiter="\t") if row["id"].startswith("R0-")]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    assert len(wanted) > 100
    assert [rid for rid in wanted if f'"{rid}"' not in texts] == []
