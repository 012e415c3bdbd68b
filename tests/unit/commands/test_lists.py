import pytest

from sluice.commands import lists
from sluice.commands.pipeline import Options

JSON = Options(json=True)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("listing", "key", "some"),
    [
        (lists.checks, "id", {"SEC-SCAN-001", "CORS-001", "LOG-001", "HEALTH-001", "SCHEMA-001"}),
        (lists.builders, "name", {"template", "command"}),
        (lists.runtimes, "name", {"embedded"}),
        (lists.phases, "name", {"health", "gate"}),
    ],
)
def test_plug_ins_are_listed_live_with_a_word_on_each(listing, key, some, printed_json):
    assert listing(JSON) == 0
    rows = printed_json()
    assert {row[key] for row in rows} >= some
    assert all(row.get("title") or row.get("help") or row.get("number") for row in rows)
